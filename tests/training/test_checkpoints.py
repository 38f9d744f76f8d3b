"""Checkpoints: wherever a run stops, and however, going on gives the bytes of a run that never stopped."""

from __future__ import annotations

import os
import random
import re
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import w2v
from w2v import workers
from w2v.errors import CorpusError, FormatError, OutputError, SettingsError, TrainingError
from w2v.kernels.work_items import take
from w2v.progress import NullProgress, Remembering
from w2v.tokens.settings import CorpusConfig
from w2v.training import checkpoints as policy
from w2v.training import training
from w2v.training.checkpoint_file import load_checkpoint, save_checkpoint
from w2v.training.checkpoints import Every, checkpoint_files
from w2v.training.glove.model import GloveConfig
from w2v.training.loop import Loop
from w2v.training.models import model_named
from w2v.training.state import State
from w2v.training.trainer import KeptData

SETTINGS: dict[str, dict[str, Any]] = {
    "sgns": {"model": "sgns", "dim": 16, "epochs": 3, "threads": 1, "sample": 0.01},
    "exact": {"model": "sgns", "dim": 16, "epochs": 3, "threads": 1, "sample": 0.01, "shared_negatives": False},
    "deterministic": {"model": "sgns", "dim": 16, "epochs": 3, "threads": 2, "sample": 0.01, "deterministic": True},
    "glove": {"model": "glove", "dim": 16, "epochs": 4, "threads": 2, "window": 5},
    "subwords": {"model": "sgns", "dim": 16, "epochs": 3, "threads": 1, "sample": 0.01, "subwords": "3-6"},
    "cbow": {"model": "cbow", "dim": 16, "epochs": 3, "threads": 1, "sample": 0.01},
}
KILLS = int(os.environ.get("W2V_TEST_KILLS", "10"))
ALL = pytest.mark.parametrize("kind", SETTINGS)


class Listener(NullProgress):
    def __init__(self) -> None:
        self.messages: list[str] = []

    def message(self, text: str, level: str = "info") -> None:
        self.messages.append(f"{level}: {text}")


class Stopping(Listener):
    """Stops training in an epoch, as Ctrl-C does, or before the next one, if it was over too soon."""

    def __init__(self, epoch: int = 1) -> None:
        super().__init__()
        self.epoch, self.current = epoch, 0

    def phase(self, name: str, total: int | None = None, unit: str = "", done: int = 0) -> None:
        self.current = int(match[1]) if (match := re.match(r"epoch (\d+)/", name)) else 0
        if self.current > self.epoch:
            raise KeyboardInterrupt

    def update(self, done: int, **fields: float | str) -> None:
        if self.current >= self.epoch:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """About 9 chunks of tokens; 64 × 64 blocks."""
    path = tmp_path_factory.mktemp("corpus") / "corpus.txt"
    words = np.random.default_rng(0).zipf(1.3, 160_000)
    lines = words[words <= 3000][:130_000].reshape(-1, 20)
    path.write_text("\n".join(" ".join(map(str, line)) for line in lines), "utf-8")
    return path


@pytest.fixture(scope="module")
def unbroken(corpus: Path) -> dict[str, w2v.Vectors]:
    return {kind: w2v.train(corpus, **settings) for kind, settings in SETTINGS.items()}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the workers so often that an epoch of a few milliseconds is seen half done."""
    monkeypatch.setattr(workers, "POLL", 0.0005)


def same(one: w2v.Vectors, other: w2v.Vectors) -> None:
    assert one.matrix.tobytes() == other.matrix.tobytes()
    assert one.record is not None
    assert other.record is not None
    for name in ("loss", "heldout_loss", "settings", "vocabulary"):
        assert getattr(one.record, name) == getattr(other.record, name), name
    for name in ("words", "pairs"):
        assert one.record.trained[name] == other.record.trained[name], name


def loops(corpus: Path, kind: str, folder: Path) -> Iterator[Loop]:
    """As many equal loops as one wants, each as new as that of another process."""
    model = model_named(SETTINGS[kind]["model"])
    settings = model.settings(**{name: value for name, value in SETTINGS[kind].items() if name != "model"})
    quiet = NullProgress()
    with model.open_data()([str(corpus)], CorpusConfig(), settings, cache_dir=folder, progress=quiet) as data:
        while True:
            trainer = model.trainer_for(settings).open(data, settings, KeptData(), quiet)
            yield Loop(trainer, model, settings.epochs, quiet)


@pytest.mark.slow
@ALL
def test_any_number_of_pauses_anywhere_changes_no_byte(
    corpus: Path, unbroken: dict[str, w2v.Vectors], kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Training pauses after a few work items, or sooner; now and then a loop of another process goes on."""
    moments = random.Random(3)

    def limited(begin: Any) -> Any:
        def short(*given: Any, **named: Any) -> Any:
            shared = (now := begin(*given, **named)).segment.shared
            shared[3] = min(shared[3], shared[1] + moments.randint(1, max(1, shared[3] // 3)))
            return now

        return short

    monkeypatch.setattr(Loop, "_begin", limited(Loop._begin))
    supply, amid = loops(corpus, kind, tmp_path), 0
    loop = next(supply)

    def should_pause(_: int) -> bool:
        return bool(loop.now.segment.so_far.pairs > loop.now.position.done.pairs)

    while not loop.run(should_pause):
        state = loop.state()
        assert state is not None
        amid += state.position["done"]["words"] > 0
        if amid % 4 == 1:
            path = tmp_path / "state"
            save_checkpoint(path, {"settings": {"epochs": 1}}, state.position, state.arrays)
            read = load_checkpoint(path)
            loop = next(supply)
            loop.restore(State(read.position, read.arrays, state.seconds, state.cpu_seconds))
    result = loop.result()
    assert amid >= 4
    assert result.matrix.tobytes() == unbroken[kind].matrix.tobytes()
    record = unbroken[kind].record
    assert record is not None
    assert (result.loss, result.heldout_loss, result.words, result.pairs) == (
        record.loss,
        record.heldout_loss,
        record.trained["words"],
        record.trained["pairs"],
    )


@pytest.mark.slow
@ALL
def test_an_epoch_that_goes_on_says_what_was_done_before(corpus: Path, kind: str, tmp_path: Path) -> None:
    """So that nobody takes it for work of this run, and its speed for ten times what it is."""
    before: list[int] = []
    loop: Any = next(loops(corpus, kind, tmp_path))
    state = loop.state()
    done = state.position["done"] | {"words": 1234}
    loop.restore(State(state.position | {"done": done}, state.arrays, 0.0, 0.0))
    loop.progress = Listener()
    loop.progress.phase = lambda name, total, unit, done: before.append(done)
    loop.run(lambda _: False)
    assert before == [1234] + [0] * (SETTINGS[kind]["epochs"] - 1)


@pytest.mark.parametrize("pausing", [True, False])
def test_a_signal_waits_for_workers(pausing: bool) -> None:
    """A real one, while the thread waits: workers finish the work items they have taken, and then there is a state."""
    finished: list[int] = []
    segment = workers.Segment(2, end=9)

    begun = threading.Barrier(2)

    def work(done: np.ndarray, loss: np.ndarray, shared: np.ndarray) -> None:
        take(shared)
        if begun.wait(60) == 0:
            os.kill(os.getpid(), signal.SIGINT)
        while not shared[0] and shared[2] < 0:
            time.sleep(0.001)
        time.sleep(0.1)  # whoever does not wait finds nothing finished
        finished.append(1)

    with pytest.raises(KeyboardInterrupt):
        workers.run_workers(work, 2, lambda _: None, segment if pausing else None)
    assert len(finished) == 2
    assert segment.next_item == (2 if pausing else 0)


@pytest.mark.slow
@ALL
def test_stopped_and_resumed_without_a_word_of_its_settings(
    corpus: Path, unbroken: dict[str, w2v.Vectors], kind: str, tmp_path: Path
) -> None:
    folder = tmp_path / "run.checkpoint"
    stopping = Stopping(2)
    with pytest.raises(KeyboardInterrupt):
        w2v.train(corpus, **SETTINGS[kind], checkpoint=folder, progress=stopping)
    assert any("is saved in" in message for message in stopping.messages)
    listener = Listener()
    vectors = w2v.train(checkpoint=folder, resume=True, progress=listener)
    same(vectors, unbroken[kind])
    assert vectors.record is not None
    assert vectors.record.trained["resumed"] == 1
    assert any("continuing from" in message and "in epoch" in message for message in listener.messages)
    assert not folder.exists()


def test_several_threads_pause_with_every_chunk_done_once(corpus: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run.checkpoint"
    with pytest.raises(KeyboardInterrupt):
        w2v.train(corpus, dim=16, threads=3, epochs=2, checkpoint=folder, progress=Stopping(1))
    resumed = w2v.train(checkpoint=folder, resume=True, threads=2).record
    assert resumed is not None
    assert resumed.trained["words"] == 2 * resumed.vocabulary["tokens"]


@pytest.mark.slow
@ALL
@pytest.mark.parametrize("every", ["0.001s", "1epoch"])
def test_checkpoints_are_written_now_and_then_and_two_stay(
    corpus: Path, unbroken: dict[str, w2v.Vectors], kind: str, every: str, tmp_path: Path, monkeypatch
) -> None:
    folder = tmp_path / "run.checkpoint"
    seen: list[list[str]] = []
    keep = policy.Checkpoints.keep

    def watched(self: policy.Checkpoints, state: State | None) -> bool:
        done = keep(self, state)
        seen.append([path.name for path in checkpoint_files(folder)])
        return done

    monkeypatch.setattr(policy.Checkpoints, "keep", watched)
    same(w2v.train(corpus, **SETTINGS[kind], checkpoint=folder, checkpoint_every=every), unbroken[kind])
    assert len(seen) >= 1 if every == "0.001s" else len(seen) == SETTINGS[kind]["epochs"] - 1
    assert all(len(names) <= 2 for names in seen)
    assert int(seen[-1][0].removesuffix(".checkpoint")) in range(1, len(seen) + 1)
    assert not folder.exists()


@pytest.fixture
def stopped(corpus: Path, tmp_path: Path) -> Path:
    """The folder of a GloVe run with two checkpoints."""
    folder = tmp_path / "stopped.checkpoint"
    listener = Stopping(3)
    listener.update = lambda *_, **__: None  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        w2v.train(corpus, **SETTINGS["glove"], checkpoint=folder, checkpoint_every="1epoch", progress=listener)
    assert len(checkpoint_files(folder)) == 2
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda _: b"", lambda data: data[:-9] + b"x" + data[-8:]])
def test_a_damaged_checkpoint_has_another_behind_it(
    stopped: Path, unbroken: dict[str, w2v.Vectors], damage: Any
) -> None:
    newest = checkpoint_files(stopped)[0]
    newest.write_bytes(damage(newest.read_bytes()))
    listener = Listener()
    same(w2v.train(checkpoint=stopped, resume=True, progress=listener), unbroken["glove"])
    assert any("using the one before it" in message for message in listener.messages)


@pytest.mark.slow
def test_the_millionth_checkpoint_is_newer_than_those_before(stopped: Path) -> None:
    second, first = checkpoint_files(stopped)
    second.rename(stopped / "1000000.checkpoint")
    first.rename(stopped / "999999.checkpoint")
    (stopped / "notes.checkpoint").touch()
    assert [path.stem for path in checkpoint_files(stopped)] == ["1000000", "999999"]


def test_none_is_whole(stopped: Path) -> None:
    for path in checkpoint_files(stopped):
        path.write_bytes(b"w2v")
    with pytest.raises(FormatError, match=r"not a whole checkpoint.*--no-resume"):
        w2v.train(checkpoint=stopped, resume=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"dim": 8, "seed": 9, "x_max": 5.0}, "dim is 8, and was 16; seed is 9, and was 1; x_max is 5.0, and was None"),
        ({"model": "sgns"}, "model is 'sgns', and was 'glove'"),
        ({"min_count": 1}, "min_count is 1, and was 5"),
        ({"model": GloveConfig(dim=16, epochs=9)}, "epochs is 9, and was 4"),
        ({"negative": 5}, "'negative' is not a setting of glove"),
        ({"resume": None}, "an interrupted run is saved in"),
    ],
)
def test_other_settings_are_refused_and_named(stopped: Path, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        w2v.train(**{"checkpoint": stopped, "resume": True, **settings})
    assert message in str(caught.value)
    assert len(checkpoint_files(stopped)) == 2


def test_other_text_is_refused(stopped: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("a b c d " * 100)
    with pytest.raises(CorpusError, match="the text has changed"):
        w2v.train(other, checkpoint=stopped, resume=True)
    assert len(checkpoint_files(stopped)) == 2


def test_a_corpus_that_is_named_again_and_has_changed_starts_again(stopped: Path, corpus: Path) -> None:
    text, heard = corpus.read_text("utf-8"), Remembering(NullProgress())
    try:
        corpus.write_text(text + "\none more sentence of the same file", "utf-8")
        with pytest.raises(CorpusError, match="the text has changed"):
            w2v.train(checkpoint=stopped, resume=True)
        vectors = w2v.train(corpus, checkpoint=stopped, resume=True, progress=heard)
    finally:
        corpus.write_text(text, "utf-8")
    assert any("the text has changed since" in text for text in heard.warnings)
    assert vectors.record is not None
    assert "resumed" not in vectors.record.trained
    assert not stopped.exists()


@pytest.mark.slow
def test_what_agrees_may_be_said_again(stopped: Path, corpus: Path, unbroken: dict[str, w2v.Vectors]) -> None:
    settings = {**SETTINGS["glove"], "threads": 1, "memory": 10**8}
    vectors = w2v.train(corpus, **settings, checkpoint=stopped, resume=True)
    assert vectors.matrix.tobytes() == unbroken["glove"].matrix.tobytes()


def test_a_run_can_be_dropped(stopped: Path, corpus: Path) -> None:
    vectors = w2v.train(corpus, dim=8, epochs=1, threads=1, checkpoint=stopped, resume=False)
    assert vectors.dim == 8
    assert not stopped.exists()


def test_nothing_to_resume(corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"there is no checkpoint in .*, and no corpus"):
        w2v.train(checkpoint=tmp_path / "none", resume=True)
    listener = Listener()
    w2v.train(corpus, dim=8, epochs=1, checkpoint=tmp_path / "none", resume=True, progress=listener)
    assert any("starts from the beginning" in message for message in listener.messages)


@pytest.mark.slow
@ALL
def test_what_fails_after_training_need_not_train_again(
    corpus: Path, unbroken: dict[str, w2v.Vectors], kind: str, tmp_path: Path
) -> None:
    folder = tmp_path / "run.checkpoint"
    with pytest.raises(OutputError), training(corpus, **SETTINGS[kind], checkpoint=folder):
        raise OutputError("cannot write it")
    (file,) = checkpoint_files(folder)
    assert "finished" in load_checkpoint(file).position
    phases: list[str] = []
    listener = Listener()
    listener.phase = lambda name, *_: phases.append(name)  # type: ignore[method-assign]
    with training(checkpoint=folder, resume=True, progress=listener) as vectors:
        same(vectors, unbroken[kind])
    assert not any("epoch" in phase or "compiling" in phase or "counting" in phase for phase in phases)
    assert not folder.exists()


@pytest.mark.slow
@pytest.mark.parametrize("place", ["w2v.training.loop.Loop.result", "w2v.training.session._record"])
def test_stopped_between_training_and_writing(
    corpus: Path, unbroken: dict[str, w2v.Vectors], place: str, tmp_path: Path, monkeypatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    folder = tmp_path / "run.checkpoint"
    with monkeypatch.context() as patched:
        patched.setattr(place, stop)
        with pytest.raises(KeyboardInterrupt):
            w2v.train(corpus, **SETTINGS["sgns"], checkpoint=folder)
    assert len(checkpoint_files(folder)) == 1
    same(w2v.train(checkpoint=folder, resume=True), unbroken["sgns"])


def test_a_matrix_that_took_long_is_kept(
    corpus: Path, unbroken: dict[str, w2v.Vectors], tmp_path: Path, monkeypatch
) -> None:
    folder = tmp_path / "run.checkpoint"
    with pytest.raises(KeyboardInterrupt):
        w2v.train(corpus, **SETTINGS["glove"], checkpoint=folder, checkpoint_every="0.001s", progress=Stopping(2))
    assert (folder / policy.MATRIX).exists()
    monkeypatch.setattr("w2v.training.glove.matrix.count", None)
    monkeypatch.setattr("w2v.training.glove.trainer.compile_kernels", lambda *_: 0.0)
    same(w2v.train(checkpoint=folder, resume=True), unbroken["glove"])
    assert not folder.exists()


@pytest.mark.slow
def test_a_matrix_alone_is_taken_as_well(corpus: Path, unbroken: dict[str, w2v.Vectors], tmp_path: Path) -> None:
    """What a run leaves that is killed in its first epoch."""
    folder = tmp_path / "run.checkpoint"
    folder.mkdir()
    w2v.train(corpus, **{**SETTINGS["glove"], "epochs": 1}, keep_cooccurrences=folder / policy.MATRIX)
    with pytest.raises(SettingsError, match="an interrupted run is saved in") as caught:
        w2v.train(corpus, **SETTINGS["glove"], checkpoint=folder)
    assert "w2v info" not in caught.value.hint, "it describes checkpoints"
    listener = Listener()
    same(w2v.train(corpus, **SETTINGS["glove"], checkpoint=folder, resume=True, progress=listener), unbroken["glove"])
    assert any("counted before" in message for message in listener.messages)
    assert not folder.exists()


def test_a_matrix_that_cannot_be_kept_costs_no_run(
    corpus: Path, unbroken: dict[str, w2v.Vectors], tmp_path: Path, monkeypatch
) -> None:
    def full(*_: object) -> None:
        raise OutputError("cannot write it: no space left", hint="free some")

    monkeypatch.setattr("w2v.training.glove.matrix.save_cooccurrences", full)
    listener = Listener()
    settings = {**SETTINGS["glove"], "checkpoint": tmp_path / "run.checkpoint", "checkpoint_every": "0.001s"}
    same(w2v.train(corpus, **settings, progress=listener), unbroken["glove"])
    assert "warning: the matrix is not kept: cannot write it: no space left (free some)" in listener.messages
    with pytest.raises(OutputError):
        w2v.train(corpus, **settings, keep_cooccurrences=tmp_path / "kept.cooc")


@pytest.mark.slow
def test_a_run_on_a_kept_matrix_goes_on_from_any_folder(
    corpus: Path, unbroken: dict[str, w2v.Vectors], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, kept = tmp_path / "run.checkpoint", tmp_path / "kept.cooc"
    w2v.train(corpus, **{**SETTINGS["glove"], "epochs": 1, "keep_cooccurrences": kept})
    settings = {**SETTINGS["glove"], "window": None, "cooccurrences": kept.name}
    with monkeypatch.context() as patched:
        patched.chdir(tmp_path)
        with pytest.raises(KeyboardInterrupt):
            w2v.train(**settings, checkpoint=folder, progress=Stopping(2))
    with pytest.raises(KeyboardInterrupt):
        w2v.train(checkpoint=folder, resume=True, progress=Stopping(3))
    moved = kept.rename(tmp_path / "moved.cooc")
    vectors = w2v.train(checkpoint=folder, resume=True, cooccurrences=moved)
    assert vectors.matrix.tobytes() == unbroken["glove"].matrix.tobytes()


def test_another_matrix_is_refused(tmp_path: Path) -> None:
    """Of the same words, as often, in the same cells: the texts differ in the order of words alone."""
    for name, line in (("one", "a b c d\n"), ("other", "a c b d\n")):
        (tmp_path / f"{name}.txt").write_text(line * 50)
        w2v.train(
            tmp_path / f"{name}.txt", model="glove", dim=4, epochs=1, keep_cooccurrences=tmp_path / f"{name}.cooc"
        )
    folder = tmp_path / "run.checkpoint"
    settings = {"model": "glove", "dim": 4, "epochs": 3, "cooccurrences": tmp_path / "one.cooc"}
    with pytest.raises(KeyboardInterrupt):
        w2v.train(**settings, checkpoint=folder, progress=Stopping(2))
    with pytest.raises(CorpusError, match="has changed"):
        w2v.train(checkpoint=folder, resume=True, cooccurrences=tmp_path / "other.cooc")


def test_a_full_disk_costs_the_checkpoint_not_the_run(
    corpus: Path, unbroken: dict[str, w2v.Vectors], tmp_path: Path, monkeypatch
) -> None:
    def full(*_: object) -> None:
        raise OutputError("cannot write it: no space left", hint="free some")

    monkeypatch.setattr(policy, "save_checkpoint", full)
    listener = Listener()
    folder = tmp_path / "run.checkpoint"
    settings = {**SETTINGS["sgns"], "checkpoint": folder, "checkpoint_every": "1epoch", "progress": listener}
    same(w2v.train(corpus, **settings), unbroken["sgns"])
    assert sum("warning: no checkpoint: cannot write it" in message for message in listener.messages) == 2


def test_divergence_keeps_the_last_good_state(corpus: Path, tmp_path: Path, monkeypatch) -> None:
    folder = tmp_path / "run.checkpoint"
    end_epoch = Loop._end_epoch

    def poisoned(self: Any, *done: Any) -> None:
        end_epoch(self, *done)
        if self.now.position.epoch == 2:
            self.trainer.model.input[:] = np.nan

    monkeypatch.setattr(Loop, "_end_epoch", poisoned)
    listener = Listener()
    settings = {**SETTINGS["sgns"], "checkpoint": folder, "checkpoint_every": "1epoch", "progress": listener}
    with pytest.raises(TrainingError, match="epoch 3"):
        w2v.train(corpus, **settings)
    assert "info: the last good state is saved in " + str(folder) in listener.messages
    (file,) = checkpoint_files(folder)
    checkpoint = load_checkpoint(file)
    assert checkpoint.position["epoch"] == 1
    assert all(np.isfinite(array).all() for array in checkpoint.arrays.values())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"epoch": 99}, "stands in epoch 100"),
        ({"item": -5}, "at work item -5"),
        ({"epoch": "one"}, "does not say how far"),
        ({"loss": None}, "does not say how far"),
        ({"surplus": 1}, "does not say how far"),
    ],
)
def test_positions_that_cannot_be(stopped: Path, change: dict[str, Any], reason: str) -> None:
    for path in checkpoint_files(stopped):
        read = load_checkpoint(path)
        save_checkpoint(path, read.run, {**read.position, **change}, read.arrays)
    with pytest.raises(FormatError, match=reason):
        w2v.train(checkpoint=stopped, resume=True)


def test_arrays_that_do_not_fit(stopped: Path) -> None:
    for path in checkpoint_files(stopped):
        read = load_checkpoint(path)
        save_checkpoint(path, read.run, read.position, {name: array[:-1] for name, array in read.arrays.items()})
    with pytest.raises(FormatError, match="numbers of words, not"):
        w2v.train(checkpoint=stopped, resume=True)


@pytest.mark.parametrize(
    ("text", "every"),
    [
        ("10m", Every(seconds=600)),
        ("90 s", Every(seconds=90)),
        ("1.5h", Every(seconds=5400)),
        ("2epochs", Every(epochs=2)),
        ("1 epoch", Every(epochs=1)),
        ("off", Every()),
    ],
)
def test_how_often(text: str, every: Every) -> None:
    assert Every.parse(text) == every


@pytest.mark.parametrize("text", ["", "10", "-1m", "0s", "0epochs", "1.5epochs", "ten", "10m10s"])
def test_how_often_not(text: str) -> None:
    with pytest.raises(SettingsError, match="checkpoint_every is"):
        Every.parse(text)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sgns", "glove"])
def test_killed_at_any_moment(corpus: Path, unbroken: dict[str, w2v.Vectors], kind: str, tmp_path: Path) -> None:
    """A forked run, which need not compile, is killed; the next goes on with whatever it has left."""
    folder, result = tmp_path / "run.checkpoint", tmp_path / "vectors.safetensors"
    moments = random.Random(kind)
    kills = 0
    while kills < KILLS or not result.exists():
        if result.exists():
            same(w2v.load(result), unbroken[kind])
            result.unlink()
        child = os.fork()
        if not child:
            try:
                given = {"corpus": corpus, **SETTINGS[kind], "checkpoint_every": "0.002s"}
                with training(**given, checkpoint=folder, resume=True) as vectors:
                    w2v.save(vectors, result)
                os._exit(0)
            finally:
                os._exit(1)
        if kills < KILLS:
            time.sleep(moments.uniform(0, 0.4))
            os.kill(child, signal.SIGKILL)
            kills += 1
        assert os.waitpid(child, 0)[1] in (signal.SIGKILL, 0)
    same(w2v.load(result), unbroken[kind])


class Deaf(Stopping):
    """Can tell nothing any more once it is stopped: its stream has gone."""

    def phase(self, name: str, total: int | None = None, unit: str = "", done: int = 0) -> None:
        if name == "writing a checkpoint":
            raise BrokenPipeError
        super().phase(name, total, unit, done)


def test_what_cannot_be_told_does_not_cost_the_checkpoint(corpus: Path, tmp_path: Path) -> None:
    folder = tmp_path / "v.checkpoint"
    with pytest.raises(KeyboardInterrupt):
        w2v.train(corpus, **SETTINGS["glove"], checkpoint=folder, progress=Deaf(2))
    assert len(checkpoint_files(folder)) == 1


def test_what_is_kept_of_a_text_is_private(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checkpoints and the matrix, whatever the umask."""
    monkeypatch.setattr(policy.Checkpoints, "place_for_data", lambda self, seconds: place(self.folder))

    def place(folder: Path) -> Path:
        policy.make_folder(folder)
        return folder / policy.MATRIX

    folder = tmp_path / "v.checkpoint"
    before = os.umask(0)
    try:
        with pytest.raises(KeyboardInterrupt):
            w2v.train(corpus, **SETTINGS["glove"], checkpoint=folder, progress=Stopping(2))
    finally:
        os.umask(before)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == {
        "000001.checkpoint": 0o600,
        policy.MATRIX: 0o600,
    }
