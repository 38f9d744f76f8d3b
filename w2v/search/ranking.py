"""Scores of two kinds made comparable, and combined; the best of many scores."""

from __future__ import annotations

import numpy as np

from w2v.arrays import F32, F64, Places
from w2v.neighbours import best

__all__ = ["WEIGHTS", "best", "combine", "top", "z"]

WEIGHTS = (0.7, 0.3)
"""The shares of words and of their meaning in the score of both; docs/guides/search.md says where they are from."""


def z(scores: F32 | F64) -> F64:
    """Return how many standard deviations each score lies above the mean, float64 [N]; 0 where all are equal.

    scores: [N], of one query over all documents.
    """
    wide = scores.astype(np.float64)
    if not len(wide):
        return wide
    wide -= wide.mean()
    spread = float(np.sqrt(np.mean(wide * wide)))
    tiny = np.finfo(scores.dtype).eps * float(np.abs(scores).max())
    if spread <= tiny:  # all equal, but for rounding
        return np.zeros(len(wide))
    wide /= spread
    return wide


def combine(words: F32 | F64, meaning: F32 | F64, weights: tuple[float, float] = WEIGHTS) -> F64:
    """Return the weighted sum of both z scores, float64 [N].

    words: [N], as of BM25. meaning: [N], as cosines. weights: of words, and of meaning.
    """
    total = z(words)
    total *= weights[0]
    total += weights[1] * z(meaning)
    return total


def top(scores: F32 | F64, n: int) -> Places:
    """Return the places of the n highest of scores [N], the best first, of equal ones the first; all if n is larger."""
    return best(scores.astype(np.float64), n) if n > 0 else np.empty(0, dtype=np.intp)
