"""Pairs of chosen buckets are copied in the order of the buckets, and of the segments within each."""

from __future__ import annotations

import numpy as np

from w2v.kernels.tiles import copy_buckets


def test_buckets_are_copied_one_after_another() -> None:
    random = np.random.default_rng(3)
    sizes = random.integers(0, 4, (7, 3))  # buckets, segments; the pairs of a segment lie together
    starts = np.zeros((8, 3), dtype=np.int64)
    starts[1:] = np.cumsum(sizes, axis=0)
    starts += np.concatenate(([0], np.cumsum(sizes.sum(axis=0))[:-1]))
    codes = np.arange(sizes.sum(), dtype=np.uint32)
    codes.flags.writeable = False  # as in training, so that the kernel is compiled once
    chosen = np.array([1, 2, 5])
    expected = [
        code
        for bucket in chosen
        for segment in range(3)
        for code in codes[starts[bucket, segment] : starts[bucket + 1, segment]]
    ]
    copied = np.zeros(len(expected), dtype=np.uint32)
    copy_buckets(codes, starts, chosen, copied)
    assert copied.tolist() == expected
