"""Analogies: one block of candidates against a run of questions, by every method in one pass. Not here: what the
methods are good for (evaluation.methods), which words may answer, and what is made of the counts (evaluation.contest).

A question "a is to b as c is to d" sees a candidate d through three cosines. Five scores are made of them while they
lie in the cache (Levy & Goldberg 2014, equations 1, 2 and 4; Linzen 2016), and compared with the score that the right
answer has: how many candidates score higher is all that is kept, but for 3CosAdd's best candidate. The operations and
their order are those of `evaluation.methods.scores_of`, without fast-math, so that equal cosines give equal scores.
Naive twin: tests/reference/contest.py.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from w2v.arrays import F32, I64
from w2v.kernels.llvm.compilation import kernel

__all__ = ["Candidates", "Questions", "Standing", "lay_nearness", "look"]


EPSILON, SAME = np.float32(1e-6), np.float32(1e-6)
ZERO, HALF, ONE, TWO = np.float32(0.0), np.float32(0.5), np.float32(1.0), np.float32(2.0)
NEVER = np.float32(-np.inf)


class Candidates(NamedTuple):
    """n candidates that follow one another, the first of them row `start`.

    cosines: float32 [W, n] with the words of the questions, NaN where a candidate may never answer; nearness [W, n]:
    1 / |d − w|, where it is wanted.
    """

    cosines: F32
    nearness: F32
    start: int


class Questions(NamedTuple):
    """a, b, c: int64 [Q], as numbers of the words, those with the same a and b together; between: (b − a) · c [Q]."""

    a: I64
    b: I64
    c: I64
    between: F32


class Standing(NamedTuple):
    """What is known of each question so far.

    bar: float32 [M, Q], the score to beat by each method, 3CosAdd first; above: int64 [M, Q], how many do. best:
    float32 [Q] and row: int64 [Q], 3CosAdd's best candidate that bears no mark.
    """

    bar: F32
    above: I64
    best: F32
    row: I64


@kernel
def lay_nearness(cosines: F32, nearness: F32) -> None:
    """1 / |d − w| of unit vectors with these cosines [W, n]; 0 where they are the same."""
    for word in range(cosines.shape[0]):
        for j in range(cosines.shape[1]):
            square = TWO - TWO * cosines[word, j]
            nearness[word, j] = ONE / np.sqrt(square) if square > SAME else ZERO


@kernel
def look(
    first: int, last: int, candidates: Candidates, questions: Questions, standing: Standing, bounds: I64, marked: I64
) -> None:
    """Let a block of candidates stand against questions first..last − 1.

    marked [bounds[q] .. bounds[q + 1]): the candidates, as columns of the block, that cannot be question q's best.
    """
    cosines = candidates.cosines
    methods, n = len(standing.bar), cosines.shape[1]
    pair, sums, bar = np.empty((2, n), np.float32), np.empty(n, np.float32), np.empty(methods, np.float32)
    for q in range(first, last):
        a, b, c = cosines[questions.a[q]], cosines[questions.b[q]], cosines[questions.c[q]]
        if q == first or questions.a[q] != questions.a[q - 1] or questions.b[q] != questions.b[q - 1]:
            _lay_pair(a, b, pair)
        bar[:] = standing.bar[:, q]
        above, better = _count_sums(pair[0], c, bar[0], standing.best[q], sums)
        standing.above[0, q] += above
        if methods > 1:
            counts = _count_others(pair, b, c, candidates.nearness[questions.c[q]], questions.between[q], bar)
            for method in range(1, methods):
                standing.above[method, q] += counts[method - 1]
        if better > 0:  # in few blocks of many
            for k in range(bounds[q], bounds[q + 1]):
                sums[marked[k]] = NEVER
            for j in range(n):
                if sums[j] > standing.best[q]:
                    standing.best[q], standing.row[q] = sums[j], candidates.start + j


@kernel
def _lay_pair(a: F32, b: F32, pair: F32) -> None:
    """What all questions of a pair share: b − a, and the quotient of the shifted cosines, [2, n]."""
    for j in range(len(a)):
        pair[0, j] = b[j] - a[j]
        pair[1, j] = _shifted(b[j]) / (_shifted(a[j]) + EPSILON)


@kernel
def _shifted(cosine: np.float32) -> np.float32:
    """A cosine moved to 0..1; NaN stays."""
    moved = (ONE + cosine) * HALF
    return ZERO if moved < ZERO else moved


@kernel
def _count_sums(difference: F32, c: F32, bar: np.float32, best: np.float32, sums: F32) -> tuple[np.int32, np.int32]:
    """3CosAdd: writes the scores [n], and counts those above the bar, and those above the best so far."""
    above, better = np.int32(0), np.int32(0)  # as wide as the scores: twice as many at once
    for j in range(len(sums)):
        score = difference[j] + c[j]
        above = np.int32(above + (score > bar))
        better = np.int32(better + (score > best))
        sums[j] = score
    return above, better


@kernel
def _count_others(
    pair: F32, b: F32, c: F32, near: F32, between: np.float32, bar: F32
) -> tuple[np.int32, np.int32, np.int32, np.int32]:
    """How many candidates are above the bars of 3CosMul, PairDirection, only-b and ignore-a."""
    product, parallel, nearest, sum_of_two = np.int32(0), np.int32(0), np.int32(0), np.int32(0)
    _, bar_1, bar_2, bar_3, bar_4 = bar[0], bar[1], bar[2], bar[3], bar[4]
    for j in range(len(c)):
        product = np.int32(product + (pair[1, j] * _shifted(c[j]) > bar_1))
        parallel = np.int32(parallel + ((pair[0, j] - between) * near[j] > bar_2))
        nearest = np.int32(nearest + (c[j] > bar_3))
        sum_of_two = np.int32(sum_of_two + (b[j] + c[j] > bar_4))
    return product, parallel, nearest, sum_of_two
