"""`w2v.train`: one call from text to vectors, its settings and its record."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

import w2v
from w2v.errors import SettingsError, TrainingError


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.txt"
    path.write_text("the cat sat on the mat\nthe dog sat on the rug\n" * 50, "utf-8")
    return path


def test_settings_field_by_field_or_as_a_whole(corpus: Path, tmp_path: Path) -> None:
    fields = w2v.train(corpus, dim=8, epochs=2, threads=1, min_count=2, cache_dir=tmp_path)
    config = w2v.SgnsConfig(dim=8, epochs=2, threads=1)
    whole = w2v.train(str(corpus), config, min_count=2, cache_dir=tmp_path)
    np.testing.assert_array_equal(fields.matrix, whole.matrix)
    assert fields.record is not None
    assert whole.record is not None
    assert fields.record.settings == whole.record.settings
    assert fields.record.settings["dim"] == 8
    assert fields.record.corpus["tokens"] == 600
    assert len(fields.record.loss) == 2
    assert fields.words[0] == "the"
    assert fields.counts is not None
    assert fields.counts[0] == 200


@pytest.mark.parametrize(
    ("arguments", "settings", "message"),
    [
        ((), {"dims": 8}, "'dims' is not a setting of sgns"),
        ((w2v.SgnsConfig(),), {"dim": 8}, "'dim' is not a setting of text"),
        (("skipgram",), {}, "model is 'skipgram'"),
        ((), {"dim": 0}, "dim is 0"),
        ((), {"dim": np.int64(0)}, "dim is 0"),
        ((), {"learning_rate": "fast"}, "learning_rate is 'fast'"),
        ((), {"sample": -1}, "sample is -1"),
        (("glove",), {"x_max": "ten"}, "x_max is 'ten'"),
        (("glove",), {"tolerance": True}, "tolerance is True"),
    ],
)
def test_impossible_settings(corpus: Path, arguments: tuple, settings: dict, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        w2v.train(corpus, *arguments, **settings)


def test_numbers_of_numpy_are_numbers(corpus: Path, tmp_path: Path) -> None:
    """As a loop over a range gives them."""
    settings = {"dim": np.int64(8), "epochs": np.int32(1), "sample": np.float32(0.5), "min_count": np.uint8(2)}
    vectors = w2v.train(corpus, threads=1, cache_dir=tmp_path, **settings)
    w2v.save(vectors, tmp_path / "v.safetensors")
    record = w2v.load(tmp_path / "v.safetensors").record
    assert record is not None
    assert {name: record.settings[name] for name in settings} == settings


@pytest.mark.parametrize(
    "settings", [{}, {"deterministic": True}, {"shared_negatives": False}, {"model": "glove"}, {"model": "cbow"}]
)
def test_words_without_neighbours_are_no_silent_success(tmp_path: Path, settings: dict) -> None:
    lines = tmp_path / "lines.txt"
    lines.write_text("cat\ndog\n" * 50)
    with pytest.raises(TrainingError, match=r"no two words .* near each other") as caught:
        w2v.train(lines, dim=4, threads=1, **settings)
    assert "longer lines" in caught.value.hint


@pytest.mark.slow
def test_sentences_in_memory_train_as_a_file_of_them_does(corpus: Path, tmp_path: Path) -> None:
    settings = {"dim": 8, "epochs": 1, "threads": 1, "cache_dir": tmp_path}
    of_file = w2v.train(corpus, **settings)
    lines = corpus.read_text("utf-8").splitlines()
    for texts in (lines, [line.split() for line in lines], io.StringIO(corpus.read_text("utf-8"))):
        np.testing.assert_array_equal(w2v.train(texts, **settings).matrix, of_file.matrix)
