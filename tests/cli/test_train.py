"""`w2v train` as a process: stopped by signals, and going on; what a user sees of checkpoints."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from w2v import formats
from w2v.cli import main, signals
from w2v.cli.options import Session
from w2v.cli.signals import Terminated, notice, stopping
from w2v.training import checkpoints

TRAIN = ["train", "corpus.txt", "--threads", "1", "--dim", "16", "--epochs", "30", "-o", "v.bin"]


@pytest.fixture(autouse=True)
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = np.random.default_rng(0).zipf(1.3, 60_000).clip(max=500).reshape(-1, 20)
    Path("corpus.txt").write_text("\n".join(" ".join(map(str, line)) for line in words), "utf-8")


SIGNALLED = """
import os, signal, sys
from w2v import formats
from w2v.cli import main, signals
from w2v.training.loop import Loop
end_epoch = Loop._end_epoch
def signalled(self, done):
    end_epoch(self, done)
    if self.now.position.epoch == 2:
        {}
Loop._end_epoch = signalled
sys.exit(main(sys.argv[1:]))
"""


ON_A_TERMINAL = """
import fcntl, os, termios
master, slave = os.openpty()
fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
os.dup2(slave, 2)
os.close(slave)
"""


def signalled_after_two_epochs(name: str, *arguments: str) -> tuple[int, str]:
    """The exit code of a process that gets a signal, and what it said; of SIGHUP, as its terminal goes."""
    if name == "SIGHUP":
        program = ON_A_TERMINAL + SIGNALLED.format("os.close(master)")
    else:
        program = SIGNALLED.format(f"os.kill(os.getpid(), signal.{name})")
    run = subprocess.run([sys.executable, "-c", program, *arguments], stderr=subprocess.PIPE, start_new_session=True)
    return run.returncode, run.stderr.decode()


def test_names_that_are_no_text() -> None:
    """Bytes that are not UTF-8 stand in the record, in checkpoints and in the log, and cost nobody the training."""
    corpus, output, log = (os.fsdecode(name) for name in (b"c\xff.txt", b"v\xff.safetensors", b"l\xff.jsonl"))
    Path("corpus.txt").rename(corpus)
    options = ("--epochs", "2", "--checkpoint-every", "1epoch", "--dim", "8", "--log", log, "-v")
    assert main(["train", corpus, "-o", output, *options]) == 0
    record = formats.read(output).record
    assert record is not None
    assert record.corpus["sources"] == [corpus]
    assert any(output in json.loads(line).get("text", "") for line in Path(log).read_text("utf-8").splitlines())


@pytest.mark.slow
def test_ctrl_c_is_130() -> None:
    stopped = signalled_after_two_epochs("SIGINT", *TRAIN, "--log", "log.jsonl", "--checkpoint-every", "off", "-q")
    assert stopped == (130, "\nInterrupted.\n")
    assert {path.name for path in Path.cwd().iterdir()} == {"corpus.txt", "log.jsonl"}


@pytest.mark.slow
def test_sigterm_keeps_the_state_and_resume_goes_on(capsys: Any) -> None:
    code, errors = signalled_after_two_epochs("SIGTERM", *TRAIN, "--log", "log.jsonl")
    assert code == 143, errors
    lines = errors.splitlines()
    assert lines[-4] == "Hint: to continue: w2v train --resume -o v.bin"
    assert lines[-3].startswith("Hint: --resume may always be given")
    assert lines[-2:] == ["", "Interrupted."]
    assert "the run so far is saved in v.bin.checkpoint" in errors
    assert {path.name for path in Path.cwd().iterdir()} == {"corpus.txt", "log.jsonl", "v.bin.checkpoint"}

    assert main(["info", "v.bin.checkpoint", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["schema"] == "w2v.info.checkpoint/1"
    assert facts["run"]["settings"]["epochs"] == 30
    assert facts["progress"].endswith("of 30")
    assert main(["info", "v.bin.checkpoint"]) == 0
    assert "progress" in capsys.readouterr().out

    assert main(TRAIN) == 1  # the command line is right
    error = capsys.readouterr().err
    assert "--resume may always be given" in error
    assert "--resume may always be given" in errors
    assert "Error: an interrupted run is saved in v.bin.checkpoint" in error
    assert "continue: --resume; start again: --no-resume" in error
    assert main(["train", "--resume", "-o", "v.bin", "--dim", "8"]) == 2
    assert "dim is 8, and was 16" in capsys.readouterr().err

    assert main(["train", "--resume", "-o", "v.bin"]) == 0
    assert "continuing from v.bin.checkpoint/000001.checkpoint: in epoch" in capsys.readouterr().err
    resumed = Path("v.bin").read_bytes()
    assert main([*TRAIN, "--resume"]) == 0
    anew = [line for line in capsys.readouterr().err.splitlines() if "no checkpoint" in line]
    assert anew == ["there is no checkpoint in v.bin.checkpoint: training starts from the beginning"]
    assert Path("v.bin").read_bytes() == resumed
    assert not Path("v.bin.checkpoint").exists()
    assert main([*TRAIN, "-q"]) == 0
    assert Path("v.bin").read_bytes() == resumed


@pytest.mark.slow
def test_a_terminal_that_goes_leaves_the_state(capsys: Any) -> None:
    """As where a connection drops: nothing can be written to the terminal any more."""
    assert signalled_after_two_epochs("SIGHUP", *TRAIN) == (129, "")
    assert {path.name for path in Path.cwd().iterdir()} == {"corpus.txt", "v.bin.checkpoint"}
    assert main(["info", "v.bin.checkpoint", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["progress"] == "in epoch 3 of 30"


@pytest.mark.slow
def test_nohup_goes_on() -> None:
    program = SIGNALLED.format("os.kill(os.getpid(), signal.SIGHUP)")
    run = subprocess.run(["nohup", sys.executable, "-c", program, *TRAIN, "-q"], stderr=subprocess.PIPE)
    assert run.returncode == 0
    assert Path("v.bin").exists()


@pytest.mark.slow
def test_a_second_ctrl_c_stops_the_writing_of_a_checkpoint(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """The first one is sent when the checkpoint of an epoch is there, another while that of the first is written."""
    save, sync, stops = checkpoints.save_checkpoint, os.fsync, []

    def fsync(descriptor: int) -> None:
        if stops and not stops[-1] and len(list(Path("v.bin.checkpoint").iterdir())) == 2:
            stops.append("while the second is written")
            os.kill(os.getpid(), signal.SIGINT)
        sync(descriptor)

    def saved(*given: Any) -> None:
        save(*given)
        stops.append("")
        os.kill(os.getpid(), signal.SIGINT)

    with monkeypatch.context() as patched:
        patched.setattr(checkpoints, "save_checkpoint", saved)
        patched.setattr(os, "fsync", fsync)
        assert main([*TRAIN, "--checkpoint-every", "1epoch"]) == 130
    assert stops == ["", "while the second is written"]
    assert [path.name for path in Path("v.bin.checkpoint").iterdir()] == ["000001.checkpoint"]
    assert capsys.readouterr().err.endswith("Interrupted.\n")
    assert main(["train", "--resume", "-o", "v.bin", "-q"]) == 0
    resumed = Path("v.bin").read_bytes()
    assert main([*TRAIN, "-q"]) == 0
    assert Path("v.bin").read_bytes() == resumed


def test_an_output_that_fails_at_the_end_need_not_train_again(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    from w2v.errors import OutputError

    def full(*_: object, **__: object) -> None:
        raise OutputError("cannot write v.bin: no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(formats, "write", full)
        assert main(["1" if word == "30" else word for word in TRAIN]) == 1  # epochs
    assert "Hint: to continue: w2v train --resume -o v.bin" in capsys.readouterr().err
    with monkeypatch.context() as patched:
        patched.setattr(formats, "write", full)
        assert main(["train", "--resume", "-o", "v.bin", "-q"]) == 1
    assert "Warning: to continue: w2v train --resume -o v.bin" in capsys.readouterr().err
    assert main(["train", "--resume", "-o", "v.bin"]) == 0
    assert "trained, and not yet written" in capsys.readouterr().err
    assert Path("v.bin").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["train", "--resume"], 2, "there is no checkpoint in vectors.safetensors.checkpoint, and no corpus"),
        (["train", "--no-resume"], 2, "Missing argument 'CORPUS...'"),
        (
            ["train", "--model", "glove", "--cooccurrences", "vectors.safetensors"],
            2,
            "--cooccurrences names vectors.safetensors, and there the new vectors would go",
        ),
        (["train", "corpus.txt", "--checkpoint-every", "soon"], 2, "checkpoint_every is 'soon'"),
        (["info", "none.checkpoint"], 1, "there is no file none.checkpoint"),
    ],
)
def test_wrong_uses(arguments: list[str], code: int, message: str, capsys: Any) -> None:
    assert main(arguments) == code
    assert message in capsys.readouterr().err


def test_more_than_there_is(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """Memory and disk are looked at before training begins."""
    with monkeypatch.context() as patched:
        patched.setattr("w2v.training.requirements.free_memory", lambda: 100_000)
        assert main(["100" if word == "16" else word for word in TRAIN]) == 2  # dimensions
    assert "bytes of memory in training, and 100,000 are free" in capsys.readouterr().err
    monkeypatch.setattr("w2v.files.whole._free", lambda folder: 20_000)
    assert main([*TRAIN, "--cache-dir", "/dev/shm", "-o", "v.txt"]) == 1
    assert "Error: cannot write" in (error := capsys.readouterr().err)
    assert "20,000 are free there" in error


def test_a_dropped_exception_is_raised_again_and_work_after_it_is_left_alone() -> None:
    session = Session()

    def careless() -> None:
        with suppress(BaseException):
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(1)
        notice(session, begins=False)

    with stopping(session), pytest.raises(Terminated) as caught:
        careless()
    assert session.stop is caught.value
    session.noticed.clear()
    try:
        raise session.stop
    except KeyboardInterrupt:
        notice(session, begins=True)
    assert session.noticed.is_set()


@pytest.mark.slow
def test_a_process_that_does_not_look_up_is_ended() -> None:
    """As while LLVM compiles: Python's handlers do not run until it is done."""
    program = """
import hashlib, os, signal, sys, threading
from w2v.cli.options import Session
from w2v.cli.signals import stopping
turn = threading.Lock()
def send():
    with turn:
        os.kill(os.getpid(), signal.SIGTERM)
with stopping(Session()):
    turn.acquire()
    threading.Thread(target=send).start()
    sys.setswitchinterval(1000)  # nobody else has a turn until the call below lets go of the interpreter
    turn.release()
    hashlib.pbkdf2_hmac("sha256", b"", b"", 10**9)
"""
    run = subprocess.run([sys.executable, "-c", program], stderr=subprocess.PIPE)
    assert (run.returncode, run.stderr) == (143, b"Interrupted.\n")


def test_whoever_notices_before_the_watch_is_left_alone_until_another_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr(signals, "GRACE", 0.01)
    monkeypatch.setattr(os, "_exit", ended.append)
    for numbers, codes in ((bytes([signal.SIGTERM]), []), (bytes([signal.SIGTERM, signal.SIGINT]), [130])):
        session = Session()
        session.noticed.set()
        reading, writing = os.pipe()
        os.write(writing, numbers)
        os.close(writing)
        ended.clear()
        signals._watch(reading, session, threading.Event())
        assert ended == codes
