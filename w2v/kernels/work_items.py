"""Work items: whole numbers that workers take one after another. A work item is the number of a chunk or of a block.

All workers share one array, int64 [8], on a cache line of its own: [1] is the next work item, [2] the first work item
that was left when the work items were withdrawn (−1 before that), [3] the end of the work items. [0] does not belong to
this file: 1 asks all workers to stop.
"""

from __future__ import annotations

import numpy as np

from w2v.arrays import I64
from w2v.kernels.llvm.atomics import fetch_add
from w2v.kernels.llvm.compilation import kernel
from w2v.kernels.llvm.simd import address_of

__all__ = ["close", "first_left", "take", "work_items"]


CLOSED = 1 << 40  # larger than any work item


def work_items(first: int, end: int) -> I64:
    """Return the array with the work items first..end-1, int64 [8]."""
    return np.array([0, first, -1, end, 0, 0, 0, 0], dtype=np.int64)


def first_left(shared: I64) -> int:
    """Return the first work item that no worker has taken, or the end if there is none."""
    return int(min(shared[2] if shared[2] >= 0 else shared[1], shared[3]))


@kernel
def take(shared: I64) -> int:
    """Take the next work item and return it; return −1 if none is left."""
    item = fetch_add(address_of(shared) + 8, 1)
    return item if item < shared[3] else -1


@kernel
def close(shared: I64) -> None:
    """Withdraw the work items that are left, so that no worker can take them any more.

    This is one indivisible step: afterwards, all work items below `first_left` have been taken, and no others. A second
    call changes nothing.
    """
    item = fetch_add(address_of(shared) + 8, CLOSED)
    if item < CLOSED:
        shared[2] = item
