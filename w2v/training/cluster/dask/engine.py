"""Dask distributed as the engine: tasks are submitted, their results are waited for, and a run that stands is noticed.

Where the scheduler and the workers come from: a `Cluster`, own_workers.py or given_cluster.py. What is asked of the
scheduler: scheduler.py.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, Self

from w2v.errors import TrainingError
from w2v.progress import NullProgress, Progress
from w2v.training.cluster.dask.asking import LOST, ask_scheduler, begin
from w2v.training.cluster.dask.scheduler import NOTHING_SEEN, PREFIX, Seen, look
from w2v.training.cluster.graph import Share, Stuck, Told, Watch
from w2v.training.cluster.planning import worker_of
from w2v.training.cluster.tasks import Job
from w2v.training.sgns.model import SgnsConfig

__all__ = ["PATIENCE", "Cluster", "DaskEngine", "Look"]

PATIENCE = 60  # seconds without any change, while no task is being computed
TELLING = 45  # seconds between two lines while nothing changes: nobody waits for a minute without one
IDLE = 600  # seconds without any change, while tasks are being computed by processors that do nothing
LONGEST = 1800  # seconds without any change, while tasks are being computed
TIMES = 10  # as long as the longest time without any change may be what tasks of this run take; at least LONGEST
ASLEEP = 10  # seconds between two looks, after which it is this process that has not looked (it was stopped, or slept)
LOOK = 1.0  # seconds between two looks at the scheduler
POLL, LAZY = 0.005, 0.25  # seconds between two looks at tasks: as soon as one may have ended, and in a long wait
SPAN = 10.0  # seconds over which the bytes moved in a second are told

Look = Callable[[], Seen]


class Cluster(Protocol):
    """A scheduler of Dask and workers: processes of this machine (own_workers.py), or what others have started.

    loose: whether every worker of the scheduler may run a task that names another one. patience: seconds in which its
    scheduler must answer.
    """

    loose: bool
    patience: float

    def open(self) -> Any:
        """Return a client of a scheduler."""

    def begin(self, job: Job | None, look: Look) -> None:
        """Wait until all workers are ready for a job, or are there, where it is None; called again with the job.

        look: asks the scheduler, and then calls `tend`.
        """

    def share(self, settings: SgnsConfig) -> Share:
        """Return what each worker may use."""

    def processor(self) -> str:
        """Return what is so of the processors of all workers, as far as bytes depend on it."""

    def close(self) -> None:
        """End what `open` has started; it may be opened again."""

    def tend(self, seen: Seen) -> None:
        """Care for the workers after a look at the scheduler. Raises W2VError where the run must end."""

    def addresses(self, seen: Seen) -> Sequence[str | None]:
        """Return the address of each worker, in an order that stays; None for a worker that is not there now."""


@dataclass
class _Traffic:
    """The bytes that workers have sent to each other, since the first look at each of them."""

    first: dict[str, int] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)
    history: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=64))

    def add(self, seen: Seen) -> None:
        for worker in seen.workers.values():
            if worker.sent is not None:
                self.first.setdefault(worker.identity, worker.sent)
                self.last[worker.identity] = worker.sent
        self.history.append((time.monotonic(), self.sent))

    @property
    def sent(self) -> int:
        return sum(self.last.values()) - sum(self.first.values())

    @property
    def rate(self) -> float:
        """Bytes in a second, of late."""
        now, sent = self.history[-1] if self.history else (0.0, 0)
        then, before = next(((at, so_far) for at, so_far in self.history if now - at <= SPAN), (now, sent))
        return (sent - before) / (now - then) if now > then else 0.0


@dataclass
class _Watchdog:
    """Notices that nothing changes any more. longest: seconds between two changes, so far."""

    progress: Progress
    longest: float = 0.0
    _transitions: int = -1
    _changed: float = 0.0
    _looked: float = 0.0
    _told: float = 0.0
    _results: int = 0
    _came: float = 0.0

    def begin(self) -> None:
        """Begin to wait."""
        self._changed = self._looked = self._told = self._came = time.monotonic()
        self._results = 0

    def look(self, seen: Seen, results: int = 0, repeated: int = 0) -> None:
        """Take note of how the scheduler stands. Raises Stuck where nothing has changed for too long.

        results: how many have come of those that are waited for. repeated: tasks that were computed again, so far.
        """
        now = time.monotonic()
        if now - self._looked > ASLEEP:
            asleep = now - self._looked
            self._changed, self._came, self._told = self._changed + asleep, self._came + asleep, now
        self._looked = now
        if results != self._results:
            self._results, self._came, self._told = results, now, now
        if seen.transitions != self._transitions:
            if self._transitions >= 0:
                self.longest = max(self.longest, self._looked - self._changed)
            self._transitions, self._changed = seen.transitions, now
        waited = now - self._changed
        if waited > self._most(seen):
            raise Stuck(f"nothing has changed for {waited:.0f} seconds")
        if now - self._told > TELLING:
            self._told = now
            self.progress.message(self._waiting(now, seen, repeated))

    def _waiting(self, now: float, seen: Seen, repeated: int) -> str:
        """Say what the run waits for. Tasks may end that have ended before: their results were lost with a worker."""
        still, longer = now - self._changed, now - self._came
        if still > TELLING / 2:
            doing = "workers are still computing" if seen.busy else "and no worker is computing one"
            return f"no task has ended for {still:.0f} seconds; {doing}"
        first = f"{repeated:,} tasks so far were lost with workers, and are computed again" if repeated else ""
        return f"waiting for {longer:.0f} seconds: {first or 'other tasks must end first'}"

    def _most(self, seen: Seen) -> float:
        if not seen.busy:
            return PATIENCE
        return IDLE if seen.is_idle else max(LONGEST, TIMES * self.longest)


@dataclass
class DaskEngine:
    """Tasks on a cluster; a context. Workers are ready only after `begin`."""

    cluster: Cluster
    progress: Progress = field(default_factory=NullProgress)
    traffic: _Traffic = field(default_factory=_Traffic)
    _client: Any = None
    _job: Job | None = None
    _has_begun: bool = False
    _seen: Seen = NOTHING_SEEN
    _run: str = ""
    _addresses: Sequence[str | None] = ()
    _submitted: int = 0
    _begun_before: int | None = None
    _repeated_before: int = 0

    def __enter__(self) -> Self:
        try:
            self._open()
        except Stuck as stuck:
            self._close()
            raise TrainingError(
                f"training cannot begin: {stuck}",
                hint="try again, or in one process with --deterministic",
            ) from stuck
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._close()

    def begin(self, job: Job | None) -> None:
        self._job, self._has_begun = job, True
        self.cluster.begin(job, self._look)
        self._look()

    def workers(self) -> int:
        return max(1, len(self._addresses))

    def share(self, settings: SgnsConfig) -> Share:
        return self.cluster.share(settings)

    def processor(self) -> str:
        return self.cluster.processor()

    def figures(self) -> Mapping[str, float]:
        shown: dict[str, float] = {"workers": self.workers(), "MB/s": round(self.traffic.rate / 1e6, 1)}
        return shown | ({"repeated": self.repeated} if self.repeated else {})

    @property
    def repeated(self) -> int:
        """How many tasks were computed again, because their results were lost with a worker."""
        begun = self._seen.begun - (self._begun_before or 0)
        return self._repeated_before + max(0, begun - self._submitted)

    def submit(self, name: str, function: Callable[..., Any], *arguments: Any, group: int = -1, groups: int = 1) -> Any:
        self._check_client()
        key, workers = f"{PREFIX}{name}-{self._run}", self._places(group, groups)
        place = {"workers": workers, "allow_other_workers": self.cluster.loose} if workers else {}
        self._submitted += 1
        return self._client.submit(function, *arguments, key=key, pure=False, retries=2, **place)

    def results(
        self, handles: Sequence[Any], told: Told = lambda result: None, watch: Watch = lambda: None
    ) -> list[Any]:
        found: dict[int, Any] = {}
        coming: dict[int, Any] = {}  # results that are being fetched; looks go on, because they may be lost meanwhile
        looked, pause = 0.0, POLL
        self._watchdog.begin()
        try:
            while len(found) < len(handles):
                watch()
                before = len(found), len(coming)
                for place, future in enumerate(handles):
                    if place in found or not future.done():
                        continue
                    if place not in coming:
                        _refuse(future)
                        coming[place] = begin(self._client, partial(_fetched, future))
                    elif coming[place].done():
                        with suppress(Exception):  # it was lost on the way, and is computed again; or _refuse knows
                            found[place] = coming[place].result()
                        del coming[place]
                        if place in found:
                            told(found[place])
                if time.monotonic() - looked > LOOK:
                    looked = time.monotonic()
                    self._watchdog.look(self._look(watch), len(found), self.repeated)
                pause = min(1.2 * pause, LAZY) if before == (len(found), len(coming)) else POLL
                time.sleep(pause)
        finally:
            for answer in coming.values():
                answer.cancel()
        return [found[place] for place in range(len(handles))]

    def restart(self) -> None:
        self._repeated_before = self.repeated
        self._close()
        self._open()
        if self._has_begun:
            self.begin(self._job)

    def _open(self) -> None:
        self._run, self._seen, self._addresses = f"{time.time_ns():x}", NOTHING_SEEN, ()
        self._submitted, self._begun_before = 0, None
        self._watchdog, self._answered = _Watchdog(self.progress), time.monotonic()
        try:
            self._client = self.cluster.open()
        except LOST as error:
            raise Stuck(f"no scheduler can be had: {error!s:.200}") from error

    def _close(self) -> None:
        with suppress(*LOST):  # of what cannot be closed well nothing is needed any more
            self.cluster.close()

    def _places(self, group: int, groups: int) -> list[str]:
        """Return the addresses of the workers that should run a task, or may run it if other workers may not."""
        there = [address for address in self._addresses if address is not None]
        if group < 0:
            return [] if self.cluster.loose else there
        address = self._addresses[worker_of(group, groups, len(self._addresses))] if self._addresses else None
        return [address] if address is not None else [] if self.cluster.loose else there

    def _look(self, watch: Watch = lambda: None) -> Seen:
        """Look at the scheduler, and let the cluster care for its workers. Raises Stuck where it does not answer."""
        self._check_client()
        accepted: Collection[str] | None = None if self.cluster.loose else [each for each in self._addresses if each]
        try:
            self._seen = ask_scheduler(self._client, look, self._run, accepted, watch=watch)
        except TimeoutError as error:
            silent = time.monotonic() - self._answered
            if silent > self.cluster.patience:
                raise Stuck(f"the scheduler has not answered for {silent:.0f} seconds") from error
            self.progress.message(f"the scheduler has not answered for {silent:.0f} seconds; it may have much to do")
            return self._seen
        except LOST as error:
            raise Stuck("the connection to the scheduler is lost") from error
        self._answered = time.monotonic()
        if self._begun_before is None:
            self._begun_before = self._seen.begun
        self.cluster.tend(self._seen)
        self._addresses = self.cluster.addresses(self._seen)
        self.traffic.add(self._seen)
        return self._seen

    def _check_client(self) -> None:
        if self._client.status != "running":
            raise Stuck("the connection to the scheduler is lost")


async def _fetched(future: Any) -> Any:
    return await future


def _refuse(future: Any) -> None:
    """Raise what a task has raised. A task that was lost with the workers, or is not known any more, is Stuck."""
    if future.status == "error":
        error = future.exception(timeout=PATIENCE)
        if type(error).__name__ == "KilledWorker":
            raise Stuck("a task has ended with its worker again and again")
        raise error
    if future.status in ("cancelled", "lost"):
        raise Stuck("the scheduler has lost a task")
