"""What every kind of texts must do; run over the registry and over a toy. Not here: what one kind alone does."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import zstandard
from samples import SAMPLES, TEXTS

from w2v.errors import CorpusError
from w2v.lazy import find
from w2v.text import Reading, Text, Texts
from w2v.text.folding import Folding
from w2v.text.kinds import KINDS
from w2v.text.resemblance import resemblance

PACK: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.compress,
}


def reading_of(kind: str, input_format: str | None = None) -> Reading:
    return Reading(input_format=input_format or kind, **SAMPLES[kind].options)


def as_lower_case_words(kind: str) -> list[str]:
    """What a PDF can hold is what all kinds hold, but for the signs that HTML and PDF spell in their own way."""
    return [text.replace("<3", "loves") for text in TEXTS] if kind == "pdf" else TEXTS


def laid_down(kind: str, folder: Path, suffix: str = "") -> tuple[Path, list[Text]]:
    """A file with the texts, and what must be read from it."""
    sample = SAMPLES[kind]
    path = folder / f"small{sample.suffix}{suffix}"
    texts = as_lower_case_words(kind)
    path.write_bytes(PACK.get(suffix, bytes)(sample.write(texts)))
    return path, [Text(name.replace("FILE", str(path)), text) for name, text in zip(sample.ids, texts, strict=True)]


def test_every_kind_has_a_sample_and_says_what_it_is(kind: str) -> None:
    found = find(KINDS[kind])
    assert found.name == kind
    assert found.title
    assert SAMPLES[kind].suffix in found.suffixes


def test_texts_and_ids(kind: str, tmp_path: Path) -> None:
    path, expected = laid_down(kind, tmp_path)
    texts = Texts(path, reading_of(kind))
    assert list(texts) == expected
    assert list(texts) == expected  # files are read again
    assert texts.tally.texts == len(expected)
    assert list(texts.tally.kinds) == [kind]


def test_several_files_one_after_the_other(kind: str, tmp_path: Path) -> None:
    path, expected = laid_down(kind, tmp_path)
    again = shutil.copy(path, path.with_name(f"again{path.suffix}"))
    assert [text.text for text in Texts([path, again], reading_of(kind))] == 2 * [text.text for text in expected]


@pytest.mark.parametrize("suffix", PACK)
def test_compressed(kind: str, tmp_path: Path, suffix: str) -> None:
    path, expected = laid_down(kind, tmp_path, suffix)
    assert list(Texts(path, reading_of(kind))) == expected
    assert list(Texts(path, reading_of(kind, "auto"))) == expected


def test_recognised_by_name_or_by_content(kind: str, tmp_path: Path) -> None:
    path, expected = laid_down(kind, tmp_path)
    assert list(Texts(path, reading_of(kind, "auto"))) == expected
    if kind not in ("plain", "csv", "tsv"):  # so few rows could be sentences
        moved = path.rename(tmp_path / "small.txt")
        assert [text.text for text in Texts(moved, reading_of(kind, "auto"))] == [text.text for text in expected]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_standard_input(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: type[bytes]) -> None:
    path, expected = laid_down(kind, tmp_path)
    stream = SimpleNamespace(buffer=io.BytesIO(pack(path.read_bytes())), closed=False)
    monkeypatch.setattr(sys, "stdin", stream)
    texts = Texts("-", reading_of(kind))
    assert texts.size is None
    assert [text.text for text in texts] == [text.text for text in expected]


@pytest.mark.parametrize("block_size", [1, 64, 1 << 20])
def test_blocks_hold_the_words_of_the_texts_in_lines(kind: str, tmp_path: Path, block_size: int) -> None:
    path, expected = laid_down(kind, tmp_path)
    reader = Texts(path, reading_of(kind)).reader(block_size=block_size)
    lines = b"".join(reader).decode().split("\n")
    assert [line.split() for line in lines if line.strip()] == [text.text.split() for text in expected]
    assert reader.bytes_read == path.stat().st_size
    assert reader.text_bytes > 0


def test_lower_case(kind: str, tmp_path: Path) -> None:
    sample = SAMPLES[kind]
    (tmp_path / f"big{sample.suffix}").write_bytes(sample.write(["The CAT", "A Dog"]))
    reader = Texts(tmp_path, reading_of(kind)).reader(folding=Folding(lowercase=True))
    assert b"".join(reader).split() == [b"the", b"cat", b"a", b"dog"]


def test_damaged_files_are_one_line_and_a_cure(kind: str, tmp_path: Path) -> None:
    sample = SAMPLES[kind]
    path = tmp_path / f"bad{sample.suffix}"
    path.write_bytes(sample.damaged)
    for read in (list, lambda texts: list(texts.reader())):
        with pytest.raises(CorpusError) as caught:
            read(Texts(path, reading_of(kind)))
        assert sample.says in caught.value.message
        assert str(path) in caught.value.message
        assert caught.value.hint
        assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_every_cut_is_read_or_refused(kind: str, tmp_path: Path) -> None:
    path, _ = laid_down(kind, tmp_path)
    data = path.read_bytes()
    for length in range(0, len(data), 1 + len(data) // 200):
        path.write_bytes(data[:length])
        with contextlib.suppress(CorpusError):
            assert all(text.text for text in Texts(path, reading_of(kind)))


def test_bytes_of_another_encoding_name_the_cure(kind: str, tmp_path: Path) -> None:
    if kind == "pdf":
        return
    sample = SAMPLES[kind]
    german = "Für Äpfel und Öl, größer als süß"
    path = tmp_path / f"alt (Windows){sample.suffix}"
    path.write_bytes(sample.write([german] * 9).replace(b"\\u00", b"").decode().encode("cp1252", "replace"))
    if kind == "json":  # json.dumps escapes
        path.write_bytes(f'{{"title": "{german}"}}\n'.encode("cp1252") * 9)
    with pytest.raises(CorpusError) as caught:
        list(Texts(path, reading_of(kind)))
    assert "(0xfc) is not UTF-8" in caught.value.message
    assert "--encoding cp1252 reads it" in caught.value.hint
    assert f"'{path}'" in caught.value.hint
    reading = Reading(input_format=kind, encoding="cp1252", **SAMPLES[kind].options)
    assert [text.text for text in Texts(path, reading)] == [german] * 9


def test_what_is_read_as_plain_text_is_recognised_from_its_beginning(kind: str) -> None:
    sample = SAMPLES[kind]
    if kind != "pdf":  # which is refused, because it is no text
        said = resemblance(sample.write(TEXTS)[:4096], f"small{sample.suffix}")
        assert ("looks like" in said) == (kind != "plain")
        assert ("--" in said) == (kind != "plain")


@pytest.mark.slow
def test_memory_is_bounded_by_a_block(kind: str, tmp_path: Path) -> None:
    """Texts are handed on before all of them are read."""
    if kind in ("pdf", "toy"):
        return
    sample = SAMPLES[kind]
    path = tmp_path / f"many{sample.suffix}"
    path.write_bytes(sample.write(["one two three"] * 100_000))
    reader = Texts(path, reading_of(kind)).reader(block_size=1 << 16)
    sizes = [len(block) for block in reader]
    assert max(sizes) < 1 << 18
    assert sum(sizes) > 100_000 * 13
