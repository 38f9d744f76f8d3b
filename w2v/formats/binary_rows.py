"""Where the rows of word2vec's binary format are, with their words and lengths: found in one pass through the file.

A row begins where the one before ends, and words have any length, so rows can only be found one after the other. A
regular expression does that for some thousand rows at once: a match is a word, a space and so many bytes, and the next
match begins where it ends. Meanwhile another thread computes the Euclidean lengths of the rows, which also tells
whether all values are finite. The values are not kept.
"""

from __future__ import annotations

import re
from queue import SimpleQueue
from threading import Thread
from typing import NamedTuple

import numpy as np

from w2v.arrays import F64, I64, U8
from w2v.files.rows import BLOCK, SMALL, FileRows, OpenFile, rows_in
from w2v.files.tensors import PackedWords
from w2v.formats.source import Source
from w2v.machine import available_threads
from w2v.progress import Progress

__all__ = ["LONGEST_WORD", "FoundRows", "find_rows"]

LONGEST_WORD = 1 << 16
PIECE = 1 << 22  # bytes that are searched at once
WIDEST = 1 << 31  # bytes of a row that a regular expression can count
PIECES = 3  # that are in memory
SPACE, LINE_END = ord(" "), ord("\n")


class FoundRows(NamedTuple):
    """The rows of a file: words [V], values [V, D], and the Euclidean lengths of the values [V]."""

    words: PackedWords
    rows: FileRows
    norms: F64


def find_rows(source: Source, wanted: int, total: int, dim: int, progress: Progress) -> FoundRows | None:
    """Find the first `wanted` of `total` rows; `source` is not compressed and stands behind the first line.

    Return None for a file with a row that cannot be used, or that does not fit its first line; whoever reads row by row
    can say what is wrong with it. Raises FormatError.
    """
    if 4 * dim >= WIDEST:
        return None
    search = _Search(source, wanted, dim, progress)
    try:
        sound = search.run()
    finally:
        search.lengths.close()
    if not sound or (wanted == total and not search.is_at_end()):
        return None
    offsets = np.zeros(wanted + 1, dtype=np.int64)
    np.concatenate(search.word_lengths, out=offsets[1:])
    search.word_lengths.clear()
    np.cumsum(offsets, out=offsets)
    text = np.frombuffer(b"".join(search.texts), dtype=np.uint8)
    search.texts.clear()
    try:
        words = PackedWords(text, offsets)
    except ValueError:  # not UTF-8
        return None
    return FoundRows(words, FileRows(search.file, (wanted, dim), search.starts), search.lengths.norms)


class _Search:
    """A search for the rows of a file, from its first row on.

    at: where the next row begins. starts: the offset of the values of each row [V]. texts, word_lengths: the bytes of
    the words, one behind the other, and their numbers, by piece.
    """

    def __init__(self, source: Source, wanted: int, dim: int, progress: Progress) -> None:
        self.file = OpenFile(source.path, source.raw.fileno())
        self.at, self.size, self.wanted, self.width = source.taken, self.file.size, wanted, 4 * dim
        self.progress = progress
        self.row = re.compile(rb"(\n?[^ ]{1,%d}) (?s:.{%d})|(?s:.+)" % (LONGEST_WORD - 1, self.width))
        self.piece = min(max(PIECE, 2 * (self.width + LONGEST_WORD + 2)), self.size - self.at)
        self.starts = np.empty(wanted, dtype=np.int64)
        self.texts: list[bytes] = []
        self.word_lengths: list[I64] = []
        self.lengths = _Lengths(wanted, dim, PIECES if wanted * self.width > SMALL else 1, self.piece)

    def run(self) -> bool:
        """Find all rows; return False where one of them is not as it should be."""
        done = 0
        while done < self.wanted:
            found = self._piece(done)
            if not found:
                return False
            done += found
            self.progress.update(self.at)
        return True

    def is_at_end(self) -> bool:
        """Return whether nothing but one line end follows the last row."""
        left = self.size - self.at
        rest = bytearray(min(left, 2))
        self.file.fill(memoryview(rest), self.at)
        return left == 0 or rest == b"\n"

    def _piece(self, done: int) -> int:
        """Find the rows that are whole in the next piece of the file; return their number, 0 for a bad row."""
        buffer = self.lengths.buffer()
        data = memoryview(buffer)[: min(self.piece, self.size - self.at)]
        self.file.fill(data, self.at)
        words: list[bytes] = self.row.findall(data)
        if words and not words[-1]:  # what is left: a row that is cut off, or that is no row
            words.pop()
        words = words[: self.wanted - done]
        if not words:
            self.lengths.give_back(buffer)
            return 0
        text = np.frombuffer(b" ".join(words) + b" ", dtype=np.uint8)
        ends = np.flatnonzero(text == SPACE)
        lengths = np.diff(ends, prepend=-1)  # with the space
        starts = np.cumsum(lengths + self.width) - self.width
        self.starts[done : done + len(words)] = starts + self.at
        self.at += int(starts[-1]) + self.width
        self.lengths.compute(buffer, starts, done)
        return len(words) if self._keep_words(text, ends, lengths - 1, is_first=done == 0) else 0

    def _keep_words(self, text: U8, ends: I64, lengths: I64, *, is_first: bool) -> bool:
        """Keep words without a line end before each; return False where a word is empty or holds one."""
        line_ends = np.flatnonzero(text == LINE_END)
        if line_ends.size:
            before = ends - lengths
            led = text[before] == LINE_END
            if line_ends.size != np.count_nonzero(led) or (is_first and led[0]) or (lengths - led < 1).any():
                return False
            lengths = lengths - led
        self.texts.append(text[(text != SPACE) & (text != LINE_END)].tobytes())
        self.word_lengths.append(lengths)
        return True


class _Lengths:
    """Computes the Euclidean lengths of rows in a thread of its own, if there is a second core and more than one piece.

    norms: float64 [V]; filled when `close` has been called.
    """

    def __init__(self, rows: int, dim: int, pieces: int, size: int) -> None:
        self.norms: F64 = np.empty(rows)
        self._dim = dim
        # Made once: a thread gives large pieces of memory back to the system, and would have to get them anew.
        self._exact: F64 = np.empty((max(1, min(rows, BLOCK // (4 * dim))), dim))
        self._free: SimpleQueue[bytearray] = SimpleQueue()
        self._jobs: SimpleQueue[tuple[bytearray, I64, int] | None] = SimpleQueue()
        self._failure: Exception | None = None
        self._thread: Thread | None = None
        if pieces > 1 and available_threads() > 1:
            self._thread = Thread(target=self._work, daemon=True)
            try:
                self._thread.start()
            except RuntimeError:  # no more threads are allowed
                self._thread = None
        for _ in range(1 if self._thread is None else pieces):
            self._free.put(bytearray(size))

    def buffer(self) -> bytearray:
        """Return a buffer for a piece, once one is free."""
        return self._free.get()

    def give_back(self, buffer: bytearray) -> None:
        """Take back a buffer that is not needed."""
        self._free.put(buffer)

    def compute(self, buffer: bytearray, starts: I64, first: int) -> None:
        """Compute the lengths of the rows that begin at `starts` [n] of a buffer, from the row `first` on."""
        if self._thread is None:
            self._compute(buffer, starts, first)
            self._free.put(buffer)
        else:
            self._jobs.put((buffer, starts, first))

    def close(self) -> None:
        """Wait for all lengths. Raises what has failed in the thread."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                if self._failure is None:
                    self._compute(*job)
            except Exception as failure:
                self._failure = failure
            self._free.put(job[0])

    def _compute(self, buffer: bytearray, starts: I64, first: int) -> None:
        data, width, step = np.frombuffer(buffer, dtype=np.uint8), 4 * self._dim, len(self._exact)
        with np.errstate(all="ignore"):
            for start in range(0, len(starts), step):
                rows = rows_in(data, starts[start : start + step], width).view("<f4").reshape(-1, self._dim)
                exact, lengths = self._exact[: len(rows)], self.norms[first + start : first + start + len(rows)]
                np.copyto(exact, rows)
                np.einsum("ij,ij->i", exact, exact, out=lengths)
                np.sqrt(lengths, out=lengths)
