"""A cluster of processes on this machine: a scheduler in this process, worker processes, and care for them.

They talk through Unix sockets in a folder that no other user can enter (local_sockets.py): whoever can reach a
scheduler of Dask can run anything as its user. Nothing listens on the network.

Worker processes that end are replaced; so are those that the scheduler does not hear of any more, long before Dask
gives them up: only when they are killed do others see that they wait for them in vain. A nanny of Dask whose worker
dies before it has registered ends, too; so there is no nanny here. What a worker process does: worker.py.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from w2v.errors import SettingsError, TrainingError
from w2v.files.whole import naming, temporary_folder
from w2v.progress import NullProgress, Progress
from w2v.training.cluster.dask.engine import Look
from w2v.training.cluster.dask.loggers import quiet
from w2v.training.cluster.dask.scheduler import Seen
from w2v.training.cluster.dask.visits import machine
from w2v.training.cluster.dask.worker import CONFIGURATION, START
from w2v.training.cluster.graph import Share, Stuck
from w2v.training.cluster.tasks import Job
from w2v.training.sgns.model import SgnsConfig

__all__ = ["OwnWorkers"]

STARTING = 45  # seconds in which a worker process must register
SILENT = 20  # seconds in which the scheduler must hear of a worker, which tells of itself every SIGNS seconds
LATE = 15  # seconds that training waits for the last workers when others are there
ASLEEP = 5  # seconds between two looks, after which it is this process that has not looked (it was stopped, or slept)
ENDING = 5  # seconds for a process to end that was killed
ATTEMPTS = 5  # to start a worker process that then registers
POLL = 0.1
WRAPPED = "failed to start."  # so ends what Dask says of any error of a worker that starts; its cause is above
CAUSE = "The above exception was the direct cause of the following exception:"
MALLOC = {"MALLOC_MMAP_THRESHOLD_": str(1 << 20)}  # else glibc would keep blocks of up to 32 MB that were freed


@dataclass
class _Process:
    """A worker process. name: of this process alone. seen: when the scheduler was last seen to hear of it; until then,
    when it was started. heard: by the clock of the scheduler; 0 where the scheduler never knew it.
    """

    process: subprocess.Popen[bytes]
    name: str
    log: Path
    seen: float
    heard: float = 0.0

    def end(self) -> None:
        """Kill it, whatever it does."""
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        assert self.process.stdin is not None
        with suppress(OSError):
            self.process.stdin.close()
        with suppress(subprocess.TimeoutExpired):  # it hangs in the kernel, as on a disk that is not there any more
            self.process.wait(ENDING)


@dataclass
class OwnWorkers:
    """So many worker processes on this machine."""

    number: int
    progress: Progress = field(default_factory=NullProgress)
    loose = True
    patience = 300.0  # the scheduler is in this process, and large blocks come to the same thread
    _stack: ExitStack = field(default_factory=ExitStack)
    _processes: dict[int, _Process] = field(default_factory=dict)
    _starts: int = 0
    _unregistered: int = 0
    _looked: float = 0.0
    _scheduler: Path | None = None  # its socket
    _forget: Callable[[str], object] = lambda name: None  # closes the connection to a worker that has ended

    def open(self) -> Any:
        """Start the scheduler. Raises SettingsError where Dask is not installed, or the system has no Unix sockets."""
        try:
            import dask
            import distributed

            from w2v.training.cluster.dask import local_sockets
        except ImportError as error:
            raise SettingsError(
                f"--workers needs {error.name or 'dask'}, which is not installed",
                hint="install it: pip install 'w2v[cluster]'; for threads, as gensim's workers are: threads",
            ) from error
        dask_distributed: Any = distributed  # its own annotations are partial
        self._stack, self._unregistered = ExitStack(), 0
        self._folder = self._stack.enter_context(temporary_folder("workers"))
        sockets = self._stack.enter_context(local_sockets.socket_folder(self._folder))
        private = {"temporary-directory": str(sockets)}  # where Dask lets Python look for modules
        self._stack.enter_context(dask.config.set(CONFIGURATION | private))
        self._stack.callback(quiet())
        self._scheduler = sockets / "scheduler"
        security = local_sockets.no_certificates()
        options = {"host": local_sockets.address_of(self._scheduler), "dashboard": False, "security": security}
        cluster = self._stack.enter_context(
            dask_distributed.SpecCluster(
                scheduler={"cls": local_sockets.LocalScheduler, "options": options},
                security=security,
                silence_logs=logging.CRITICAL + 1,
            )
        )
        # Results would else go through the scheduler, and be sent twice.
        client = dask_distributed.Client(cluster, set_as_default=False, direct_to_workers=True)
        self._stack.enter_context(client)

        def forget(name: str) -> None:
            client.loop.add_callback(client.rpc.remove, local_sockets.address_of(sockets / name))

        self._forget = forget
        self._starter = self._stack.enter_context(ThreadPoolExecutor(1, "w2v-starts-workers"))
        self._stack.callback(self._end_all)
        self._asked = {"address": cluster.scheduler_address, "folder": str(sockets)}
        return client

    def begin(self, job: Job | None, look: Look) -> None:
        """Start the workers, and wait for them, but not long for the last ones: they may join while others train.

        By now all kernels are compiled, so a worker is ready soon.
        """
        self._looked = time.monotonic()
        for slot in set(range(self.number)) - self._processes.keys():
            self._begin(slot)
        first = None
        while len(look().workers) < self.number:
            if first is None and self._registered():
                first = time.monotonic()
            if first is not None and time.monotonic() - first > LATE:
                break
            time.sleep(POLL)

    def share(self, settings: SgnsConfig) -> Share:
        """Return what each worker may use: its share of the threads and of the memory of all."""
        threads = max(1, settings.worker_threads // self.number)
        return Share(self.number, threads, settings.memory_bytes // self.number)

    def processor(self) -> str:
        """Return what is so of the processor of this machine."""
        return machine().processor

    def close(self) -> None:
        """End the worker processes and the scheduler."""
        self._stack.close()

    def addresses(self, seen: Seen) -> Sequence[str | None]:
        """Return the address of the worker of each slot, where the scheduler knows it."""
        names = (self._processes[slot].name if slot in self._processes else "" for slot in range(self.number))
        found = (seen.workers.get(name) for name in names)
        return [None if worker is None else worker.address for worker in found]

    def tend(self, seen: Seen) -> None:
        """Replace processes that have ended or that are silent. Raises TrainingError where none starts.

        Raises Stuck where somebody has cleaned up the temporary files, so that no worker can connect any more.
        """
        if self._scheduler is not None and not (self._scheduler.exists() and self._folder.exists()):
            raise Stuck("the temporary files of the workers were removed")
        now = time.monotonic()
        asleep = now - self._looked if now - self._looked > ASLEEP else 0.0
        self._looked = now
        for slot, each in list(self._processes.items()):
            each.seen += asleep
            worker = seen.workers.get(each.name)
            if worker is not None and worker.heard != each.heard:
                each.seen, each.heard, self._unregistered = now, worker.heard, 0
            reason = self._why_useless(each, now)
            if reason is not None:
                each.end()
                self._forget(each.name)
                self._unregistered += not each.heard
                if self._unregistered >= ATTEMPTS:
                    raise TrainingError(
                        f"worker processes do not start: {_reason(each.log) or reason}",
                        hint="train without --workers, or with fewer",
                    )
                self.progress.message(f"worker {slot + 1} of {self.number} {reason}: another one takes its place")
                self._begin(slot)

    def _why_useless(self, each: _Process, now: float) -> str | None:
        """Say why a worker process must be replaced, if that is so."""
        code = each.process.poll()
        if code is not None:
            return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"has ended with exit code {code}"
        if now - each.seen > (SILENT if each.heard else STARTING):
            return "does not answer" if each.heard else "does not start"
        return None

    def _registered(self) -> bool:
        return any(each.heard for each in self._processes.values())

    def _begin(self, slot: int) -> None:
        """Start a worker process."""
        self._starts += 1
        name = f"{slot}-{self._starts}"
        log = self._folder / f"{name}.log"
        package = str(Path(__file__).parents[__name__.count(".")])  # where w2v lies
        paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
        with naming(log):
            output = log.open("wb")
        with output, _starting():
            process = self._starter.submit(  # in a thread that lives on: they end with it (worker.py)
                subprocess.Popen,
                [sys.executable, "-P", "-c", START],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for the run, which then ends its workers
                env={**os.environ, **MALLOC, "PYTHONPATH": os.pathsep.join(paths)},
            ).result()
        assert process.stdin is not None
        with suppress(OSError):  # it has ended already: that is seen at the next look
            process.stdin.write(json.dumps({**self._asked, "name": name}).encode() + b"\n")
            process.stdin.flush()
        self._processes[slot] = _Process(process, name, log, time.monotonic())

    def _end_all(self) -> None:
        for each in self._processes.values():
            each.end()
        self._processes.clear()


@contextmanager
def _starting() -> Iterator[None]:
    """Raise TrainingError where the system has no room for another process."""
    try:
        yield
    except OSError as error:
        reason, cure = (error.strerror or str(error)).lower(), "train with fewer --workers"
        if error.errno == errno.EMFILE:
            cure = "allow more open files: ulimit -n 256"
        raise TrainingError(f"a worker process cannot be started: {reason}", hint=cure) from error


def _reason(log: Path) -> str:
    """Return the last line that a process has written, or that of the cause which it names; "" where there is none."""
    with suppress(OSError):
        text = log.read_text("utf-8", "replace").strip()
        if text.endswith(WRAPPED):
            text = text.rpartition(CAUSE)[0].rstrip() or text
        return text.rpartition("\n")[2].strip()[:200]
    return ""
