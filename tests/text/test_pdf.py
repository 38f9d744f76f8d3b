"""PDF: what only documents do, and what is said where the library for them is absent."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from samples import pdf

from w2v.errors import CorpusError, SettingsError
from w2v.text import Reading, Texts
from w2v.text.pdf import _in_sentences


def test_without_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)
    (tmp_path / "paper.pdf").write_bytes(pdf(["a b"]))
    for reading in (Reading("pdf"), Reading("auto")):
        with pytest.raises(SettingsError, match="reading PDF needs the library pypdf") as caught:
            list(Texts(tmp_path, reading))
        assert caught.value.hint == "pip install 'w2v[pdf]'"


def test_lines_of_a_page_are_sentences_only_where_one_is_empty() -> None:
    assert _in_sentences("The first line\ngoes on.\n \nA new\none.\n\n") == "The first line goes on.\nA new one."


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "it is not a whole PDF"),
        (b"%PDF-1.4\n" + b"\xff\0" * 400, "it is not a whole PDF"),
        (pdf(["", ""]), "the pages hold no text, only pictures of it"),
    ],
)
def test_refusals(tmp_path: Path, data: bytes, message: str, caplog: Any) -> None:
    pytest.importorskip("pypdf")
    (tmp_path / "paper.pdf").write_bytes(data)
    with pytest.raises(CorpusError, match=message) as caught:
        list(Texts(tmp_path, Reading("pdf")))
    assert caught.value.hint


def test_pages_that_share_one_large_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bomb: hundreds of pages of the same content. Reading stops before it has taken hours."""
    pytest.importorskip("pypdf")
    monkeypatch.setattr("w2v.text.pdf._CONTENT", 1 << 14)
    monkeypatch.setattr("w2v.text.pdf._RATIO", 1)
    one = pdf(["ha " * 1_000])
    path = tmp_path / "paper.pdf"
    path.write_bytes(one.replace(b"/Kids [5 0 R] /Count 1", b"/Kids [" + b"5 0 R " * 300 + b"] /Count 300"))
    read = []
    with pytest.raises(CorpusError, match="far too much for its size"):
        read.extend(Texts(path, Reading("pdf")))
    assert 1 <= len(read) < 10


def test_a_password(tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(tmp_path / "paper.pdf")
    with pytest.raises(CorpusError, match="protected by a password"):
        list(Texts(tmp_path, Reading("pdf")))


def test_as_plain_text_the_option_is_named(tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    with pytest.raises(CorpusError, match="this is a PDF document") as caught:
        list(Texts(tmp_path))
    assert "--input-format pdf" in caught.value.hint
