"""Rows that are fetched in segments from where they are, such as the workers that have trained them.

Whoever writes a file goes through the rows in order, so each row is fetched once for each file, and no more than two
segments are in memory at a time. Not here: rows that lie in a file (files/rows.py), or are made of other rows
(files/made.py).
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

import numpy as np

from w2v.arrays import F32, I64, Places
from w2v.errors import SettingsError
from w2v.files.rows import BLOCK, FileRows, RowReader

__all__ = ["FetchedRows"]

SEGMENT = 1 << 25  # bytes of rows that are fetched together

Fetch = Callable[[int, int], F32]


class FetchedRows(FileRows):
    """A matrix [V, D] of float32 whose rows are elsewhere. The segment that was fetched last stays in memory."""

    def __init__(self, fetch: Fetch, shape: tuple[int, int], *, is_finite: bool = False) -> None:
        """Describe where rows come from.

        fetch: returns the rows from a first one on up to another, float32 [n, D]; it may take long, and is never called
        by two threads at once. is_finite: whether all values are known to be finite.
        """
        self.fetch, self.shape, self.is_finite = fetch, shape, is_finite
        self.mapped, self.mends = None, False
        self._lock = Lock()
        self._kept: tuple[int, F32] | None = None

    def reader(self) -> RowReader:
        """Return a reader with buffers of its own, for one thread."""
        return _FetchedReader(self)

    def first(self, number: int) -> FetchedRows:
        """Return the first rows, without fetching them."""
        return FetchedRows(self.between, (number, self.shape[1]), is_finite=self.is_finite)

    def only(self, rows: Places) -> FetchedRows:
        """Return some of the rows, in the given order, without fetching them."""
        chosen = np.asarray(rows)
        shape = len(chosen), self.shape[1]
        return FetchedRows(lambda start, stop: self[chosen[start:stop]], shape, is_finite=self.is_finite)

    def mended(self) -> FetchedRows:
        """Return the same rows with 0 for NaN and infinity, without fetching them."""

        def mend(start: int, stop: int) -> F32:
            rows = self.between(start, stop)
            return np.where(np.isfinite(rows), rows, np.float32(0))

        return FetchedRows(mend, self.shape, is_finite=True)

    def end(self) -> None:
        """Say that rows are not fetched any more, because those who had them have ended."""

        def refuse(start: int, stop: int) -> F32:
            raise SettingsError(
                "these rows were with the workers, which have ended", hint="take vectors.matrix before the block ends"
            )

        self.fetch, self._kept = refuse, None

    @property
    def in_segment(self) -> int:
        """How many rows are fetched together."""
        return max(1, SEGMENT // self.width)

    def between(self, start: int, stop: int) -> F32:
        """Return the rows from `start` on, up to `stop`; they must not be changed."""
        step = self.in_segment
        parts = [
            self._segment(number)[max(0, start - number * step) : stop - number * step]
            for number in range(start // step, -(-stop // step))
        ]
        return parts[0] if len(parts) == 1 else np.concatenate([np.empty((0, self.shape[1]), np.float32), *parts])

    def _segment(self, number: int) -> F32:
        with self._lock:
            if self._kept is None or self._kept[0] != number:
                self._kept = None  # its memory is free before the next segment needs it
                first = number * self.in_segment
                self._kept = number, self.fetch(first, min(first + self.in_segment, len(self)))
            return self._kept[1]


class _FetchedReader(RowReader):
    """Reads blocks of rows from the segments."""

    def __init__(self, rows: FetchedRows) -> None:
        self.fetched = rows
        self.step = max(1, BLOCK // rows.width)

    def read(self, rows: I64 | Places) -> F32:
        """Return rows [n, D], given their numbers."""
        numbers = np.asarray(rows)
        if len(numbers) and numbers[-1] - numbers[0] == len(numbers) - 1 and (np.diff(numbers) == 1).all():
            return self.fetched.between(int(numbers[0]), int(numbers[-1]) + 1)
        found: F32 = np.empty((len(numbers), self.fetched.shape[1]), dtype=np.float32)
        step = self.fetched.in_segment
        segments = numbers // step
        for segment in np.unique(segments).tolist():
            mine, first = np.flatnonzero(segments == segment), segment * step
            rows_of_it = self.fetched.between(first, min(first + step, len(self.fetched)))
            found[mine] = rows_of_it[numbers[mine] - first]
        return found

    def block(self, start: int, stop: int) -> F32:
        """Return the rows from `start` on, up to `stop`."""
        return self.fetched.between(start, stop)
