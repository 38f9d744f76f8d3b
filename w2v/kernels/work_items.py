"""Work items: the numbers of chunks or blocks that workers take one after another, and how they are withdrawn.

They lie in an int64 [8] that all workers share, on a cache line of its own: [1] is the next work item, [2] the first
that was left when they were withdrawn (−1 before), [3] where they end. [0] is not of this file: 1 asks all workers to
stop. What a work item stands for is known to the kernels that take it.
"""

from __future__ import annotations

import numpy as np

from w2v.arrays import I64
from w2v.kernels.llvm.atomics import fetch_add
from w2v.kernels.llvm.compilation import kernel
from w2v.kernels.llvm.simd import address_of

__all__ = ["close", "first_left", "take", "work_items"]


CLOSED = 1 << 40  # beyond the last work item of any work


def work_items(first: int, end: int) -> I64:
    """Return the array with the work items first..end-1, int64 [8]."""
    return np.array([0, first, -1, end, 0, 0, 0, 0], dtype=np.int64)


def first_left(shared: I64) -> int:
    """Return the first work item that no worker has taken, `end` if there is none."""
    return int(min(shared[2] if shared[2] >= 0 else shared[1], shared[3]))


@kernel
def take(shared: I64) -> int:
    """Take and return the next work item; return −1 where none is left."""
    item = fetch_add(address_of(shared) + 8, 1)
    return item if item < shared[3] else -1


@kernel
def close(shared: I64) -> None:
    """Withdraw the work items that are left: no worker can take one of them any more.

    In one step: every work item below `first_left` has been taken, and none from there on. A second call changes
    nothing.
    """
    item = fetch_add(address_of(shared) + 8, CLOSED)
    if item < CLOSED:
        shared[2] = item
