"""Files go both ways between w2v and gensim, bit for bit, counts included."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from w2v import Vectors
from w2v.formats import read, write

KeyedVectors: Any = pytest.importorskip("gensim.models").KeyedVectors


def awkward_vectors() -> Vectors:
    """Values of every size, words of every kind, counts that fall as in a trained file."""
    rng = np.random.default_rng(0)
    patterns = rng.integers(0, 2**32, (3000, 7), dtype=np.uint32).view(np.float32)
    matrix = np.where(np.isfinite(patterns), patterns, np.float32(0.5))
    matrix[1000:] = rng.standard_normal((2000, 7)) * 0.3
    words = [f"word{row}" for row in range(3000)]
    words[:8] = ["</s>", "naïve", "e\u0301", "東京", "👩‍👩‍👧", "'", "1.5", "a\u200bb"]
    return Vectors(words, matrix, np.arange(3000, 0, -1) ** 2)


# gensim leaves a file open that it has read without a first line
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
@pytest.mark.parametrize(
    ("name", "binary", "header"),
    [
        ("v.bin", True, True),
        ("v.txt", False, True),
        ("v.vec", False, True),
        ("v.glove.txt", False, False),
        ("v.bin.gz", True, True),
        ("v.txt.gz", False, True),
        ("v.glove.txt.gz", False, False),
    ],
)
def test_gensim_reads_what_w2v_writes(name: str, binary: bool, header: bool, tmp_path: Path) -> None:
    vectors = awkward_vectors()
    path, counts = write(vectors, tmp_path / name)
    theirs = KeyedVectors.load_word2vec_format(str(path), fvocab=str(counts), binary=binary, no_header=not header)
    assert theirs.index_to_key == vectors.words
    assert theirs.vectors.tobytes() == vectors.matrix.tobytes()
    assert [theirs.get_vecattr(word, "count") for word in theirs.index_to_key] == vectors.counts.tolist()


@pytest.mark.slow
@pytest.mark.parametrize(("binary", "header"), [(True, True), (False, True), (False, False)])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_w2v_reads_what_gensim_writes(binary: bool, header: bool, suffix: str, tmp_path: Path) -> None:
    vectors = awkward_vectors()
    theirs = KeyedVectors(vectors.dim)
    theirs.add_vectors(vectors.words, vectors.matrix)
    for word, count in zip(vectors.words, vectors.counts.tolist(), strict=True):
        theirs.set_vecattr(word, "count", count)
    path = tmp_path / f"theirs{suffix}"
    theirs.save_word2vec_format(str(path), fvocab=f"{path}.vocab.txt", binary=binary, write_header=header)
    ours = read(path)
    assert ours.words == vectors.words
    assert ours.matrix.tobytes() == vectors.matrix.tobytes()
    assert np.array_equal(ours.counts, vectors.counts)


@pytest.mark.parametrize(
    ("name", "binary"), [("ref-enwiki100MB-sg100-top10k.bin", True), ("googlenews-weat-347x300.txt", False)]
)
def test_both_read_the_same_from_real_files(name: str, binary: bool, shared: Path) -> None:
    path = shared / "eval_sets" / "vectors" / name
    theirs = KeyedVectors.load_word2vec_format(str(path), binary=binary)
    ours = read(path)
    assert ours.words == theirs.index_to_key
    assert ours.matrix.tobytes() == theirs.vectors.tobytes()


def test_both_keep_the_first_of_repeated_words(tmp_path: Path) -> None:
    path = tmp_path / "v.txt"
    path.write_text("4 2\na 1 2\nb 3 4\na 5 6\nc 7 8\n")
    theirs = KeyedVectors.load_word2vec_format(str(path))
    ours = read(path)
    assert [*ours.words, None] == theirs.index_to_key  # gensim keeps an empty row for the other
    assert np.array_equal(ours.matrix, theirs.vectors[:3])
