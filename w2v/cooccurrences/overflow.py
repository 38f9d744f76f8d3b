"""Where chunks of a counted matrix wait: in memory while there is room, then in one file without a name.

Worker threads add chunks; when all have been added, those on the disk are mapped. What is counted: counting.py.
"""

from __future__ import annotations

import mmap
import os
import threading
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np

from w2v.arrays import I64, Array
from w2v.cooccurrences.matrix import Chunk

__all__ = ["Overflow", "mapped", "private_memory", "write_at"]


def write_at(file: BinaryIO, array: Array, offset: int) -> None:
    """Write all of a contiguous array at an offset of a file; several threads may do so at once. Raises OSError."""
    data = memoryview(array.reshape(-1).view(np.uint8).data)
    while data:
        written = os.pwrite(file.fileno(), data, offset)
        data, offset = data[written:], offset + written


def mapped(file: BinaryIO) -> memoryview:
    """Return the content of a file, read-only; it stays when the file is closed."""
    if os.fstat(file.fileno()).st_size == 0:
        return memoryview(b"")
    return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def private_memory(size: int) -> mmap.mmap:
    """Return at least `size` bytes, all 0. When they are freed the system has them back; malloc might keep them."""
    return mmap.mmap(-1, max(size, 1), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)


@dataclass(frozen=True)
class _Waiting:
    """Some rows of a stripe, from `first_row` on; they lie in `memory`, or in the file from `offset` on."""

    first_row: int
    rows: int
    runs: I64
    records: I64
    memory: mmap.mmap | None
    offset: int

    @property
    def size(self) -> int:
        return Chunk.size(self.runs, self.records)


@dataclass
class Overflow:
    """Chunks in memory and on the disk.

    stripes: how many there are. room: bytes of chunks to keep in memory. file: for the other chunks.
    """

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

    def add(self, stripe: int, first_row: int, rows: int, memory: mmap.mmap, runs: I64, records: I64) -> None:
        """Add rows of a stripe, which `memory` holds in the layout of `Chunk.over`; chunks may come in any order.

        Raises OSError for a full disk.
        """
        size = Chunk.size(runs, records)
        with self._lock:
            keep = self.in_memory + size <= self.room
            waiting = _Waiting(first_row, rows, runs, records, memory if keep else None, self.on_disk)
            self.in_memory += size if keep else 0
            self.on_disk += 0 if keep else size
            self.records += int(records[-1])
        if not keep:
            write_at(self.file, np.frombuffer(memory, np.uint8, size), waiting.offset)
        with self._lock:
            self._waiting[stripe].append(waiting)

    def finished(self, bounds: I64) -> list[tuple[int, int]]:
        """Return (records, bytes) of each stripe that has all its rows; bounds: int64 [stripes + 1], as in `Parts`."""
        with self._lock:
            return [
                (sum(int(waiting.records[-1]) for waiting in stripe), sum(waiting.size for waiting in stripe))
                for stripe, rows in zip(self._waiting, np.diff(bounds), strict=True)
                if sum(waiting.rows for waiting in stripe) == rows
            ]

    def finish(self) -> list[list[Chunk]]:
        """Return all chunks, stripe by stripe, in the order of rows; read-only in any case: one type for kernels."""
        content = mapped(self.file)
        finished = []
        for stripe in self._waiting:
            chunks = []
            for waiting in sorted(stripe, key=lambda waiting: waiting.first_row):
                here = content[waiting.offset :] if waiting.memory is None else memoryview(waiting.memory).toreadonly()
                chunks.append(Chunk.over(here, waiting.runs, waiting.records))
            finished.append(chunks)
            stripe.clear()
        return finished
