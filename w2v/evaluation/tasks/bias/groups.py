"""How words relate to two groups: RND, MAC, ECT, RIPA, SAME and direct bias, on numbers alone.

All take unit vectors except RIPA, where the length counts. The sign is the same in all: more is nearer to the first
group.
"""

from __future__ import annotations

import numpy as np

from w2v.arrays import F64
from w2v.evaluation.statistics import spearman

__all__ = ["coherence", "direct_bias", "direction", "mean_cosine_distance", "relational", "relative_norms", "same"]


def relative_norms(words: F64, first: F64, second: F64) -> F64:
    """Return how much farther each word is from the second group's mean than from the first's, [n].

    The relative norm difference of Garg, Schiebinger, Jurafsky & Zou (2018), with the opposite sign.
    """
    away = [np.linalg.norm(words - group.mean(axis=0), axis=1) for group in (first, second)]
    difference: F64 = away[1] - away[0]
    return difference


def mean_cosine_distance(words: F64, *groups: F64) -> float:
    """Return MAC (Manzini, Lim, Tsvetkov & Black 2019): 1 − cosine, averaged over a group's words, groups, words."""
    return float(np.mean([1.0 - (words @ group.T).mean() for group in groups]))


def coherence(words: F64, first: F64, second: F64) -> float | None:
    """Return ECT (Dev & Phillips 2019): Spearman's rho of the words' cosines with both means; 1 is no difference."""
    return spearman(words @ first.mean(axis=0), words @ second.mean(axis=0))


def relational(words: F64, first: F64, second: F64) -> F64:
    """Return RIPA (Ethayarajh, Duvenaud & Hirst 2019): w · (x − y) / ‖x − y‖ for each word and each pair, [n, pairs].

    All vectors as they are, not normalised; first and second [pairs, D] are the two sides of the pairs. Pairs whose
    vectors are the same have no direction and are left out.
    """
    offsets = first - second
    length = np.linalg.norm(offsets, axis=1)
    products: F64 = words @ (offsets[length > 0] / length[length > 0, None]).T
    return products


def same(words: F64, first: F64, second: F64) -> F64:
    """Return SAME (Schröder, Schulz & Hammer 2024): each word's cosine with the difference of the groups' means, [n].

    Their score of a word is the absolute value; the mean of the signed values is the skew, their SD the stereotype.
    """
    axis = first.mean(axis=0) - second.mean(axis=0)
    length = np.linalg.norm(axis)
    cosines: F64 = words @ (axis / length if length > 0 else axis)
    return cosines


def direction(first: F64, second: F64) -> F64:
    """Return the first principal component of pairs, each centred on its middle, [D]; it points to the first of a pair.

    Bolukbasi, Chang, Zou, Saligrama & Kalai (2016), section 5.1. Centred pairs are symmetric about the origin, so that
    their component is the first right singular vector of the differences.
    """
    offsets = first - second
    component: F64 = np.linalg.svd(offsets, full_matrices=False)[2][0]
    return component if (offsets @ component).sum() >= 0 else -component


def direct_bias(words: F64, axis: F64, strictness: float = 1.0) -> float:
    """Return the mean |cos(w, g)|^c over the words (Bolukbasi et al. 2016, section 5.2); 0 is none."""
    return float((np.abs(words @ axis) ** strictness).mean())
