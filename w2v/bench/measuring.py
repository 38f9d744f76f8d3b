"""One command, run and watched: seconds, CPU seconds, memory, and what else the machine did.

Memory is read from /proc while the command runs: the usual maximum that the system keeps for a child counts the
parent's pages too. Where there is no /proc, that maximum is all there is.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from w2v.errors import BenchError
from w2v.progress import Progress

__all__ = ["Usage", "measure"]

POLL = 0.01  # seconds between two looks at the process: how exact its time is
MEMORY_POLL = 0.05  # seconds between two looks at its memory


@dataclass(frozen=True)
class Usage:
    """What a command took.

    wall_seconds: from start to end. cpu_seconds: of all its threads and children.
    peak_bytes: the most memory that it had at once, mapped files included; private_bytes: without what is only mapped
        from files. None where the system does not say.
    others: cores that other programs kept busy meanwhile; None where the system does not say.
    """

    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int | None
    private_bytes: int | None
    others: float | None


def measure(
    command: Sequence[str], name: str, output: Path, *, folder: Path, environment: Mapping[str, str], progress: Progress
) -> Usage:
    """Run `command` in `folder` to its end; what it prints goes to the file `output`.

    Raises BenchError where it cannot be started or ends badly. Whatever interrupts the waiting ends the command.
    """
    busy, own, started = _busy_seconds(), time.process_time(), time.perf_counter()
    with output.open("wb") as file:
        process = _Process(command, folder, environment, file)
        try:
            process.begin()
            while not process.ended():
                elapsed = time.perf_counter() - started
                progress.update(0, elapsed=f"{elapsed:.0f} s", memory=f"{process.peak / 1e6:,.0f} MB")
                time.sleep(POLL)
        except OSError as error:
            raise BenchError(
                f"{name}: cannot run {command[0]}: {error.strerror}", hint="check the command and its path"
            ) from error
        finally:
            process.end()
    wall = time.perf_counter() - started
    if process.code:
        raise _failed(name, process.code, output)
    others = None
    if busy is not None:
        worked = (_busy_seconds() or 0.0) - busy
        others = max(0.0, worked - process.cpu - (time.process_time() - own)) / wall
    return Usage(wall, process.cpu, process.peak or None, process.private or None, others)


class _Process:
    """A command that leads a process group of its own; `code` is None until it has ended.

    It is started from a thread: Ctrl-C strikes the main thread alone, which could otherwise be torn out of the start
    with a process begun that nobody knows of.
    """

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str], output: BinaryIO) -> None:
        self.pid: int | None = None
        self.code: int | None = None
        self.cpu = 0.0
        self.peak = self.private = 0
        self.next_look = 0.0
        self.failure: OSError | None = None
        self.starter = threading.Thread(target=self._start, args=(command, folder, dict(environment), output))

    def _start(self, command: Sequence[str], folder: Path, environment: dict[str, str], output: BinaryIO) -> None:
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        except OSError as failure:
            self.failure = failure
        except ValueError:  # the output is closed: the bench was stopped before this thread began
            return
        else:
            self.pid = process.pid
            process.returncode = 0  # it is waited for here, and not by its object

    def begin(self) -> None:
        """Start it. Raises OSError."""
        self.starter.start()
        self.starter.join()
        if self.failure is not None:
            raise self.failure

    def ended(self) -> bool:
        if time.perf_counter() >= self.next_look:
            self._look_at_memory()
            self.next_look = time.perf_counter() + MEMORY_POLL
        self._wait(os.WNOHANG)
        return self.code is not None

    def end(self) -> None:
        """End the group, if it has not ended by itself, and wait for it."""
        if self.starter.ident is not None:
            self.starter.join()
        if self.pid is not None and self.code is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                self._wait(0)

    def _wait(self, options: int) -> None:
        assert self.pid is not None
        pid, status, usage = os.wait4(self.pid, options)
        if pid:
            self.code = os.waitstatus_to_exitcode(status)
            self.cpu = usage.ru_utime + usage.ru_stime
            self.peak = self.peak or usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)

    def _look_at_memory(self) -> None:
        """The process and its children together, because a peer may be a script that starts the trainer."""
        assert self.pid is not None
        sizes = [(_status(pid, "VmHWM"), _status(pid, "RssAnon")) for pid in _family(self.pid)]
        self.peak = max(self.peak, sum(peak for peak, _ in sizes))
        self.private = max(self.private, sum(private for _, private in sizes))


def _family(pid: int) -> Iterator[int]:
    yield pid
    with contextlib.suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            yield from _family(int(child))


def _status(pid: int, field: str) -> int:
    """A size in bytes from /proc/PID/status, 0 where there is none."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) * 1024
    return 0


def _busy_seconds() -> float | None:
    """CPU seconds that the cores open to this process have worked since the start of the system, for anybody."""
    try:
        lines = Path("/proc/stat").read_text().splitlines()
    except OSError:
        return None
    cores = {f"cpu{core}" for core in os.sched_getaffinity(0)}
    ticks = 0
    for name, user, nice, system, _, _, *rest in (line.split() for line in lines if line.startswith("cpu")):
        if name in cores:
            ticks += sum(map(int, (user, nice, system, *rest[:3])))  # the rest: interrupts, and what a host took away
    return ticks / os.sysconf("SC_CLK_TCK")


def _failed(name: str, code: int, output: Path) -> BenchError:
    lines = [line for line in output.read_text("utf-8", errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("Error:")] or lines
    said = f": {errors[-1].strip()}" if errors else ", and said nothing"
    how = f"exit code {code}" if code > 0 else f"signal {-code}"
    return BenchError(f"{name} failed ({how}){said}", hint="run the trainer by itself to see all that it says")
