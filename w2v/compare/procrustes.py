"""The rotation that turns the rows of one space onto those of another: orthogonal Procrustes (Schönemann 1966).

Two trainings put their words anywhere; what they agree on is how words lie to each other. An orthogonal map changes
none of that, and so may be undone before words are compared (Hamilton, Leskovec & Jurafsky 2016). Reflections are
allowed: nothing tells a space from its mirror image. (Kabsch 1976 excludes them, because molecules have two hands.)
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from w2v.arrays import F32, F64
from w2v.errors import SettingsError

__all__ = ["Linear", "linear_map", "mapped", "padded", "procrustes", "r_squared"]

BLOCK = 1 << 14  # rows in double precision at once


class Linear(NamedTuple):
    """A map that need not be orthogonal: rows x become x · matrix + offset; float64 [D1, D2] and [D2]."""

    matrix: F64
    offset: F64


def procrustes(x: F32 | F64, y: F32 | F64) -> F64:
    """Return the orthogonal matrix R, float64 [D, D], for which ‖XR − Y‖ is least; D is the larger dimension.

    x: [S, D1], y: [S, D2], row by row the same words. The space with fewer dimensions is filled up with zeros. R = UVᵀ,
    where UΣVᵀ is the singular value decomposition of XᵀY. Raises SettingsError where there is nothing to fit.
    """
    dim = max(x.shape[1], y.shape[1])
    products = _products(x, y)
    square = np.zeros((dim, dim))
    square[: x.shape[1], : y.shape[1]] = products
    left, _, right = np.linalg.svd(square)
    rotation: F64 = left @ right
    return rotation


def linear_map(x: F32 | F64, y: F32 | F64, *, offset: bool = True) -> Linear:
    """Return the matrix L and the offset b for which ‖XL + b − Y‖ is least: any linear map, by least squares.

    x: [S, D1], y: [S, D2], row by row the same words. offset: whether b may be other than zeros. Raises SettingsError
    where there is nothing to fit.
    """
    _check(x, y)
    wide = np.full((len(x), x.shape[1] + 1), 1.0 if offset else 0.0)
    wide[:, :-1] = x
    solved: F64 = np.linalg.lstsq(wide, y.astype(np.float64), rcond=None)[0]
    return Linear(solved[:-1], solved[-1])


def mapped(rows: F32 | F64, by: F64) -> F64:
    """Return rows [n, D1] times a map [D, E], float64 [n, E]; zeros stand in dimensions that the rows do not have."""
    moved: F64 = rows.astype(np.float64) @ by[: rows.shape[1]]
    return moved


def padded(rows: F32 | F64, dim: int) -> F64:
    """Return rows [n, D] with zeros in the dimensions up to `dim`, float64 [n, dim]."""
    wide = np.zeros((len(rows), dim))
    wide[:, : rows.shape[1]] = rows
    return wide


def r_squared(predicted: F64, y: F32 | F64, mean: F64) -> float:
    """Return 1 − ‖Y − P‖² / ‖Y − m‖², for rows P that a map predicts, [n, D], and the rows Y that are there, [n, E].

    mean: m, [E], of the rows that the map was fitted to: what one would predict for every word without a map. 1 is a
    perfect map, 0 is as good as none, and it may be negative. Zeros stand in dimensions that P or Y does not have.
    """
    dim = max(predicted.shape[1], y.shape[1])
    truth = padded(y, dim)
    left = float(((truth - padded(predicted, dim)) ** 2).sum())
    whole = float(((truth - padded(mean[None], dim)) ** 2).sum())
    return 1.0 - left / whole if whole > 0 else float("nan")


def _products(x: F32 | F64, y: F32 | F64) -> F64:
    """XᵀY in double precision, [D1, D2], in blocks of rows."""
    _check(x, y)
    total = np.zeros((x.shape[1], y.shape[1]))
    for start in range(0, len(x), BLOCK):
        some = slice(start, start + BLOCK)
        total += x[some].astype(np.float64).T @ y[some].astype(np.float64)
    return total


def _check(x: F32 | F64, y: F32 | F64) -> None:
    if len(x) != len(y):
        raise SettingsError(
            f"a map is fitted to {len(x):,} rows and {len(y):,} rows", hint="give the same words, row by row"
        )
    if not len(x):
        raise SettingsError("a map is fitted to no rows at all", hint="compare files that share words")
