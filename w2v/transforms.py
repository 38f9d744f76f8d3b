"""Vectors without their common direction, or also without their first principal components."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from w2v.arrays import F32, F64, I64
from w2v.vectors import Vectors

__all__ = ["all_but_the_top", "blocks", "centred", "moments"]

BLOCK = 4_096  # rows in double precision at a time

COMPONENTS_PER_HUNDRED = 1  # of dimensions, removed by all-but-the-top


def centred(vectors: Vectors) -> Vectors:
    """Return vectors with the mean of all sound rows taken from each of them; other rows stay as they are."""
    return _changed(vectors, components=0)


def all_but_the_top(vectors: Vectors) -> Vectors:
    """Return centred vectors without their first D / 100 principal components, at least one.

    Mu & Viswanath (2018), Algorithm 1.
    """
    return _changed(vectors, components=max(1, round(vectors.dim * COMPONENTS_PER_HUNDRED / 100)))


def _changed(vectors: Vectors, components: int) -> Vectors:
    """Return vectors without the mean of the sound rows, and without so many of their principal components."""
    rows = np.flatnonzero(np.isfinite(vectors.norms) & (vectors.norms > 0))
    mean, covariance = moments(vectors.matrix, rows)
    top = np.linalg.eigh(covariance)[1][:, ::-1][:, :components]
    matrix = vectors.matrix.copy()
    for block in blocks(rows):
        part = vectors.matrix[block].astype(np.float64) - mean
        matrix[block] = part - (part @ top) @ top.T
    return Vectors(vectors.words, matrix, vectors.counts, vectors.record, name=vectors.name)


def blocks(rows: I64, size: int = BLOCK) -> Iterator[I64]:
    """Yield rows [n], so many at a time."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def moments(matrix: F32, rows: I64) -> tuple[F64, F64]:
    """Return mean [D] and covariance [D, D] of rows, in double precision, block by block."""
    total = np.zeros(matrix.shape[1])
    for block in blocks(rows):
        total += matrix[block].sum(axis=0, dtype=np.float64)
    mean = total / max(1, len(rows))
    covariance = np.zeros((matrix.shape[1],) * 2)
    for block in blocks(rows):
        part = matrix[block].astype(np.float64) - mean
        covariance += part.T @ part
    return mean, covariance / max(1, len(rows))
