"""Training in tiles gives the bytes of deterministic training alone, for any number of groups, wherever it goes on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from training.cluster.small_run import SETTINGS, alone, folder_in, in_tiles, run, same

from w2v import formats
from w2v.errors import FormatError, SettingsError
from w2v.files import fetched
from w2v.progress import NullProgress
from w2v.training.checkpoints import Every, describe_progress
from w2v.training.cluster import trainer as of_tiles
from w2v.training.cluster.graph import Here, Share, Stuck
from w2v.training.cluster.planning import Layout
from w2v.training.cluster.run_folder import RunFolder
from w2v.training.cluster.trainer import TileTrainer, Workers
from w2v.training.data import TokenData
from w2v.training.loop import Loop
from w2v.training.sgns.model import SGNS
from w2v.training.sgns.rotation import RotationTrainer
from w2v.training.state import State, Trained
from w2v.training.sufficiency import nearest_cosine
from w2v.training.trainer import KeptData
from w2v.vectors import Vectors

pytestmark = pytest.mark.usefixtures("small")


@pytest.mark.slow
def test_any_number_of_groups_gives_the_bytes_of_one_process(data: TokenData, tmp_path: Path) -> None:
    expected = alone(data)
    for groups in (1, 2, 3, 7, 16):
        same(run(in_tiles(data, folder_in(tmp_path / str(groups)), groups)), expected)


class OftenStuck(Here):
    """An engine that gets stuck now and then when rows or a summary are asked for, and forgets everything."""

    asked = 0

    def submit(self, name: str, *given, **where):
        self.asked += name.startswith(("pick", "summary"))
        if self.asked and self.asked % 7 == 0:
            self.asked += 1
            raise Stuck("of a sudden")
        return super().submit(name, *given, **where)


def written(trained: Trained, data: TokenData, path: Path) -> bytes:
    """Write vectors as the session does, and return the bytes of the file."""
    words, contexts = data.vocabulary.words, trained.arrays["contexts"]
    vectors = Vectors.unchecked(words, trained.matrix, data.vocabulary.counts, norms=trained.norms, contexts=contexts)
    formats.write(vectors, path)
    return path.read_bytes()


@pytest.mark.slow
def test_files_are_written_in_segments_though_workers_get_stuck(
    data: TokenData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetched, "SEGMENT", 1 << 11)
    with_contexts = replace(SETTINGS, keep_contexts=True)
    rotation = RotationTrainer.open(data, with_contexts, KeptData(), NullProgress())
    expected = run(Loop(rotation, SGNS, SETTINGS.epochs, NullProgress()))
    loop = in_tiles(data, folder_in(tmp_path), 4, keep_contexts=True)
    assert loop.run(lambda _: False)
    loop.trainer.engine = loop.trainer.graph.engine = OftenStuck()
    found = loop.result()
    np.testing.assert_array_equal(loop.trainer.words_without_pairs(), rotation.words_without_pairs())
    assert nearest_cosine(found.matrix) == nearest_cosine(expected.matrix)
    for name in ("out.safetensors", "out.bin", "out.txt", "out.fasttext.bin"):
        assert written(found, data, tmp_path / name) == written(expected, data, tmp_path / f"alone-{name}")
    assert loop.trainer.engine.asked > 100
    assert found.to_state().arrays == {}
    found.end()
    with pytest.raises(SettingsError, match="with the workers, which have ended"):
        found.matrix[0]


@pytest.mark.parametrize(("before", "after"), [(4, 2), (2, 4)])
def test_blocks_are_laid_anew_for_fewer_and_for_more_workers(
    data: TokenData, tmp_path: Path, before: int, after: int
) -> None:
    graph = in_tiles(data, folder_in(tmp_path), before).trainer.graph
    words = np.arange(len(data.vocabulary), dtype=np.int32)
    expected = graph.rows_of("inputs", words)
    graph._lay(Layout(0, 0, after))
    assert graph.layout.groups == after
    np.testing.assert_array_equal(graph.rows_of("inputs", words), expected)


@pytest.mark.slow
def test_a_run_whose_files_were_not_written_only_writes_them(data: TokenData, tmp_path: Path) -> None:
    expected = run(in_tiles(data, folder_in(tmp_path), 4))
    folder = folder_in(tmp_path)
    found = folder.find(True)
    assert found is not None
    assert describe_progress(replace(found, run={"settings": {"epochs": 2}})) == "trained, and not yet written"
    trainer = TileTrainer.open(
        data, SETTINGS, Workers(engine=Here(), share=Share(1, 2, 2**30), run_folder=folder), NullProgress()
    )
    trainer.graph.train = None
    loop = Loop(trainer, SGNS, SETTINGS.epochs, NullProgress())
    position = {name: value for name, value in found.position.items() if "seconds" not in name}
    loop.restore(State(position, {}, *folder.clock))
    same(run(loop), expected)


@pytest.mark.slow
def test_the_heldout_loss_is_the_same_in_parts(
    data: TokenData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = in_tiles(data, folder_in(tmp_path), 2).trainer
    monkeypatch.setattr(of_tiles, "HELD", 1 << 13)
    in_parts = in_tiles(data, folder_in(tmp_path), 2).trainer
    assert in_parts.heldout_loss() == whole.heldout_loss()
    assert len(in_parts.heldout) > 2
    assert len(whole.heldout) == 1


class Stopped(Exception):  # noqa: N818
    pass


@pytest.mark.slow
@pytest.mark.parametrize("url", [False, True])
def test_a_run_goes_on_with_other_groups_from_the_newest_checkpoint_that_is_whole(
    data: TokenData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: bool
) -> None:
    expected, where = alone(data), f"{'file://' if url else ''}{tmp_path / 'run'}"
    monkeypatch.setattr(of_tiles, "EVERY", 0)
    first = in_tiles(data, RunFolder(where, Every(), NullProgress()), 4)
    train = first.trainer.graph.train

    def until(epoch: int, number: int, *more):
        if (epoch, number) == (1, 1):
            raise Stopped
        return train(epoch, number, *more)

    first.trainer.graph.train = until
    with pytest.raises(Stopped):
        first.run(lambda _: False)
    kept = sorted(path.name for path in (tmp_path / "run").iterdir())
    assert kept == ["1-0", "1-1", "manifest.json"]
    for damage in (False, True):
        folder = RunFolder(where, Every(), NullProgress())
        if damage:
            block = tmp_path / "run" / "1-1" / "inputs-2.npy"
            content = bytearray(block.read_bytes())
            content[-200] ^= 1
            block.write_bytes(content)
        found = folder.find(True)
        assert found is not None
        assert (found.position["epoch"], found.position["batch"]) == (1, 0 if damage else 1)
        monkeypatch.setattr(of_tiles, "EVERY", 600)
        workers = Workers(engine=Here(), share=Share(1, 2, 2**30), run_folder=folder)
        trainer = TileTrainer.open(data, SETTINGS, workers, NullProgress())
        trainer.graph.groups = 2
        second = Loop(trainer, SGNS, SETTINGS.epochs, NullProgress())
        position = {name: value for name, value in found.position.items() if "seconds" not in name}
        second.restore(State(position, {}, *folder.clock))
        if damage:
            same(run(second), expected)
            assert sorted(path.name for path in (tmp_path / "run").iterdir()) == ["1-0", "2-0", "manifest.json"]
    folder.clear()
    assert not list(tmp_path.glob("run/*"))


@pytest.mark.parametrize("text", ["", "{}", '{"form": "w2v.run/1", "places": [{}]}', '{"form": "w2v.run/7"}'])
def test_a_manifest_that_says_nothing_is_refused(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    (folder / "manifest.json").write_text(text)
    (folder / "manifest.json").chmod(0o600)
    with pytest.raises(FormatError, match=r"manifest\.json"):
        RunFolder(str(folder), Every(), NullProgress()).find(True)
