"""Documents like no other: those whose most similar other document is least similar to them.

The nearest neighbour decides, and not the mean of all: in a collection about two things, the documents about the rarer
one are far from the mean, but they are like each other.

All pairs of a million texts would take hours. So texts are compared with others block by block, and one is dropped as
soon as another text is more like it than the n-th text that was found so far is like its own nearest (Bay & Schwabacher
2003, "Mining Distance-Based Outliers in Near Linear Time with Randomization and a Simple Pruning Rule"). Most texts go
after the first few blocks. The result is exact, whatever the order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from w2v.arrays import F32, F64, I64, Places
from w2v.progress import NullProgress, Progress

__all__ = ["Farthest", "farthest_rows"]

TEXTS = 1 << 10  # compared at once
OTHERS = 1 << 11  # that they are compared with
SEED = 1


class Farthest(NamedTuple):
    """Rows, the least like any other first, the nearest row of each, both int64 [n], and their cosine, float64 [n]."""

    rows: I64
    nearest: I64
    cosines: F64


def farthest_rows(rows: F32, documents: I64, n: int, progress: Progress | None = None) -> Farthest:
    """Return the rows whose nearest row of another document has the lowest cosine; of each document only one row.

    rows: float32 [N, D], of length 1, or of zeros, which are compared with nothing. documents: int64 [N], the document
    of each row. n: how many documents. Fewer are returned where there are fewer, none where there is only one.
    """
    heard = progress or NullProgress()
    compared = np.flatnonzero(np.einsum("ij,ij->i", rows, rows) > 0)
    order = np.random.default_rng(SEED).permutation(compared)
    found = Farthest(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    heard.phase("comparing texts", len(order), "texts")
    for begin in range(0, len(order), TEXTS):
        block = np.sort(order[begin : begin + TEXTS])
        limit = found.cosines[n - 1] if len(found.rows) >= n else np.inf
        found = _best(_together(found, _compared(rows, documents, block, order, limit)), documents, n)
        heard.update(min(begin + TEXTS, len(order)))
    return found


def _compared(rows: F32, documents: I64, block: Places, order: Places, limit: float) -> Farthest:
    """The rows of a block whose nearest one has a cosine below the limit, with that one."""
    left = block
    highest = np.full(len(left), -np.inf, dtype=np.float32)
    nearest = np.full(len(left), -1, dtype=np.int64)
    for begin in range(0, len(order), OTHERS):
        others = order[begin : begin + OTHERS]
        with np.errstate(all="ignore"):  # rows of a damaged file may be no numbers
            cosines = rows[left] @ rows[others].T
        cosines[documents[left][:, None] == documents[others][None, :]] = -np.inf
        best = cosines.argmax(axis=1)
        values = cosines[np.arange(len(left)), best]
        better = values > highest
        highest[better], nearest[better] = values[better], others[best[better]]
        kept = highest < limit
        left, highest, nearest = left[kept], highest[kept], nearest[kept]
        if not len(left):
            break
    there = nearest >= 0
    return Farthest(left[there].astype(np.int64), nearest[there], highest[there].astype(np.float64))


def _together(a: Farthest, b: Farthest) -> Farthest:
    return Farthest(*(np.concatenate(pair) for pair in zip(a, b, strict=True)))


def _best(found: Farthest, documents: I64, n: int) -> Farthest:
    """The n documents with the lowest cosines, of equal ones the first, of each the row that is least like others."""
    order = np.lexsort((found.rows, found.cosines))
    _, first = np.unique(documents[found.rows[order]], return_index=True)
    chosen = order[np.sort(first)][:n]
    return Farthest(found.rows[chosen], found.nearest[chosen], found.cosines[chosen])
