"""Random numbers for kernels: a 64-bit counter and a mixing function. Not here: what is drawn with them.

SplitMix64 (Steele, Lea & Flood 2014, "Fast Splittable Pseudorandom Number Generators"): the state is a counter that
grows by a constant, its mix is the number, so the state is one uint64 that a kernel passes around and a draw depends on
nothing but it. Naive twin: tests/reference/rng.py.
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
    """64 random bits from a state; the caller then adds STEP to the state."""
    z = state
    z = (z ^ (z >> _30)) * _FIRST
    z = (z ^ (z >> _27)) * _SECOND
    return z ^ (z >> _31)


@kernel(inline="always")
def below(bits: np.uint64, limit: int) -> np.int64:
    """A whole number in 0..limit-1 (limit < 2^32) from the high half of 64 random bits, without a division."""
    return np.int64(((bits >> _32) * np.uint64(limit)) >> _32)


@kernel(inline="always")
def draw(bits: np.uint64, threshold: U32, alias: I32) -> np.int32:
    """One word from an alias table: the high half of `bits` chooses a column, the low half decides within it."""
    column = below(bits, threshold.size)
    other = np.int64(alias[column])  # read in any case: which of the two it will be, no branch can predict
    return np.int32(other + (column - other) * np.int64((bits & _LOW) <= np.uint64(threshold[column])))


def split(seed: int, *path: int) -> int:
    """A state of its own for each place in a run (epoch, worker, …): the mix of the seed and every step of the path."""
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
    """Pair each column that has less than its share with one that has more (Vose 1991)."""
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
    """Tables for `draw` from a distribution [V]: (threshold [V] uint32, alias [V] int32), 8 bytes a word."""
    scaled = np.asarray(probabilities, dtype=np.float64) * (len(probabilities) / probabilities.sum())
    threshold = np.full(len(scaled), np.iinfo(np.uint32).max, dtype=np.uint32)
    alias = np.arange(len(scaled), dtype=np.int32)
    _fill_alias(scaled, threshold, alias)
    return threshold, alias
