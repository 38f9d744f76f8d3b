"""The contexts of words in a corpus of ids: which occurrences are looked at, and vectors of what stands around them.

The vector of an occurrence is a weighted mean of the vectors of the words around it in its sentence,

    c = Σ nearness[d] · scale[w] · row(w)  /  Σ nearness[d]

over the words w at a distance d of at most the window. tests/reference/senses.py has the naive twins.
"""

from __future__ import annotations

import numpy as np

from w2v.arrays import F32, I32, I64
from w2v.kernels.llvm.bits import LEAN, Integer
from w2v.kernels.llvm.compilation import FASTMATH, kernel

__all__ = ["count_wanted", "sample_occurrences", "sum_contexts"]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # the constants of SplitMix64 (Steele, Lea & Flood 2014)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


@kernel(**LEAN)
def count_wanted(tokens: I32, slots: I32, counts: I64) -> None:
    """Count the occurrences of each wanted word.

    tokens: int32 [N], ids below V, −1 at the end of a sentence. slots: int32 [V], the number of a wanted word, −1 for
    other words. counts: int64 [W], zeros before.
    """
    for at in range(len(tokens)):
        word = tokens[at]
        if word >= 0 and slots[word] >= 0:
            counts[slots[word]] += 1


@kernel(**LEAN)
def _random(seed: int, slot: int, ordinal: int) -> float:
    """Return a number from 0 up to 1 that depends on nothing but its arguments (SplitMix64)."""
    state = np.uint64(seed) * _FIRST + (np.uint64(slot) << np.uint64(40)) + np.uint64(ordinal)
    state = (state + np.uint64(1)) * _GOLDEN
    state = (state ^ (state >> np.uint64(30))) * _FIRST
    state = (state ^ (state >> np.uint64(27))) * _SECOND
    state = state ^ (state >> np.uint64(31))
    return np.float64(state >> np.uint64(11)) / np.float64(1 << 53)


@kernel(**LEAN)
def sample_occurrences(
    tokens: I32, slots: I32, counts: I64, starts: I64, seed: int, seen: I64, found: I64, positions: I64, ordinals: I64
) -> None:
    """Choose occurrences of wanted words at random, in the order of the text (selection sampling, Knuth 3.4.2, S).

    tokens, slots: as in `count_wanted`. counts: int64 [W], how often each word occurs. starts: int64 [W + 1]: the
    chosen occurrences of word w are written to positions[starts[w] : starts[w + 1]], which holds as many as are wanted
    and not more than there are. seen, found: int64 [W], zeros before, for use inside this kernel. positions: int64 [n],
    places in the tokens. ordinals: int64 [n], the number of each one among all occurrences of its word, from 0 on.
    """
    for at in range(len(tokens)):
        word = tokens[at]
        if word < 0 or slots[word] < 0:
            continue
        slot = np.int64(slots[word])
        ordinal = seen[slot]
        seen[slot] = ordinal + 1
        missing = starts[slot + 1] - starts[slot] - found[slot]
        left = counts[slot] - ordinal
        if missing > 0 and (missing >= left or _random(seed, slot, ordinal) * left < missing):
            place = starts[slot] + found[slot]
            positions[place] = at
            ordinals[place] = ordinal
            found[slot] += 1


@kernel(fastmath=FASTMATH, **LEAN)
def _add(tokens: I32, at: int, weight: float, barred: I32, row_of: I32, scale: F32, rows: F32, total: F32) -> Integer:
    """Add the word at a place to a sum [D], unless it has no row or is barred."""
    word = np.int64(tokens[at])
    for other in barred:
        if word == other:
            return np.int64(0)
    row = np.int64(row_of[word])
    if row < 0:
        return np.int64(0)
    factor = np.float32(weight * scale[word])
    for column in range(rows.shape[1]):
        total[column] += factor * rows[row, column]
    return np.int64(1)


@kernel(fastmath=FASTMATH, **LEAN)
def sum_contexts(
    tokens: I32, positions: I64, barred: I32, row_of: I32, scale: F32, rows: F32, nearness: F32, out: F32
) -> None:
    """Write the vector of the context of each position; zeros where no word around it has a row.

    tokens: int32 [N], ids below V, −1 at the end of a sentence, which no context goes beyond. positions: int64 [n].
    barred: int32 [b], words that add nothing, as the word itself. row_of: int32 [V], the row of each word, −1 for none.
    scale: float32 [V], what its row is multiplied by. rows: float32 [R, D]. nearness: float32 [window + 1], by
    distance. out: float32 [n, D].
    """
    window = len(nearness) - 1
    for number in range(len(positions)):
        place = positions[number]
        total = out[number]
        total[:] = np.float32(0)
        weights = 0.0
        at, distance = place - 1, 1
        while distance <= window and at >= 0 and tokens[at] >= 0:
            _add(tokens, at, nearness[distance], barred, row_of, scale, rows, total)
            weights += nearness[distance]
            at, distance = at - 1, distance + 1
        at, distance = place + 1, 1
        while distance <= window and at < len(tokens) and tokens[at] >= 0:
            _add(tokens, at, nearness[distance], barred, row_of, scale, rows, total)
            weights += nearness[distance]
            at, distance = at + 1, distance + 1
        if weights > 0:
            factor = np.float32(1.0 / weights)
            for column in range(len(total)):
                total[column] *= factor
