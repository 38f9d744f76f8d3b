"""Is one of two scores on the same items higher? Standard errors of differences, Student's t, Holm's method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from w2v.arrays import F64, I64
from w2v.evaluation.statistics.intervals import FEWEST
from w2v.evaluation.statistics.resampling import NOTHING, mean_replicates, resampled

__all__ = ["Difference", "Paired", "Spread", "difference_of", "holm", "paired_means", "paired_replicates"]

Spread = Callable[[int, int], tuple[float | None, int]]
"""The standard error of scores[second] − scores[first], None where it cannot be told, and its degrees of freedom."""


@dataclass(frozen=True)
class Paired:
    """Scores [F] on the items that all of F samples share, resampled together: `items` of `total`.

    score: the name of the score. span: from the lowest score that is possible to the highest.
    """

    score: str
    items: int
    total: int
    scores: tuple[float, ...]
    spread: Spread
    span: float = 1.0


@dataclass(frozen=True)
class Difference:
    """A difference, and what a paired test finds: a 95 % interval, a two-sided p.

    detectable: the smallest true difference that the test would find in 80 % of cases; None where no difference can be
    so large. All are None below FEWEST items, where there is too little to tell, or where nothing varies, as between
    all right and all wrong; p is 1 for the same answers. No end of the interval is beyond what is possible.
    """

    size: float
    low: float | None = None
    high: float | None = None
    p: float | None = None
    detectable: float | None = None


def difference_of(paired: Paired, first: int, second: int) -> Difference:
    """Test the difference of two of the scores by Student's t of its resampled standard error."""
    from scipy.stats import t

    size = paired.scores[second] - paired.scores[first]
    if paired.items < FEWEST:
        return Difference(size)
    error, freedom = paired.spread(first, second)
    if error is None or freedom < 2 or not np.isfinite(error):
        return Difference(size)
    if error < NOTHING:
        return Difference(size, p=1.0 if size == 0 else None)
    reach = float(t.ppf(0.975, freedom))
    detectable = (reach + float(t.ppf(0.8, freedom))) * error
    return Difference(
        size=size,
        low=max(size - reach * error, -paired.span),
        high=min(size + reach * error, paired.span),
        p=float(2 * t.sf(abs(size) / error, freedom)),
        detectable=detectable if detectable <= paired.span else None,
    )


def holm(p: Sequence[float]) -> list[float]:
    """Adjust p values by Holm's step-down method (1979): the chance of any such result, were nothing different."""
    order = np.argsort(p, kind="stable")
    stepped = np.array(p)[order] * np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.maximum.accumulate(stepped), 1.0)
    return [float(value) for value in adjusted]


def paired_replicates(
    score: str,
    items: int,
    total: int,
    scores: Sequence[float],
    replicates: Sequence[F64],
    drawn: int,
    *,
    span: float = 1.0,
) -> Paired:
    """Pair scores whose replicates [F][B] were drawn together.

    drawn: how many things each replicate draws. span: as in `Paired`.
    """

    def spread(first: int, second: int) -> tuple[float | None, int]:
        differences = replicates[second] - replicates[first]
        known = differences[np.isfinite(differences)]
        error = float(known.std() * np.sqrt(drawn / (drawn - 1))) if len(known) > 1 and drawn > 1 else None
        return error, drawn - 1

    return Paired(score, items, total, tuple(scores), spread, span)


def paired_means(score: str, values: Sequence[F64], cluster: I64) -> Paired | None:
    """Pair the means of values [F][N] over the items that are numbers in all; None where there are none.

    cluster: [N], which items are drawn together.
    """
    common = np.logical_and.reduce([np.isfinite(each) for each in values])
    if not common.any():
        return None
    clusters, owner = np.unique(cluster[common], return_inverse=True)

    def means(each: F64, weights: F64) -> F64:
        return mean_replicates(each[common], weights[:, owner])

    replicates = [resampled(len(clusters), partial(means, each)) for each in values]
    scores = [float(each[common].mean()) for each in values]
    return paired_replicates(score, int(common.sum()), len(common), scores, replicates, len(clusters))
