"""The bootstrap: seeded replicates of a sample, and what a statistic makes of them.

A replicate is a set of weights: how often each thing was drawn. Everything is seeded, so that the same vectors have the
same interval everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from w2v.arrays import F64
from w2v.evaluation.statistics.intervals import LEVEL, Interval

__all__ = ["NOTHING", "REPLICATES", "draws", "interval_of", "mean_replicates", "resampled"]

REPLICATES = 1000
SEED = 20130116  # the day on which Mikolov et al. put word2vec on arXiv
NOTHING = 1e-12  # replicates that vary by no more than this are the same, but for rounding
AT_ONCE = 1_000_000  # weights held at a time: 8 MB


def draws(things: int, replicates: int = REPLICATES, stream: int = 0) -> F64:
    """Return weights [replicates, things] of drawing as many things as there are, with replacement (Efron 1979)."""
    return np.concatenate([*_drawn(things, replicates, stream)])


def _drawn(things: int, replicates: int, stream: int) -> Iterator[F64]:
    """Yield the same weights in blocks, so that a set of any size takes no more memory than another."""
    rng = np.random.default_rng((SEED, stream, things))
    step = max(1, AT_ONCE // things)
    for start in range(0, replicates, step):
        size = min(step, replicates - start)
        yield rng.multinomial(things, np.full(things, 1 / things), size=size).astype(np.float64)


def resampled(things: int, statistic: Callable[[F64], F64]) -> F64:
    """Return what `statistic` makes of weights [b, things], for all replicates [B] of `draws`, block by block."""
    return np.concatenate([statistic(weights) for weights in _drawn(things, REPLICATES, 0)])


def interval_of(replicates: F64) -> Interval | None:
    """Return the middle 95 % of the replicates [B] that are numbers; None where these are few, or all the same."""
    known = replicates[np.isfinite(replicates)]
    if len(known) < len(replicates) / 2 or np.ptp(known) < NOTHING:
        return None
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(low), float(high))


def mean_replicates(values: F64, weights: F64) -> F64:
    """Return the mean of values [N] in each replicate [B] of weights [B, N]."""
    with np.errstate(invalid="ignore"):
        means: F64 = (weights @ values) / weights.sum(axis=1)
    return means
