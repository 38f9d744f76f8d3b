"""Tiles of the rotation: each part is trained in the same order as without tiles, whatever their number."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import numpy as np
import pytest

from w2v.training.cluster.planning import (
    Blocks,
    Tile,
    bytes_moved,
    groups_for,
    is_in_tile,
    parts_of,
    shard,
    strata_of,
    tiles_of,
    worker_of,
)


class Twin:
    """A model in which every part of either side is a hash of all that it has met, in order."""

    def __init__(self, parts: int) -> None:
        self.outputs = [f"o{part}".encode() for part in range(parts)]
        self.inputs = [f"i{part}".encode() for part in range(parts)]

    def train(self, k: int, j: int) -> None:
        met = self.outputs[k] + self.inputs[j]
        self.outputs[k], self.inputs[j] = hashlib.sha256(b"o" + met).digest(), hashlib.sha256(b"i" + met).digest()


def flat(parts: int) -> Twin:
    twin = Twin(parts)
    for stratum in range(parts):
        for k in range(parts):
            twin.train(k, (k + stratum) % parts)
    return twin


def train_tile(twin: Twin, tile: Tile, groups: int, parts: int) -> int:
    ours, trained = parts_of(tile.outputs, groups, parts), 0
    chosen = is_in_tile(tile, groups, parts)
    for stratum in strata_of(tile, groups, parts):
        for k in range(ours.start, ours.stop):
            j = (k + stratum) % parts
            if chosen[k - ours.start, j]:
                twin.train(k, j)
                trained += 1
    return trained


@pytest.mark.parametrize("parts", [1, 6, 7, 16])
def test_any_number_of_groups_trains_every_part_in_the_order_of_the_rotation(parts: int) -> None:
    expected, random = flat(parts), np.random.default_rng(1)
    for groups in range(1, parts + 1):
        twin, trained = Twin(parts), 0
        # A tile is ready when the tiles before it of the same outputs, and of the same inputs, are trained; of those
        # that are ready, any may be the next one.
        rows = [[tile for tile in tiles_of(groups) if tile.outputs == group] for group in range(groups)]
        columns = [[tile for tile in tiles_of(groups) if tile.inputs == group] for group in range(groups)]
        while any(rows):
            ready = [row[0] for row in rows if row and columns[row[0].inputs][0] == row[0]]
            tile = ready[random.integers(len(ready))]
            trained += train_tile(twin, tile, groups, parts)
            rows[tile.outputs].pop(0)
            columns[tile.inputs].pop(0)
        assert trained == parts**2
        assert (twin.outputs, twin.inputs) == (expected.outputs, expected.inputs), groups


def test_every_worker_has_a_group_of_about_equal_size() -> None:
    assert [groups_for(16, workers) for workers in (1, 2, 3, 5, 16, 99)] == [1, 2, 3, 5, 16, 16]
    for parts, groups in ((16, 3), (31, 2), (7, 7)):
        found = [parts_of(group, groups, parts) for group in range(groups)]
        assert [part for each in found for part in range(parts)[each]] == list(range(parts))
        sizes = [each.stop - each.start for each in found]
        assert max(sizes) - min(sizes) <= 1
    for parts, workers in ((16, 3), (15, 2), (7, 4), (16, 16)):
        groups = groups_for(parts, workers)
        found = [worker_of(group, groups, workers) for group in range(groups)]
        assert found == sorted(found)
        assert set(found) == set(range(workers))


def test_blocks_hold_every_word_once() -> None:
    random = np.random.default_rng(2)
    words = random.permutation(50).astype(np.int32)
    first = np.array([0, 9, 18, 26, 34, 42, 50])
    for groups in (1, 2, 3, 4, 5, 6):
        blocks = Blocks(words, first, groups)
        assert blocks.rows == np.diff(blocks.bounds).max() + 1
        np.testing.assert_array_equal(np.concatenate([blocks.words_of(group) for group in range(groups)]), words)
        of, rows = blocks.find(np.arange(50, dtype=np.int32))
        for word in range(50):
            assert blocks.words_of(of[word])[rows[word]] == word
        for group in range(groups):  # places by rank: what the kernel is given
            mine = blocks.places[blocks.bounds[group] : blocks.bounds[group + 1]]
            np.testing.assert_array_equal(mine, np.arange(len(mine)))


def test_shards_follow_each_other() -> None:
    for items, shards in ((10, 3), (2, 4), (0, 2)):
        found = [shard(items, number, shards) for number in range(shards)]
        assert found[0][0] == 0
        assert found[-1][1] == items
        assert all(one[1] == other[0] for one, other in pairwise(found))


def counted(words: int, width: int, parts: int, workers: int) -> int:
    """The bytes of inputs that change the worker in a batch, tile by tile."""
    groups = groups_for(parts, workers)
    at = {group: worker_of(group, groups, workers) for group in range(groups)}
    moved = 0
    for tile in tiles_of(groups):
        here = worker_of(tile.outputs, groups, workers)
        moved += at[tile.inputs] != here
        at[tile.inputs] = here
    return moved * 4 * width * (words // parts * -(-parts // groups) + 1)


@pytest.mark.parametrize("workers", [1, 2, 3, 4, 16])
def test_predicted_bytes_are_those_of_the_tiles(workers: int) -> None:
    assert bytes_moved(1600, 112, 16, workers, 0, 0, 3) == 3 * counted(1600, 112, 16, workers)
