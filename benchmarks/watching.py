"""Run a command and watch what it takes: time, time of the processor, and private memory of each of its processes.

Private memory is what does not go back to other programs when they need memory: anonymous pages and shared memory
(RssAnon and RssShmem of /proc/PID/status), and not the pages of files that the process has mapped.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Watched", "children_of", "private_bytes", "w2v", "watch"]

INTERVAL = 0.02  # seconds between two looks


@dataclass(frozen=True)
class Watched:
    """What a command took, until it ended.

    seconds: of the clock. cpu_seconds: of the processor, of all its processes. peaks: the largest private memory of
    each process in bytes, the command itself first. code: what it ended with. output: what it printed. looks: the time
    of every look at the processes, and the private memory of each in bytes, the command itself first.
    """

    seconds: float
    cpu_seconds: float
    peaks: tuple[int, ...]
    code: int
    output: str = ""
    looks: tuple[tuple[float, tuple[int, ...]], ...] = ()

    def __str__(self) -> str:
        children = [f"{peak / 1e6:,.0f}" for peak in self.peaks[1:]]
        more = f"; other processes {', '.join(children)} MB" if children else ""
        return (
            f"{self.seconds:.1f} s, {self.cpu_seconds:.1f} s of the processor, "
            f"{self.peaks[0] / 1e6:,.0f} MB of private memory{more}"
        )


def private_bytes(process: int) -> int:
    """Return the private memory of a process in bytes; 0 where it has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text("ascii", "replace").splitlines()
    except OSError:
        return 0
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith(("RssAnon:", "RssShmem:")))


def children_of(process: int) -> list[int]:
    """Return the processes that a process has started, and those that these have started."""
    found: list[int] = []
    waiting = [process]
    while waiting:
        for listed in Path(f"/proc/{waiting.pop()}/task").glob("*/children"):
            try:
                children = [int(each) for each in listed.read_text("ascii").split()]
            except OSError:
                continue
            found += children
            waiting += children
    return found


def watch(
    command: Sequence[str | Path],
    *,
    peek: Callable[[int], None] | None = None,
    environment: dict[str, str] | None = None,
) -> Watched:
    """Run a command to its end.

    peek: is called again and again while the command runs, with its process.
    environment: variables to add.
    """
    peaks: dict[int, int] = {}
    looks: list[tuple[float, tuple[int, ...]]] = []
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as out:
        running = subprocess.Popen(
            list(map(str, command)), stdout=out, stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})}
        )
        peaks[running.pid] = 0
        over = threading.Event()

        def look() -> None:
            while not over.wait(INTERVAL):
                now = {process: private_bytes(process) for process in (running.pid, *children_of(running.pid))}
                looks.append((time.time(), tuple(now.values())))
                for process, taken in now.items():
                    peaks[process] = max(peaks.get(process, 0), taken)
                if peek is not None:
                    peek(running.pid)

        watcher = threading.Thread(target=look, daemon=True)
        watcher.start()
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
        over.set()
        watcher.join()
        seconds = time.perf_counter() - started
        out.seek(0)
        cpu_seconds = used.ru_utime + used.ru_stime
        return Watched(seconds, cpu_seconds, tuple(peaks.values()), running.returncode, out.read(), tuple(looks))


def w2v(*arguments: str | Path) -> list[str]:
    """Return the command that runs `w2v` with some arguments."""
    return [sys.executable, "-m", "w2v", *map(str, arguments)]
