"""Files of which not everything is read: words that are decoded when they are asked for, rows that are mapped."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2v import Vectors
from w2v.errors import UnknownWordsError
from w2v.files.tensors import PackedIndex, PackedWords, cut_words, packed_words
from w2v.formats import native, read, word2vec_binary, write

WORDS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5), min_size=1, max_size=30)


def packed(words: list[str]) -> PackedWords:
    tensors = packed_words(words)
    return PackedWords(tensors["words"], tensors["word_offsets"])  # type: ignore[arg-type]


@given(words=WORDS, others=WORDS)
def test_packed_words_are_a_list_of_words(words: list[str], others: list[str]) -> None:
    found, index = packed(words), PackedIndex(packed(words))
    assert list(found) == words
    assert [found[row] for row in range(-len(words), len(words))] == words + words
    assert (len(found), found[1:4], found[::-1]) == (len(words), words[1:4], words[::-1])
    for word in words + others + ["", "\ud800"]:
        assert index.get(word) == (words.index(word) if word in words else None)
        assert (word in index) == (word in words)
    assert index.rows == {word: words.index(word) for word in words}
    with pytest.raises(IndexError):
        found[len(words)]


def test_many_questions_make_a_dictionary() -> None:
    words = [f"w{row}" for row in range(500)]
    index = PackedIndex(packed(words))
    assert [index[word] for word in words] == list(range(500))
    assert "rows" in vars(index)
    with pytest.raises(KeyError):
        index["nobody"]


@pytest.mark.parametrize("offsets", [[0, 1], [0, 2, 2, 3], [1, 2, 3], [0, 1, 2], [0, 1, 3]])
def test_words_that_are_none(offsets: list[int]) -> None:
    text = np.frombuffer("aé".encode() if len(offsets) == 3 and offsets[-1] == 2 else b"ab\xff", np.uint8)
    for call in (PackedWords, cut_words):
        with pytest.raises(ValueError, match=r"not one for each row|not UTF-8"):
            call(text, np.array(offsets))


def test_a_large_file_gives_the_same_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = [f"wörd{row}" for row in range(300)]
    vectors = Vectors(words, np.random.default_rng(0).standard_normal((300, 8)), np.arange(300, 0, -1))
    write(vectors, tmp_path / "v.safetensors")
    monkeypatch.setattr(native, "SMALL", 0)
    large = read(tmp_path / "v.safetensors")
    queries = [*words[:70], "wörd1 - wörd2", "{wörd3 wörd4}"]
    assert large.neighbours_of_each(queries) == vectors.neighbours_of_each(queries)
    assert large.neighbours("WÖRD7".lower()) == vectors.neighbours("wörd7")
    assert "words" not in vars(large)  # no strings were made of all words
    assert "index" not in vars(large)
    assert ("wörd299" in large, "nobody" in large, len(large)) == (True, False, 300)
    with pytest.raises(UnknownWordsError, match="did you mean 'wörd1'"):
        large.rows(["wörd1x"])
    assert (large.words, large.index) == (vectors.words, vectors.index)
    assert large.lookup.read("WÖRD9").word == vectors.lookup.read("WÖRD9").word


@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize("limit", [None, 3, 10])
@pytest.mark.parametrize("matching", [None, "[13]"])
def test_binary_rows_are_the_same_through_a_map(
    end: str, limit: int | None, matching: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "v.bin"
    rows = [f"w{row}".encode() + b" " + struct.pack("<3f", row, 1, -row) + end.encode() for row in range(10)]
    path.write_bytes(b"10 3\n" + b"".join(rows))
    monkeypatch.setattr(word2vec_binary, "ROWS", 4)
    mapped = read(path, limit=limit, only_matching=matching)
    monkeypatch.setattr(word2vec_binary, "_sound_rows", lambda *_: None)
    in_turn = read(path, limit=limit, only_matching=matching)
    assert mapped.words == in_turn.words
    assert np.array_equal(mapped.matrix, in_turn.matrix)
