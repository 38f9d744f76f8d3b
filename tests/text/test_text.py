"""Blocks of valid UTF-8: nothing lost, nothing cut, and errors that say where and what to do."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import pickle
import struct
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2v.errors import CorpusError
from w2v.text.decoding import PADDING, TextReader
from w2v.text.folding import Folding
from w2v.text.reading import Reading
from w2v.text.sources import expand

pieces = st.one_of(
    st.sampled_from(
        [" ", "\n", "\t", "\r\n", "\v", "\f", "\x1f", "\u3000", "\u0085", "Σ", "ΑΣ", "İ", "ẞ", "ﬃ", "\ufeff"]
    ),
    st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8),
    st.integers(1, 200).map("x".__mul__),
)
texts = st.lists(pieces, max_size=40).map("".join)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("texts")


def read(
    path: Path, block_size: int = 1 << 16, encoding_errors: Literal["strict", "replace"] = "strict", **settings: object
) -> tuple[bytes, TextReader]:
    """The text, without what the reader adds; every block is checked."""
    reading = Reading(encoding_errors=encoding_errors)
    reader = TextReader(expand([path]), reading, block_size=block_size, **settings)  # type: ignore[arg-type]
    text = b""
    for block in reader:
        assert block.endswith(PADDING)
        assert block[: -len(PADDING)].isascii() or block.decode()
        text += block.replace(PADDING, b"", 1)
    return text, reader


def refusal(path: Path, **settings: Any) -> CorpusError:
    with pytest.raises(CorpusError) as caught:
        read(path, **settings)
    assert str(path) in caught.value.message
    assert caught.value.hint
    return caught.value


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(text=texts, block_size=st.sampled_from([1, 64, 100, 1 << 20]), lowercase=st.booleans())
def test_nothing_is_lost_and_no_word_is_cut(folder: Path, text: str, block_size: int, lowercase: bool) -> None:
    path = folder / "any.txt"
    path.write_bytes(text.encode())
    reader = TextReader(expand([path]), block_size=block_size, folding=Folding(lowercase=lowercase))
    words = [block.decode().split() for block in reader]
    expected = text.removeprefix("\ufeff")
    assert [word for block in words for word in block] == (expected.lower() if lowercase else expected).split()
    assert reader.bytes_read == len(text.encode())
    assert reader.fingerprint == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(
    parts=st.lists(st.one_of(texts.map(str.encode), st.binary(max_size=6), st.just(b"\xef\xbf\xbd")), max_size=12),
    block_size=st.sampled_from([1, 1 << 20]),
)
def test_replace_is_what_python_replaces(folder: Path, parts: list[bytes], block_size: int) -> None:
    data = b"ascii " * 20 + b"".join(parts)
    path = folder / "bad.txt"
    path.write_bytes(data)
    expected = data.decode(errors="replace").replace("\0", "\ufffd")
    reader = TextReader(expand([path]), Reading(encoding_errors="replace"), block_size=block_size)
    assert [word for block in reader for word in block.decode().split()] == expected.split()
    assert reader.tally.replaced_places == expected.count("\ufffd") - data.count("\ufffd".encode())
    good = data.decode(errors="ignore").replace("\0", "").encode()
    assert reader.tally.replaced_bytes == len(data) - len(good)


def test_lines_and_ends_of_files(tmp_path: Path) -> None:
    """Files end with a line end each; small ones share a block."""
    (tmp_path / "1.txt").write_bytes(b"\xef\xbb\xbfone two")
    (tmp_path / "2.txt").write_bytes(b"")
    (tmp_path / "3.txt").write_bytes(b"\xef\xbb\xbf\xef\xbb\xbfthree\r\n")
    blocks = list(TextReader(expand([tmp_path])))
    assert len(blocks) == 1
    lines = [line.split(" ") for line in blocks[0].decode().splitlines() if line.strip()]
    assert [[word for word in line if word] for line in lines] == [["one", "two"], ["\ufeffthree"]]


def test_a_word_of_many_blocks(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes(b"a " + b"x" * 3_000_000 + b" b")
    blocks = list(TextReader(expand([path]), block_size=1000))
    assert [word for block in blocks for word in block.split()] == [b"a", b"x" * 3_000_000, b"b"]


def test_text_without_spaces_is_cut_behind_wide_marks(tmp_path: Path) -> None:
    """A block then holds as much as without them: one line of Chinese does not fill the memory."""
    path = tmp_path / "line.txt"
    text = "今天天氣很好，我們去公園。「走吧」" * 2_000
    path.write_text(text, "utf-8")
    blocks = list(TextReader(expand([path]), block_size=1000, cut_at_wide_marks=True))
    assert max(map(len, blocks)) < 4_000
    assert "".join("".join(block.decode().split()) for block in blocks) == text
    from w2v.text.characters import character_classes
    from w2v.text.word_rules import CLASSES

    marks = character_classes()[list(map(ord, "\u3000。，、！？；：」』）"))]  # no word holds such a mark
    assert {CLASSES[mark] for mark in marks} == {"space", "wide"}


@pytest.mark.slow
@pytest.mark.parametrize(("wide", "cure"), [(False, "--tokenizer words"), (True, "break it into lines")])
def test_text_that_cannot_be_cut_has_a_limit(tmp_path: Path, wide: bool, cure: str) -> None:
    path = tmp_path / "endless.txt"
    path.write_bytes(b"a b " + "字".encode() * 6_000_000)
    error = refusal(path, cut_at_wide_marks=wide)
    assert "no white space for 16,777,216 bytes from byte 4 on" in error.message
    assert cure in error.hint
    path.write_bytes(bytes(17_000_000))
    assert "byte 0 is NUL" in refusal(path).message
    path.write_bytes(b"\x89PNG" + b"\xff" * 17_000_000)
    assert "this is a PNG image" in refusal(path, encoding_errors="replace").message


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("place", [0, 5, 70_000, 299_999])
def test_the_offset_of_the_first_bad_byte(tmp_path: Path, place: int, pack: type[bytes]) -> None:
    data = np.frombuffer("Ä öl ü\n".encode() * 30_000, dtype=np.uint8)[:300_000].copy()
    data[place] = 0xFE
    path = tmp_path / "corpus.txt"
    path.write_bytes(pack(data.tobytes()))
    with pytest.raises(UnicodeDecodeError) as caught:
        data.tobytes().decode()
    where = f"byte {caught.value.start:,}" + ("" if pack is bytes else " of the decompressed text")
    assert f"corpus.txt: {where} (0x" in refusal(path).message


def test_the_mark_counts_in_offsets(tmp_path: Path) -> None:
    path = tmp_path / "marked.txt"
    path.write_bytes(b"\xef\xbb\xbfab \xff")
    assert "byte 6 (0xff) is not UTF-8" in refusal(path).message


GERMAN = "Für Äpfel und Öl, größer als süß. " * 50
RUSSIAN = "Все счастливые семьи похожи друг на друга. " * 50


@pytest.mark.parametrize(
    ("data", "message", "cure"),
    [
        (
            GERMAN.encode("latin-1"),
            "byte 1 (0xfc) is not UTF-8",
            "Windows-1252: --encoding cp1252 reads it; or convert it: iconv -f WINDOWS-1252 -t UTF-8",
        ),
        (RUSSIAN.encode("koi8-r"), "byte 0 (0xf7) is not UTF-8", "in another encoding (GB18030"),
        (("汉字，" * 99).encode("gb18030"), "is not UTF-8", "in another encoding (GB18030"),
        (GERMAN.encode() + b"\xe4 " + GERMAN.encode(), "is not UTF-8", "--encoding-errors replace"),
        (GERMAN.encode()[:-2] + b"\xc3", "is not UTF-8", "--encoding-errors replace"),
        (GERMAN.encode("utf-16"), "this is UTF-16, not UTF-8", "iconv -f UTF-16 -t UTF-8"),
        (b"\xfe\xff" + GERMAN.encode("utf-16-be"), "this is UTF-16, not UTF-8", "iconv -f UTF-16 -t UTF-8"),
        (GERMAN.encode("utf-16-le"), "this is UTF-16LE, not UTF-8", "iconv -f UTF-16LE -t UTF-8"),
        (RUSSIAN.encode("utf-16-be"), "this is UTF-16BE, not UTF-8", "iconv -f UTF-16BE -t UTF-8"),
        (GERMAN.encode("utf-32"), "this is UTF-32, not UTF-8", "iconv -f UTF-32 -t UTF-8"),
        (b"foo\0bar baz\nabc\0def gh\n" * 20, "byte 3 is NUL", "make sure that it is a text file"),
        (b"a b c\0d", "byte 5 is NUL", "--encoding-errors replace"),
        (b"a b \xff c\0d", "byte 4 (0xff) is not UTF-8", "--encoding-errors replace"),
        (b"\x7fELF\x02\x01\x01\0\0\0", "this is a program, not text", "leave it out"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "this is a PNG image, not text", "leave it out"),
        (b"PK\x03\x04\x14\0\0\0", "this is a zip archive", "leave it out"),
        (pickle.dumps([1, 2]), "this is a Python pickle, not text", "leave it out"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "this is a PDF document, not text", "extract the text"),
        (struct.pack("<Q", 300) + b'{"embeddings":\xff', "these are vectors, not text", "name the text"),
        (b"2 2\nthe " + struct.pack("<2f", 0.5, -0.7), "these are vectors, not text", "name the text"),
        (b"name" + bytes(253) + b"ustar\x0000", "this is a tar archive, not text", "unpack it"),
    ],
)
def test_what_is_not_utf8(tmp_path: Path, data: bytes, message: str, cure: str) -> None:
    path = tmp_path / "corpus.txt"
    path.write_bytes(data)
    error = refusal(path)
    assert message in error.message
    assert cure in error.hint
    path.write_bytes(gzip.compress(data))
    error = refusal(path)
    assert message.split(" (")[0].split(" is NUL")[0] in error.message
    if "iconv" in cure:
        assert f"gzip -dc {path} | iconv" in error.hint


@pytest.mark.parametrize("data", [GERMAN.encode("utf-16"), b"\x7fELF\x02\0\0", gzip.compress(b"a", mtime=0)])
def test_replace_does_not_make_text_of_other_things(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "corpus.txt"
    path.write_bytes(gzip.compress(data))
    assert "this is" in refusal(path, encoding_errors="replace").message


def test_compressed_twice(tmp_path: Path) -> None:
    path = tmp_path / "corpus.gz"
    path.write_bytes(gzip.compress(lzma.compress(b"a b c" * 100)))
    assert "xz data inside gzip" in refusal(path).message


def test_text_that_begins_like_something_else(tmp_path: Path) -> None:
    """The first bytes of a PDF or of an archive are no reason to refuse what is valid UTF-8."""
    path = tmp_path / "corpus.txt"
    path.write_bytes("PAR1 %PDF- BZh9 für GIF8\n".encode())
    assert read(path)[0].decode().split() == ["PAR1", "%PDF-", "BZh9", "für", "GIF8"]
