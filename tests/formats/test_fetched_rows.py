"""Rows that are elsewhere: each file is written in segments, with the same bytes, and each row is fetched once."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from w2v.files import fetched, rows
from w2v.files.fetched import FetchedRows
from w2v.files.rows import FileRows, PickedRows
from w2v.formats import delimited, fasttext, native, npy, parquet, text_rows, unknown, word2vec_binary, write
from w2v.formats.format import has_white_space
from w2v.formats.registry import FORMATS
from w2v.formats.unknown import with_unknown
from w2v.formats.unwritable import fitted
from w2v.progress import NullProgress
from w2v.transforms.prune import prune
from w2v.vectors import Vectors

NAMES = [*(f"out{entry.suffixes[0]}" for entry in FORMATS.values()), "out.bin.gz"]


@pytest.mark.parametrize("name", NAMES)
def test_no_format_holds_the_rows_or_fetches_any_twice(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyarrow")
    monkeypatch.setattr(fetched, "SEGMENT", 1 << 18)
    for module, step in ((native, "PART"), (parquet, "PART"), (npy, "BLOCK")):
        monkeypatch.setattr(module, step, 1 << 12)
    monkeypatch.setattr(fasttext, "WORDS", 64)
    for module in (text_rows, delimited, word2vec_binary):
        monkeypatch.setattr(module, "BLOCK", 1 << 14)
    matrix = np.random.default_rng(1).normal(size=(4_000, 96)).astype(np.float32)
    norms = Vectors([f"w{row}" for row in range(len(matrix))], matrix).norms
    asked: dict[str, list[tuple[int, int]]] = {"words": [], "contexts": []}

    def of_side(side: str) -> FetchedRows:
        def fetch(start: int, stop: int) -> np.ndarray:
            asked[side].append((start, stop))
            return matrix[start:stop].copy() + (side == "contexts")

        return FetchedRows(fetch, matrix.shape, is_finite=True)

    words, counts = [f"w{row}" for row in range(len(matrix))], np.arange(len(matrix))[::-1] + 1
    given = Vectors(words, matrix, counts, contexts=matrix + np.float32(1), norms=norms)
    write(given, tmp_path / f"alone-{name}")
    lazy = Vectors.unchecked(words, of_side("words"), counts, norms=norms, contexts=of_side("contexts"))
    tracemalloc.start()
    write(lazy, tmp_path / name)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / name).read_bytes() == (tmp_path / f"alone-{name}").read_bytes()
    for side in asked.values():
        assert side in ([], [(start, min(start + 682, 4000)) for start in range(0, 4000, 682)])
    assert asked["words"]
    assert peak < matrix.nbytes


def test_rows_are_those_of_an_array_however_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = np.random.default_rng(2).normal(size=(103, 5)).astype(np.float32)
    matrix[50, 2] = np.nan
    monkeypatch.setattr(fetched, "SEGMENT", 200)
    lazy = FetchedRows(lambda start, stop: matrix[start:stop], matrix.shape)
    some = np.array([[7, 99, -1], [7, 3, 50]])
    for asked in (slice(None), slice(95, 12, -3), slice(20, 61), some, matrix[:, 0] > 0, 102, -103):
        np.testing.assert_array_equal(lazy[asked], matrix[asked])
    np.testing.assert_array_equal(lazy.first(33)[:], matrix[:33])
    np.testing.assert_array_equal(lazy.only(some[1])[:], matrix[some[1]])
    np.testing.assert_array_equal(lazy.mended()[:], np.nan_to_num(matrix))
    np.testing.assert_array_equal(np.asarray(lazy), matrix)
    assert lazy[9:9].shape == (0, 5)


def test_rows_of_a_map_stay_in_the_file_and_give_the_same_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (rows, unknown):
        monkeypatch.setattr(module, "SMALL", 0)
    monkeypatch.setattr(unknown, "PART", 200)
    matrix = np.random.default_rng(2).normal(size=(103, 5)).astype(np.float32)
    matrix.tofile(tmp_path / "values")
    mapped = np.memmap(tmp_path / "values", np.float32, "r", shape=matrix.shape)
    words, counts = [*(f"w {row}" for row in range(50)), *(f"w{row}" for row in range(53))], np.arange(103)[::-1].copy()
    here, there = (Vectors.unchecked(words, each, counts, contexts=each) for each in (matrix, mapped.view(np.ndarray)))
    changes = {
        "pruned": lambda vectors: prune(vectors, 40).vectors,
        "skipped": lambda vectors: fitted(vectors, has_white_space, "it", "skip", NullProgress()),
        "escaped": lambda vectors: fitted(vectors, has_white_space, "it", "escape", NullProgress()),
        "unknown": lambda vectors: with_unknown(vectors, "mean"),
    }
    for name, change in changes.items():
        found = change(there)
        assert isinstance(found.stored, FileRows) == (name != "escaped")
        write(found, tmp_path / "there.safetensors")
        write(change(here), tmp_path / "here.safetensors")
        assert (tmp_path / "there.safetensors").read_bytes() == (tmp_path / "here.safetensors").read_bytes()
    mended = matrix.copy()
    mended[7, 1] = np.inf
    picked = PickedRows(mended, np.arange(103)[::-1])
    np.testing.assert_array_equal(picked.mended().first(100).only(np.array([96, 3, 3]))[:], matrix[[6, 99, 99]])
    np.testing.assert_array_equal(picked.mended()[95:97][1], np.where(np.isinf(mended[6]), 0, mended[6]))
    assert np.isinf(picked[95]).any()
    assert not picked.mended()[95][1]
