"""How the rotation is cut into tiles for workers that share no memory. What a worker computes: tasks.py.

Deterministic training has P × P buckets (w2v/kernels/rotation.py). Bucket (k, j) needs the outputs of part k and the
inputs of part j; the outputs of part k meet the parts j = k, k + 1, … of the inputs, modulo P, and so the inputs of
part j meet k = j, j − 1, …

Here the parts are put into C groups of neighbours, for any C up to P, whose sizes differ by one at most. Tile (K, J)
has all buckets of the outputs of group K with the inputs of group J. It can be trained as a whole before the tiles
(K, J + 1) and (K − 1, J) begin: the order of each part stays the same, and so do all bytes. Only the tiles (K, K) must
be halved: their buckets with j ≥ k come first of all, and those with j < k last. So C may follow the number of
workers, from one batch to the next.

A block is the rows of a group: its words in the order of the parts, and zeros up to the size of the largest group, with
one row of zeros at the end. Naive twin: tests/training/cluster/test_planning.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np

from w2v.arrays import I32, I64

__all__ = [
    "Blocks",
    "Layout",
    "Tile",
    "bytes_moved",
    "groups_for",
    "is_in_tile",
    "parts_of",
    "shard",
    "shards_of",
    "strata_of",
    "tiles_of",
    "worker_of",
]

SHARDS = 4  # of a batch for each group: with more of them, there are more tasks and no less memory worth the name
SHARD = 1 << 25  # bytes that a shard has at least, if it is not the only one

Half = Literal["whole", "upper", "lower"]


class Tile(NamedTuple):
    """The buckets of a group of outputs with a group of inputs. half: which of them, where both are the same group."""

    outputs: int
    inputs: int
    half: Half


class Layout(NamedTuple):
    """Which words a block has: those of `groups` groups of the parts that are drawn in a batch of an epoch."""

    epoch: int
    batch: int
    groups: int


def groups_for(parts: int, workers: int) -> int:
    """Return the number of groups that gives every worker one; at most the parts."""
    return min(workers, parts)


def parts_of(group: int, groups: int, parts: int) -> slice:
    """Return the parts of a group."""
    return slice(*shard(parts, group, groups))


def tiles_of(groups: int) -> Iterator[Tile]:
    """Yield all tiles of a batch in an order in which they can be trained; of each round, all at the same time."""
    for step in range(groups + 1):
        for outputs in range(groups):
            half: Half = "upper" if step == 0 else "lower" if step == groups else "whole"
            yield Tile(outputs, (outputs + step) % groups, half)


def strata_of(tile: Tile, groups: int, parts: int) -> range:
    """Return the strata of the rotation that have buckets of a tile, in their order; bucket (k, j) is in (j − k) mod P.

    If buckets of other tiles are left out, these strata, one after another, train the tile.
    """
    ours, theirs = parts_of(tile.outputs, groups, parts), parts_of(tile.inputs, groups, parts)
    size = ours.stop - ours.start
    if tile.half == "upper":
        return range(size)
    if tile.half == "lower":
        return range(parts - size + 1, parts)
    around = parts if tile.inputs < tile.outputs else 0
    return range(theirs.start - ours.stop + 1 + around, theirs.stop - ours.start + around)


def is_in_tile(tile: Tile, groups: int, parts: int) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Return which buckets of the outputs of a tile's group are of the tile, bool [parts of the group, parts]."""
    ours, theirs = parts_of(tile.outputs, groups, parts), parts_of(tile.inputs, groups, parts)
    outputs, inputs = np.mgrid[ours, :parts]
    chosen = (inputs >= theirs.start) & (inputs < theirs.stop)
    if tile.half == "upper":
        chosen &= inputs >= outputs
    elif tile.half == "lower":
        chosen &= inputs < outputs
    return np.asarray(chosen)


@dataclass(frozen=True)
class Blocks:
    """Which row of which block each word has in a layout.

    words: int32 [V], the words of part 0, then those of part 1, and so on. first: int64 [P + 1], where each part begins
    in `words`.
    """

    words: I32
    first: I64
    groups: int

    @cached_property
    def bounds(self) -> I64:
        """Where each group begins in `words`, and where the last one ends, int64 [C + 1]."""
        parts = len(self.first) - 1
        starts = [parts_of(group, self.groups, parts).start for group in range(self.groups)]
        return self.first[[*starts, parts]]

    @cached_property
    def rows(self) -> int:
        """The rows of a block: those of the largest group, and the row of zeros."""
        return int(np.diff(self.bounds).max()) + 1

    @cached_property
    def places(self) -> I32:
        """The row of each word of `words` in the block of its group, int32 [V]."""
        sizes = np.diff(self.bounds)
        return (np.arange(len(self.words)) - np.repeat(self.bounds[:-1], sizes)).astype(np.int32)

    @cached_property
    def _ranks(self) -> I32:
        ranks = np.empty(len(self.words), dtype=np.int32)
        ranks[self.words] = np.arange(len(self.words), dtype=np.int32)
        return ranks

    def words_of(self, group: int) -> I32:
        """Return the words of a group, in the order of the rows of its block, int32 [n]."""
        return self.words[self.bounds[group] : self.bounds[group + 1]]

    def find(self, words: I32) -> tuple[I64, I32]:
        """Return of each word [n] its group, int64 [n], and its row in the block of this group, int32 [n]."""
        ranks = self._ranks[words]
        return np.searchsorted(self.bounds, ranks, side="right") - 1, self.places[ranks]


def shard(items: int, number: int, shards: int) -> tuple[int, int]:
    """Return (first, end) of shard `number` of so many shards of items 0..items-1: as equal as they can be."""
    return items * number // shards, items * (number + 1) // shards


def worker_of(group: int, groups: int, workers: int) -> int:
    """Return the worker that has a group: neighbours share a worker, so that fewer blocks move."""
    return group * workers // groups


def shards_of(pairs: int, groups: int, workers: int, room: int) -> tuple[int, bool]:
    """Return into how many shards a batch is split, for each group, and whether its pairs go to files.

    pairs: of the batch, at most, 4 bytes each. room: bytes of pairs that a worker may hold.

    A worker sorts one shard at a time: while it does, it holds the shard twice, beside all pairs of its groups.
    """
    mine = 4 * pairs // groups * -(-groups // workers)
    to_files = 2 * mine > room
    if not to_files:
        return max(1, min(SHARDS, mine // SHARD)), False
    return max(SHARDS, -(-4 * mine // room)), True


def bytes_moved(words: int, width: int, parts: int, workers: int, pairs: int, layouts: int, batches: int) -> int:
    """Return the bytes that workers send each other in so many batches, with groups as `groups_for` makes them.

    width: floats of a row, padded. pairs: of all batches. layouts: how often blocks are cut anew.

    A worker has one group. In a batch, the inputs of each group go once around all workers. The pairs of a group are
    found by all workers alike; those that the worker of the group has not found itself, 4 bytes each, are sent to it.
    In a new layout a word goes to any group.
    """
    if workers == 1:
        return 0
    groups = groups_for(parts, workers)
    block = 4 * width * (-(-words // parts) * -(-parts // groups) + 1)
    rotation = batches * groups**2 * block
    sorted_pairs = 4 * pairs * (groups - 1) // groups
    return rotation + sorted_pairs + layouts * 2 * block * (groups - 1)
