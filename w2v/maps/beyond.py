"""Words that are near to a word of the map and are not on the map themselves.

A map of 10,000 words leaves most of a vocabulary out, and among the ten nearest of all words there may be some of
these. The page names them, so that its neighbours can be compared with those that `w2v similar` lists.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from w2v.arrays import F32, F64, I64
from w2v.maps.space import search
from w2v.progress import Progress
from w2v.vectors import Vectors

__all__ = ["Beyond", "beyond_of"]

CANDIDATES = 100_000  # words, the first ones, that are looked at: millions would take longer than a layout
LARGEST = 20_000  # words of a map that is compared: near words double the size of a page, which must stay small


@dataclass(frozen=True, eq=False)
class Beyond:
    """The words that are not on the map, and are among the `topn` nearest of all words.

    among: how many words were looked at. all_words: whether these are all words of the vectors. words: each of the
    words once; none for a map of more than 20,000 words. sizes: how many of them each word of the map has, int64 [N].
    numbers, similarities: which of `words` these are, word by word of the map and the nearest first, and their
    cosines, int64 and float64 [sum of sizes].
    """

    topn: int
    among: int
    all_words: bool
    words: tuple[str, ...] = field(repr=False)
    sizes: I64 = field(repr=False)
    numbers: I64 = field(repr=False)
    similarities: F64 = field(repr=False)

    def describe(self) -> str:
        """Return what these words are: `Also among the 10 nearest of all 68,622 words, but not on this map`."""
        among = f"all {self.among:,} words" if self.all_words else f"the first {self.among:,} words"
        return f"Also among the {self.topn} nearest of {among}, but not on this map"


def beyond_of(vectors: Vectors, rows: I64, units: F32, topn: int, progress: Progress) -> Beyond:
    """Return the words near to those of the map that are not on it; rows [N] of the vectors, with `units` [N, D]."""
    size = len(vectors)
    among = min(size, CANDIDATES)
    topn = min(topn, among - 1)
    on_the_map = np.zeros(among, dtype=bool)
    on_the_map[rows[rows < among]] = True
    if len(rows) > LARGEST or on_the_map.all():
        nothing = np.zeros(0, dtype=np.int64)
        return Beyond(topn, among, among == size, (), np.zeros(len(rows), dtype=np.int64), nothing, np.zeros(0))
    norms = vectors.norms[:among].astype(np.float64)
    sound = np.isfinite(norms) & (norms > 0)
    scale = np.divide(1.0, norms, out=np.zeros(among), where=sound)
    matrix = vectors.stored if among == size else vectors.stored[:among]
    own = np.where(rows < among, rows, -1)
    found, scores = search(matrix, scale, units, own, topn, "comparing with words that are not on the map", progress)
    outside = (found >= 0) & ~on_the_map[found] & (scores > 0)
    chosen, numbers = np.unique(found[outside], return_inverse=True)
    listed = vectors.stored_words
    words = tuple(listed[row] for row in chosen.tolist())
    return Beyond(topn, among, among == size, words, outside.sum(axis=1), numbers.astype(np.int64), scores[outside])
