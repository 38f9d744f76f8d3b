"""A cluster of processes on this machine: a scheduler in this process, worker processes, and care for them.

Only the loopback interface is used. Whoever can reach a scheduler of Dask can run anything as its user, and so can
other users of the machine; so every connection must have the certificate of the run, which only its processes know.

Worker processes that end, or that the scheduler misses, are replaced. A nanny of Dask whose worker dies before it has
registered ends, too; so there is no nanny here. What a worker process does: worker.py.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from w2v.errors import SettingsError, TrainingError
from w2v.files.whole import temporary_folder
from w2v.training.cluster.engine import Look, Share
from w2v.training.cluster.scheduler import Seen
from w2v.training.cluster.tasks import Job
from w2v.training.cluster.worker import CONFIGURATION
from w2v.training.sgns.model import SgnsConfig

__all__ = ["OwnWorkers", "quiet"]

HOST = "127.0.0.1"
STARTING = 90  # seconds in which a worker process must register
MISSED = 15  # seconds that a worker may be missed by the scheduler, which has waited before (worker-ttl)
ATTEMPTS = 5  # to start a worker process that then registers
POLL = 0.1


@dataclass
class _Process:
    """A worker process. name: of this process alone. seen: when the scheduler last knew it; started: until then."""

    process: subprocess.Popen[bytes]
    name: str
    log: Path
    seen: float
    registered: bool = False


@dataclass
class OwnWorkers:
    """So many worker processes on this machine."""

    number: int
    loose = True
    _stack: ExitStack = field(default_factory=ExitStack)
    _processes: dict[int, _Process] = field(default_factory=dict)
    _starts: int = 0
    _unregistered: int = 0

    def open(self) -> Any:
        """Start the scheduler. Raises SettingsError where Dask is not installed."""
        try:
            import dask
            import distributed

            dask_distributed: Any = distributed  # its own annotations are partial
            security = dask_distributed.Security.temporary()
        except ImportError as error:
            raise SettingsError(
                f"--workers needs {error.name or 'cryptography'}, which is not installed",
                hint="install it: pip install 'w2v[cluster]'; for threads, as gensim's workers are: threads",
            ) from error
        self._stack, self._unregistered = ExitStack(), 0
        self._folder = self._stack.enter_context(temporary_folder("workers"))
        self._stack.enter_context(dask.config.set(CONFIGURATION))
        self._stack.callback(quiet())
        cluster = self._stack.enter_context(
            dask_distributed.LocalCluster(
                n_workers=0,
                host=HOST,
                dashboard_address=None,
                scheduler_kwargs={"dashboard_address": f"{HOST}:0"},  # otherwise port 8787, which may be taken
                security=security,
                silence_logs=logging.CRITICAL + 1,
                local_directory=str(self._folder),
            )
        )
        client = self._stack.enter_context(dask_distributed.Client(cluster, set_as_default=False))
        self._stack.callback(self._end_all)
        self._asked = {
            "address": cluster.scheduler_address,
            "host": HOST,
            "folder": str(self._folder),
            "security": {"key": security.tls_scheduler_key, "certificate": security.tls_ca_file},
        }
        return client

    def begin(self, job: Job | None, look: Look) -> None:
        """Start the workers, and wait for all of them; by now all kernels are compiled, so a worker is ready soon."""
        for slot in set(range(self.number)) - self._processes.keys():
            self._begin(slot)
        while len(look().workers) < self.number:
            time.sleep(POLL)

    def share(self, settings: SgnsConfig) -> Share:
        """Return what each worker may use: its share of the threads and of the memory of all."""
        threads = max(1, settings.worker_threads // self.number)
        return Share(self.number, threads, settings.memory_bytes // self.number)

    def close(self) -> None:
        """End the worker processes and the scheduler."""
        self._stack.close()

    def addresses(self, seen: Seen) -> Sequence[str | None]:
        """Return the address of the worker of each slot, where the scheduler knows it."""
        names = (self._processes[slot].name if slot in self._processes else "" for slot in range(self.number))
        found = (seen.workers.get(name) for name in names)
        return [None if worker is None else worker.address for worker in found]

    def tend(self, seen: Seen) -> None:
        """Replace processes that have ended or that the scheduler misses. Raises TrainingError where none starts."""
        now = time.monotonic()
        for slot, each in list(self._processes.items()):
            if each.name in seen.workers:
                each.seen, each.registered, self._unregistered = now, True, 0
            elif each.process.poll() is not None or now - each.seen > (MISSED if each.registered else STARTING):
                self._unregistered += not each.registered
                self._end(each)
                if self._unregistered >= ATTEMPTS:
                    raise TrainingError(
                        f"worker processes do not start: {_last_line(each.log)}",
                        hint="train without --workers, or with fewer",
                    )
                self._begin(slot)

    def _begin(self, slot: int) -> None:
        """Start a worker process."""
        self._starts += 1
        name = f"{slot}-{self._starts}"
        log = self._folder / f"{name}.log"
        package = str(Path(__file__).parents[3])
        paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "w2v.training.cluster.worker"],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for the run, which then ends its workers
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            )
        assert process.stdin is not None
        with suppress(OSError):  # it has ended already: that is seen at the next look
            process.stdin.write(json.dumps({**self._asked, "name": name}).encode() + b"\n")
            process.stdin.flush()
        self._processes[slot] = _Process(process, name, log, time.monotonic())

    def _end(self, each: _Process) -> None:
        with suppress(ProcessLookupError):
            each.process.send_signal(signal.SIGKILL)
        assert each.process.stdin is not None
        with suppress(OSError):
            each.process.stdin.close()
        each.process.wait()

    def _end_all(self) -> None:
        for each in self._processes.values():
            self._end(each)
        self._processes.clear()


def quiet() -> Callable[[], None]:
    """Let Dask write nothing to standard error; return what brings back the loggers as they were."""
    names = ("distributed", "distributed.scheduler", "distributed.client", "distributed.comm", "tornado")
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)

    def loud() -> None:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)

    return loud


def _last_line(log: Path) -> str:
    """Return the last line that a process has written; where there is none, say so."""
    with suppress(OSError):
        lines = [line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
        return lines[-1].strip()[:200] if lines else "they end without a word"
    return "they end without a word"
