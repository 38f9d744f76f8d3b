"""Find the rows of a matrix that are nearest to vectors, exactly, and score the two rules for analogies.

Every search for the rows nearest to a question comes through `nearest`. (The neighbours of all words of a space at
once, in single precision, are those of w2v/compare/measures.py.) Words, and how a question becomes a vector, are
elsewhere (`w2v.lookup`, `w2v.vectors`); whole sets of analogies are answered by compiled code (`w2v.kernels.contest`).

How `nearest` is both fast and exact: the inner products of a block of queries with a block of rows are one matrix
product in single precision. Its error has a known bound (Higham 2002, section 3.1), so rows that lie further than this
bound below the k-th best one cannot be among the k nearest. The few others are computed again in double precision,
which decides. The answer therefore depends neither on the size of the blocks, nor on the number of threads, nor on the
linear algebra library.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from typing import NamedTuple

import numpy as np

from w2v.arrays import F32, F64, I64, Array, Places
from w2v.files.rows import ArrayReader, FileRows, RowReader, reader_of
from w2v.machine import available_threads, in_threads, one_blas_thread

__all__ = ["EPSILON", "Nearest", "add_cosines", "best", "multiply_cosines", "nearest"]

Precision = type[np.float32] | type[np.float64]
EPSILON = 1e-6  # keeps the quotient of 3CosMul finite (Levy & Goldberg 2014, section 5.1)
QUERIES = 256  # asked at once
FEW = 16  # more queries make so many products that waking threads for each costs more than they save
SCORES = 1 << 20  # held at once: queries × rows of a block
LARGE = 1 << 24  # values of a matrix that is worth several threads
SHARED = 1 << 16  # rows of a block where several threads search
COPIED = 1 << 22  # values of rows that are held at once where rows have to be copied
ROUNDINGS = 8  # added to the number of dimensions in the bound of the error


class Nearest(NamedTuple):
    """The nearest rows of each query, the best first.

    rows: int64 [Q, k]; −1 where a query has fewer than k candidates. scores: float64 [Q, k]; −infinity there.
    """

    rows: I64
    scores: F64


def nearest(
    matrix: F32 | F64 | FileRows,
    queries: F32 | F64,
    k: int,
    *,
    scale: F64 | None = None,
    among: I64 | None = None,
    without: I64 | None = None,
    precision: Precision = np.float32,
) -> Nearest:
    """Return the `k` rows with the largest inner product with each query; of equal ones the first rows.

    matrix: [V, D], an array or rows in a file; rows of length 1 or 0, or of any length with `scale`. queries: [Q, D].
    scale: [V], the factor that gives each row the length 1 (0 for a row of zeros), so that scores are cosines if
    queries have the length 1. among: the only rows that may be found, in any order; all if None. without: [Q, n], rows
    that must not be found for each query, with −1 in places that are not used. precision: of the first, fast pass;
    float64 where single precision would overflow or vanish.

    Rows and queries with NaN or infinity are near to nothing and are never found. Memory: some megabytes for each
    thread, and the result. A large matrix is searched by all cores.
    """
    search = _Search(matrix, scale, None if among is None else np.unique(among), precision)
    k = max(0, min(k, search.size))
    rows = np.full((len(queries), k), -1, dtype=np.int64)
    scores = np.full((len(queries), k), -np.inf)
    at_once = max(1, min(QUERIES, SCORES // max(1, k)))
    alone = len(queries) > FEW or (len(queries) > 1 and search.threads > 1)
    with one_blas_thread() if alone else nullcontext():
        for start in range(0, len(queries) if k else 0, at_once):
            block = slice(start, start + at_once)
            barred = None if without is None else search.positions(without[block])
            rows[block], scores[block] = search.run(_sound(queries[block]), k, barred)
    return Nearest(rows, scores)


class _Search:
    """A search for the rows nearest to a few queries."""

    def __init__(
        self,
        matrix: F32 | F64 | FileRows,
        scale: F64 | None,
        among: I64 | None,
        precision: Precision,
    ) -> None:
        self.matrix, self.scale, self.among = matrix, scale, among
        self.size = len(matrix if among is None else among)
        self.precision = np.float64 if matrix.dtype == np.float64 else precision
        self.copies = among is not None or matrix.dtype != self.precision
        self.threads = available_threads() if self.size * matrix.shape[1] >= LARGE else 1

    def positions(self, rows: I64) -> I64:
        """The position of each row among the candidates, −1 for those that are none, in the shape of `rows`."""
        if self.among is None:
            return rows
        found = np.searchsorted(self.among, rows)
        there = self.among[np.minimum(found, self.size - 1)] == rows
        return np.where(there, found, -1)

    def run(self, queries: F64, k: int, barred: I64 | None) -> tuple[I64, F64]:
        """The best rows and scores [q, k] of queries [q, D]."""
        blocks = self._blocks(len(queries))
        if self.threads == 1:
            return self._run(queries, k, barred, blocks)
        found = in_threads([lambda: self._run(queries, k, barred, blocks)] * self.threads)
        rows, scores = found[0]
        for more_rows, more_scores in found[1:]:
            asked, column = np.nonzero(more_rows >= 0)
            _merge(rows, scores, asked, more_rows[asked, column], more_scores[asked, column])
        return rows, scores

    def _run(self, queries: F64, k: int, barred: I64 | None, blocks: Iterator[tuple[int, int]]) -> tuple[I64, F64]:
        """The same in the blocks that are left; several threads may take blocks from one iterator."""
        rows = np.full((len(queries), k), -1, dtype=np.int64)
        scores = np.full((len(queries), k), -np.inf)
        error = (queries.shape[1] + ROUNDINGS) * float(np.finfo(self.precision).eps) * np.linalg.norm(queries, axis=1)
        fast: Array = queries.astype(self.precision)
        reader = reader_of(self.matrix)
        for start, stop in blocks:
            approximate = self._products(reader, fast, start, stop)
            if barred is not None:
                asked, column = np.nonzero((barred >= start) & (barred < stop))
                approximate[asked, barred[asked, column] - start] = -np.inf
            asked, position = self._possible(approximate, scores[:, -1] - error, k, error)
            found = position + start if self.among is None else self.among[position + start]
            _merge(rows, scores, asked, found, self._exact(queries, asked, found))
        return rows, scores

    def _blocks(self, queries: int) -> Iterator[tuple[int, int]]:
        step = SCORES // queries
        if self.threads > 1:  # each has several, so that all end at nearly the same time
            step = min(step, SHARED)
        if self.copies and isinstance(self.matrix, np.ndarray):
            step = min(step, COPIED // self.matrix.shape[1])
        step = max(1, step)
        return iter([(start, min(start + step, self.size)) for start in range(0, self.size, step)])

    def _products(self, reader: ArrayReader | RowReader, queries: Array, start: int, stop: int) -> Array:
        """The scores of a block of candidates, [q, B], in the fast precision."""
        chosen = slice(start, stop) if self.among is None else self.among[start:stop]
        products: Array = np.empty((len(queries), stop - start), dtype=self.precision)
        step = reader.step if self.threads > 1 or isinstance(self.matrix, FileRows) else stop - start
        with np.errstate(all="ignore"):  # infinity times 0, in rows that have no direction
            for begin in range(start, stop, step):
                end = min(begin + step, stop)
                some = reader.block(begin, end) if self.among is None else reader.read(self.among[begin:end])
                block: Array = some.astype(self.precision, copy=False)
                if len(queries) == 1 and self.threads > 1:  # the linear algebra library would start threads of its own
                    np.vecdot(block, queries[0], out=products[0, begin - start : end - start])
                else:
                    np.matmul(queries, block.T, out=products[:, begin - start : end - start])
            if self.scale is not None:
                products *= self.scale[chosen].astype(self.precision)
        return products

    @staticmethod
    def _possible(approximate: Array, least: F64, k: int, error: F64) -> tuple[Places, Places]:
        """The queries and positions in a block that may be among the k nearest; `least` [q]: what they must reach."""
        if np.isneginf(least).any():  # not k rows so far: k rows of this block have at least its own k-th score − error
            approximate[~np.isfinite(approximate)] = -np.inf
            if k <= approximate.shape[1]:
                own = np.partition(approximate, -k, axis=1)[:, -k].astype(np.float64)
                least = np.maximum(least, own - 2 * error)
        reached = approximate >= least[:, None].astype(approximate.dtype)
        reached &= approximate > -np.inf
        return np.divmod(np.flatnonzero(reached), reached.shape[1])  # np.nonzero takes many times as long

    def _exact(self, queries: F64, asked: Places, rows: I64) -> F64:
        """The scores of single pairs of a query and a row, in double precision; each by the same operations."""
        scores = np.empty(len(rows))
        step = max(1, COPIED // queries.shape[1])
        for start in range(0, len(rows), step):
            some = slice(start, start + step)
            with np.errstate(all="ignore"):
                products = self.matrix[rows[some]].astype(np.float64)
                products *= queries[asked[some]]
                scores[some] = products.sum(axis=1)
                if self.scale is not None:
                    scores[some] *= self.scale[rows[some]]
        scores[~np.isfinite(scores)] = -np.inf
        return scores


def _sound(queries: F32 | F64) -> F64:
    """A copy in double precision, with NaN for every query that has no direction: nothing is near to NaN."""
    copied = queries.astype(np.float64)
    copied[~np.isfinite(copied).all(axis=1)] = np.nan
    return copied


def _merge(rows: I64, scores: F64, asked: Places, new_rows: I64, new_scores: F64) -> None:
    """Put new finds, in the order of queries, among the best so far, [q, k] each."""
    if not len(asked):
        return
    k = rows.shape[1]
    changed = asked[np.flatnonzero(np.diff(asked, prepend=-1))]  # np.unique would import numpy.ma
    query = np.concatenate([np.repeat(changed, k), asked])
    every_row = np.concatenate([rows[changed].reshape(-1), new_rows])
    every_score = np.concatenate([scores[changed].reshape(-1), new_scores])
    order = np.lexsort((every_row, -every_score, query))
    first = np.searchsorted(query[order], changed)
    chosen = order[first[:, None] + np.arange(k)]
    rows[changed], scores[changed] = every_row[chosen], every_score[chosen]
    rows[np.isneginf(scores)] = -1


def best(scores: F64, k: int) -> Places:
    """Return the positions of the `k` highest of scores [n], the best first; equal ones keep their order."""
    if 0 < k < len(scores):
        lowest = np.partition(scores, len(scores) - k)[len(scores) - k]
        rows = np.flatnonzero(scores >= lowest)
    else:
        rows = np.arange(len(scores))
    return rows[np.argsort(-scores[rows], kind="stable")][:k]


def add_cosines(units: F64, weights: F64) -> F64:
    """Return the query of 3CosAdd, [D]: the weighted sum of unit vectors [n, D], brought to the length 1.

    The cosine with it orders words as the weighted sum of their cosines with the unit vectors does (Mikolov, Yih &
    Zweig 2013; Levy & Goldberg 2014, equation 3). Vectors that cancel out give zeros.
    """
    total: F64 = weights @ units
    length = float(np.linalg.norm(total))
    return total / length if length > 0 else total


def multiply_cosines(
    matrix: F32 | FileRows,
    positive: F64,
    negative: F64,
    *,
    scale: F64,
    among: I64 | None = None,
    precision: Precision = np.float32,
) -> F64:
    """Return the scores of 3CosMul for all rows, or for those of `among`, [V] or [n].

    The product of the cosines with the positive unit vectors [p, D] over that with the negative ones [n, D], each
    cosine shifted to 0..1 (Levy & Goldberg 2014, equation 4 and footnote 7). Other arguments as for `nearest`.
    """
    terms: Array = np.concatenate([positive, negative]).astype(precision)
    size = len(matrix if among is None else among)
    scores = np.empty(size)
    step = max(1, COPIED // matrix.shape[1])
    for start in range(0, size, step):
        chosen = slice(start, min(start + step, size)) if among is None else among[start : start + step]
        with np.errstate(all="ignore"):
            block: Array = matrix[chosen].astype(precision, copy=False)
            cosines: F64 = (block @ terms.T) * scale[chosen, None]
            shifted = np.clip((1.0 + cosines) / 2.0, 0.0, 1.0)
            quotient = shifted[:, : len(positive)].prod(axis=1)
            quotient /= shifted[:, len(positive) :].prod(axis=1) + EPSILON
        scores[start : start + step] = quotient
    scores[np.isnan(scores)] = -np.inf
    return scores
