"""The buckets of a batch as tiles: what one process trains on at a time, in which order, and which rows it needs.

In rotation by P parts (w2v/kernels/rotation.py), part k of the output rows meets the parts k, k + 1, … of the input
rows, and part j of the input rows meets the parts j, j − 1, … of the output rows. Let C divide P, and let a group be
P / C parts that follow each other. Tile (K, J) has the buckets with the centres in group K and the contexts in group J.
In rotation, each part has done all buckets of a tile before it begins the next tile, but for the tiles (K, K): of these
the buckets k ≤ j come first and the buckets k > j last. So training tile by tile gives every row its pairs in the same
order, and the same bytes, for every C; and C may change from one batch to the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import numpy as np

from w2v.arrays import I32, I64, U32
from w2v.errors import SettingsError

__all__ = ["Half", "Layout", "Tile", "Tiling", "groups_for"]


class Half(Enum):
    """Which buckets (k, j) of a tile are meant: all; or of a tile (K, K) those with k ≤ j, or those with k > j."""

    ALL = "all"
    FIRST = "k ≤ j"
    LAST = "k > j"


@dataclass(frozen=True)
class Tile:
    """A tile: the group of the output rows (centres), and that of the input rows (contexts)."""

    centres: int
    contexts: int
    half: Half = Half.ALL


@dataclass(frozen=True)
class Tiling:
    """The tiles of P parts in C groups. Raises SettingsError where C does not divide P."""

    parts: int
    groups: int

    def __post_init__(self) -> None:
        if self.groups < 1 or self.parts % self.groups:
            raise SettingsError(
                f"{self.parts} parts cannot be cut into {self.groups} equal groups",
                hint=f"the number of groups must divide {self.parts}",
            )

    @property
    def size(self) -> int:
        """The parts of a group."""
        return self.parts // self.groups

    def rounds(self) -> Iterator[list[Tile]]:
        """Yield the tiles that may be trained on at the same time, round after round: no two of them share rows."""
        yield [Tile(group, group, Half.FIRST) for group in range(self.groups)]
        for turn in range(1, self.groups):
            yield [Tile(group, (group + turn) % self.groups) for group in range(self.groups)]
        if self.size > 1:
            yield [Tile(group, group, Half.LAST) for group in range(self.groups)]

    def needs(self, tile: Tile) -> tuple[Tile, ...]:
        """Return the tiles that must be done before a tile begins: the last one with its centres, with its contexts."""
        if tile.half is Half.FIRST:
            return ()
        row, column = tile.centres, tile.contexts
        before = self._tile(row, column - 1), self._tile(row + 1, column)
        return before[:1] if before[0] == before[1] else before

    def _tile(self, centres: int, contexts: int) -> Tile:
        row, column = centres % self.groups, contexts % self.groups
        return Tile(row, column, Half.FIRST if row == column else Half.ALL)

    def buckets(self, tile: Tile) -> Iterator[tuple[int, int]]:
        """Yield the buckets (part of the centres, part of the contexts) of a tile, in the order of training."""
        first, other = tile.centres * self.size, tile.contexts * self.size
        start = 0 if tile.half is Half.FIRST else 1 - self.size
        stop = 0 if tile.half is Half.LAST else self.size
        for shift in range(start, stop):
            for place in range(max(0, -shift), min(self.size, self.size - shift)):
                yield first + place, other + place + shift

    def worker_of(self, group: int, workers: int) -> int:
        """Return the worker that keeps the output rows of a group: neighbours among groups share a worker."""
        return group * workers // self.groups


@dataclass(frozen=True)
class Layout:
    """Where the rows of the words lie, in blocks of a group each, in the order of the parts.

    first: int64 [C + 1], the first word of each group in `words`. words: int32 [V], as in `pairing.Parts`.
    group, place: int32 [V], the block of each word and its row there.
    """

    first: I64
    words: I32
    group: I32
    place: I32

    @classmethod
    def of(cls, codes: U32, words: I32, first: I64, tiling: Tiling) -> Layout:
        """Return the layout of a partition. codes, words, first: as in `pairing.Parts`."""
        starts = first[:: tiling.size].astype(np.int64)
        part = (codes >> 16).astype(np.int64)
        group = part // tiling.size
        place = first[part] - starts[group] + (codes & 0xFFFF)
        return cls(starts, words, group.astype(np.int32), place.astype(np.int32))

    def words_of(self, group: int) -> I32:
        """Return the words of a group, in the order of their rows."""
        return self.words[self.first[group] : self.first[group + 1]]

    def moves(self, other: Layout) -> Iterator[tuple[int, int, I32, I32]]:
        """Yield (from, to, rows there, rows here): how the rows of this layout go to the blocks of another one."""
        for source in range(len(self.first) - 1):
            words = self.words_of(source)
            groups = other.group[words]
            for target in np.unique(groups).tolist():
                rows = np.flatnonzero(groups == target).astype(np.int32)
                yield source, target, other.place[words[rows]], rows


def groups_for(parts: int, workers: int) -> int:
    """Return into how many groups parts are cut for some workers: the fewest that give each worker a group, if any do.

    Otherwise there are as many groups as parts, and some workers have nothing to do.
    """
    return next((groups for groups in range(1, parts + 1) if parts % groups == 0 and groups >= workers), parts)
