"""Random numbers for kernels: SplitMix64, which is a 64-bit counter and a function that mixes its bits.

Steele, Lea & Flood 2014, "Fast Splittable Pseudorandom Number Generators": the state is a counter that grows by a
constant, and the mixed state is the random number. So the whole state is one uint64, which kernels pass on explicitly,
and a random number depends on its state only. Naive twin: tests/reference/rng.py.
"""

from __future__ import annotations

import numpy as np

from w2v.arrays import F64, I32, U32
from w2v.kernels.llvm.compilation import kernel

__all__ = ["STEP", "alias_table", "below", "draw", "mix", "split"]

STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_30, _27, _31, _32 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)


@kernel(inline="always")
def mix(state: np.uint64) -> np.uint64:
    """Return 64 random bits for a state. The caller then adds STEP to the state, for the next number."""
    z = state
    z = (z ^ (z >> _30)) * _FIRST
    z = (z ^ (z >> _27)) * _SECOND
    return z ^ (z >> _31)


@kernel(inline="always")
def below(bits: np.uint64, limit: int) -> np.int64:
    """Return a whole number in 0..limit − 1 (limit < 2^32) from the high half of 64 random bits, without a division."""
    return np.int64(((bits >> _32) * np.uint64(limit)) >> _32)


@kernel(inline="always")
def draw(bits: np.uint64, threshold: U32, alias: I32) -> np.int32:
    """Draw one word from an alias table (see `alias_table`); threshold: uint32 [V], alias: int32 [V].

    The high half of the random `bits` chooses a column; the low half chooses between the column and its alias.
    """
    column = below(bits, threshold.size)
    other = np.int64(alias[column])  # read even if not needed: a branch here would often be predicted wrongly
    return np.int32(other + (column - other) * np.int64((bits & _LOW) <= np.uint64(threshold[column])))


def split(seed: int, *path: int) -> int:
    """Return a random state for one part of a run, such as an epoch: the seed mixed with every number of the path.

    Different paths give independent random numbers. This function is Python, not a kernel.
    """
    mask = (1 << 64) - 1
    state = seed & mask
    for step in (0, *path):
        state = (state + (step + 1) * int(STEP)) & mask
        z = state
        z = ((z ^ (z >> 30)) * int(_FIRST)) & mask
        z = ((z ^ (z >> 27)) * int(_SECOND)) & mask
        state = z ^ (z >> 31)
    return state


@kernel
def _fill_alias(scaled: F64, threshold: U32, alias: I32) -> None:
    """Fill up each column that has less than the average from one that has more (Vose 1991); all arrays [V].

    scaled: float64, the probabilities times V; this function overwrites them.
    """
    size = scaled.size
    small = np.empty(size, dtype=np.int32)
    large = np.empty(size, dtype=np.int32)
    smalls = larges = 0
    for column in range(size):
        if scaled[column] < 1.0:
            small[smalls] = column
            smalls += 1
        else:
            large[larges] = column
            larges += 1
    while smalls and larges:
        smalls -= 1
        less, more = small[smalls], large[larges - 1]
        threshold[less] = np.uint32(scaled[less] * 4294967295.0)
        alias[less] = more
        scaled[more] -= 1.0 - scaled[less]
        if scaled[more] < 1.0:
            larges -= 1
            small[smalls] = more
            smalls += 1


def alias_table(probabilities: F64) -> tuple[U32, I32]:
    """Return the tables with which `draw` draws from a distribution [V]: (threshold uint32 [V], alias int32 [V]).

    The alias method (Walker 1977, Vose 1991): column i returns i or alias[i], so a draw takes the same time for any V.
    """
    scaled = np.asarray(probabilities, dtype=np.float64) * (len(probabilities) / probabilities.sum())
    threshold = np.full(len(scaled), np.iinfo(np.uint32).max, dtype=np.uint32)
    alias = np.arange(len(scaled), dtype=np.int32)
    _fill_alias(scaled, threshold, alias)
    return threshold, alias
