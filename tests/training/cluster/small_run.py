"""A small run that takes a second: its settings, trained alone and in tiles."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from w2v.progress import NullProgress, Progress
from w2v.training.checkpoints import Every
from w2v.training.cluster.graph import Engine, Here, Share
from w2v.training.cluster.run_folder import RunFolder
from w2v.training.cluster.trainer import TileTrainer, Workers
from w2v.training.data import TokenData
from w2v.training.loop import Loop
from w2v.training.sgns.model import SGNS, SgnsConfig
from w2v.training.sgns.rotation import RotationTrainer
from w2v.training.state import Trained
from w2v.training.trainer import KeptData

SETTINGS = SgnsConfig(dim=16, window=4, epochs=2, batches=3, deterministic=True, threads=2, sample=0.01)


def run(training: Loop) -> Trained:
    assert training.run(lambda _: False)
    return training.result()


def alone(data: TokenData) -> Trained:
    trainer = RotationTrainer.open(data, SETTINGS, KeptData(), NullProgress())
    assert (trainer.parts, trainer.batches) == (16, 3)
    return run(Loop(trainer, SGNS, SETTINGS.epochs, NullProgress()))


def in_tiles(
    data: TokenData,
    folder: RunFolder,
    groups: int,
    *,
    engine: Engine | None = None,
    progress: Progress | None = None,
    **changes,
) -> Loop:
    workers = Workers(engine=engine or Here(), share=Share(1, 2, 2**30), run_folder=folder)
    progress = progress or NullProgress()
    trainer = TileTrainer.open(data, replace(SETTINGS, **changes), workers, progress)
    trainer.graph.groups = groups
    trainer.graph.begin()
    return Loop(trainer, SGNS, SETTINGS.epochs, progress)


def same(one: Trained, other: Trained) -> None:
    np.testing.assert_array_equal(one.matrix, other.matrix)
    facts = [(each.loss, each.heldout_loss, each.words, each.pairs) for each in (one, other)]
    assert facts[0] == facts[1]


def folder_in(path: Path) -> RunFolder:
    return RunFolder(str(path / "run"), Every(), NullProgress())
