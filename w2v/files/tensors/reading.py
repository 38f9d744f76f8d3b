"""Reading w2v's own files: the header is checked when a file is opened, a block of the data when it is asked for."""

from __future__ import annotations

import hashlib
import math
import mmap
import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from threading import Thread
from typing import Any, BinaryIO

import numpy as np

from w2v.arrays import Array
from w2v.files.rows import read_at
from w2v.files.tensors.header import LONGEST_HEADER, TABLE, compare, hash_of, parsed, places_of, times_of
from w2v.files.tensors.layout import CODES, Layout
from w2v.machine import available_threads

__all__ = ["TensorFile", "read", "regular_only"]

_IN_ORDER = 8  # fewer blocks are compared by one thread: starting another would take longer


def read(
    path: Path, form: str, layout: Layout | None, file: BinaryIO | None = None, *, check: bool | None = None
) -> TensorFile:
    """Map a file, once all of it has been compared with its hashes.

    layout: the tensors that there must be or may be; others are ignored. None takes whatever tensors there are.
    file: the file, where it is open already; it may have no name. check: whether to compare; by default only where
        `file` is None, because an open file is one that this process has just written.

    Raises OSError or ValueError for a file that is damaged, cut short or in another format (see `unreadable`).
    """
    if file is not None:
        found = TensorFile(file, form, layout)
        if check:
            found.check_all()
        return found
    with open(path, "rb", opener=regular_only) as opened:
        found = TensorFile(opened, form, layout)
        found.check_all()
        return found


def regular_only(path: str, flags: int) -> int:
    """Open a file without waiting for anybody at the other end of a pipe; an `opener` of `open`. Raises ValueError."""
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ValueError("it is not a regular file")
    return descriptor


class TensorFile:
    """An open file whose header, and whose hash of the header, are right. Its data are mapped, and not read.

    arrays: the tensors by name; they stay valid when the file is closed. map: the bytes of the file, which the arrays
    are views of. metadata: the strings of `__metadata__`.
    times: what `write` was given. content_sha256: a hash that leaves out the times. size: bytes of the file.
    """

    def __init__(self, file: BinaryIO, form: str, layout: Layout | None) -> None:
        """Read the header of `file`, which is not closed, and map the file.

        Raises ValueError for a file that is cut short or in another format, or whose header does not fit its data.
        """
        self._file = file
        self.size = os.fstat(file.fileno()).st_size
        file.seek(0)
        start = file.read(8)
        self._begin = 8 + int.from_bytes(start, "little")
        if len(start) < 8 or self._begin > min(self.size, LONGEST_HEADER):
            raise ValueError("it does not begin with its header")
        header = parsed(file.read(self._begin - 8), form)
        self.metadata: Mapping[str, str] = header["__metadata__"]
        self._places = places_of(header, self.size - self._begin)
        self._block = int(self.metadata["block_size"])
        self._end, table_end = self._places.pop(TABLE)
        file.seek(self._begin + self._end)
        self._table = file.read(table_end - self._end)
        for which in ("sha256", "content_sha256"):
            if hash_of(header, self._table, which) != self.metadata[which]:
                raise ValueError(f"it is damaged: its {which} is not the one that it carries")
        self.content_sha256 = self.metadata["content_sha256"]
        self.times = times_of(self.metadata.get("times"))
        self._right: set[int] = set()
        wanted = {name: header[name] for name in self._places}
        if layout is not None:
            wanted = {name: facts for name, facts in wanted.items() if name in layout and not layout[name].reserved}
            compare(wanted, layout)
        self.arrays = self._mapped(wanted)

    def offset(self, name: str) -> int:
        """Return where a tensor begins in the file."""
        return self._begin + self._places[name][0]

    @property
    def is_all_checked(self) -> bool:
        """Whether every block has been compared with its hash."""
        return len(self._right) == len(self._table) // 32

    def check_all(self) -> None:
        """Compare all blocks with their hashes. Raises ValueError for a block that is damaged, OSError."""
        self._compare_blocks([block for block in range(len(self._table) // 32) if block not in self._right])

    def check(self, names: Iterable[str], rows: int | None = None) -> None:
        """Compare the blocks of some tensors with their hashes; of each tensor, if `rows` is given, its first rows.

        A block that has been compared before is not read again. Raises ValueError for a damaged block, OSError.
        """
        wanted: set[int] = set()
        for name in names:
            begin, end = self._places[name]
            array = self.arrays[name]
            if rows is not None and len(array):
                end = min(end, begin + rows * (array.nbytes // len(array)))
            wanted.update(range(begin // self._block, -(-end // self._block)))
        self._compare_blocks(sorted(wanted - self._right))

    def _compare_blocks(self, blocks: list[int]) -> None:
        number = min(available_threads(), max(1, len(blocks) // _IN_ORDER))
        failed: list[Exception] = []

        def compare(mine: list[int]) -> None:
            try:
                self._compare_in_turn(mine)
            except (OSError, ValueError) as error:
                failed.append(error)

        threads = [Thread(target=compare, args=(blocks[each::number],)) for each in range(1, number)]
        for thread in threads:
            thread.start()
        compare(blocks[::number])
        for thread in threads:
            thread.join()
        if failed:
            raise min(failed, key=str)
        self._right.update(blocks)

    def _compare_in_turn(self, blocks: Sequence[int]) -> None:
        buffer = memoryview(bytearray(min(self._block, max(1, self._end))))
        for block in blocks:
            begin = block * self._block
            data = buffer[: min(self._block, self._end - begin)]
            self._fill(data, self._begin + begin)
            if hashlib.sha256(data).digest() != self._table[32 * block : 32 * block + 32]:
                names = [name for name, (a, b) in self._places.items() if a < begin + len(data) and b > begin]
                raise ValueError(f"it is damaged: the sha256 of block {block:,} ({', '.join(names)}) is another one")

    def _fill(self, data: memoryview, offset: int) -> None:
        """Read from the file, not from the map: there an error of the disk, or a file cut short, would be a signal."""
        if read_at(self._file.fileno(), data, offset) < len(data):
            raise ValueError("it was cut short while it was read")

    def _mapped(self, described: Mapping[str, Any]) -> dict[str, Array]:
        """Views of the mapped file; a copy where a tensor does not lie on a multiple of its item size."""
        data = self.map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        arrays: dict[str, Array] = {}
        for name, facts in described.items():
            if facts["dtype"] not in CODES:
                continue
            dtype, shape = np.dtype(CODES[facts["dtype"]]), facts["shape"]
            array: Array = np.empty(0, dtype)
            if count := math.prod(shape):
                array = np.frombuffer(data, dtype, count, self._begin + self._places[name][0])
            arrays[name] = np.require(array.reshape(shape), requirements="A")
        return arrays
