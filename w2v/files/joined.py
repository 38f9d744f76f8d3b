"""Map parts of several files as one array, one part behind the other, as if they were one file; nothing is copied.

A system maps whole pages only, at whole pages of a file. So a part must begin in its file where it begins in the whole,
but for whole pages: at `lead`. A page with the end of one part and the beginning of the next belongs to no file alone;
such pages, two of each part at most, are copied. Pages are read when somebody looks at them, and the system may drop
them again, so that memory does not depend on the size of the files.
"""

from __future__ import annotations

import ctypes
import mmap
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from w2v.arrays import U8

__all__ = ["ALIGNMENT", "Part", "joined", "lead", "map_over"]

ALIGNMENT = 1 << 16  # bytes: a multiple of the size of a page on all processors
FIXED = 0x10  # MAP_FIXED of Linux and macOS, which Python's mmap does not name


class Part(NamedTuple):
    """Bytes of a file: `size` of them from `offset` on."""

    path: Path
    offset: int
    size: int


def lead(start: int) -> int:
    """Return a place in a file for a part that begins at byte `start` of the whole; other places do not fit."""
    return start % ALIGNMENT


def joined(parts: Sequence[Part], opens: Callable[[Path], BinaryIO] = lambda path: path.open("rb")) -> U8:
    """Return all parts as one array, uint8 [sum of the sizes], which nobody can write to.

    opens: opens a file for reading. Raises OSError, and ValueError for a file that is cut short.
    """
    size = sum(part.size for part in parts)
    whole: U8 = np.frombuffer(
        mmap.mmap(-1, max(size, 1), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=mmap.PROT_READ), np.uint8
    )
    whole.flags.writeable = False
    start, copied = 0, {-1}
    for part in parts:
        if part.offset % ALIGNMENT != lead(start):
            raise ValueError("it does not begin where it can be mapped")
        with opens(part.path) as file:
            if os.fstat(file.fileno()).st_size < part.offset + part.size:
                raise ValueError(f"{part.path} is cut short")
            for begin, end, is_mapped in _segments(start, start + part.size):
                offset = part.offset + begin - start
                if is_mapped:
                    map_over(whole.ctypes.data + begin, end - begin, file.fileno(), offset)
                    continue
                for page in range(begin // mmap.PAGESIZE, -(-end // mmap.PAGESIZE)):
                    if page not in copied:
                        copied.add(page)
                        _map_own_page(whole.ctypes.data + page * mmap.PAGESIZE)
                _copy(file, offset, whole.ctypes.data + begin, end - begin)
        start += part.size
    return whole[:size]


def map_over(address: int, size: int, descriptor: int, offset: int = 0) -> None:
    """Map an open file for reading at an address, in the place of what is mapped there. Raises OSError."""
    _map(address, size, mmap.PROT_READ, mmap.MAP_SHARED, descriptor, offset)


def _segments(start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Yield the segments of a part of the whole, and for each whether it has whole pages."""
    first, last = -(-start // mmap.PAGESIZE) * mmap.PAGESIZE, end // mmap.PAGESIZE * mmap.PAGESIZE
    bounds = [(start, first, False), (first, last, True), (last, end, False)] if first < last else [(start, end, False)]
    yield from (each for each in bounds if each[0] < each[1])


def _map_own_page(address: int) -> None:
    _map(address, mmap.PAGESIZE, mmap.PROT_READ | mmap.PROT_WRITE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)


def _copy(file: BinaryIO, offset: int, address: int, size: int) -> None:
    while size:
        data = os.pread(file.fileno(), size, offset)
        if not data:
            raise ValueError("it was cut short while it was read")
        ctypes.memmove(address, data, len(data))
        offset, address, size = offset + len(data), address + len(data), size - len(data)


def _map(address: int, size: int, protection: int, flags: int, descriptor: int, offset: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    found = libc.mmap(address, size, protection, flags | FIXED, descriptor, offset)
    if found != address:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
