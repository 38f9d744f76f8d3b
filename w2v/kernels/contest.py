"""Answer analogies: compare a block of candidates with many questions, by every method in one pass.

For a question "a is to b as c is to ?", a candidate d has three cosines: with a, b and c. The kernel computes up to
five scores from these cosines while they are in the processor's cache (Levy & Goldberg 2014, "Linguistic Regularities
in Sparse and Explicit Word Representations", equations 1, 2 and 4; Linzen 2016, "Issues in evaluating semantic spaces
using word analogies"), and compares each score with that of the right answer. The results are the number of candidates
with a higher score, by each method, and for 3CosAdd the best candidate too.

The operations and their order are those of `scores_of`, the function that scores single candidates, and fast-math is
off, so that equal cosines give equal scores. Naive twin: tests/reference/contest.py.
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
    """A block of n candidates: the rows start .. start + n − 1 of the vectors. W is the number of words in questions.

    cosines: float32 [W, n], of each word with each candidate; NaN where a candidate may never answer. nearness: float32
    [W, n], what `lay_nearness` makes of the cosines; not read where 3CosAdd is the only method.
    """

    cosines: F32
    nearness: F32
    start: int


class Questions(NamedTuple):
    """The questions: a, b, c: int64 [Q], rows of `Candidates.cosines`; between: float32 [Q], (b − a) · c.

    Questions with the same a and b must follow one another: what they share is then computed once.
    """

    a: I64
    b: I64
    c: I64
    between: F32


class Standing(NamedTuple):
    """The results so far, for M methods (3CosAdd first) and Q questions.

    threshold: float32 [M, Q], the score that a candidate must exceed to rank above the right answer. above: int64
    [M, Q], the number of candidates that do. best: float32 [Q] and row: int64 [Q], the score and the row of 3CosAdd's
    best candidate that is not special.
    """

    threshold: F32
    above: I64
    best: F32
    row: I64


@kernel
def lay_nearness(cosines: F32, nearness: F32) -> None:
    """Write 1 / |d − w| for unit vectors d and w with these cosines, or 0 where d = w; both arrays float32 [W, n]."""
    for word in range(cosines.shape[0]):
        for j in range(cosines.shape[1]):
            square = TWO - TWO * cosines[word, j]
            nearness[word, j] = ONE / np.sqrt(square) if square > SAME else ZERO


@kernel
def look(
    first: int, last: int, candidates: Candidates, questions: Questions, standing: Standing, bounds: I64, special: I64
) -> None:
    """Compare a block of candidates with the questions first..last − 1, and add what was found to `standing`.

    special: int64, columns of the block; special[bounds[q] : bounds[q + 1]] are the special candidates of question q
    (right answers, and words that may not answer), which never become `best`. bounds: int64 [Q + 1].
    """
    cosines = candidates.cosines
    methods, n = len(standing.threshold), cosines.shape[1]
    pair, sums, threshold = np.empty((2, n), np.float32), np.empty(n, np.float32), np.empty(methods, np.float32)
    for q in range(first, last):
        a, b, c = cosines[questions.a[q]], cosines[questions.b[q]], cosines[questions.c[q]]
        if q == first or questions.a[q] != questions.a[q - 1] or questions.b[q] != questions.b[q - 1]:
            _lay_pair(a, b, pair)
        threshold[:] = standing.threshold[:, q]
        above, better = _count_sums(pair[0], c, threshold[0], standing.best[q], sums)
        standing.above[0, q] += above
        if methods > 1:
            counts = _count_others(pair, b, c, candidates.nearness[questions.c[q]], questions.between[q], threshold)
            for method in range(1, methods):
                standing.above[method, q] += counts[method - 1]
        if better > 0:  # true in few blocks, so this second pass over the scores is cheap
            for k in range(bounds[q], bounds[q + 1]):
                sums[special[k]] = NEVER
            for j in range(n):
                if sums[j] > standing.best[q]:
                    standing.best[q], standing.row[q] = sums[j], candidates.start + j


@kernel
def _lay_pair(a: F32, b: F32, pair: F32) -> None:
    """Write what all questions with the same a and b share, [2, n]: b − a, and the quotient of the shifted cosines."""
    for j in range(len(a)):
        pair[0, j] = b[j] - a[j]
        pair[1, j] = _shifted(b[j]) / (_shifted(a[j]) + EPSILON)


@kernel
def _shifted(cosine: np.float32) -> np.float32:
    """Return the cosine moved from −1..1 to 0..1, as 3CosMul needs it; NaN stays NaN."""
    moved = (ONE + cosine) * HALF
    return ZERO if moved < ZERO else moved


@kernel
def _count_sums(
    difference: F32, c: F32, threshold: np.float32, best: np.float32, sums: F32
) -> tuple[np.int32, np.int32]:
    """Write the scores of 3CosAdd to sums [n]; return how many are above the threshold, and how many above `best`."""
    above, better = np.int32(0), np.int32(0)  # 32 bits, as the scores: a vector holds twice as many as with 64
    for j in range(len(sums)):
        score = difference[j] + c[j]
        above = np.int32(above + (score > threshold))
        better = np.int32(better + (score > best))
        sums[j] = score
    return above, better


@kernel
def _count_others(
    pair: F32, b: F32, c: F32, near: F32, between: np.float32, threshold: F32
) -> tuple[np.int32, np.int32, np.int32, np.int32]:
    """Return how many candidates are above the thresholds of 3CosMul, PairDirection, only-b and ignore-a."""
    product, parallel, nearest, sum_of_two = np.int32(0), np.int32(0), np.int32(0), np.int32(0)
    _, by_mul, by_direction, by_b, by_sum = threshold[0], threshold[1], threshold[2], threshold[3], threshold[4]
    for j in range(len(c)):
        product = np.int32(product + (pair[1, j] * _shifted(c[j]) > by_mul))
        parallel = np.int32(parallel + ((pair[0, j] - between) * near[j] > by_direction))
        nearest = np.int32(nearest + (c[j] > by_b))
        sum_of_two = np.int32(sum_of_two + (b[j] + c[j] > by_sum))
    return product, parallel, nearest, sum_of_two
