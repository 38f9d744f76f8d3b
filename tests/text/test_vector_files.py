"""Vectors and counts among the text files: refused where they are named, left out where they are only met."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

import w2v
from w2v import formats
from w2v.errors import CorpusError
from w2v.text.reading import Reading
from w2v.text.texts import Texts
from w2v.text.vector_files import looks_like_counts, looks_like_vectors

ROWS = "".join(f"word{number} 0.25 -1.5 3e-05 0.125 {number}.5\n" for number in range(5))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text("alpha beta gamma delta\n" * 9)
    (tmp_path / "b.txt").write_text("the cat sat\n" * 9)
    vectors = w2v.Vectors(["alpha", "beta", "gamma"], np.eye(3, 300, dtype=np.float32), np.array([5, 4, 3]))
    for name in ("c.txt", "d.bin", "e.safetensors"):
        formats.write(vectors, tmp_path / name)
    (tmp_path / "f.vec.gz").write_bytes(gzip.compress(ROWS.encode()))
    return tmp_path


def names(texts: Texts) -> list[str]:
    return [source.path.name for source in texts.sources if source.path]


def test_left_out_where_they_are_met(folder: Path) -> None:
    for corpus in (folder, f"{folder}/*"):
        told: list[str] = []
        assert names(Texts(corpus, tell=told.append)) == ["a.txt", "b.txt"]
        said = "\n".join(told)
        for name in ("c.txt", "d.bin", "e.safetensors", "f.vec.gz"):
            assert f"{name} holds vectors, not text: it is left out" in said
        assert "c.txt.vocab.txt holds counts of words, not text: it is left out" in said


@pytest.mark.parametrize("name", ["c.txt", "d.bin", "e.safetensors", "f.vec.gz"])
def test_refused_where_they_are_named(folder: Path, name: str) -> None:
    """Case 13."""
    with pytest.raises(CorpusError, match=r"these are vectors, not text.*name the text that they are made of"):
        Texts(folder / name)


def test_plain_asked_for_reads_them(folder: Path) -> None:
    assert names(Texts(folder / "c.txt", Reading("plain"))) == ["c.txt"]


def test_nothing_but_vectors(folder: Path) -> None:
    with pytest.raises(CorpusError, match="hold vectors or counts"):
        Texts(f"{folder}/[c-f]*")


def test_a_file_counts_once(folder: Path) -> None:
    told: list[str] = []
    (folder / "z.txt").symlink_to(folder / "a.txt")
    found = names(
        Texts([folder / "a.txt", f"{folder}/./a.txt", f"{folder}/[ab].txt", folder / "z.txt"], tell=told.append)
    )
    assert found == ["a.txt", "b.txt"]
    assert "a.txt is named more than once: it is read once" in told[0]
    assert "z.txt is the same file as" in told[-1]


@pytest.mark.parametrize(
    "text", ["1 2 3 4 5 6\n" * 9, "the cat sat on the mat\n" * 9, "10 20\n30 40\n", "", "t 1.5\nu 2.5\nv 3.5\n"]
)
def test_text_is_text(text: str) -> None:
    assert not looks_like_vectors(text.encode())


def test_counts() -> None:
    assert looks_like_counts(b"the 10\nof 9\ncat 9\n")
    assert not looks_like_counts(b"the 10\nof 11\n")
    assert not looks_like_counts(b"the cat\n")
