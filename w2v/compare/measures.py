"""How far each word has moved between two spaces: four scores for each word, each 0 for a word that stayed.

procrustes    1 − cosine of the two rows, one space turned onto the other (Hamilton, Leskovec & Jurafsky 2016)
local         1 − cosine of the similarities to the union of its nearest words in both (Hamilton et al. 2016b)
second-order  1 − Pearson's correlation of the similarities to anchors: frequent words
neighbours    1 − Jaccard's share of nearest words in both. People can read it; never rank by it.

All take rows [S, D] of the shared words as spaces.py prepares them; the two spaces may differ in D. None asks what the
words are. What a score must reach to say that a word has changed is not here: with nothing changed, scores are well
above 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from w2v.arrays import F32, F64, I64, Flags
from w2v.compare.procrustes import mapped, padded, procrustes
from w2v.machine import available_threads, in_threads, one_blas_thread

__all__ = [
    "ANCHORS",
    "CANDIDATES",
    "LOCAL",
    "SHOWN",
    "Scores",
    "anchors_of",
    "cosine_distances",
    "jaccard_distances",
    "local_distances",
    "measure",
    "nearest_words",
    "procrustes_distances",
    "profile_distances",
    "second_order_distances",
]

ANCHORS = range(200, 1_200)  # ranks by frequency: below stand function words, above words whose rows are uncertain
FEWEST = 3  # anchors, for a correlation
CANDIDATES = 20_000  # the most frequent words, among which neighbours are looked for
LOCAL = 25  # nearest words of each space that `local` looks at
SHOWN = 10  # nearest words that `neighbours` looks at
BLOCK = 512  # words at once
SAMPLED = 8  # of so many candidates one is looked at for a first threshold


@dataclass(frozen=True)
class Scores:
    """The scores of S shared words, the most frequent first, float64 [S] each.

    near_x, near_y: the nearest words of each word in each space, the best first, int64 [S, k]; −1 where there are no
    more. anchors: the words that `second_order` compares with.
    """

    procrustes: F64
    local: F64
    second_order: F64
    neighbours: F64
    near_x: I64
    near_y: I64
    anchors: I64


def measure(
    x: F32 | F64,
    y: F32 | F64,
    *,
    studied: Sequence[int] = (),
    near_x: I64 | None = None,
    near_y: I64 | None = None,
    local: int = LOCAL,
    shown: int = SHOWN,
    threads: int | None = None,
) -> Scores:
    """Return all scores of the shared words.

    x: [S, D1], y: [S, D2], prepared rows, the most frequent word first. studied: words that are no anchors. near_x,
    near_y: what `nearest_words` has found, where it was asked before, int64 [S, k]. local, shown: how many nearest
    words the two measures of neighbours look at. threads: None for all cores; it changes no number.
    """
    anchors = anchors_of(len(x), studied)
    with one_blas_thread():
        if near_x is None:
            near_x = nearest_words(x, max(local, shown), threads=threads)
        if near_y is None:
            near_y = nearest_words(y, max(local, shown), threads=threads)
        return Scores(
            procrustes_distances(x, y),
            local_distances(x, y, near_x[:, :local], near_y[:, :local], threads=threads),
            second_order_distances(x, y, anchors, threads=threads),
            jaccard_distances(near_x[:, :shown], near_y[:, :shown]),
            near_x,
            near_y,
            anchors,
        )


def procrustes_distances(x: F32 | F64, y: F32 | F64, rotation: F64 | None = None) -> F64:
    """Return 1 − cos(xR, y) of each word, [S]. rotation: R, [D, D]; None to fit it to all words."""
    turn = procrustes(x, y) if rotation is None else rotation
    distances = np.empty(len(x))
    for start in range(0, len(x), BLOCK):
        some = slice(start, start + BLOCK)
        distances[some] = cosine_distances(mapped(x[some], turn), padded(y[some], turn.shape[1]))
    return distances


def local_distances(x: F32 | F64, y: F32 | F64, near_x: I64, near_y: I64, *, threads: int | None = None) -> F64:
    """Return 1 − cosine of each word's similarities in x and in y to the union of its nearest words, [S].

    near_x, near_y: the nearest words in each space, int64 [S, k], −1 in places that are not used.
    """
    union = np.sort(np.concatenate([near_x, near_y], axis=1), axis=1)
    counted = np.ones(union.shape, dtype=np.bool_)
    counted[:, 1:] = union[:, 1:] != union[:, :-1]
    counted &= union >= 0
    distances = np.empty(len(x))

    def work(some: slice) -> None:
        old, new = (_similarities(rows, rows[some], union[some]) for rows in (x, y))
        distances[some] = profile_distances(old, new, counted[some])

    _in_blocks(work, len(x), threads)
    return distances


def second_order_distances(x: F32 | F64, y: F32 | F64, anchors: I64, *, threads: int | None = None) -> F64:
    """Return 1 − Pearson's correlation of each word's similarities in x and in y to the anchors, [S].

    anchors: int64 [A], words. An anchor is not compared with itself. With fewer than three anchors all are NaN.
    """
    if len(anchors) < FEWEST:
        return np.full(len(x), np.nan)
    own = np.full(len(x), -1)
    own[anchors] = np.arange(len(anchors))
    anchors_x, anchors_y = x[anchors], y[anchors]
    distances = np.empty(len(x))

    def work(some: slice) -> None:
        old, new = (
            np.asarray(rows[some] @ anchored.T, dtype=np.float64) for rows, anchored in ((x, anchors_x), (y, anchors_y))
        )
        counted = np.ones(old.shape, dtype=np.bool_)
        itself = np.flatnonzero(own[some] >= 0)
        counted[itself, own[some][itself]] = False
        distances[some] = profile_distances(old, new, counted, centred=True)

    _in_blocks(work, len(x), threads)
    return distances


def jaccard_distances(near_x: I64, near_y: I64) -> F64:
    """Return 1 − |both| / |either| of each word's nearest words in two spaces, [S].

    near_x, near_y: int64 [S, k], −1 in places that are not used. Words without any neighbours have the distance 0.
    """
    distances = np.empty(len(near_x))
    for start in range(0, len(near_x), BLOCK):
        some = slice(start, start + BLOCK)
        a, b = near_x[some], near_y[some]
        both = ((a[:, :, None] == b[:, None, :]) & (a >= 0)[:, :, None]).any(axis=2).sum(axis=1)
        either = (a >= 0).sum(axis=1) + (b >= 0).sum(axis=1) - both
        distances[some] = np.where(either > 0, 1.0 - both / np.maximum(either, 1), 0.0)
    return distances


def cosine_distances(a: F64, b: F64) -> F64:
    """Return 1 − cosine of each row of a with the same row of b, [n, D] each, as [n]; 0 where both are zeros."""
    return profile_distances(a, b, None)


def profile_distances(old: F64, new: F64, counted: Flags | None = None, *, centred: bool = False) -> F64:
    """Return 1 − cosine of rows [n, k] of `old` and `new`, [n]; with `centred`, 1 − Pearson's correlation.

    counted: [n, k], which of the numbers count. A row without any length is 0 away from another such row, and 1 away
    from all others.
    """
    a, b = old.astype(np.float64), new.astype(np.float64)
    if counted is not None:
        a, b = np.where(counted, a, 0.0), np.where(counted, b, 0.0)
    if centred:
        size = np.maximum(1, a.shape[1] if counted is None else counted.sum(axis=1, keepdims=True))
        a, b = (each - each.sum(axis=1, keepdims=True) / size for each in (a, b))
        if counted is not None:
            a, b = np.where(counted, a, 0.0), np.where(counted, b, 0.0)
    lengths_a, lengths_b = (np.linalg.norm(each, axis=1) for each in (a, b))
    lengths = lengths_a * lengths_b
    cosines = np.divide(np.einsum("ij,ij->i", a, b), lengths, out=np.zeros(len(a)), where=lengths > 0)
    cosines[(lengths_a == 0) & (lengths_b == 0)] = 1.0
    distances: F64 = np.clip(1.0 - cosines, 0.0, 2.0)
    return distances


def anchors_of(words: int, studied: Sequence[int] = (), ranks: range = ANCHORS) -> I64:
    """Return the anchors among so many shared words, int64 [A]: those of `ranks`, without the words under study.

    Of less than 2,400 words, the same parts are taken: those from a twelfth to the half of the ranks.
    """
    chosen = ranks if words >= 2 * ranks.stop else range(words * ranks.start // (2 * ranks.stop), words // 2)
    return np.setdiff1d(np.arange(chosen.start, chosen.stop), np.asarray(studied, dtype=np.int64)).astype(np.int64)


def nearest_words(rows: F32 | F64, k: int, *, candidates: int = CANDIDATES, threads: int | None = None) -> I64:
    """Return the k words nearest to each word, itself left out, the best first, int64 [S, k]; −1 where there are none.

    rows: [S, D], at length 1, the most frequent word first. Only the first `candidates` words can be found; of equally
    near ones those that are more frequent. Computed in single precision.
    """
    table = rows[:candidates].astype(np.float32)
    found = np.full((len(rows), k), -1, dtype=np.int64)

    def work(some: slice) -> None:
        scores = rows[some].astype(np.float32) @ table.T
        own = np.arange(*some.indices(len(rows)))
        inside = np.flatnonzero(own < len(table))
        scores[inside, own[inside]] = -np.inf
        best = _best(scores, min(k, len(table)))
        found[some, : best.shape[1]] = best

    _in_blocks(work, len(rows), threads)
    return found


def _best(scores: F32, k: int) -> I64:
    """Return the columns of the k highest of each row [n, C], the highest first, int64 [n, k]; −1 for −infinity.

    The k-th highest of an eighth of the columns is a threshold that at least k reach, and some eight times as many do.
    Sorting these alone takes a tenth of the time.
    """
    rows, columns = scores.shape
    sampled = scores[:, ::SAMPLED]
    if 0 < k <= sampled.shape[1] // 2:
        least = np.partition(sampled, sampled.shape[1] - k, axis=1)[:, sampled.shape[1] - k]
    else:
        least = np.full(rows, -np.inf, dtype=np.float32)
    asked, column = np.divmod(np.flatnonzero(scores >= least[:, None]), columns)
    begins = np.searchsorted(asked, np.arange(rows + 1))
    place = np.arange(len(asked)) - begins[asked]
    width = int(np.diff(begins).max(initial=0))
    values = np.full((rows, width), -np.inf, dtype=np.float32)
    values[asked, place] = scores[asked, column]
    names = np.full((rows, width), -1, dtype=np.int64)
    names[asked, place] = column
    order = np.argsort(-values, axis=1, kind="stable")[:, :k]
    found: I64 = np.take_along_axis(names, order, axis=1)
    found[np.isneginf(np.take_along_axis(values, order, axis=1))] = -1
    return found


def _similarities(rows: F32 | F64, words: F32 | F64, others: I64) -> F64:
    """The products of words [n, D] with k rows each, [n, k]; others: int64 [n, k], of −1 any number."""
    products: F64 = np.einsum("nd,nkd->nk", words, rows[others]).astype(np.float64)
    return products


def _in_blocks(work: Callable[[slice], None], size: int, threads: int | None) -> None:
    """Do work on blocks of words, by several threads that take one block after another."""
    blocks = iter([slice(start, start + BLOCK) for start in range(0, size, BLOCK)])

    def run() -> None:
        for block in blocks:
            work(block)

    count = available_threads() if threads is None else threads
    in_threads([run] * (count if size > BLOCK else 1))
