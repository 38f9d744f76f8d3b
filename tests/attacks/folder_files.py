"""Bad files in folders of other programs, and bad Parquet files: a name, the bytes, and what the error must say."""

from __future__ import annotations

import io
import json
import struct
from typing import Any

import numpy as np
import pyarrow as arrow
from pyarrow import parquet

__all__ = ["HASHES", "KEYS", "PARQUET", "STRINGS", "TENSORS", "TOKENIZERS", "packed", "table", "tensors", "tokenizer"]

ROWS = np.random.default_rng(0).standard_normal((4, 3)).astype(np.float32)
VOCAB = {"[UNK]": 0, "king": 1, "##s": 2, "queen": 3}


def tensors(**arrays: Any) -> bytes:
    """A safetensors file as other programs write it."""
    codes = {"f4": "F32", "f2": "F16", "f8": "F64", "i1": "I8", "i8": "I64", "i4": "I32"}
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    data = b""
    for name, array in arrays.items():
        begin, data = len(data), data + array.tobytes()
        code = codes[array.dtype.str[1:]]
        header[name] = {"dtype": code, "shape": list(array.shape), "data_offsets": [begin, len(data)]}
    return laid(header, data)


def laid(header: Any, data: bytes) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def entry(**changes: Any) -> bytes:
    facts = {"dtype": "F32", "shape": [4, 3], "data_offsets": [0, 48], **changes}
    return laid({"embeddings": facts}, ROWS.tobytes())


def tokenizer(vocab: Any = VOCAB, kind: str = "WordPiece", added: Any = (), **model: Any) -> bytes:
    """A tokenizer.json."""
    return json.dumps(
        {"added_tokens": list(added), "model": {"type": kind, "unk_token": "[UNK]", "vocab": vocab, **model}}
    ).encode()


GOOD = tensors(embeddings=ROWS)
TENSORS: list[tuple[str, bytes, str]] = [
    ("empty", b"", "no safetensors file"),
    ("short", GOOD[:7], "no safetensors file"),
    ("long-header", struct.pack("<Q", 1 << 62) + b"{}", "no safetensors file"),
    ("header-longer-than-file", struct.pack("<Q", 1000) + b"{}", "no safetensors file"),
    ("no-json", struct.pack("<Q", 2) + b"{x", "its header is no JSON"),
    ("deep", struct.pack("<Q", 200_000) + b"[" * 200_000, "its header is no JSON"),
    ("list", laid([], b""), "its header is no JSON object"),
    ("cut", GOOD[:-1], "described wrongly, or the file was cut short"),
    ("surplus", GOOD + b"x", "its data take 49 bytes"),
    ("no-tensor", laid({}, b""), "has no matrix"),
    ("other-tensor", tensors(weights=ROWS[:, 0].copy()), "has no matrix"),
    ("flat", tensors(embeddings=ROWS.reshape(-1)), "has no matrix"),
    ("shape", entry(shape=[1 << 40, 3]), "described wrongly"),
    ("shape-text", entry(shape="4"), "described wrongly"),
    ("shape-negative", entry(shape=[-4, -3]), "described wrongly"),
    ("shape-long", entry(shape=[1] * 100), "described wrongly"),
    ("shape-bool", entry(shape=[True, 12]), "described wrongly"),
    ("offsets", entry(data_offsets=[8, 56]), "described wrongly"),
    ("offsets-back", entry(data_offsets=[48, 0]), "described wrongly"),
    ("dtype", entry(dtype=7), "described wrongly"),
    ("dtype-unknown", entry(dtype="F4"), "has no matrix"),
    ("no-facts", laid({"embeddings": None}, b""), "described wrongly"),
    ("rows", tensors(embeddings=ROWS[:3].copy()), "it has 3 rows, and 4 tokens"),
    ("nan", tensors(embeddings=np.full((4, 3), np.nan, np.float32)), "3 of 3 rows cannot be used"),
    ("weights", tensors(embeddings=ROWS, weights=np.ones(3, np.float32)), "its weights have the shape (3,)"),
    ("weights-nan", tensors(embeddings=ROWS, weights=np.full(4, np.nan)), "its weights hold NaN"),
    ("mapping", tensors(embeddings=ROWS, mapping=np.zeros(5, np.int64)), "its mapping have the shape (5,)"),
    ("mapping-far", tensors(embeddings=ROWS, mapping=np.array([0, 1, 2, 9])), "rows that are not there"),
    ("mapping-negative", tensors(embeddings=ROWS, mapping=np.array([0, 1, 2, -1])), "rows that are not there"),
    ("mapping-floats", tensors(embeddings=ROWS, mapping=np.zeros(4, np.float32)), "rows that are not there"),
]
SPECIAL = [{"content": word, "id": place, "special": True} for word, place in VOCAB.items()]
TOKENIZERS: list[tuple[str, bytes, str]] = [
    ("empty", b"", "it is no JSON"),
    ("no-json", b"{", "it is no JSON"),
    ("deep", b"[" * 200_000, "it is no JSON"),
    ("latin1", b'{"model": "\xe9"}', "it is no JSON"),
    ("list", b"[]", "has no vocabulary"),
    ("number", b"7", "has no vocabulary"),
    ("no-model", b"{}", "has no vocabulary"),
    ("model-text", b'{"model": "x"}', "has no vocabulary"),
    ("no-vocab", b'{"model": {"type": "BPE"}}', "has no vocabulary"),
    ("vocab-texts", tokenizer(["a", "b"]), "has no vocabulary"),
    ("vocab-numbers", tokenizer([[1, 2]]), "has no vocabulary"),
    ("number-text", tokenizer({**VOCAB, "x": "4"}), "the number '4'"),
    ("number-far", tokenizer({**VOCAB, "x": 1 << 40}), "the number 1099511627776"),
    ("number-negative", tokenizer({**VOCAB, "x": -1}), "the number -1"),
    ("number-bool", tokenizer({"a": True, "b": 0}), "the number True"),
    ("number-list", tokenizer({**VOCAB, "x": [[[[]]]]}), "the number [[[[]]]]"),
    ("added", tokenizer(added=[7]), "an added token that is none"),
    ("added-no-number", tokenizer(added=[{"content": "x"}]), "the number None"),
    ("fewer", tokenizer({"a": 0}), "it has 4 rows, and 1 tokens"),
    ("more", tokenizer({**VOCAB, "x": 4}), "it has 4 rows, and 5 tokens"),
    ("only-special", tokenizer(added=SPECIAL), "no token that"),
    ("empty-word", tokenizer({**VOCAB, "": 3, "queen": 3}), "is empty"),
]

STRINGS = json.dumps(["king", "queen", "", "a longer string of letters"]).encode()
HASHES = (7464393751932445219, 4176741725343376093)  # of king and queen, as spaCy has them


def packed(pairs: dict[int, int]) -> bytes:
    """MessagePack of a small map of whole numbers."""
    return bytes([0x80 + len(pairs)]) + b"".join(
        b"\xcf" + struct.pack(">Q", key) + bytes([row]) for key, row in pairs.items()
    )


KEYS: list[tuple[str, bytes, str]] = [
    ("empty", b"", "it was cut short"),
    ("list", b"\x91\x01", "no map of keys and rows"),
    ("long", b"\xdf\xff\xff\xff\xff\x01", "4,294,967,295 keys"),
    ("cut", packed({7: 1})[:-1], "it was cut short"),
    ("cut-key", b"\x81\xcf\0\0", "it was cut short"),
    ("surplus", packed({7: 1}) + b"x", "1 bytes follow its end"),
    ("text", b"\x81\xa1a\x01", "begins no whole number"),
    ("nested", b"\x81" * 1000, "begins no whole number"),
    ("negative", b"\x81\x01\xd1\xff\0", "impossible"),
    ("far", packed({7: 4}), "rows that vectors does not have"),
    ("nobody", packed({7: 1}), "none of the keys"),
    ("none", b"\x80", "none of the keys"),
]


def table(**columns: Any) -> bytes:
    """A Parquet file of these columns."""
    file = io.BytesIO()
    parquet.write_table(arrow.table(columns), file)
    return file.getvalue()


VECTORS = arrow.array(ROWS.tolist(), arrow.list_(arrow.float32()))
WORDS = ["a", "b", "c", "d"]
WHOLE = table(word=WORDS, vector=VECTORS)
FEW = arrow.array([[1.0], [2.0, 3.0], [4.0], [5.0]], arrow.list_(arrow.float32()))
BOMB = {f"x{place}": arrow.array(np.zeros(200_000)) for place in range(12)}
PARQUET: list[tuple[str, bytes, str]] = [
    ("magic.parquet", b"PAR1", "no whole Parquet file"),
    ("cut.parquet", WHOLE[:-5], "no whole Parquet file"),
    ("half.parquet", WHOLE[: len(WHOLE) // 2], "no whole Parquet file"),
    ("surplus.parquet", WHOLE + b"x", "no whole Parquet file"),
    ("footer.parquet", WHOLE[:-8] + b"\xff\xff\xff\x7f" + WHOLE[-4:], "no whole Parquet file"),
    ("zeros.parquet", b"PAR1" + bytes(1000) + b"PAR1", "no whole Parquet file"),
    ("page.parquet", WHOLE[:4] + bytes(60) + WHOLE[64:], "no whole Parquet file"),
    ("no-rows.parquet", table(word=arrow.array([], arrow.string()), vector=VECTORS.slice(0, 0)), "it has no rows"),
    ("no-words.parquet", table(number=[1, 2, 3, 4], vector=VECTORS), "there is none of words"),
    ("no-vectors.parquet", table(word=WORDS, number=[1, 2, 3, 4]), "there is none of words, or none of vectors"),
    ("lengths.parquet", table(word=WORDS, vector=FEW), "of different lengths"),
    ("missing-values.parquet", table(word=WORDS, vector=arrow.array([[1.0], [None], [2.0], [3.0]])), "lack values"),
    ("missing-vector.parquet", table(word=WORDS, vector=arrow.array([[1.0], None, [2.0], [3.0]])), "are missing"),
    ("no-values.parquet", table(word=WORDS, vector=arrow.array([[]] * 4, arrow.list_(arrow.float32()))), "lengths"),
    ("missing-word.parquet", table(word=["a", None, "c", "d"], vector=VECTORS), "the word of row 2 is empty"),
    ("nan.parquet", table(word=WORDS, x=[1.0, 2.0, float("nan"), 4.0]), "row 3 ('c') holds NaN"),
    ("bomb.parquet", table(word=arrow.array(["a"] * 3_000_000), x=arrow.array(np.zeros(3_000_000))), "3,000,000 rows"),
    ("values.parquet", table(word=arrow.array(["a"] * 200_000), **BOMB), "far more than it holds"),
]
