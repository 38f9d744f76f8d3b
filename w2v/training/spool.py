"""Where chunks of a counted matrix wait: in memory while there is room, then in one file without a name.

Not here: what is counted. Worker threads add chunks; once all have come, those on the disk are mapped.
"""

from __future__ import annotations

import mmap
import os
import threading
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from w2v.cooccurrences import Chunk

__all__ = ["Spool", "mapped", "write_at"]

Array = npt.NDArray[Any]


def write_at(file: BinaryIO, array: Array, offset: int) -> None:
    """Write all of a contiguous array at an offset of a file; several threads may do so at once. Raises OSError."""
    data = memoryview(array.reshape(-1).view(np.uint8).data)
    while data:
        written = os.pwrite(file.fileno(), data, offset)
        data, offset = data[written:], offset + written


def mapped(file: BinaryIO) -> memoryview:
    """A file's content, read-only; it outlives the file object."""
    if os.fstat(file.fileno()).st_size == 0:
        return memoryview(b"")
    return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


@dataclass(frozen=True)
class _Waiting:
    """A chunk that is wholly in memory, or whose four arrays lie in the file one after another from `offset` on."""

    first_row: int
    rows: int
    size: int
    chunk: Chunk
    offset: int | None


@dataclass
class Spool:
    """stripes: how many there are. room: bytes of chunks to keep in memory. file: for the others."""

    stripes: int
    room: int
    file: BinaryIO
    in_memory: int = 0
    on_disk: int = 0
    records: int = 0
    _waiting: list[list[_Waiting]] = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._waiting = [[] for _ in range(self.stripes)]

    def add(self, stripe: int, first_row: int, rows: int, chunk: Chunk) -> None:
        """Take so many rows of a stripe; chunks may come in any order. Raises OSError for a full disk."""
        size = chunk.nbytes
        with self._lock:
            keep = self.in_memory + size <= self.room
            offset = None if keep else self.on_disk
            self.in_memory += size if keep else 0
            self.on_disk += 0 if keep else size
            self.records += int(chunk.records[-1])
            if keep:
                self._waiting[stripe].append(_Waiting(first_row, rows, size, chunk, None))
        if offset is None:
            return
        place = offset
        for array in (chunk.values, chunk.rows, chunk.lengths, chunk.columns):
            write_at(self.file, array, place)
            place += array.nbytes
        gone = np.empty(0, dtype=np.uint16)
        left = Chunk(gone, gone, gone, np.empty(0, dtype=np.float32), chunk.runs, chunk.records)
        with self._lock:
            self._waiting[stripe].append(_Waiting(first_row, rows, size, left, offset))

    def finished(self, bounds: npt.NDArray[np.int64]) -> list[tuple[int, int]]:
        """(records, bytes) of each stripe that has all its rows; bounds: int64 [stripes + 1], as in `Parts`."""
        with self._lock:
            return [
                (sum(int(waiting.chunk.records[-1]) for waiting in stripe), sum(waiting.size for waiting in stripe))
                for stripe, rows in zip(self._waiting, np.diff(bounds), strict=True)
                if sum(waiting.rows for waiting in stripe) == rows
            ]

    def finish(self) -> list[list[Chunk]]:
        """All chunks, stripe by stripe, in the order of rows."""
        content = mapped(self.file)
        finished = []
        for stripe in self._waiting:
            ordered = sorted(stripe, key=lambda waiting: waiting.first_row)
            finished.append([_restored(waiting, content) for waiting in ordered])
        return finished


def _restored(waiting: _Waiting, content: memoryview) -> Chunk:
    chunk, place = waiting.chunk, waiting.offset
    if place is None:
        for array in (chunk.rows, chunk.lengths, chunk.columns, chunk.values):
            array.flags.writeable = False  # as those from the disk: kernels are compiled for one type
        return chunk
    arrays: list[Array] = []
    runs, records = int(chunk.runs[-1]), int(chunk.records[-1])
    for dtype, size in ((np.float32, records), (np.uint16, runs), (np.uint16, runs), (np.uint16, records)):
        arrays.append(np.frombuffer(content, dtype, size, place))
        place += arrays[-1].nbytes
    values, rows, lengths, columns = arrays
    return Chunk(rows, lengths, columns, values, chunk.runs, chunk.records)
