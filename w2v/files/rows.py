"""Rows of a matrix that stays in its file: each row is read when it is asked for, and none is kept.

The rows are read and not mapped. A process that reads a mapped file which another program has cut is killed by a
signal; here that is an error with a cure, on every file system. Reading is as fast as mapping, because a block of rows
goes into a buffer that stays in the processor's cache. Rows need not lie one behind the other, nor on a multiple of
four bytes: those of word2vec's binary format stand behind words of any length.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from mmap import mmap
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, overload
from weakref import finalize

import numpy as np

from w2v.arrays import F32, I64, U8, Array, Places
from w2v.errors import FormatError

__all__ = [
    "BLOCK",
    "SMALL",
    "ArrayReader",
    "FileRows",
    "OpenFile",
    "PickedRows",
    "RowReader",
    "first_rows",
    "kept_rows",
    "parts_of",
    "picked_rows",
    "read_at",
    "reader_of",
    "rows_in",
    "whole_rows",
]

SMALL = 1 << 24  # bytes; a matrix of this size is read at once
BLOCK = 600_000  # bytes of rows that are read together: they stay in the cache of one core
SPARSE = 2  # rows that take less than this share of the bytes between them are read one by one
AnyRows = TypeVar("AnyRows", bound=Array)
_lock = Lock()


def read_at(descriptor: int, data: memoryview, offset: int) -> int:
    """Fill `data` from an offset of an open file; return the bytes read, fewer only at the end. Raises OSError."""
    done = 0
    while done < len(data):
        if hasattr(os, "preadv"):
            got = os.preadv(descriptor, [data[done:]], offset + done)
        else:  # Windows
            with _lock:
                os.lseek(descriptor, offset + done, os.SEEK_SET)
                found = os.read(descriptor, len(data) - done)
            got = len(found)
            data[done : done + got] = found
        if not got:
            break
        done += got
    return done


class OpenFile:
    """A file that stays open as long as somebody reads from it, and that must stay as it was when it was opened."""

    def __init__(self, path: Path, descriptor: int) -> None:
        """Take a descriptor of its own for a file that is open for reading."""
        self.path = path
        self.descriptor = os.dup(descriptor)
        finalize(self, os.close, self.descriptor)
        self.size, self._changed = self._state()

    def fill(self, data: memoryview, offset: int) -> None:
        """Fill `data` from an offset. Raises FormatError where the file was cut or changed since it was opened."""
        try:
            done = read_at(self.descriptor, data, offset)
        except OSError as error:
            reason = os.strerror(error.errno).lower() if error.errno else str(error)
            raise FormatError(f"cannot read {self.path}: {reason}", hint="check the disk and read it again") from error
        if done < len(data) or self._state() != (self.size, self._changed):
            raise FormatError(
                f"{self.path}: another program has changed the file while it was in use", hint="read the file again"
            )

    def _state(self) -> tuple[int, int]:
        found = os.fstat(self.descriptor)
        return found.st_size, found.st_mtime_ns


class FileRows:
    """A matrix [V, D] of float32 whose rows stay in a file.

    Indexing with a row number, a slice or an array of row numbers reads these rows, as with an array. `reader` is for
    those who go through all rows.
    """

    dtype = np.dtype(np.float32)
    ndim = 2

    def __init__(
        self,
        file: OpenFile,
        shape: tuple[int, int],
        starts: I64 | int,
        *,
        mapped: F32 | None = None,
        mends: bool = False,
        is_finite: bool = False,
    ) -> None:
        """Describe where the rows are.

        starts: the offset in the file of each row [V], or of the first row, where the others follow without gaps.
        mapped: the same matrix as a map of the file, which `whole` then returns. mends: 0 is read for NaN and infinity.
        is_finite: whether all values are known to be finite.
        """
        self.file, self.shape, self.starts, self.mapped, self.mends = file, shape, starts, mapped, mends
        self.is_finite = is_finite or mends

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def nbytes(self) -> int:
        """The bytes of all values."""
        return self.shape[0] * self.width

    @property
    def width(self) -> int:
        """The bytes of a row."""
        return 4 * self.shape[1]

    @overload
    def __getitem__(self, chosen: int | np.integer[Any]) -> F32: ...
    @overload
    def __getitem__(self, chosen: slice | Array) -> F32: ...
    def __getitem__(self, chosen: int | np.integer[Any] | slice | Array) -> F32:
        if isinstance(chosen, (int, np.integer)):
            row: F32 = self[np.array([range(len(self))[chosen]])][0]
            return row
        if isinstance(chosen, slice) and chosen.step in (None, 1):
            return self._together(*chosen.indices(len(self))[:2])
        numbers = np.arange(*chosen.indices(len(self))) if isinstance(chosen, slice) else np.asarray(chosen)
        if numbers.dtype == np.bool_:
            numbers = np.flatnonzero(numbers)
        if numbers.size and not -len(self) <= numbers.min() <= numbers.max() < len(self):
            raise IndexError(f"there are {len(self):,} rows")
        flat = np.where(numbers < 0, numbers + len(self), numbers).reshape(-1)
        out: F32 = np.empty((len(flat), self.shape[1]), dtype=np.float32)
        reader = self.reader()
        for start in range(0, len(flat), reader.step):
            part = flat[start : start + reader.step]
            out[start : start + len(part)] = reader.read(part)
        return out.reshape(*numbers.shape, self.shape[1])

    def _together(self, begin: int, end: int) -> F32:
        """Consecutive rows."""
        out: F32 = np.empty((max(0, end - begin), self.shape[1]), dtype=np.float32)
        reader = self.reader()
        for start in range(begin, end, reader.step):
            stop = min(start + reader.step, end)
            out[start - begin : stop - begin] = reader.block(start, stop)
        return out

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.asarray(self.whole(), dtype=dtype)

    def __reduce__(self) -> tuple[Callable[..., F32], tuple[F32]]:
        """Pickle and copy the values: another process does not have the open file."""
        return np.array, (self[:],)

    def whole(self) -> F32:
        """Return all rows as an array: the map where there is one, otherwise in memory."""
        return self[:] if self.mapped is None else self.mapped

    def reader(self) -> RowReader:
        """Return a reader with buffers of its own, for one thread."""
        return RowReader(self)

    def first(self, number: int) -> FileRows:
        """Return the first rows, without reading them."""
        starts = self.starts if isinstance(self.starts, int) else self.starts[:number]
        mapped = None if self.mapped is None else self.mapped[:number]
        return FileRows(
            self.file, (number, self.shape[1]), starts, mapped=mapped, mends=self.mends, is_finite=self.is_finite
        )

    def only(self, rows: Places) -> FileRows:
        """Return some of the rows, in the given order, without reading them."""
        shape = len(rows), self.shape[1]
        return FileRows(self.file, shape, self.offsets(np.asarray(rows)), mends=self.mends, is_finite=self.is_finite)

    def mended(self) -> FileRows:
        """Return the same rows with 0 for NaN and infinity, without reading them."""
        return FileRows(self.file, self.shape, self.starts, mends=True)

    def offsets(self, rows: I64 | Places) -> I64:
        """Return where rows begin in the file, [n], given their numbers."""
        found: I64 = self.starts + rows * self.width if isinstance(self.starts, int) else self.starts[rows]
        return found


class PickedRows(FileRows):
    """Some rows of an array [V, D] that is the map of a file, in any order: they stay in the file."""

    def __init__(self, source: F32, rows: Places, *, mends: bool = False, owner: object = None) -> None:
        """Describe which rows. mends: 0 is read for NaN and infinity. owner: what must live as long as these rows."""
        self.source, self.rows, self.owner, self.is_finite = source, np.asarray(rows), owner, mends
        self.shape, self.mapped, self.mends = (len(rows), source.shape[1]), None, mends

    def reader(self) -> RowReader:
        """Return a reader, for one thread."""
        return _PickedReader(self)

    def first(self, number: int) -> PickedRows:
        """Return the first rows, without reading them."""
        return PickedRows(self.source, self.rows[:number], mends=self.mends, owner=self.owner)

    def only(self, rows: Places) -> PickedRows:
        """Return some of the rows, in the given order, without reading them."""
        return PickedRows(self.source, self.rows[rows], mends=self.mends, owner=self.owner)

    def mended(self) -> FileRows:
        """Return the same rows with 0 for NaN and infinity, without reading them."""
        return PickedRows(self.source, self.rows, mends=True, owner=self.owner)


class RowReader:
    """Reads blocks of rows into buffers; a block is only valid until the next one is read.

    step: a good number of rows for a block.
    """

    def __init__(self, rows: FileRows) -> None:
        self.rows = rows
        self.step = max(1, BLOCK // rows.width)
        self._buffer: U8 = np.empty(0, dtype=np.uint8)

    def read(self, rows: I64 | Places) -> F32:
        """Return rows [n, D], given their numbers."""
        return self._at(self.rows.offsets(rows))

    def block(self, start: int, stop: int) -> F32:
        """Return the rows from `start` on, up to `stop`."""
        starts = self.rows.starts
        return self._at(self.rows.offsets(np.arange(start, stop)) if isinstance(starts, int) else starts[start:stop])

    def _at(self, offsets: I64) -> F32:
        width, number = self.rows.width, len(offsets)
        if not number:
            return np.empty((0, self.rows.shape[1]), dtype=np.float32)
        first, size = int(offsets[0]), int(offsets[-1] - offsets[0]) + width
        rises = bool((offsets[1:] > offsets[:-1]).all())
        if rises and size == number * width:
            data = self._filled(first, size)
        elif rises and size <= SPARSE * number * width:
            data = rows_in(self._filled(first, size), offsets - first, width)
        else:
            data = self._room(number * width)
            for row, offset in enumerate(offsets.tolist()):
                self.rows.file.fill(data.data[row * width : (row + 1) * width], offset)
        values: F32 = data.view("<f4").astype(np.float32, copy=False).reshape(number, -1)
        return _mended(values) if self.rows.mends else values

    def _filled(self, offset: int, size: int) -> U8:
        data = self._room(size)
        self.rows.file.fill(data.data, offset)
        return data

    def _room(self, size: int) -> U8:
        if len(self._buffer) < size:
            self._buffer = np.empty(size, dtype=np.uint8)
        return self._buffer[:size]


class _PickedReader(RowReader):
    """Reads blocks of rows of a mapped array; each block is a copy."""

    def __init__(self, rows: PickedRows) -> None:
        self.picked = rows
        self.step = max(1, BLOCK // rows.width)

    def read(self, rows: I64 | Places) -> F32:
        """Return rows [n, D], given their numbers."""
        return self._values(self.picked.rows[rows])

    def block(self, start: int, stop: int) -> F32:
        """Return the rows from `start` on, up to `stop`."""
        return self._values(self.picked.rows[start:stop])

    def _values(self, numbers: Places) -> F32:
        values: F32 = self.picked.source[numbers]
        return _mended(values) if self.picked.mends else values


def rows_in(data: U8, offsets: I64, width: int) -> Array:
    """Return copies of the rows of so many bytes that begin at offsets [n] of `data`, one behind the other."""
    windows: Array = np.ndarray((len(data) - width + 1,), dtype=f"V{width}", buffer=data, strides=(1,))
    copied: Array = windows[offsets]
    return copied


def _mended(values: F32) -> F32:
    if not np.isfinite(values).all():
        values = np.where(np.isfinite(values), values, np.float32(0))
    return values


class ArrayReader:
    """Reads blocks of rows of an array, as `RowReader` does; blocks of rows in a sequence are views."""

    def __init__(self, matrix: Array) -> None:
        self.matrix = matrix
        self.step = max(1, BLOCK // max(1, matrix.shape[1] * matrix.itemsize))

    def read(self, rows: I64 | Places) -> Array:
        """Return rows [n, D], given their numbers."""
        found: Array = self.matrix[rows]
        return found

    def block(self, start: int, stop: int) -> Array:
        """Return the rows from `start` on, up to `stop`."""
        found: Array = self.matrix[start:stop]
        return found


def reader_of(matrix: Array | FileRows) -> ArrayReader | RowReader:
    """Return a reader of blocks of rows, for one thread."""
    return matrix.reader() if isinstance(matrix, FileRows) else ArrayReader(matrix)


def parts_of(matrix: Array | FileRows, size: int) -> Iterator[Array]:
    """Yield the rows of a matrix in parts of about so many bytes; a part is only valid until the next one."""
    step = max(1, size // (4 * matrix.shape[1]))
    reader = reader_of(matrix)
    for start in range(0, len(matrix), step):
        yield reader.block(start, min(start + step, len(matrix)))


def first_rows(matrix: Any, number: int) -> Any:
    """Return the first rows of an array or of a matrix in a file, without copying or reading them."""
    return matrix.first(number) if isinstance(matrix, FileRows) else matrix[:number]


def whole_rows(matrix: F32 | FileRows) -> F32:
    """Return all rows in memory, or as a map of their file; an array is returned as it is."""
    return matrix.whole() if isinstance(matrix, FileRows) else matrix


@overload
def kept_rows(matrix: FileRows, rows: Places) -> F32 | FileRows: ...
@overload
def kept_rows(matrix: AnyRows, rows: Places) -> AnyRows: ...
def kept_rows(matrix: Any, rows: Places) -> Any:
    """Return some rows of an array or of a matrix in a file; of the latter they stay in the file if they are many."""
    if not isinstance(matrix, FileRows):
        return matrix[rows]
    kept = matrix.only(rows)
    return kept[:] if kept.nbytes <= SMALL else kept


def picked_rows(matrix: F32 | FileRows, rows: Places, owner: object = None) -> F32 | FileRows:
    """Return some rows of a matrix; many rows of a mapped file stay in the file.

    owner: what must live as long as these rows, because it keeps the file open that `matrix` is a map of.
    """
    if isinstance(matrix, FileRows) or not _is_map(matrix) or 4 * len(rows) * matrix.shape[1] <= SMALL:
        return kept_rows(matrix, rows)
    return PickedRows(matrix, rows, owner=owner)


def _is_map(array: Any) -> bool:
    """Return whether an array has no memory of its own, but is the map of a file."""
    while isinstance(array, (np.ndarray, memoryview)):
        array = array.obj if isinstance(array, memoryview) else array.base
    return isinstance(array, mmap)
