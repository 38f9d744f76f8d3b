"""Odd corpora: what `w2v train` says of each, its exit code, and that nothing is written but good vectors."""

from __future__ import annotations

import gzip
import io as streams
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from w2v import formats
from w2v.cli import main

GOOD = "one two three four\n" * 20
Make = Callable[[Path], str]


def file(content: bytes, name: str = "corpus.txt") -> Make:
    def make(folder: Path) -> str:
        (folder / name).write_bytes(content)
        return name

    return make


def folder_of(**files: bytes) -> Make:
    def make(folder: Path) -> str:
        (folder / "texts").mkdir()
        for name, content in files.items():
            (folder / "texts" / name).write_bytes(content)
        return "texts"

    return make


def link(folder: Path) -> str:
    (folder / "corpus.txt").symlink_to("absent")
    return "corpus.txt"


def loop(folder: Path) -> str:
    (folder / "corpus.txt").symlink_to("corpus.txt")
    return "corpus.txt"


def pipe(folder: Path) -> str:
    os.mkfifo(folder / "pipe")
    threading.Thread(target=lambda: (folder / "pipe").write_text(GOOD), daemon=True).start()
    return "pipe"


def pipe_in_folder(folder: Path) -> str:
    (folder / "texts").mkdir()
    os.mkfifo(folder / "texts" / "pipe")
    return "texts"


REFUSED: dict[str, tuple[Make, str]] = {
    "empty": (file(b""), "corpus.txt is empty"),
    "white-space": (file(b" \n\t\r\n " * 50), "holds no words in 300 bytes of text"),
    "mark-alone": (file(b"\xef\xbb\xbf"), "holds no words"),
    "wide-spaces": (file("\u3000\u00a0\u2028".encode() * 9), "holds no words"),
    "one-word": (file(b"the " * 1000), "one distinct word, 'the'"),
    "one-word-once": (file(b"the"), "one distinct word, 'the'"),
    "all-too-rare": (file(b"every word of this stands here once"), "no word occurs 2 times or more"),
    "nul": (file(GOOD.encode() + b"a\0b"), "is NUL"),
    "invalid": (file(GOOD.encode() + b"a \xff b"), "(0xff) is not UTF-8"),
    "utf-16": (file(GOOD.encode("utf-16")), "this is UTF-16, not UTF-8"),
    "binary": (file(np.random.default_rng(0).bytes(100_000)), "is not UTF-8"),
    "program": (lambda folder: sys.executable, "this is a program, not text"),
    "empty-folder": (folder_of(), "no files in this folder"),
    "hidden-files": (folder_of(**{".hidden": GOOD.encode()}), "no files in this folder"),
    "folder-with-a-picture": (folder_of(**{"a.txt": GOOD.encode(), "b.png": b"\x89PNG\r\n\x1a\n\0"}), "a PNG image"),
    "pipe-in-a-folder": (pipe_in_folder, "is a pipe or a device"),
    "null-device": (lambda folder: "/dev/null", "/dev/null is empty"),
    "zero-device": (lambda folder: "/dev/zero", "byte 0 is NUL"),
    "random-device": (lambda folder: "/dev/urandom", "is not UTF-8"),
    "broken-link": (link, "no such file"),
    "loop-of-links": (loop, "cannot be read"),
    "absent": (lambda folder: "absent.txt", "no such file or folder"),
    "no-match": (lambda folder: "*.text", "no file matches"),
    "cut-gzip": (file(gzip.compress(GOOD.encode())[:-4], "corpus.txt.gz"), "end too early"),
    "bomb-of-one-word": (file(gzip.compress(b"the " * (4 << 20)), "corpus.gz"), "one distinct word, 'the'"),
}

TAKEN: dict[str, Make] = {
    "one-line": file(GOOD.replace("\n", " ").encode()),
    "mark": file(b"\xef\xbb\xbf" + GOOD.encode()),
    "crlf": file(GOOD.replace("\n", "\r\n").encode()),
    "old-mac": file(GOOD.replace("\n", "\r").encode()),
    "folder": folder_of(**{"a.txt": GOOD[:190].encode(), "b.txt.gz": gzip.compress(GOOD[190:].encode())}),
    "pipe": pipe,
    "gzip-members": file(gzip.compress(GOOD[:190].encode()) + gzip.compress(GOOD[190:].encode()), "c.gz"),
}


def train(corpus: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    sizes = ("--dim", "2", "--epochs", "1", "--threads", "1", "--min-count", "2", "--sample", "0")
    code = main(["train", corpus, "-q", "-o", "made.bin", "--cache-dir", "cache", *sizes])
    return code, capsys.readouterr().err.splitlines()


@pytest.mark.slow
@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    make, fragment = REFUSED[name]
    corpus = make(tmp_path)
    before = {path for path in tmp_path.rglob("*") if not path.is_dir()}
    monkeypatch.chdir(tmp_path)
    code, said = train(corpus, capsys)
    assert code == 1
    first, second = said[-2:]
    assert first.startswith("Error: ")
    assert fragment in first
    assert second.startswith("Hint: ")
    assert {path for path in tmp_path.rglob("*") if not path.is_dir()} == before


@pytest.mark.slow
@pytest.mark.parametrize("name", TAKEN)
def test_taken(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    corpus = TAKEN[name](tmp_path)
    monkeypatch.chdir(tmp_path)
    assert train(corpus, capsys)[0] == 0
    vectors = formats.read("made.bin")
    assert sorted(vectors.words) == ["four", "one", "three", "two"]
    assert vectors.counts is not None
    assert set(vectors.counts.tolist()) == {20}


def test_standard_input_without_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=streams.BytesIO(b""), closed=False))
    code, said = train("-", capsys)
    assert (code, said[-2]) == (1, "Error: standard input is empty")


@pytest.mark.parametrize("output", ["absent/made.bin", "made", "."])
def test_an_output_that_cannot_be_is_refused_before_the_corpus_is_read(
    output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["train", "/dev/zero", "-o", output]) in (1, 2)
    assert "NUL" not in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
