"""Translations as the nearest rows of another space, with hubs turned down: CSLS (Conneau et al. 2018, section 2.3).

In spaces of many dimensions some rows are near to everything, and so they would be the translation of everything. CSLS
takes from a cosine how near both rows are to their nearest rows of the other space:

    CSLS(x, y) = 2 cos(x, y) − r(x) − r(y),   r(x): the mean cosine of x with its k nearest rows y, and r(y) likewise

For one x, r(x) is the same for all y; so the best y are those with the largest inner product of (2x, −1) with
(y, r(y)). They are found as all nearest rows are (w2v/neighbours.py): in blocks and exactly, whatever the number of
threads. Tables of all pairs are never in memory.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from w2v.arrays import F32, F64, I64
from w2v.machine import available_threads, in_threads, one_blas_thread
from w2v.neighbours import Nearest, nearest

__all__ = ["NEIGHBOURS", "best_by_cosine", "best_by_csls", "mean_of_nearest", "mutual_nearest"]

NEIGHBOURS = 10  # k of r(x), as in the paper
BLOCK = 2_048  # rows that a thread asks for at once


def mean_of_nearest(x: F32, y: F32, k: int = NEIGHBOURS, *, threads: int | None = None) -> F64:
    """Return r of each row of x, [n]: the mean of its inner products with the k rows of y that are nearest to it.

    x: [n, D], y: [m, D], rows at length 1. threads: None for all cores; it changes no number.
    """
    found = _in_blocks(lambda some: nearest(y, x[some], k), len(x), min(k, len(y)), threads)
    return found.scores.mean(axis=1) if found.scores.size else np.zeros(len(x))


def best_by_cosine(x: F32, y: F32, count: int, *, threads: int | None = None) -> Nearest:
    """Return the `count` rows of y [m, D] that have the largest cosine with each row of x [n, D], the best first."""
    return _in_blocks(lambda some: nearest(y, x[some], count), len(x), min(count, len(y)), threads)


def best_by_csls(x: F32, y: F32, r_of_y: F64, count: int, *, threads: int | None = None) -> Nearest:
    """Return the `count` rows of y [m, D] with the largest CSLS for each row of x [n, D], the best first.

    r_of_y: [m], r of each row of y among all rows of its partner space (`mean_of_nearest`), of which x may be a part.
    The scores are 2 cos(x, y) − r(y): without r(x), which does not change the order.
    """
    asked = np.concatenate([2.0 * x.astype(np.float64), np.full((len(x), 1), -1.0)], axis=1)
    answers = np.concatenate([y, r_of_y[:, None].astype(np.float32)], axis=1)
    return _in_blocks(lambda some: nearest(answers, asked[some], count), len(x), min(count, len(y)), threads)


def mutual_nearest(x: F32, y: F32, k: int = NEIGHBOURS, *, threads: int | None = None) -> tuple[I64, F64]:
    """Return the rows of x [n, D] and y [m, D] that are each other's best by CSLS, int64 [P, 2], and their CSLS [P].

    The pairs stand in the order of the rows of x.
    """
    r_of_x, r_of_y = mean_of_nearest(x, y, k, threads=threads), mean_of_nearest(y, x, k, threads=threads)
    forth = best_by_csls(x, y, r_of_y, 1, threads=threads)
    back = best_by_csls(y, x, r_of_x, 1, threads=threads).rows[:, 0]
    answers = forth.rows[:, 0]
    mutual = np.flatnonzero((answers >= 0) & (back[answers] == np.arange(len(x))))
    return np.stack([mutual, answers[mutual]], axis=1), forth.scores[mutual, 0] - r_of_x[mutual]


def _in_blocks(ask: Callable[[slice], Nearest], size: int, width: int, threads: int | None) -> Nearest:
    """Ask for the nearest rows of all rows in blocks, which several threads take one after another."""
    rows, scores = np.full((size, width), -1, dtype=np.int64), np.full((size, width), -np.inf)
    blocks = iter([slice(start, start + BLOCK) for start in range(0, size, BLOCK)])

    def work() -> None:
        for block in blocks:
            found = ask(block)
            rows[block], scores[block] = found.rows, found.scores

    count = available_threads() if threads is None else threads
    with one_blas_thread():
        in_threads([work] * max(1, min(count, -(-size // BLOCK))))
    return Nearest(rows, scores)
