"""Words of like frequency: random words to compare a word with, and axes of random pairs to compare an axis with.

The bands of frequency are those of w2v/chance.py: no word of a band occurs twice as often as another.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from w2v.arrays import F64, I64
from w2v.chance import bands_of, uniform
from w2v.transforms.moments import unit_rows
from w2v.vectors import Vectors

__all__ = ["Likeness"]

WORDS = 2000  # random words of a band, at most
STRIDE = 1 << 20  # random numbers between two draws


class Likeness:
    """The words of vectors in bands of like frequency, or of like rank where counts are not known."""

    def __init__(self, vectors: Vectors, seed: int) -> None:
        counts = vectors.counts
        self.vectors = vectors
        self.order = np.arange(len(vectors)) if counts is None else np.argsort(-counts, kind="stable")
        self.position = np.argsort(self.order, kind="stable")
        self.starts = bands_of(len(vectors), None if counts is None else counts[self.order])
        self.stops = np.append(self.starts[1:], len(vectors))
        self._draws = seed * (1 << 40)

    def band_of(self, row: int) -> int:
        """Return the number of the band that the word of a row is in."""
        return int(np.searchsorted(self.starts, self.position[row], side="right")) - 1

    def random_words(self, band: int, without: Sequence[int]) -> I64:
        """Return rows of a band [n]: all, or so many of them at random; `without` leaves out some."""
        rows = self.order[self.starts[band] : self.stops[band]]
        rows = rows[~np.isin(rows, without)]
        if len(rows) > WORDS:
            rows = rows[np.argsort(self._uniform(len(rows)), kind="stable")[:WORDS]]
        return rows[self.vectors.norms[rows] > 0]

    def random_differences(self, bands: Sequence[tuple[int, int]], axes: int) -> list[F64]:
        """Return, for each pair of bands, the differences of so many random pairs, [axes, D] each."""
        found = []
        for first, second in bands:
            rows = [self._drawn(band, axes) for band in (first, second)]
            units = [unit_rows(self.vectors.stored[each]) for each in rows]
            found.append(units[1] - units[0])
        return found

    def _drawn(self, band: int, size: int) -> I64:
        start, stop = int(self.starts[band]), int(self.stops[band])
        drawn: I64 = self.order[start + (self._uniform(size) * (stop - start)).astype(np.int64)]
        return drawn

    def _uniform(self, size: int) -> F64:
        numbers = uniform(self._draws, size)
        self._draws += STRIDE * (1 + size // STRIDE)
        return numbers
