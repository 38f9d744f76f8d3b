"""The words of a map as vectors of length 1, with their nearest words in the full space.

The nearest words are exact: they come from the one search of w2v (neighbours.py). A layout looks at them, the page
shows ten of them, and the share that the map keeps is counted with them. These are words of the map only; beyond.py has
the near words that are not on it.
"""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass, field

import numpy as np

from w2v.arrays import F32, F64, I64
from w2v.files.rows import FileRows
from w2v.machine import available_threads, in_threads, one_blas_thread
from w2v.neighbours import LARGE, nearest
from w2v.progress import Progress

__all__ = ["Space", "search", "space_of"]

BLOCK = 1_024  # words whose neighbours a thread looks for before it takes the next


@dataclass(frozen=True, eq=False)
class Space:
    """Rows of length 1 [N, D], and the k nearest other rows of each, the nearest first.

    nearest: their numbers, int64 [N, k]. similarities: their cosines, float64 [N, k].
    """

    rows: F32 = field(repr=False)
    nearest: I64 = field(repr=False)
    similarities: F64 = field(repr=False)

    def __len__(self) -> int:
        return len(self.rows)


def space_of(rows: F32, k: int, progress: Progress) -> Space:
    """Return rows [N, D] of length 1 with the k nearest others of each; k is at most N − 1."""
    found, scores = search(rows, None, rows, np.arange(len(rows)), min(k, len(rows) - 1), "comparing words", progress)
    return Space(rows, found, scores)


def search(
    matrix: F32 | FileRows, scale: F64 | None, rows: F32, own: I64, k: int, phase: str, progress: Progress
) -> tuple[I64, F64]:
    """Return the k rows of a matrix [V, D] that are nearest to each of `rows` [N, D], and their cosines, both [N, k].

    scale: as `nearest` takes it. own: [N], the row of the matrix that each of `rows` is, which must not be found; −1
    for one that is not in the matrix.
    """
    size = len(rows)
    found, scores = np.empty((size, k), dtype=np.int64), np.empty((size, k))
    starts = itertools.count(0, BLOCK)  # the threads take their blocks from it
    done = itertools.count(1)
    first, over = threading.current_thread(), threading.Event()
    progress.phase(phase, size, "words")

    def work() -> None:
        try:
            while not over.is_set() and (start := next(starts)) < size:
                block = slice(start, start + BLOCK)
                near = nearest(matrix, rows[block], k, scale=scale, without=own[block, None])
                found[block], scores[block] = near.rows, near.scores
                blocks = next(done)
                if threading.current_thread() is first:  # Ctrl-C is raised here, and nowhere else
                    progress.update(min(size, blocks * BLOCK))
        except BaseException:
            over.set()  # so that the other threads do not go on
            raise

    large = matrix.shape[0] * matrix.shape[1] >= LARGE  # then the search itself uses all cores
    with one_blas_thread():
        in_threads([work] * (1 if large else min(available_threads(), -(-size // BLOCK))))
    return found, scores
