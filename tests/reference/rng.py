"""The naive twin of w2v.kernels.rng, in Python's integers."""

from __future__ import annotations

from collections.abc import Sequence

MASK = 2**64 - 1
STEP = 0x9E3779B97F4A7C15


def mix(state: int) -> int:
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & MASK
    return state ^ (state >> 31)


class Random:
    """A stream of random 64-bit numbers that begins at `state`."""

    def __init__(self, state: int) -> None:
        self.state = int(state) & MASK

    def next(self) -> int:
        number = mix(self.state)
        self.state = (self.state + STEP) & MASK
        return number


def below(bits: int, limit: int) -> int:
    return (bits >> 32) * limit >> 32


def draw(bits: int, threshold: Sequence[int], alias: Sequence[int]) -> int:
    column = below(bits, len(threshold))
    return column if bits % 2**32 <= int(threshold[column]) else int(alias[column])
