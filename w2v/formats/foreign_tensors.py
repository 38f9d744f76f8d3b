"""Safetensors files of other programs: their tensors as views of the mapped file, [shape], in whatever order they lie.

The file begins with the length of its header (8 bytes) and the header, which is JSON. All sizes are compared with the
length of the file before anything is mapped. Not here: w2v's own files, which also carry hashes (w2v/files/tensors).
"""

from __future__ import annotations

import json
import math
import mmap
from collections.abc import Mapping
from typing import Any

import numpy as np

from w2v.arrays import Array
from w2v.files.tensors.layout import CODES
from w2v.formats.source import Source

__all__ = ["as_numbers", "tensors_in"]

LONGEST_HEADER = 1 << 22
MOST_AXES = 8
DAMAGED = "copy or download the file again"
BFLOAT16 = "BF16"  # the upper half of a float32, which numpy does not have


def tensors_in(source: Source) -> dict[str, Array]:
    """Return the tensors of an open file by name. Raises FormatError for what is damaged or no safetensors file."""
    begin = source.read(8)
    length = int.from_bytes(begin, "little")
    if len(begin) < 8 or not 2 <= length <= min(LONGEST_HEADER, source.size - 8):
        raise source.fault("it is no safetensors file, or was cut short", DAMAGED)
    try:
        header = json.loads(source.read(length))
    except (ValueError, RecursionError) as error:
        raise source.fault("its header is no JSON", DAMAGED) from error
    if not isinstance(header, dict):
        raise source.fault("its header is no JSON object", DAMAGED)
    header.pop("__metadata__", None)
    data_size = source.size - 8 - length
    for name, facts in header.items():
        if not _is_sound(facts, data_size):
            raise source.fault(f"tensor {name!r:.40} is described wrongly, or the file was cut short", DAMAGED)
    if max((facts["data_offsets"][1] for facts in header.values()), default=0) != data_size:
        raise source.fault(f"its data take {data_size:,} bytes, and its tensors another number", DAMAGED)
    data = mmap.mmap(source.raw.fileno(), 0, access=mmap.ACCESS_READ) if data_size else b""
    return {name: _view(data, 8 + length, facts) for name, facts in header.items() if _code(facts["dtype"])}


def as_numbers(array: Array) -> Array:
    """Return a matrix as numbers of a floating-point type; bfloat16, which is mapped as its bytes, becomes float32."""
    if array.dtype == np.uint16:
        return (array.astype(np.uint32) << 16).view(np.float32)
    return array if array.dtype.kind == "f" else array.astype(np.float32)


def _code(dtype: str) -> str:
    """The code of a type for numpy; "" for one that is not read."""
    return "<u2" if dtype == BFLOAT16 else CODES.get(dtype, "")


def _is_sound(facts: Any, data_size: int) -> bool:
    """Whether a tensor is described, and lies in the data."""
    if not isinstance(facts, Mapping) or not {"dtype", "shape", "data_offsets"} <= set(facts):
        return False
    shape, offsets = facts["shape"], facts["data_offsets"]
    if not isinstance(facts["dtype"], str) or not _are_sizes(shape) or not _are_sizes(offsets) or len(offsets) != 2:
        return False
    code = _code(facts["dtype"])
    size = offsets[1] - offsets[0]
    return size >= 0 and offsets[1] <= data_size and (not code or math.prod(shape) * np.dtype(code).itemsize == size)


def _are_sizes(values: Any) -> bool:
    return (
        isinstance(values, list)
        and len(values) <= MOST_AXES
        and all(type(value) is int and 0 <= value < 1 << 62 for value in values)
    )


def _view(data: mmap.mmap | bytes, begin: int, facts: Mapping[str, Any]) -> Array:
    dtype, shape = np.dtype(_code(facts["dtype"])), facts["shape"]
    count = math.prod(shape)
    if not count:
        return np.empty(0, dtype)
    found: Array = np.frombuffer(data, dtype, count, begin + facts["data_offsets"][0]).reshape(shape)
    return found
