"""GloVe's kernel against its naive twin, the objective that it claims to descend, and its promise of the same bytes."""

from __future__ import annotations

import math
import time
from pathlib import Path

import numpy as np
import pytest
from reference import glove as naive
from reference.rng import mix

from w2v.cooccurrences.matrix import Chunk, Cooccurrences, Counting, Parts
from w2v.kernels import glove as kernels
from w2v.kernels.llvm.adagrad import CLIP
from w2v.kernels.rng import split
from w2v.progress import NullProgress
from w2v.training.glove import trainer as glove
from w2v.training.glove.blocks import make_blocks
from w2v.training.glove.model import GloveConfig
from w2v.vocab import Vocabulary
from w2v.workers import Segment, run_workers

X_MAX, ALPHA = 3.0, 0.75


def random_cells(words: int, density: float, seed: int = 0) -> dict[tuple[int, int], float]:
    random = np.random.default_rng(seed)
    filled = random.random((words, words)) < density
    return {(int(i), int(j)): float(np.float32(random.lognormal(0, 1.2))) for i, j in np.argwhere(filled)}


def matrix_of(cells: dict[tuple[int, int], float], words: int) -> Cooccurrences:
    """The matrix as counting would make it."""
    parts = Parts(words)
    dealt = naive.parts_of(words, parts.number)
    stripes = []
    for mine in dealt:
        rows, lengths, columns, values = [], [], [], []
        runs, records = [0], [0]
        for theirs in dealt:
            for place, row in enumerate(mine):
                here = [(j, cells[row, column]) for j, column in enumerate(theirs) if (row, column) in cells]
                if here:
                    rows.append(place)
                    lengths.append(len(here))
                    columns += [j for j, _ in here]
                    values += [x for _, x in here]
            runs.append(len(rows))
            records.append(len(columns))
        arrays = [np.array(one, dtype=np.uint16) for one in (rows, lengths, columns)]
        offsets = [np.array(one, dtype=np.int64) for one in (runs, records)]
        stripes.append([Chunk(*arrays, np.array(values, dtype=np.float32), *offsets)])
    vocabulary = Vocabulary([f"w{i}" for i in range(words)], np.full(words, 10))
    return Cooccurrences(vocabulary, {}, Counting(5, "symmetric", "distance"), stripes, {})


def config(**changes) -> GloveConfig:
    return GloveConfig(**{"dim": 20, "window": 5, "x_max": X_MAX, "alpha": ALPHA, "threads": 1, "seed": 5, **changes})


def blocks_of(cells, words: int, settings: GloveConfig, folder: Path, memory: int = 10**9) -> kernels.Blocks:
    matrix = matrix_of(cells, words)
    return make_blocks(matrix, settings, memory=memory, folder=folder, progress=NullProgress())


def run_epoch(blocks, model, settings: GloveConfig, number: int = 0) -> tuple[np.ndarray, int | None]:
    kernel = kernels.glove_kernel(settings.dim)
    parts = math.isqrt(len(blocks.runs) - 1)
    plan = glove._plan(number, parts, settings.seed)
    turns, costs = np.zeros((2, parts), dtype=np.int64), np.zeros(parts**2)

    def work(done: np.ndarray, loss: np.ndarray, shared: np.ndarray) -> None:
        workspace = kernels.new_workspace(blocks)
        while not kernel(blocks, model, plan, kernels.Counters(done, loss, shared, turns, costs), workspace):
            time.sleep(glove.PAUSE)

    segment = Segment(settings.worker_threads, parts**2)
    return costs, run_workers(work, settings.worker_threads, lambda done: None, segment).diverged


def twin_of(model: kernels.Model, words: int, settings: GloveConfig) -> naive.Model:
    slots, dim = Parts(words).slots, settings.dim
    rows, columns = model.rows[slots], model.columns[slots]
    return naive.Model(rows[:, :dim], columns[:, :dim], rows[:, dim], columns[:, dim + 1], settings.learning_rate)


@pytest.mark.parametrize(
    ("words", "dim", "density"),
    [
        (5, 1, 0.9),
        (40, 14, 0.5),
        pytest.param(70, 20, 0.3, marks=pytest.mark.slow),
        pytest.param(70, 100, 0.1, marks=pytest.mark.slow),
        pytest.param(40, 130, 0.3, marks=pytest.mark.slow),
        pytest.param(1100, 20, 0.004, marks=pytest.mark.slow),
    ],
)
def test_an_epoch_equals_the_twin(words: int, dim: int, density: float, tmp_path: Path) -> None:
    """One part and many, values that fill their vectors and not, registers and memory, blocks without a record."""
    settings = config(dim=dim)
    cells = random_cells(words, density)
    blocks = blocks_of(cells, words, settings, tmp_path)
    model = glove._first_model(Parts(words), settings)
    twin = twin_of(model, words, settings)
    before = model.rows.copy()
    parts = Parts(words).number
    for number in range(2):
        costs, diverged = run_epoch(blocks, model, settings, number)
        assert diverged is None
        strata = np.random.default_rng([settings.seed, 0x57A7A, number]).permutation(parts).tolist()
        order = naive.epoch_order(cells, words, parts, split(settings.seed, number), strata)
        wanted, steps = 0.0, 0
        for i, j in order:
            wanted += twin.step(i, j, cells[i, j], X_MAX, ALPHA)
            steps += 1
        assert steps == len(cells)
        assert costs.sum() == pytest.approx(wanted, rel=1e-5)
    slots, width = Parts(words).slots, kernels.padded(dim)
    rows, columns = model.rows[slots], model.columns[slots]
    assert model.rows.dtype == model.columns.dtype == np.float32
    assert np.abs(model.rows - before).max() > 0.02, "the test must move the model far more than it tolerates"
    for found, exact in (
        (rows[:, :dim], twin.w),
        (columns[:, :dim], twin.c),
        (rows[:, dim], twin.b_w),
        (columns[:, dim + 1], twin.b_c),
        (rows[:, width : width + dim], twin.acc_w),
        (columns[:, width : width + dim], twin.acc_c),
        (rows[:, width + dim], twin.acc_b_w),
        (columns[:, width + dim + 1], twin.acc_b_c),
    ):
        np.testing.assert_allclose(found, exact, rtol=2e-5, atol=2e-5)
    for side, one in ((rows, dim + 1), (columns, dim)):
        assert (side[:, one] == 1).all(), "what stands beside a bias stays 1"
        assert not side[:, dim + 2 : width].any(), "the padding stays 0"


def test_orders_are_new_in_every_epoch_and_complete() -> None:
    cells = random_cells(70, 0.3)
    first, second = (list(naive.epoch_order(cells, 70, 4, mix(number), [2, 0, 3, 1])) for number in (1, 2))
    assert first != second
    assert sorted(first) == sorted(second) == sorted(cells)


def test_gradients_are_clipped_and_those_of_biases_are_not(tmp_path: Path) -> None:
    settings = config(dim=3, learning_rate=10.0)
    cells = {(0, 1): 1.0, (1, 0): 1.0}
    blocks = blocks_of(cells, 2, settings, tmp_path)
    model = glove._first_model(Parts(2), settings)
    model.rows[:, :3] = model.columns[:, :3] = [50.0, -50.0, 0.01]
    twin = twin_of(model, 2, settings)
    run_epoch(blocks, model, settings)
    strata = [0]
    for i, j in naive.epoch_order(cells, 2, 1, split(settings.seed, 0), strata):
        twin.step(i, j, 1.0, X_MAX, ALPHA)
    assert twin.acc_w.max() >= CLIP**2
    assert twin.acc_b_w.max() > 2 * CLIP**2
    np.testing.assert_allclose(model.rows[:2, :3], twin.w, rtol=1e-5)
    np.testing.assert_allclose(model.rows[:2, 3], twin.b_w, rtol=1e-5)


def test_the_step_is_the_gradient_of_the_objective(tmp_path: Path) -> None:
    """One record at a time: what the kernel takes away, times √acc, is the derivative by finite differences."""
    settings = config(dim=6)
    for cell in ((0, 1), (2, 2), (1, 0)):
        cells = {cell: 2.0}
        blocks = blocks_of(cells, 3, settings, tmp_path)
        model = glove._first_model(Parts(3), settings)
        twin = twin_of(model, 3, settings)
        run_epoch(blocks, model, settings)
        i, j = cell
        point = [np.concatenate([twin.w[i], twin.c[j], [twin.b_w[i], twin.b_c[j]]])][0]

        def value(at: np.ndarray, cell=cell, twin=twin) -> float:
            w, c, b_w, b_c = twin.w.copy(), twin.c.copy(), twin.b_w.copy(), twin.b_c.copy()
            w[cell[0]], c[cell[1]], b_w[cell[0]], b_c[cell[1]] = at[:6], at[6:12], at[12], at[13]
            return naive.objective({cell: 2.0}, w, c, b_w, b_c, X_MAX, ALPHA)

        step = 1e-5 * np.eye(len(point))
        gradient = np.array([(value(point + h) - value(point - h)) / 2e-5 for h in step])
        moved = np.concatenate([model.rows[i, :6], model.columns[j, :6], [model.rows[i, 6], model.columns[j, 7]]])
        roots = np.array([1 / settings.learning_rate] * 12 + [1.0, 1.0])
        np.testing.assert_allclose((point - moved) * roots, gradient, rtol=1e-3, atol=2e-6)


@pytest.mark.slow
@pytest.mark.parametrize("words", [40, 1100])
def test_threads_change_no_byte(words: int, tmp_path: Path) -> None:
    cells = random_cells(words, 20 / words)
    results = []
    for threads in (1, 2, 5):
        settings = config(threads=threads)
        blocks = blocks_of(cells, words, settings, tmp_path)
        model = glove._first_model(Parts(words), settings)
        costs = [run_epoch(blocks, model, settings, number)[0] for number in range(3)]
        results.append((model.rows.tobytes(), model.columns.tobytes(), np.array(costs).tobytes()))
    assert results[0] == results[1] == results[2]


@pytest.mark.slow
def test_blocks_on_the_disk_are_the_same(tmp_path: Path) -> None:
    cells = random_cells(1100, 0.02)
    here, there = (blocks_of(cells, 1100, config(threads=3), tmp_path, memory) for memory in (10**9, 0))
    for one, other in zip(here, there, strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == other.dtype
    assert not any(tmp_path.iterdir())


def test_weights(tmp_path: Path) -> None:
    values = np.array([1 / 15, 0.5, 1, 2.999, 3, 3.001, 1e6], dtype=np.float32)
    weights = np.empty((len(values), 2), dtype=np.float32)
    kernels.weigh(values, 3.0, 0.75, weights)
    np.testing.assert_allclose(weights[:, 0], np.log(values.astype(float)), rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(weights[:, 1], np.minimum(1, (values.astype(float) / 3) ** 0.75), rtol=1e-6)
    assert weights.dtype == np.float32


def test_a_cost_that_is_not_finite_stops_and_is_located(tmp_path: Path) -> None:
    cells = random_cells(40, 0.5)
    for bad in (np.nan, np.inf):
        settings = config()
        blocks = blocks_of(cells, 40, settings, tmp_path)
        model = glove._first_model(Parts(40), settings)
        model.columns[Parts(40).slots[3], 0] = bad
        assert run_epoch(blocks, model, settings)[1] is not None
