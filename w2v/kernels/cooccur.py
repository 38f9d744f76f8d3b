"""Count which words occur near which. The threads and the memory of counting: w2v/cooccurrences/counting.py.

One row of the matrix, the row of one word, is counted at a time. The kernel goes through the positions of the word in
the corpus and adds the words around each position to an array that has a sum for every word of the vocabulary. Then it
writes the row's records (column, value) in the order of the columns, and sets the sums back to 0. So no records have to
be sorted or merged, and only finished records are stored. Weights are whole numbers: sums are exact in any order.

The rows of one part are counted together (a stripe) and then cut into blocks, the form that training needs
(w2v/kernels/glove.py). Naive twin: tests/reference/glove.py.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from w2v.arrays import F32, I32, I64, U16, U32, U64
from w2v.kernels.llvm.bits import LEAN, trailing_zeros
from w2v.kernels.llvm.compilation import kernel
from w2v.kernels.llvm.simd import address_of, prefetch

__all__ = ["Cut", "Found", "Sums", "Window", "count_rows", "cut", "measure_cut", "place", "tally"]

Positions = U32 | I64

AHEAD = 16  # occurrences of a word between the prefetch of the text around one and its use
_ONE = np.uint64(1)
_6 = np.uint64(6)
_12 = np.uint64(12)
_63 = np.uint64(63)


class Window(NamedTuple):
    """The window around a word.

    weights: int64 [window + 1], the weight of a pair at each distance; weights[0] is not used. unit: the whole number
    that stands for a weight of 1. both: whether the words before the centre are counted too, not only those after it.
    """

    weights: I64
    unit: int
    both: bool


class Sums(NamedTuple):
    """The row that is being counted; V is the size of the vocabulary.

    sums: int64 [V], all 0 between rows. met: int32 [V + 1], the words whose sum is not 0. bits, groups: uint64
    [V / 64] and uint64 [V / 4096], rounded up, all 0 between rows: one bit for each word, and one for each 64 words.
    """

    sums: I64
    met: I32
    bits: U64
    groups: U64


class Found(NamedTuple):
    """The records of finished rows, row after row.

    words: int32 [n], the columns, sorted within each row. values: float32 [n]. ends: int64 [rows of the stripe], where
    the records of each row end.
    """

    words: I32
    values: F32
    ends: I64


class Cut(NamedTuple):
    """Rows of a stripe, cut by the parts of their columns. A run is what one row has in one part.

    rows, lengths: uint16 [runs], the row of each run and its number of records. columns: uint16 [records], positions of
    the column words in their part. values: float32 [records].
    """

    rows: U16
    lengths: U16
    columns: U16
    values: F32


@kernel(**LEAN)
def tally(tokens: I32, counts: I64) -> None:
    """Add to counts, int64 [V], how often each word occurs in tokens, int32 [n], where −1 ends a sentence."""
    for token in tokens:
        if token >= 0:
            counts[token] += 1


@kernel(**LEAN)
def place(tokens: I32, offset: int, cursors: I64, positions: Positions) -> None:
    """Write the positions of words in the corpus: positions[cursors[word]++] = offset + i for word = tokens[i].

    tokens: int32 [n], −1 ends a sentence. cursors: int64 [V], where the next position of each word goes; words with a
    negative cursor are skipped. positions: uint32 or int64 [occurrences].
    """
    for i in range(tokens.size):
        token = tokens[i]
        if token >= 0:
            cursor = cursors[token]
            if cursor >= 0:
                positions[cursor] = offset + i
                cursors[token] = cursor + 1


@kernel(**LEAN)
def _add_neighbours(tokens: I32, centre: int, window: Window, row: Sums, met: int) -> int:
    """Add the words around tokens[centre] to the row; return the new number of words in row.met (`met` before)."""
    width = window.weights.size - 1
    sums, words = row.sums, row.met
    for place in range(centre + 1, min(centre + width + 1, tokens.size)):
        word = tokens[place]
        if word < 0:
            break
        so_far = sums[np.uint64(word)]
        words[np.uint64(met)] = word
        met += so_far == 0
        sums[np.uint64(word)] = so_far + window.weights[np.uint64(place - centre)]
    if window.both:
        for distance in range(1, min(width, centre) + 1):
            word = tokens[np.uint64(centre - distance)]
            if word < 0:
                break
            so_far = sums[np.uint64(word)]
            words[np.uint64(met)] = word
            met += so_far == 0
            sums[np.uint64(word)] = so_far + window.weights[np.uint64(distance)]
    return met


@kernel(**LEAN)
def _finish_row(row: Sums, met: int, window: Window, found: Found, records: int) -> int:
    """Append the row's words to `found` in order, with the float32 nearest to sum / unit, and set the row to 0.

    `records` is the number of records in `found` before; returns the number after.
    """
    unit = np.float64(window.unit)
    for i in range(met):
        word = np.uint64(row.met[i])
        row.bits[word >> _6] |= _ONE << (word & _63)
        row.groups[word >> _12] |= _ONE << ((word >> _6) & _63)
    for i in range(row.groups.size):
        group = row.groups[i]
        row.groups[i] = 0
        while group:
            j = (np.uint64(i) << _6) + trailing_zeros(group)
            group &= group - _ONE
            bits = row.bits[j]
            row.bits[j] = 0
            while bits:
                word = (j << _6) + trailing_zeros(bits)
                bits &= bits - _ONE
                found.words[np.uint64(records)] = np.int32(word)
                found.values[np.uint64(records)] = np.float32(row.sums[word] / unit)
                row.sums[word] = 0
                records += 1
    return records


@kernel(**LEAN)
def count_rows(
    tokens: I32,
    positions: Positions,
    starts: I64,
    first: int,
    window: Window,
    row: Sums,
    found: Found,
    shared: I64,
) -> int:
    """Count the rows `first`, `first` + 1, … of a stripe until it ends or `found` might be too small for the next row.

    tokens: int32 [n], −1 ends a sentence. positions: uint32 or int64 [occurrences], what `place` wrote. starts: int64
    [rows + 1], where each row begins in `positions`. shared: int64 [8]; shared[0] = 1 asks to stop at once. Returns
    the row after the last one that was counted.
    """
    at = address_of(tokens)
    records = 0
    for i in range(first, starts.size - 1):
        begin, end = starts[i], starts[i + 1]
        most = min(row.sums.size, 2 * (end - begin) * (window.weights.size - 1))
        if records + most > found.words.size:
            return i
        met = 0
        for j in range(begin, end):
            if shared[0]:
                return i
            ahead = np.int64(positions[min(j + AHEAD, positions.size - 1)])
            prefetch(at + 4 * (ahead - 8), 1)
            prefetch(at + 4 * (ahead + 8), 1)
            met = _add_neighbours(tokens, np.int64(positions[j]), window, row, met)
        records = _finish_row(row, met, window, found, records)
        found.ends[i] = records
    return starts.size - 1


@kernel
def measure_cut(found: Found, first: int, last: int, part_of: U16, runs: I64, records: I64) -> None:
    """Count the runs and the records that rows first..last − 1 have in each part of the columns.

    part_of: uint16 [V], the part of each word. runs, records: int64 [P], all 0 before the call, the counts after it.
    """
    row_of = np.full(runs.size, -1, dtype=np.int64)
    place = 0
    for row in range(first, last):
        while place < found.ends[row]:
            part = part_of[np.uint64(found.words[place])]
            runs[part] += row_of[part] != row
            row_of[part] = row
            records[part] += 1
            place += 1


@kernel
def cut(found: Found, first: int, last: int, part_of: U16, place_of: U16, runs: I64, records: I64, out: Cut) -> None:
    """Write rows first..last − 1 to `out`: part after part of the columns, and row after row within a part.

    part_of, place_of: uint16 [V], the part of each word and its position there. runs, records: int64 [P], where each
    part begins in `out` before the call, and where it ends after the call.
    """
    row_of = np.full(runs.size, -1, dtype=np.int64)
    place = 0
    for row in range(first, last):
        while place < found.ends[row]:
            word = np.uint64(found.words[place])
            part = part_of[word]
            if row_of[part] != row:
                row_of[part] = row
                out.rows[np.uint64(runs[part])] = row
                out.lengths[np.uint64(runs[part])] = 0
                runs[part] += 1
            out.lengths[np.uint64(runs[part] - 1)] += 1
            record = np.uint64(records[part])
            out.columns[record] = place_of[word]
            out.values[record] = found.values[place]
            records[part] += 1
            place += 1
