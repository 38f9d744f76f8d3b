"""The mean and the covariance of many rows, block by block, in double precision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from w2v.arrays import F32, F64, I64, Places
from w2v.files.rows import FileRows

__all__ = ["Moments", "Plane", "blocks", "moments_of", "principal_plane", "unit_rows"]

BLOCK = 4_096  # rows in double precision at a time


@dataclass(frozen=True, eq=False)
class Moments:
    """The mean [D] and the covariance [D, D] of rows."""

    mean: F64
    covariance: F64

    @property
    def dim(self) -> int:
        """The number of dimensions."""
        return len(self.mean)

    def components(self) -> F64:
        """Return the principal components, a column for each, that of the largest variance first: [D, D].

        The largest value of each component is positive, so that the same rows always give the same signs.
        """
        found: F64 = np.linalg.eigh(self.covariance)[1][:, ::-1]
        largest = np.abs(found).argmax(axis=0)
        return found * np.where(found[largest, np.arange(self.dim)] < 0, -1.0, 1.0)


@dataclass(frozen=True, eq=False)
class Plane:
    """Rows on the plane of their first two principal components.

    places: float64 [n, 2]; zeros where there is no second component. shares: of the variance, float64 [2].
    """

    places: F64
    shares: F64


def blocks(rows: I64 | Places, size: int = BLOCK) -> Iterator[I64 | Places]:
    """Yield rows [n], so many at a time."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def unit_rows(rows: F32 | F64) -> F64:
    """Return rows [n, D] at length 1, in double precision; rows of zeros stay zeros."""
    wide = rows.astype(np.float64)
    lengths = np.sqrt(np.einsum("ij,ij->i", wide, wide))
    wide /= np.where(lengths > 0, lengths, 1.0)[:, None]
    return wide


def moments_of(matrix: F32 | F64 | FileRows, rows: I64 | Places, *, unit: bool = False) -> Moments:
    """Return the moments of some rows of a matrix [V, D]; unit: of these rows at length 1."""

    def read(block: I64 | Places) -> F64:
        return unit_rows(matrix[block]) if unit else matrix[block].astype(np.float64)

    total = np.zeros(matrix.shape[1])
    for block in blocks(rows):
        total += read(block).sum(axis=0)
    mean = total / max(1, len(rows))
    covariance = np.zeros((matrix.shape[1],) * 2)
    for block in blocks(rows):
        part = read(block)
        part -= mean
        covariance += part.T @ part
    return Moments(mean, covariance / max(1, len(rows)))


def principal_plane(matrix: F32 | F64 | FileRows) -> Plane:
    """Return the rows of a matrix [n, D] on their first two principal components.

    The signs are those for which the largest place of each component, whatever its sign, is positive. So equal rows
    give the same picture, and so do rows that were turned together.
    """
    every = np.arange(len(matrix))
    found = moments_of(matrix, every)
    components = found.components()[:, :2]
    places, shares = np.zeros((len(matrix), 2)), np.zeros(2)
    for some in blocks(every):
        places[some, : components.shape[1]] = (matrix[some].astype(np.float64) - found.mean) @ components
    for at in range(2 * bool(len(places))):
        largest = places[np.argmax(np.abs(places[:, at]).round(9)), at]
        places[:, at] *= -1 if largest < 0 else 1
    variance = float(np.trace(found.covariance))
    if variance > 0:
        shares = places.var(axis=0) / variance
    return Plane(places, shares)
