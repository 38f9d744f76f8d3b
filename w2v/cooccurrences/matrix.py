"""The matrix of co-occurrences: which words occur near which, and how often. Counting: counting.py; its file: file.py.

The words are partitioned into P parts, and the matrix is cut into P × P blocks, because training needs the records in
this order. Each part has about every P-th word, so all parts need about the same work. A stripe has the rows of one
part; it is a list of chunks, and a chunk is some rows of the stripe, cut into P blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from mmap import mmap
from typing import TYPE_CHECKING, Any

import numpy as np

from w2v.arrays import F32, I64, U16, Array
from w2v.vocab import Vocabulary

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["LARGEST_PART", "Chunk", "Cooccurrences", "Counting", "Parts"]

Buffer = bytes | memoryview | mmap

MOST_PARTS = 64  # more only if parts would be larger than LARGEST_PART
SMALLEST_PART = 16  # words
LARGEST_PART = 65_535  # words; a row then has at most so many records in a block, which are counted in 16 bits


@dataclass(frozen=True)
class Parts:
    """The partition of a vocabulary of `words` words.

    The words, the most frequent first, go to the parts 0, 1, …, P − 1, P − 1, …, 1, 0, 0, 1, …, back and forth. So
    every part has its share of the frequent words, and all blocks have about the same number of records. The number
    of parts depends only on the number of words, because the results of training must not depend on the machine.
    """

    words: int

    @property
    def number(self) -> int:
        parts = 1
        while parts < MOST_PARTS and self.words >= 2 * parts * SMALLEST_PART:
            parts *= 2
        while -(-self.words // parts) > LARGEST_PART:
            parts *= 2
        return parts

    @property
    def size(self) -> int:
        """The number of words in the largest part."""
        return -(-self.words // self.number)

    @cached_property
    def part_of(self) -> U16:
        """The part of each word, uint16 [V]."""
        turn, position = np.divmod(np.arange(self.words), self.number)
        return np.where(turn % 2 == 0, position, self.number - 1 - position).astype(np.uint16)

    @cached_property
    def place_of(self) -> U16:
        """The position of each word in its part, uint16 [V]."""
        return (np.arange(self.words) // self.number).astype(np.uint16)

    @cached_property
    def slots(self) -> I64:
        """The row of each word in a matrix with `size` rows for every part, int64 [V]."""
        return self.part_of.astype(np.int64) * self.size + self.place_of

    @cached_property
    def in_order(self) -> I64:
        """All words, part after part, int64 [V]."""
        return np.argsort(self.slots)

    @cached_property
    def bounds(self) -> I64:
        """Where each part begins in `in_order`, int64 [P + 1]."""
        ends = np.cumsum(np.bincount(self.part_of, minlength=self.number))
        return np.concatenate(([0], ends)).astype(np.int64)


@dataclass(frozen=True)
class Counting:
    """How words are counted: window, contexts ("symmetric" or "left"), weighting ("distance" or "flat")."""

    window: int
    contexts: str
    weighting: str


@dataclass(frozen=True)
class Chunk:
    """Consecutive rows of a stripe, cut into its blocks.

    A run is what one row has in one block; a record is one cell that is not 0. rows, lengths: uint16 [runs], the row's
    position in its part, and the number of its records. columns: uint16 [n], positions in their parts. values: float32
    [n]. runs, records: int64 [P + 1], where each block begins.
    """

    rows: U16
    lengths: U16
    columns: U16
    values: F32
    runs: I64
    records: I64

    @classmethod
    def over(cls, buffer: Buffer, runs: I64, records: I64) -> Chunk:
        """Return a chunk of arrays that lie one after another from a buffer's start: values, rows, lengths, columns."""
        n_runs, n_records = int(runs[-1]), int(records[-1])
        arrays: list[Array] = []
        offset = 0
        for dtype, size in ((np.float32, n_records), (np.uint16, n_runs), (np.uint16, n_runs), (np.uint16, n_records)):
            arrays.append(np.frombuffer(buffer, dtype, size, offset))
            offset += arrays[-1].nbytes
        values, rows, lengths, columns = arrays
        return cls(rows, lengths, columns, values, runs, records)

    @staticmethod
    def size(runs: I64, records: I64) -> int:
        """Return the bytes that `over` takes, a multiple of 8: so chunks one after another are all aligned."""
        return -(-(4 * int(runs[-1]) + 6 * int(records[-1])) // 8) * 8


@dataclass
class Cooccurrences:
    """The matrix X [V, V]: X[i, j] is the sum of the weights of word j (the context) in the windows around word i.

    corpus: the report of the corpus that was counted. counting: how it was counted. stripes: for each part its chunks,
    in the order of rows; training empties these lists. seconds: the time of each phase. sha256: the hash of the file
    from which the matrix was read, or "".
    """

    vocabulary: Vocabulary
    corpus: Mapping[str, Any]
    counting: Counting
    stripes: list[list[Chunk]]
    seconds: dict[str, float]
    sha256: str = ""

    @cached_property
    def parts(self) -> Parts:
        return Parts(len(self.vocabulary))

    @cached_property
    def records(self) -> int:
        """The number of cells that are not 0."""
        return sum(int(chunk.records[-1]) for stripe in self.stripes for chunk in stripe)

    @cached_property
    def runs(self) -> int:
        return sum(int(chunk.runs[-1]) for stripe in self.stripes for chunk in stripe)

    def to_scipy(self) -> csr_array:
        """Return a scipy.sparse matrix [V, V] float32, rows and columns in the order of the vocabulary."""
        from scipy.sparse import coo_array

        rows = np.empty(self.records, dtype=np.int32)
        columns = np.empty(self.records, dtype=np.int32)
        values = np.empty(self.records, dtype=np.float32)
        place = 0
        for row, column, value in self._cells():
            end = place + len(value)
            rows[place:end], columns[place:end], values[place:end] = row, column, value
            place = end
        size = len(self.vocabulary)
        return coo_array((values, (rows, columns)), shape=(size, size)).tocsr()

    def _cells(self) -> Iterator[tuple[I64, I64, F32]]:
        """Yield (words of rows, words of columns, values) of each block of each chunk."""
        words = [self.parts.in_order[a:b] for a, b in zip(self.parts.bounds, self.parts.bounds[1:], strict=False)]
        for mine, stripe in zip(words, self.stripes, strict=True):
            for chunk in stripe:
                for part, theirs in enumerate(words):
                    runs = slice(chunk.runs[part], chunk.runs[part + 1])
                    records = slice(chunk.records[part], chunk.records[part + 1])
                    row = np.repeat(mine[chunk.rows[runs]], chunk.lengths[runs])
                    yield row, theirs[chunk.columns[records]], chunk.values[records]
