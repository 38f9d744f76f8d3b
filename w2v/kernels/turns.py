"""Which block a worker may begin, where threads train a matrix block by block.

The matrix is cut into P × P blocks, which are trained in P strata of P blocks each. Block k of stratum s has part k of
one side (the rows, say) and part (k + strata[s]) mod P of the other side, so no two blocks of a stratum share a part.
Workers take blocks stratum by stratum. A block may begin when all earlier strata have left both of its parts, so every
part is trained with its blocks in one fixed order, however many workers there are.

`turns`, int64 [2, P], counts the strata that have left each part: turns[0] for the one side, turns[1] for the other.
"""

from __future__ import annotations

import numpy as np

from w2v.arrays import I64
from w2v.kernels.llvm.atomics import load_acquire, store_release
from w2v.kernels.llvm.compilation import kernel
from w2v.kernels.llvm.simd import address_of

__all__ = ["leave", "may_begin", "turns_before"]


PATIENCE = 2_000  # checks of a part that another worker holds, before the kernel returns so that its thread can sleep


def turns_before(strata: I64, block: int) -> I64:
    """Return `turns` as it is when the first `block` blocks are done, and no other. strata: int64 [P], the shifts."""
    parts = len(strata)
    whole, begun = divmod(block, parts)
    turns = np.full((2, parts), whole, dtype=np.int64)
    if begun:
        first = np.arange(begun)
        turns[0, first] += 1
        turns[1, (first + strata[whole]) % parts] += 1
    return turns


@kernel
def may_begin(turns: I64, stratum: int, first: int, second: int) -> bool:
    """Return whether all strata before `stratum` have left part `first` of one side and part `second` of the other.

    Waits for that a short time: PATIENCE checks.
    """
    address = address_of(turns)
    for _ in range(PATIENCE):
        if (
            load_acquire(address + 8 * np.int64(first)) == stratum
            and load_acquire(address + 8 * np.int64(turns.shape[1] + second)) == stratum
        ):
            return True
    return False


@kernel
def leave(turns: I64, stratum: int, first: int, second: int) -> None:
    """Leave both parts of a finished block. The worker that has them next sees everything written before this call."""
    address = address_of(turns)
    store_release(address + 8 * np.int64(first), stratum + 1)
    store_release(address + 8 * np.int64(turns.shape[1] + second), stratum + 1)
