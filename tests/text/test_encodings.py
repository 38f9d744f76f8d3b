"""Text in other encodings: decoded in any pieces, refused with the place of the bad byte, or replaced and counted."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2v.errors import CorpusError, SettingsError
from w2v.text import Reading, Texts

ENCODINGS = [
    "cp1252",
    "latin-1",
    "utf-16",
    "utf-16-le",
    "utf-32",
    "gb18030",
    "shift-jis",
    "euc-kr",
    "koi8-r",
    "utf-8-sig",
]


def words(path: Path, encoding: str, block_size: int = 64, errors: str = "strict") -> list[str]:
    reading = Reading(encoding=encoding, encoding_errors=errors)  # type: ignore[arg-type]
    return b"".join(Texts(path, reading).reader(block_size=block_size)).decode().split()


@settings(max_examples=100, deadline=None)
@given(
    text=st.text(alphabet="ab é日本語один한국 \n", max_size=200),
    encoding=st.sampled_from(ENCODINGS),
    block_size=st.sampled_from([1, 65, 1 << 20]),
)
def test_as_python_decodes(tmp_path_factory: pytest.TempPathFactory, text: str, encoding: str, block_size: int) -> None:
    data = text.encode(encoding, "ignore")
    path = tmp_path_factory.mktemp("encodings") / "text.txt"
    for packed in (data, gzip.compress(data)):
        path.write_bytes(packed)
        assert words(path, encoding, block_size) == data.decode(encoding).split()
    lines = [text.text for text in Texts(path, Reading(encoding=encoding))]
    assert lines == [line for line in data.decode(encoding).split("\n") if line.strip()]


@pytest.mark.parametrize(
    ("encoding", "good", "bad"),
    [
        ("cp1252", "für ", b"\x81"),
        ("shift-jis", "日本 ", b"\xff"),
        ("gb18030", "汉字 ", b"\xff"),
        ("ascii", "a b ", b"\xe4"),
    ],
)
@pytest.mark.parametrize("block_size", [1, 64, 1000, 1 << 20])
def test_the_offset_of_the_first_bad_byte(
    tmp_path: Path, encoding: str, good: str, bad: bytes, block_size: int
) -> None:
    before = (good * 500).encode(encoding)
    path = tmp_path / "text.txt"
    path.write_bytes(before + bad + before)
    with pytest.raises(UnicodeDecodeError) as python:
        path.read_bytes().decode(encoding)
    with pytest.raises(CorpusError) as caught:
        words(path, encoding, block_size)
    assert f"byte {python.value.start:,} (0x{bad.hex()}) is not valid in the encoding" in caught.value.message
    assert "--encoding-errors replace" in caught.value.hint
    expected = path.read_bytes().decode(encoding, "replace")
    reader = Texts(path, Reading(encoding=encoding, encoding_errors="replace")).reader(block_size=block_size)
    assert b"".join(reader).decode().split() == expected.split()
    assert reader.tally.replaced_places == expected.count("\ufffd")
    path.write_bytes(gzip.compress(path.read_bytes()))
    with pytest.raises(CorpusError, match="of the decompressed text"):
        words(path, encoding, block_size)


def test_what_is_cut_at_its_end(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_bytes("a b ü".encode("utf-16-le")[:-1])
    with pytest.raises(CorpusError, match=r"byte 8 \(0xfc\) is not valid in the encoding utf-16-le"):
        words(tmp_path, "utf-16-le")


def test_nul_is_no_text_in_any_encoding(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_bytes(b"a b\0c")
    with pytest.raises(CorpusError, match=r"byte 3 of the text \(as UTF-8\) is NUL"):
        words(tmp_path, "cp1252")
    assert words(tmp_path, "cp1252", errors="replace") == ["a", "b\ufffdc"]


@pytest.mark.parametrize(
    ("encoding", "cure"),
    [
        ("cp1525", "did you mean 'cp1252'"),
        ("rot13", "name one"),
        ("idna", "name one"),
        ("", "name one"),
        (None, "name one"),
    ],
)
def test_names_that_python_does_not_know(encoding: str, cure: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Reading(encoding=encoding)
    assert f"encoding is {encoding!r}" in caught.value.message
    assert cure in caught.value.hint


def test_names_of_utf8_are_one() -> None:
    assert {Reading(encoding=name) for name in ("utf-8", "UTF8", "utf_8", "utf-8-sig", "U8")} == {Reading()}
    assert Reading(encoding="Windows-1252").encoding == "cp1252"
