"""CBOW with subwords as a whole: what it learns, its default rates, its files, what it refuses; small corpora only."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training.test_sgns import corpus

import w2v
from w2v.errors import SettingsError
from w2v.ngrams import Ngrams
from w2v.progress import NullProgress
from w2v.training.cbow.model import CBOW, SUBWORD_RATES, CbowConfig
from w2v.training.cbow.subwords import CbowSubwordTrainer
from w2v.training.heldout import HeldOutWindows, Sampling
from w2v.training.loop import Loop
from w2v.training.state import Trained

SMALL = CbowConfig(
    dim=16, window=3, negative=5, sample=0.05, epochs=8, threads=1, learning_rate=0.1, subwords="3-6", buckets=5_000
)


def train(**changes: Any) -> Trained:
    chosen, listener = CbowConfig(**{**SMALL.__dict__, **changes}), NullProgress()
    loop = Loop(CbowSubwordTrainer(*corpus(), chosen, progress=listener), CBOW, chosen.epochs, listener)
    loop.run(lambda _: False)
    return loop.result()


@pytest.mark.slow
@pytest.mark.parametrize(("gradient", "rate", "threads"), [("whole", 0.1, 1), ("whole", 0.1, 3), ("mean", 2.0, 1)])
def test_it_learns_which_words_belong_together(gradient: str, rate: float, threads: int) -> None:
    result = train(cbow_gradient=gradient, learning_rate=rate, threads=threads)
    _, vocabulary = corpus()
    unit = result.matrix / np.linalg.norm(result.matrix, axis=1, keepdims=True)
    nearest = np.argsort(-(unit @ unit.T), axis=1)[:, 1]
    topic = np.array([word.rstrip("0123456789") for word in vocabulary.words])
    assert (topic[nearest] == topic).mean() > 0.9
    assert 0 < result.pairs <= result.words == 8 * vocabulary.tokens
    assert result.loss[-1] < result.loss[0]
    assert result.heldout_loss[-1] < result.heldout_loss[0]


@pytest.mark.slow
def test_one_thread_and_a_seed_give_the_same_bytes() -> None:
    first, again, other = (train(seed=seed, epochs=2) for seed in (3, 3, 4))
    for name in first.arrays:
        assert first.arrays[name].dtype == np.float32
        assert first.arrays[name].tobytes() == again.arrays[name].tobytes()
        assert first.arrays[name].tobytes() != other.arrays[name].tobytes()
    assert (first.loss, first.heldout_loss) == (again.loss, again.heldout_loss)


def test_the_loss_of_an_untrained_model_is_ln_2_for_every_target() -> None:
    result = train(epochs=1, learning_rate=1e-7)
    assert result.loss[0] == pytest.approx(6 * np.log(2), abs=0.35)  # a noise word that is the centre is not counted
    assert result.heldout_loss[0] == pytest.approx(result.loss[0], rel=0.02)


def test_long_words_weigh_more_in_the_held_out_loss_too() -> None:
    """The mean of a window is taken over the rows of all of its words, here written out for each window."""
    tokens, vocabulary = corpus()
    weights = np.arange(1, len(vocabulary) + 1, dtype=np.float32)
    sample = HeldOutWindows.draw(tokens, vocabulary, Sampling(3, 2, 0.0, 1), weights)
    rng = np.random.default_rng(1)
    inputs, outputs = rng.normal(0, 0.5, (2, len(vocabulary), 16)).astype(np.float32)
    losses = []
    for start, end, targets in zip(sample.starts[:-1], sample.starts[1:], sample.targets, strict=True):
        around = sample.contexts[start:end]
        mean = np.average(inputs[around], axis=0, weights=weights[around])
        scores = outputs[targets] @ mean
        right = np.where(np.arange(3) == 0, scores, -scores)
        counted = np.array([True, *(targets[1:] != targets[0])])
        losses.append(np.logaddexp(0, -right[counted]).sum())
    assert sample.loss(lambda words: inputs[words], outputs) == pytest.approx(np.mean(losses), rel=1e-5)


def test_defaults_are_those_that_were_measured() -> None:
    for gradient, rate in SUBWORD_RATES.items():
        settled = CbowConfig(subwords="3-6", cbow_gradient=gradient).settled()
        assert (settled.learning_rate, settled.noise_power) == (rate, 0.5)
        assert settled.ngrams == Ngrams(3, 6, 2_000_000)
    assert CbowConfig(subwords="off") == CbowConfig()
    with pytest.raises(SettingsError, match="window_weights is 'linear', and words are composed of subwords"):
        CbowConfig(subwords="3-6", window_weights="linear")


def test_peers_are_asked_for_the_same() -> None:
    asked = CBOW.peers["gensim"](CbowConfig(subwords="2-4", buckets=100))
    assert asked.items() >= {"class": "FastText", "sg": 0, "min_n": 2, "max_n": 4, "bucket": 100}.items()
    assert "class" not in CBOW.peers["gensim"](CbowConfig())
    flags = CBOW.peers["fasttext"](CbowConfig(subwords="2-4", buckets=100))
    assert flags.items() >= {"command": "cbow", "minn": 2, "maxn": 4, "bucket": 100}.items()
    with pytest.raises(SettingsError, match="cannot ask for subwords"):
        CBOW.peers["word2vec.c"](CbowConfig(subwords="2-4"))


def test_fasttexts_file_says_that_it_is_cbow(tmp_path: Path) -> None:
    tokens, vocabulary = corpus()
    words = [*vocabulary.words, "\n"]
    text = tmp_path / "corpus.txt"
    text.write_text(" ".join(words[token] for token in tokens), "utf-8")
    vectors = w2v.train(text, "cbow", **{**SMALL.__dict__, "epochs": 1}, progress=False)
    w2v.save(vectors, tmp_path / "v.bin", format="fasttext")
    numbers = struct.unpack("<14i", (tmp_path / "v.bin").read_bytes()[:56])
    assert numbers[0] == 793712314
    assert numbers[9] == 1  # the model: 1 is CBOW, 2 skip-gram
    again = w2v.load(tmp_path / "v.bin")
    np.testing.assert_allclose(again.matrix, vectors.matrix, atol=1e-6)
    asked = [each.vector("even777", unknown="subwords") for each in (vectors, again)]
    np.testing.assert_allclose(*asked, atol=1e-6)
