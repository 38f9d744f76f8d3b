"""CSLS from the whole table of cosines (Conneau et al. 2018, section 2.3): the slow twin of w2v/compare/csls.py."""

from __future__ import annotations

import numpy as np

from w2v.arrays import F64

__all__ = ["csls_table", "mutual_pairs"]


def csls_table(cosines: F64, k: int) -> F64:
    """Return CSLS of every pair, [n, m], from their cosines [n, m]."""
    found = np.empty_like(cosines)
    for row in range(cosines.shape[0]):
        near_row = np.sort(cosines[row])[::-1][:k].mean()
        for column in range(cosines.shape[1]):
            near_column = np.sort(cosines[:, column])[::-1][:k].mean()
            found[row, column] = 2 * cosines[row, column] - near_row - near_column
    return found


def mutual_pairs(scores: F64) -> list[tuple[int, int]]:
    """Return the rows and columns of which each is the best of the other."""
    best = [(row, int(scores[row].argmax())) for row in range(scores.shape[0])]
    return [(row, column) for row, column in best if int(scores[:, column].argmax()) == row]
