"""The direction of an axis: the mean difference of its pairs, and how it is spread over the dimensions.

Each word of a pair counts by its direction alone, at length 1: d = Σ (unit(second) − unit(first)) / P, and the
projection of a word is the cosine of its vector with d (Kozlowski, Taddy & Evans 2019, "The Geometry of Culture").
Projections do not change when the whole space is turned; in which dimensions a direction lies does.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from w2v.arrays import F64
from w2v.transforms.moments import unit_rows

__all__ = ["Spread", "agreement_of", "directions_without_each", "spread_of"]


class Spread(NamedTuple):
    """How a direction is spread over the dimensions.

    dimension: the number of the dimension that has the most of it, from 1. cosine: of the direction with that
    dimension. half: how many dimensions, those with the most first, have half of its squared length together.
    """

    dimension: int
    cosine: float
    half: int


def directions_without_each(differences: F64) -> F64:
    """Return the direction of all pairs but one, [P, D], for each of the differences of pairs [P, D]."""
    return unit_rows(differences.sum(axis=0) - differences)


def agreement_of(differences: F64) -> float | None:
    """Return the mean cosine between the differences of two pairs, of [P, D]; None for a single pair."""
    pairs = len(differences)
    if pairs < 2:
        return None
    total = unit_rows(differences).sum(axis=0)
    return float((total @ total - pairs) / (pairs * (pairs - 1)))


def spread_of(direction: F64) -> Spread:
    """Return how a direction [D] of length 1 is spread over the dimensions."""
    shares = direction**2
    first = int(np.argmax(shares))
    half = int(np.searchsorted(np.cumsum(np.sort(shares)[::-1]), shares.sum() / 2)) + 1
    return Spread(first + 1, float(np.sqrt(shares[first])), half)
