"""Rows that are computed from other rows when they are asked for, such as the same vectors in another basis.

Whoever writes a file of transformed vectors goes through their rows once, so three million of them never have to be in
memory. Not here: rows that lie in a file as they are (files/rows.py).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from w2v.arrays import F32, F64, I64, Array, Places
from w2v.files.rows import BLOCK, FileRows, RowReader, first_rows, kept_rows, reader_of

__all__ = ["MadeRows", "ScaledRows"]

Make = Callable[[Array], F32]


class MadeRows(FileRows):
    """A matrix [V, D] of float32, each of whose rows is made from the row of the same number of another matrix."""

    def __init__(
        self, source: Array | FileRows, make: Make, dim: int, *, is_finite: bool = False, owner: object = None
    ) -> None:
        """Describe how rows are made.

        source: [V, E], the rows that are stored, of any type. make: returns rows [n, dim] for rows [n, E] of `source`,
        each by itself. is_finite: whether all values are known to be finite. owner: what must live as long as these
        rows, because it keeps the file open that `source` is a map of.
        """
        self.source, self.make, self.shape, self.is_finite = source, make, (len(source), dim), is_finite
        self.mapped, self.mends, self.owner = None, False, owner

    def reader(self) -> RowReader:
        """Return a reader with buffers of its own, for one thread."""
        return _MadeReader(self)

    def first(self, number: int) -> MadeRows:
        """Return the first rows, without making them."""
        return self._of(first_rows(self.source, number))

    def only(self, rows: Places) -> MadeRows:
        """Return some of the rows, in the given order, without making them."""
        return self._of(kept_rows(self.source, rows))

    def mended(self) -> FileRows:
        """Return the same rows with 0 for NaN and infinity, without making them."""

        def mend(rows: Array) -> F32:
            made = self.make(rows)
            return np.where(np.isfinite(made), made, np.float32(0))

        return MadeRows(self.source, mend, self.shape[1], is_finite=True, owner=self.owner)

    def _of(self, source: Array | FileRows) -> MadeRows:
        return MadeRows(source, self.make, self.shape[1], is_finite=self.is_finite, owner=self.owner)


class _MadeReader(RowReader):
    """Reads blocks of rows from the source and makes rows of them."""

    def __init__(self, rows: MadeRows) -> None:
        self.made = rows
        self.below = reader_of(rows.source)
        self.step = max(1, BLOCK // (4 * max(rows.shape[1], rows.source.shape[1])))

    def read(self, rows: I64 | Places) -> F32:
        """Return rows [n, D], given their numbers."""
        return self.made.make(self.below.read(rows))

    def block(self, start: int, stop: int) -> F32:
        """Return the rows from `start` on, up to `stop`."""
        return self.made.make(self.below.block(start, stop))


class ScaledRows(FileRows):
    """A matrix [V, D] of float32, each of whose rows is a row of another matrix times a factor of its own."""

    def __init__(self, source: F32 | FileRows, factors: F64, *, owner: object = None) -> None:
        """Describe the rows. source: [V, D]. factors: [V]. owner: what must live as long as these rows."""
        self.source, self.factors, self.owner = source, factors, owner
        self.shape = (len(source), source.shape[1])
        self.mapped, self.mends, self.is_finite = None, False, False

    def reader(self) -> RowReader:
        """Return a reader with buffers of its own, for one thread."""
        return _ScaledReader(self)

    def first(self, number: int) -> ScaledRows:
        """Return the first rows, without computing them."""
        return ScaledRows(first_rows(self.source, number), self.factors[:number], owner=self.owner)

    def only(self, rows: Places) -> ScaledRows:
        """Return some of the rows, in the given order, without computing them."""
        return ScaledRows(kept_rows(self.source, rows), self.factors[rows], owner=self.owner)


class _ScaledReader(RowReader):
    """Reads blocks of rows from the source and multiplies them in double precision."""

    def __init__(self, rows: ScaledRows) -> None:
        self.scaled = rows
        self.below = reader_of(rows.source)
        self.step = self.below.step

    def read(self, rows: I64 | Places) -> F32:
        """Return rows [n, D], given their numbers."""
        return _times(self.below.read(rows), self.scaled.factors[rows])

    def block(self, start: int, stop: int) -> F32:
        """Return the rows from `start` on, up to `stop`."""
        return _times(self.below.block(start, stop), self.scaled.factors[start:stop])


def _times(rows: Array, factors: F64) -> F32:
    made: F32 = np.empty(rows.shape, dtype=np.float32)
    np.multiply(rows, factors[:, None], out=made, casting="same_kind")
    return made
