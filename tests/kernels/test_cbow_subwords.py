"""The kernel of CBOW with subwords against its naive twin, against steps by hand, and against the objective."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from kernels.test_sgns import WORDS, schedule
from kernels.test_subwords import by_word, world
from reference import cbow_subwords as naive
from reference.subwords import compose, give_back

from w2v.kernels import negative_sampling, rng
from w2v.kernels.cbow_subwords import cbow_subword_kernel
from w2v.kernels.frequent import Frequent
from w2v.kernels.work_items import work_items
from w2v.ngrams import Ngrams

BOTH = pytest.mark.parametrize("whole", [True, False], ids=["whole", "mean"])

compiled = cache(cbow_subword_kernel)


def run(tokens, model, rows, noise, plan, negative: int, *, whole: bool) -> negative_sampling.Counters:
    chunks = work_items(0, -(-len(tokens) // negative_sampling.CHUNK))
    counters = negative_sampling.Counters(np.zeros(8, dtype=np.int64), np.zeros(8), chunks)
    compiled(model.input.shape[1], negative, whole)(tokens, model, rows, noise, plan, counters)
    return counters


def compare_with_twin(there, plan, negative: int, *, whole: bool) -> None:
    tokens, model, rows, noise = there
    matrix, outputs = model.input.astype(np.float64), model.output.astype(np.float64)
    before = model.input.copy()
    counters = run(*there, plan, negative, whole=whole)
    centres, loss = naive.cbow_subwords(tokens, matrix, outputs, by_word(rows), *noise, plan, negative, whole=whole)
    assert counters.done[0] == (tokens >= 0).sum()
    assert counters.done[1] == centres > 0
    assert counters.done[3] == counters.shared[0] == 0
    assert counters.loss[0] == pytest.approx(loss, rel=1e-4)
    assert np.abs(model.input - before).max() > 0.05, "the test must move the model far more than it tolerates"
    np.testing.assert_allclose(model.input, matrix, atol=5e-5)
    np.testing.assert_allclose(model.output, outputs, atol=5e-5)
    assert model.input.dtype == model.output.dtype == np.float32
    assert not model.input[-1].any()
    assert not model.output[-1].any()


@BOTH
@pytest.mark.parametrize("merge", [True, False])
def test_the_kernel_equals_its_twin(whole: bool, merge: bool) -> None:
    compare_with_twin(
        world(16, Ngrams(3, 6, 500), merge=merge), schedule(2, rate=0.02 if whole else 0.4), 1, whole=whole
    )


@pytest.mark.parametrize(("words", "every"), [(1, 1), (7, 3), (WORDS, 10**9)])
def test_one_thread_learns_the_same_with_copies_of_frequent_rows(words: int, every: int) -> None:
    plan = schedule(2, rate=0.02)._replace(frequent=Frequent(words, every))
    compare_with_twin(world(16, Ngrams(3, 6, 500)), plan, 1, whole=True)


@pytest.mark.slow
@pytest.mark.parametrize(("dim", "window", "negative"), [(100, 5, 5), (300, 3, 20)])
def test_the_kernel_equals_its_twin_at_other_sizes(dim: int, window: int, negative: int) -> None:
    compare_with_twin(world(dim, Ngrams(3, 6, 500)), schedule(window, rate=0.02), negative, whole=True)


@pytest.mark.slow
@pytest.mark.parametrize(("least", "window"), [(4, 4), (1, 30)])
def test_windows_wider_than_sentences_and_several_chunks(least: int, window: int) -> None:
    tokens, model, rows, noise = world(16, Ngrams(2, 4, 300), length=negative_sampling.CHUNK + 3000)
    noise.keep[:] = 2**32 // 12
    plan = schedule(window, rate=0.01, slope=1e-8)._replace(least=least)
    compare_with_twin((tokens, model, rows, noise), plan, 1, whole=True)


@pytest.mark.parametrize("tokens", [[], [-1], [3], [3, -1, 4, -1, -1, 5]])
def test_tokens_without_a_context_change_nothing(tokens: list[int]) -> None:
    _, model, rows, noise = world(16, Ngrams(3, 6, 500))
    before = model.input.copy()
    counters = run(np.array(tokens, dtype=np.int32), model, rows, noise, schedule(2), 1, whole=True)
    assert counters.done[1] == counters.loss[0] == 0
    np.testing.assert_array_equal(model.input, before)


def test_a_score_that_is_not_finite_stops_and_is_located() -> None:
    tokens, model, rows, noise = world(16, Ngrams(3, 6, 500))
    model.input[rows.own[3]] = np.nan
    counters = run(tokens, model, rows, noise, schedule(2), 1, whole=True)
    assert counters.shared[0] == 1
    assert counters.done[3] == 1  # chunk 0, counted from 1


def steps(shared: Path) -> dict[str, dict]:
    return json.loads((shared / "eval_sets" / "subwords" / "steps.json").read_text("utf-8"))


@BOTH
def test_the_twin_takes_a_step_by_hand_for_words_of_one_row(whole: bool, shared: Path) -> None:
    """Without n-grams, fastText and gensim do what word2vec.c does, and the true gradient is that of koan."""
    wanted = steps(shared)["cbow"]
    now = dict(enumerate(map(np.array, wanted["contexts"].values())))
    outputs = np.array([wanted["target"], wanted["noise"]])
    naive.step(now, outputs, {0: 1.0, 1: 1.0, 2: 1.0}, [0, 1], wanted["learning_rate"], 2, whole=whole)
    after = wanted["contexts_after_word2vec_c" if whole else "contexts_after_koan"]
    np.testing.assert_allclose([*now.values()], [*after.values()], atol=1e-12)
    np.testing.assert_allclose(outputs, [wanted["target_after"], wanted["noise_after"]], atol=1e-12)


@BOTH
def test_the_twin_takes_a_step_by_hand_for_a_word_of_three_rows(whole: bool, shared: Path) -> None:
    """With one context, CBOW is skip-gram: each row gets the whole error in fastText, or its gradient."""
    wanted = steps(shared)["subword_skipgram"]
    matrix = np.array([*wanted["rows"].values()])
    outputs = np.array([wanted["target"], wanted["noise"]])
    rows = ([0, 1, 2], [1.0, 1.0, 1.0], 1 / 3)
    now = {0: compose(matrix, rows)}
    np.testing.assert_allclose(now[0], wanted["hidden"], atol=1e-12)
    before = now[0].copy()
    naive.step(now, outputs, {0: 3.0}, [0, 1], wanted["learning_rate"], 2, whole=whole)
    give_back(matrix, rows, now[0] - before)
    after = wanted["rows_after_fasttext" if whole else "rows_after_true_gradient"]
    np.testing.assert_allclose(matrix, [*after.values()], atol=1e-12)
    np.testing.assert_allclose(outputs, [wanted["target_after"], wanted["noise_after"]], atol=1e-12)


def test_long_words_weigh_more_and_all_rows_of_all_contexts_get_the_same() -> None:
    """A step with two contexts of one and of three rows, written out as fastText computes it: over one flat list."""
    matrix = np.random.default_rng(5).normal(0, 0.5, (4, 3))
    outputs = np.random.default_rng(6).normal(0, 0.5, (2, 3))
    short, long = ([0], [1.0], 1.0), ([1, 2, 3], [1.0, 1.0, 1.0], 1 / 3)
    hidden = matrix.mean(axis=0)
    g = 0.05 * (np.array([1, 0]) - 1 / (1 + np.exp(-outputs @ hidden)))
    wanted, wanted_outputs = matrix + g @ outputs, outputs + np.outer(g, hidden)
    now = {0: compose(matrix, short), 1: compose(matrix, long)}
    before = {place: vector.copy() for place, vector in now.items()}
    naive.step(now, outputs, {0: 1.0, 1: 3.0}, [0, 1], 0.05, 2, whole=True)
    for place, rows in enumerate((short, long)):
        give_back(matrix, rows, now[place] - before[place])
    np.testing.assert_allclose(matrix, wanted, atol=1e-12)
    np.testing.assert_allclose(outputs, wanted_outputs, atol=1e-12)


@pytest.mark.slow
def test_rows_follow_the_gradient_in_expectation() -> None:
    """With "mean", each row gets its gradient on average over many seeds, in standard errors of each coordinate."""
    negative, rate, runs = 3, 1e-3, 2000
    _, model, rows, noise = world(16, Ngrams(3, 4, 200), merge=False)
    noise.keep[:] = 2**32 - 1
    tokens = np.random.default_rng(2).integers(0, WORDS, 30).astype(np.int32)
    frequency = (1 / np.arange(1, WORDS + 1)) ** 0.75
    updates = []
    for seed in range(runs):
        moved = negative_sampling.Model(model.input.copy(), model.output.copy())
        plan = negative_sampling.Schedule(np.uint64(rng.split(seed)), 1, rate, 0.0, 0.0)
        run(tokens, moved, rows, noise, plan, negative, whole=False)
        updates.append((moved.input - model.input)[:-1])
    sample = np.array(updates, dtype=np.float64) / rate
    wanted = expected_rows(tokens, model, by_word(rows), frequency / frequency.sum(), negative)
    error = sample.std(axis=0) / np.sqrt(runs) + 1e-3
    z = (sample.mean(axis=0) - wanted) / error
    assert np.abs(z).max() < 6, "some thousand coordinates"
    assert np.abs(wanted / error).max() > 50, "the test could not see a wrong weight"


def expected_rows(tokens, model, rows, distribution, negative: int) -> np.ndarray:
    """What one pass at rate 1 adds to the rows on average with window 1: the gradient of the objective."""
    matrix, u = model.input[:-1].astype(float), model.output[:-1].astype(float)
    wanted = np.zeros_like(matrix)
    for place, here in enumerate(tokens):
        around = [tokens[i] for i in (place - 1, place + 1) if 0 <= i < len(tokens)]
        flat = [row for word in around for row in rows[word][0]]
        h = matrix[flat].mean(axis=0)
        others = np.delete(np.arange(WORDS), here)
        weight = negative * distribution[others] / (1 + np.exp(-u[others] @ h))
        error = (1 - 1 / (1 + np.exp(-h @ u[here]))) * u[here] - weight @ u[others]
        np.add.at(wanted, flat, error / len(flat))
    return wanted
