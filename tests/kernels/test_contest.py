"""The kernel of analogies against its naive twin, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from reference import contest as naive

from w2v.evaluation.tasks.analogies.methods import METHODS, scores_of
from w2v.kernels import contest as kernels

WORDS, SIZES = 9, (40, 33)


def random_contest(seed: int, methods: int) -> tuple[list[np.ndarray], kernels.Questions, np.ndarray]:
    rng = np.random.default_rng(seed)
    blocks = [rng.uniform(-1, 1, (WORDS, size)).astype(np.float32) for size in SIZES]
    blocks[0][3, 5], blocks[0][4, 6] = 1.0, np.float32(-1.0000001)  # the word itself; a cosine past rounding
    blocks[1][:, 7] = np.nan  # a candidate without a direction
    asked = rng.integers(0, WORDS, (25, 3))
    asked = asked[np.lexsort(asked.T[::-1])]
    a, b, c = (np.ascontiguousarray(column) for column in asked.T)
    between = rng.uniform(-0.5, 0.5, len(asked)).astype(np.float32)
    return blocks, kernels.Questions(a, b, c, between), rng.uniform(-0.5, 1.5, (methods, 25)).astype(np.float32)


@pytest.mark.parametrize("methods", [len(METHODS), 1])
@pytest.mark.parametrize("seed", range(4))
def test_naive_twin(seed: int, methods: int) -> None:
    blocks, questions, threshold = random_contest(seed, methods)
    rng = np.random.default_rng(seed + 100)
    special = {
        (int(q), int(row)) for q, row in zip(rng.integers(0, 25, 60), rng.integers(0, sum(SIZES), 60), strict=True)
    }
    count = len(questions.a)
    standing = kernels.Standing(
        threshold,
        np.zeros(threshold.shape, dtype=np.int64),
        np.full(count, -np.inf, dtype=np.float32),
        np.full(count, -1),
    )
    start = 0
    for cosines in blocks:
        nearness = np.empty_like(cosines)
        kernels.lay_nearness(cosines, nearness)
        here = sorted((q, row - start) for q, row in special if start <= row < start + cosines.shape[1])
        bounds = np.searchsorted([q for q, _ in here], np.arange(count + 1))
        columns = np.array([column for _, column in here], dtype=np.int64)
        for first, last in ((0, 11), (11, count)):  # as two threads would
            block = kernels.Candidates(cosines, nearness, start)
            kernels.look(first, last, block, questions, standing, bounds, columns)
        start += cosines.shape[1]
    rows = list(zip(*(column.tolist() for column in questions[:3]), questions.between, strict=True))
    above, best, row = naive.stand(blocks, rows, threshold, special)
    assert standing.above.tolist() == above
    assert standing.best.tolist() == best
    assert standing.row.tolist() == row
    assert (standing.best.dtype, standing.above.dtype, standing.row.dtype) == (np.float32, np.int64, np.int64)


def test_the_scores_of_special_candidates_are_those_of_blocks() -> None:
    """`scores_of` computes the score of the right answer: a difference in its last bit would change the rank."""
    blocks, questions, _ = random_contest(0, 1)
    cosines = blocks[0]
    for a, b, c, between in zip(*questions, strict=True):
        expected = np.array([naive.scores(*column, between) for column in cosines[[a, b, c]].T])
        for number, method in enumerate(METHODS):
            found = scores_of(method, cosines[a], cosines[b], cosines[c], between)
            assert found.dtype == np.float32
            assert found.tolist() == expected[:, number].tolist()
