"""The vocabulary: the words of a corpus with their counts, the most frequent word first.

Words with equal counts are in the order of their UTF-8 bytes. So a vocabulary depends on the corpus only, and not on
the order of files or on the number of threads. The words are counted in w2v/tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from w2v.arrays import F32, F64, I64
from w2v.errors import VocabularyError

__all__ = ["Vocabulary"]


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """words: [V], the most frequent first. counts: int64 [V]. The position of a word in the list is its id."""

    words: Sequence[str]
    counts: I64

    def __post_init__(self) -> None:
        if len(self.words) != len(self.counts):
            raise VocabularyError(f"{len(self.words):,} words and {len(self.counts):,} counts do not match")

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def index(self) -> dict[str, int]:
        """The id of each word, by word."""
        return {word: position for position, word in enumerate(self.words)}

    @property
    def tokens(self) -> int:
        """The number of occurrences of all words in the corpus."""
        return int(self.counts.sum())

    def keep_probabilities(self, sample: float) -> F32:
        """Return for each word the probability that subsampling keeps an occurrence of the word, float32 [V].

        It is min(1, sqrt(t/f) + t/f) with f = count / sum of counts and t = `sample`; if `sample` is 0, it is 1.
        Mikolov et al. 2013, "Distributed Representations of Words and Phrases", section 2.3, in the form of word2vec.c
        (the paper has sqrt(t/f) alone).
        """
        if sample == 0:
            return np.ones(len(self), dtype=np.float32)
        ratio = sample * float(self.tokens) / np.maximum(self.counts, 1)
        return np.minimum(1.0, np.sqrt(ratio) + ratio).astype(np.float32)

    def noise_distribution(self, power: float = 0.75) -> F64:
        """Return the probability of each word as a noise word, float64 [V]: count^power / the sum of all count^power.

        Mikolov et al. 2013, "Distributed Representations of Words and Phrases", section 2.2.
        """
        weights = np.asarray(self.counts, dtype=np.float64) ** power
        distribution: F64 = weights / weights.sum()
        return distribution
