"""Workers sort a batch shard after shard, in memory or in files: the same bytes, and no more memory than is given."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from training.cluster.small_run import alone, folder_in, in_tiles, run, same

from w2v.training.cluster import tasks
from w2v.training.cluster.graph import Graph, Here
from w2v.training.cluster.planning import SHARD, SHARDS, Layout, Tile, shards_of
from w2v.training.data import TokenData

pytestmark = pytest.mark.usefixtures("small")


@pytest.mark.parametrize(
    ("pairs", "groups", "workers", "room", "expected"),
    [
        (1000, 4, 4, 10**6, (1, False)),
        (SHARD, 2, 2, 10**9, (2, False)),  # two shards of their least size for each group
        (10 * SHARD, 1, 1, 10**12, (SHARDS, False)),
        (10**6, 4, 3, 3 * 10**6, (SHARDS, True)),  # a worker has two groups, 2 MB; a shard of theirs is .75 MB
        (10**9, 10, 10, 16 * 10**6, (100, True)),
    ],
)
def test_a_batch_is_split_so_that_a_worker_can_hold_it(
    pairs: int, groups: int, workers: int, room: int, expected: tuple[int, bool]
) -> None:
    assert shards_of(pairs, groups, workers, room) == expected
    shards, to_files = expected
    if to_files:
        assert 4 * pairs / groups / shards <= room / 2


@pytest.mark.slow
def test_pairs_in_files_and_in_many_shards_give_the_same_bytes(data: TokenData, tmp_path: Path) -> None:
    training = in_tiles(data, folder_in(tmp_path), 2)
    training.trainer.graph.job = replace(training.trainer.graph.job, room=40_000)
    seen: list[tuple[int, bool]] = []
    submit = Here.submit

    class Watching(Here):
        def submit(self, name, function, *arguments, **place):
            if function is tasks.split:
                seen.append(arguments[5:])
            return submit(self, name, function, *arguments, **place)

    training.trainer.graph.engine = Watching()
    same(run(training), alone(data))
    assert all(shards > 8 and to_files for shards, to_files in seen)


def test_sorting_into_files_takes_the_memory_of_a_shard(data: TokenData, tmp_path: Path) -> None:
    graph = in_tiles(data, folder_in(tmp_path), 1, batches=1).trainer.graph
    job, layout = replace(graph.job, room=400_000), Layout(0, 0, 1)
    shards, to_files = shards_of(graph.plan.most_pairs(0, 0), 1, 1, job.room)
    assert to_files

    def sort(to_files: bool) -> tuple[list[tasks.Rows], int]:
        held: list[tasks.Rows] = []
        tracemalloc.start()
        for index in range(shards):
            piece, _ = tasks.split(job, layout, 0, 0, index, shards, to_files)
            held = tasks.rows(held, to_files, piece)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return held, most - sum(piece.starts.nbytes for piece in held)

    sort(True)  # loads what is loaded once
    (in_files, little), (in_memory, much) = sort(True), sort(False)
    size = sum(piece.codes.nbytes for piece in in_memory)
    assert little < job.room < size < much
    for one, other in zip(in_files, in_memory, strict=True):
        np.testing.assert_array_equal(one.codes, other.codes)
        np.testing.assert_array_equal(one.starts, other.starts)
    tracemalloc.start()
    codes, _ = tasks._pairs_of(Tile(0, 0, "upper"), 1, 16, in_files)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < codes.nbytes / 2


def test_what_comes_from_another_process_goes_to_a_file_here(data: TokenData, tmp_path: Path) -> None:
    graph = Graph(in_tiles(data, folder_in(tmp_path), 1).trainer.graph.job, Here(), 1)
    piece, _ = tasks.split(graph.job, Layout(0, 0, 1), 0, 0, 0, 1, True)
    (same_one,) = tasks.rows([], True, piece)
    assert same_one is piece
    (moved,) = tasks.rows([], True, piece._replace(codes=piece.codes.copy(), kept="elsewhere"))
    assert moved.kept == piece.kept
    assert not moved.codes.flags.writeable
