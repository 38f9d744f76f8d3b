"""The same words by any door, a file, a column, a page, Python, are the same tokens and the same vectors."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from collections.abc import Iterable
from html import escape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from listening import Listening

import w2v
from w2v.errors import CorpusError, SettingsError
from w2v.progress import NullProgress
from w2v.text.kinds import KINDS
from w2v.tokens import prepare
from w2v.tokens.settings import CorpusConfig

RNG = np.random.default_rng(3)
TEXTS = [[f"w{number}é" for number in RNG.zipf(1.4, 12).clip(max=40)] for _ in range(300)]
LINES = [" ".join(text) for text in TEXTS]
OPTIONS = {"dim": 8, "epochs": 2, "threads": 1, "min_count": 2, "sample": 0.0}


def table(delimiter: str) -> bytes:
    file = io.StringIO()
    rows = csv.writer(file, delimiter=delimiter)
    rows.writerow(["id", "title"])
    rows.writerows(enumerate(LINES))
    return file.getvalue().encode()


def lay_down(folder: Path) -> dict[str, tuple[str, dict[str, Any]]]:
    """Each door: the name of its file, and the settings that read it."""
    records = [{"id": number, "texts": {"title": line}} for number, line in enumerate(LINES)]
    files: dict[str, tuple[bytes, dict[str, Any]]] = {
        "plain.txt": ("\n".join(LINES).encode(), {}),
        "windows.txt": ("\r\n".join(LINES).encode("cp1252"), {"encoding": "cp1252"}),
        "two-bytes.txt": ("\n".join(LINES).encode("utf-16"), {"encoding": "utf-16"}),
        "table.csv": (table(","), {"column": "title"}),
        "table.csv.gz": (gzip.compress(table(";")), {"column": "title"}),
        "table.tsv": (table("\t"), {"column": "title"}),
        "records.jsonl": ("\n".join(map(json.dumps, records)).encode(), {"column": "texts.title"}),
        "records.json": (json.dumps(records, indent=1).encode(), {"column": "texts.title"}),
        "tokens.json": (json.dumps(TEXTS).encode(), {"input_format": "json"}),
        "page.html": ("".join(f"<p>{escape(line)}" for line in LINES).encode(), {"input_format": "html"}),
    }
    for name, (data, _) in files.items():
        (folder / name).write_bytes(data)
    return {name: (str(folder / name), settings) for name, (_, settings) in files.items()}


@pytest.mark.slow
def test_equal_words_by_any_door_are_equal_vectors(tmp_path: Path) -> None:
    doors: dict[str, tuple[Any, dict[str, Any]]] = dict(lay_down(tmp_path))
    doors |= {
        "strings": (LINES, {}),
        "lists": (TEXTS, {}),
        "generator": ((list(text) for text in TEXTS), {}),
        "column": (pd.Series(LINES), {}),
        "open file": (io.StringIO("\n".join(LINES)), {}),
    }
    plain = w2v.train(tmp_path / "plain.txt", cache_dir=tmp_path / "cache", **OPTIONS)
    for name, (corpus, settings) in doors.items():
        vectors = w2v.train(corpus, cache_dir=tmp_path / "cache", **OPTIONS, **settings)
        assert list(vectors.words) == list(plain.words), name
        np.testing.assert_array_equal(vectors.matrix, plain.matrix, err_msg=name)
        assert vectors.record is not None
        corpus_of = vectors.record.corpus
        assert corpus_of["tokens"] == 3600
        assert corpus_of["encoding"] == settings.get("encoding", "utf-8")
        assert corpus_of["column"] == settings.get("column")
        assert corpus_of["kind"] in KINDS
        assert vectors.record.settings["column"] == settings.get("column")
    kept = {path.name for path in (tmp_path / "cache").iterdir()}
    assert len(kept) == len(lay_down(tmp_path))  # of texts from Python nothing is kept


def test_a_cache_of_records_is_found_again_and_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"id,title\n1,a b a b\n2,\n3,a b\n")
    config = CorpusConfig(column="title", min_count=1)
    heard = []
    for reused in (False, True):
        listener = Listening()
        cache = prepare(path, config, cache_dir=tmp_path / "cache", progress=listener)
        assert cache.reused == reused
        report = cache.report
        assert (report.kind, report.column, report.texts, report.without_text) == ("csv", "title", 2, 1)
        assert "read as csv: 2 texts of the column 'title'; 1 record has none" in listener.said("info")
        heard.append([text for text in listener.said("info") if not text.startswith("token cache")])
    assert heard[0] == heard[1]
    other = prepare(path, CorpusConfig(column="id", min_count=1), cache_dir=tmp_path / "cache")
    assert not other.reused
    assert other.report.fingerprint == report.fingerprint  # of the bytes of the file


def test_plain_text_that_looks_like_something_else_is_said_once_a_kind(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    for name in ("a.csv", "b.csv"):
        (folder / name).write_bytes(b"id,title\n1,a b a b\n")
    (folder / "c.html").write_bytes(b"<html> a b a b")
    (folder / "d.txt").write_bytes(b"a b a b\n")
    for _ in (False, True):
        listener = Listening()
        prepare(folder, CorpusConfig(min_count=1), cache_dir=tmp_path / "cache", progress=listener)
        first, second = listener.said("warning")
        assert first.startswith(f"{folder}/a.csv looks like CSV: --column NAME")
        assert second.startswith(f"{folder}/c.html looks like HTML: --input-format html")
    listener = Listening()
    config = CorpusConfig(min_count=1, input_format="plain")
    prepare(folder, config, cache_dir=tmp_path / "cache", progress=listener)
    assert not listener.said("warning")


def test_standard_input_that_looks_like_something_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = SimpleNamespace(buffer=io.BytesIO(b"<!doctype html> a b a b"), closed=False)
    monkeypatch.setattr(sys, "stdin", stream)
    listener = Listening()
    prepare("-", CorpusConfig(min_count=1), cache_dir=tmp_path, progress=listener)
    assert listener.said("warning")[0].startswith("standard input looks like HTML")


def test_tokens_are_not_split_again(tmp_path: Path) -> None:
    texts = [["a/b", "don't", "3.5", "a-b-"]] * 5
    with prepare(texts, cache_dir=tmp_path) as cache:
        assert sorted(cache.vocabulary.words) == sorted(texts[0])
    with pytest.raises(SettingsError, match="tokenizer 'words' would split these again"):
        prepare(texts, CorpusConfig(tokenizer="words"), cache_dir=tmp_path)
    with prepare([" ".join(text) for text in texts], CorpusConfig(tokenizer="words"), cache_dir=tmp_path) as cache:
        assert "a/b" not in cache.vocabulary.words


@pytest.mark.parametrize("corpus", [[], (), iter([]), pd.Series([], dtype=str)])
def test_nothing_at_all(tmp_path: Path, corpus: Iterable[Any]) -> None:
    with pytest.raises(CorpusError, match="no corpus is named") as caught:
        w2v.train(corpus, cache_dir=tmp_path)
    assert "a list of texts" in caught.value.hint


def test_texts_without_words(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="texts from Python"):
        w2v.train(["", " "], cache_dir=tmp_path)


@pytest.mark.slow
def test_a_run_on_texts_goes_on_with_the_same_texts(tmp_path: Path) -> None:
    class Stop(NullProgress):
        def update(self, done: int, **fields: float | str) -> None:
            if fields:
                raise KeyboardInterrupt

    options = OPTIONS | {"epochs": 20, "checkpoint": tmp_path / "state", "cache_dir": tmp_path}
    with pytest.raises(KeyboardInterrupt):
        w2v.train(TEXTS, progress=Stop(), **options)
    with pytest.raises(SettingsError, match="standard input or from Python") as caught:
        w2v.train(resume=True, **options)
    assert "give the texts once more" in caught.value.hint
    resumed = w2v.train(TEXTS, resume=True, **options)
    np.testing.assert_array_equal(resumed.matrix, w2v.train(TEXTS, **options).matrix)
