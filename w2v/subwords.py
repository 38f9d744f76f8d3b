"""The vectors of n-grams, of which the vector of an unknown word is composed. The n-grams themselves: ngrams.py."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from w2v.arrays import F32, I64
from w2v.files.rows import FileRows
from w2v.ngrams import Ngrams

__all__ = ["Subwords"]


@dataclass(frozen=True, eq=False)
class Subwords:
    """The rows of the n-grams of a vocabulary.

    buckets: int64 [N], ascending, those of 0..ngrams.buckets − 1 that have a row. rows: float32 [N, D], the row of
    each. absent: float32 [D], what all other buckets count as, which are of n-grams that no word of the vocabulary has;
    None is zeros, as training leaves them. Where the mean is taken off all vectors, zeros become another vector.
    """

    ngrams: Ngrams
    buckets: I64 = field(repr=False)
    rows: F32 | FileRows = field(repr=False)
    absent: F32 | None = field(default=None, repr=False)

    def compose(self, word: str) -> F32 | None:
        """Return the mean of the rows of a word's n-grams [D], or None if none of them has a row.

        An n-gram that occurs twice in the word counts twice, as in fastText.
        """
        asked = np.fromiter(self.ngrams.buckets_of(word), dtype=np.int64)
        places = np.minimum(np.searchsorted(self.buckets, asked), max(len(self.buckets) - 1, 0))
        found = places[self.buckets[places] == asked] if len(self.buckets) else places[:0]
        if not len(found):
            return None
        total = self.rows[found].sum(axis=0, dtype=np.float64)
        if self.absent is not None:
            total += (len(asked) - len(found)) * self.absent.astype(np.float64)
        mean: F32 = (total / len(asked)).astype(np.float32)
        return mean
