"""Writing w2v's own files: the data first, in one pass, and then the header, which needs their sizes and hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from w2v.arrays import Array
from w2v.files.tensors.header import TABLE, described, hash_of, spelt
from w2v.files.tensors.layout import CODES, Stream
from w2v.machine import available_threads

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

__all__ = ["write"]

BLOCK = 1 << 18
_TIMES = 1024  # characters for the times, or a multiple of that
_ALIGNMENT = 64
_PIECE = 1 << 24  # bytes that are hashed by all threads while they are written
_WRITTEN = 1 << 20  # bytes that are written at once: for more the system looks for larger pages, which takes longer
_IN_ORDER = 8  # fewer blocks are hashed by one thread: starting another would take longer
_BLANK = "0" * 64
_NAMES = {np.dtype(code): name for name, code in CODES.items()}


def write(
    file: BinaryIO,
    form: str,
    arrays: Mapping[str, Array | Stream],
    metadata: Mapping[str, str],
    times: Mapping[str, Any] | None = None,
) -> None:
    """Write a new file, which must be open for writing and seeking.

    form: the value of "format". arrays: of any names, shapes and types. metadata: what the kind of file adds.
    times: what no hash of the content covers.
    """
    streams = {name: array if isinstance(array, Stream) else _stream(array) for name, array in arrays.items()}
    order = sorted(streams, key=lambda name: -np.dtype(CODES[streams[name].dtype]).itemsize)
    header: dict[str, Any] = {"__metadata__": {"format": form, "sha256": _BLANK, "content_sha256": _BLANK}}
    header["__metadata__"] |= {"block_size": str(BLOCK), **metadata}
    if times is not None:
        header["__metadata__"]["times"] = _padded(json.dumps(times))
    shapes = {name: list(value.shape) for name, value in arrays.items() if value.shape is not None}
    room = {name: shapes.get(name, [1 << 60]) for name in order} | {TABLE: [1 << 60, 32]}
    dtypes = {name: streams[name].dtype for name in order} | {TABLE: "U8"}
    length = -(-(8 + len(spelt(header | described(dtypes, room)))) // _ALIGNMENT) * _ALIGNMENT
    file.write(bytes(length))
    with _BlockWriter(file) as blocks:
        for name in order:
            items = 0
            for part in streams[name].parts:
                items += part.size
                for piece in _bytes_of(part, CODES[streams[name].dtype]):
                    blocks.put(piece)
            shapes.setdefault(name, [items])
        table = blocks.hashes()
    file.write(table)
    header |= described(dtypes, {name: shapes[name] for name in order} | {TABLE: [len(table) // 32, 32]})
    for which in ("content_sha256", "sha256"):
        header["__metadata__"][which] = hash_of(header, table, which)
    file.seek(0)
    file.write((length - 8).to_bytes(8, "little") + spelt(header).ljust(length - 8))


def _stream(array: Array) -> Stream:
    return Stream(_NAMES[array.dtype.newbyteorder("<")], [array])


def _padded(text: str) -> str:
    return text.ljust(-(-len(text) // _TIMES) * _TIMES)


def _bytes_of(array: Array, code: str) -> Iterator[memoryview]:
    """The bytes of an array in C order; an array that lies otherwise in memory is copied piece by piece."""
    if array.flags.c_contiguous and array.dtype == code:
        yield array.reshape(-1).view(np.uint8).data
        return
    rows = np.atleast_1d(array)
    step = max(1, _PIECE // max(1, rows[:1].nbytes))
    for begin in range(0, len(rows), step):
        yield np.ascontiguousarray(rows[begin : begin + step], dtype=code).reshape(-1).view(np.uint8).data


class _BlockWriter:
    """Writes data and hashes them in blocks; other threads hash whole blocks while these are written."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.table: list[bytes] = []
        self.begun, self.filled = hashlib.sha256(), 0
        self.pool: ThreadPoolExecutor | None = None

    def __enter__(self) -> _BlockWriter:
        return self

    def __exit__(self, *error: object) -> None:
        if self.pool is not None:
            self.pool.shutdown()

    def put(self, data: memoryview) -> None:
        while data:
            if self.filled or len(data) < BLOCK:
                piece = data[: BLOCK - self.filled]
                self._part(piece)
            else:
                piece = data[: min(len(data) // BLOCK * BLOCK, _PIECE)]
                self._whole_blocks(piece)
            data = data[len(piece) :]

    def _part(self, piece: memoryview) -> None:
        self.begun.update(piece)
        self.file.write(piece)
        self.filled += len(piece)
        if self.filled == BLOCK:
            self._end_block()

    def _end_block(self) -> None:
        self.table.append(self.begun.digest())
        self.begun, self.filled = hashlib.sha256(), 0

    def _whole_blocks(self, piece: memoryview) -> None:
        blocks = [piece[begin : begin + BLOCK] for begin in range(0, len(piece), BLOCK)]
        if len(blocks) < _IN_ORDER or available_threads() == 1:
            self.file.write(piece)
            self.table += _digests(blocks)
            return
        if self.pool is None:
            from concurrent.futures import ThreadPoolExecutor  # here, because small files do without

            self.pool = ThreadPoolExecutor(available_threads())
        share = -(-len(blocks) // available_threads())  # one task a thread: handing over each block would take longer
        digests = self.pool.map(_digests, [blocks[begin : begin + share] for begin in range(0, len(blocks), share)])
        for begin in range(0, len(piece), _WRITTEN):
            self.file.write(piece[begin : begin + _WRITTEN])
        for some in digests:
            self.table += some

    def hashes(self) -> bytes:
        """The hashes of all blocks, one after another."""
        if self.filled:
            self._end_block()
        return b"".join(self.table)


def _digests(blocks: Sequence[memoryview]) -> list[bytes]:
    return [hashlib.sha256(block).digest() for block in blocks]
