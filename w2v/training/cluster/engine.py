"""Dask distributed as the engine: tasks are submitted, their results are waited for, and a run that stands is noticed.

Where the scheduler and the workers come from: a `Cluster`, such as own_workers.py. What is asked of the scheduler:
scheduler.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

from w2v.errors import W2VError
from w2v.training.cluster.graph import Stuck, Told, Watch
from w2v.training.cluster.scheduler import NOTHING_SEEN, Seen, look

__all__ = ["Cluster", "DaskEngine"]

PATIENCE = 60  # seconds without any change, while no task is being computed
LONGEST = 1800  # seconds without any change, while one is
LOOK = 1.0  # seconds between two looks at the scheduler
POLL = 0.02


class Cluster(Protocol):
    """A scheduler of Dask and workers: processes of this machine (own_workers.py), or what others have started."""

    def open(self, look: Callable[[Any], Seen]) -> Any:
        """Return a client when all workers are there. look: asks the scheduler of a client, and then calls `tend`."""

    def close(self) -> None:
        """End what `open` has started; it may be opened again."""

    def tend(self, seen: Seen) -> None:
        """Care for the workers after a look at the scheduler. Raises W2VError where the run must end."""

    def addresses(self, seen: Seen) -> Sequence[str | None]:
        """Return the address of each worker, in an order that stays; None for a worker that is not there now."""


@dataclass
class DaskEngine:
    """Tasks on a cluster; a context. It is not ready before the context is entered."""

    cluster: Cluster
    _client: Any = None
    _seen: Seen = NOTHING_SEEN
    _run: str = ""
    _addresses: Sequence[str | None] = field(default_factory=tuple)

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.cluster.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.cluster.close()

    def workers(self) -> int:
        return max(1, len(self._addresses))

    def submit(self, name: str, function: Callable[..., Any], *arguments: Any, group: int = -1, groups: int = 1) -> Any:
        place = {}
        if group >= 0 and self._addresses:
            address = self._addresses[group * len(self._addresses) // groups]
            place = {} if address is None else {"workers": [address], "allow_other_workers": True}
        return self._client.submit(function, *arguments, key=f"{name}-{self._run}", pure=False, retries=2, **place)

    def results(
        self, handles: Sequence[Any], told: Told = lambda result: None, watch: Watch = lambda: None
    ) -> list[Any]:
        found: dict[int, Any] = {}
        looked, changed, last = 0.0, time.monotonic(), -1
        while len(found) < len(handles):
            watch()
            for place, future in enumerate(handles):
                if place not in found and future.done():
                    _refuse(future)
                    with suppress(TimeoutError):
                        found[place] = future.result(timeout=PATIENCE)
                        told(found[place])
            if time.monotonic() - looked > LOOK:
                looked = time.monotonic()
                seen = self._look(self._client)
                if seen.transitions != last:
                    last, changed = seen.transitions, time.monotonic()
                if time.monotonic() - changed > (LONGEST if seen.busy else PATIENCE):
                    raise Stuck("no task has ended for a minute")
            time.sleep(POLL)
        return [found[place] for place in range(len(handles))]

    def restart(self) -> None:
        self.cluster.close()
        self._start()

    def _start(self) -> None:
        self._run, self._seen = f"{time.time_ns():x}", NOTHING_SEEN
        self._client = self.cluster.open(self._look)

    def _look(self, client: Any) -> Seen:
        """Look at the scheduler, and let the cluster care for its workers."""
        self._seen = client.run_on_scheduler(look)
        self.cluster.tend(self._seen)
        self._addresses = self.cluster.addresses(self._seen)
        return self._seen


def _refuse(future: Any) -> None:
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
