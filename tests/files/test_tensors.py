"""The layout of w2v's own files: as spelt by hand, read by other tools, and checked block by block."""

from __future__ import annotations

import hashlib
import io
import json
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attacks import layout as naive
from attacks.tensor_files import with_more
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.numpy import load_file

from w2v.files import own
from w2v.files.tensors import (
    NewerVersionError,
    PackedWords,
    Stream,
    Tensor,
    TensorFile,
    cut_words,
    form_of,
    packed_words,
    read,
    writing,
)
from w2v.files.tensors.writing import write

FORM = "w2v.test/1"
LAYOUT = {
    "wide": Tensor("F32", ("V", "D"), "rows"),
    "long": Tensor("I64", ("V+1",), "one more"),
    "extra": Tensor("U8", ("N",), "need not be there", required=False),
    "later": Tensor("F64", ("V",), "not read", reserved=True),
}
SMALL_ARRAYS: dict[str, Any] = {
    "wide": np.arange(6, dtype=np.float32).reshape(3, 2),
    "long": np.arange(4, dtype=np.int64),
}


def written(arrays: dict[str, Any], metadata: dict[str, str] | None = None, times: Any = None) -> bytes:
    file = io.BytesIO()
    write(file, FORM, arrays, metadata or {}, times)
    return file.getvalue()


def unpadded(data: bytes) -> tuple[bytes, bytes]:
    """The header without the spaces behind it, and the data."""
    start = 8 + int.from_bytes(data[:8], "little")
    assert start % 64 == 0
    return data[8:start].rstrip(b" "), data[start:]


def laid_down(data: bytes, folder: Path) -> Path:
    path = folder / "file"
    path.write_bytes(data)
    return path


WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
DTYPES = st.sampled_from(["<i8", "<i4", "<u2", "|u1", "<f4", "<f8"])
SHAPES = st.lists(st.integers(0, 3), min_size=0, max_size=3).map(tuple)
OWN = {"format", "sha256", "content_sha256", "block_size", "times"}


@settings(max_examples=40, deadline=None)
@given(
    arrays=st.dictionaries(WORDS.filter(lambda name: name[0] not in "_b"), st.tuples(DTYPES, SHAPES), max_size=4),
    metadata=st.dictionaries(WORDS.filter(lambda name: name not in OWN), WORDS, max_size=3),
)
def test_any_names_types_and_shapes(
    arrays: dict[str, tuple[str, tuple[int, ...]]], metadata: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    rng = np.random.default_rng(0)
    made = {name: (100 * rng.random(shape)).astype(dtype) for name, (dtype, shape) in arrays.items()}
    path = laid_down(written(made, metadata, {"started": "now"}), tmp_path_factory.getbasetemp())
    found = read(path, FORM, None)
    theirs = load_file(path)
    assert {name: value for name, value in found.metadata.items() if name not in OWN} == metadata
    assert found.times == {"started": "now"}
    assert set(theirs) - {"block_sha256"} == set(found.arrays) == set(made)
    for name, array in made.items():
        assert (found.arrays[name].dtype, found.arrays[name].shape) == (array.dtype, array.shape)
        assert found.arrays[name].tobytes() == theirs[name].tobytes() == array.tobytes()
        assert found.arrays[name].flags.aligned


def test_it_is_as_spelt_by_hand() -> None:
    data = np.random.default_rng(0).random((1 << 15, 5)).astype(np.float32)
    data_parts = [data[:7], data[7:9000], data[9000:]]
    arrays = {"counts": np.arange(5), "matrix": data, "words": np.arange(9, dtype=np.uint8)}
    metadata = {"more": 'ä"\\'}
    times = json.dumps({"seconds": 1.5}).ljust(1024)
    by_hand = naive.made(FORM, arrays, **metadata, times=times)
    assert unpadded(written(arrays, metadata, {"seconds": 1.5})) == unpadded(by_hand)
    streamed = {**arrays, "matrix": Stream("F32", (part.ravel() for part in data_parts))}
    header, content = naive.parts(written(streamed, metadata, {"seconds": 1.5}))
    assert content == naive.parts(by_hand)[1]
    assert header["matrix"]["shape"] == [5 << 15]


def test_the_recipe_of_the_docs_verifies_a_file() -> None:
    """As docs/formats.md tells it to whoever uses another language."""
    whole = written(SMALL_ARRAYS, {"run": "{}"}, {"started": "now"})
    length = int.from_bytes(whole[:8], "little")
    header, data = json.loads(whole[8 : 8 + length]), whole[8 + length :]
    begin, end = header["block_sha256"]["data_offsets"]
    metadata = header["__metadata__"]
    size = int(metadata["block_size"])
    hashes = [hashlib.sha256(data[at : min(at + size, begin)]).digest() for at in range(0, begin, size)]
    assert b"".join(hashes) == data[begin:end]
    for name, left_out in (("sha256", ["sha256"]), ("content_sha256", ["sha256", "content_sha256", "times"])):
        header["__metadata__"] = {key: value for key, value in metadata.items() if key not in left_out}
        text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
        assert hashlib.sha256(text + data[begin:end]).hexdigest() == metadata[name]


def test_times_change_only_their_own_hash(tmp_path: Path) -> None:
    one, other = (written(SMALL_ARRAYS, {}, {"started": name}) for name in ("now", "then"))
    differ = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    header = json.loads(one[8 : 8 + int.from_bytes(one[:8], "little")])
    places = [one.index(header["__metadata__"][name].encode()[:9]) for name in ("sha256",)]
    places.append(one.index(b'"times":"'))
    assert all(any(place <= at < place + 100 for place in places) for at in differ)
    hashes = {read(laid_down(data, tmp_path), FORM, LAYOUT).content_sha256 for data in (one, other)}
    assert len(hashes) == 1
    assert hashes == {read(laid_down(written(SMALL_ARRAYS), tmp_path), FORM, LAYOUT).content_sha256}


@pytest.mark.slow
@pytest.mark.parametrize("cores", [1, 3])
def test_threads_change_no_byte(cores: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("writing", "reading"):
        monkeypatch.setattr(f"w2v.files.tensors.{module}.available_threads", lambda: cores)
    array = np.random.default_rng(0).integers(0, 99, 9_000_001, dtype=np.int32)
    few, columns = array[:100].astype(np.int64), array[:6_000_000].reshape(-1, 3)[:, :2]
    whole = written({"a": few, "b": array[::-1], "c": columns})
    by_hand = naive.made(FORM, {"a": few, "b": array[::-1].copy(), "c": columns.copy()})
    assert unpadded(whole) == unpadded(by_hand)
    path = laid_down(whole, tmp_path)
    assert read(path, FORM, None).is_all_checked
    flipped = bytearray(whole)
    flipped[20_000_000] ^= 1
    path.write_bytes(flipped)
    before = threading.active_count()
    with pytest.raises(ValueError, match=r"it is damaged: the sha256 of block 76 \(b\) is another one"):
        read(path, FORM, None)
    assert threading.active_count() == before


def test_only_the_blocks_that_are_asked_for_are_read(tmp_path: Path) -> None:
    arrays = {"long": np.arange(100_000), "wide": np.zeros((99_999, 10), np.float32), "extra": np.zeros(9, np.uint8)}
    whole = bytearray(written(arrays))
    start = 8 + int.from_bytes(whole[:8], "little")
    whole[start + 2_500_000] ^= 1  # in the 43,000th row of `wide`
    with laid_down(bytes(whole), tmp_path).open("rb") as file:
        found = TensorFile(file, FORM, LAYOUT)
        found.check(["long", "extra"])
        found.check(["wide"], rows=30_000)
        assert not found.is_all_checked
        for check in (lambda: found.check(["wide"]), found.check_all, lambda: found.check(["wide"], rows=50_000)):
            with pytest.raises(ValueError, match=r"block 9 \(wide\)"):
                check()


def test_a_file_that_is_cut_while_it_is_read_is_an_error(tmp_path: Path) -> None:
    path = laid_down(written({"wide": np.zeros((99_999, 10), np.float32), "long": np.arange(100_000)}), tmp_path)
    with path.open("r+b") as file:
        found = TensorFile(file, FORM, LAYOUT)
        file.truncate(1_000_000)
        with pytest.raises(ValueError, match="cut short while it was read"):
            found.check_all()


def test_unknown_tensors_are_ignored(tmp_path: Path) -> None:
    """Those of a later version, of types that nobody knows yet, and the names that are taken for later."""
    whole = written(SMALL_ARRAYS)
    more = with_more(whole, "ngrams", np.zeros((2, 3), np.uint8), "F8_E4M3")
    more = with_more(more, "later", np.zeros(7, np.int16), "I16")
    found = read(laid_down(more, tmp_path), FORM, LAYOUT)
    assert set(found.arrays) == {"wide", "long"}
    assert found.is_all_checked


def test_layouts(tmp_path: Path) -> None:
    for change, message in (
        ({"long": np.arange(5)}, r"tensor 'long' is I64 \[5\], not I64 \[V\+1\] with V = 3"),
        ({"long": np.arange(0)}, r"tensor 'long' is I64 \[0\], not I64 \[V\+1\]"),
        ({"wide": np.zeros((3, 2))}, r"tensor 'wide' is F64 \[3, 2\], not F32 \[V, D\]"),
        ({"wide": None}, "tensor 'wide' is missing"),
        ({"extra": np.zeros((1, 1), np.uint8)}, r"tensor 'extra' is U8 \[1, 1\], not U8 \[N\]"),
    ):
        arrays = {name: array for name, array in {**SMALL_ARRAYS, **change}.items() if array is not None}
        with pytest.raises(ValueError, match=message):
            read(laid_down(written(arrays), tmp_path), FORM, LAYOUT)


def test_versions(tmp_path: Path) -> None:
    path = laid_down(written(SMALL_ARRAYS), tmp_path)
    assert form_of(path) == FORM
    with pytest.raises(NewerVersionError, match=r"a newer w2v wrote it: its format is 'w2v.test/1'"):
        read(path, "w2v.test/0", LAYOUT)
    with pytest.raises(ValueError, match=r"its format is 'w2v.test/1', not 'w2v.test/2'"):
        read(path, "w2v.test/2", LAYOUT)


@given(words=st.lists(WORDS, min_size=1, max_size=9))
def test_words(words: list[str]) -> None:
    packed: dict[str, Any] = packed_words(words)
    assert cut_words(packed["words"], packed["word_offsets"], unique=False) == words
    if len(set(words)) < len(words):
        with pytest.raises(ValueError, match="twice"):
            cut_words(packed["words"], packed["word_offsets"])


@given(words=st.lists(WORDS, min_size=1, max_size=9))
def test_packed_words_are_packed_as_they_are(words: list[str]) -> None:
    packed: dict[str, Any] = packed_words(words)
    again = packed_words(PackedWords(packed["words"], packed["word_offsets"]))
    assert all(np.array_equal(again[name], packed[name]) and again[name].dtype == packed[name].dtype for name in packed)


@given(words=st.lists(WORDS, min_size=1, max_size=5), data=st.data())
def test_words_cut_anywhere_are_words_or_an_error(words: list[str], data: st.DataObject) -> None:
    """Never half a character, never another number of words."""
    text: Any = packed_words(words)["words"]
    inner = data.draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True).map(sorted))
    offsets = np.array([0, *(at for at in inner if 0 < at < len(text)), len(text)])
    pieces = [text[begin:end].tobytes() for begin, end in pairwise(offsets.tolist())]
    try:
        wanted = [piece.decode() for piece in pieces]
    except UnicodeDecodeError:
        with pytest.raises(ValueError, match=r"the word of row \d is not UTF-8"):
            cut_words(text, offsets, unique=False)
    else:
        assert cut_words(text, offsets, unique=False) == wanted


def test_the_kinds_of_own_files_say_what_they_are(tmp_path: Path) -> None:
    path = laid_down(naive.made("w2v.tokens/1", {}), tmp_path)
    assert own.own_file(path) is own.OWN_FILES["tokens"]
    for other in ("w2v.vectors/1", "pt", "x.tokens/1", "w2v.unknown/1"):
        assert own.own_file(laid_down(naive.made(other, {}), tmp_path)) is None
    (tmp_path / "run.checkpoint").mkdir()
    assert own.own_file(tmp_path / "run.checkpoint") is own.OWN_FILES["checkpoint"]
    assert own.own_file(tmp_path) is None
    assert own.own_file(tmp_path / "absent") is None


def test_a_stream_is_never_in_memory_as_a_whole() -> None:
    def parts() -> Iterator[np.ndarray]:
        for number in range(50):
            part = np.full(1000, number, np.int32)
            yield part
            part[:] = -1  # the writer is done with it

    whole = written({"a": Stream("I32", parts())})
    assert naive.parts(whole)[1] == np.repeat(np.arange(50, dtype=np.int32), 1000).tobytes()


def test_other_tools_see_the_metadata(tmp_path: Path) -> None:
    path = laid_down(written(SMALL_ARRAYS, {"note": "ä"}), tmp_path)
    with safe_open(path, framework="numpy") as file:
        assert file.metadata()["note"] == "ä"
        assert file.metadata()["format"] == FORM
        assert file.metadata()["block_size"] == str(writing.BLOCK)
