"""Bad files of fastText and of floret, made here: a name, the bytes, and what the error must say."""

from __future__ import annotations

import gzip
import struct

import numpy as np

__all__ = ["FASTTEXT", "FLORET", "GOOD_FASTTEXT", "GOOD_FLORET", "fasttext", "floret"]

MAGIC = struct.pack("<2i", 793712314, 12)
ROWS, OUTPUTS = "<?2q8f", "<?2q4f"  # quantised, rows, dimensions, values


def fasttext(
    settings: dict[int, int] | bytes = b"",
    sizes: tuple[int, ...] | bytes = (2, 2, 0, 9, -1),
    **changes: bytes,
) -> bytes:
    """A fastText model of two words, two buckets, two dimensions.

    settings: numbers by place, which replace ours, or all of them as bytes. sizes: the numbers of words, or bytes.
    changes: other parts, by name.
    """
    numbers = [2, 5, 5, 1, 5, 1, 2, 2, 2, 3, 6, 100]
    for place, number in (settings if isinstance(settings, dict) else {}).items():
        numbers[place] = number
    parts: dict[str, bytes] = {
        "magic": MAGIC,
        "settings": settings if isinstance(settings, bytes) and settings else struct.pack("<12id", *numbers, 1e-4),
        "sizes": sizes if isinstance(sizes, bytes) else struct.pack("<3i2q", *sizes),
        "words": entry(b"a", 5) + entry(b"bc", 4),
        "rows": struct.pack(ROWS, False, 4, 2, *range(8)),
        "outputs": struct.pack(OUTPUTS, False, 2, 2, *range(4)),
    }
    return b"".join({**parts, **changes}.values())


def without_version(
    settings: dict[int, int] | bytes = b"", sizes: tuple[int, ...] | bytes = struct.pack("<3iq", 2, 2, 0, 9)
) -> bytes:
    """A model as fastText wrote it at first: no magic number, no number of pruned rows, no marks of quantised rows."""
    rows, outputs = struct.pack("<2q8f", 4, 2, *range(8)), struct.pack("<2q4f", 2, 2, *range(4))
    return fasttext(settings, sizes, magic=b"", rows=rows, outputs=outputs)


def entry(word: bytes, count: int = 5, kind: int = 0) -> bytes:
    """A word of a model, with its end, its count, and whether it is a label."""
    return word + struct.pack("<xqb", count, kind)


def rows(quantised: bool = False, number: int = 4, dim: int = 2, values: int = 8, value: float = 1.0) -> bytes:
    """The rows of a model."""
    return struct.pack(f"<?2q{values}f", quantised, number, dim, *[value] * values)


GOOD_FASTTEXT = {
    "v.bin": fasttext(),
    "words.bin": fasttext({8: 0, 10: 0}, rows=rows(number=2, values=4)),
    "old.bin": without_version(),
    "eleven.bin": fasttext(magic=struct.pack("<2i", 793712314, 11)),
}

FASTTEXT: list[tuple[str, bytes, str]] = [
    ("only-magic", fasttext()[:8], "it ends within its settings"),
    ("zeros", fasttext()[:8] + bytes(100), "not those of fastText"),
    ("cut", fasttext()[:-1], "it ends within its 2 output rows"),
    ("cut-in-words", fasttext()[:100], "within word 1"),
    ("surplus", fasttext() + b"\0", "1 bytes follow"),
    ("version", fasttext(magic=struct.pack("<2i", 793712314, 99)), "version 99"),
    ("dim", fasttext({0: 2**31 - 1}), "not those of fastText"),
    ("other-dim", fasttext({0: 100_000}), "4 × 100000 belong"),
    ("classifier", fasttext({7: 3}), "a classifier"),
    ("buckets", fasttext({8: 2**31 - 1}), "belong"),
    ("negative-buckets", fasttext({8: -2}), "not those of fastText"),
    ("long-ngrams", fasttext({9: 1, 10: 9_999}), "n-grams have 1 to 9999 letters"),
    ("words", fasttext(sizes=(2**31 - 1, 2**31 - 1, 0, 9, -1)), "2,147,483,647 words"),
    ("labels", fasttext(sizes=(2, 1, 1, 9, -1)), "1 labels"),
    ("pruned", fasttext(sizes=(2, 2, 0, 9, 2**62)), "were pruned"),
    ("quantised", fasttext(rows=struct.pack("<?2q8f", True, 4, 2, *range(8))), "quantised"),
    ("rows", fasttext(rows=struct.pack("<?2q8f", False, 2**62, 2, *range(8))), "4 × 2 belong"),
    ("outputs", fasttext(outputs=struct.pack("<?2q4f", False, 2**61, 2, *range(4))), "it ends within"),
    ("negative-outputs", fasttext(outputs=struct.pack("<?2q4f", False, -1, 2, *range(4))), "-1 × 2"),
    ("endless-word", fasttext(words=b"x" * 3_000_000), "within word 1"),
    ("negative-count", fasttext(words=b"a" + struct.pack("<xqb", -5, 0) + b"b" * 20), "the count -5"),
    ("not-utf8", fasttext(words=fasttext()[92:123].replace(b"bc", b"\xff\xfe")[:23]), "not UTF-8"),
    (
        "empty-word",
        fasttext(words=struct.pack("<xqb", 5, 0) + b"b" + struct.pack("<xqb", 4, 0)),
        "empty word",
    ),
    ("nan", fasttext(rows=struct.pack("<?2q8f", False, 4, 2, *[np.nan] * 8)), "holds NaN"),
    ("empty", b"", "empty"),
    ("half-magic", MAGIC[:4], "it ends within its version"),
    ("no-sizes", fasttext()[:70], "it ends within its numbers of words"),
    ("no-pruned", fasttext()[:90], "it ends within its number of pruned rows"),
    ("no-rows", fasttext()[:115], "it ends within its rows"),
    ("half-rows", fasttext()[:125], "it ends within the number of its rows"),
    ("cut-in-rows", fasttext()[:-60], "it ends within its 4 rows"),
    ("no-outputs", fasttext(outputs=b""), "it ends within its output rows"),
    ("half-outputs", fasttext(outputs=b"\0" * 9), "it ends within the number of its output rows"),
    ("version-0", fasttext(magic=struct.pack("<2i", 793712314, 0)), "version 0"),
    ("big-endian", struct.pack(">2i", 793712314, 12) + fasttext()[8:], "not those of fastText"),
    ("negative-version", fasttext(magic=struct.pack("<2i", 793712314, -12)), "version -12"),
    ("zero-dim", fasttext({0: 0}), "not those of fastText"),
    ("negative-dim", fasttext({0: -2}), "not those of fastText"),
    ("no-window", fasttext({1: 0}), "not those of fastText"),
    ("loss", fasttext({6: 9}), "not those of fastText"),
    ("model", fasttext({7: 0}), "not those of fastText"),
    ("negative-ngrams", fasttext({9: -1}), "not those of fastText"),
    ("sample-nan", fasttext(settings=fasttext()[8:56] + struct.pack("<d", float("nan"))), "not those of fastText"),
    ("reversed-ngrams", fasttext({9: 6, 10: 3}), "n-grams have 6 to 3 letters"),
    ("no-words", fasttext(sizes=(0, 0, 0, 9, -1), words=b"", rows=rows(number=2, values=4)), "0 words of 0"),
    ("negative-words", fasttext(sizes=(-2, -2, 0, 9, -1)), "-2 words"),
    ("fewer-words", fasttext(sizes=(1, 1, 0, 9, -1)), "the mark of its rows is 98"),
    ("more-words", fasttext(sizes=(3, 3, 0, 9, -1)), "word 3"),
    ("labels-hidden", fasttext(sizes=(3, 2, 0, 9, -1)), "2 words of 3"),
    ("label-among-words", fasttext(words=entry(b"a", kind=1) + entry(b"bc")), "is of the kind 1"),
    ("negative-labels", fasttext(sizes=(2, 2, -1, 9, -1)), "-1 labels"),
    ("least-count", fasttext(words=entry(b"a", -(2**63)) + entry(b"bc")), "the count -9,223"),
    ("thin-rows", fasttext(rows=rows(dim=1, values=8)), "4 × 2 belong"),
    ("few-rows", fasttext(rows=rows(number=3, values=6)), "4 × 2 belong"),
    ("negative-rows", fasttext(rows=rows(number=-4)), "-4 × 2 rows"),
    ("thin-outputs", fasttext(outputs=rows(number=2, dim=1, values=2)), "2 × 1 output rows"),
    ("quantised-outputs", fasttext(outputs=rows(True, 2, 2, 4)), "quantised"),
    ("odd-bool", fasttext(rows=b"\x07" + rows()[1:]), "the mark of its rows is 7"),
    ("infinite", fasttext(rows=rows(value=float("inf"))), "holds NaN"),
    (
        "infinite-ngrams",
        fasttext(rows=struct.pack(ROWS, False, 4, 2, 1, 1, 1, 1, *[np.inf] * 4)),
        "holds NaN or infinity",
    ),
    ("million-letters", fasttext({9: 1, 10: 100}, words=entry(b"x" * 1_000_000) + entry(b"b")), "n-grams"),
    (
        "long-word",
        fasttext({9: 1, 10: 100}, words=entry(b"a") + entry("é".encode() * 20_000)),
        "word 2 has 40,000 bytes",
    ),
    ("same-words", fasttext(sizes=(2**20, 2**20, 0, 9, -1), words=entry(b"") * 2), "1,048,576 words"),
    ("surrogate", fasttext(words=entry(b"\xed\xa0\x80") + entry(b"bc")), "not UTF-8"),
    ("too-long-utf8", fasttext(words=entry(b"\xc1\xbf") + entry(b"bc")), "not UTF-8"),
    ("gzipped", gzip.compress(fasttext()), "is not read through gzip"),
    ("twice", fasttext() + fasttext(), "bytes follow"),
    ("old-cut", without_version()[:-1], "it ends within its 2 output rows"),
    ("old-labels", without_version(sizes=struct.pack("<3iq", 3, 2, 1, 9)), "1 labels"),
    (
        "old-classifier",
        without_version(settings=struct.pack("<12id", 2, 5, 5, 1, 5, 1, 2, 3, 2, 3, 6, 100, 1e-4)),
        "classif",
    ),
    ("old-surplus", without_version() + b"\0" * 8, "8 bytes follow"),
    ("text-behind", fasttext(outputs=b"") + b"a 1 2\nb 3 4\n", "the mark of its output rows is 97"),
]


def floret(
    header: bytes = b"3 2 3 4 2 2166136261 < >", lines: tuple[bytes, ...] = (b"0 1 2 ", b"1 3 4 ", b"2 5 6 ")
) -> bytes:
    """A table of floret: three rows of two dimensions."""
    return b"\n".join([header, *lines, b""])


GOOD_FLORET = {
    "v.floret": floret(),
    "one.floret": floret(b"1 1 0 0 4 0 <s> </s>", (b"0 -1e-05",)),
    "v.floret.gz": gzip.compress(floret(), mtime=0),
}

FLORET: list[tuple[str, bytes, str]] = [
    ("empty", b"", "empty"),
    ("header", floret(lines=()), "take at least 18 bytes"),
    ("half-header", b"3 2 3 4 2 2166136261 <", "not floret's"),
    ("seven-fields", floret(b"3 2 3 4 2 2166136261 <"), "not floret's"),
    ("nine-fields", floret(b"3 2 3 4 2 2166136261 < > x"), "not floret's"),
    ("words", floret(b"3 2 three 4 2 2166136261 < >"), "not floret's"),
    ("fraction", floret(b"3 2 3.5 4 2 2166136261 < >"), "not floret's"),
    ("hex", floret(b"3 2 0x3 4 2 2166136261 < >"), "not floret's"),
    ("endless-header", b"3 2 3 4 2 2166136261 < " + b">" * 3_000_000, "and end with"),
    ("many-digits", floret(b"9" * 50 + b" 2 3 4 2 2166136261 < >"), "not floret's"),
    ("rows", floret(b"2000000000 2 3 4 2 2166136261 < >"), "take at least 12,000,000,000 bytes"),
    ("too-many-rows", floret(b"999999999999999999 2 3 4 2 2166136261 < >"), "which cannot be"),
    ("no-rows", floret(b"0 2 3 4 2 2166136261 < >"), "which cannot be"),
    ("negative-rows", floret(b"-3 2 3 4 2 2166136261 < >"), "which cannot be"),
    ("no-dim", floret(b"3 0 3 4 2 2166136261 < >"), "which cannot be"),
    ("dim", floret(b"3 1000000000 3 4 2 2166136261 < >"), "which cannot be"),
    ("large-dim", floret(b"3 99999 3 4 2 2166136261 < >"), "take at least"),
    ("no-hashes", floret(b"3 2 3 4 0 2166136261 < >"), "0 hashes"),
    ("five-hashes", floret(b"3 2 3 4 5 2166136261 < >"), "5 hashes"),
    ("negative-hashes", floret(b"3 2 3 4 -1 2166136261 < >"), "-1 hashes"),
    ("seed", floret(b"3 2 3 4 2 4294967296 < >"), "the seed 4294967296"),
    ("negative-seed", floret(b"3 2 3 4 2 -1 < >"), "the seed -1"),
    ("reversed-ngrams", floret(b"3 2 4 3 2 2166136261 < >"), "n-grams of 4 to 3 letters"),
    ("long-ngrams", floret(b"3 2 1 5000 2 2166136261 < >"), "n-grams of 1 to 5000 letters"),
    ("negative-ngrams", floret(b"3 2 -3 4 2 2166136261 < >"), "n-grams of -3 to 4 letters"),
    ("mark-not-utf8", floret(b"3 2 3 4 2 2166136261 \xff >"), "not UTF-8"),
    ("long-mark", floret(b"3 2 3 4 2 2166136261 < " + b">" * 65), "end with"),
    ("few-rows", floret(lines=(b"0 1 2 " + b"0" * 9, b"1 3 4 ")), "has 3 values"),
    ("missing-row", floret(lines=(b"0 1.5555 2.5555", b"1 3 4")), "only 2 follow"),
    ("surplus-row", floret(lines=(b"0 1 2", b"1 3 4", b"2 5 6", b"3 7 8")), "but more follow"),
    ("short-row", floret(lines=(b"0 1.5 2", b"1 3.25", b"2 5 6")), "line 3 has 1 values, not 2"),
    ("long-row", floret(lines=(b"0 1 2", b"1 3 4 5", b"2 5 6")), "line 3 has 3 values, not 2"),
    ("wrong-order", floret(lines=(b"0 1 2", b"2 3 4", b"1 5 6")), "line 3 should be row 1, and begins '2'"),
    ("same-row", floret(lines=(b"0 1 2", b"0 3 4", b"2 5 6")), "line 3 should be row 1"),
    ("from-one", floret(lines=(b"1 1 2", b"2 3 4", b"3 5 6")), "line 2 should be row 0"),
    ("word-rows", floret(lines=(b"the 1 2", b"of 3 4", b"and 5 6")), "line 2 should be row 0, and begins 'the'"),
    ("zero-padded", floret(lines=(b"00 1 2", b"1 3 4", b"2 5 6")), "line 2 should be row 0"),
    ("letters", floret(lines=(b"0 1 2", b"1 3 four", b"2 5 6")), "line 3: 'four' is not a number"),
    ("comma", floret(lines=(b"0 1 2", b"1 3,5 4", b"2 5 6")), "line 3: '3,5' is not a number"),
    ("nan", floret(lines=(b"0 1 2", b"1 nan 4", b"2 5 6")), "row 1 of n-grams holds NaN"),
    ("infinite", floret(lines=(b"0 1 2", b"1 3 4", b"2 inf -inf")), "row 2 of n-grams holds NaN"),
    ("overflow", floret(lines=(b"0 1 2", b"1 1e39 4", b"2 5 6")), "row 1 of n-grams holds NaN"),
    ("nul", floret(lines=(b"0 1 2", b"1 3\0 4", b"2 5 6")), "is not a number"),
    ("not-utf8", floret(lines=(b"0 1 2", b"\xff 3 4", b"2 5 6")), "not UTF-8"),
    ("gap", floret(lines=(b"0 1 2", b"", b"1 3 4", b"2 5 6")), "line 3 is empty"),
    ("indented", floret(lines=(b"0 1 2", b" 1 3 4", b"2 5 6")), "line 3 begins with white space"),
    ("endless-row", floret(lines=(b"0 1 2", b"1 " + b"3" * 3_000_000)), "longer than a row"),
    ("cut.gz", gzip.compress(floret() * 50)[:-9], "gzip data end too early"),
    ("crc.gz", gzip.compress(floret())[:-8] + b"\0" * 8, "damaged gzip data"),
]
