"""Intervals of shares and of resampled scores, and what paired tests need. Not here: what is resampled or counted.

Everything is seeded, so that the same vectors have the same interval everywhere. A replicate is a set of weights: how
often each thing was drawn. Things are items (pairs of words, categorised words) or, for analogies, the pairs of words
that questions are made of.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from w2v.arrays import F64

__all__ = [
    "LEVEL",
    "NOTHING",
    "REPLICATES",
    "Interval",
    "bounds",
    "clustered_interval",
    "draws",
    "holm",
    "independent_trials",
    "interval_of",
    "mean_replicates",
    "resampled",
    "share_interval",
    "spearman_replicates",
    "student",
]


REPLICATES = 1000
LEVEL = 0.95
SEED = 20130116  # the day on which Mikolov et al. put word2vec on arXiv
Z = 1.959963984540054  # of a two-sided test at 5 %
LEAST_CLUSTERS = 3  # two degrees of freedom
NOTHING = 1e-12  # replicates that vary by no more are the same, but for rounding
AT_ONCE = 1_000_000  # weights held at a time: 8 MB


@dataclass(frozen=True)
class Interval:
    """Where a score may well lie, had other items of the same kind been asked: of nominal 95 %."""

    low: float
    high: float


def bounds(interval: Interval | None) -> dict[str, float | None]:
    """The ends of an interval, by name."""
    return {"low": None, "high": None} if interval is None else {"low": interval.low, "high": interval.high}


def draws(things: int, replicates: int = REPLICATES, stream: int = 0) -> F64:
    """Weights [replicates, things] of drawing as many things as there are, with replacement (Efron 1979)."""
    return np.concatenate([*_drawn(things, replicates, stream)])


def _drawn(things: int, replicates: int, stream: int) -> Iterator[F64]:
    """The same, so many replicates at a time that a set of any size takes no more memory than another."""
    rng = np.random.default_rng((SEED, stream, things))
    step = max(1, AT_ONCE // things)
    for start in range(0, replicates, step):
        size = min(step, replicates - start)
        yield rng.multinomial(things, np.full(things, 1 / things), size=size).astype(np.float64)


def resampled(things: int, statistic: Callable[[F64], F64]) -> F64:
    """What `statistic` makes of weights [b, things], for all replicates [B] of `draws`, block by block."""
    return np.concatenate([statistic(weights) for weights in _drawn(things, REPLICATES, 0)])


def interval_of(replicates: F64) -> Interval | None:
    """The middle 95 % of replicates [B], those left out that drew nothing; None where they are few, or all the same."""
    known = replicates[np.isfinite(replicates)]
    if len(known) < len(replicates) / 2 or np.ptp(known) < NOTHING:
        return None
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(low), float(high))


def share_interval(share: float, trials: float, freedom: int | None = None) -> Interval:
    """Of a share of independent trials, by Wilson (1927); of 0 and 1, the exact one of Clopper & Pearson (1934).

    Share ± error would be empty where all is right or wrong, which is no certainty, and far too short near there.
    freedom: degrees of freedom, where the number of trials comes of an estimated error (`independent_trials`).
    """
    if share in (0.0, 1.0):
        reach = 1 - ((1 - LEVEL) / 2) ** (1 / trials)
        return Interval(0.0, reach) if share == 0 else Interval(1 - reach, 1.0)
    weight = (Z if freedom is None else student(freedom)) ** 2 / trials
    reach = math.sqrt(weight * (share * (1 - share) + weight / 4))
    low, high = ((share + weight / 2 + side) / (1 + weight) for side in (-reach, reach))
    return Interval(max(0.0, low), min(1.0, high))


def independent_trials(share: float, error: float, items: int) -> float:
    """How many would tell a share between 0 and 1 with that standard error (Kish 1965); no more than the items."""
    return share * (1 - share) / max(error**2, share * (1 - share) / items)


def clustered_interval(right: npt.NDArray[np.integer], asked: npt.NDArray[np.integer]) -> Interval | None:
    """Of the share of right items among those asked, by cluster [K]; None for fewer than three clusters.

    The items of a cluster go together. So the error is that of a ratio of two sums over clusters (Cochran 1977, chapter
    6); and where all is right or wrong, there are as many trials as clusters, fewer where one is larger than others.
    """
    right, asked = right[asked > 0], asked[asked > 0]
    clusters, items = len(asked), int(asked.sum())
    if clusters < LEAST_CLUSTERS:
        return None
    share = float(right.sum()) / items
    apart = right - share * asked
    error = math.sqrt(clusters / (clusters - 1) * float(apart @ apart)) / items
    trials = items / float(asked.max()) if share in (0.0, 1.0) else independent_trials(share, error, items)
    return share_interval(share, trials, clusters - 1)


def mean_replicates(values: F64, weights: F64) -> F64:
    """The mean of values [N] in each replicate [B] of weights [B, N]."""
    with np.errstate(invalid="ignore"):
        means: F64 = (weights @ values) / weights.sum(axis=1)
    return means


def spearman_replicates(x: F64, y: F64, weights: F64) -> F64:
    """Spearman's rho of each replicate [B]: of the sample in which item i stands weights[b, i] times, ties averaged."""
    first, second = _weighted_ranks(x, weights), _weighted_ranks(y, weights)
    first -= _weighted_mean(first, weights)
    second -= _weighted_mean(second, weights)
    products = [
        np.einsum("bn,bn,bn->b", weights, *both) for both in ((first, second), (first, first), (second, second))
    ]
    with np.errstate(invalid="ignore", divide="ignore"):
        rho: F64 = products[0] / np.sqrt(products[1] * products[2])
    return rho


def _weighted_mean(values: F64, weights: F64) -> F64:
    mean: F64 = np.einsum("bn,bn->b", values, weights)[:, None] / weights.sum(axis=1, keepdims=True)
    return mean


def _weighted_ranks(values: F64, weights: F64) -> F64:
    """The average rank of each item in each replicate, [B, N]."""
    distinct, group = np.unique(values, return_inverse=True)
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(len(distinct)))
    drawn = np.add.reduceat(weights[:, order], starts, axis=1)
    ranks = np.cumsum(drawn, axis=1) - (drawn - 1) / 2
    by_item: F64 = ranks[:, group]
    return by_item


def student(freedom: int) -> float:
    """The 97.5 % point of Student's t, by the expansion of Cornish and Fisher (Abramowitz & Stegun 26.7.5).

    Within .002 from 4 degrees of freedom on, within .03 from 2: enough for intervals, without scipy's import.
    """
    z, n = Z, float(freedom)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / n ** (power + 1) for power, term in enumerate(terms))


def holm(p: Sequence[float]) -> list[float]:
    """Holm's step-down adjustment (1979): the probability of any such result at all, were nothing different."""
    order = np.argsort(p, kind="stable")
    stepped = np.array(p)[order] * np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.maximum.accumulate(stepped), 1.0)
    return [float(value) for value in adjusted]
