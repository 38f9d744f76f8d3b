"""Dask distributed as the engine: a scheduler in this process, worker processes on this machine, and care for them.

Only the loopback interface is used. Whoever can reach a scheduler of Dask can run anything as its user, and so can
other users of the machine; so every connection must have the certificate of the run, which only its processes know.

Worker processes that end, or that the scheduler misses, are replaced. What they had is computed anew, from the last
checkpoint on at most. Two things in Dask need care: a task whose named worker died while no other ran stays without a
worker for ever, though others may run it (`_look` frees such tasks); and a nanny whose worker dies before it has
registered ends, too (so there is no nanny here). What a worker process does: worker.py.
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
from typing import Any, NamedTuple, Self

from w2v.errors import SettingsError, TrainingError, W2VError
from w2v.files.whole import temporary_folder
from w2v.training.cluster.graph import Stuck, Told, Watch
from w2v.training.cluster.worker import CONFIGURATION

__all__ = ["DaskEngine"]

HOST = "127.0.0.1"
PATIENCE = 60  # seconds without any change, while no task is being computed
LONGEST = 1800  # seconds without any change, while one is
STARTING = 90  # seconds in which a worker process must register
MISSED = 15  # seconds that a worker may be missed by the scheduler, which has waited before (worker-ttl)
ATTEMPTS = 5  # to start a worker process that then registers
LOOK = 1.0  # seconds between two looks at the scheduler
POLL = 0.02


class _Seen(NamedTuple):
    """What a look at the scheduler tells: its transitions, the addresses of workers by name, whether a task runs."""

    transitions: int
    workers: dict[str, str]
    busy: bool


def _look(dask_scheduler: Any) -> _Seen:
    """Tell how the scheduler stands; free tasks that it would leave without a worker for ever."""
    waiting = [task for task in dask_scheduler.unrunnable if task.loose_restrictions] if dask_scheduler.running else []
    for task in waiting:
        task.worker_restrictions = None
    if waiting:
        dask_scheduler.transitions({task.key: "processing" for task in waiting}, "w2v-free")
    workers = dask_scheduler.workers
    return _Seen(
        dask_scheduler.transition_counter,
        {str(each.name): address for address, each in workers.items()},
        any(each.executing for each in workers.values()),
    )


@dataclass
class _Process:
    """A worker process. name: of this process alone. seen: when the scheduler last knew it; started: until then."""

    process: subprocess.Popen[bytes]
    name: str
    log: Path
    seen: float
    registered: bool = False


@dataclass
class DaskEngine:
    """So many workers on this machine; a context. It is not ready before the context is entered."""

    number: int
    _stack: ExitStack = field(default_factory=ExitStack)
    _processes: dict[int, _Process] = field(default_factory=dict)
    _failure: W2VError | None = None
    _starts: int = 0
    _unregistered: int = 0
    _client: Any = None
    _seen: _Seen = field(default_factory=lambda: _Seen(0, {}, False))

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._close()

    def workers(self) -> int:
        return self.number

    def submit(self, name: str, function: Callable[..., Any], *arguments: Any, group: int = -1, groups: int = 1) -> Any:
        place = {}
        process = self._processes.get(group * self.number // groups)
        if group >= 0 and process is not None and process.name in self._seen.workers:
            place = {"workers": [self._seen.workers[process.name]], "allow_other_workers": True}
        return self._client.submit(function, *arguments, key=f"{name}-{self._run}", pure=False, retries=2, **place)

    def results(
        self, handles: Sequence[Any], told: Told = lambda result: None, watch: Watch = lambda: None
    ) -> list[Any]:
        found: dict[int, Any] = {}
        looked, changed, last = 0.0, time.monotonic(), -1
        while len(found) < len(handles):
            watch()
            if self._failure is not None:
                raise self._failure
            for place, future in enumerate(handles):
                if place not in found and future.done():
                    self._refuse(future)
                    with suppress(TimeoutError):
                        found[place] = future.result(timeout=PATIENCE)
                        told(found[place])
            if time.monotonic() - looked > LOOK:
                looked = time.monotonic()
                seen = self._look()
                if seen.transitions != last:
                    last, changed = seen.transitions, time.monotonic()
                if time.monotonic() - changed > (LONGEST if seen.busy else PATIENCE):
                    raise Stuck("no task has ended for a minute")
            time.sleep(POLL)
        return [found[place] for place in range(len(handles))]

    def restart(self) -> None:
        self._close()
        self._start()

    def _refuse(self, future: Any) -> None:
        """Raise what a task has raised. A task that was lost with the workers, or is not known any more, is Stuck."""
        if future.status == "error":
            error = future.exception(timeout=PATIENCE)
            if isinstance(error, (W2VError, MemoryError)):
                raise error
            if type(error).__name__ == "KilledWorker":
                raise Stuck("a task has ended with its worker again and again")
            raise error
        if future.status in ("cancelled", "lost"):
            raise Stuck("the scheduler has lost a task")

    def _look(self) -> _Seen:
        """Look at the scheduler, and replace processes that have ended or that it misses."""
        self._seen = self._client.run_on_scheduler(_look)
        now = time.monotonic()
        for slot, each in list(self._processes.items()):
            if each.name in self._seen.workers:
                each.seen, each.registered, self._unregistered = now, True, 0
            elif each.process.poll() is not None or now - each.seen > (MISSED if each.registered else STARTING):
                self._unregistered += not each.registered
                self._end(each)
                if self._unregistered >= ATTEMPTS:
                    self._failure = TrainingError(
                        f"worker processes do not start: {_last_line(each.log)}",
                        hint="train without --workers, or with fewer",
                    )
                    return self._seen
                self._begin(slot)
        return self._seen

    def _start(self) -> None:
        """Start scheduler and workers, and wait for all workers. Raises SettingsError where Dask is not installed."""
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
        self._stack = ExitStack()
        self._run, self._failure, self._unregistered = f"{time.time_ns():x}", None, 0
        self._folder = self._stack.enter_context(temporary_folder("workers"))
        self._stack.enter_context(dask.config.set(CONFIGURATION))
        self._stack.callback(_quiet())
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
        self._client = self._stack.enter_context(dask_distributed.Client(cluster, set_as_default=False))
        self._stack.callback(self._end_all)
        self._asked = {
            "address": cluster.scheduler_address,
            "host": HOST,
            "folder": str(self._folder),
            "security": {"key": security.tls_scheduler_key, "certificate": security.tls_ca_file},
        }
        self._seen = _Seen(0, {}, False)
        for slot in range(self.number):
            self._begin(slot)
        while len(self._look().workers) < self.number:
            if self._failure is not None:
                raise self._failure
            time.sleep(POLL * 5)

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

    def _close(self) -> None:
        self._stack.close()


def _quiet() -> Callable[[], None]:
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
