"""Training by rotation of blocks as a whole: the same bytes at any number of threads, wherever it pauses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from listening import Listening
from training.test_sgns import WORDS, corpus

from w2v import workers
from w2v.errors import FormatError, SettingsError, TrainingError
from w2v.kernels import negative_sampling
from w2v.progress import NullProgress
from w2v.training.loop import Loop
from w2v.training.sgns import plan, rotation
from w2v.training.sgns.model import SGNS, SgnsConfig
from w2v.training.sgns.plan import chunks_for, parts_for
from w2v.training.sgns.rotation import RotationTrainer
from w2v.training.state import State, Trained
from w2v.vocab import Vocabulary

LENGTH = 12 * negative_sampling.CHUNK + 500
SETTINGS = SgnsConfig(dim=16, window=8, negative=5, sample=0.05, epochs=2, threads=1, deterministic=True, batches=3)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several parts of a small vocabulary, several batches of a small corpus, looked at often."""
    monkeypatch.setattr(plan, "WORDS", WORDS // 6)
    monkeypatch.setattr(workers, "POLL", 0.0005)


def trainer(**changes) -> RotationTrainer:
    config = SgnsConfig(**{**SETTINGS.__dict__, **changes})
    return RotationTrainer(*corpus(LENGTH), config, progress=NullProgress())


def loop_over(training: RotationTrainer) -> Loop:
    return Loop(training, SGNS, training.config.epochs, NullProgress())


def loop(**changes) -> Loop:
    return loop_over(trainer(**changes))


def train(**changes) -> Trained:
    training = trainer(**changes)
    assert (training.parts, training.batches) == (6, 3)
    running = loop_over(training)
    assert running.run(lambda _: False)
    return running.result()


def same(one: Trained, other: Trained) -> None:
    np.testing.assert_array_equal(one.matrix, other.matrix)
    assert (one.loss, one.heldout_loss, one.words, one.pairs) == (
        other.loss,
        other.heldout_loss,
        other.words,
        other.pairs,
    )


@pytest.mark.slow
def test_threads_change_nothing_and_the_seed_does() -> None:
    one, two, four, other = train(), train(threads=2), train(threads=4), train(seed=2)
    same(one, two)
    same(one, four)
    assert not np.array_equal(one.matrix, other.matrix)
    _, vocabulary = corpus(LENGTH)
    assert one.words == SETTINGS.epochs * vocabulary.tokens
    assert one.words < one.pairs < 2 * SETTINGS.window * one.words
    assert one.heldout_loss[0] > 1.5 * one.heldout_loss[-1]


def pause_before(turn: int, training: Loop) -> None:
    """Train until a turn of the second batch in the second epoch: the work items end there."""
    begin = training._begin

    def until(position, *before):
        now = begin(position, *before)
        if (position.epoch, position.batch, position.item) == (1, 1, 0):
            now.segment.shared[3] = turn
        return now

    training._begin = until
    assert not training.run(lambda _: False)


@pytest.mark.slow
def test_pausing_between_any_two_turns_and_going_on_with_other_threads_changes_no_byte() -> None:
    unbroken = train()
    for turn in (1, 20):
        training = loop()
        pause_before(turn, training)
        state = training.state()
        assert state is not None
        assert [state.position[name] for name in ("epoch", "batch", "item")] == [1, 1, turn]
        other = loop(threads=3)
        other.restore(state)
        for each in (other, training):
            assert each.run(lambda _: False)
            same(each.result(), unbroken)


class Interrupting(NullProgress):
    def update(self, done: int, **fields: float | str) -> None:
        raise KeyboardInterrupt


@pytest.mark.slow
def test_ctrl_c_leaves_a_state_to_go_on_from() -> None:
    unbroken, training = train(), loop(threads=3)
    training.progress = Interrupting()
    with pytest.raises(KeyboardInterrupt):
        training.run(lambda _: False)
    state = training.state()
    assert state is not None
    other = loop()
    other.restore(state)
    assert other.run(lambda _: False)
    same(other.result(), unbroken)


@pytest.mark.slow
def test_a_state_that_does_not_fit_is_refused() -> None:
    state = loop().state()
    assert state is not None
    for position, arrays in (({"batch": 7}, {}), ({"item": -1}, {}), ({}, {"costs": np.zeros(3)})):
        with pytest.raises(FormatError, match="checkpoint"):
            loop().restore(State({**state.position, **position}, {**state.arrays, **arrays}, 0.0, 0.0))


@pytest.mark.slow
def test_it_learns_which_words_belong_together() -> None:
    result = train(epochs=4, threads=2)
    _, vocabulary = corpus(LENGTH)
    unit = result.matrix / np.linalg.norm(result.matrix, axis=1, keepdims=True)
    nearest = np.argsort(-(unit @ unit.T), axis=1)[:, 1]
    topic = np.array([word.rstrip("0123456789") for word in vocabulary.words])
    assert (topic[nearest] == topic).mean() > 0.9


@pytest.mark.slow
def test_divergence_is_an_error_that_names_the_place() -> None:
    with pytest.raises(TrainingError, match=r"diverged.*epoch 1.*token 0.*learning rate"):
        loop(learning_rate=10.0, sample=0, dim=8, window=20, negative=20).run(lambda _: False)


@pytest.mark.parametrize("tokens", [[], [0], [0, -1, 0]])
def test_next_to_nothing_to_train_on(tokens: list[int]) -> None:
    vocabulary = Vocabulary(["a"], np.array([max(1, len(tokens))]))
    training = loop_over(
        RotationTrainer(np.array(tokens, dtype=np.int32), vocabulary, SETTINGS, progress=NullProgress())
    )
    assert training.run(lambda _: False)
    assert training.result().pairs == 0
    assert np.isfinite(training.result().matrix).all()


def test_batches_depend_on_settings_and_corpus_alone() -> None:
    def batches(chunks: int, pairs: int = 100, **settings) -> int:
        at_once = chunks_for(chunks, pairs, SgnsConfig(deterministic=True, **settings))
        return -(-chunks // at_once)

    assert [batches(1_000, epochs=epochs) for epochs in (1, 5, 15, 100)] == [40, 8, 3, 1]
    assert [batches(1_000, batches=number) for number in (1, 7, 5_000)] == [1, 7, 1_000]
    assert batches(5) == 5
    assert batches(10_000, plan.LARGEST // 100) == 100


def test_parts_depend_on_vocabulary_and_settings_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert [parts_for(words) for words in (1, 127, 128, 1000, 1024, 10**6)] == [1, 1, 2, 15, 16, 16]
    assert [parts_for(words) for words in (2**20, 2**20 + 1, 50_000_000)] == [16, 17, 763]
    assert [parts_for(words, 300) for words in (100, 64 * 299, 64 * 300, 10**6)] == [1, 299, 300, 300]


@pytest.mark.slow
def test_more_than_256_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "WORDS", 1)
    words, random = 600, np.random.default_rng(1)
    tokens = random.integers(0, words, 20_000).astype(np.int32)
    vocabulary = Vocabulary([f"{number:03}" for number in range(words)], np.bincount(tokens, minlength=words))
    results = []
    for threads in (1, 3):
        settings = SgnsConfig(dim=16, deterministic=True, parts=300, epochs=1, batches=1, threads=threads)
        training = RotationTrainer(tokens, vocabulary, settings, progress=NullProgress())
        assert training.parts == 300
        running = loop_over(training)
        assert running.run(lambda _: False)
        results.append(running.result())
    same(*results)
    assert results[0].pairs > 3 * len(tokens)


@pytest.mark.slow
def test_pairs_on_the_disk_change_no_byte(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    unbroken, heard = train(), Listening()
    monkeypatch.setattr(rotation, "ROOM", 200_000)
    training = RotationTrainer(*corpus(LENGTH), replace(SETTINGS, threads=2, memory=1_000_000), progress=heard)
    training.folder = tmp_path
    running = loop_over(training)
    assert running.run(lambda _: False)
    same(running.result(), unbroken)
    assert sum("on the disk" in text for text in heard.messages) > 2
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["parts", "batches", "memory"])
def test_settings_of_deterministic_training_are_refused_without_it(name: str) -> None:
    value = 2_000 if name == "parts" else 2_000_000
    with pytest.raises(SettingsError, match=f"{name} is {value}, and deterministic is False"):
        SgnsConfig(**{name: value})
