"""A scheduler of Dask and workers on loopback, as somebody starts them for `--cluster`, kept up as Slurm does."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from signal import SIGCONT

from hardening.workers.processes import is_stopped

__all__ = ["GivenCluster"]

HOST = "127.0.0.1"
REPLACED = 2.0  # seconds after which another worker is started in the place of one that has ended
THAWED = 70.0  # seconds after which a stopped worker goes on: by then nobody may believe it any more
BACK = 4.0  # seconds without a scheduler
LOOK = 0.5


class GivenCluster:
    """A context: so many workers, kept up by a thread."""

    def __init__(self, number: int, folder: Path) -> None:
        with socket.create_server((HOST, 0)) as free:
            self.port = free.getsockname()[1]
        self.number, self.folder = number, folder
        self.scheduler = self._start_scheduler()
        self.workers: list[subprocess.Popen[bytes]] = []
        self.others: list[subprocess.Popen[bytes]] = []
        self.stopped: dict[int, float] = {}
        self._lock, self._ends = threading.Lock(), threading.Event()
        for _ in range(number):
            self.add(grow=False)
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    def __enter__(self) -> GivenCluster:
        return self

    def __exit__(self, *error: object) -> None:
        self._ends.set()
        self._keeper.join()
        for process in (*self.workers, *self.others, self.scheduler):
            process.kill()
            process.wait()

    @property
    def address(self) -> str:
        return f"tcp://{HOST}:{self.port}"

    def alive(self) -> list[int]:
        """Return the processes of the workers."""
        return [each.pid for each in self.workers if each.poll() is None]

    def add(self, *, other: bool = False, grow: bool = True) -> None:
        """Start a worker. other: with a copy of w2v that differs in a comment."""
        with self._lock:
            started = self._start_worker(self._copy() if other else None)
            (self.others if other else self.workers).append(started)
            self.number += grow and not other

    def end_others(self) -> None:
        """End the workers with another copy of w2v."""
        with self._lock:
            for process in self.others:
                process.kill()
                process.wait()

    def kill_scheduler(self) -> bool:
        """Kill the scheduler; some seconds later another one listens at its address, and knows nothing."""
        with self._lock:
            self.scheduler.kill()
            self.scheduler.wait()
            time.sleep(BACK)
            self.scheduler = self._start_scheduler()
        return True

    def _keep(self) -> None:
        ended = 0.0
        while not self._ends.wait(LOOK):
            now = time.monotonic()
            with self._lock:
                self.workers = [each for each in self.workers if each.poll() is None]
                missing = self.number - len(self.workers)
                if not missing:
                    ended = now
                elif now - ended > REPLACED:
                    self.workers += [self._start_worker() for _ in range(missing)]
                for process in self.alive():
                    if not is_stopped(process):
                        self.stopped.pop(process, None)
                    elif now - self.stopped.setdefault(process, now) > THAWED:
                        with suppress(ProcessLookupError):
                            os.kill(process, SIGCONT)

    def _start_scheduler(self) -> subprocess.Popen[bytes]:
        options = ["--host", HOST, "--port", str(self.port), "--dashboard-address", f"{HOST}:0"]
        return self._start("scheduler", ["-m", "distributed.cli.dask_scheduler", *options])

    def _start_worker(self, path: Path | None = None) -> subprocess.Popen[bytes]:
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", HOST, "--memory-limit", "0"]
        options += ["--local-directory", str(self.folder / "space"), "--death-timeout", "30"]
        return self._start("workers", ["-m", "distributed.cli.dask_worker", self.address, *options], path)

    def _start(self, name: str, arguments: list[str], path: Path | None = None) -> subprocess.Popen[bytes]:
        paths = [str(path or Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
        with (self.folder / f"{name}.err").open("ab") as errors:
            return subprocess.Popen(
                [sys.executable, "-P", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            )

    def _copy(self) -> Path:
        """Return the folder of a copy of w2v with another comment."""
        folder = self.folder / "other"
        if not folder.exists():
            shutil.copytree(Path(__file__).parents[2] / "w2v", folder / "w2v")
            with (folder / "w2v" / "version.py").open("a", encoding="utf-8") as file:
                file.write("# another\n")
        return folder
