"""Sums of rows and changes of rows, against their naive twins."""

from __future__ import annotations

import numpy as np
import pytest
from reference import gathering as naive

from w2v.kernels.llvm.compilation import kernel
from w2v.kernels.llvm.gathering import gather, gather_weighted, prefetch_rows, scatter
from w2v.kernels.llvm.simd import LANES, address_of


def tried(vectors: int):
    """Return a kernel that composes a work row of rows of `vectors` vectors, adds a change, and gives it back."""

    @kernel
    def run(matrix, numbers, weights, stride, factor, change, work) -> None:
        work_at, numbers_at, matrix_at = address_of(work), address_of(numbers), address_of(matrix)
        before_at = work_at + vectors * LANES * 4
        prefetch_rows(numbers_at, numbers.size, matrix_at, vectors)
        gather(work_at, before_at, numbers_at, numbers.size, matrix_at, factor, vectors)
        for k in range(work.shape[1]):
            work[0, k] += change[k]
        scatter(work_at, before_at, numbers_at, address_of(weights), stride, numbers.size, matrix_at, vectors)
        work[0, 0] += weights[0] * 0 + numbers[0] * 0 + matrix[0, 0] * 0

    return run


@pytest.mark.parametrize("vectors", [1, pytest.param(7, marks=pytest.mark.slow), 35])
@pytest.mark.parametrize("each", [True, False], ids=["a weight for each", "one weight for all"])
def test_rows_are_summed_and_changed_as_their_twins_do(vectors: int, each: bool) -> None:
    """35 vectors are more than stay in the registers at once. A row that is named twice is changed twice."""
    random = np.random.default_rng(vectors)
    width = vectors * LANES
    matrix = random.normal(0, 1, (9, width)).astype(np.float32)
    numbers = np.array([3, 8, 3, 0, 5], dtype=np.int32)
    weights = random.normal(0, 1, 5).astype(np.float32)
    change = random.normal(0, 1, width).astype(np.float32)
    expected = matrix.astype(np.float64)
    hidden = naive.gather(numbers, expected, 0.25)
    work = np.zeros((2, width), dtype=np.float32)
    tried(vectors)(matrix, numbers, weights, 4 if each else 0, np.float32(0.25), change, work)
    naive.scatter(hidden + change, hidden, numbers, weights if each else [weights[0]] * 5, expected)
    np.testing.assert_allclose(work[1], hidden, atol=1e-5)
    np.testing.assert_allclose(matrix, expected, atol=1e-5)
    assert matrix.dtype == work.dtype == np.float32
    untouched = [1, 2, 4, 6, 7]
    assert (matrix[untouched] == random_again(vectors, width)[untouched]).all()


@pytest.mark.parametrize("vectors", [1, pytest.param(7, marks=pytest.mark.slow), 35])
def test_rows_are_summed_by_their_weights_as_the_twin_does(vectors: int) -> None:
    @kernel
    def run(matrix, numbers, weights, factor, work) -> None:
        work_at, numbers_at, matrix_at = address_of(work), address_of(numbers), address_of(matrix)
        copy_at = work_at + vectors * LANES * 4
        weights_at = address_of(weights)
        gather_weighted(work_at, copy_at, numbers_at, weights_at, numbers.size, matrix_at, factor, vectors)
        work[0, 0] += weights[0] * 0 + numbers[0] * 0 + matrix[0, 0] * 0

    random = np.random.default_rng(vectors)
    matrix = random.normal(0, 1, (9, vectors * LANES)).astype(np.float32)
    numbers = np.array([3, 8, 3, 0, 5], dtype=np.int32)
    weights = random.normal(0, 1, 5).astype(np.float32)
    work = np.zeros((2, vectors * LANES), dtype=np.float32)
    run(matrix, numbers, weights, np.float32(0.25), work)
    wanted = naive.gather_weighted(numbers, weights, matrix.astype(np.float64), 0.25)
    np.testing.assert_allclose(work, [wanted, wanted], atol=1e-5)


def random_again(vectors: int, width: int) -> np.ndarray:
    return np.random.default_rng(vectors).normal(0, 1, (9, width)).astype(np.float32)
