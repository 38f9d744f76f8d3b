"""Intervals of shares: of independent trials, and of items in clusters. Resampled intervals are in `resampling`."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = [
    "FEWEST",
    "LEVEL",
    "Interval",
    "bounds",
    "clustered_interval",
    "independent_trials",
    "share_interval",
    "student",
]

LEVEL = 0.95
Z = 1.959963984540054  # of a two-sided test at 5 %
FEWEST = 10
"""Items that a score, or a difference of scores, needs for an interval and a test: with fewer both are guesswork."""

LEAST_CLUSTERS = 3  # two degrees of freedom


@dataclass(frozen=True)
class Interval:
    """The range in which a score would probably lie with other items of the same kind: a 95 % interval."""

    low: float
    high: float


def bounds(interval: Interval | None) -> dict[str, float | None]:
    """Return the ends of an interval by name, None for no interval."""
    return {"low": None, "high": None} if interval is None else {"low": interval.low, "high": interval.high}


def share_interval(share: float, trials: float, freedom: int | None = None) -> Interval:
    """Return the interval of a share: Wilson's (1927), and Clopper & Pearson's (1934) where the share is 0 or 1.

    Share ± error would be empty where all is right or wrong, which is no certainty, and far too short near these ends.
    trials: how many independent trials the share is worth.
    freedom: degrees of freedom, where the number of trials comes from an estimated error (`independent_trials`).
    """
    if share in (0.0, 1.0):
        reach = 1 - ((1 - LEVEL) / 2) ** (1 / trials)
        return Interval(0.0, reach) if share == 0 else Interval(1 - reach, 1.0)
    weight = (Z if freedom is None else student(freedom)) ** 2 / trials
    reach = math.sqrt(weight * (share * (1 - share) + weight / 4))
    low, high = ((share + weight / 2 + side) / (1 + weight) for side in (-reach, reach))
    return Interval(max(0.0, low), min(1.0, high))


def independent_trials(share: float, error: float, items: int) -> float:
    """Return how many independent trials would give a share that standard error (Kish 1965); at most `items`."""
    return share * (1 - share) / max(error**2, share * (1 - share) / items)


def clustered_interval(right: npt.NDArray[np.integer], asked: npt.NDArray[np.integer]) -> Interval | None:
    """Return the interval of the share right / asked, both given by cluster [K]; None below three clusters or FEWEST
    items.

    The items of a cluster are alike. So the error is that of a ratio of two sums over clusters (Cochran 1977, chapter
    6); and where all is right or wrong, there are as many trials as clusters, fewer where one is larger than others.
    """
    right, asked = right[asked > 0], asked[asked > 0]
    clusters, items = len(asked), int(asked.sum())
    if clusters < LEAST_CLUSTERS or items < FEWEST:
        return None
    share = float(right.sum()) / items
    apart = right - share * asked
    error = math.sqrt(clusters / (clusters - 1) * float(apart @ apart)) / items
    trials = items / float(asked.max()) if share in (0.0, 1.0) else independent_trials(share, error, items)
    return share_interval(share, trials, clusters - 1)


def student(freedom: int) -> float:
    """Return the 97.5 % point of Student's t, by the expansion of Cornish and Fisher (Abramowitz & Stegun 26.7.5).

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
