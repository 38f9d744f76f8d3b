"""The header of w2v's own files: how it is spelt and hashed, and what is checked when it is read."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from w2v.files.tensors.layout import CODES, Layout, NewerVersionError

__all__ = ["LONGEST_HEADER", "TABLE", "compare", "described", "hash_of", "parsed", "places_of", "spelt", "times_of"]

TABLE = "block_sha256"
LONGEST_HEADER = 1 << 22
_MOST_AXES = 8
_BLOCK_SIZES = {str(1 << power) for power in range(14, 27)}


def spelt(header: Mapping[str, Any]) -> bytes:
    """Return the one spelling of a header that w2v writes and reads."""
    return json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()


def described(dtypes: Mapping[str, str], shapes: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    """Return what a header says of tensors that lie one after another: their types, shapes and places."""
    facts: dict[str, Any] = {}
    end = 0
    for name, dtype in dtypes.items():
        begin, end = end, end + math.prod(shapes[name]) * np.dtype(CODES[dtype]).itemsize
        facts[name] = {"dtype": dtype, "shape": list(shapes[name]), "data_offsets": [begin, end]}
    return facts


def hash_of(header: Mapping[str, Any], table: bytes, which: str) -> str:
    """Return the value of "sha256" or "content_sha256". table: the hashes of all blocks, one after another."""
    left_out = {"sha256"} if which == "sha256" else {"sha256", "content_sha256", "times"}
    metadata = {name: value for name, value in header["__metadata__"].items() if name not in left_out}
    digest = hashlib.sha256(spelt({**header, "__metadata__": metadata}))
    digest.update(table)
    return digest.hexdigest()


def parsed(text: bytes, form: str) -> dict[str, Any]:
    """Return the header. Raises ValueError where it is not of this format, or not spelt as w2v spells it."""
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError("its header is no JSON") from error
    metadata = header.get("__metadata__") if isinstance(header, dict) else None
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise ValueError("its header has no metadata")
    there = str(metadata.get("format"))
    kind, _, version = form.partition("/")
    found = re.fullmatch(rf"{re.escape(kind)}/([0-9]{{1,9}})", there)
    if found and int(found[1]) > int(version):
        raise NewerVersionError(f"a newer w2v wrote it: its format is {there!r}, and this w2v reads {form!r}")
    if there != form:
        raise ValueError(f"its format is {metadata.get('format')!r:.40}, not {form!r}")
    if not all(re.fullmatch("[0-9a-f]{64}", metadata.get(name, "")) for name in ("sha256", "content_sha256")):
        raise ValueError("it carries no sha256 of itself")
    if metadata.get("block_size") not in _BLOCK_SIZES:
        raise ValueError(f"its blocks have {metadata.get('block_size')!r:.40} bytes")
    try:
        again = spelt(header).ljust(len(text))
    except (ValueError, RecursionError) as error:
        raise ValueError("its header is not spelt as w2v spells it") from error
    if again != text:
        raise ValueError("its header is not spelt as w2v spells it")
    return dict(header)


def places_of(header: Mapping[str, Any], data_size: int) -> dict[str, tuple[int, int]]:
    """Return where each tensor begins and ends in the data.

    Raises ValueError where the tensors do not fill the data without gaps, the table of hashes last.
    """
    places: dict[str, tuple[int, int]] = {}
    end = 0
    for name, facts in header.items():
        if name == "__metadata__":
            continue
        if not isinstance(facts, dict) or set(facts) != {"dtype", "shape", "data_offsets"}:
            raise ValueError(f"tensor {name!r:.40} is not described")
        dtype, shape, offsets = facts["dtype"], facts["shape"], facts["data_offsets"]
        if not _are_sizes(shape) or not _are_sizes(offsets) or len(offsets) != 2 or not isinstance(dtype, str):
            raise ValueError(f"tensor {name!r:.40} has an impossible type, shape or place")
        begin, end = end, offsets[1]
        if offsets[0] != begin or end < begin:
            raise ValueError(f"tensor {name!r:.40} is not where it should be")
        if dtype in CODES and math.prod(shape) * np.dtype(CODES[dtype]).itemsize != end - begin:
            raise ValueError(f"tensor {name!r:.40} does not have the size of its shape")
        places[name] = (begin, end)
    if end != data_size:
        raise ValueError(f"{data_size:,} bytes of data instead of {end:,}")
    begin = places.get(TABLE, (0, 0))[0]
    blocks = -(-begin // int(header["__metadata__"]["block_size"]))
    if list(places)[-1:] != [TABLE] or header[TABLE]["dtype"] != "U8" or header[TABLE]["shape"] != [blocks, 32]:
        raise ValueError("it has no hashes of its blocks")
    return places


def _are_sizes(values: Any) -> bool:
    return (
        isinstance(values, list)
        and len(values) <= _MOST_AXES
        and all(type(value) is int and 0 <= value < 1 << 62 for value in values)
    )


def times_of(text: str | None) -> dict[str, Any]:
    """Return the times of a header, none where it has none. Raises ValueError for anything but a JSON object."""
    if text is None:
        return {}
    try:
        times = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError("its times are no JSON") from error
    if not isinstance(times, dict):
        raise ValueError("its times are no JSON object")
    return times


def compare(described: Mapping[str, Any], layout: Layout) -> None:
    """Raise ValueError where a tensor is missing, or its type or shape is not that of the layout."""
    sizes: dict[str, int] = {}
    for name, tensor in layout.items():
        if name not in described:
            if tensor.required and not tensor.reserved:
                raise ValueError(f"tensor {name!r} is missing")
            continue
        dtype, shape = described[name]["dtype"], described[name]["shape"]
        wanted = f"{tensor.dtype} [{', '.join(tensor.shape)}]"
        if dtype not in tensor.dtype.split(" or ") or len(shape) != len(tensor.shape):
            raise ValueError(f"tensor {name!r} is {dtype:.9} {shape}, not {wanted}")
        for letter, size in zip(tensor.shape, shape, strict=True):
            letter, _, more = letter.partition("+")
            if sizes.setdefault(letter, size - int(more or 0)) != size - int(more or 0) or size < int(more or 0):
                raise ValueError(f"tensor {name!r} is {dtype} {shape}, not {wanted} with {letter} = {sizes[letter]}")
