"""The training kernels against their naive twins, and against the objective that they claim to descend."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from reference import sgns as naive

from w2v.kernels import negative_sampling, rng, sgns
from w2v.kernels.frequent import Frequent, copies_of
from w2v.kernels.llvm.compilation import kernel
from w2v.kernels.work_items import work_items

WORDS = 40
FEW = 16  # floats of a row


def small_world(dim: int, length: int = 1500, seed: int = 0, keep: float = 0.7):
    """Zipf-like tokens with sentence ends, a model that has already moved, and the tables of the noise."""
    random = np.random.default_rng(seed)
    frequency = 1 / np.arange(1, WORDS + 1)
    tokens = random.choice(WORDS, length, p=frequency / frequency.sum()).astype(np.int32)
    tokens[random.random(length) < 0.06] = -1
    width = negative_sampling.padded(dim)
    inputs, outputs = np.zeros((2, WORDS + 1, width), dtype=np.float32)
    inputs[:-1, :dim] = random.normal(0, 0.3, (WORDS, dim))
    outputs[:-1, :dim] = random.normal(0, 0.3, (WORDS, dim))
    kept = np.full(WORDS, 2**32 - 1, dtype=np.uint32)
    kept[: WORDS // 2] = keep * 2**32
    noise = negative_sampling.Noise(kept, *rng.alias_table(frequency**0.75))
    return tokens, negative_sampling.Model(inputs, outputs), noise


def run(kernel, tokens, model, noise, schedule) -> negative_sampling.Counters:
    counters = negative_sampling.Counters(
        np.zeros(8, dtype=np.int64), np.zeros(8), work_items(0, -(-len(tokens) // negative_sampling.CHUNK))
    )
    kernel(tokens, model, noise, schedule, counters)
    return counters


def schedule(window: int, rate: float = 0.05, seed: int = 11, slope: float = 1e-5) -> negative_sampling.Schedule:
    return negative_sampling.Schedule(np.uint64(seed), window, rate, slope, 1e-4)


@pytest.mark.slow
@pytest.mark.parametrize(("least", "window"), [(4, 4), (2, 5), (30, 30)])
def test_windows_that_shrink_less_or_not_at_all(least: int, window: int) -> None:
    plan = schedule(window)._replace(least=least)
    compare_with_twin(sgns.shared_kernel(16, 1), naive.shared, small_world(16), plan, 1)
    compare_with_twin(sgns.exact_kernel(16, 1), naive.exact, small_world(16), plan, 1)


def compare_with_twin(kernel, twin, world, plan, negative: int) -> None:
    tokens, model, noise = world
    inputs, outputs = model.input.astype(np.float64), model.output.astype(np.float64)
    before = model.input.copy()
    counters = run(kernel, tokens, model, noise, plan)
    pairs, loss = twin(tokens, inputs, outputs, *noise, plan, negative)
    assert counters.done[0] == (tokens >= 0).sum()
    assert counters.done[1] == pairs > 0
    assert counters.done[3] == counters.shared[0] == 0
    assert counters.loss[0] == pytest.approx(loss, rel=1e-4)
    assert np.abs(model.input - before).max() > 0.05, "the test must move the model far more than it tolerates"
    np.testing.assert_allclose(model.input, inputs, atol=2e-5)
    np.testing.assert_allclose(model.output, outputs, atol=2e-5)
    assert model.input.dtype == model.output.dtype == np.float32
    assert not model.input[-1].any()
    assert not model.output[-1].any()


# 1, 5 and 7 noise words fill one tile of registers, 10 and 15 two, 20 three, 80 more than are unrolled.
@pytest.mark.parametrize(
    ("dim", "window", "negative"),
    [
        (16, 2, 1),
        *(
            pytest.param(*case, marks=pytest.mark.slow)
            for case in [(100, 5, 5), (48, 3, 10), (20, 8, 15), (33, 4, 20), (16, 2, 80)]
        ),
    ],
)
def test_shared_kernel_equals_its_twin(dim: int, window: int, negative: int) -> None:
    kernel = sgns.shared_kernel(negative_sampling.padded(dim), negative)
    compare_with_twin(kernel, naive.shared, small_world(dim), schedule(window), negative)


@pytest.mark.slow
@pytest.mark.parametrize(("dim", "window", "negative"), [(100, 5, 5), (16, 2, 1), (20, 3, 12)])
def test_frozen_rows_do_not_change_and_the_others_do_as_in_the_twin(dim: int, window: int, negative: int) -> None:
    tokens, model, noise = small_world(dim)
    frozen = np.zeros((2, WORDS + 1), dtype=np.bool_)
    frozen[0, [0, 3, 7]] = frozen[1, [0, 2, 3, 11]] = True
    inputs, outputs = model.input.astype(np.float64), model.output.astype(np.float64)
    before = model.input.copy(), model.output.copy()
    kernel = sgns.shared_kernel(negative_sampling.padded(dim), negative, frozen=True)
    frozen_model = negative_sampling.FrozenModel(*model, *frozen)
    counters = run(kernel, tokens, frozen_model, noise, schedule(window))
    words = [frozenset(np.flatnonzero(side).tolist()) for side in frozen]
    pairs, loss = naive.shared(tokens, inputs, outputs, *noise, schedule(window), negative, words)
    assert counters.done[1] == pairs
    assert counters.loss[0] == pytest.approx(loss, rel=1e-4)
    for side, (array, expected) in enumerate(((model.input, inputs), (model.output, outputs))):
        np.testing.assert_allclose(array, expected, atol=2e-5)
        np.testing.assert_array_equal(array[frozen[side]], before[side][frozen[side]])
        assert np.abs(array - before[side])[~frozen[side]].max() > 0.05


@pytest.mark.slow
def test_nothing_frozen_gives_the_same_bytes() -> None:
    results = []
    for frozen in (False, True):
        tokens, model, noise = small_world(100)
        given = negative_sampling.FrozenModel(*model, *np.zeros((2, WORDS + 1), dtype=np.bool_)) if frozen else model
        run(sgns.shared_kernel(112, 5, frozen=frozen), tokens, given, noise, schedule(5))
        results.append(model.input.tobytes() + model.output.tobytes())
    assert results[0] == results[1]


@pytest.mark.slow
@pytest.mark.parametrize(("dim", "window", "negative"), [(100, 5, 5), (16, 2, 1), (7, 3, 12)])
def test_exact_kernel_equals_its_twin(dim: int, window: int, negative: int) -> None:
    kernel = sgns.exact_kernel(negative_sampling.padded(dim), negative)
    compare_with_twin(kernel, naive.exact, small_world(dim), schedule(window), negative)


@pytest.mark.parametrize("ends", [True, False])
def test_long_sentences_and_chunks(ends: bool) -> None:
    """More than one chunk, in sentences and as one endless line that is longer than a sentence may be."""
    tokens, model, noise = small_world(16, negative_sampling.CHUNK + 3000)
    if not ends:
        tokens[tokens < 0] = 0
    noise.keep[:] = 2**32 // 12
    kernel = sgns.shared_kernel(16, 1)
    compare_with_twin(kernel, naive.shared, (tokens, model, noise), schedule(2, slope=1e-7), 1)


@pytest.mark.parametrize("tokens", [[], [-1], [3], [3, -1, 4, -1, -1, 5]])
def test_tokens_without_a_pair_change_nothing(tokens: list[int]) -> None:
    _, model, noise = small_world(16)
    before = model.input.copy()
    for make in (sgns.shared_kernel, sgns.exact_kernel):
        counters = run(make(16, 1), np.array(tokens, dtype=np.int32), model, noise, schedule(2))
        assert counters.done[1] == 0
        assert counters.loss[0] == 0
    np.testing.assert_array_equal(model.input, before)


def test_a_score_that_is_not_finite_stops_and_is_located() -> None:
    for make in (sgns.shared_kernel, sgns.exact_kernel):
        tokens, model, noise = small_world(16)
        model.input[3] = np.nan
        counters = run(make(16, 5), tokens, model, noise, schedule(2))
        assert counters.shared[0] == 1
        assert counters.done[3] == 1  # chunk 0, counted from 1


def expected_gradient(tokens, model, noise_distribution, negative: int) -> tuple[np.ndarray, np.ndarray]:
    """What one pass at rate 1 adds on average, window 1: the objective's gradient, its expectation over the noise."""
    v, u = model.input[:-1].astype(float), model.output[:-1].astype(float)
    of_inputs, of_outputs = np.zeros_like(v), np.zeros_like(u)
    for here, there in [*pairwise(tokens), *pairwise(tokens[::-1])]:
        g = 1 - 1 / (1 + np.exp(-v[there] @ u[here]))
        of_inputs[there] += g * u[here]
        of_outputs[here] += g * v[there]
        weight = negative * noise_distribution / (1 + np.exp(-u @ v[there]))
        weight[here] = 0  # a noise word that is the centre is skipped
        of_inputs[there] -= weight @ u
        of_outputs -= np.outer(weight, v[there])
    return of_inputs, of_outputs


@pytest.mark.slow
@pytest.mark.parametrize("make", [sgns.shared_kernel, sgns.exact_kernel])
def test_both_kernels_follow_the_gradient_in_expectation(make) -> None:
    """Mean update over many seeds against the exact expectation, coordinate by coordinate, in standard errors.

    A weight that is wrong by a factor (n contexts for one, K for one, 0.5 for 0.75 in the noise) moves it by dozens.
    """
    negative, rate, runs = 3, 1e-4, 3000
    _, model, noise = small_world(16, seed=5)
    noise.keep[:] = 2**32 - 1
    tokens = np.random.default_rng(2).integers(0, WORDS, 30).astype(np.int32)
    frequency = (1 / np.arange(1, WORDS + 1)) ** 0.75
    kernel = make(16, negative)
    updates = []
    for seed in range(runs):
        moved = negative_sampling.Model(model.input.copy(), model.output.copy())
        plan = negative_sampling.Schedule(np.uint64(rng.split(seed)), 1, rate, 0.0, 0.0)
        run(kernel, tokens, moved, noise, plan)
        updates.append(np.concatenate([(moved.input - model.input)[:-1], (moved.output - model.output)[:-1]]))
    sample = np.array(updates, dtype=np.float64) / rate
    wanted = np.concatenate(expected_gradient(tokens, model, frequency / frequency.sum(), negative))
    error = sample.std(axis=0) / np.sqrt(runs) + 2e-3  # float32 keeps about four digits of such small steps
    z = (sample.mean(axis=0) - wanted) / error
    assert np.abs(z).max() < 5.5, "1,280 coordinates: beyond 5.5 standard errors once in 20,000 correct runs"
    assert np.abs(wanted / error).max() > 100, "the test could not see a wrong weight"


def weighted(window: int, least: int = 1) -> negative_sampling.Schedule:
    """Weights that no rule would give: a distance that does not count, and one that counts double."""
    weights = np.linspace(0.3, 2.0, window, dtype=np.float32)
    weights[window // 2] = 0.0
    return schedule(window)._replace(least=least, weights=weights)


@pytest.mark.parametrize(
    ("dim", "window", "negative", "least"),
    [
        (16, 2, 1, 1),
        *(
            pytest.param(*case, marks=pytest.mark.slow)
            for case in [(100, 5, 5, 5), (48, 3, 10, 1), (20, 8, 15, 8), (16, 2, 80, 2), (16, 30, 1, 30)]
        ),
    ],
)
def test_weights_of_distances_equal_those_of_the_twin(dim: int, window: int, negative: int, least: int) -> None:
    kernel = sgns.shared_kernel(negative_sampling.padded(dim), negative, weighted=True)
    compare_with_twin(kernel, naive.shared, small_world(dim), weighted(window, least), negative)


@pytest.mark.slow
def test_weights_and_frozen_rows_together() -> None:
    tokens, model, noise = small_world(16)
    frozen = np.zeros((2, WORDS + 1), dtype=np.bool_)
    frozen[0, [0, 3, 7]] = frozen[1, [0, 2, 3, 11]] = True
    inputs, outputs = model.input.astype(np.float64), model.output.astype(np.float64)
    kernel = sgns.shared_kernel(16, 5, frozen=True, weighted=True)
    run(kernel, tokens, negative_sampling.FrozenModel(*model, *frozen), noise, weighted(4, 4))
    words = [frozenset(np.flatnonzero(side).tolist()) for side in frozen]
    naive.shared(tokens, inputs, outputs, *noise, weighted(4, 4), 5, words)
    np.testing.assert_allclose(model.input, inputs, atol=2e-5)
    np.testing.assert_allclose(model.output, outputs, atol=2e-5)


@pytest.mark.slow
@pytest.mark.parametrize("weights", [None, (0.5, 2.0)], ids=["plain", "weighted"])
def test_chunks_in_another_order_equal_those_of_the_twin(weights: tuple[float, ...] | None) -> None:
    """The rate follows what is done: it falls fast here, so that the place in the corpus would give other numbers."""
    tokens, model, noise = small_world(16, 2 * negative_sampling.CHUNK + 3000)
    noise.keep[:] = 2**32 // 12
    plan = schedule(2, slope=1e-6)._replace(order=np.array([2, 0, 1], dtype=np.int32))
    if weights is not None:
        plan = plan._replace(weights=np.array(weights, dtype=np.float32))
    kernel = sgns.shared_kernel(16, 1, weighted=weights is not None)
    compare_with_twin(kernel, naive.shared, (tokens, model, noise), plan, 1)


def test_the_weighted_step_follows_the_gradient_of_the_weighted_objective() -> None:
    """The twin against differences of the objective: Σ over contexts of their weight · −log σ(±score)."""
    random = np.random.default_rng(4)
    inputs, outputs = random.normal(0, 0.5, (4, 3)), random.normal(0, 0.5, (3, 3))
    contexts, targets, factors = [0, 1, 3], [0, 1, 2], [0.25, 2.0, 1.0]

    def objective(v: np.ndarray, u: np.ndarray) -> float:
        signs = np.where(np.arange(3) == 0, 1, -1)
        return float(np.array(factors) @ np.log1p(np.exp(-signs * (v[contexts] @ u[targets].T))).sum(axis=1))

    moved = inputs.copy(), outputs.copy()
    naive.step(*moved, contexts, targets, 1e-6, 3, factors=factors)
    for which, before in enumerate((inputs, outputs)):
        for place in np.ndindex(before.shape):
            sides = []
            for step in (1e-6, -1e-6):
                both = [inputs.copy(), outputs.copy()]
                both[which][place] += step
                sides.append(objective(*both))
            gradient = (sides[0] - sides[1]) / 2e-6
            assert (before - moved[which])[place] / 1e-6 == pytest.approx(gradient, abs=1e-5)


@pytest.mark.parametrize(("words", "every"), [(1, 1), (7, 3), (WORDS, 16), (WORDS, 10**9)])
def test_one_thread_learns_the_same_with_copies_of_frequent_rows(words: int, every: int) -> None:
    """Alone, a thread brings home what it has learnt, and nobody has changed anything there."""
    plan = schedule(2)._replace(frequent=Frequent(words, every))
    compare_with_twin(sgns.shared_kernel(16, 1), naive.shared, small_world(16), plan, 1)


@pytest.mark.parametrize("words", [0, 3])
def test_what_several_threads_have_learnt_is_added(words: int) -> None:
    begin, meet, draw, finish = copies_of(FEW)
    random = np.random.default_rng(1)
    model = negative_sampling.Model(*random.normal(size=(2, 6, FEW)).astype(np.float32))
    before = negative_sampling.Model(model.input.copy(), model.output.copy())
    plan = Frequent(words, 2)
    first, second = begun(begin, model, plan), begun(begin, model, plan)
    learnt = random.normal(size=(2, 2, words, FEW)).astype(np.float32)
    rows_of(first, words)[:2] += learnt[0]
    rows_of(second, words)[:2] += learnt[1]
    assert all(map(np.array_equal, model, before))  # nobody has brought anything home

    @kernel
    def meets(copies):
        meet(copies, 1)

    @kernel
    def draws(copies):
        draw(copies, 1)

    @kernel
    def finishes(copies):
        finish(copies)

    for action, changed in ((draws, (False, True)), (meets, (True, True))):
        action(first)
        action(first)  # the second time, the rows of word 1 go home
        for side, (rows, old) in enumerate(zip(model, before, strict=True)):
            expected = old.copy()
            if words and changed[side]:
                expected[1] += learnt[0, side, 1]
            np.testing.assert_allclose(rows, expected, rtol=1e-6, atol=1e-6)
    finishes(first)
    finishes(second)
    for side, (rows, old) in enumerate(zip(model, before, strict=True)):
        expected = old.copy()
        expected[:words] += learnt[:, side].sum(axis=0)
        np.testing.assert_allclose(rows, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(rows_of(second, words)[:2], [side[:words] for side in model])


def begun(begin, model, plan):
    @kernel
    def begins(model, plan):
        return begin(model, plan)

    return begins(model, plan)


def rows_of(copies, words: int) -> np.ndarray:
    """The copies of inputs and of outputs, and then what of each was brought home last: float32 [4, words, 16]."""
    start = (-copies.memory.ctypes.data % 64) // 4
    return copies.memory[start : start + 4 * words * FEW].reshape(4, words, FEW)
