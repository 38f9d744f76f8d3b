"""`w2v train --workers`: two real processes give the bytes of one; a killed one is replaced."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from w2v.errors import OutputError, SettingsError
from w2v.training import train

pytest.importorskip("distributed")

ROOT = Path(__file__).parents[3]
SETTINGS = ("--dim", "16", "--epochs", "2", "--min-count", "1", "--batches", "3", "--checkpoint-every", "1s")


@pytest.fixture
def text(tmp_path: Path) -> Path:
    frequency = 1 / np.arange(20, 570)  # two topics: lines draw their words from the even or from the odd half
    words = np.random.default_rng(1).choice(550, 90_000, p=frequency / frequency.sum()) * 2
    words += np.arange(90_000) // 20 % 2
    path = tmp_path / "corpus.txt"
    path.write_text("\n".join(" ".join(f"w{word}" for word in line) for line in words.reshape(-1, 20)))
    return path


def start(text: Path, output: str, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "w2v", "train", str(text), "-o", str(text.parent / output), *SETTINGS, *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=environment, cwd=text.parent, stderr=subprocess.PIPE)


def workers_of(process: int) -> list[int]:
    """The worker processes of a run, found in /proc."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status, line = (folder / "stat").read_text(), (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if int(status.rpartition(")")[2].split()[1]) == process and b"w2v.training.cluster.dask.worker" in line:
            found.append(int(folder.name))
    return found


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes in /proc")
def test_two_workers_give_the_bytes_of_one_process_though_one_of_them_is_killed(text: Path) -> None:
    alone = start(text, "alone.bin", "--deterministic", "-o", "alone.txt")
    _, told = alone.communicate(timeout=300)
    assert alone.returncode == 0, told.decode()
    running = start(text, "two.bin", "--workers", "2", "-o", "two.txt")
    while not (found := workers_of(running.pid)) and running.poll() is None:
        time.sleep(0.05)
    os.kill(found[0], signal.SIGKILL)
    _, told = running.communicate(timeout=300)
    assert running.returncode == 0, told.decode()
    for ending in (".bin", ".txt", ".txt.vocab.txt"):
        assert (text.parent / f"two{ending}").read_bytes() == (text.parent / f"alone{ending}").read_bytes()
    assert not list(text.parent.glob("two.bin.*run*"))
    assert not workers_of(running.pid)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"model": "glove"}, "workers cannot train glove"),
        ({"init": "old.bin"}, "workers cannot begin with the vectors of a file"),
    ],
)
def test_what_workers_cannot_train_is_refused_at_once(text: Path, settings: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        train(text, workers=2, **settings)


@pytest.mark.parametrize(
    ("free", "dim", "cure"),
    [
        (40_000_000, 16, "take fewer workers, which need less: --workers 2"),
        (17_500_000, 16, "leave out --workers: --deterministic gives the same bytes, and needs 16,"),
        (20_000_000, 1_000, "one worker has memory for [0-9]+ words: --max-vocab [0-9]+; or take a smaller --dim"),
        (10_000, 16, "not even one worker fits; or take a smaller --dim"),
    ],
)
def test_workers_without_memory_are_refused_before_they_start(
    text: Path, monkeypatch: pytest.MonkeyPatch, free: int, dim: int, cure: str
) -> None:
    monkeypatch.setattr("w2v.training.requirements.free_memory", lambda: free)
    monkeypatch.setattr("w2v.training.cluster.trainer.PROCESS", 1_000_000)
    with pytest.raises(SettingsError, match="bytes of memory in training by 8 workers, and") as caught:
        train(text, workers=8, dim=dim)
    assert caught.value.hint is not None
    assert re.match(cure, caught.value.hint)


def test_a_run_folder_without_room_for_a_checkpoint_is_refused(text: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("w2v.training.requirements.os.statvfs", lambda path: SimpleNamespace(f_bavail=9, f_frsize=512))
    with pytest.raises(OutputError, match=r"a checkpoint of all workers needs .* and 4,608 are free") as caught:
        train(text, workers=2, dim=16, run_dir=text.parent / "run")
    assert "--run-dir" in str(caught.value.hint)
