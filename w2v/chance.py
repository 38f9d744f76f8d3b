"""Say where a cosine stands among the cosines of random pairs of words of like frequency.

A cosine has no fixed meaning. Vectors lean one way, rare words lie near other rare words, and few dimensions make large
cosines (Mu & Viswanath 2018; Mimno & Thompson 2017); 0.5 can be much in one file and nothing in another. This module
counts instead: of `PAIRS` random pairs, how many have a lower cosine?

Like frequency: the vocabulary is cut into bands of words whose counts lie between two powers of 2, so no word of a
band is twice as frequent as another. Bands of less than `SMALLEST` words are joined with the next ones, which happens
at the frequent end. Without counts the ranks are cut instead, at 1, 2, 4, 8 …; that is right as far as the words of the
file stand by falling frequency. A random pair for *cat* and *dog* is a word of the band of *cat* and another word of
the band of *dog*. For a sum such as *king − man + woman* each of its words is drawn from its own band, so that random
sums of the same form are compared. Each neighbour of a query is compared with pairs for its own band. Bands with fixed
edges make this cheap: neighbours in the same band, and queries in the same band, share their random pairs.

The percentile is that of a random pair, not of the highest of many: the nearest neighbour of a word is the best of the
whole vocabulary, and therefore stands high in nearly every file. The pairs are the same in each run and do not depend
on what else is asked.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from w2v.arrays import F64, I64, Array
from w2v.files.rows import FileRows
from w2v.lookup import Reading

__all__ = ["PAIRS", "RARE", "RESOLUTION", "STEADY", "By", "Chance", "Part", "Percentile", "bands_of", "parts_of"]

By = Literal["frequency", "rank"]
PAIRS = 2000
RESOLUTION = 0.1
"""In percent: two of the pairs. A smaller share rests on one pair or none, and `PAIRS` pairs cannot tell it from 0: if
0.1 % of all pairs are higher, then none of those drawn is in one case of seven."""
DRAWN = 520  # at once
BLOCKS = 10  # at most: some pairs hold a word twice, or a row of zeros, and do not count
SMALLEST = 100  # words in a band: 4,950 pairs of different words, more than are drawn
FEWEST = 20  # words in a vocabulary; fewer make less than 200 pairs
TIE = 1e-5  # cosines in single precision that differ by less are the same
KEPT = 1000  # sorted lists of cosines, of 8 kB each

RARE = 20
STEADY = 100
"""Occurrences below which a word's neighbours say little, and from which they hardly get steadier.

Measured: three runs of `w2v train` that differ in the seed alone, on 20 MB of English Wikipedia, 100 dimensions. Of the
ten nearest words of a word, two runs share 2.9 for words of 5 to 9 occurrences, 3.7 from 10, 4.3 from 20, 4.8 from 50,
5.2 from 100, 5.4 from 200, 5.7 from 500 on. Hellrich & Hahn (2016) found the same of rare words."""

GOLDEN = 0x9E3779B97F4A7C15  # the constants of SplitMix64 (Steele, Lea & Flood 2014)
MIX_FIRST, MIX_SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
SIDE = 1 << 40  # random numbers between the first and the second word of a pair


class Part(NamedTuple):
    """A term of a sum: its weight, and the rows of its words, of which several are a group."""

    weight: float
    rows: tuple[int, ...]


Parts = tuple[Part, ...]
"""A word is a sum of one part with one row."""


class Percentile(NamedTuple):
    """How many percent of random pairs have a lower cosine, and by what their words are alike.

    value: from `RESOLUTION` to 100 − `RESOLUTION`, which stand for "or less" and "or more".
    """

    value: float
    by: By

    def __str__(self) -> str:
        if self.value >= 100 - RESOLUTION:
            return f"> {100 - RESOLUTION:.1f} %"
        return f"< {RESOLUTION:.1f} %" if self.value <= RESOLUTION else f"{self.value:.1f} %"


def parts_of(reading: Reading) -> Parts | None:
    """Return the parts of a word or a sum of words; None if a word has no row of its own."""
    parts = []
    for term in reading.terms:
        rows = [reading.found[word].row for word in term.words]
        if None in rows:
            return None
        parts.append(Part(float(term.weight), tuple(row for row in rows if row is not None)))
    return tuple(parts)


def bands_of(size: int, counts: I64 | None) -> I64:
    """Return where the bands begin, [B] rising, in a vocabulary of so many words.

    counts: [V] by falling frequency, None where they are not known.
    """
    powers = 2 ** np.arange(63, dtype=np.int64)
    edges = powers - 1 if counts is None else size - np.searchsorted(counts[::-1], powers[::-1])
    starts = [0]
    for edge in edges.tolist():
        if edge - starts[-1] >= SMALLEST and size - edge >= SMALLEST:
            starts.append(edge)
    return np.array(starts, dtype=np.int64)


class _Shape(NamedTuple):
    """What one side of a pair looks like, in an order of its own: weights, and the bands of the words."""

    words: int
    parts: tuple[tuple[float, tuple[int, ...]], ...]


class _Side(NamedTuple):
    """One side of some pairs: the random rows of each word [DRAWN], and the vectors of length 1 of their sums, or NaN,
    [DRAWN, D]."""

    rows: list[I64]
    units: Array


class Chance:
    """The random pairs of one matrix."""

    def __init__(
        self,
        matrix: Array | FileRows,
        scale: F64,
        counts: I64 | None,
        precision: type[np.float32] | type[np.float64] = np.float32,
    ) -> None:
        """Keep the arrays.

        matrix: [V, D]. scale: [V], the factor that gives each row the length 1, 0 for a row of zeros. counts: [V], in
        any order, or None. precision: float64 where lengths are so extreme that single precision overflows.
        """
        self.matrix, self.scale, self.precision = matrix, scale, precision
        self.by: By = "rank" if counts is None else "frequency"
        self.order: I64 | None = None
        self.position: I64 | None = None
        if counts is not None and bool((counts[1:] > counts[:-1]).any()):
            self.order = np.argsort(-counts, kind="stable")
            self.position = np.argsort(self.order, kind="stable")
            counts = counts[self.order]
        self.starts = bands_of(len(matrix), counts)
        self.stops = np.append(self.starts[1:], len(matrix))
        self._cosines: dict[tuple[_Shape, _Shape], Array | None] = {}
        self._first: tuple[_Shape | None, list[_Side]] = None, []

    def percentile(self, a: Parts, b: Parts, cosine: float) -> Percentile | None:
        """Return where the cosine of two sums stands among those of random sums of the same form.

        None where that says nothing: if both have a word in common, if a word has no direction (a row of zeros), or if
        there are too few words.
        """
        rows = [row for part in (*a, *b) for row in part.rows]
        shared = {row for part in a for row in part.rows} & {row for part in b for row in part.rows}
        scales = self.scale[rows]
        if shared or len(self.matrix) < FEWEST or not (np.isfinite(scales) & (scales > 0)).all():
            return None
        cosines = self._sorted(*sorted((self._shape(a), self._shape(b)), reverse=True))
        if cosines is None:
            return None
        below = 100 * int(np.searchsorted(cosines, self.precision(cosine - TIE))) / PAIRS
        return Percentile(min(max(below, RESOLUTION), 100 - RESOLUTION), self.by)

    def _shape(self, parts: Parts) -> _Shape:
        shaped = sorted((part.weight, tuple(sorted(map(self._band, part.rows)))) for part in parts)
        return _Shape(sum(len(part.rows) for part in parts), tuple(shaped))

    def _band(self, row: int) -> int:
        at = row if self.position is None else self.position[row]
        return int(np.searchsorted(self.starts, at, side="right")) - 1

    def _sorted(self, first: _Shape, second: _Shape) -> Array | None:
        """The cosines of random pairs of two shapes, [PAIRS] rising; None if there are not so many."""
        if (first, second) not in self._cosines:
            if len(self._cosines) >= KEPT:
                self._cosines.clear()
            self._cosines[first, second] = self._draw(first, second)
        return self._cosines[first, second]

    def _draw(self, first: _Shape, second: _Shape) -> Array | None:
        """Draw pairs, some at a time, which stays in the processor's cache, until there are enough."""
        if self._first[0] != first:
            self._first = first, []
        sides = self._first[1]
        found: list[Array] = []
        missing = PAIRS
        for block in range(BLOCKS):
            if block == len(sides):
                sides.append(self._side(first, 0, block))
            a, b = sides[block], self._side(second, SIDE, block)
            cosines: Array = np.einsum("ij,ij->i", a.units, b.units)
            twice = [one == other for one in a.rows for other in b.rows]
            found.append(cosines[np.isfinite(cosines) & ~np.logical_or.reduce(twice)][:missing])
            missing -= len(found[-1])
            if not missing:
                return np.sort(np.concatenate(found))
        return None

    def _side(self, shape: _Shape, begin: int, block: int) -> _Side:
        """Draw the words of a shape; begin: the place in the sequence of random numbers."""
        drawn: list[I64] = []
        terms: list[tuple[float, Array]] = []
        for weight, bands in shape.parts:
            members = []
            for band in bands:
                drawn.append(self._rows(band, begin + (len(drawn) * BLOCKS + block) * DRAWN))
                members.append(self._units(drawn[-1]))
            terms.append((weight, members[0] if len(members) == 1 else _normalised(sum(members[1:], members[0]))))
        weight, units = terms[0]
        if len(terms) == 1:
            return _Side(drawn, units if weight > 0 else -units)
        units = weight * units
        for weight, other in terms[1:]:
            units += weight * other
        return _Side(drawn, _normalised(units))

    def _rows(self, band: int, begin: int) -> I64:
        start, stop = int(self.starts[band]), int(self.stops[band])
        at = start + (uniform(begin, DRAWN) * (stop - start)).astype(np.int64)
        return at if self.order is None else self.order[at]

    def _units(self, rows: I64) -> Array:
        """Rows at length 1, [n, D]; NaN for rows without a direction."""
        scale = self.scale[rows]
        scale[scale == 0] = np.nan
        with np.errstate(invalid="ignore"):
            units: Array = self.matrix[rows].astype(self.precision, copy=False)
            units *= scale.astype(self.precision)[:, None]
        return units


def uniform(begin: int, count: int) -> F64:
    """Return random numbers from 0 to 1, [count], by SplitMix64: the sequence from the place `begin` on.

    numpy's own generators give other numbers in other versions, and importing them takes longer than all of this.
    """
    state = np.arange(begin + 1, begin + count + 1, dtype=np.uint64) * np.uint64(GOLDEN)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(MIX_FIRST)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(MIX_SECOND)
    numbers: F64 = ((state ^ (state >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return numbers


def _normalised(vectors: Array) -> Array:
    """Vectors at length 1, [n, D]; NaN for those of length 0."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    lengths[lengths == 0] = np.nan
    normalised: Array = vectors / lengths[:, None]
    return normalised
