"""w2v's own format: one .safetensors file with everything in it, read memory-mapped and checked against its own hash.

Tensors: `embeddings` F32 [V, D], rows by falling frequency; `counts` I64 [V], where known; `words` U8, the words in
UTF-8 one after another; `word_offsets` I64 [V + 1], where each begins and the last ends.
Metadata (strings): `format` is "w2v/1"; `run` the run record as JSON, where there is one; `sha256` the SHA-256 of the
whole file in hexadecimal, computed with those 64 characters set to "0". In Python, with `data` the bytes of the file
and `claimed` that value: hashlib.sha256(data.replace(claimed, b"0" * 64, 1)).hexdigest().encode() == claimed.

Not here: other programs' safetensors files, which are refused.
"""

from __future__ import annotations

import hashlib
import json
import math
import mmap
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, BinaryIO

import numpy as np

from w2v.arrays import Array
from w2v.formats.contents import Contents
from w2v.formats.format import Claim, FileFormat, letters
from w2v.formats.source import Source, Start
from w2v.progress import Progress
from w2v.record import RunRecord
from w2v.vectors import Vectors

__all__ = ["Native"]

VERSION = "w2v/1"
OTHERS = {
    "w2v.tokens": "a token cache",
    "w2v.cooccurrences": "a file of co-occurrences",
    "w2v.checkpoint": "a checkpoint of training",
}
BLANK = b"0" * 64
HASH = re.compile(rb'"sha256":"([0-9a-f]{64})"')
BLOCK = 1 << 24
LONGEST_HEADER = 1 << 22
ALIGNMENT = 8
TEXTUAL_LENGTH = 1 << 32  # the eight bytes before a header's "{" say its length; as text they would say far more
TENSORS = {"embeddings": ("F32", 2), "words": ("U8", 1), "word_offsets": ("I64", 1), "counts": ("I64", 1)}
DTYPES = {"F32": "<f4", "U8": "u1", "I64": "<i8"}
ORDER = ("counts", "word_offsets", "embeddings", "words")  # widest items first: each then lies on a multiple of its own


class Native(FileFormat):
    counts = "inside"
    holds_record = True

    def claims(self, start: Start) -> Claim:
        declared = int.from_bytes(start.head[:8], "little")
        if start.head[8:9] == b"{" and declared < TEXTUAL_LENGTH:
            return Claim.CERTAIN
        return Claim.PERHAPS if start.name.endswith(self.entry.suffixes) else Claim.NO

    def read(self, source: Source, limit: int | None, progress: Progress, *, check_all: bool) -> Contents:
        metadata = _metadata(source)
        data = mmap.mmap(source.raw.fileno(), 0, access=mmap.ACCESS_READ)
        start = 8 + int.from_bytes(data[:8], "little")
        header = data[8:start]
        if limit is None:
            _verify(source, data, header, metadata.get("sha256", ""))
        tensors = _tensors(source, data, start, json.loads(header))
        matrix, offsets, counts = tensors["embeddings"], tensors["word_offsets"], tensors.get("counts")
        total = len(matrix)
        if total < 1 or matrix.shape[1] < 1:
            raise source.fault(f"embeddings have the shape {matrix.shape}; both sides must be at least 1")
        if offsets.size != total + 1 or (counts is not None and counts.size != total):
            raise source.fault(f"{total:,} rows, {offsets.size - 1:,} words and their counts do not match in number")
        if offsets[0] != 0 or offsets[-1] != tensors["words"].size or (np.diff(offsets) < 1).any():
            raise source.fault("word_offsets do not cut the words into one piece a row")
        if counts is not None and (counts < 0).any():
            raise source.fault("some counts are negative")
        rows = total if limit is None else min(limit, total)
        return Contents(
            words=_words(source, tensors["words"][: offsets[rows]].tobytes(), offsets[: rows + 1].tolist()),
            matrix=matrix[:rows],
            counts=None if counts is None else counts[:rows],
            record=_record(source, metadata.get("run")),
            verified=True if limit is None else None,
        )

    def write(self, vectors: Vectors, target: BinaryIO) -> None:
        """Header and tensors, the hash over all of it in its place; the same content gives the same bytes."""
        encoded = [word.encode() for word in vectors.words]
        arrays: dict[str, Array] = {
            "embeddings": vectors.matrix,
            "words": np.frombuffer(b"".join(encoded), dtype=np.uint8),
            "word_offsets": np.cumsum([0, *map(len, encoded)], dtype=np.int64),
        }
        if vectors.counts is not None:
            arrays["counts"] = vectors.counts
        metadata = {"format": VERSION, "sha256": BLANK.decode()}
        if vectors.record is not None:
            metadata["run"] = json.dumps(vectors.record.to_dict())
        tensors = {
            name: np.ascontiguousarray(arrays[name], DTYPES[TENSORS[name][0]]) for name in ORDER if name in arrays
        }
        digest = hashlib.sha256(_header(tensors, metadata))
        for array in tensors.values():
            digest.update(array.data)
        target.write(_header(tensors, metadata | {"sha256": digest.hexdigest()}))
        for array in tensors.values():
            data = array.reshape(-1).view(np.uint8)
            for begin in range(0, len(data), BLOCK):
                target.write(data[begin : begin + BLOCK].data)

    def bytes_for(self, words: Sequence[str], dim: int) -> int:
        return 4096 + letters(words) + (16 + 4 * dim) * len(words)


def _metadata(source: Source) -> dict[str, str]:
    """The metadata, once the safetensors package has found header, types and lengths in order."""
    from safetensors import SafetensorError, safe_open

    declared = int.from_bytes(source.read(8), "little")
    if declared > min(source.size, LONGEST_HEADER):
        raise source.fault(f"not a safetensors file: its first 8 bytes say that a header of {declared:,} bytes follows")
    try:
        with safe_open(source.path, framework="numpy") as file:
            metadata: dict[str, str] = file.metadata() or {}
    except (SafetensorError, OSError) as error:
        raise source.fault(f"not a whole safetensors file ({str(error).splitlines()[0]})") from error
    own = str(metadata.get("format")).split("/")[0]
    if own in OTHERS:
        raise source.fault(f"this is {OTHERS[own]}, which holds no finished vectors", "'w2v verify' checks it")
    if metadata.get("format") != VERSION:
        raise source.fault(
            f"a safetensors file, but its format is {metadata.get('format')!r}, not {VERSION!r}",
            "another program wrote it, or a later w2v: save the vectors in word2vec format there",
        )
    return metadata


def _verify(source: Source, data: mmap.mmap, header: bytes, claimed: str) -> None:
    place = HASH.search(header)
    if place is None or place[1].decode() != claimed:
        raise source.fault("the file carries no sha256 of itself, as every file of w2v does")
    with memoryview(data) as view:
        digest = hashlib.sha256(view[: 8 + place.start(1)])
        digest.update(BLANK)
        digest.update(view[8 + place.end(1) :])
    if digest.hexdigest() != claimed:
        raise source.fault(f"the file is damaged: its sha256 is {digest.hexdigest()[:12]}…, not {claimed[:12]}…")


def _tensors(source: Source, data: mmap.mmap, start: int, header: dict[str, Any]) -> dict[str, Array]:
    """Views of the mapped file; copies only where a tensor does not lie on a multiple of its item size."""
    tensors: dict[str, Array] = {}
    for name, (dtype, axes) in TENSORS.items():
        if name not in header and name == "counts":
            continue
        described = header.get(name, {"dtype": "missing", "shape": ()})
        shape = tuple(described["shape"])
        if described["dtype"] != dtype or len(shape) != axes:
            raise source.fault(f"the tensor {name!r} is {described['dtype']} {list(shape)}, not {dtype} of {axes} axes")
        array = np.frombuffer(data, DTYPES[dtype], math.prod(shape), start + described["data_offsets"][0])
        tensors[name] = np.require(array.reshape(shape), requirements="A")
    return tensors


def _words(source: Source, text: bytes, offsets: list[int]) -> list[str]:
    words: list[str] = []
    try:
        for begin, end in pairwise(offsets):
            words.append(text[begin:end].decode())
    except UnicodeDecodeError as error:
        raise source.fault(f"the word of row {len(words) + 1:,} is not UTF-8") from error
    return words


def _record(source: Source, text: str | None) -> RunRecord | None:
    if text is None:
        return None
    try:
        return RunRecord.from_dict(json.loads(text))
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise source.fault(f"the run record cannot be read ({error})") from error


def _header(tensors: Mapping[str, Array], metadata: Mapping[str, str]) -> bytes:
    """The header with its length before it. Written here, because the safetensors package orders metadata by chance."""
    header: dict[str, Any] = {"__metadata__": metadata}
    end = 0
    for name, array in tensors.items():
        begin, end = end, end + array.nbytes
        header[name] = {"dtype": TENSORS[name][0], "shape": array.shape, "data_offsets": [begin, end]}
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % ALIGNMENT)
    return len(text).to_bytes(8, "little") + text
