"""Which share of the nearest words of the full space a map keeps among the nearest in the plane."""

from __future__ import annotations

import numpy as np

from w2v.arrays import F64, I64

__all__ = ["share_kept"]

BLOCK = 4_096


def share_kept(positions: F64, nearest: I64) -> float:
    """Return the share of each word's k nearest words [N, k] that are among its k nearest in the plane [N, 2].

    It is the mean over all words: 1 for a map that loses nothing, about k / N for places by chance.
    """
    from scipy.spatial import cKDTree

    size, k = nearest.shape
    tree = cKDTree(positions)
    common = 0
    for start in range(0, size, BLOCK):
        block = slice(start, start + BLOCK)
        own = np.arange(start, min(start + BLOCK, size))
        found = tree.query(positions[block], k + 1)[1].reshape(len(own), k + 1)
        common += _common(_without(found, own), nearest[block])
    return float(common / (size * k))


def _without(found: I64, own: I64) -> I64:
    """Return k of the k + 1 found words [n, k + 1] of each row: all but the word itself, which may be missing."""
    itself = found == own[:, None]
    itself[~itself.any(axis=1), -1] = True  # more than k words lie in one place: the last one makes room
    others: I64 = found[~itself].reshape(len(found), -1)
    return others


def _common(one: I64, other: I64) -> int:
    """Return how many numbers the rows of two arrays [n, k] have in common."""
    return int((one[:, :, None] == other[:, None, :]).sum())
