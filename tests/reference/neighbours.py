"""Nearest rows by a full sort of every score: what `w2v.neighbours` must equal, to the last bit and tie."""

from __future__ import annotations

import numpy as np


def nearest(
    matrix: np.ndarray, query: np.ndarray, k: int, scale: np.ndarray | None, among: np.ndarray, barred: list[int]
) -> tuple[list[int], list[float]]:
    """The best k of `among` without `barred`: rows by falling score, equal ones in the order of rows."""
    scored = []
    for row in sorted(set(among.tolist()) - set(barred)):
        with np.errstate(all="ignore"):
            score = (matrix[row].astype(np.float64) * query.astype(np.float64)).sum()
            score *= 1.0 if scale is None else scale[row]
        if np.isfinite(score):
            scored.append((-score, row))
    best = sorted(scored)[:k]
    return [row for _, row in best], [-score for score, _ in best]
