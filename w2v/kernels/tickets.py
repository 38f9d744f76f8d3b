"""Tickets: the numbers of chunks or blocks that workers take one after another, and how nobody gets one any more.

They lie in an int64 [8] that all workers share, on a cache line of its own: [1] is the next ticket, [2] the first that
was left when they were withdrawn (−1 before), [3] where they end. [0] is not ours: 1 asks all workers to stop. Not
here: what a ticket stands for.
"""

from __future__ import annotations

import numpy as np

from w2v.arrays import I64
from w2v.kernels.llvm.atomics import fetch_add
from w2v.kernels.llvm.compilation import kernel
from w2v.kernels.llvm.simd import address_of

__all__ = ["close", "first_left", "take", "tickets"]


CLOSED = 1 << 40  # beyond the last ticket of any work


def tickets(first: int, end: int) -> I64:
    """The tickets first..end-1."""
    return np.array([0, first, -1, end, 0, 0, 0, 0], dtype=np.int64)


def first_left(shared: I64) -> int:
    """The first ticket that nobody has taken, `end` if there is none."""
    return int(min(shared[2] if shared[2] >= 0 else shared[1], shared[3]))


@kernel
def take(shared: I64) -> int:
    """The next ticket, −1 where none is left."""
    ticket = fetch_add(address_of(shared) + 8, 1)
    return ticket if ticket < shared[3] else -1


@kernel
def close(shared: I64) -> None:
    """Let nobody take one of the tickets that are left.

    In one step: every ticket below `first_left` has been taken, and none from there on. A second call changes nothing.
    """
    ticket = fetch_add(address_of(shared) + 8, CLOSED)
    if ticket < CLOSED:
        shared[2] = ticket
