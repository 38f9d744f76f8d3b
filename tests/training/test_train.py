"""`w2v.train`: one call from text to vectors, its settings and its record."""

from __future__ import annotations

import io
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

import w2v
from w2v.errors import SettingsError, TrainingError
from w2v.formats import write
from w2v.training import training
from w2v.training.trainer import aligned, without_gaps


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


@pytest.mark.slow
@pytest.mark.parametrize("name", ["v.safetensors", "v.bin", None])
def test_there_are_two_matrices_and_no_third(tmp_path: Path, name: str | None) -> None:
    """Training holds the vectors of words and of contexts; writing them, or handing them on, makes no copy of them."""
    path = tmp_path / "corpus.txt"
    words = [f"w{row}" for row in range(20_000)]
    path.write_text("\n".join(" ".join(words[at : at + 20]) for at in range(0, len(words), 20)) + "\n", "utf-8")
    settings = {"dim": 300, "epochs": 1, "threads": 1, "min_count": 1, "sample": 0, "window": 2, "learning_rate": 0.5}
    first = w2v.train(["a b c d"] * 100, cache_dir=tmp_path, **settings)  # compiles the kernel
    assert first.matrix.flags.c_contiguous
    tracemalloc.start()
    if name is None:
        vectors = w2v.train(path, cache_dir=tmp_path, **settings)
        assert vectors.matrix.flags.c_contiguous
    else:
        with training(path, cache_dir=tmp_path, **settings) as vectors:
            write(vectors, tmp_path / name)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(vectors) == 20_000
    matrix = 20_000 * 304 * 4
    assert peak < 2.6 * matrix


def test_gaps_between_rows_are_closed_in_their_own_memory() -> None:
    for rows, width, dim in ((1, 8, 3), (50, 16, 5), (1000, 304, 300), (3, 16, 16)):
        matrix = aligned(rows + 1, width)
        matrix[:-1, :dim] = np.random.default_rng(rows).random((rows, dim), dtype=np.float32)
        view = matrix[:-1, :dim]
        expected = view.copy()
        closed = without_gaps(view)
        assert closed.flags.c_contiguous
        assert np.array_equal(closed, expected)
        assert np.may_share_memory(closed, matrix)
