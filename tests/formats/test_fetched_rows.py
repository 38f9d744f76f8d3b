"""Rows that are elsewhere: each file is written in segments, with the same bytes, and each row is fetched once."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from w2v.files import fetched
from w2v.files.fetched import FetchedRows
from w2v.formats import delimited, fasttext, native, npy, parquet, text_rows, word2vec_binary, write
from w2v.formats.registry import FORMATS
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

    def rows(side: str) -> FetchedRows:
        def fetch(start: int, stop: int) -> np.ndarray:
            asked[side].append((start, stop))
            return matrix[start:stop].copy() + (side == "contexts")

        return FetchedRows(fetch, matrix.shape, is_finite=True)

    words, counts = [f"w{row}" for row in range(len(matrix))], np.arange(len(matrix))[::-1] + 1
    given = Vectors(words, matrix, counts, contexts=matrix + np.float32(1), norms=norms)
    write(given, tmp_path / f"alone-{name}")
    lazy = Vectors.unchecked(words, rows("words"), counts, norms=norms, contexts=rows("contexts"))
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
    rows = FetchedRows(lambda start, stop: matrix[start:stop], matrix.shape)
    some = np.array([[7, 99, -1], [7, 3, 50]])
    for asked in (slice(None), slice(95, 12, -3), slice(20, 61), some, matrix[:, 0] > 0, 102, -103):
        np.testing.assert_array_equal(rows[asked], matrix[asked])
    np.testing.assert_array_equal(rows.first(33)[:], matrix[:33])
    np.testing.assert_array_equal(rows.only(some[1])[:], matrix[some[1]])
    np.testing.assert_array_equal(rows.mended()[:], np.nan_to_num(matrix))
    np.testing.assert_array_equal(np.asarray(rows), matrix)
    assert rows[9:9].shape == (0, 5)
