"""The tiles of rotation: however parts are grouped, and in whichever order tiles are ready, the result is that of P."""

from __future__ import annotations

import numpy as np
import pytest
from kernels.test_rotation import batch_of, of_words, parts_of
from kernels.test_sgns import small_world
from reference import rotation as naive

from w2v.errors import SettingsError
from w2v.training.cluster.tiles import Half, Layout, Tile, Tiling, groups_for

PARTS = 12
DIVISORS = [1, 2, 3, 4, 6, 12]


def flat(parts: int) -> list[tuple[int, int]]:
    return [(k, (k + shift) % parts) for shift in range(parts) for k in range(parts)]


def in_some_order(tiling: Tiling, seed: int) -> list[Tile]:
    """Return all tiles in an order that a cluster might take: any tile whose needs are done may be next."""
    random = np.random.default_rng(seed)
    left = [tile for tiles in tiling.rounds() for tile in tiles]
    done: list[Tile] = []
    while left:
        ready = [tile for tile in left if all(need in done for need in tiling.needs(tile))]
        done.append(ready[random.integers(len(ready))])
        left.remove(done[-1])
    return done


@pytest.mark.parametrize("groups", DIVISORS)
def test_every_part_meets_the_others_in_the_order_of_rotation(groups: int) -> None:
    tiling = Tiling(PARTS, groups)
    for seed in range(5):
        order = [bucket for tile in in_some_order(tiling, seed) for bucket in tiling.buckets(tile)]
        assert sorted(order) == sorted(flat(PARTS))
        for side in (0, 1):
            for part in range(PARTS):
                mine = [bucket for bucket in order if bucket[side] == part]
                assert mine == [bucket for bucket in flat(PARTS) if bucket[side] == part]


@pytest.mark.parametrize("groups", DIVISORS)
def test_tiles_of_a_round_share_no_rows_and_need_earlier_rounds_only(groups: int) -> None:
    tiling = Tiling(PARTS, groups)
    done: set[Tile] = set()
    for tiles in tiling.rounds():
        assert len({tile.centres for tile in tiles}) == len({tile.contexts for tile in tiles}) == groups
        assert all(set(tiling.needs(tile)) <= done for tile in tiles)
        done |= set(tiles)


@pytest.mark.parametrize("groups", [1, 2, 4])
def test_tiles_give_the_bytes_of_the_flat_order(groups: int) -> None:
    tokens, model, noise = small_world(16, 400)
    parts, batch = parts_of(4), batch_of()
    pairs = naive.buckets(naive.windows(tokens, noise.keep, batch), of_words(parts), 4)
    wanted = model.input.astype(np.float64), model.output.astype(np.float64)
    naive.train(pairs, *wanted, parts, batch, 5)
    tiling = Tiling(4, groups)
    found = model.input.astype(np.float64), model.output.astype(np.float64)
    for tile in in_some_order(tiling, groups):
        for k, j in tiling.buckets(tile):
            naive.train_bucket(pairs[k * 4 + j], k * 4 + j, *found, parts, batch, 5)
    for mine, theirs in zip(found, wanted, strict=True):
        assert mine.tobytes() == theirs.tobytes()


def test_rows_move_between_layouts_and_none_is_lost() -> None:
    old, new = (parts_of(12, seed) for seed in (1, 2))
    before = Layout.of(old.codes, old.words, old.first, Tiling(12, 3))
    after = Layout.of(new.codes, new.words, new.first, Tiling(12, 4))
    blocks = [before.words_of(group).astype(np.int64) for group in range(3)]
    for group, block in enumerate(blocks):
        np.testing.assert_array_equal(before.group[block], group)
        np.testing.assert_array_equal(before.place[block], np.arange(len(block)))
    moved = [np.full(after.first[group + 1] - after.first[group], -1) for group in range(4)]
    for source, target, there, here in before.moves(after):
        moved[target][there] = blocks[source][here]
    for group, block in enumerate(moved):
        np.testing.assert_array_equal(block, after.words_of(group))


def test_groups_follow_the_workers() -> None:
    assert [groups_for(16, workers) for workers in (1, 2, 3, 4, 5, 16, 40)] == [1, 2, 4, 4, 8, 16, 16]
    assert [Tiling(16, 4).worker_of(group, 2) for group in range(4)] == [0, 0, 1, 1]
    assert Tiling(16, 16).needs(Tile(3, 3, Half.FIRST)) == ()
    with pytest.raises(SettingsError, match="16 parts cannot be cut into 3"):
        Tiling(16, 3)
