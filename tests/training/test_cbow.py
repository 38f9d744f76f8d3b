"""CBOW as a whole: what it learns, its default rates, its held-out loss, what it refuses; small corpora only."""

from __future__ import annotations

import numpy as np
import pytest
from training.test_sgns import WORDS, corpus

import w2v
from w2v.errors import SettingsError
from w2v.progress import NullProgress
from w2v.training.cbow.model import CBOW, RATES, CbowConfig
from w2v.training.cbow.trainer import CbowTrainer
from w2v.training.heldout import HeldOutWindows, Sampling
from w2v.training.loop import Loop
from w2v.training.state import Trained
from w2v.training.windows import LONGEST

SMALL = CbowConfig(dim=16, window=3, negative=5, sample=0.05, epochs=8, threads=1)


def train(**changes) -> Trained:
    chosen, listener = CbowConfig(**{**SMALL.__dict__, **changes}), NullProgress()
    loop = Loop(CbowTrainer(*corpus(), chosen, progress=listener), CBOW, chosen.epochs, listener)
    loop.run(lambda _: False)
    return loop.result()


@pytest.mark.slow
@pytest.mark.parametrize("gradient", ["whole", "mean"])
@pytest.mark.parametrize("threads", [1, 3])
def test_it_learns_which_words_belong_together(gradient: str, threads: int) -> None:
    result = train(cbow_gradient=gradient, threads=threads)
    _, vocabulary = corpus()
    unit = result.matrix / np.linalg.norm(result.matrix, axis=1, keepdims=True)
    nearest = np.argsort(-(unit @ unit.T), axis=1)[:, 1]
    topic = np.array([word.rstrip("0123456789") for word in vocabulary.words])
    assert (topic[nearest] == topic).mean() > 0.9
    assert result.matrix.shape == (WORDS, 16)
    assert result.words == 8 * vocabulary.tokens
    assert 0 < result.pairs <= result.words, "a centre counts once, however many contexts it has"
    assert result.loss[-1] < result.loss[0]
    assert result.heldout_loss[-1] < result.heldout_loss[0]


def test_the_loss_of_an_untrained_model_is_ln_2_for_every_target() -> None:
    result = train(epochs=1, learning_rate=1e-7)
    assert result.loss[0] == pytest.approx(6 * np.log(2), abs=0.35)  # a noise word that is the centre is not counted
    assert result.heldout_loss[0] == pytest.approx(result.loss[0], rel=0.02)


def test_each_gradient_has_its_own_default_rate() -> None:
    for gradient, rate in RATES.items():
        settings = CbowConfig(cbow_gradient=gradient)
        assert settings.settled().learning_rate == settings.initial_rate == rate
        assert train(cbow_gradient=gradient, epochs=1).settings["learning_rate"] == rate
    assert CbowConfig(learning_rate=0.3).settled().learning_rate == 0.3
    assert "learning_rate" not in train(learning_rate=0.3, epochs=1).settings, "it was given, and not filled in"


def test_the_sample_has_whole_windows_and_the_loss_of_their_means() -> None:
    tokens, vocabulary = corpus()
    sample = HeldOutWindows.draw(tokens, vocabulary, Sampling(window=3, negative=5, sample=0.05, seed=1))
    sizes = np.diff(sample.starts)
    assert len(sample.targets) == len(sizes) > 1000
    assert sample.starts[-1] == len(sample.contexts)
    assert sizes.min() >= 1
    assert sizes.max() == 6
    # No window crosses a sentence's end: all its words are of one topic.
    topic = np.array([word.rstrip("0123456789") for word in vocabulary.words])
    assert (topic[sample.contexts] == np.repeat(topic[sample.targets[:, 0]], sizes)).all()
    inputs, outputs = np.random.default_rng(0).normal(0, 1, (2, WORDS, 8)).astype(np.float32)
    wanted = 0.0
    for window, targets in enumerate(sample.targets[:500]):
        hidden = inputs[sample.contexts[sample.starts[window] : sample.starts[window + 1]]].astype(float).mean(axis=0)
        for j, target in enumerate(targets):
            if j == 0 or target != targets[0]:
                score = float(hidden @ outputs[target].astype(float))
                wanted -= np.log(1 / (1 + np.exp(-score if j == 0 else score)))
    part = HeldOutWindows(sample.contexts, sample.starts[:501], sample.targets[:500])
    assert part.loss(inputs.__getitem__, outputs) == pytest.approx(wanted / 500, rel=1e-5)


def test_a_sample_without_a_window_has_no_loss() -> None:
    tokens = np.full(100, -1, dtype=np.int32)
    sample = HeldOutWindows.draw(tokens, corpus()[1], Sampling(window=3, negative=5, sample=0, seed=1))
    assert np.isnan(sample.loss(np.ones((WORDS, 8), dtype=np.float32).__getitem__, np.ones((WORDS, 8), np.float32)))


def test_what_it_cannot_have_is_refused_with_the_reason() -> None:
    for name in CBOW.lacks:
        with pytest.raises(SettingsError, match=f"'{name}' is not a setting of cbow: ") as caught:
            w2v.train(["a b"], "cbow", **{name: True})
        assert "the settings of cbow are " in str(caught.value.hint)
        assert hasattr(w2v.SgnsConfig(), name)


def test_gensim_and_word2vec_c_are_asked_for_the_same() -> None:
    settings = CbowConfig(dim=7, window="whole", learning_rate=0.3)
    assert CBOW.peers["gensim"](settings).items() >= {"sg": 0, "cbow_mean": 1, "alpha": 0.3, "vector_size": 7}.items()
    assert CBOW.peers["gensim"](settings)["window"] == LONGEST - 1
    assert CBOW.peers["word2vec.c"](settings).items() >= {"cbow": 1, "alpha": 0.3, "size": 7}.items()
