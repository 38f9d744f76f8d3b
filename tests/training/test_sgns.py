"""Training as a whole: determinism, loss, learning rate, divergence, interruption; small corpora, real kernels."""

from __future__ import annotations

import threading
import time
import tracemalloc

import numpy as np
import pytest

from w2v.errors import TrainingError
from w2v.progress import NullProgress
from w2v.training.heldout import HeldOut, Sampling
from w2v.training.loop import Loop
from w2v.training.negative_sampling import frequent_in
from w2v.training.schedule import FLOOR, LinearRate
from w2v.training.sgns.model import SGNS, SgnsConfig
from w2v.training.sgns.trainer import SgnsTrainer
from w2v.training.state import Trained
from w2v.vocab import Vocabulary
from w2v.workers import Done, run_workers

WORDS = 60
SMALL = SgnsConfig(dim=16, window=3, negative=5, sample=0.05, epochs=3, threads=1)


def corpus(length: int = 30_000, seed: int = 0) -> tuple[np.ndarray, Vocabulary]:
    """Two topics: a sentence draws its words from the even or from the odd half of the vocabulary."""
    random = np.random.default_rng(seed)
    frequency = 1 / np.arange(1, WORDS // 2 + 1)
    tokens = random.choice(WORDS // 2, length, p=frequency / frequency.sum()) * 2
    tokens += np.arange(length) // 12 % 2
    tokens[11::12] = -1
    counts = np.bincount(tokens[tokens >= 0], minlength=WORDS)
    order = np.argsort(-counts, kind="stable")
    rank = np.empty(WORDS, dtype=np.int32)
    rank[order] = np.arange(WORDS)
    ids = np.where(tokens >= 0, rank[tokens], -1).astype(np.int32)
    return ids, Vocabulary([f"{'even' if word % 2 == 0 else 'odd'}{word}" for word in order], counts[order])


def train(config: SgnsConfig, progress: NullProgress | None = None, **changes) -> Trained:
    settings = {**config.__dict__, **changes}
    chosen, listener = SgnsConfig(**settings), progress or NullProgress()
    loop = Loop(SgnsTrainer(*corpus(), chosen, progress=listener), SGNS, chosen.epochs, listener)
    loop.run(lambda _: False)
    return loop.result()


@pytest.mark.slow
@pytest.mark.parametrize("shared", [True, False])
def test_one_thread_and_a_seed_give_the_same_bytes(shared: bool) -> None:
    first, again, other = (train(SMALL, seed=seed, shared_negatives=shared) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first.matrix, again.matrix)
    assert (first.loss, first.heldout_loss) == (again.loss, again.heldout_loss)
    assert not np.array_equal(first.matrix, other.matrix)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shared", "threads", "homecomings"), [(True, 1, 32), (True, 3, 32), (True, 3, 0), (False, 1, 32), (False, 3, 32)]
)
def test_it_learns_which_words_belong_together(
    shared: bool, threads: int, homecomings: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With no homecomings asked for, each thread keeps copies of the rows of all words."""
    monkeypatch.setattr("w2v.training.negative_sampling.HOMECOMINGS", homecomings)
    result = train(SMALL, shared_negatives=shared, threads=threads, epochs=8)
    _, vocabulary = corpus()
    unit = result.matrix / np.linalg.norm(result.matrix, axis=1, keepdims=True)
    nearest = np.argsort(-(unit @ unit.T), axis=1)[:, 1]
    topic = np.array([word.rstrip("0123456789") for word in vocabulary.words])
    assert (topic[nearest] == topic).mean() > 0.9
    assert result.matrix.shape == (WORDS, 16)
    assert result.matrix.dtype == np.float32
    assert result.matrix.flags.c_contiguous
    assert result.words == 8 * vocabulary.tokens
    assert result.words < result.pairs < 2 * SMALL.window * result.words
    assert result.cpu_seconds > 0


def test_the_loss_of_an_untrained_model_is_ln_2_for_every_target() -> None:
    result = train(SMALL, epochs=1, learning_rate=1e-7)
    skipped = 1.0  # a noise word that is the centre is not counted, so both are a little below 6 ln 2
    assert result.loss[0] == pytest.approx(6 * np.log(2), abs=0.35 * skipped)
    assert result.heldout_loss[0] == pytest.approx(result.loss[0], rel=0.02)


@pytest.mark.slow
def test_the_losses_fall_and_both_kinds_agree() -> None:
    shared, exact = (train(SMALL, shared_negatives=kind, epochs=6) for kind in (True, False))
    for result in (shared, exact):
        assert len(result.loss) == 6
        assert len(result.heldout_loss) == 7
        assert result.loss[-1] < result.loss[0]
        assert result.heldout_loss[-1] < result.heldout_loss[0]
    assert shared.heldout_loss[0] == exact.heldout_loss[0]
    assert shared.heldout_loss[-1] == pytest.approx(exact.heldout_loss[-1], rel=0.03)


def test_the_sample_reads_sentences_as_training_does() -> None:
    tokens, vocabulary = corpus()
    sample = HeldOut.draw(tokens, vocabulary, Sampling(window=3, negative=5, sample=0.05, seed=1))
    assert sample.targets.shape == (len(sample.contexts), 1 + SMALL.negative)
    assert len(sample.contexts) > 1000
    # No window crosses a sentence's end: both words of a pair are of one topic.
    topic = np.array([word.rstrip("0123456789") for word in vocabulary.words])
    assert (topic[sample.contexts] == topic[sample.targets[:, 0]]).all()
    inputs, outputs = np.random.default_rng(0).normal(0, 1, (2, WORDS, 8)).astype(np.float32)
    wanted = 0.0
    for context, targets in zip(sample.contexts[:2000], sample.targets[:2000], strict=True):
        for j, target in enumerate(targets):
            if j == 0 or target != targets[0]:
                score = float(inputs[context].astype(float) @ outputs[target].astype(float))
                wanted -= np.log(1 / (1 + np.exp(-score if j == 0 else score)))
    part = HeldOut(sample.contexts[:2000], sample.targets[:2000])
    assert part.loss(inputs.__getitem__, outputs) == pytest.approx(wanted / 2000, rel=1e-5)


@pytest.mark.slow
def test_the_sample_stays_small_whatever_the_settings() -> None:
    """A hundred noise words for each of more pairs than fit: fewer pairs, from all over the pieces."""
    tokens, vocabulary = corpus(100_000)
    tracemalloc.start()
    sample = HeldOut.draw(tokens, vocabulary, Sampling(window=50, negative=100, sample=0, seed=1))
    rows = np.ones((WORDS, 1000), dtype=np.float32)
    HeldOut(sample.contexts[:1024], sample.targets[:1024]).loss(rows.__getitem__, rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 0.5 * (1 << 22) < sample.targets.size <= 1 << 22
    assert peak < 200e6


def test_the_learning_rate_falls_linearly_to_its_floor() -> None:
    rate = LinearRate(0.025, tokens=1000, epochs=4)
    assert rate.at(0) == 0.025
    assert rate.at(2) == pytest.approx(0.0125)
    assert rate.at(1, 500) == pytest.approx(0.025 * (1 - 1.5 / 4))
    assert rate.at(3, 1000) == pytest.approx(0.025 * FLOOR)


@pytest.mark.slow
def test_divergence_is_an_error_that_names_the_place_and_the_rate() -> None:
    with pytest.raises(TrainingError, match=r"diverged.*epoch 1.*token 0.*learning rate") as caught:
        train(SMALL, learning_rate=10.0, sample=0, epochs=2, dim=8, window=20, negative=20)
    assert "--learning-rate" in caught.value.hint


class Interrupting(NullProgress):
    def __init__(self) -> None:
        self.updates = 0

    def update(self, done: int, **fields: float | str) -> None:
        self.updates += 1
        raise KeyboardInterrupt


def test_ctrl_c_stops_all_workers() -> None:
    before = set(threading.enumerate())
    listener = Interrupting()
    with pytest.raises(KeyboardInterrupt):
        train(SMALL, listener, epochs=10_000, threads=2)
    assert listener.updates == 1
    join_all_but(before)


def join_all_but(before: set[threading.Thread]) -> None:
    """Workers do nothing more; their threads may still be about to end."""
    for thread in set(threading.enumerate()) - before:
        thread.join(60)
        assert not thread.is_alive()


def test_workers_report_while_they_run_and_add_up() -> None:
    """Each waits in the middle until it has been seen there."""
    seen: list[Done] = []
    half_way = threading.Event()

    def work(done: np.ndarray, loss: np.ndarray, shared: np.ndarray) -> None:
        for step in range(10):
            done[0] += 5
            done[1] += 1
            loss[0] += 0.75
            if step == 4:
                assert half_way.wait(60)

    def watch(done: Done) -> None:
        seen.append(done)
        if done.words == 50:
            half_way.set()

    total = run_workers(work, 2, watch)
    assert (total.words, total.pairs, total.loss, total.diverged) == (100, 20, 15.0, None)
    assert total.mean_loss == 0.75
    assert seen[-1] == total
    assert any(now.words == 50 for now in seen)


def test_a_worker_that_fails_stops_the_others() -> None:
    begun = threading.Barrier(2)

    def work(done: np.ndarray, loss: np.ndarray, shared: np.ndarray) -> None:
        if begun.wait(60) == 0:
            raise ValueError("broken")
        while not shared[0]:
            time.sleep(0.01)

    with pytest.raises(ValueError, match="broken"):
        run_workers(work, 2, lambda _: None)


def test_threads_keep_copies_of_words_that_come_home_often_enough_and_that_fit() -> None:
    counts = np.array([100_000, 5_000, 2_000, 1_023, 800, 5], dtype=np.int64)
    vocabulary = Vocabulary(list("abcdef"), counts)
    config = SgnsConfig(sample=0, dim=100)
    assert frequent_in(vocabulary, config, 112, 1).words == 0
    assert frequent_in(vocabulary, config, 112, 2).words == 3  # 32 times 16 occurrences for each of two threads
    assert frequent_in(vocabulary, config, 112, 8).words == 2
    assert frequent_in(vocabulary, config, 112, 1_000).words == 0
    often = Vocabulary([str(word) for word in range(9_000)], np.full(9_000, 5_000))
    assert frequent_in(often, config, 304, 2).words * 4 * 4 * 304 <= 8 << 20
    assert frequent_in(often, config, 304, 2).words > 1_000
    assert frequent_in(Vocabulary(["a", "b"], np.array([9_000, 9_000])), config, 304, 2).words == 2
