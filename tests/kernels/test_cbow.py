"""The kernel of CBOW against its naive twin, against steps by hand, and against the objective."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from kernels.test_sgns import WORDS, run, schedule, small_world
from reference import cbow as naive

from w2v.kernels import negative_sampling, rng
from w2v.kernels.cbow import cbow_kernel
from w2v.kernels.frequent import Frequent

BOTH = pytest.mark.parametrize("whole", [True, False], ids=["whole", "mean"])


def compare_with_twin(world, plan, negative: int, *, whole: bool, weighted: bool = False) -> None:
    tokens, model, noise = world
    inputs, outputs = model.input.astype(np.float64), model.output.astype(np.float64)
    before = model.input.copy()
    counters = run(cbow_kernel(model.input.shape[1], negative, whole, weighted), tokens, model, noise, plan)
    centres, loss = naive.cbow(tokens, inputs, outputs, *noise, plan, negative, whole=whole)
    assert counters.done[0] == (tokens >= 0).sum()
    assert counters.done[1] == centres > 0
    assert counters.done[3] == counters.shared[0] == 0
    assert counters.loss[0] == pytest.approx(loss, rel=1e-4)
    assert np.abs(model.input - before).max() > 0.05, "the test must move the model far more than it tolerates"
    np.testing.assert_allclose(model.input, inputs, atol=2e-5)
    np.testing.assert_allclose(model.output, outputs, atol=2e-5)
    assert model.input.dtype == model.output.dtype == np.float32
    assert not model.input[-1].any()
    assert not model.output[-1].any()


@BOTH
@pytest.mark.parametrize(
    ("dim", "window", "negative"),
    [(16, 2, 1), *(pytest.param(*case, marks=pytest.mark.slow) for case in [(100, 5, 5), (48, 3, 10), (600, 4, 20)])],
)
def test_the_kernel_equals_its_twin(dim: int, window: int, negative: int, whole: bool) -> None:
    compare_with_twin(small_world(dim), schedule(window), negative, whole=whole)


@pytest.mark.parametrize(("words", "every"), [(1, 1), (7, 3), (WORDS, 10**9)])
def test_one_thread_learns_the_same_with_copies_of_frequent_rows(words: int, every: int) -> None:
    plan = schedule(2)._replace(frequent=Frequent(words, every))
    compare_with_twin(small_world(16), plan, 1, whole=True)


@BOTH
@pytest.mark.parametrize(
    ("dim", "window", "negative", "least"),
    [
        (16, 2, 1, 1),
        *(pytest.param(*case, marks=pytest.mark.slow) for case in [(100, 5, 5, 5), (48, 3, 10, 1), (600, 4, 20, 4)]),
    ],
)
def test_a_mean_that_is_weighted_by_distance(dim: int, window: int, negative: int, least: int, whole: bool) -> None:
    """Some windows have weights of 0 alone: they are left out."""
    weights = np.linspace(0.3, 2.0, window, dtype=np.float32)
    weights[0] = 0.0
    plan = schedule(window)._replace(least=least, weights=weights)
    compare_with_twin(small_world(dim), plan, negative, whole=whole, weighted=True)


@pytest.mark.slow
@BOTH
def test_chunks_and_windows_that_do_not_shrink(whole: bool) -> None:
    tokens, model, noise = small_world(16, negative_sampling.CHUNK + 3000)
    noise.keep[:] = 2**32 // 12
    compare_with_twin((tokens, model, noise), schedule(3, slope=1e-7)._replace(least=3), 1, whole=whole)


@pytest.mark.parametrize("tokens", [[], [-1], [3], [3, -1, 4, -1, -1, 5]])
def test_tokens_without_a_context_change_nothing(tokens: list[int]) -> None:
    _, model, noise = small_world(16)
    before = model.input.copy()
    counters = run(cbow_kernel(16, 1, True), np.array(tokens, dtype=np.int32), model, noise, schedule(2))
    assert counters.done[1] == counters.loss[0] == 0
    np.testing.assert_array_equal(model.input, before)


def test_a_score_that_is_not_finite_stops_and_is_located() -> None:
    tokens, model, noise = small_world(16)
    model.input[3] = np.nan
    counters = run(cbow_kernel(16, 1, True), tokens, model, noise, schedule(2))
    assert counters.shared[0] == 1
    assert counters.done[3] == 1  # chunk 0, counted from 1


@BOTH
def test_the_twin_takes_the_step_that_was_computed_by_hand(whole: bool, shared: Path) -> None:
    """The contexts a, b, c of a word, and a noise word: the numbers of word2vec.c, and those of koan."""
    wanted = json.loads((shared / "eval_sets" / "subwords" / "steps.json").read_text("utf-8"))["cbow"]
    inputs = np.array([*wanted["contexts"].values()])
    outputs = np.array([wanted["target"], wanted["noise"]])
    naive.step(inputs, outputs, [0, 1, 2], [0, 1], wanted["learning_rate"], 2, whole=whole)
    after = wanted["contexts_after_word2vec_c" if whole else "contexts_after_koan"]
    np.testing.assert_allclose(inputs, [*after.values()], atol=1e-12)
    np.testing.assert_allclose(outputs, [wanted["target_after"], wanted["noise_after"]], atol=1e-12)


def expected_gradient(tokens, model, distribution, negative: int) -> tuple[np.ndarray, np.ndarray]:
    """What one pass at rate 1 adds on average with window 1: the gradient of the objective by h and by the outputs.

    The gradient by h is given to the contexts divided by their number: so it is the gradient by the inputs.
    """
    v, u = model.input[:-1].astype(float), model.output[:-1].astype(float)
    of_inputs, of_outputs = np.zeros_like(v), np.zeros_like(u)
    for place, here in enumerate(tokens):
        contexts = [tokens[i] for i in (place - 1, place + 1) if 0 <= i < len(tokens)]
        h = v[contexts].mean(axis=0)
        g = 1 - 1 / (1 + np.exp(-h @ u[here]))
        weight = negative * distribution / (1 + np.exp(-u @ h))
        weight[here] = 0  # a noise word that is the centre is skipped
        of_outputs[here] += g * h
        of_outputs -= np.outer(weight, h)
        for context in contexts:
            of_inputs[context] += (g * u[here] - weight @ u) / len(contexts)
    return of_inputs, of_outputs


@pytest.mark.slow
def test_the_mean_follows_the_gradient_in_expectation() -> None:
    """The mean update over many seeds against the exact expectation, coordinate by coordinate, in standard errors."""
    negative, rate, runs = 3, 1e-4, 2000
    _, model, noise = small_world(16, seed=5)
    noise.keep[:] = 2**32 - 1
    tokens = np.random.default_rng(2).integers(0, WORDS, 30).astype(np.int32)
    frequency = (1 / np.arange(1, WORDS + 1)) ** 0.75
    kernel = cbow_kernel(16, negative, False)
    updates = []
    for seed in range(runs):
        moved = negative_sampling.Model(model.input.copy(), model.output.copy())
        run(kernel, tokens, moved, noise, negative_sampling.Schedule(np.uint64(rng.split(seed)), 1, rate, 0.0, 0.0))
        updates.append(np.concatenate([(moved.input - model.input)[:-1], (moved.output - model.output)[:-1]]))
    sample = np.array(updates, dtype=np.float64) / rate
    wanted = np.concatenate(expected_gradient(tokens, model, frequency / frequency.sum(), negative))
    error = sample.std(axis=0) / np.sqrt(runs) + 2e-3  # float32 keeps about four digits of such small steps
    z = (sample.mean(axis=0) - wanted) / error
    assert np.abs(z).max() < 5.5, "1,280 coordinates: beyond 5.5 standard errors once in 20,000 correct runs"
    assert np.abs(wanted / error).max() > 50, "the test could not see a wrong weight"


def test_the_weighted_step_follows_the_gradient_of_the_weighted_mean() -> None:
    """The twin against differences of −Σ log σ(±h·u), where h is the weighted mean; each context gets its own part."""
    random = np.random.default_rng(4)
    inputs, outputs = random.normal(0, 0.5, (4, 3)), random.normal(0, 0.5, (3, 3))
    contexts, targets, factors = [0, 1, 3], [0, 1, 2], [0.25, 2.0, 1.0]

    def objective(v: np.ndarray, u: np.ndarray) -> float:
        hidden = np.average(v[contexts], axis=0, weights=factors)
        return float(np.log1p(np.exp(np.array([-1, 1, 1]) * (u[targets] @ hidden))).sum())

    moved = inputs.copy(), outputs.copy()
    naive.step(*moved, contexts, targets, 1e-6, 3, whole=False, factors=factors)
    for which, before in enumerate((inputs, outputs)):
        for place in np.ndindex(before.shape):
            sides = []
            for step in (1e-6, -1e-6):
                both = [inputs.copy(), outputs.copy()]
                both[which][place] += step
                sides.append(objective(*both))
            gradient = (sides[0] - sides[1]) / 2e-6
            assert (before - moved[which])[place] / 1e-6 == pytest.approx(gradient, abs=1e-5)
