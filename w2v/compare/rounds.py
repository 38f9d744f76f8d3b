"""Rounds of an alignment: maps are fitted to pairs, and the maps find more pairs, to which they are fitted again.

A round takes the words that are each other's best translation by CSLS, among the most frequent ones of both files
(Conneau et al. 2018, section 2.2). Pairs that a person has given stay among them; pairs that were only guessed,
as words that are spelt alike, do not.

Other maps than rotations need more pairs: the rounds are rotations until there are enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from w2v.arrays import F32, F64, I64
from w2v.compare.csls import mutual_nearest
from w2v.compare.maps import METHODS, Prepared, SpaceMap

__all__ = ["REFINED", "ROUNDS", "Round", "Rounds"]

ROUNDS = 5
REFINED = 10_000  # the most frequent words of each file, among which a round finds pairs
ENOUGH = 5  # pairs for each dimension, for other maps than rotations
ROTATION = "rotation"


@dataclass(frozen=True)
class Round:
    """A fit of the maps.

    number: 0 for the fit to the pairs that the alignment began with. pairs: fitted to. found: of these, pairs
    that the round found and nobody gave. method: how the maps were fitted (maps.py). cosine: the mean cosine of the
    fitted pairs. csls: the mean CSLS of the pairs that were found; None in round 0.
    """

    number: int
    pairs: int
    found: int
    method: str
    cosine: float
    csls: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return the round as JSON has it."""
        return asdict(self)


@dataclass(eq=False)
class Rounds:
    """Two spaces that are brought together, round by round.

    source, target: the spaces. pairs: int64 [P, 2], those to begin with, as rows of both. stays: whether they belong to
    the pairs of every round. method: how maps are fitted (maps.py). refined: how many of the most frequent
    words find pairs. threads: None for all cores; it changes no number. maps: of both spaces, after the last round.
    """

    source: Prepared
    target: Prepared
    pairs: I64
    stays: bool
    method: str
    refined: int = REFINED
    threads: int | None = None
    maps: tuple[SpaceMap, SpaceMap] | None = None

    def run(self, rounds: int) -> Iterator[Round]:
        """Fit the maps to the pairs, then do more rounds. Yield each of them when it is done."""
        yield self._fit(0, self.pairs, 0, None)
        first, second = self.source.rows(slice(0, self.refined)), self.target.rows(slice(0, self.refined))
        for number in range(1, rounds + 1):
            assert self.maps is not None
            here, there = self.maps
            found, csls = mutual_nearest(here.directions(first), there.directions(second), threads=self.threads)
            pairs = _united(self.pairs, found) if self.stays else found
            if not len(pairs):
                return
            new = len(pairs) - len(self.pairs) if self.stays else len(pairs)
            yield self._fit(number, pairs, new, csls)

    def _fit(self, number: int, pairs: I64, found: int, csls: F64 | None) -> Round:
        x, y = self.source.rows(pairs[:, 0]), self.target.rows(pairs[:, 1])
        enough = len(pairs) >= ENOUGH * min(x.shape[1], y.shape[1])
        method = self.method if enough else ROTATION
        matrices = METHODS[method](x, y)
        self.maps = self.source.map_by(matrices[0]), self.target.map_by(matrices[1])
        cosines = _cosines(self.maps[0].directions(x), self.maps[1].directions(y))
        mean = None if csls is None or not len(csls) else float(csls.mean())
        return Round(number, len(pairs), found, method, float(cosines.mean()), mean)


def _cosines(x: F32, y: F32) -> F64:
    found: F64 = np.einsum("ij,ij->i", x.astype(np.float64), y.astype(np.float64))
    return found


def _united(given: I64, found: I64) -> I64:
    """Both lists of pairs [P, 2], each pair once, those that were given first."""
    return np.array(list(dict.fromkeys(map(tuple, [*given.tolist(), *found.tolist()]))), dtype=np.int64)
