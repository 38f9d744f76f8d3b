"""Whose turn it is where a matrix is trained block by block: how often each part has been left, told between threads.

A matrix is cut into P × P blocks. In stratum s, block k has part k of one side and part (k + strata[s]) mod P of the
other: no two blocks of a stratum share a part. Blocks are taken stratum by stratum, and one begins when all strata
before have left both its parts; so every part meets its blocks in one order, whatever the workers. `turns`, int64
[2, P], counts the strata that have left each part of either side. Not here: what is done with a block.
"""

from __future__ import annotations

import numpy as np

from w2v.arrays import I64
from w2v.kernels.llvm.atomics import load_acquire, store_release
from w2v.kernels.llvm.compilation import kernel
from w2v.kernels.llvm.simd import address_of

__all__ = ["leave", "may_begin", "turns_before"]


PATIENCE = 2_000  # looks at a part that another worker holds, before the kernel returns to let its thread sleep


def turns_before(strata: I64, block: int) -> I64:
    """The turns when all blocks before the `block`-th that is taken are done, and no other."""
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
    """Whether all strata before have left part `first` of one side and `second` of the other; looks a few times."""
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
    """Let others have both parts: what was written before is seen by whoever begins."""
    address = address_of(turns)
    store_release(address + 8 * np.int64(first), stratum + 1)
    store_release(address + 8 * np.int64(turns.shape[1] + second), stratum + 1)
