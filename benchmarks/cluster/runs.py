"""Run `w2v train` as a process, and watch it and its workers: time of the processor, private memory, bytes moved."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["ROOT", "Measured", "Process", "Task", "command", "environment", "run", "sha256"]

ROOT = Path(__file__).parents[2]
OFTEN = 0.02  # seconds between two looks at the memory of a process
TICK = os.sysconf("SC_CLK_TCK")
WORKER = b"cluster.dask.worker"


@dataclass
class Process:
    """A process of a run. role: "driver" or "worker". anonymous: the most bytes of RssAnon that were seen."""

    role: str
    cpu_seconds: float = 0.0
    anonymous: int = 0


@dataclass
class Task:
    """All tasks of a kind in all workers. cpu_seconds: of the tasks themselves. most: of the longest one."""

    number: int = 0
    cpu_seconds: float = 0.0
    most: float = 0.0


@dataclass(frozen=True)
class Measured:
    """What a run took.

    cpu_seconds: of all its processes together, from their start to their end. moved: bytes that workers sent each
    other, by kind, as Dask counts them. loop, offload: seconds of the processor of the workers' event loops, and in
    which they serialised, after they had started. driver: seconds of its processor by certain moments, and what it
    has trained.
    """

    seconds: float
    cpu_seconds: float
    sha256: str
    processes: list[Process]
    tasks: dict[str, Task] = field(default_factory=dict)
    moved: dict[str, int] = field(default_factory=dict)
    loop: float = 0.0
    offload: float = 0.0
    driver: dict[str, float] = field(default_factory=dict)

    @property
    def predicted(self) -> int:
        """The bytes that `planning.bytes_moved` says."""
        return int(self.driver["predicted"])

    @property
    def model(self) -> int:
        """The bytes of both matrices."""
        return int(self.driver["model"])

    @property
    def pairs_of_batch(self) -> int:
        """The pairs of the largest batch."""
        return int(self.driver["pairs of a batch"])

    @property
    def workers(self) -> list[Process]:
        return [each for each in self.processes if each.role == "worker"]


def command(notes: str, corpus: Path, output: Path, *options: str, groups: int = 0) -> list[str]:
    """Return what trains on a corpus, and notes what each task costs in a folder."""
    account = [sys.executable, "-m", "benchmarks.cluster.account", notes, str(groups)]
    return [*account, "train", str(corpus), "-o", str(output), *options, "-q"]


def environment() -> dict[str, str]:
    """Return the environment of a run, in which this package is found."""
    paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": paths}


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def run(corpus: Path, *options: str, groups: int = 0, before: Path | None = None) -> Measured:
    """Train on a corpus. groups: of parts; 0 lets them follow the workers. before: a folder in which a run was stopped.

    Raises SystemExit where training fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        output = Path(before or folder, "vectors.bin")
        arguments = command(folder, corpus, output, *options, groups=groups)
        started = time.perf_counter()
        log = Path(folder, "log")
        with log.open("wb") as said:
            process = subprocess.Popen(arguments, cwd=ROOT, env=environment(), stderr=said)
        found = {process.pid: Process("driver")}
        ended = threading.Event()
        watching = threading.Thread(target=_watch, args=(process.pid, found, ended))
        watching.start()
        try:
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        finally:
            ended.set()
            watching.join()
        seconds = time.perf_counter() - started
        if status:
            code = f"exit code {os.waitstatus_to_exitcode(status)}: w2v train {corpus} {' '.join(options)}"
            raise SystemExit(f"{log.read_text('utf-8', 'replace')}{code}")
        told = Path(folder, "driver.json")
        driver = json.loads(told.read_text()) if told.exists() else {}
        account = _account(sorted(Path(folder).glob("*.jsonl")))
        cpu = used.ru_utime + used.ru_stime
        return Measured(seconds, cpu, sha256(output), list(found.values()), **account, driver=driver)


def _watch(driver: int, found: dict[int, Process], ended: threading.Event) -> None:
    """Look at the processes of a run until it has ended."""
    looked = 0.0
    while not ended.wait(OFTEN):
        if time.monotonic() - looked > 10 * OFTEN:
            looked = time.monotonic()
            for pid in _children(driver):
                if pid not in found and _is_worker(pid):
                    found[pid] = Process("worker")
        for pid, each in found.items():
            with suppress(OSError, StopIteration):
                status = Path(f"/proc/{pid}/status").read_text("ascii")
                line = next(line for line in status.splitlines() if line.startswith("RssAnon"))
                each.anonymous = max(each.anonymous, 1024 * int(line.split()[1]))
                fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
                each.cpu_seconds = (int(fields[11]) + int(fields[12])) / TICK


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        lists = [path.read_text("ascii") for path in Path(f"/proc/{pid}/task").glob("*/children")]
        return [int(child) for text in lists for child in text.split()]
    return []


def _is_worker(pid: int) -> bool:
    with suppress(OSError):
        return WORKER in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def _account(files: list[Path]) -> dict[str, Any]:
    """Return tasks, moved, loop and offload of a run, from what its workers have noted."""
    tasks: dict[str, Task] = defaultdict(Task)
    moved: dict[str, int] = defaultdict(int)
    loop, offload = 0.0, 0.0
    for file in files:
        lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        for line in lines:
            task, cpu = tasks[line["name"]], line["cpu"]["task"]
            if line["name"] == "start":
                cpu = sum(line["cpu"].values())
            task.number += 1
            task.cpu_seconds += cpu
            task.most = max(task.most, cpu)
            for kind, size in line["received"].items():
                moved[kind] += size
        first, last = lines[0]["so_far"], lines[-1]["so_far"]
        loop += last["loop"] - first["loop"]
        offload += last["offload"] - first["offload"]
    return {"tasks": dict(tasks), "moved": dict(moved), "loop": loop, "offload": offload}
