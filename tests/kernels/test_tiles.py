"""Pairs of chosen buckets are copied to their places, in the order of the segments within each."""

from __future__ import annotations

import numpy as np

from w2v.kernels.tiles import copy_buckets


def test_each_bucket_is_copied_to_its_place() -> None:
    random = np.random.default_rng(3)
    sizes = random.integers(0, 4, (7, 3))  # buckets, segments; the pairs of a segment lie together
    starts = np.zeros((8, 3), dtype=np.int64)
    starts[1:] = np.cumsum(sizes, axis=0)
    starts += np.concatenate(([0], np.cumsum(sizes.sum(axis=0))[:-1]))
    codes = np.arange(sizes.sum(), dtype=np.uint32)
    codes.flags.writeable = False  # as in training, so that the kernel is compiled once
    chosen = np.array([1, 2, 5])
    slots, copied = np.array([40, 0, 20]), np.full(60, 999, dtype=np.uint32)
    copy_buckets(codes, starts, chosen, slots, copied)
    expected = np.full(60, 999)
    for bucket, slot in zip(chosen, slots, strict=True):
        ranges = [range(starts[bucket, segment], starts[bucket + 1, segment]) for segment in range(3)]
        mine = [code for each in ranges for code in each]
        expected[slot : slot + len(mine)] = mine
    assert copied.tolist() == expected.tolist()
