"""Bad vector files, made here: a name, the bytes, and what the error must say. Not here: the tests that read them."""

from __future__ import annotations

import gzip
import pickle
import struct
import tempfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from attacks.layout import joined, made, spelt
from attacks.tensor_files import lies, shapes

from w2v import RunRecord, Vectors
from w2v.formats import write
from w2v.formats.native import FORMAT


class Exploit:
    """A pickle that would leave a trace if anything unpickled it."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return print, ("unpickled",)


def good(suffix: str, rows: int = 4, dim: int = 3) -> bytes:
    """A whole file in the format of `suffix`."""
    matrix = np.random.default_rng(0).standard_normal((rows, dim))
    record = RunRecord(model="sgns", settings={"dim": dim})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"v{suffix}"
        write(Vectors([f"word{row}" for row in range(rows)], matrix, np.arange(rows), record), path)
        return path.read_bytes()


def native_like(metadata: dict[str, Any] | None = None, **changes: Any) -> bytes:
    """Two rows `a` and `bc` in w2v's own format, some tensors replaced, None taking one away."""
    arrays: dict[str, np.ndarray] = {
        "counts": np.array([2, 1]),
        "word_offsets": np.array([0, 1, 3]),
        "norms": np.ones(2),
        "embeddings": np.eye(2, dtype=np.float32),
        "words": np.frombuffer(b"abc", np.uint8),
    }
    kept = {name: array for name, array in {**arrays, **changes}.items() if array is not None}
    return made(FORMAT, kept, **metadata or {})


def rows(*lines: bytes, dim: int = 2, total: int | None = None) -> bytes:
    """word2vec text of these lines."""
    return b"\n".join([b"%d %d" % (len(lines) if total is None else total, dim), *lines, b""])


def binary(*words: bytes, dim: int = 2, total: int | None = None, value: float = 0.1) -> bytes:
    """word2vec binary with these words, all values alike."""
    row = struct.pack("<f", value) * dim
    head = b"%d %d\n" % (len(words) if total is None else total, dim)
    return head + b"".join(word + b" " + row for word in words)


def bomb(start: bytes, filling: bytes, megabytes: int = 400) -> bytes:
    """gzip of `start` and then far more than the file is long: one compressed megabyte, repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(filling * ((1 << 20) // len(filling))) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + block * megabytes


def flipped(data: bytes, place: int) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 16
    return bytes(changed)


SUFFIXES = (".safetensors", ".bin", ".fasttext.bin", ".txt", ".glove.txt", ".bin.gz", ".txt.gz", ".tsv", ".csv")
SAFE = good(".safetensors")
NEWER = native_like().replace(FORMAT.encode(), b"w2v.vectors/3", 1)
TOKEN_CACHE = made("w2v.tokens/1", {"words": np.zeros(4, np.uint8)})
NO_METADATA = spelt({"embeddings": {"dtype": "F32", "shape": [1, 1], "data_offsets": [0, 4]}})
OTHER_FORMAT = spelt({"__metadata__": {"format": "pt"}, "a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}})


def with_run(run: str, times: str = "{}") -> bytes:
    """A whole file of w2v's own format with any run record."""
    return native_like({"run": run, "times": times})


def _no_rows() -> bytes:
    nothing = np.empty((0, 2), np.float32)
    none = np.empty(0, np.int64)
    return native_like(embeddings=nothing, counts=none, norms=none.astype(float), word_offsets=np.array([0]))


def _lies() -> list[tuple[str, bytes, str]]:
    """The lies that any of w2v's own files could tell; files that no longer say whose they are come by their name."""
    return [lie for lie in (*lies(SAFE), *shapes(native_like())) if lie[0] not in ("empty", "a-scalar")]


# (name of the file, its bytes, what the error must contain)
ATTACKS: list[tuple[str, bytes, str]] = [
    # nothing, or something else altogether
    ("empty.bin", b"", "empty"),
    ("empty.txt.gz", gzip.compress(b""), "empty"),
    ("zeros.bin", bytes(1000), "no vector file that w2v knows"),
    ("noise.bin", np.random.default_rng(1).bytes(5000), "no vector file that w2v knows"),
    ("prose.txt", b"It was the best of times,\nit was the worst of times.\n", "no vector file that w2v knows"),
    ("one-word.txt", b"hello", "no vector file that w2v knows"),
    ("one-line-of-letters.txt", b"x" * 3_000_000, "no vector file that w2v knows"),
    ("page.bin", b"\n<!DOCTYPE html><html><body>404</body></html>", "a web page"),
    ("pointer.bin", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n", "a Git LFS pointer"),
    *(
        (f"protocol{protocol}.kv", pickle.dumps(Exploit(), protocol=protocol), "a Python pickle")
        for protocol in range(2, 6)
    ),
    ("protocol0.kv", pickle.dumps(Exploit(), protocol=0), "no vector file that w2v knows"),
    ("archive.zip", b"PK\x03\x04" + bytes(100), "a zip archive"),
    ("v.txt.xz", b"\xfd7zXZ\0\0\x04" + bytes(100), "xz-compressed"),
    ("v.txt.bz2", b"BZh91AY&SY" + bytes(100), "bzip2-compressed"),
    ("v.txt.zst", b"\x28\xb5\x2f\xfd" + bytes(100), "zstd-compressed"),
    ("utf16.txt", "2 2\na 1 2\nb 3 4\n".encode("utf-16"), "UTF-16"),
    ("utf16be.txt", b"\xfe\xff" + "2 2\na 1 2\n".encode("utf-16-be"), "UTF-16"),
    ("utf32.txt", "2 2\na 1 2\nb 3 4\n".encode("utf-32"), "UTF-16"),
    ("hdf5.bin", b"\x89HDF\r\n\x1a\n" + bytes(100), "an HDF5 file"),
    # first lines that promise too much, too little, or the impossible
    ("rows.txt", b"1000000000000 100\na 1 2\n", "take at least 202,000,000,000,000 bytes"),
    ("rows.bin", b"1000000000000 100\n" + bytes(500), "take at least 402,000,000,000,000 bytes"),
    ("rows.bin.gz", gzip.compress(b"1000000000000 100\n" + bytes(500)), "take at least"),
    ("dim.txt", b"1 1000000000\na 1 2\n", "take at least"),
    ("dim.bin", b"1 1000000000\na " + bytes(500), "take at least"),
    ("dim.txt.gz", gzip.compress(b"1 1000000000\na 1 2\n"), "take at least"),
    ("both.bin", b"999999999999999999 999999999999999999\n" + bytes(50), "take at least"),
    ("digits.txt", b"9" * 40 + b" 100\na 1\n", "impossible numbers"),
    ("digits5000.txt", b"9" * 100_000 + b" 1\na 1\n", "not the number of words and of dimensions"),
    ("negative.txt", b"-2 2\na 1 2\nb 3 4\n", "must be at least 1"),
    ("negative.bin", b"2 -2\na " + bytes(8), "must be at least 1"),
    ("zero-rows.bin", b"0 100\n", "must be at least 1"),
    ("zero-dim.txt", b"2 0\na\nb\n", "must be at least 1"),
    ("header-only.txt", b"2 2\n", "take at least"),
    ("header-only-unended.txt", b"2 2", "take at least"),
    # text rows
    ("short-first.txt", rows(b"a 1.5", b"b 3.5 4.25"), "line 2 has 1 values, not 2"),
    ("short.txt", rows(b"a 1.5 2", b"b 3.5", b"c 5.5 6"), "line 3 has 1 values, not 2"),
    ("long.txt", rows(b"a 1 2", b"b 3 4 5", b"c 5 6"), "line 3 has 3 values, not 2"),
    ("short-and-long.txt", rows(b"a 1", b"b 3 4 5"), "line 2 has 1 values, not 2"),
    ("word-only.txt", rows(b"a 1.5 2.5", b"beta"), "line 3 has 0 values, not 2"),
    ("no-word.txt", rows(b"a 1 2", b" 3 4"), "line 3 begins with white space"),
    ("surplus-rows.txt", rows(b"a 1 2", b"b 3 4", b"c 5 6", total=2), "2 words, but more rows follow"),
    ("missing-rows.txt", rows(b"a 1 2", b"bbbbbbbbbbbbb 3 4", total=3), "3 words, but only 2 rows follow"),
    ("cut.txt", good(".txt", 50)[:-15], "line 51 has 2 values, not 3"),
    ("empty-line.txt", rows(b"a 1 2", b"", b"b 3 4", total=2), "line 3 is empty, and rows follow"),
    ("letters.txt", rows(b"a 1 2", b"b 3 four"), "line 3: 'four' is not a number"),
    ("comma.txt", rows(b"a 1 2", b"b 3,5 4"), "line 3: '3,5' is not a number"),
    ("two-points.txt", rows(b"a 1 2", b"b 3.5.5 4"), "line 3: '3.5.5' is not a number"),
    ("underscore.txt", rows(b"a 1 2", b"b 1_0 4"), "line 3: '1_0' is not a number"),
    ("hex.txt", rows(b"a 1 2", b"b 0x10 4"), "line 3: '0x10' is not a number"),
    ("nul.txt", rows(b"a 1 2", b"b 3\0 4"), "line 3: '3\\x00' is not a number"),
    ("nan.txt", rows(b"a 1 2", b"b nan 4"), "row 2 ('b') holds NaN or infinity; 1 of 2 rows cannot be used"),
    ("inf.txt", rows(b"a -inf 2", b"b 1 4"), "row 1 ('a') holds NaN or infinity"),
    ("overflow.txt", rows(b"a 1e39 2", b"b 1 4"), "row 1 ('a') holds NaN or infinity"),
    ("overflow-fixed.txt", rows(b"a " + b"9" * 400 + b" 2", b"b 1 4"), "row 1 ('a') holds NaN or infinity"),
    ("latin1.txt", rows(b"a 1 2", b"caf\xe9 3 4"), "line 3: the word 'caf\ufffd' is not UTF-8"),
    ("latin1-first.txt", rows(b"caf\xe9 1 2", b"b 3 4"), "line 2: the word 'caf\ufffd' is not UTF-8"),
    ("surrogate.txt", rows(b"\xed\xa0\x80 1 2"), "not UTF-8"),
    ("endless-line.txt", rows(b"a 1 2", b"b " + b"1" * 3_000_000), "line 3 is longer than a row"),
    ("carriage-returns.txt", b"2 2\ra 1 2\rb 3 4\r", "holds a tab or a line end"),
    # GloVe rows
    ("short.glove.txt", b"a 1 2\nb 3 4\nc 5\n", "line 3 has 1 values, not 2"),
    ("long.glove.txt", b"a 1 2\nb 3 4 5\nc 5 6\n", "line 2 has 3 values, not 2"),
    ("nan.glove.txt", b"a 1 2\nb nan 4\n", "row 2 ('b') holds NaN"),
    ("cut.glove.txt", good(".glove.txt", 50)[:-15], "line 50 has 2 values, not 3"),
    ("late-prose.txt", b"chapter 1\nIt was the best of times\n", "not a number"),
    # binary rows
    ("cut.bin", good(".bin", 50)[:-5], "row 50 ('word49') is cut off: 1 of 3 values are there"),
    ("cut-in-word.bin", binary(b"a", b"bcdefghijklmnopqr", total=3) + b"cd", "row 3 is cut off in its word"),
    ("missing-row.bin", binary(b"aaaaaaaaaaaaaaa", b"b", total=3), "row 3 is missing"),
    ("surplus.bin", binary(b"a", b"b", b"c", total=2), "more bytes follow the 2 rows"),
    ("trailing.bin", binary(b"a", b"b") + b"xyz", "more bytes follow the 2 rows"),
    ("trailing-space.bin", binary(b"a", b"b") + b" ", "more bytes follow the 2 rows"),
    ("empty-word.bin", binary(b"a", b""), "row 2 has an empty word"),
    ("not-utf8.bin", binary(b"a", b"\xff\xfe"), "row 2 has a word that is not UTF-8"),
    ("line-end.bin", binary(b"a", b"b\nc"), "row 2 has a line end in its word"),
    ("no-space.bin", b"2 2\n" + b"\xffx" * 100_000, "row 1 has no space after its word within 65,536 bytes"),
    ("wrong-dim.bin", good(".bin", 9, 4).replace(b"9 4\n", b"6 6\n", 1), "row "),
    (
        "nan.bin",
        binary(b"a", b"b").replace(struct.pack("<f", 0.1), struct.pack("<f", np.nan), 1),
        "row 1 ('a') holds NaN",
    ),
    ("inf.bin", binary(b"a", b"b", value=np.inf), "2 of 2 rows cannot be used"),
    # gzip
    ("cut.txt.gz", good(".txt.gz", 500)[:-200], "gzip data end too early"),
    ("cut-trailer.bin.gz", good(".bin.gz", 50)[:-4], "gzip data end too early"),
    ("cut-header.txt.gz", good(".txt.gz")[:6], "gzip data end too early"),
    ("flipped.txt.gz", flipped(good(".txt.gz", 500), 3000), "damaged gzip data"),
    ("crc.bin.gz", flipped(good(".bin.gz", 50), -6), "damaged gzip data"),
    ("surplus.txt.gz", good(".txt.gz") + b"garbage", "damaged gzip data"),
    ("twice.txt.gz", gzip.compress(gzip.compress(b"1 1\na 1\n")), "compressed twice"),
    ("native.safetensors.gz", gzip.compress(SAFE), "w2v's safetensors is not read through gzip"),
    ("bomb-zeros.bin.gz", bomb(b"2 2\n", b"\0"), "100 times its size"),
    ("bomb-line.txt.gz", bomb(b"2 2\na ", b"1"), "line 2 is longer"),
    ("bomb-rows.txt.gz", bomb(b"9000000 1\n", b"a 1\n"), "100 times its size"),
    ("bomb-values.txt.gz", bomb(b"10 900000\na", b" 0"), "100 times its size"),
    ("bomb-glove.txt.gz", bomb(b"a 0\n", b"a 0\n"), "100 times its size"),
    ("bomb-spaces.txt.gz", bomb(b"a 0", b" "), "the first line is longer"),
    # safetensors
    *((f"{name}.safetensors", data, fragment) for name, data, fragment in _lies()),
    ("cut-8.safetensors", SAFE[:8], "does not begin with its header"),
    ("cut-4.safetensors", SAFE[:4], "does not begin with its header"),
    ("prose.safetensors", b"It was the best of times,\n", "does not begin with its header"),
    ("header-size.safetensors", b"\xff" * 7 + b"\x7f{", "does not begin with its header"),
    ("deep-alone.safetensors", joined(b'{"a":' + b"[" * 100_000, b""), "is no JSON"),
    ("no-metadata-at-all.safetensors", joined(NO_METADATA, bytes(4)), "has no metadata"),
    ("other.safetensors", joined(OTHER_FORMAT, bytes(4)), "its format is 'pt'"),
    ("newer.safetensors", NEWER, "a newer w2v wrote it: its format is 'w2v.vectors/3'"),
    ("tokens.safetensors", TOKEN_CACHE, "this is a token cache"),
    ("float64.safetensors", native_like(embeddings=np.eye(2)), "'embeddings' is F64 [2, 2], not F32 [V, D]"),
    ("flat.safetensors", native_like(embeddings=np.zeros(4, np.float32)), "'embeddings' is F32 [4], not F32 [V, D]"),
    ("no-matrix.safetensors", native_like(embeddings=None), "'embeddings' is missing"),
    ("no-words.safetensors", native_like(words=None), "'words' is missing"),
    ("no-word-offsets.safetensors", native_like(word_offsets=None), "'word_offsets' is missing"),
    ("int32.safetensors", native_like(word_offsets=np.array([0, 1, 3], np.int32)), "'word_offsets' is I32"),
    ("float-counts.safetensors", native_like(counts=np.array([1.0, 2.0])), "'counts' is F64"),
    ("one-offset.safetensors", native_like(word_offsets=np.array([0, 3])), "not I64 [V+1] with V = 2"),
    ("one-count.safetensors", native_like(counts=np.array([1])), "not I64 [V] with V = 2"),
    ("one-norm.safetensors", native_like(norms=np.ones(1)), "not F64 [V] with V = 2"),
    ("norms-f32.safetensors", native_like(norms=np.ones(2, np.float32)), "'norms' is F32 [2], not F64 [V]"),
    ("few-contexts.safetensors", native_like(contexts=np.eye(1, 2, dtype=np.float32)), "not F32 [V, D] with V = 2"),
    ("thin-contexts.safetensors", native_like(contexts=np.eye(2, 1, dtype=np.float32)), "not F32 [V, D] with D = 2"),
    ("no-rows.safetensors", _no_rows(), "must be at least 1"),
    ("no-columns.safetensors", native_like(embeddings=np.empty((2, 0), np.float32)), "must be at least 1"),
    ("late-offset.safetensors", native_like(word_offsets=np.array([1, 2, 3])), "do not cut its words"),
    ("far-offset.safetensors", native_like(word_offsets=np.array([0, 1, 10**15])), "do not cut its words"),
    ("negative-offset.safetensors", native_like(word_offsets=np.array([0, -1, 3])), "do not cut its words"),
    ("falling-offsets.safetensors", native_like(word_offsets=np.array([0, 5, 3])), "do not cut its words"),
    ("wrapping-offsets.safetensors", native_like(word_offsets=np.array([0, -(2**63), 3])), "do not cut its words"),
    ("empty-word.safetensors", native_like(word_offsets=np.array([0, 0, 3])), "do not cut its words"),
    ("negative-counts.safetensors", native_like(counts=np.array([1, -2])), "negative"),
    ("bytes.safetensors", native_like(words=np.frombuffer(b"a\xff\xfe", np.uint8)), "word of row 2 is not UTF-8"),
    ("nan.safetensors", native_like(embeddings=np.full((2, 2), np.nan, np.float32)), "row 1 ('a') holds NaN"),
    ("nan-contexts.safetensors", native_like(contexts=np.full((2, 2), np.inf, np.float32)), "row 1 ('a') holds NaN"),
    ("nan-norms.safetensors", native_like(norms=np.array([1.0, np.nan])), "some of its norms are no lengths"),
    ("negative-norms.safetensors", native_like(norms=np.array([1.0, -1.0])), "some of its norms are no lengths"),
    ("run-text.safetensors", with_run("not json"), "its 'run' is no JSON"),
    ("run-list.safetensors", with_run("[1, 2]"), "its 'run' is no JSON object"),
    ("run-number.safetensors", with_run('{"loss": 5}'), "run record cannot be read"),
    ("run-deep.safetensors", with_run('{"a": ' + "[" * 100_000), "its 'run' is no JSON"),
    ("times-twice.safetensors", with_run('{"model": "a"}', '{"model": "b"}'), "its model is there twice"),
    ("times-number.safetensors", with_run('{"model": "a"}', '{"timings": 5}'), "run record cannot be read"),
    ("tokenizer-text.safetensors", native_like({"tokenizer": "words"}), "its 'tokenizer' is no JSON"),
    # tables
    ("short.tsv", b"a\t1\t2\nb\t1\n", "line 2 has 1 values, not 2"),
    ("long.tsv", b"a\t1\t2\nb\t1\t2\t3\nc\t1\t2\n", "line 2 has 3 values, not 2"),
    ("word.tsv", b"a\t1\t2\n\t3\t4\n", "line 2 has no word"),
    ("latin.tsv", b"a\t1\t2\ncaf\xe9\t3\t4\n", "is not UTF-8"),
    ("text.tsv", b"a\t1\t2\nb\t3\tx\n", "line 2: 'x' is not a number"),
    ("nan.tsv", b"a\t1\t2\nb\t3\tnan\n", "holds NaN or infinity"),
    ("gap.tsv", b"a\t1\t2\n\nb\t3\t4\n", "line 2 is empty, and rows follow it"),
    ("wide.tsv", b"a\t1\t2\nb\t" + b"3" * 70_000 + b"\t4\n", "is longer than a row"),
    ("quote.csv", b'a,1,2\n"b,3,4\nc,1,2\n', "line 2 cannot be cut into columns"),
    ("short.csv", b"word,1,2\na,1,2\nb,1\n", "line 3 has 1 values, not 2"),
    ("comma.csv", b"word,1,2\na,1,2\nb,1,2,5\n", "line 3 has 3 values, not 2"),
    ("names.csv", b"word,x,y\n", "no vector file that w2v knows"),
    ("tokenizer-list.safetensors", native_like({"tokenizer": "[]"}), "its 'tokenizer' is no JSON object"),
]
