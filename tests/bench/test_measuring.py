"""Watching a command: memory and CPU time of it and its children and of nobody else; nothing is left when it ends."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from w2v.bench.machine import measure_peak
from w2v.bench.measuring import Usage, measure
from w2v.errors import BenchError
from w2v.progress import NullProgress

MB = 1_000_000
ALLOCATE = "import time; a = bytearray(b'x') * 120_000_000; time.sleep(0.3)"


def watch(tmp_path: Path, *command: str, progress: NullProgress | None = None) -> Usage:
    return measure(
        command,
        "it",
        tmp_path / "log",
        folder=tmp_path,
        environment=os.environ,
        progress=progress or NullProgress(),
    )


def python(tmp_path: Path, code: str) -> Usage:
    return watch(tmp_path, sys.executable, "-I", "-S", "-c", code)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_memory_is_that_of_the_command_alone(tmp_path: Path) -> None:
    ballast = np.ones(300 * MB // 8)  # a child's maximum, as the system keeps it, would count this
    small, large = python(tmp_path, "import time; time.sleep(0.2)"), python(tmp_path, ALLOCATE)
    del ballast
    assert small.peak_bytes is not None
    assert small.private_bytes is not None
    assert large.private_bytes is not None
    assert large.peak_bytes is not None
    assert 0 < small.private_bytes <= small.peak_bytes < 60 * MB
    assert 120 * MB <= large.private_bytes <= large.peak_bytes < 180 * MB


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_a_script_that_starts_the_trainer_is_measured_with_it(tmp_path: Path) -> None:
    busy = f"{ALLOCATE}\nwhile time.process_time() < 0.4: pass"
    (tmp_path / "busy.py").write_text(busy)
    usage = watch(tmp_path, "/bin/sh", "-c", f"'{sys.executable}' busy.py; true")
    assert usage.private_bytes is not None
    assert usage.private_bytes >= 120 * MB
    assert usage.cpu_seconds >= 0.4
    assert usage.wall_seconds >= usage.cpu_seconds / 2
    assert usage.others is None or usage.others >= 0


class Interrupting(NullProgress):
    """Ctrl-C while the command runs, once it has written its children's ids."""

    def __init__(self, pids: Path) -> None:
        self.pids = pids

    def update(self, done: int, **fields: float | str) -> None:
        if self.pids.exists() and len(self.pids.read_text().split()) == 2:
            raise KeyboardInterrupt


def gone(pid: int) -> bool:
    """Soon there is no such process, or one that has ended and that nobody has fetched yet."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.01)
    return False


def test_ctrl_c_ends_the_command_and_its_children(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    script = "trap '' TERM INT; sleep 60 & echo $$ $! > pids; wait"
    with pytest.raises(KeyboardInterrupt):
        watch(tmp_path, "/bin/sh", "-c", script, progress=Interrupting(pids))
    assert all(gone(int(pid)) for pid in pids.read_text().split())


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo one; echo two >&2; exit 7", r"it failed \(exit code 7\): two"),
        ("echo 'Error: no room'; echo 'Hint: make some'; exit 1", r"it failed \(exit code 1\): Error: no room"),
        ("kill -9 $$", r"it failed \(signal 9\), and said nothing"),
    ],
)
def test_a_command_that_fails(tmp_path: Path, script: str, said: str) -> None:
    with pytest.raises(BenchError, match=said):
        watch(tmp_path, "/bin/sh", "-c", script)


def test_a_command_that_cannot_be_started(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no program")
    with pytest.raises(BenchError, match=r"it: cannot run .*text: Permission denied"):
        watch(tmp_path, str(tmp_path / "text"))


@pytest.mark.slow
def test_the_peak_is_one_that_a_core_can_have() -> None:
    peak = measure_peak(2)
    assert 1e9 < peak.core < 1e12
    assert 1e8 < peak.machine < 2.2 * peak.core
