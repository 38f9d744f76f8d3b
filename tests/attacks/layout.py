"""The layout of w2v's own files, written once more in the plainest way, for files that lie and whose hashes are right.

It shares no code with w2v: the tests compare what both write.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

BLOCK = 1 << 18
TABLE = "block_sha256"
CODES = {"I64": "<i8", "I32": "<i4", "U16": "<u2", "U8": "u1", "F32": "<f4", "F64": "<f8"}
NAMES = {np.dtype(code): name for name, code in CODES.items()}
HASHES = ("sha256", "content_sha256")


def made(form: str, arrays: Mapping[str, np.ndarray], **metadata: Any) -> bytes:
    """A whole file of arrays, in their order."""
    header: dict[str, Any] = {"__metadata__": {"format": form, **dict.fromkeys(HASHES, "0" * 64)}}
    header["__metadata__"] |= {"block_size": str(BLOCK), **metadata}
    data = b""
    for name, array in arrays.items():
        end = len(data) + array.nbytes
        header[name] = {"dtype": NAMES[array.dtype], "shape": list(array.shape), "data_offsets": [len(data), end]}
        data += array.tobytes()
    return joined(header, data)


def parts(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Header and data of a file, both without the table of hashes."""
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    begin, _ = header.pop(TABLE)["data_offsets"]
    return header, data[start : start + begin]


def joined(header: Any, data: bytes, **table: Any) -> bytes:
    """A file with any header (an object, or the bytes of one) and any data, its hashes made right.

    table: what the header says of the table, instead of the truth.
    """
    hashes = b"".join(hashlib.sha256(data[at : at + BLOCK]).digest() for at in range(0, len(data), BLOCK))
    return with_table(header, data, hashes, **table)


def with_table(header: Any, data: bytes, hashes: bytes, **table: Any) -> bytes:
    """A file with this table of hashes; the hashes of its header are right, where it has any."""
    if isinstance(header, bytes):
        return len(header).to_bytes(8, "little") + header + data + hashes
    header = json.loads(json.dumps(header))
    if isinstance(header, dict):
        places = [len(data), len(data) + len(hashes)]
        header[TABLE] = {"dtype": "U8", "shape": [len(hashes) // 32, 32], "data_offsets": places, **table}
        metadata = header.get("__metadata__")
        if isinstance(metadata, dict):
            for which, left_out in (("content_sha256", (*HASHES, "times")), ("sha256", ("sha256",))):
                if which in metadata:
                    kept = {name: value for name, value in metadata.items() if name not in left_out}
                    metadata[which] = hashlib.sha256(spelt({**header, "__metadata__": kept}) + hashes).hexdigest()
    text = spelt(header)
    text = text.ljust(-(-(8 + len(text)) // 64) * 64 - 8)
    return len(text).to_bytes(8, "little") + text + data + hashes


def spelt(header: Any) -> bytes:
    return json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
