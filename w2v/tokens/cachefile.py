"""The file of a token cache. Not here: what the numbers mean, and where the file lies.

It has the layout of safetensors, so other tools can read it: the length of the header (uint64, little-endian), the
header (JSON, padded with spaces so that the data begin at a multiple of 64), then four tensors one after the other:

    counts   I64 [V]      occurrences of each word
    offsets  I64 [V + 1]  where each word begins in `words`
    tokens   I32 [N]      ids in the order of the corpus, -1 after each sentence
    words    U8           all words, UTF-8, one after the other

`__metadata__` holds "format" and the SHA-256 of the data beside what the caller puts there. The bytes of a cache depend
on the text and the settings alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from w2v.errors import FormatError

__all__ = ["FORMAT", "CacheFile", "read", "write"]

FORMAT = "w2v.tokens/2"
_ALIGNMENT = 64
_LONGEST_HEADER = 1 << 20
_DTYPES = {"counts": ("I64", "<i8"), "offsets": ("I64", "<i8"), "tokens": ("I32", "<i4"), "words": ("U8", "u1")}


@dataclass(frozen=True)
class CacheFile:
    """What a file holds: words [V], counts int64 [V], tokens int32 [N] (mapped, not read), metadata of the caller.

    size: its bytes.
    """

    words: list[str]
    counts: npt.NDArray[np.int64]
    tokens: npt.NDArray[np.int32]
    metadata: Mapping[str, str]
    size: int


def _header(sizes: Mapping[str, int], metadata: Mapping[str, str], length: int = 0) -> bytes:
    """The header, with its length before it, filled up to `length` bytes or to the next multiple of 64."""
    tensors: dict[str, Any] = {"__metadata__": dict(metadata)}
    end = 0
    for name, (dtype, code) in _DTYPES.items():
        begin, end = end, end + sizes[name] * np.dtype(code).itemsize
        tensors[name] = {"dtype": dtype, "shape": [sizes[name]], "data_offsets": [begin, end]}
    text = json.dumps(tensors, separators=(",", ":"), ensure_ascii=False).encode()
    length = length or -(-(8 + len(text)) // _ALIGNMENT) * _ALIGNMENT
    return (length - 8).to_bytes(8, "little") + text.ljust(length - 8)


def write(
    file: BinaryIO,
    words: list[str],
    counts: npt.NDArray[np.int64],
    parts: Iterable[npt.NDArray[np.int32]],
    metadata: Mapping[str, str],
) -> None:
    """Write a cache; `parts` are the tokens in order, of any number, so that they need not be in memory."""
    spelt = [word.encode() for word in words]
    offsets = np.zeros(len(words) + 1, dtype=np.int64)
    np.cumsum([len(word) for word in spelt], out=offsets[1:])
    sizes = {"counts": len(counts), "offsets": len(offsets), "tokens": 1 << 60, "words": int(offsets[-1])}
    stamp = {"format": FORMAT, "data_sha256": "0" * 64, **metadata}
    length = len(_header(sizes, stamp))  # with room for any number of tokens
    digest = hashlib.sha256()
    file.write(bytes(length))
    tokens = 0
    for array in (counts, offsets):
        file.write(array.data)
        digest.update(array.data)
    for part in parts:
        file.write(part.data)
        digest.update(part.data)
        tokens += len(part)
    text = b"".join(spelt)
    file.write(text)
    digest.update(text)
    file.seek(0)
    file.write(_header(sizes | {"tokens": tokens}, stamp | {"data_sha256": digest.hexdigest()}, length))


def read(path: Path, file: BinaryIO | None = None) -> CacheFile:
    """Map a cache. Raises FormatError for a file that is damaged, cut short, or no token cache.

    Without `file`, all of it is read and its SHA-256 compared. What this process has just written needs no such check:
    `file` is the same while it is still open, and may have no name.
    """
    try:
        with contextlib.nullcontext(file) if file else path.open("rb") as opened:
            opened.seek(0)
            header, begin = _read_header(opened)
            sizes, metadata = _checked(header, os.fstat(opened.fileno()).st_size - begin)
            opened.seek(begin)
            digest = hashlib.file_digest(opened, "sha256") if file is None else None  # type: ignore[arg-type]
            if digest and digest.hexdigest() != metadata["data_sha256"]:
                raise ValueError("its checksum is wrong")
            arrays = {}
            for name, (_, code) in _DTYPES.items():
                arrays[name] = np.memmap(opened, dtype=code, mode="r", offset=begin, shape=(sizes[name],))
                begin += arrays[name].nbytes
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(path, str(error)) from error
    text, offsets = arrays["words"].tobytes(), arrays["offsets"].tolist()
    words = [text[first:last].decode() for first, last in pairwise(offsets)]
    return CacheFile(words, np.array(arrays["counts"]), arrays["tokens"], metadata, begin)


def _damaged(path: Path, reason: str) -> FormatError:
    return FormatError(f"{path}: damaged token cache ({reason})", hint="remove it: it will be made again")


def _read_header(file: BinaryIO) -> tuple[dict[str, Any], int]:
    length = int.from_bytes(file.read(8), "little")
    if length > _LONGEST_HEADER:
        raise ValueError(f"a header of {length:,} bytes")
    header = json.loads(file.read(length))
    if not isinstance(header, dict):
        raise ValueError("the header is no JSON object")
    return header, 8 + length


def _checked(header: dict[str, Any], data_size: int) -> tuple[dict[str, int], dict[str, str]]:
    """Sizes of the tensors and metadata, if they agree with the format and with the size of the file."""
    metadata = header["__metadata__"]
    if metadata["format"] != FORMAT:
        raise ValueError(f"its format is {metadata['format']!r}, not {FORMAT!r}")
    sizes = {}
    end = 0
    for name, (dtype, code) in _DTYPES.items():
        (sizes[name],) = header[name]["shape"]
        begin, end = end, end + sizes[name] * np.dtype(code).itemsize
        if header[name]["dtype"] != dtype or header[name]["data_offsets"] != [begin, end]:
            raise ValueError(f"tensor {name} is not where it should be")
    if end != data_size:
        raise ValueError(f"{data_size:,} bytes of data instead of {end:,}")
    if sizes["offsets"] != sizes["counts"] + 1:
        raise ValueError("counts and offsets do not match")
    return sizes, metadata
