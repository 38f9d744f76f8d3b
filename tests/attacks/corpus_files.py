"""Bad corpora: no text, cut, damaged, made to fill the memory; and whole ones that look odd. Not here: their tests."""

from __future__ import annotations

import bz2
import gzip
import lzma
import pickle
from collections.abc import Callable

import zstandard

TEXT = "".join(f"word{number} über {number**3}\n" for number in range(300)).encode()
GERMAN = "Für Äpfel und Öl, größer als süß. " * 50


def zstd(data: bytes) -> bytes:
    """A frame with a checksum, as the command writes it."""
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


PACK: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstd}
NAMES = {"gz": "gzip", "bz2": "bzip2", "xz": "xz", "zst": "zstd"}


def _wide_zstd() -> bytes:
    parameters = zstandard.ZstdCompressionParameters(window_log=28, compression_level=1)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    return packer.compress(TEXT) + packer.flush()


def _wide_xz() -> bytes:
    return lzma.compress(TEXT, filters=[{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 28}])


def _compressed() -> list[tuple[str, bytes, str]]:
    attacks = []
    for suffix, pack in PACK.items():
        data, name = pack(TEXT), NAMES[suffix]
        middle = len(data) // 2
        attacks += [
            (f"nothing.{suffix}", b"", f"the {name} data end too early"),
            (f"three-bytes.{suffix}", data[:3], f"the {name} data end too early"),
            (f"cut.{suffix}", data[:middle], f"the {name} data end too early"),
            (f"cut-checksum.{suffix}", data[:-3], f"the {name} data end too early"),
            (f"cut-second.{suffix}", data + data[:-3], f"the {name} data end too early"),
            (f"flipped.{suffix}", data[:middle] + bytes([data[middle] ^ 16]) + data[middle + 1 :], "damaged"),
            (f"flipped-checksum.{suffix}", data[:-8] + bytes([data[-8] ^ 16]) + data[-7:], "damaged"),
            (f"page-behind.{suffix}", data + b"<html></html>", "something else follows"),
            (f"text-behind.{suffix}", data + b"more text, not compressed\n", "something else follows"),
            (f"twice.{suffix}", pack(pack(TEXT)), f"this is {name} data inside {name}"),
            (f"pickle.{suffix}", pack(pickle.dumps(print)), "this is a Python pickle, not text"),
            (f"latin-1.{suffix}", pack(GERMAN.encode("latin-1")), "of the decompressed text (0xfc) is not UTF-8"),
            (f"endless-word.{suffix}", pack(b"x" * (64 << 20)), "no white space for 16,777,216 bytes"),
            (f"zeros.{suffix}", pack(bytes(64 << 20)), "byte 0 of the decompressed text is NUL"),
        ]
    return attacks


CORPORA: list[tuple[str, bytes, str]] = [
    ("nul.txt", b"a b c\0d", "byte 5 is NUL"),
    ("zeros.txt", bytes(1000), "byte 0 is NUL"),
    ("latin-1.txt", GERMAN.encode("latin-1"), "byte 1 (0xfc) is not UTF-8"),
    ("koi8.txt", ("Все счастливые семьи похожи. " * 50).encode("koi8-r"), "is not UTF-8"),
    ("gb18030.txt", ("汉字，" * 99).encode("gb18030"), "is not UTF-8"),
    ("shift-jis.txt", ("日本語の文。" * 99).encode("shift-jis"), "is not UTF-8"),
    ("utf-16.txt", GERMAN.encode("utf-16"), "this is UTF-16, not UTF-8"),
    ("utf-16-be.txt", b"\xfe\xff" + GERMAN.encode("utf-16-be"), "this is UTF-16, not UTF-8"),
    ("utf-16-le-unmarked.txt", GERMAN.encode("utf-16-le"), "this is UTF-16LE, not UTF-8"),
    ("utf-16-be-unmarked.txt", GERMAN.encode("utf-16-be"), "this is UTF-16BE, not UTF-8"),
    ("utf-32.txt", GERMAN.encode("utf-32"), "this is UTF-32, not UTF-8"),
    ("utf-32-be.txt", b"\0\0\xfe\xff" + GERMAN.encode("utf-32-be"), "this is UTF-32, not UTF-8"),
    ("one-bad-byte.txt", GERMAN.encode() + b"\xe4 " + GERMAN.encode(), "is not UTF-8"),
    ("cut-character.txt", GERMAN.encode()[:-2] + b"\xc3", "is not UTF-8"),
    ("overlong.txt", b"a \xc0\x80 b", "byte 2 (0xc0) is not UTF-8"),
    ("overlong-slash.txt", b"a \xe0\x80\xaf b", "byte 2 (0xe0) is not UTF-8"),
    ("surrogate.txt", b"a \xed\xa0\x80 b", "byte 2 (0xed) is not UTF-8"),
    ("beyond-unicode.txt", b"a \xf4\x90\x80\x80 b", "byte 2 (0xf4) is not UTF-8"),
    ("continuation.txt", b"a \x80 b", "byte 2 (0x80) is not UTF-8"),
    ("late-byte.txt", b"a b c d e f g h " * 400_000 + b"\xff", "byte 6,400,000 (0xff) is not UTF-8"),
    ("program.txt", b"\x7fELF\x02\x01\x01\0\0\0", "this is a program, not text"),
    ("image.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "this is a PNG image, not text"),
    ("photograph.txt", b"\xff\xd8\xff\xe0\0\x10JFIF\0", "this is a JPEG image, not text"),
    ("document.txt", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "this is a PDF document, not text"),
    ("archive.txt", b"PK\x03\x04\x14\0\0\0", "this is a zip archive"),
    ("seven.txt", b"7z\xbc\xaf\x27\x1c\0\x04", "this is a 7z archive"),
    ("rar.txt", b"Rar!\x1a\x07\x01\0", "this is a RAR archive"),
    ("word.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "this is an old Office document"),
    ("base.txt", b"SQLite format 3\0\x10\0", "this is an SQLite database"),
    ("array.npy", b"\x93NUMPY\x01\0v\0", "this is a numpy array"),
    ("hdf5.txt", b"\x89HDF\r\n\x1a\n\0", "this is an HDF5 file"),
    ("parquet.txt", b"PAR1\x15\x04\xff\0", "this is a Parquet file"),
    *((f"protocol{number}.txt", pickle.dumps([print], protocol=number), "a Python pickle") for number in range(2, 6)),
    ("tape.txt", b"name" + bytes(253) + b"ustar\x0000", "this is a tar archive, not text"),
    ("endless-word.txt", b"x" * (20 << 20), "no white space for 16,777,216 bytes from byte 0 on"),
    ("endless-line.txt", b"a b " + "字".encode() * (6 << 20), "no white space for 16,777,216 bytes from byte 4 on"),
    (
        "memory.xz",
        lzma.compress(TEXT, filters=[{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 28}]),
        "MiB of",
    ),
    ("memory.zst", _wide_zstd(), "takes more than 128 MiB of memory"),
    ("header.gz", gzip.compress(TEXT)[:2] + b"\x07" + gzip.compress(TEXT)[3:], "is not UTF-8"),
    *_compressed(),
]
