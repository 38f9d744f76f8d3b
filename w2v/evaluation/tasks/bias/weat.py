"""The Word Embedding Association Test (Caliskan, Bryson & Narayanan 2017), on numbers alone.

A word's association s(w) is its mean cosine with the attributes A less that with B. The test asks whether the targets X
have higher associations than Y. Effect size: (mean s over X − mean s over Y) / SD of s over both, with the sample's
standard deviation (ddof = 1: only that gives the numbers that the paper printed). p: the share of all ways to divide
X ∪ Y into sets of these sizes whose statistic is at least the observed one, the observed one included.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, combinations
from math import comb

import numpy as np

from w2v.arrays import F64, I64

__all__ = ["Permutation", "associations", "effect_size", "effect_sizes", "permutation_test", "single_category"]


MOST_PARTITIONS = 200_000  # enumerated; beyond it they are drawn
DRAWS = 99_999
DRAWN_AT_ONCE = 10_000
ROUNDING = 1e-12  # equal statistics differ by the order of summation, and must count as equal


@dataclass(frozen=True)
class Permutation:
    """A one-sided p-value; `partitions` there are, `examined` of them were looked at, the observed one included."""

    p: float
    partitions: int
    examined: int

    @property
    def exact(self) -> bool:
        """Whether all partitions were looked at."""
        return self.examined == self.partitions


def associations(words: F64, first: F64, second: F64) -> F64:
    """Return s(w, A, B) for each word, [n]; unit vectors [n, D], A [a, D], B [b, D]."""
    found: F64 = words @ (first.mean(axis=0) - second.mean(axis=0))
    return found


def single_category(words: F64, first: F64, second: F64) -> F64:
    """Return SC-WEAT, the statistic of WEFAT, [n]: s(w, A, B) over the sample SD of w's cosines with A ∪ B.

    Caliskan, Bryson & Narayanan (2017), supplement. NaN where the SD is 0. Unit vectors [n, D], [a, D], [b, D].
    """
    cosines = words @ np.concatenate([first, second]).T
    spread = cosines.std(axis=1, ddof=1)
    found: F64 = np.divide(
        associations(words, first, second), spread, out=np.full(len(words), np.nan), where=spread > 0
    )
    return found


def effect_size(first: F64, second: F64) -> float | None:
    """Return Caliskan's d from the associations of X and of Y; None below two of either, or where all are equal."""
    if min(len(first), len(second)) < 2:
        return None
    spread = float(np.concatenate([first, second]).std(ddof=1))
    return float((first.mean() - second.mean()) / spread) if spread > 0 else None


def effect_sizes(values: F64, first: int) -> F64:
    """Return d for each row of values [N, n] whose first so many columns are X; 0 where all are equal."""
    spread = values.std(axis=1, ddof=1)
    difference = values[:, :first].mean(axis=1) - values[:, first:].mean(axis=1)
    sizes: F64 = np.divide(difference, spread, out=np.zeros(len(values)), where=spread > 0)
    return sizes


def permutation_test(first: F64, second: F64, seed: int = 0, draws: int = DRAWS) -> Permutation:
    """Return how often a partition of X ∪ Y into sets of these sizes has a statistic of at least the observed one.

    All partitions where there are at most 200,000, else `draws` random ones, each a partition (never a draw with
    replacement), with the observed one added to both sides of the share (Phipson & Smyth 2010), so that p is never 0.
    The sum over X orders partitions as the paper's statistic does, because the sum over X ∪ Y is the same for all.
    """
    values = np.concatenate([first, second])
    size, total = len(first), len(values)
    partitions = comb(total, size)
    least = float(first.sum()) - ROUNDING * total * float(np.abs(values).max(initial=0.0))
    if partitions <= MOST_PARTITIONS:
        reached = int((values[_subsets(total, size)].sum(axis=1) >= least).sum())
        return Permutation(reached / partitions, partitions, partitions)
    rng = np.random.default_rng(seed)
    reached = 1
    for start in range(0, draws, DRAWN_AT_ONCE):
        keys = rng.random((min(DRAWN_AT_ONCE, draws - start), total))
        chosen = np.argpartition(keys, size - 1, axis=1)[:, :size]
        reached += int((values[chosen].sum(axis=1) >= least).sum())
    return Permutation(reached / (draws + 1), partitions, draws + 1)


@lru_cache(maxsize=2)
def _subsets(total: int, size: int) -> I64:
    """Return all ways to choose `size` of `total`, [C(total, size), size]."""
    flat = chain.from_iterable(combinations(range(total), size))
    return np.fromiter(flat, dtype=np.int64, count=comb(total, size) * size).reshape(-1, size)
