"""Nothing is written as trained unless training did something; what subsampling leaves is said (all models)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from listening import Listening

import w2v
from w2v.errors import TrainingError
from w2v.training.sgns.model import SgnsConfig
from w2v.training.subsampling import shares_kept
from w2v.training.windows import FEW_WORDS
from w2v.vocab import Vocabulary

MODELS: list[dict[str, Any]] = [
    {},
    {"deterministic": True},
    {"shared_negatives": False},
    {"model": "glove"},
    {"model": "cbow"},
]


@pytest.fixture
def walks(tmp_path: Path) -> Path:
    """Random walks on a graph of forty nodes: each word is frequent."""
    rng = np.random.default_rng(1)
    path = tmp_path / "walks.txt"
    path.write_text("".join(" ".join(map(str, row)) + "\n" for row in rng.integers(0, 40, (2000, 10)) % 40))
    return path


def train(corpus: Path, listener: Listening | None = None, **settings: Any) -> w2v.Vectors:
    return w2v.train(corpus, threads=1, cache_dir=corpus.parent / "cache", progress=listener, **settings)


@pytest.mark.parametrize("settings", MODELS)
def test_most_words_without_a_neighbour_are_an_error(tmp_path: Path, settings: dict[str, Any]) -> None:
    corpus = tmp_path / "lines.txt"
    corpus.write_text("".join(f"word{number}\n" * 5 for number in range(100)) + "one two three\n" * 20)
    with pytest.raises(TrainingError, match=r"100 of 103 words, such as 'word\d+'.* still random") as caught:
        train(corpus, dim=8, **settings)
    assert "longer lines" in caught.value.hint


@pytest.mark.slow
@pytest.mark.parametrize("settings", MODELS)
def test_some_words_without_a_neighbour_are_a_warning(tmp_path: Path, settings: dict[str, Any]) -> None:
    corpus = tmp_path / "lines.txt"
    corpus.write_text("alone\n" * 5 + "one two three four five\n" * 50)
    listener = Listening()
    assert len(train(corpus, listener, dim=8, **settings)) == 6
    assert "1 of 6 words, such as 'alone', stood near no other word" in listener.everything


@pytest.mark.parametrize("settings", [{}, {"deterministic": True}, {"shared_negatives": False}])
def test_a_loss_that_has_not_fallen_is_an_error(tmp_path: Path, settings: dict[str, Any]) -> None:
    corpus = tmp_path / "tiny.txt"
    corpus.write_text("one two three four\n" * 5)
    with pytest.raises(TrainingError, match=r"nothing has been learnt.* before training and") as caught:
        train(corpus, dim=100, epochs=1, learning_rate=1e-4, **settings)
    assert "--epochs" in caught.value.hint


def test_a_loss_that_has_hardly_fallen_is_a_warning(tmp_path: Path) -> None:
    corpus, listener = tmp_path / "tiny.txt", Listening()
    corpus.write_text("a b c d e f g\n" * 6)
    train(corpus, listener, dim=100)
    assert "little has been learnt" in listener.everything


@pytest.mark.slow
@pytest.mark.parametrize("deterministic", [True, False])
def test_few_words_are_not_subsampled_unless_asked_for(walks: Path, deterministic: bool) -> None:
    """Case 14: of forty nodes, --sample 0.001 leaves a quarter, and a tenth of the pairs."""
    listener = Listening()
    plain = train(walks, listener, dim=8, deterministic=deterministic)
    assert "every token is kept, as there are fewer than 1,000 words" in listener.everything
    asked = Listening()
    sampled = train(walks, asked, dim=8, deterministic=deterministic, sample=1e-3)
    assert "--sample 0.001 leaves 23 % of the tokens (9 % of the pairs)" in asked.everything or (
        "--sample 0.001 leaves 24 % of the tokens (10 % of the pairs)" in asked.everything
    )
    assert "--sample 0 keeps every token" in asked.everything
    assert plain.record is not None
    assert sampled.record is not None
    assert plain.record.settings["sample"] == 0.0
    assert sampled.record.settings["sample"] == 1e-3
    assert sampled.record.trained["pairs"] == pytest.approx(0.1 * plain.record.trained["pairs"], rel=0.2)


def test_the_threshold_of_a_usual_vocabulary() -> None:
    assert SgnsConfig().for_vocabulary(FEW_WORDS).sample == 1e-3
    assert SgnsConfig().for_vocabulary(FEW_WORDS - 1).sample == 0
    assert SgnsConfig(sample=0.5).for_vocabulary(2).sample == 0.5
    assert SgnsConfig().settled().sample == 1e-3


def test_the_share_of_pairs_is_that_of_training() -> None:
    rng = np.random.default_rng(2)
    tokens = np.where(rng.random(50_000) < 0.1, -1, rng.zipf(1.5, 50_000) % 50).astype(np.int32)
    vocabulary = Vocabulary([str(word) for word in range(50)], np.bincount(tokens[tokens >= 0], minlength=50))
    kept = shares_kept(tokens, vocabulary, SgnsConfig(sample=0.01))
    keep = vocabulary.keep_probabilities(0.01)
    assert kept.tokens == pytest.approx(keep[tokens[tokens >= 0]].mean(), abs=1e-3)
    assert 0 < kept.pairs < kept.tokens
