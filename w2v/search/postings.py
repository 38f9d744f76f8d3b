"""Which passages hold each term, gathered while texts are read, in memory that does not grow with them.

Each block of texts is counted by itself, and its counts go to a temporary file, ordered by term. In the end the counts
of all blocks are read again for one range of terms after another, and put in their places. Blocks follow each other in
the order of the texts, so the passages of a term rise without being sorted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from w2v.arrays import I32, I64, U16, Array
from w2v.files.rows import read_at
from w2v.search.bm25 import Counts, counts_of

__all__ = ["PostingsWriter"]

RANGE = 1 << 22  # entries that are in memory at once, about
FIELDS = (np.dtype("<i4"), np.dtype("<i4"), np.dtype("<u2"))


class PostingsWriter:
    """Gathers postings. entries: how many there are so far. lengths: the words of each passage so far."""

    def __init__(self, file: BinaryIO) -> None:
        """file: a temporary file, open for reading and writing, which stays open while the result is in use."""
        self._file = file
        self._blocks: list[tuple[int, int]] = []  # where the entries of a block begin, and how many there are
        self._counts: I64 = np.zeros(1 << 12, dtype=np.int64)
        self._end = 0
        self._lengths: list[I32] = []
        self._passages = 0
        self.entries = 0

    def add(self, bounds: I64, ids: I32) -> None:
        """Count the terms of the next passages. bounds: int64 [n + 1], ids: int32 [words], as for `Bm25.build`."""
        found = counts_of(bounds, ids, self._passages)
        self._passages += len(bounds) - 1
        self._lengths.append(np.diff(bounds).astype(np.int32))
        if not len(found.terms):
            return
        most = int(found.terms[-1]) + 1
        if most > len(self._counts):
            self._counts = np.concatenate([self._counts, np.zeros(max(most, len(self._counts)), dtype=np.int64)])
        begins = np.flatnonzero(np.diff(found.terms, prepend=-1))
        self._counts[found.terms[begins]] += np.diff(begins, append=len(found.terms))
        for array in (found.terms, found.documents, found.counts):
            self._file.write(array.data)
        self._blocks.append((self._end, len(found.terms)))
        self._end += len(found.terms) * sum(kind.itemsize for kind in FIELDS)
        self.entries += len(found.terms)

    def offsets(self, terms: int) -> I64:
        """Return where the passages of each of so many terms begin, int64 [terms + 1]."""
        offsets = np.zeros(terms + 1, dtype=np.int64)
        known = min(terms, len(self._counts))
        np.cumsum(self._counts[:known], out=offsets[1 : known + 1])
        offsets[known + 1 :] = offsets[known]
        return offsets

    def lengths(self) -> I32:
        """Return the words of each passage, int32 [N]."""
        return np.concatenate(self._lengths) if self._lengths else np.empty(0, dtype=np.int32)

    def documents(self, terms: int) -> Iterator[I32]:
        """Yield the passages of each term, one term after the other."""
        return (found.documents for found in self._in_order(terms))

    def counts(self, terms: int) -> Iterator[U16]:
        """Yield how often each term stands in these passages."""
        return (found.counts for found in self._in_order(terms))

    def _in_order(self, terms: int) -> Iterator[Counts]:
        self._file.flush()
        offsets = self.offsets(terms)
        cursors = [0] * len(self._blocks)
        first = 0
        while first < terms:
            last = max(first + 1, int(np.searchsorted(offsets, offsets[first] + RANGE, side="right")) - 1)
            yield self._range(offsets[first : last + 1] - offsets[first], first, last, cursors)
            first = last

    def _range(self, offsets: I64, first: int, last: int, cursors: list[int]) -> Counts:
        """The entries of the terms from `first` up to and without `last`. cursors: how far each block has been used."""
        free = offsets[:-1].copy()
        documents = np.empty(int(offsets[-1]), dtype=np.int32)
        counts = np.empty(int(offsets[-1]), dtype=np.uint16)
        for number in range(len(self._blocks)):
            terms = self._terms_up_to(number, cursors[number], last)
            if not len(terms):
                continue
            some = slice(cursors[number], cursors[number] + len(terms))
            begins = np.flatnonzero(np.diff(terms, prepend=-1))
            sizes = np.diff(begins, append=len(terms))
            here = terms[begins] - first
            places = np.repeat(free[here] - begins, sizes) + np.arange(len(terms))
            free[here] += sizes
            documents[places] = self._read(number, 1, some)
            counts[places] = self._read(number, 2, some)
            cursors[number] = some.stop
        return Counts(np.empty(0, dtype=np.int32), documents, counts)

    def _terms_up_to(self, number: int, begin: int, last: int) -> I32:
        """The terms of a block from one entry on, as far as they are below `last`."""
        step, found = 1 << 12, []
        while begin < self._blocks[number][1]:
            some: I32 = self._read(number, 0, slice(begin, begin + step))
            below = int(np.searchsorted(some, last))
            found.append(some[:below])
            begin += len(some)
            if below < len(some):
                break
            step *= 4
        return np.concatenate(found) if found else np.empty(0, dtype=np.int32)

    def _read(self, number: int, field: int, some: slice) -> Array:
        begin, size = self._blocks[number]
        kind = FIELDS[field]
        before = begin + size * sum(each.itemsize for each in FIELDS[:field])
        count = min(some.stop, size) - some.start
        data = bytearray(count * kind.itemsize)
        if read_at(self._file.fileno(), memoryview(data), before + some.start * kind.itemsize) < len(data):
            raise OSError("a temporary file is shorter than what was written to it")
        return np.frombuffer(data, dtype=kind)
