"""The kernel of skip-gram with subwords against its naive twin, a step by hand, and training without merged rows."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from kernels.test_sgns import WORDS, expected_gradient, schedule, small_world
from reference import subwords as naive

from w2v.kernels import negative_sampling, rng
from w2v.kernels.frequent import Frequent
from w2v.kernels.ngrams import WordRows, word_rows
from w2v.kernels.subwords import subword_kernel
from w2v.kernels.work_items import work_items
from w2v.ngrams import Ngrams

# Words of which many share n-grams, of one to nine letters; so most rows are of several words.
NAMES = [f"{'banana'[i % 6 :]}{'nab'[: i % 4]}{i % 7 * 'a'}" + "xyz"[i // 14 :][:1] + str(i) for i in range(WORDS)]
COUNTS = np.arange(WORDS, 0, -1, dtype=np.int64)

compiled = cache(subword_kernel)  # some tests run a kernel thousands of times


def world(dim: int, ngrams: Ngrams, *, merge: bool = True, length: int = 1500):
    """Tokens, a model with a row for each of `rows`, and the tables of the noise."""
    tokens, plain, noise = small_world(dim, length)
    rows = word_rows(NAMES, COUNTS, ngrams, merge=merge)
    inputs = np.zeros((len(rows.members) + 1, plain.input.shape[1]), dtype=np.float32)
    inputs[:-1, :dim] = np.random.default_rng(3).normal(0, 0.3, (len(rows.members), dim))
    return tokens, negative_sampling.Model(inputs, plain.output), rows, noise


def run(tokens, model, rows, noise, plan, negative: int) -> negative_sampling.Counters:
    chunks = work_items(0, -(-len(tokens) // negative_sampling.CHUNK))
    counters = negative_sampling.Counters(np.zeros(8, dtype=np.int64), np.zeros(8), chunks)
    compiled(model.input.shape[1], negative)(tokens, model, rows, noise, plan, counters)
    return counters


def by_word(rows: WordRows) -> list[tuple[list[int], list[float], float]]:
    spans = [slice(*rows.starts[word : word + 2].tolist()) for word in range(len(rows.factors))]
    return [
        (rows.numbers[span].tolist(), rows.weights[span].tolist(), float(factor))
        for span, factor in zip(spans, rows.factors, strict=True)
    ]


def compare_with_twin(there, plan, negative: int) -> None:
    tokens, model, rows, noise = there
    matrix, outputs = model.input.astype(np.float64), model.output.astype(np.float64)
    before = model.input.copy()
    counters = run(*there, plan, negative)
    pairs, loss = naive.subwords(tokens, matrix, outputs, by_word(rows), *noise, plan, negative)
    assert counters.done[0] == (tokens >= 0).sum()
    assert counters.done[1] == pairs > 0
    assert counters.done[3] == counters.shared[0] == 0
    assert counters.loss[0] == pytest.approx(loss, rel=1e-4)
    assert np.abs(model.input - before).max() > 0.05, "the test must move the model far more than it tolerates"
    np.testing.assert_allclose(model.input, matrix, atol=5e-5)
    np.testing.assert_allclose(model.output, outputs, atol=5e-5)
    assert model.input.dtype == model.output.dtype == np.float32
    assert not model.input[-1].any()
    assert not model.output[-1].any()


@pytest.mark.parametrize("merge", [True, False])
@pytest.mark.parametrize(
    ("dim", "window", "negative"),
    [(16, 2, 1), *(pytest.param(*case, marks=pytest.mark.slow) for case in [(100, 5, 5), (48, 8, 10), (300, 3, 20)])],
)
def test_the_kernel_equals_its_twin(dim: int, window: int, negative: int, merge: bool) -> None:
    compare_with_twin(world(dim, Ngrams(3, 6, 500), merge=merge), schedule(window, rate=0.02), negative)


@pytest.mark.parametrize(("words", "every"), [(1, 1), (7, 3), (WORDS, 10**9)])
def test_one_thread_learns_the_same_with_copies_of_frequent_rows(words: int, every: int) -> None:
    plan = schedule(2, rate=0.02)._replace(frequent=Frequent(words, every))
    compare_with_twin(world(16, Ngrams(3, 6, 500)), plan, 1)


@pytest.mark.slow
@pytest.mark.parametrize(("least", "window"), [(4, 4), (1, 30)])
def test_windows_wider_than_sentences_and_several_chunks(least: int, window: int) -> None:
    tokens, model, rows, noise = world(16, Ngrams(2, 4, 300), length=negative_sampling.CHUNK + 3000)
    noise.keep[:] = 2**32 // 12
    plan = schedule(window, rate=0.005, slope=1e-8)._replace(least=least)
    compare_with_twin((tokens, model, rows, noise), plan, 1)


def test_frozen_words_and_outputs_keep_their_bytes_and_others_learn_as_in_the_twin() -> None:
    negative, plan = 1, schedule(2, rate=0.02)
    tokens, model, rows, noise = world(16, Ngrams(3, 6, 500), merge=False)
    words, outs = {0, 3, 4, 9}, {0, 1, 5}
    still = np.zeros(len(rows.members), dtype=np.bool_)
    for word in words:
        still[rows.numbers[rows.starts[word] : rows.starts[word + 1]]] = True
    rows = rows._replace(weights=np.where(still[rows.numbers], np.float32(0), rows.weights))
    by_id = np.arange(WORDS + 1)
    frozen = negative_sampling.FrozenModel(*model, np.isin(by_id, list(words)), np.isin(by_id, list(outs)))
    matrix, outputs = model.input.astype(np.float64), model.output.astype(np.float64)
    before, outputs_before = model.input.copy(), model.output.copy()
    chunks = work_items(0, 1)
    counters = negative_sampling.Counters(np.zeros(8, dtype=np.int64), np.zeros(8), chunks)
    subword_kernel(model.input.shape[1], negative, True)(tokens, frozen, rows, noise, plan, counters)
    pairs, loss = naive.subwords(tokens, matrix, outputs, by_word(rows), *noise, plan, negative, (words, outs))
    assert counters.done[1] == pairs > 0
    assert counters.loss[0] == pytest.approx(loss, rel=1e-4)
    assert model.input[:-1][still].tobytes() == before[:-1][still].tobytes()
    assert model.output[list(outs)].tobytes() == outputs_before[list(outs)].tobytes()
    assert np.abs(model.input - before).max() > 0.05
    np.testing.assert_allclose(model.input, matrix, atol=5e-5)
    np.testing.assert_allclose(model.output, outputs, atol=5e-5)


@pytest.mark.parametrize("tokens", [[], [-1], [3], [3, -1, 4, -1, -1, 5]])
def test_tokens_without_a_pair_change_nothing(tokens: list[int]) -> None:
    _, model, rows, noise = world(16, Ngrams(3, 6, 500))
    before = model.input.copy()
    counters = run(np.array(tokens, dtype=np.int32), model, rows, noise, schedule(2), 1)
    assert counters.done[1] == counters.loss[0] == 0
    np.testing.assert_array_equal(model.input, before)


def test_a_score_that_is_not_finite_stops_and_is_located() -> None:
    tokens, model, rows, noise = world(16, Ngrams(3, 6, 500))
    model.input[rows.own[3]] = np.nan
    counters = run(tokens, model, rows, noise, schedule(2), 1)
    assert counters.shared[0] == 1
    assert counters.done[3] == 1  # chunk 0, counted from 1


@pytest.mark.slow
def test_merged_rows_learn_what_their_members_would() -> None:
    """Training with merged rows and with a row for each bucket, from the same beginning, gives the same words."""
    settings = Ngrams(3, 6, 500)
    tokens, model, rows, noise = world(16, settings)
    apart = word_rows(NAMES, COUNTS, settings, merge=False)
    assert len(rows.members) < 0.8 * len(apart.members)
    shares = (model.input[:-1] / rows.members[:, None]).astype(np.float64)
    single = np.zeros((len(apart.members), 16))
    single[apart.own] = shares[rows.own]
    single[apart.of_bucket] = shares[rows.of_bucket]
    merged, outputs = model.input.astype(np.float64), model.output.astype(np.float64)
    again = outputs.copy()
    plan = schedule(3, rate=0.02)
    naive.subwords(tokens, merged, outputs, by_word(rows), *noise, plan, 2)
    naive.subwords(tokens, single, again, by_word(apart), *noise, plan, 2)
    np.testing.assert_allclose(outputs, again, atol=1e-9)
    for together, alone in zip(by_word(rows), by_word(apart), strict=True):
        np.testing.assert_allclose(naive.compose(merged, together), naive.compose(single, alone), atol=1e-9)


def test_the_twin_takes_the_step_that_was_computed_by_hand(shared: Path) -> None:
    """A word of three rows, a target and a noise word: the numbers of fastText, where each row gets the whole error."""
    wanted = json.loads((shared / "eval_sets" / "subwords" / "steps.json").read_text("utf-8"))["subword_skipgram"]
    matrix = np.array([*wanted["rows"].values()])
    outputs = np.array([wanted["target"], wanted["noise"]])
    rows = ([0, 1, 2], [1.0, 1.0, 1.0], 1 / 3)
    now = {0: naive.compose(matrix, rows)}
    np.testing.assert_allclose(now[0], wanted["hidden"], atol=1e-12)
    before = now[0].copy()
    naive.step(now, outputs, [0], [0, 1], wanted["learning_rate"], 2)
    np.testing.assert_allclose(now[0] - before, wanted["error"], atol=1e-12)
    naive.give_back(matrix, rows, now[0] - before)
    np.testing.assert_allclose(matrix, [*wanted["rows_after_fasttext"].values()], atol=1e-12)
    np.testing.assert_allclose(outputs, [wanted["target_after"], wanted["noise_after"]], atol=1e-12)


@pytest.mark.slow
def test_words_follow_the_gradient_in_expectation() -> None:
    """Each row gets |R| times its gradient on average over many seeds, coordinate by coordinate, in standard errors."""
    negative, rate, runs = 3, 1e-4, 2000
    _, model, rows, noise = world(16, Ngrams(3, 4, 200), merge=False)
    noise.keep[:] = 2**32 - 1
    tokens = np.random.default_rng(2).integers(0, WORDS, 30).astype(np.int32)
    frequency = (1 / np.arange(1, WORDS + 1)) ** 0.75
    updates = []
    for seed in range(runs):
        moved = negative_sampling.Model(model.input.copy(), model.output.copy())
        plan = negative_sampling.Schedule(np.uint64(rng.split(seed)), 1, rate, 0.0, 0.0)
        run(tokens, moved, rows, noise, plan, negative)
        updates.append((moved.input - model.input)[:-1])
    sample = np.array(updates, dtype=np.float64) / rate
    words = np.zeros((WORDS + 1, 16))
    words[:-1] = [naive.compose(model.input, one) for one in by_word(rows)]
    composed = negative_sampling.Model(words, model.output)
    of_words, _ = expected_gradient(tokens, composed, frequency / frequency.sum(), negative)
    wanted = np.zeros_like(sample[0])
    for word, one in enumerate(by_word(rows)):
        naive.give_back(wanted, one, of_words[word])
    error = sample.std(axis=0) / np.sqrt(runs) + 1e-2  # float32 keeps about four digits of such small steps
    z = (sample.mean(axis=0) - wanted) / error
    assert np.abs(z).max() < 6, "some thousand coordinates"
    assert np.abs(wanted / error).max() > 50, "the test could not see a wrong weight"
