"""The vectors of n-grams, of which the vector of an unknown word is composed. The n-grams themselves: ngrams.py."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from w2v.arrays import F32, I32, I64, Array
from w2v.ngrams import Ngrams

__all__ = ["MergedRows", "Subwords"]


@dataclass(frozen=True, eq=False)
class MergedRows:
    """A matrix [N, D] that lies in memory as a smaller one, as training has it: rows that are the same are one row.

    merged: float32 [R, D], the rows in memory, each the sum of its members. of: int32 [N], the row of each member.
    members: int32 [R], how many members a row has. Indexing with a row number, a slice or an array of row numbers
    returns float32 rows, each its share of the sum; nothing else is kept in memory.
    """

    merged: F32 = field(repr=False)
    of: I32 = field(repr=False)
    members: I32 = field(repr=False)

    dtype = np.dtype(np.float32)
    ndim = 2

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.of), self.merged.shape[1]

    def __len__(self) -> int:
        return len(self.of)

    def __getitem__(self, chosen: int | np.integer[Any] | slice | Array) -> F32:
        rows = self.of[chosen]
        shares: F32 = self.merged[rows] / np.asarray(self.members[rows], dtype=np.float32)[..., None]
        return shares

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.asarray(self[:], dtype=dtype)


@dataclass(frozen=True, eq=False)
class Subwords:
    """The rows of the n-grams of a vocabulary.

    buckets: int64 [N], ascending, those of 0..ngrams.buckets − 1 that have a row. rows: float32 [N, D], the row of
    each. All other buckets are of n-grams that no word of the vocabulary has, and count as zeros.
    """

    ngrams: Ngrams
    buckets: I64 = field(repr=False)
    rows: F32 | MergedRows = field(repr=False)

    def parts(self, size: int) -> Iterator[F32]:
        """Yield the rows in parts of about so many bytes."""
        step = max(1, size // (4 * self.rows.shape[1]))
        for start in range(0, len(self.rows), step):
            yield self.rows[start : start + step]

    def compose(self, word: str) -> F32 | None:
        """Return the mean of the rows of a word's n-grams [D], or None if none of them has a row.

        An n-gram that occurs twice in the word counts twice, as in fastText.
        """
        asked = np.fromiter(self.ngrams.buckets_of(word), dtype=np.int64)
        places = np.minimum(np.searchsorted(self.buckets, asked), max(len(self.buckets) - 1, 0))
        found = places[self.buckets[places] == asked] if len(self.buckets) else places[:0]
        if not len(found):
            return None
        total = self.rows[found].sum(axis=0, dtype=np.float64) / len(asked)
        mean: F32 = total.astype(np.float32)
        return mean
