"""Files of which not everything is read: words that are decoded when they are asked for, rows that stay in the file."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from w2v import Vectors, neighbours
from w2v.errors import FormatError, UnknownWordsError
from w2v.files import rows
from w2v.files.rows import FileRows, OpenFile
from w2v.files.tensors import PackedIndex, PackedWords, WordHashes, are_distinct, cut_words, packed_words
from w2v.files.tensors import index as tensors_index
from w2v.formats import binary_rows, counts, native, read, word2vec_binary, write

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


@given(words=WORDS, others=WORDS)
@pytest.mark.parametrize("key", [None, str.casefold, str.upper])
def test_hashes_find_the_first_row_of_a_word(key: Any, words: list[str], others: list[str]) -> None:
    hashes, keyed = WordHashes(packed(words), key), [word if key is None else key(word) for word in words]
    for word in words + others + ["", "\ud800"]:
        wanted = word if key is None else key(word)
        assert hashes.row_of(word) == (keyed.index(wanted) if wanted in keyed else None)
    assert hashes.first_rows().tolist() == [keyed.index(word) for word in keyed]


def test_very_many_words_are_found_without_a_dictionary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensors_index, "MANY", 100)
    words = [f"w{row}" for row in range(500)]
    index = PackedIndex(packed(words))
    assert [index.get(word) for word in [*words, "nobody", "w500"]] == [*range(500), None, None]
    assert "rows" not in vars(index)


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


@pytest.fixture
def nothing_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the rows of each file in the file, look for them in pieces of few rows, and search with several threads."""
    for module in (native, word2vec_binary, binary_rows, rows):
        monkeypatch.setattr(module, "SMALL", 0)
    monkeypatch.setattr(binary_rows, "PIECE", 60)
    monkeypatch.setattr(binary_rows, "LONGEST_WORD", 12)
    monkeypatch.setattr(word2vec_binary, "LONGEST_WORD", 12)
    monkeypatch.setattr(rows, "BLOCK", 40)
    monkeypatch.setattr(neighbours, "LARGE", 1)
    monkeypatch.setattr(neighbours, "SHARED", 4)
    for module in (binary_rows, neighbours):
        monkeypatch.setattr(module, "available_threads", lambda: 3)


def binary(words: list[bytes], values: np.ndarray, end: bytes = b"") -> bytes:
    """A file of word2vec's binary format."""
    lines = [word + b" " + row.astype("<f4").tobytes() + end for word, row in zip(words, values, strict=True)]
    return f"{len(words)} {values.shape[1]}\n".encode() + b"".join(lines)


def outcome(path: Path, **options: Any) -> tuple[Any, ...]:
    """What reading a file gives: words, values and lengths, or the error."""
    try:
        found = read(path, format="word2vec-binary", **options)
    except FormatError as error:
        return error.message, error.hint
    return found.words, found.matrix.tolist(), found.norms.tolist()


@pytest.mark.usefixtures("nothing_is_small")
@pytest.mark.parametrize("end", [b"", b"\n"])
@pytest.mark.parametrize(
    "options", [{}, {"limit": 3}, {"limit": 20}, {"only_matching": "[13]"}, {"only_words": ["w7"]}]
)
def test_binary_rows_are_the_same_in_the_file_and_read_in_turn(
    end: bytes, options: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "v.bin"
    values = np.random.default_rng(3).standard_normal((20, 3))
    path.write_bytes(binary([f"w{row}".encode() for row in range(20)], values, end))
    in_file = read(path, **options)
    queries = [in_file.words[0], f"{in_file.words[-1]}:2 - {in_file.words[0]}"]
    answers = in_file.neighbours_of_each(queries)
    assert isinstance(in_file.stored, FileRows)
    monkeypatch.setattr(word2vec_binary, "_sound_rows", lambda *_: None)
    in_turn = read(path, **options)
    assert in_file.words == in_turn.words
    assert answers == in_turn.neighbours_of_each(queries)
    assert np.array_equal(in_file.matrix, in_turn.matrix)
    assert in_file.norms.tolist() == in_turn.norms.tolist()


@pytest.mark.usefixtures("nothing_is_small")
@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
def test_damaged_binary_files_are_told_as_before(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "v.bin"
    size = data.draw(st.integers(1, 12))
    words = [
        data.draw(st.sampled_from([b"a%d", "ü%d".encode(), b"same", b"\n%d", b"w\n%d", b"longer-word"]))
        for _ in range(size)
    ]
    values = np.random.default_rng(size).standard_normal((size, 2))
    values[data.draw(st.integers(0, size - 1))] = data.draw(st.sampled_from([1.0, np.nan, np.inf, 0.0]))
    named = [word % row if b"%" in word else word for row, word in enumerate(words)]
    content = bytearray(binary(named, values, data.draw(st.sampled_from([b"", b"\n", b"\n\n"]))))
    for _ in range(data.draw(st.integers(0, 2))):
        place = data.draw(st.integers(5, len(content) - 1))
        content[place : place + 1] = data.draw(st.sampled_from([b"", b" ", b"\n", b"\xff", b"x y"]))
    path.write_bytes(content)
    options = {"bad_rows": data.draw(st.sampled_from(["error", "skip", "replace"]))}
    found = outcome(path, **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(word2vec_binary, "_sound_rows", lambda *_: None)
        assert str(found) == str(outcome(path, **options))


@pytest.mark.usefixtures("nothing_is_small")
@pytest.mark.parametrize("name", ["v.bin", "v.safetensors"])
def test_a_file_that_is_cut_while_in_use_is_an_error(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("w2v.files.guard._take_lease", lambda _: False)
    path = tmp_path / name
    write(Vectors([f"w{row}" for row in range(5000)], np.ones((5000, 4))), path)
    found = read(path)
    assert len(found.most_similar("w1", topn=3)) == 3
    with path.open("r+b") as file:
        file.truncate(9000)
    with pytest.raises(FormatError, match="another program has changed the file while it was in use"):
        found.most_similar("w1")
    write(Vectors(["new", "file"], np.ones((2, 4))), path)
    assert read(path).words == ["new", "file"]


@pytest.mark.usefixtures("nothing_is_small")
def test_a_large_file_that_is_replaced_stays_what_it_was(tmp_path: Path) -> None:
    path = tmp_path / "v.bin"
    write(Vectors(["a", "b", "c"], np.eye(3)), path)
    found = read(path)
    write(Vectors(["x", "y", "z"], -np.eye(3)), path)
    assert found["b"].tolist() == [0, 1, 0]
    assert (
        copy.deepcopy(found).matrix.tolist() == pickle.loads(pickle.dumps(found)).matrix.tolist() == np.eye(3).tolist()
    )
    write(found, path)
    assert read(path).matrix.tolist() == np.eye(3).tolist()


@pytest.mark.usefixtures("nothing_is_small")
def test_a_mapped_file_that_another_program_cuts_answers_on(tmp_path: Path) -> None:
    path = tmp_path / "v.safetensors"
    write(Vectors([f"w{row}" for row in range(5000)], np.random.default_rng(0).standard_normal((5000, 4))), path)
    found = read(path)
    if isinstance(found.stored, FileRows):
        pytest.skip("this file system has no leases")
    before = found.most_similar("w7")
    cut = "import os, sys; os.truncate(sys.argv[1], 4096)"
    assert subprocess.run([sys.executable, "-c", cut, str(path)]).returncode == 0
    assert path.stat().st_size == 4096
    assert found.most_similar("w7") == before


def test_rows_in_a_file_are_indexed_as_an_array(tmp_path: Path) -> None:
    path = tmp_path / "v.bin"
    values = np.random.default_rng(1).standard_normal((50, 3)).astype(np.float32)
    values[4, 1] = np.nan
    path.write_bytes(b"x" * 7 + values.tobytes())
    with path.open("rb") as file:
        opened = OpenFile(path, file.fileno())
    scattered = np.arange(50) * 12 + 7
    for found in (FileRows(opened, (50, 3), 7), FileRows(opened, (50, 3), scattered)):
        for chosen in (3, -1, slice(5, 40), slice(None, None, -7), np.array([3, 3, 49, 0, -2]), np.arange(50) % 9 == 0):
            assert np.array_equal(found[chosen], values[chosen], equal_nan=True)
        assert found[np.array([[1, 2], [3, 0]])].shape == (2, 2, 3)
        assert np.array_equal(np.asarray(found), values, equal_nan=True)
        assert np.array_equal(found.only(np.array([7, 2, 30]))[:], values[[7, 2, 30]])
        assert np.array_equal(found.first(9).only(np.array([4])).mended()[:], np.nan_to_num(values[[4]]))
        with pytest.raises(IndexError):
            found[np.array([50])]


def test_memory_does_not_grow_with_the_rows_of_a_file(tmp_path: Path) -> None:
    values = np.random.default_rng(5).standard_normal((60_000, 300), dtype=np.float32)
    write(Vectors([f"w{row}" for row in range(60_000)], values), tmp_path / "v.bin")
    tracemalloc.start()
    found = read(tmp_path / "v.bin")
    assert len(found.most_similar("w7")) == 10
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40_000_000  # the file has 72 MB


@pytest.mark.usefixtures("nothing_is_small")
def test_counts_beside_a_large_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "PIECE", 30)
    words = [f"wörd{row}" for row in range(40)]
    given_counts = np.arange(40, 0, -1) ** 5
    write(Vectors(words, np.ones((40, 3)), given_counts), tmp_path / "v.bin")
    beside = tmp_path / "v.bin.vocab.txt"
    right = beside.read_text("utf-8")
    whole = counts._counts_in_order
    found: list[Any] = []
    monkeypatch.setattr(counts, "_counts_in_order", lambda *given: found.append(whole(*given)) or found[-1])
    for changed, in_order in [
        (right, True),
        (right.removesuffix("\n"), False),
        ("more 3\n" + right, False),
        (right.replace("\n", "\r\n"), False),
        (right.replace("wörd3 ", "wörd4 ", 1), False),
        (right.replace(" 1\n", " x\n"), False),
        (right.replace(" 1\n", " 1234567890123456789\n"), False),
    ]:
        beside.write_bytes(changed.encode())
        packed_counts = read(tmp_path / "v.bin").counts
        assert (found[-1] is not None) == in_order
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(counts, "_counts_in_order", lambda *_: None)
            as_before = read(tmp_path / "v.bin").counts
        assert str(packed_counts) == str(as_before)


@given(words=WORDS)
def test_repeated_words_are_found_by_their_hashes(words: list[str]) -> None:
    assert are_distinct(packed(words)) == are_distinct(words) == (len(set(words)) == len(words))
