"""Spherical k-means: k directions such that rows have high cosines with the nearest of them.

Dhillon & Modha (2001), "Concept Decompositions for Large Sparse Text Data Using Clustering". A row belongs to the
centre with which it has the highest cosine, the centre is the mean of its rows brought to length 1, and both are
repeated until no row changes. The result depends on where it begins. The first centres are drawn by k-means++ (Arthur &
Vassilvitskii 2007): each among the rows, with a chance in proportion to 1 − the cosine with the nearest centre so far.
Of several starts the one with the highest mean cosine is returned.

The same seed gives the same groups, whatever the number of threads and the library for linear algebra. That library
multiplies in single precision; where its rounding could decide which centre is the nearest, the products of this row
are computed again in double precision, in a fixed order, and of equal centres the first one counts. numpy's own sums
may differ in the last digit from one kind of processor to another, and very rarely a row may follow.

Not here: names, sizes and silhouettes (groups.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from w2v.arrays import F32, F64, I64, Places
from w2v.machine import one_blas_thread
from w2v.progress import Progress

__all__ = ["Clustering", "cluster", "sums_of"]

SCORES = 1 << 21  # products of rows and centres that are held at once
MOST_ROUNDS = 100
SAME = 1e-6  # a row whose cosine with a centre is nearer to 1 has the direction of the centre
ROUNDINGS = 8  # added to the number of dimensions in the bound of an error


@dataclass(frozen=True, eq=False)
class Clustering:
    """Which of k centres each of n rows belongs to.

    labels: int64 [n]. centres: float64 [k, D], of length 1. objective: the mean cosine of rows with their centres.
    rounds: how often all rows were assigned. converged: whether no row changed in the last round.
    """

    labels: I64
    centres: F64
    objective: float
    rounds: int
    converged: bool


def cluster(rows: F32, k: int, *, seed: int, starts: int, progress: Progress) -> Clustering:
    """Return the best of several clusterings of rows [n, D] of length 1 into k groups.

    There are fewer groups where the rows have fewer different directions; no group is empty.
    """
    best: Clustering | None = None
    progress.phase("grouping", starts, "starts")
    with one_blas_thread():
        for start in range(starts):
            found = _settled(rows, _seeds(rows, k, np.random.default_rng([seed, start])))
            if best is None or found.objective > best.objective:
                best = found
            progress.update(start + 1)
    assert best is not None
    return best


def _seeds(rows: F32, k: int, rng: np.random.Generator) -> F64:
    """Return up to k different rows as the first centres, [k, D], by k-means++."""
    chosen = [int(rng.integers(len(rows)))]
    far = _distances(rows, rows[chosen[0]])
    while len(chosen) < k:
        total = np.cumsum(far)
        if not total[-1] > 0:
            break  # every row has the direction of a centre
        drawn = int(np.searchsorted(total, rng.random() * total[-1], side="right"))
        chosen.append(min(drawn, int(np.flatnonzero(far)[-1])))
        np.minimum(far, _distances(rows, rows[chosen[-1]]), out=far)
    return rows[chosen].astype(np.float64)


def _distances(rows: F32, centre: F32) -> F64:
    """Return 1 − cosine of each row [n, D] with a centre [D], and 0 where it is next to nothing: [n].

    Not by the library for linear algebra, whose last digits depend on the number of its threads.
    """
    far: F64 = 1.0 - np.einsum("ij,j->i", rows, centre).astype(np.float64)
    far[far < SAME] = 0.0
    return far


def _settled(rows: F32, centres: F64) -> Clustering:
    """Assign rows and move centres until no row changes."""
    labels, cosines = _assigned(rows, centres)
    converged, rounds = False, 1
    while not converged and rounds < MOST_ROUNDS:
        labels = _without_empty(labels, cosines, len(centres))
        centres = _directions(sums_of(rows, labels, len(centres)), centres)
        before = labels
        labels, cosines = _assigned(rows, centres)
        converged = bool(np.array_equal(labels, before))
        rounds += 1
    filled = _without_empty(labels, cosines, len(centres))
    if not np.array_equal(filled, labels):
        labels = filled
        centres = _directions(sums_of(rows, labels, len(centres)), centres)
        cosines = np.einsum("ij,ij->i", rows, centres[labels])
    return Clustering(labels, centres, float(cosines.mean()), rounds, converged)


def _assigned(rows: F32, centres: F64) -> tuple[I64, F64]:
    """Return the nearest centre of each row [n], the first of equal ones, and the cosine with it [n]."""
    labels = np.empty(len(rows), dtype=np.int64)
    cosines = np.empty(len(rows))
    fast = np.ascontiguousarray(centres.T, dtype=np.float32)
    error = 2 * (rows.shape[1] + ROUNDINGS) * float(np.finfo(np.float32).eps)
    step = max(1, SCORES // len(centres))
    for start in range(0, len(rows), step):
        block = slice(start, start + step)
        products = rows[block] @ fast
        nearest = products.argmax(axis=1)
        best = products[np.arange(len(products)), nearest]
        close = np.count_nonzero(products >= (best - 2 * error)[:, None], axis=1) > 1
        doubtful = np.flatnonzero(close)
        if len(doubtful):
            nearest[doubtful] = _exactly(rows[block][doubtful], centres)
        labels[block] = nearest
        cosines[block] = np.einsum("ij,ij->i", rows[block], centres[nearest])
    return labels, cosines


def _exactly(rows: F32, centres: F64) -> Places:
    """Return the nearest centre of each row [n], by products in double precision and in a fixed order."""
    found = np.empty(len(rows), dtype=np.intp)
    for number, row in enumerate(rows.astype(np.float64)):
        found[number] = (centres * row).sum(axis=1).argmax()
    return found


def _without_empty(labels: I64, cosines: F64, k: int) -> I64:
    """Return labels in which each of k groups has a row: an empty one gets the row that lies farthest from its centre.

    A row that is the only one of its group is not taken.
    """
    sizes = np.bincount(labels, minlength=k)
    empty = np.flatnonzero(sizes == 0)
    if not len(empty):
        return labels
    labels = labels.copy()
    farthest = iter(np.argsort(cosines, kind="stable"))
    for group in empty:
        row = next((row for row in farthest if sizes[labels[row]] > 1), None)
        if row is None:
            break
        sizes[labels[row]] -= 1
        labels[row], sizes[group] = group, 1
    return labels


def sums_of(rows: F32, labels: I64, k: int) -> F64:
    """Return the sum of the rows of each of k groups, [k, D], in double precision."""
    sums = np.zeros((k, rows.shape[1]))
    order = np.argsort(labels, kind="stable")
    step = max(1, SCORES // rows.shape[1])
    for start in range(0, len(order), step):
        part = order[start : start + step]
        own = labels[part]
        first = np.flatnonzero(np.diff(own, prepend=-1))
        sums[own[first]] += np.add.reduceat(rows[part].astype(np.float64), first, axis=0)
    return sums


def _directions(sums: F64, before: F64) -> F64:
    """Return sums [k, D] at length 1; rows that cancel out leave the centre where it was."""
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.where(lengths > 1e-12, sums / np.maximum(lengths, 1e-12), before)
