"""What kinds of sets with people's ratings have in common: the correlation of cosines with ratings is the score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, Protocol

import numpy as np

from w2v.arrays import F64
from w2v.evaluation.showing import rounded
from w2v.evaluation.statistics import (
    FEWEST,
    Interval,
    Paired,
    average_ranks,
    interval_of,
    paired_replicates,
    pearson,
    pearson_replicates,
    resampled,
    spearman,
    spearman_replicates,
)
from w2v.report.blocks import ItemsColumn

__all__ = ["PEARSON", "SPEARMAN", "Correlation", "Rated", "ranks_too_near"]


class Rated(Protocol):
    """A report with the rating of each pair and its cosine, float64 [N]; NaN for a pair that is not scored."""

    @property
    def ratings(self) -> F64: ...

    @property
    def cosines(self) -> F64: ...

    @property
    def total(self) -> int: ...


class Correlation(NamedTuple):
    """A correlation as a score.

    of: computes it from ratings and cosines, [N] each. replicates: computes it for each draw of the pairs, [R].
    """

    name: str
    of: Callable[[F64, F64], float | None]
    replicates: Callable[[F64, F64, F64], F64]

    def interval(self, ratings: F64, found: F64) -> Interval | None:
        """Return the interval by bootstrap over the pairs [N]; None below FEWEST pairs, or without a correlation."""
        if len(ratings) < FEWEST or self.of(ratings, found) is None:
            return None
        return interval_of(resampled(len(ratings), partial(self.replicates, ratings, found)))

    def paired(self, reports: Sequence[Rated]) -> Paired | None:
        """Compare reports on the pairs that all of them score; pairs are drawn. None where there is no correlation."""
        common = np.logical_and.reduce([np.isfinite(report.cosines) for report in reports])
        ratings, items = reports[0].ratings[common], int(common.sum())
        known = [score for report in reports if (score := self.of(ratings, report.cosines[common])) is not None]
        if items < 2 or len(known) < len(reports):
            return None
        drawn = [resampled(items, partial(self.replicates, ratings, report.cosines[common])) for report in reports]
        return paired_replicates(self.name, items, reports[0].total, known, drawn, items, span=2.0)


SPEARMAN = Correlation("spearman", spearman, spearman_replicates)
PEARSON = Correlation("pearson", pearson, pearson_replicates)


def ranks_too_near(report: Rated) -> ItemsColumn:
    """Return a column that says by how many ranks the vectors see a pair nearer than people do."""
    apart = np.full(len(report.cosines), np.nan)
    scored = np.isfinite(report.cosines)
    apart[scored] = average_ranks(report.cosines[scored]) - average_ranks(report.ratings[scored])
    return ItemsColumn("ranks too near", "number", rounded(apart, 1), 1)
