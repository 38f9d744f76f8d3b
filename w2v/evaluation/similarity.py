"""Rated pairs: how well cosines agree with people. Not here: where the pairs come from, and how the report is shown.

The cosines are computed as gensim computes them (unit vectors rounded to float32, then their float32 product), so that
even ties come out alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar

import numpy as np

from w2v.arrays import F32, F64, I64
from w2v.evaluation.conventions import Convention, Lookup
from w2v.evaluation.protocol import Protocol
from w2v.evaluation.report import ScoredReport
from w2v.evaluation.sets import PairSuite
from w2v.evaluation.statistics import Interval, interval_of, pearson, resampled, spearman, spearman_replicates
from w2v.vectors import Vectors

__all__ = ["SimilarityReport", "cosines", "evaluate_pairs"]


def _nothing() -> F64:
    return np.empty(0)


@dataclass(frozen=True)
class SimilarityReport(ScoredReport):
    """Agreement between cosines and people's ratings.

    spearman: rho with average ranks for ties, whose interval is by bootstrap over the pairs, and None for a rho of 1 or
        −1, which resampling cannot move; pearson: r. None where fewer than two pairs are known or all are equal.
    repeated: pairs that the set holds more than once (in either order); they are kept.
    measures, ceiling: see `PairSuite`.
    ratings, cosines: float64 [N], of each pair; the cosine is NaN where a word is unknown.
    """

    spearman: float | None
    pearson: float | None
    repeated: int
    measures: str = ""
    ceiling: float | None = None
    ratings: F64 = field(default_factory=_nothing, repr=False, compare=False)
    cosines: F64 = field(default_factory=_nothing, repr=False, compare=False)
    kind: ClassVar[str] = "similarity"
    items: ClassVar[str] = "pairs"

    @property
    def scores(self) -> dict[str, float | None]:
        return {"spearman": self.spearman, "pearson": self.pearson}

    def details(self) -> dict[str, Any]:
        return {"repeated": self.repeated, "measures": self.measures, "ceiling": self.ceiling}

    def rows(self) -> list[dict[str, Any]]:
        return [{**row, "ceiling": self.ceiling} for row in super().rows()]


def evaluate_pairs(vectors: Vectors, suite: PairSuite, rules: Convention, limit: int | None) -> SimilarityReport:
    """Spearman's rho and Pearson's r between the cosines of pairs and their ratings, rho with its interval.

    `limit`: only the first so many rows are looked at; None for all. Pairs with an unknown word are left out.
    """
    pairs = Lookup(vectors.words, limit, rules).rows(suite.words)[suite.pairs]
    known = (pairs >= 0).all(axis=1)
    found = cosines(vectors.matrix, pairs[known])
    ratings = suite.scores[known]
    rho = spearman(ratings, found)
    every = np.full(len(suite), np.nan)
    every[known] = found
    return SimilarityReport(
        suite=suite.name,
        title=suite.title,
        protocol=Protocol.of(
            rules,
            suite,
            limit,
            len(vectors),
            method="cosine; Spearman's rho with average ranks for ties",
            unknown="pairs with an unknown word are left out",
        ),
        spearman=rho,
        pearson=pearson(ratings, found),
        answered=int(known.sum()),
        total=len(suite),
        repeated=len(suite) - len(np.unique(np.sort(suite.pairs, axis=1), axis=0)),
        interval=_interval(ratings, found) if rho is not None else None,
        measures=suite.measures,
        ceiling=suite.ceiling,
        ratings=suite.scores,
        cosines=every,
    )


def _interval(ratings: F64, found: F64) -> Interval | None:
    return interval_of(resampled(len(ratings), partial(spearman_replicates, ratings, found)))


def cosines(matrix: F32, pairs: I64) -> F64:
    """The cosine of each pair of rows, [N] for pairs [N, 2]; 0 where a vector is zero."""
    rows, position = np.unique(pairs, return_inverse=True)
    exact = matrix[rows].astype(np.float64)
    length = np.linalg.norm(exact, axis=1, keepdims=True)
    units = (exact * np.divide(1.0, length, out=np.ones_like(length), where=length > 0)).astype(np.float32)
    first, second = position.reshape(pairs.shape).T
    found: F64 = np.vecdot(units[first], units[second]).astype(np.float64)
    return found
