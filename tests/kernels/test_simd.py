"""SIMD micro-operations against their naive twins, at every size that the kernels use."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numba import njit
from reference import simd as naive

from w2v.kernels.llvm import simd
from w2v.kernels.llvm.compilation import FASTMATH
from w2v.kernels.llvm.simd import LANES

M = LANES // 8


def rows_of(matrix: np.ndarray) -> np.ndarray:
    return matrix.ctypes.data + np.arange(len(matrix), dtype=np.int64) * matrix.strides[0]


def make_dot(vectors: int, size: int):
    @njit
    def call(contexts: np.ndarray, targets: np.ndarray, out: np.ndarray) -> None:
        score = simd.dot_tile(simd.address_of(contexts), simd.address_of(targets), vectors, M, size)
        simd.store(simd.address_of(out), score)

    return call


def make_update(vectors: int, size: int, tiles: int):
    @njit
    def call(contexts: np.ndarray, count: int, targets: np.ndarray, gradient: np.ndarray, kept: np.ndarray) -> None:
        simd.update_tiles(
            simd.address_of(contexts),
            count,
            simd.address_of(targets),
            simd.address_of(gradient),
            simd.address_of(kept),
            simd.address_of(contexts),
            vectors,
            M,
            size,
            tiles,
            1,
        )

    return call


@pytest.mark.slow
@pytest.mark.parametrize(("vectors", "size"), [(1, 1), (1, 8), (2, 3), (7, 6), (5, 5), (97, 4)])
def test_dot_tile(vectors: int, size: int) -> None:
    rng = np.random.default_rng(vectors * 100 + size)
    contexts = rng.standard_normal((M, vectors * LANES), dtype=np.float32)
    targets = rng.standard_normal((size, vectors * LANES), dtype=np.float32)
    out = np.full(LANES, np.nan, dtype=np.float32)
    make_dot(vectors, size)(rows_of(contexts), rows_of(targets), out)
    wanted = naive.dot_tile(contexts, targets, LANES)
    np.testing.assert_allclose(out[: M * size], wanted[: M * size], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("vectors", "size", "tiles"),
    [(1, 2, 1), (7, 6, 1), (2, 8, 2), (3, 7, 3), (97, 2, 1), (13, 2, 9)],
)
@pytest.mark.parametrize("count", [1, *(pytest.param(count, marks=pytest.mark.slow) for count in (2, 5, 10))])
def test_update_tiles(vectors: int, size: int, tiles: int, count: int) -> None:
    rng = np.random.default_rng(count)
    contexts = rng.standard_normal((count, vectors * LANES), dtype=np.float32)
    targets = rng.standard_normal((size * tiles, vectors * LANES), dtype=np.float32)
    gradient = rng.standard_normal((count, size * tiles), dtype=np.float32)
    lanes = np.zeros((-(-count // M), tiles, LANES), dtype=np.float32)
    for i in range(count):
        for j in range(size * tiles):
            lanes[i // M, j // size, i % M * size + j % size] = gradient[i, j]
    wanted = naive.update_tiles(contexts.astype(float), targets.astype(float), gradient.astype(float))
    kept = np.empty((count, LANES), dtype=np.float32)
    make_update(vectors, size, tiles)(rows_of(contexts), count, rows_of(targets), lanes, kept)
    np.testing.assert_allclose(contexts, wanted[0], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(targets, wanted[1], rtol=1e-4, atol=1e-4)


def test_a_word_drawn_twice_gets_both_its_updates() -> None:
    contexts = np.ones((1, LANES), dtype=np.float32)
    target = np.zeros((1, LANES), dtype=np.float32)
    lanes = np.zeros((1, 1, LANES), dtype=np.float32)
    lanes[0, 0, :2] = (1.0, 2.0)
    twice = np.repeat(rows_of(target), 2)
    make_update(1, 2, 1)(rows_of(contexts), 1, twice, lanes, np.empty((1, LANES), dtype=np.float32))
    np.testing.assert_array_equal(target, np.full((1, LANES), 3.0))


@njit(fastmath=FASTMATH)
def _lanewise(score: np.ndarray, weight: np.ndarray, running: np.ndarray, out: np.ndarray) -> None:
    x, w = simd.load(simd.address_of(score)), simd.load(simd.address_of(weight))
    right = simd.probability(x, w)
    mantissa, exponent = simd.log2_product(simd.load(simd.address_of(running)), right, w)
    check = simd.poison(simd.broadcast(np.float32(0)), x)
    for row, value in enumerate((right, simd.error(w, right), mantissa, exponent, check)):
        simd.store(simd.address_of(out) + np.int64(row * 4 * LANES), value)


def lanewise(score: np.ndarray, weight: np.ndarray, running: np.ndarray | None = None) -> np.ndarray:
    out = np.empty((5, LANES), dtype=np.float32)
    _lanewise(score, weight, np.ones(LANES, dtype=np.float32) if running is None else running, out)
    return out


finite = st.floats(-1e4, 1e4, width=32)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(arrays(np.float32, LANES, elements=finite), arrays(np.float32, LANES, elements=st.sampled_from([-0.025, 0.025])))
def test_probability_error_and_logarithm(score: np.ndarray, weight: np.ndarray) -> None:
    right, error, mantissa, exponent, check = lanewise(score, weight)
    wanted = naive.probability(score, weight)
    np.testing.assert_allclose(right, wanted, rtol=2e-5 * 80 / 8)  # the exponent's rounding, at the far end
    near = np.abs(score) < 8
    np.testing.assert_allclose(right[near], wanted[near], rtol=2e-6)
    np.testing.assert_allclose(error, weight * (1 - right), rtol=1e-6)
    assert ((mantissa >= 1) & (mantissa < 2)).all()
    np.testing.assert_allclose(np.log2(mantissa.astype(float)) + exponent, np.log2(right.astype(float)), atol=1e-6)
    assert (check == 0).all()


def test_lanes_without_weight_count_for_nothing() -> None:
    score = np.full(LANES, 3.0, dtype=np.float32)
    _, error, mantissa, exponent, _ = lanewise(score, np.zeros(LANES, dtype=np.float32))
    assert (error == 0).all()
    assert (mantissa == 1).all()
    assert (exponent == 0).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_score_that_is_not_finite_is_noticed(bad: float) -> None:
    score = np.zeros(LANES, dtype=np.float32)
    score[LANES // 2] = bad
    check = lanewise(score, np.full(LANES, 0.1, dtype=np.float32))[4]
    assert not np.isfinite(check.sum())


@pytest.mark.slow
@pytest.mark.skipif(LANES == 8, reason="this machine has no wider vectors: all other tests already ran with 8 lanes")
def test_machines_without_avx512() -> None:
    """The same twins in another process, compiled for AVX2: eight lanes, another tile."""
    narrow = {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+sse4.2,+avx,+avx2,+fma"}
    tests = [str(Path(__file__).with_name(f"test_{name}.py")) for name in ("simd", "sgns", "glove")]
    chosen = "dot_tile or update_tiles or probability or twin[100-5-5] or twin[20-8-15] or twin[70-20-0.3]"
    call = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", chosen, *tests]
    done = subprocess.run(call, env=os.environ | narrow, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout
