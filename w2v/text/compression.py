"""Decompression while reading: gzip, bzip2, xz and zstd, recognised by their first bytes, not by the name of the file.

Several members in one file (`cat a.gz b.gz`, pigz, pzstd) are read one after the other. Data that end too early, are
damaged, or are followed by something else raise CorpusError. At most tens of megabytes come out of one step, however
high the ratio is, so a corpus of any ratio streams. A decoder remembers 128 MiB of text at most, which is enough for
all levels of xz and zstd (but not for `zstd --long=31`).
"""

from __future__ import annotations

import bz2
import lzma
import shlex
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from w2v.errors import CorpusError
from w2v.text.sources import STANDARD_INPUT

__all__ = ["Compression", "decompress", "detect", "without_suffix"]

_MOST = 1 << 20  # bytes of text that gzip, bzip2 and xz return at a time
_WINDOW = 1 << 27  # bytes of text that xz and zstd may look back on; touched only as far as the text fills it


def _inflate(decoder: Any, data: bytes) -> Iterator[bytes]:
    text = decoder.decompress(data, _MOST)
    yield text
    while len(text) == _MOST and not decoder.eof:
        text = decoder.decompress(decoder.unconsumed_tail, _MOST)
        yield text


def _expand(decoder: Any, data: bytes) -> Iterator[bytes]:
    yield decoder.decompress(data, _MOST)
    while not decoder.eof and not decoder.needs_input:
        yield decoder.decompress(b"", _MOST)


def _whole(decoder: Any, data: bytes) -> Iterator[bytes]:
    yield decoder.decompress(data)


def _zstd_decoder() -> Any:
    import zstandard

    return zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj()


@dataclass(frozen=True)
class Compression:
    """One format: how its files begin, and how they are decompressed.

    magics: the first bytes of a file. command: what decompresses a file in a shell; unlimited: the same, however much
    memory it takes. step: how many compressed bytes a decoder gets at once, None for all; zstd's decoder cannot be told
    how much to return, and makes at most 128 KiB of 4 bytes. padding: whether zero bytes may follow the data.
    """

    name: str
    magics: tuple[bytes, ...]
    suffixes: tuple[str, ...]
    command: str
    decoder: Callable[[], Any]
    feed: Callable[[Any, bytes], Iterator[bytes]]
    unlimited: str = ""
    step: int | None = None
    padding: bool = False


_FORMATS = (
    Compression(
        "gzip", (b"\x1f\x8b\x08",), (".gz", ".gzip"), "gzip -dc", lambda: zlib.decompressobj(31), _inflate, padding=True
    ),
    Compression(
        "bzip2",
        tuple(b"BZh%d" % level + block for level in range(1, 10) for block in (b"1AY&SY", b"\x17rE8P\x90")),
        (".bz2",),
        "bzip2 -dc",
        bz2.BZ2Decompressor,
        _expand,
    ),
    Compression(
        "xz",
        (b"\xfd7zXZ\x00",),
        (".xz",),
        "xz -dc",
        lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_WINDOW + (1 << 20)),
        _expand,
        "xz -dc --memlimit=0",
        padding=True,
    ),
    Compression(
        "zstd",
        (b"\x28\xb5\x2f\xfd", *(bytes((byte, 0x2A, 0x4D, 0x18)) for byte in range(0x50, 0x60))),
        (".zst", ".zstd"),
        "zstd -dc",
        _zstd_decoder,
        _whole,
        "zstd -dc --long=31",
        step=1024,
    ),
)


def detect(head: bytes, name: str) -> Compression | None:
    """Return the format of a file that begins with `head`; None where it is not compressed.

    The name counts in one case: a file called .gz that holds nothing, or no more than the beginning of a gzip header.
    """
    for form in _FORMATS:
        if head.startswith(form.magics):
            return form
        if name.lower().endswith(form.suffixes) and any(magic.startswith(head) for magic in form.magics):
            return form
    return None


def without_suffix(name: str) -> str:
    """Return the name of a file without the suffix of a compression: "a.csv.gz" is "a.csv"."""
    suffixes = (suffix for form in _FORMATS for suffix in form.suffixes)
    return next((name[: -len(suffix)] for suffix in suffixes if name.lower().endswith(suffix)), name)


def decompress(chunks: Iterator[bytes], form: Compression, name: str) -> Iterator[bytes]:
    """Decompress the `chunks` of the file `name`. Raises CorpusError for bad data."""
    import zstandard  # its error class is needed to catch it

    path = "FILE" if name == STANDARD_INPUT else shlex.quote(name)

    damage = (zlib.error, lzma.LZMAError, zstandard.ZstdError, OSError, EOFError, ValueError)
    decoder, members, done = None, 0, 0
    begun = 0  # how much text there was when the member began
    for piece in _pieces(chunks, form.step):
        data = piece
        while data:
            if decoder is None:
                data = data.lstrip(b"\0") if form.padding and members else data
                if not data:
                    break
                decoder, begun = form.decoder(), done
            try:
                for text in form.feed(decoder, data):
                    done += len(text)
                    yield text
            except damage as error:
                if "memory" in str(error).lower():
                    raise CorpusError(
                        f"{name}: unpacking its {form.name} data takes more than {_WINDOW >> 20} MiB of memory",
                        hint=f"if you trust it: {form.unlimited} {path} | w2v train -",
                    ) from error
                if members and done == begun:
                    raise CorpusError(
                        f"{name}: the {form.name} data end after {done:,} bytes of text, and something else follows",
                        hint=f"copy the file again, or keep what is good: {form.command} {path} > text.txt",
                    ) from error
                raise CorpusError(
                    f"{name}: damaged {form.name} data after {done:,} bytes of text ({error})",
                    hint="copy or download the file again",
                ) from error
            data = decoder.unused_data if decoder.eof else b""
            if decoder.eof:
                decoder, members = None, members + 1
    if decoder is not None or not members:
        raise CorpusError(
            f"{name}: the {form.name} data end too early, after {done:,} bytes of text",
            hint="the file is cut short: copy or download it again",
        )


def _pieces(chunks: Iterator[bytes], step: int | None) -> Iterator[bytes]:
    if step is None:
        return chunks
    return chain.from_iterable((chunk[at : at + step] for at in range(0, len(chunk), step)) for chunk in chunks)
