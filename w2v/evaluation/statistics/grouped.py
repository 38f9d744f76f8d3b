"""Groups of seeds: is the mean score of one group higher than that of another? With other seeds, and with other items?

Two things vary. Other items would give other scores, for all seeds alike; and other seeds would give other scores on
the same items. The variance of a difference of two means is the sum of both: that of the items, by resampling them with
the seeds as they are, and that of the seeds, from the spread of the scores in each group. What a seed and an item do
together is in both, and is taken off once (Cameron, Gelbach & Miller 2011, "Robust inference with multiway
clustering"). The reach is Student's t, with the degrees of freedom of such a sum (Satterthwaite 1946).

The simulations are in tests/evaluation/test_grouped.py, a table is in docs/evaluation.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np

from w2v.evaluation.statistics.intervals import FEWEST
from w2v.evaluation.statistics.paired import Difference, Paired
from w2v.evaluation.statistics.resampling import NOTHING

__all__ = ["Spread", "difference_of_groups", "mean_and_spread"]

LEAST_SEEDS = 2
Squared = Callable[[int, int], float | None]


@dataclass(frozen=True)
class Spread:
    """Scores of several seeds: their mean, and their sample standard deviation (n − 1), None for one seed."""

    mean: float
    sd: float | None
    seeds: int


def mean_and_spread(scores: Sequence[float]) -> Spread:
    """Return mean and standard deviation of the scores of one group."""
    sd = float(np.std(scores, ddof=1)) if len(scores) >= LEAST_SEEDS else None
    return Spread(float(np.mean(scores)), sd, len(scores))


def difference_of_groups(paired: Paired, first: Sequence[int], second: Sequence[int]) -> Difference:
    """Test the difference of two means, second − first; each group is given by the numbers of its scores.

    A group of one seed has no spread over seeds: then the interval is for other items alone, with this seed.
    """
    from scipy.stats import t

    size = float(np.mean([paired.scores[each] for each in second]) - np.mean([paired.scores[each] for each in first]))
    squared, freedom = _squared_errors(paired)
    found = _variance(paired, first, second, squared, freedom)
    if found is None or paired.items < FEWEST:
        return Difference(size)
    variance, degrees = found
    error = float(np.sqrt(variance))
    if error < NOTHING:
        return Difference(size, p=1.0 if abs(size) < NOTHING else None)
    reach = float(t.ppf(0.975, degrees))
    detectable = (reach + float(t.ppf(0.8, degrees))) * error
    return Difference(
        size=size,
        low=max(size - reach * error, -paired.span),
        high=min(size + reach * error, paired.span),
        p=float(2 * t.sf(abs(size) / error, degrees)),
        detectable=detectable if detectable <= paired.span else None,
    )


def _squared_errors(paired: Paired) -> tuple[Squared, int]:
    """Return the squared standard error over items of the difference of two scores, and its degrees of freedom."""

    @cache
    def squared(one: int, other: int) -> float | None:
        error, _ = paired.spread(one, other)
        return None if error is None or not np.isfinite(error) else error**2

    return squared, paired.spread(0, 0)[1]


def _variance(
    paired: Paired, first: Sequence[int], second: Sequence[int], squared: Squared, freedom: int
) -> tuple[float, float] | None:
    """Return the variance of a difference of means, and its degrees of freedom; None where it cannot be told.

    The variance over items of Σ wᵢ xᵢ, where Σ wᵢ = 0, is −Σ wᵢ wⱼ var(xᵢ − xⱼ) over all pairs i < j. What a seed and
    an item do together is half of var(xᵢ − xⱼ) of two seeds of one group.
    """
    members = (*first, *second)
    weight = dict.fromkeys(first, -1 / len(first)) | dict.fromkeys(second, 1 / len(second))
    errors = {pair: squared(*pair) for pair in combinations(sorted(members), 2)}
    known = {pair: error for pair, error in errors.items() if error is not None}
    if freedom < 2 or len(known) < len(errors):
        return None
    items = max(0.0, -sum(weight[one] * weight[other] * error for (one, other), error in known.items()))
    variance, parts = items, items**2 / freedom
    for group in (first, second):
        if len(group) < LEAST_SEEDS:
            continue
        both = [known[pair] / 2 for pair in combinations(sorted(group), 2)]
        spread = float(np.var([paired.scores[each] for each in group], ddof=1))
        own = (spread - float(np.mean(both))) / len(group)
        if own > 0:
            variance += own
            parts += (spread / len(group)) ** 2 / (len(group) - 1)
    return variance, max(1.0, variance**2 / parts) if parts else float(freedom)
