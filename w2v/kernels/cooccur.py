"""Counting which words stand near which: the kernels. Not here: passes, threads, memory, files.

For each row word, its places in the corpus are looked up one by one, and the words around each are added up in an array
with a place for every word; then the row is finished, its words sorted, and the array is zero again. So nothing is
merged, and nothing but the rows' records is ever stored. Weights are whole numbers: sums are exact in any order.

The rows of a part are made together (a stripe) and laid down cut into blocks, as training wants them (kernels.glove).
Naive twin: tests/reference/glove.py.
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

AHEAD = 16  # places in the corpus between the prefetch of one and its use
_ONE = np.uint64(1)
_6 = np.uint64(6)
_12 = np.uint64(12)
_63 = np.uint64(63)


class Window(NamedTuple):
    """weights: int64 [window + 1], what a pair counts at each distance, [0] unused; unit: what 1 is in these.

    both: the words before count as well as those after.
    """

    weights: I64
    unit: int
    both: bool


class Sums(NamedTuple):
    """One row in the making: sums int64 [V], all 0 between rows; met int32 [V + 1], the words with a sum.

    bits, groups: uint64 [V / 64] and [V / 4096], rounded up, all 0 between rows: a bit a word, a bit 64 words.
    """

    sums: I64
    met: I32
    bits: U64
    groups: U64


class Found(NamedTuple):
    """Finished rows: words int32 [n] and values float32 [n] of one row after another, sorted by word.

    ends: int64 [rows of the stripe], where each row's records end.
    """

    words: I32
    values: F32
    ends: I64


class Cut(NamedTuple):
    """Rows of a stripe cut by parts of the columns, as kernels.glove has them.

    rows, lengths: uint16 [runs]. columns: uint16 [records]. values: float32 [records].
    """

    rows: U16
    lengths: U16
    columns: U16
    values: F32


@kernel(**LEAN)
def tally(tokens: I32, counts: I64) -> None:
    """Add to counts [V] how often each word stands in tokens."""
    for token in tokens:
        if token >= 0:
            counts[token] += 1


@kernel(**LEAN)
def place(tokens: I32, offset: int, cursors: I64, positions: Positions) -> None:
    """Write where each word stands: offset + i to positions[cursors[word]++]; a negative cursor skips the word."""
    for i in range(tokens.size):
        token = tokens[i]
        if token >= 0:
            cursor = cursors[token]
            if cursor >= 0:
                positions[cursor] = offset + i
                cursors[token] = cursor + 1


@kernel(**LEAN)
def _add_neighbours(tokens: I32, centre: int, window: Window, row: Sums, met: int) -> int:
    """Add the words around one place to the row; returns how many words it has met."""
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
    """Append the row's words, sorted, with the float32 nearest to sum / unit, and zero the row; returns the records."""
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
    """Count rows `first`, first + 1, … of a stripe until it ends or `found` might not hold the next one.

    starts: int64 [rows + 1], where each row's places begin in `positions`. shared: 1 in its first place asks to stop at
    once. Returns the row after the last one counted.
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
    """How many runs and records of rows first..last-1 each part of the columns has: both int64 [P], 0 before.

    A run is what a row has in a part. part_of: uint16 [V].
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
    """Lay rows first..last-1 down by part of the columns, and by row within a part.

    runs, records: int64 [P], where each part begins in `out`; afterwards, where it ends. place_of: uint16 [V].
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
