"""The weights of words and the common component of texts, folded into the rows of the words.

Smooth inverse frequency (sif.py) averages weighted rows and takes the common component off the result. Both are linear,
so they can be done to each row once, beforehand:

    row(w) = x(w) − Σ_i λ_i (x(w)·u_i) u_i      x(w) = weight(w) · v(w),  or weight(w) · v(w) / |v(w)|

The plain mean of such rows is then what the paper computes. A program that can only average rows, gets it for nothing.

The components u come without any text. Let a text be n independent words. Then the mean s of their weighted rows has

    E[s sᵀ] = (1/n) Σ_w p(w) x(w) x(w)ᵀ + (1 − 1/n) μ μᵀ        μ = Σ_w p(w) x(w)

and u_1, u_2, … are the first eigenvectors of this matrix. For n = 11 words and skip-gram vectors, u_1 has a cosine of
0.994 with the first component of 40,000 pieces of real text.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

import numpy as np

from w2v.arrays import F32, F64, I32, I64, Places
from w2v.files.fetched import FetchedRows
from w2v.files.rows import FileRows
from w2v.machine import one_blas_thread
from w2v.pages import zeros
from w2v.pooling.kind import Pooling

__all__ = ["NOTHING_COMMON", "Common", "FoldedRows", "common_of_moments", "common_of_words"]

WORDS_OF_A_TEXT = 11
MOST = 100_000  # rows that the component is computed from, the most frequent: the others hardly change it
BLOCK = 8_192  # rows at a time
SPARSE = 1 << 29  # bytes of all rows, of which few are needed
COLUMNS = 16  # rows are padded to a multiple of so many: to whole cache lines, and whole vectors of registers


@dataclass(frozen=True)
class Common:
    """What all texts have in common: directions of length 1 [m, D], and the share of each that is removed [m]."""

    directions: F64
    shares: F64

    def taken_off(self, rows: F64) -> F64:
        """Return rows [n, D] without what they have in common."""
        if not len(self.shares):
            return rows
        # Not by matrix products: for such narrow ones all threads of the library for linear algebra would wake up.
        along = np.einsum("ij,kj->ik", rows, self.directions) * self.shares
        off: F64 = rows - np.einsum("ik,kj->ij", along, self.directions)
        return off


def NOTHING_COMMON(dim: int) -> Common:  # noqa: N802 - it stands for a constant
    """Return that nothing is removed from vectors of `dim` dimensions."""
    return Common(np.empty((0, dim)), np.empty(0))


def weighted(rows: F32, weights: F64, *, unit: bool) -> F64:
    """Return rows [n, D] times their weights [n], each first at length 1 if `unit`. Rows with NaN or infinity become
    zeros.
    """
    wide = rows.astype(np.float64)
    squares = np.einsum("ij,ij->i", wide, wide)
    sound = np.isfinite(squares)
    if not sound.all():
        wide[~sound] = 0.0
        squares[~sound] = 0.0
    factors = np.where(squares > 0, weights, 0.0)
    if unit:
        factors = np.divide(factors, np.sqrt(squares), out=np.zeros(len(rows)), where=squares > 0)
    wide *= factors[:, None]
    return wide


def common_of_words(matrix: F32 | FileRows, weights: F64, frequencies: F64, pooling: Pooling, dim: int) -> Common:
    """Return the common components of texts of independent words, in closed form: see the head of this file.

    matrix: [V, D] or with more columns, of which the first `dim` are used. weights, frequencies: [V].
    """
    if not pooling.components or dim < 2:
        return NOTHING_COMMON(dim)
    mean = np.zeros(dim)
    squares = np.zeros((dim, dim))
    n = WORDS_OF_A_TEXT
    with one_blas_thread():
        for rows in _most_frequent(frequencies):
            part = weighted(matrix[rows][:, :dim], weights[rows], unit=pooling.unit_rows)
            shares = frequencies[rows]
            mean += shares @ part
            squares += (part * shares[:, None]).T @ part
        return common_of_moments(squares / n + (1 - 1 / n) * np.outer(mean, mean), pooling)


def common_of_moments(moments: F64, pooling: Pooling) -> Common:
    """Return the common components of texts whose vectors s have this mean of s sᵀ, [D, D]."""
    dim = len(moments)
    most = min(pooling.components, dim - 1)
    if most < 1:
        return NOTHING_COMMON(dim)
    variances, directions = np.linalg.eigh(moments)
    strongest = np.maximum(variances[::-1][:most], 0.0)
    return Common(np.ascontiguousarray(directions[:, ::-1][:, :most].T), pooling.removed(strongest))


def _most_frequent(frequencies: F64) -> list[Places] | list[slice]:
    """The rows of the most frequent words, block by block."""
    size = len(frequencies)
    if size <= MOST:
        return [slice(start, min(start + BLOCK, size)) for start in range(0, size, BLOCK)]
    chosen = np.sort(np.argpartition(-frequencies, MOST)[:MOST])
    return [chosen[start : start + BLOCK] for start in range(0, MOST, BLOCK)]


class FoldedRows:
    """The folded rows of words. A row is made when a text first has its word, and kept: most words occur in no text.

    common: what is removed from all rows.
    """

    def __init__(self, matrix: F32 | FileRows, weights: F64, common: Common, *, unit: bool, dim: int) -> None:
        """matrix: [V, D] or with more columns, of which the first `dim` are used. weights: [V]."""
        self._matrix, self._weights, self.common, self._unit = matrix, weights, common, unit
        self.dim = dim
        self._rows = _padded(len(matrix), dim)
        self._made = np.zeros(len(matrix), dtype=np.bool_)
        self._lock = Lock()

    def with_rows(self, ids: I32 | I64 | Places) -> F32:
        """Return an array [V, P] in which the rows of these ids are made; other rows may hold anything.

        P is D, rounded up to a multiple of COLUMNS; the columns behind D are zeros.
        """
        missing = ids[~self._made[ids]]
        if len(missing):
            with self._lock:
                for start in range(0, len(missing), BLOCK):
                    self._make(np.unique(missing[start : start + BLOCK].astype(np.int64)))
        return self._rows

    def with_rows_of(self, ids: I32) -> F32:
        """Return the same for the words of many texts, whose ids may be no rows: by a kernel."""
        from w2v.kernels.pooling import lacks_a_row

        if lacks_a_row(ids, self._made):
            self.with_rows(ids[(ids >= 0) & (ids < len(self._made))])
        return self._rows

    def every_row(self) -> FileRows:
        """Return all rows, [V, D]; they are made when they are read."""

        def made(start: int, stop: int) -> F32:
            rows = np.empty((stop - start, self.dim), dtype=np.float32)
            for first in range(start, stop, BLOCK):
                some = np.arange(first, min(first + BLOCK, stop))
                rows[some - start] = self._folded(some)
            return rows

        return FetchedRows(made, (len(self._matrix), self.dim))

    def of_others(self, rows: F32, weights: F64) -> F32:
        """Return rows [n, D] of words that are not in the vocabulary, folded with these weights [n]."""
        return self.common.taken_off(weighted(rows, weights, unit=self._unit)).astype(np.float32)

    def _make(self, rows: I64) -> None:
        self._rows[rows, : self.dim] = self._folded(rows)
        self._made[rows] = True

    def _folded(self, rows: I64) -> F32:
        """Return the rows of these ids, [n, D]."""
        part = weighted(self._matrix[rows][:, : self.dim], self._weights[rows], unit=self._unit)
        with np.errstate(over="ignore"):
            folded: F32 = self.common.taken_off(part).astype(np.float32)
        return folded


def _padded(rows: int, dim: int) -> F32:
    """Return zeros [rows, P], which begin where a cache line does, and take no memory before they are written to."""
    paged = zeros(rows, -(-dim // COLUMNS) * COLUMNS)
    if paged.matrix.nbytes > SPARSE:  # a row that is needed must not take a huge page of 2 MB
        paged.with_small_pages(0)
    return paged.matrix
