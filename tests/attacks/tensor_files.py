"""Whole files of the formats that w2v keeps for itself, made by hand, and such as lie. Not here: the tests of them."""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from w2v.config import CorpusConfig
from w2v.cooccurrences import Chunk, Cooccurrences, Counting
from w2v.io.cooccurrences import save_cooccurrences
from w2v.tokens import cachefile
from w2v.tokens.cache import CorpusReport, metadata_of
from w2v.vocab import Vocabulary

REPORT = CorpusReport("f" * 64, (), 12, 12, 5, 2, 2, 0, 0, 0, 0, 0, 0, False, 0.0)


def token_cache() -> bytes:
    """A cache of the text `a b a`, `b a`."""
    file = io.BytesIO()
    tokens = np.array([0, 1, 0, -1, 1, 0, -1], dtype=np.int32)
    cachefile.write(file, ["a", "bé"], np.array([3, 2]), [tokens[:4], tokens[4:]], metadata_of(CorpusConfig(), REPORT))
    return file.getvalue()


def cooccurrence_file() -> bytes:
    """A matrix of two words that stand beside each other."""
    one, two = np.ones(2, dtype=np.uint16), np.array([0, 1], dtype=np.uint16)
    chunk = Chunk(two, one, two[::-1].copy(), np.array([2, 2], np.float32), np.array([0, 2]), np.array([0, 2]))
    report = {name: value for name, value in asdict(REPORT).items() if name not in ("sources", "seconds")}
    vocabulary = Vocabulary(["a", "bé"], np.array([3, 2]))
    matrix = Cooccurrences(vocabulary, report, Counting(5, "symmetric", "distance"), [[chunk]], {})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "matrix"
        save_cooccurrences(matrix, path)
        return path.read_bytes()


def parts(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Header and data of a tensor file."""
    start = 8 + int.from_bytes(data[:8], "little")
    return json.loads(data[8:start]), data[start:]


def joined(header: object, data: bytes) -> bytes:
    """A tensor file with any header (an object, or the bytes of one) and any data, its own hash made right."""
    text = (
        header if isinstance(header, bytes) else json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    )
    if isinstance(header, dict) and isinstance(header.get("__metadata__"), dict):
        claimed = header["__metadata__"].get("sha256")
        if isinstance(claimed, str):
            text = text.replace(claimed.encode(), b"0" * 64, 1)
    start = len(text).to_bytes(8, "little") + text
    return start.replace(b"0" * 64, hashlib.sha256(data + start).hexdigest().encode(), 1) + data


def with_array(whole: bytes, name: str, values: Any, dtype: str | None = None) -> bytes:
    """The file with other values in one array, of any number and type, and everything else moved accordingly."""
    codes = {"I64": "<i8", "I32": "<i4", "U16": "<u2", "U8": "u1", "F32": "<f4", "F64": "<f8"}
    header, data = parts(whole)
    moved, end = b"", 0
    for key, described in header.items():
        if key == "__metadata__":
            continue
        begin, stop = described["data_offsets"]
        piece = data[begin:stop]
        if key == name:
            array = np.array(values, dtype=codes[dtype or described["dtype"]])
            described |= {"dtype": dtype or described["dtype"], "shape": [len(array)]}
            piece = array.tobytes()
        described["data_offsets"] = [end, end + len(piece)]
        moved, end = moved + piece, end + len(piece)
    return joined(header, moved)


def with_metadata(whole: bytes, **changes: Any) -> bytes:
    """The file with other metadata; None takes a value away."""
    header, data = parts(whole)
    values = {**header["__metadata__"], **changes}
    header["__metadata__"] = {name: value for name, value in values.items() if value is not None}
    return joined(header, data)
