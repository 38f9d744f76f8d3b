"""The same bytes, or one line, where workers are stuck, a disk is full, or somebody changes the run folder."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from listening import Listening
from training.cluster.small_run import alone, folder_in, in_tiles, run, same

from w2v.errors import ClusterError, FormatError, OutputError
from w2v.progress import NullProgress
from w2v.training.checkpoints import Every
from w2v.training.cluster import run_folder, tasks
from w2v.training.cluster import trainer as of_tiles
from w2v.training.cluster.files import LostBlockError
from w2v.training.cluster.graph import Here, Stuck
from w2v.training.cluster.run_folder import RunFolder
from w2v.training.data import TokenData
from w2v.training.state import Trained

pytestmark = pytest.mark.usefixtures("small")


class Handle(NamedTuple):
    """The result of a task, or the error that it raised. start: how often the engine had started anew by then."""

    start: int
    value: Any
    error: Exception | None = None


class Faulty(Here):
    """An engine whose workers are stuck when they are asked for results for the n-th time, for each n of `stuck`.

    before: called with n before that, to damage something.
    """

    def __init__(self, stuck: Sequence[int] = (), before: Callable[[int], None] = lambda number: None) -> None:
        self.stuck, self.before, self.asked, self.starts = set(stuck), before, 0, 0

    def submit(self, name: str, function: Callable[..., Any], *arguments: Any, group: int = -1, groups: int = 1) -> Any:
        given = []
        for argument in arguments:
            if isinstance(argument, Handle):
                assert argument.start == self.starts, "a task of the workers before"
                if argument.error is not None:
                    return argument
                argument = argument.value
            given.append(argument)
        try:
            return Handle(self.starts, function(*given))
        except (OutputError, LostBlockError) as error:
            return Handle(self.starts, None, error)

    def results(self, handles: Sequence[Any], told=lambda result: None, watch=lambda: None) -> list[Any]:
        self.asked += 1
        self.before(self.asked)
        if self.asked in self.stuck:
            raise Stuck("as this test wants it")
        for handle in handles:
            assert handle.start == self.starts, "a task of the workers before"
            if handle.error is not None:
                raise handle.error
        return super().results([handle.value for handle in handles], told, watch)

    def restart(self) -> None:
        self.starts += 1
        tasks._saved.clear()  # new workers have nothing in memory


@pytest.fixture(scope="module")
def expected(data: TokenData) -> Iterator[Trained]:
    with pytest.MonkeyPatch.context() as patch:
        from w2v.training.sgns import plan

        patch.setattr(plan, "WORDS", 12)
        patch.setattr(plan, "LASTING", 200)
        yield alone(data)


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint after each batch."""
    monkeypatch.setattr(of_tiles, "EVERY", 0)


@pytest.fixture(scope="module")
def asked(data: TokenData, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How often a run without faults, and with a checkpoint after each batch, asks for results."""
    engine = Faulty()
    with pytest.MonkeyPatch.context() as patch:
        from w2v.training.sgns import plan

        patch.setattr(plan, "WORDS", 12)
        patch.setattr(plan, "LASTING", 200)
        patch.setattr(of_tiles, "EVERY", 0)
        run(in_tiles(data, folder_in(tmp_path_factory.mktemp("asked")), 2, engine=engine))
    return engine.asked


@pytest.mark.usefixtures("often")
def test_workers_that_are_stuck_at_any_moment_cost_a_line_and_no_byte(
    data: TokenData, expected: Trained, asked: int, tmp_path: Path
) -> None:
    for first in range(3):
        engine, heard = Faulty(range(1 + first, asked + 20, 7)), Listening()
        trained = run(in_tiles(data, folder_in(tmp_path / str(first)), 2, engine=engine, progress=heard))
        same(trained, expected)
        assert engine.starts >= asked // 7
        assert heard.warnings == ["as this test wants it: training goes on from the last checkpoint"] * engine.starts


def test_without_a_checkpoint_the_run_goes_on_from_the_beginning(
    data: TokenData, expected: Trained, tmp_path: Path
) -> None:
    engine = Faulty([9, 17])
    training = in_tiles(data, folder_in(tmp_path), 2, engine=engine)
    same(run(training), expected)
    assert engine.starts == 2
    assert training.trainer.repeated > 0


def test_workers_that_are_always_stuck_end_the_run_with_one_line(data: TokenData, tmp_path: Path) -> None:
    engine = Faulty(range(9, 1000))
    with pytest.raises(ClusterError, match=r"the workers were stuck 3 times.+\(as this test") as raised:
        run(in_tiles(data, folder_in(tmp_path), 2, engine=engine))
    assert "--resume" in raised.value.hint
    assert engine.starts == 2


def fill_the_disk(monkeypatch: pytest.MonkeyPatch, module: Any, writer: str, full: Callable[[str, int], bool]) -> None:
    """Let a function of a module that writes files fail, where `full` of the path and of the number of files so far."""
    written, write = [], getattr(module, writer)

    def failing(path: str, content: Any) -> None:
        written.append(path)
        if full(path, len(written)):
            raise OutputError(f"cannot write {path}: no space left on device", hint="free some space")
        write(path, content)

    monkeypatch.setattr(module, writer, failing)


def look_after_saving(trainer: Any, look: Callable[[Any], None]) -> None:
    """Call `look` with the position of each checkpoint that a trainer has tried to save."""
    save = trainer._save

    def saving(at: Any) -> None:
        save(at)
        look(at)

    trainer._save = saving


@pytest.mark.usefixtures("often")
def test_a_checkpoint_that_cannot_be_written_is_a_warning_and_the_next_one_is_written(
    data: TokenData, expected: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, folder = Listening(), folder_in(tmp_path)
    fill_the_disk(monkeypatch, tasks, "write_block", lambda path, number: "/0-2/" in path and number % 3 > 0)
    training = in_tiles(data, folder, 2, engine=Faulty(), progress=heard)

    def look(at: Any) -> None:
        kept = sorted(path.name for path in (tmp_path / "run").iterdir())
        assert kept == sorted([*(f"{e}-{b}" for e, b in map(run_folder._at, folder.places)), "manifest.json"])
        found = RunFolder(folder.where, Every(), NullProgress()).find(True)
        assert found is not None
        stands = found.position["epoch"], found.position["batch"]
        assert stands == ((0, 1) if (at.epoch, at.batch) == (0, 2) else (at.epoch, at.batch))

    look_after_saving(training.trainer, look)
    same(run(training), expected)
    assert [line.partition(": no space")[0].rpartition("/")[0] for line in heard.warnings] == [
        f"no checkpoint: cannot write {tmp_path}/run/0-2"
    ]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk that holds three checkpoints of this run."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "none", place], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.mark.usefixtures("often")
def test_a_disk_that_is_full_for_a_while(data: TokenData, expected: Trained, small_disk: Path) -> None:
    big, heard = small_disk / "big", Listening()

    def before(number: int) -> None:
        if number == 20:
            with suppress(OSError), big.open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(512))
        if number == 35:
            big.unlink()

    folder = folder_in(small_disk)
    training = in_tiles(data, folder, 2, engine=Faulty(before=before), progress=heard)
    same(run(training), expected)
    assert 1 <= len(heard.warnings) <= 4
    assert all(line.startswith("no checkpoint: cannot write") and "no space left" in line for line in heard.warnings)
    assert folder.places[0]["position"]["epoch"] == 2
    folder.clear()
    assert list(small_disk.iterdir()) == []


@pytest.mark.usefixtures("often")
def test_a_manifest_that_cannot_be_replaced_still_names_whole_blocks(
    data: TokenData, expected: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, folder = Listening(), folder_in(tmp_path)
    fill_the_disk(monkeypatch, run_folder, "write_text", lambda path, number: number in (2, 3))
    training = in_tiles(data, folder, 2, engine=Faulty(), progress=heard)

    def look(at: Any) -> None:
        assert RunFolder(folder.where, Every(), NullProgress()).find(True) is not None

    look_after_saving(training.trainer, look)
    same(run(training), expected)
    assert len(heard.warnings) == 2
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == ["1-2", "2-0", "manifest.json"]


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-200] ^= 1
    path.write_bytes(content)


@pytest.mark.usefixtures("often")
def test_a_block_that_is_damaged_while_workers_train_costs_a_step_back(
    data: TokenData, expected: Trained, asked: int, tmp_path: Path
) -> None:
    heard = Listening()

    def before(number: int) -> None:
        if number == asked // 2:
            newest = folder.places[0]["position"]
            damage(tmp_path / "run" / f"{newest['epoch']}-{newest['batch']}" / "inputs-1.npy")

    folder, engine = folder_in(tmp_path), Faulty([asked // 2], before)
    same(run(in_tiles(data, folder, 2, engine=engine, progress=heard)), expected)
    assert len(heard.warnings) == 2
    assert heard.warnings[1].endswith("inputs-1.npy: it is damaged: going on from the checkpoint before it")
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == ["1-2", "2-0", "manifest.json"]


@pytest.mark.usefixtures("often")
def test_a_run_folder_that_is_removed_while_workers_train(
    data: TokenData, expected: Trained, asked: int, tmp_path: Path
) -> None:
    def before(number: int) -> None:
        if number == asked // 2:
            subprocess.run(["rm", "-r", tmp_path / "run"], check=True)

    same(run(in_tiles(data, folder_in(tmp_path), 2, engine=Faulty(before=before))), expected)  # nobody needed it
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == ["1-2", "2-0", "manifest.json"]
    engine = Faulty([asked // 2], before)
    with pytest.raises(FormatError, match=r"outputs-0\.npy: it cannot be read \(no such file") as raised:
        run(in_tiles(data, folder_in(tmp_path), 2, engine=engine))
    assert "start again with --no-resume" in raised.value.hint


def test_the_blocks_that_a_killed_run_was_writing_are_removed_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    for name in ("3-1/outputs-0.npy", "3-1/.inputs-0.npy.01234567-89abcdef.w2v.tmp", "4-1/outputs-0.npy", "4-1/mine"):
        (folder / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
    (folder / "2024-11").mkdir()
    (folder / "2024-11" / "notes.txt").write_text("mine")
    (folder / "check-0123abcd").mkdir()
    (folder / "check-0123abcd" / "driver").write_text("of a cluster")
    kept = RunFolder(os.fspath(folder), Every(), NullProgress())
    kept.begin({}, None, resumed=False)
    assert (folder / "check-0123abcd" / "driver").exists()  # it may be of this run, for workers that come late
    kept.clear()
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()) == [
        "2024-11/notes.txt",
        "4-1/mine",
    ]
    assert not (folder / "3-1").exists()


@pytest.mark.parametrize("is_temporary", [False, True])
def test_a_run_that_is_stopped_says_what_is_saved(is_temporary: bool, tmp_path: Path) -> None:
    heard = Listening()
    folder = RunFolder(str(tmp_path / "run"), Every(), heard, is_temporary=is_temporary)
    folder.begin({}, None, resumed=False)
    assert not folder.keep(None)
    assert len(heard.messages) == (0 if is_temporary else 1), "nobody can go on from a temporary folder"
    assert not (tmp_path / "run").exists()
    folder.begin({}, None, resumed=False)
    (tmp_path / "run" / "manifest.json").write_text("{}")
    assert folder.keep(None) is not is_temporary
    assert folder.name == ("" if is_temporary else str(tmp_path / "run"))
