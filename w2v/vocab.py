"""The vocabulary: words by falling frequency, their counts, and what subsampling makes of them.

Not here: counting (kernels.tokenise) and vectors. Words of equal count stand in the order of their UTF-8 bytes, so a
vocabulary depends on the corpus alone, never on the order of files or on threads.
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
    """Words [V] by falling count and counts [V] int64; a word's place in the list is its id."""

    words: Sequence[str]
    counts: I64

    def __post_init__(self) -> None:
        if len(self.words) != len(self.counts):
            raise VocabularyError(f"{len(self.words):,} words and {len(self.counts):,} counts do not match")

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def index(self) -> dict[str, int]:
        """The id of each word."""
        return {word: position for position, word in enumerate(self.words)}

    @property
    def tokens(self) -> int:
        """Occurrences of all words together."""
        return int(self.counts.sum())

    def keep_probabilities(self, sample: float) -> F32:
        """How often an occurrence of each word survives subsampling: min(1, sqrt(t/f) + t/f), [V] float32.

        f = count / sum of counts, t = `sample`; 0 keeps everything. This is word2vec.c's form of the formula of
        Mikolov et al. 2013, section 2.3 (the paper prints sqrt(t/f) alone).
        """
        if sample == 0:
            return np.ones(len(self), dtype=np.float32)
        ratio = sample * float(self.tokens) / np.maximum(self.counts, 1)
        return np.minimum(1.0, np.sqrt(ratio) + ratio).astype(np.float32)

    def noise_distribution(self, power: float = 0.75) -> F64:
        """The probability of each word as a negative: count^power, normalised, [V] float64 (ibid., section 2.2)."""
        weights = np.asarray(self.counts, dtype=np.float64) ** power
        distribution: F64 = weights / weights.sum()
        return distribution
