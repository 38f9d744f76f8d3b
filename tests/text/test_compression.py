"""Compressed corpora: whole ones are read, whatever their ratio; cut, damaged or trailing data are an error."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import lzma
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zstandard

from w2v.errors import CorpusError
from w2v.text.compression import decompress, detect

TEXT = "".join(f"word{number} über {number**3}\n" for number in range(300)).encode()


def zstd_stream(data: bytes) -> bytes:
    """A frame that does not say how long its text is, as `zstd < pipe` writes it."""
    compressor = zstandard.ZstdCompressor(write_checksum=True).compressobj()
    return compressor.compress(data) + compressor.flush()


SKIPPABLE = b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd"
PACK: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstd_stream,
}
every_format = pytest.mark.parametrize("suffix", PACK)


def unpack(data: bytes, step: int = 1 << 16, name: str = "corpus.txt") -> bytes:
    form = detect(data[: max(step, 64)], name)
    assert form is not None
    chunks = (data[at : at + step] for at in range(0, len(data), step))
    return b"".join(decompress(chunks, form, name))


@every_format
@pytest.mark.parametrize("step", [1, 7, 1 << 20])
def test_members_one_after_the_other(suffix: str, step: int) -> None:
    pack = PACK[suffix]
    assert unpack(pack(TEXT), step) == TEXT
    assert unpack(pack(TEXT) + pack(b"") + pack(b"more"), step) == TEXT + b"more"
    assert unpack(pack(b""), step) == b""


def test_padding_and_frames_to_skip() -> None:
    assert unpack(gzip.compress(TEXT) + bytes(700)) == TEXT
    assert unpack(lzma.compress(TEXT) + bytes(8) + lzma.compress(b"more") + bytes(4), 3) == TEXT + b"more"
    assert unpack(SKIPPABLE + zstd_stream(TEXT) + SKIPPABLE, 5) == TEXT
    assert unpack(zstandard.compress(TEXT)) == TEXT


@every_format
def test_every_cut_is_an_error(suffix: str) -> None:
    data = PACK[suffix](TEXT)
    for length in [*range(len(data))[:: max(1, len(data) // 150)], *range(len(data) - 20, len(data))]:
        with pytest.raises(CorpusError, match=r"corpus\.(gz|bz2|xz|zst): the \w+ data end too early") as caught:
            unpack(data[:length], name=f"corpus.{suffix}")
        assert "again" in caught.value.hint


@every_format
def test_a_cut_second_member_is_an_error(suffix: str) -> None:
    data = PACK[suffix](TEXT)
    with pytest.raises(CorpusError, match=f"end too early, after {len(TEXT):,} bytes"):
        unpack(data + data[:5])


@every_format
def test_something_else_behind_the_data(suffix: str) -> None:
    for step in (1, 1 << 20):
        with pytest.raises(
            CorpusError, match=f"data end after {len(TEXT):,} bytes of text, and something else follows"
        ):
            unpack(PACK[suffix](TEXT) + b"<html>not found</html>", step)


@every_format
def test_damage_is_an_error(suffix: str) -> None:
    """Whichever byte is flipped, the text is right or there is an error."""
    data = PACK[suffix](TEXT)
    for at in range(0, len(data), max(1, len(data) // 120)):
        broken = data[:at] + bytes([data[at] ^ 0x20]) + data[at + 1 :]
        if detect(broken, "corpus.txt"):
            with contextlib.suppress(CorpusError):
                assert unpack(broken) == TEXT


@pytest.mark.slow
@pytest.mark.parametrize(("suffix", "size", "most"), [("gz", 64, 1), ("bz2", 2, 1), ("xz", 16, 1), ("zst", 256, 33)])
def test_a_bomb_streams(suffix: str, size: int, most: int) -> None:
    """So many MiB of one word: what comes out at a time stays small, though all goes in at once."""
    data = PACK[suffix](b"the " * (size << 18))
    form = detect(data, "bomb")
    assert form is not None
    sizes = [len(text) for text in decompress(iter([data]), form, "bomb")]
    assert sum(sizes) == size << 20
    assert max(sizes) <= most << 20


def test_a_decoder_remembers_128_mib_at_most() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=28, compression_level=1)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    long = packer.compress(TEXT) + packer.flush()
    wide = lzma.compress(TEXT, filters=[{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 28}])
    for data, cure in ((long, "zstd -dc --long=31 corpus.txt | w2v train -"), (wide, "xz -dc --memlimit=0")):
        with pytest.raises(CorpusError, match="takes more than 128 MiB of memory") as caught:
            unpack(data)
        assert cure in caught.value.hint
    strongest = [lzma.compress(TEXT, preset=9 | lzma.PRESET_EXTREME), zstandard.compress(TEXT, 22)]
    assert list(map(unpack, strongest)) == [TEXT, TEXT]


def test_names_do_not_count() -> None:
    assert detect(b"plain text", "corpus.gz") is None
    assert detect(gzip.compress(b"x"), "corpus.txt") is not None
    assert detect(b"BZh9 is how this text begins", "corpus.txt") is None
    assert detect(b"", "corpus.txt") is None


def test_an_empty_file_with_a_compressed_name_is_cut_short() -> None:
    form = detect(b"", "corpus.txt.gz")
    assert form is not None
    with pytest.raises(CorpusError, match="end too early, after 0 bytes"):
        list(decompress(iter([]), form, "corpus.txt.gz"))


@pytest.mark.slow
def test_real_corpus_by_all_formats(shared: Path) -> None:
    data = (shared / "corpora" / "wiki-zh.txt.xz").read_bytes()
    text = lzma.decompress(data)
    assert unpack(data, 10_000) == text
    for pack in PACK.values():
        assert unpack(pack(text[:500_000]), 30_000) == text[:500_000]


def test_errors_of_the_source_pass_through() -> None:
    def failing() -> Iterator[bytes]:
        yield gzip.compress(TEXT)[:50]
        raise CorpusError("the disk is gone")

    form = detect(b"\x1f\x8b\x08", "x")
    assert form is not None
    with pytest.raises(CorpusError, match="the disk is gone"):
        list(decompress(failing(), form, "x"))
