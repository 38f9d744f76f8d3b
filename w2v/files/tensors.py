"""Files of arrays that carry a hash of themselves: what w2v keeps for itself between and during runs.

Not here: what the arrays mean, and vectors for others (w2v.formats.native). The layout is that of safetensors, so other
tools can read it: the length of the header (uint64, little-endian), the header (JSON, padded with spaces so that the
data begin at a multiple of 64), then the arrays one after another. `__metadata__` holds "format", what the caller puts
there, and "sha256": that of the data, followed by everything before the data with these 64 characters set to "0". The
header comes last because sizes need not be known beforehand. The same content gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from w2v.arrays import Array

__all__ = ["Array", "TensorFile", "begins_as", "cut_words", "read", "write"]

Layout = Mapping[str, str]  # the arrays in their order, each with its numpy type

_ALIGNMENT = 64
_LONGEST_HEADER = 1 << 20
_PIECE = 1 << 24
_BLANK = "0" * 64
_NAMES = {"<i8": "I64", "<i4": "I32", "<u8": "U64", "<u4": "U32", "<u2": "U16", "u1": "U8", "<f4": "F32", "<f8": "F64"}


@dataclass(frozen=True)
class TensorFile:
    """arrays: mapped, not read. metadata: of the caller, all strings. size: bytes of the file."""

    arrays: Mapping[str, Array]
    metadata: Mapping[str, str]
    size: int


def write(
    file: BinaryIO, form: str, layout: Layout, arrays: Mapping[str, Iterable[Array]], metadata: Mapping[str, str]
) -> None:
    """Write a file, open for writing and seeking; each array comes in one-dimensional parts, of any number."""
    stamp = {"format": form, "sha256": _BLANK, **metadata}
    length = len(_header(layout, dict.fromkeys(layout, 1 << 60), stamp))  # with room for any sizes
    file.write(bytes(length))
    digest = hashlib.sha256()
    sizes = dict.fromkeys(layout, 0)
    for name, code in layout.items():
        for part in arrays[name]:
            data = np.ascontiguousarray(part, dtype=code).view(np.uint8)
            for begin in range(0, len(data), _PIECE):
                file.write(data[begin : begin + _PIECE].data)
                digest.update(data[begin : begin + _PIECE].data)
            sizes[name] += len(part)
    digest.update(_header(layout, sizes, stamp, length))
    file.seek(0)
    file.write(_header(layout, sizes, stamp | {"sha256": digest.hexdigest()}, length))


def _header(layout: Layout, sizes: Mapping[str, int], metadata: Mapping[str, str], length: int = 0) -> bytes:
    """The header, with its length before it, filled up to `length` bytes or to the next multiple of 64."""
    tensors: dict[str, Any] = {"__metadata__": dict(metadata)}
    end = 0
    for name, code in layout.items():
        begin, end = end, end + sizes[name] * np.dtype(code).itemsize
        tensors[name] = {"dtype": _NAMES[code], "shape": [sizes[name]], "data_offsets": [begin, end]}
    text = json.dumps(tensors, separators=(",", ":"), ensure_ascii=False).encode()
    length = length or -(-(8 + len(text)) // _ALIGNMENT) * _ALIGNMENT
    return (length - 8).to_bytes(8, "little") + text.ljust(length - 8)


def begins_as(path: str | os.PathLike[str], form: str) -> bool:
    """Whether a file says that it is one; not whether it is whole."""
    try:
        if not os.path.isfile(path):  # a pipe is not to be waited for
            return False
        with open(path, "rb") as file:
            start = file.read(256)
    except (OSError, ValueError):
        return False
    return start[8:9] == b"{" and b'"' + form.encode() + b'"' in start


def read(path: Path, form: str, layout: Layout, file: BinaryIO | None = None) -> TensorFile:
    """Map a file. Raises OSError or ValueError for one that is damaged, cut short, or not of this form.

    Without `file`, all of it is read and its hash compared. What this process has just written needs no such check:
    `file` is the same while it is still open, and may have no name.
    """
    if file is not None:
        return _mapped(file, form, layout, checked=True)
    with open(path, "rb", opener=_regular) as opened:
        return _mapped(opened, form, layout, checked=False)


def _regular(path: str, flags: int) -> int:
    """Open without waiting for anybody at the other end of a pipe."""
    descriptor = os.open(path, flags | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ValueError("it is not a regular file")
    return descriptor


def _mapped(file: BinaryIO, form: str, layout: Layout, *, checked: bool) -> TensorFile:
    size = os.fstat(file.fileno()).st_size
    file.seek(0)
    start = file.read(8)
    begin = 8 + int.from_bytes(start, "little")
    if begin > min(size, _LONGEST_HEADER):
        raise ValueError("it does not begin with its header")
    start += file.read(begin - 8)
    sizes, metadata = _description(start[8:], form, layout, size - begin)
    if not checked:
        digest = hashlib.sha256()
        while piece := file.read(_PIECE):
            digest.update(piece)
        claimed = metadata["sha256"]
        digest.update(start.replace(f'"sha256":"{claimed}"'.encode(), f'"sha256":"{_BLANK}"'.encode(), 1))
        if digest.hexdigest() != claimed:
            raise ValueError("it is damaged: its sha256 is not the one that it carries")
    arrays: dict[str, Array] = {}
    for name, code in layout.items():
        array: Array = np.empty(0, dtype=code)
        if sizes[name]:
            array = np.asarray(np.memmap(file, dtype=code, mode="r", offset=begin, shape=(sizes[name],)))
        arrays[name] = array
        begin += array.nbytes
    return TensorFile(arrays, metadata, size)


def _description(text: bytes, form: str, layout: Layout, data_size: int) -> tuple[dict[str, int], dict[str, str]]:
    """Sizes of the arrays and metadata, if they agree with the format and with the size of the file."""
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError("its header is no JSON") from error
    metadata = header.get("__metadata__") if isinstance(header, dict) else None
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise ValueError("its header has no metadata")
    if metadata.get("format") != form:
        raise ValueError(f"its format is {metadata.get('format')!r:.40}, not {form!r}")
    if len(metadata.get("sha256", "")) != len(_BLANK):
        raise ValueError("it carries no sha256 of itself")
    if set(header) != {"__metadata__", *layout}:
        raise ValueError("its tensors are not those of the format")
    sizes: dict[str, int] = {}
    end = 0
    for name, code in layout.items():
        described = header[name]
        shape = described.get("shape") if isinstance(described, dict) else None
        if not isinstance(shape, list) or len(shape) != 1 or type(shape[0]) is not int or shape[0] < 0:
            raise ValueError(f"tensor {name} has the shape {shape!r:.40}")
        sizes[name] = shape[0]
        begin, end = end, end + shape[0] * np.dtype(code).itemsize
        if described != {"dtype": _NAMES[code], "shape": shape, "data_offsets": [begin, end]}:
            raise ValueError(f"tensor {name} is not what or where it should be")
    if end != data_size:
        raise ValueError(f"{data_size:,} bytes of data instead of {end:,}")
    return sizes, metadata


def cut_words(text: Array, offsets: Array) -> list[str]:
    """The words of `text` (UTF-8), where `offsets` [V + 1] cut it. Raises ValueError for empty or repeated ones."""
    if len(offsets) < 1 or offsets[0] != 0 or offsets[-1] != len(text) or (np.diff(offsets) < 1).any():
        raise ValueError("its words are not one for each row")
    data = text.tobytes()
    words = [data[begin:end].decode() for begin, end in pairwise(offsets.tolist())]
    if len(set(words)) < len(words):
        raise ValueError("a word stands twice in it")
    return words
