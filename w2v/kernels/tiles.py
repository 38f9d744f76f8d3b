"""Copy the pairs of some buckets out of sorted pairs, each bucket to its place. How pairs are sorted: pairing.py.

Naive twin: tests/kernels/test_tiles.py.
"""

from __future__ import annotations

from w2v.arrays import I64, U32
from w2v.kernels.llvm.compilation import kernel

__all__ = ["copy_buckets"]


@kernel
def copy_buckets(codes: U32, starts: I64, buckets: I64, slots: I64, copied: U32) -> None:
    """Copy the pairs of `buckets`, int64 [n], to `copied`, uint32, each bucket from its slot on; slots: int64 [n].

    codes: uint32; starts: int64 [all buckets + 1, segments], as in `pairing.Pairs`.
    """
    for index in range(buckets.size):
        bucket, slot = buckets[index], slots[index]
        for segment in range(starts.shape[1]):
            for pair in range(starts[bucket, segment], starts[bucket + 1, segment]):
                copied[slot] = codes[pair]
                slot += 1
