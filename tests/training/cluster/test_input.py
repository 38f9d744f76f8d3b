"""Workers that count and encode their corpus: the bytes of a run alone, wherever the text is cut into files."""

from __future__ import annotations

import gzip
import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tokens.test_preparing import Listener
from tokens.test_shards import same as same_cache

from w2v.errors import TrainingError
from w2v.progress import NullProgress
from w2v.tokens import prepare
from w2v.tokens.folder import Caching
from w2v.tokens.settings import CorpusConfig
from w2v.training.checkpoints import Every
from w2v.training.cluster.graph import Here, Share, Stuck
from w2v.training.cluster.input import ByWorkers, _shared_out
from w2v.training.cluster.planning import Layout
from w2v.training.cluster.run_folder import RunFolder
from w2v.training.cluster.tasks import Job, split
from w2v.training.cluster.trainer import TileTrainer, Workers, job_of
from w2v.training.data import TokenData, open_tokens
from w2v.training.loop import Loop
from w2v.training.sgns import plan
from w2v.training.sgns.model import SGNS, SgnsConfig
from w2v.training.sgns.rotation import RotationTrainer
from w2v.training.state import Trained
from w2v.training.trainer import KeptData

SETTINGS = SgnsConfig(dim=16, window=4, epochs=2, batches=3, deterministic=True, threads=2, sample=0.01)
WORDS, SHARE = CorpusConfig(min_count=2), Share(1, 2, SETTINGS.memory_bytes)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "WORDS", 12)


def lines() -> list[str]:
    words = np.random.default_rng(1).zipf(1.5, 90_000) % 220
    return [" ".join(f"w{word}" for word in line) for line in words.reshape(-1, 20)]


def cut(folder: Path, number: int) -> list[str]:
    """The same text in so many files: of unequal sizes, one is empty, one has no last line end, one is compressed."""
    folder.mkdir()
    text, bounds = lines(), np.linspace(0, 1, number + 1) ** 2
    paths = []
    for each in range(number):
        part = text[int(len(text) * bounds[each]) : int(len(text) * bounds[each + 1])]
        data = ("\n".join(part) + "\n" * (each != 1)).encode()
        path = folder / f"{each}.txt{'.gz' if each == 2 else ''}"
        path.write_bytes(gzip.compress(data) if each == 2 else data)
        paths.append(str(path))
    if number > 3:
        empty = folder / "empty.txt"
        empty.write_bytes(b"")
        paths.insert(4, str(empty))
    return paths


def opened(paths: list[str], folder: Path, *, by_workers: bool, settings: SgnsConfig = SETTINGS) -> TokenData:
    spread = ByWorkers(Here(), 2, NullProgress()) if by_workers else None
    with open_tokens(paths, WORDS, settings, cache_dir=Caching(folder, spread=spread), progress=NullProgress()) as data:
        assert (data.cache.path.suffix == ".index") == (by_workers and len(paths) > 1)
        tokens = data.cache.tokens
    data.cache.tokens = tokens  # which stay mapped
    return data


def run(loop: Loop) -> Trained:
    assert loop.run(lambda _: False)
    return loop.result()


def alone(data: TokenData, settings: SgnsConfig) -> Trained:
    trainer = RotationTrainer.open(data, settings, KeptData(), NullProgress())
    return run(Loop(trainer, SGNS, settings.epochs, NullProgress()))


def in_tiles(data: TokenData, settings: SgnsConfig, folder: Path) -> Trained:
    folders = RunFolder(str(folder), Every(), NullProgress())
    trainer = TileTrainer.open(data, settings, Workers(engine=Here(), share=SHARE, run_folder=folders), NullProgress())
    trainer.graph.groups = 4
    trainer.graph.begin()
    return run(Loop(trainer, SGNS, settings.epochs, NullProgress()))


@pytest.mark.parametrize("changes", [{}, {"shuffle": True}, {"window": "whole"}])
def test_shards_are_trained_on_as_one_file_is(changes: dict, tmp_path: Path) -> None:
    settings = replace(SETTINGS, **changes)
    expected = alone(opened(cut(tmp_path / "1", 1), tmp_path / "alone", by_workers=False), settings)
    for number in (7,) if changes else (3, 7):
        paths = cut(tmp_path / str(number), number)
        data = opened(paths, tmp_path / f"shards{number}", by_workers=True, settings=settings)
        found = in_tiles(data, settings, tmp_path / f"run{number}")
        np.testing.assert_array_equal(found.matrix, expected.matrix)
        assert (found.loss, found.heldout_loss) == (expected.loss, expected.heldout_loss)


def test_a_worker_finds_the_pairs_of_one_file_in_shards(tmp_path: Path) -> None:
    one = opened(cut(tmp_path / "1", 1), tmp_path / "alone", by_workers=False)
    several = opened(cut(tmp_path / "7", 7), tmp_path / "shards", by_workers=True)
    found = []
    for data in (one, several):
        job: Job = job_of(data, SETTINGS, NullProgress(), SHARE)
        found.append([split(job, Layout(1, 0, 4), 1, 2, shard, 3) for shard in range(3)])
    for left, right in zip(*found, strict=True):
        assert left[-1] == right[-1]
        for group in range(4):
            np.testing.assert_array_equal(left[group].codes, right[group].codes)
            np.testing.assert_array_equal(left[group].starts, right[group].starts)


def test_large_items_are_shared_out_first() -> None:
    shared = _shared_out([1, 50, 20, 30, 0], 2)
    assert shared == [(1, 0), (3, 1), (2, 1), (0, 0), (4, 1)]


def test_workers_that_are_stuck_are_replaced_and_three_times_is_enough(tmp_path: Path) -> None:
    class OftenStuck(Here):
        restarts = 0

        def results(self, handles, told=lambda result: None, watch=lambda: None):
            if self.restarts < limit:
                raise Stuck("no task has ended")
            return super().results(handles, told, watch)

        def restart(self) -> None:
            self.restarts += 1
            if self.restarts == 1:
                raise Stuck("no scheduler can be had")

    listener, limit, engine = Listener(), 2, OftenStuck()
    spread = ByWorkers(engine, 1, listener)
    assert spread.run(divmod, [(7, 2), (9, 4)], [1, 1], lambda place, result: None) == [(3, 1), (2, 1)]
    assert engine.restarts == 2
    limit = 9
    with pytest.raises(TrainingError, match="stuck 3 times"):
        spread.run(divmod, [(7, 2)], [1], lambda place, result: None)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes in /proc")
def test_two_processes_count_and_encode_though_one_of_them_is_killed(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    from w2v.training.cluster.dask.engine import DaskEngine
    from w2v.training.cluster.dask.own_workers import OwnWorkers

    workers = OwnWorkers(2)

    class Killer(Listener):
        killed = False

        def update(self, done: int, **fields: float | str) -> None:
            if not self.killed and done:
                self.killed = True
                os.kill(workers._processes[0].process.pid, signal.SIGKILL)

    paths, listener = cut(tmp_path / "texts", 7), Killer()
    with DaskEngine(workers) as engine:
        spread = ByWorkers(engine, 1, listener)
        found = prepare(paths, WORDS, cache_dir=Caching(tmp_path / "c", spread=spread), progress=listener)
    assert listener.killed
    same_cache(found, prepare(paths, WORDS, cache_dir=tmp_path / "alone"))
