"""What a run asks of Dask's scheduler; this code runs in the scheduler. Who asks: engine.py and given_cluster.py.

Names of tasks begin with `w2v-` and end with the name of the run, so a look touches no task of somebody else.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any, NamedTuple

__all__ = ["FAILURES", "MISSING", "MOVED", "NOTHING_SEEN", "PREFIX", "Seen", "SeenWorker", "look", "restore", "settle"]

PREFIX = "w2v-"
MOVED = "w2v-moved"  # the measure of a worker: bytes that it has sent to others (`worker.sent`)
MISSING = 30  # seconds without a sign of life, after which a worker is given up
STILL = 10  # percent of a processor: less is what a worker takes that waits
FAILURES = 50  # workers that may die with the same task
_LOG = "distributed.worker"  # where the scheduler, too, notes each function that it is asked to run
_KEPT = "_w2v_kept"  # attribute of the scheduler: its settings as they were, and the clients that have changed them


class SeenWorker(NamedTuple):
    """A worker. identity: of its process alone. threads: of Dask. sent: bytes, to other workers; None: not known.

    heard: when the scheduler last heard of it, by its own clock.
    """

    address: str
    identity: str
    threads: int
    sent: int | None
    heard: float = 0.0


class Seen(NamedTuple):
    """What a look at the scheduler tells.

    transitions: of all tasks so far, from state to state. workers: by name. busy: whether a task is being computed.
    is_idle: whether the processors of all workers do nothing.
    begun: how often tasks of w2v have begun to wait for what they need, which a task does anew when it is repeated.
    """

    transitions: int
    workers: dict[str, SeenWorker]
    busy: bool
    begun: int
    is_idle: bool = False


NOTHING_SEEN = Seen(0, {}, False, 0)


def look(run: str, accepted: Collection[str] | None, dask_scheduler: Any) -> Seen:
    """Tell how the scheduler stands; free tasks of a run that it would leave without a worker for ever.

    Dask forgets a task whose named worker died while no other worker ran, though others may run it. accepted: the
    addresses of the workers that may run tasks of the run; None for all.
    """
    running = {each.address for each in dask_scheduler.running}
    free = running if accepted is None else running.intersection(accepted)
    waiting = [task for task in dask_scheduler.unrunnable if _is_of(task, run)] if free else []
    for task in waiting:
        task.worker_restrictions = None if accepted is None else set(free)
    if waiting:
        dask_scheduler.transitions({task.key: "processing" for task in waiting}, "w2v-free")
    workers = dask_scheduler.workers
    return Seen(
        dask_scheduler.transition_counter,
        {
            str(each.name): SeenWorker(address, each.server_id, each.nthreads, each.metrics.get(MOVED), each.last_seen)
            for address, each in workers.items()
        },
        any(each.executing for each in workers.values()),
        sum(
            each.state_counts["waiting"]
            for name, each in dask_scheduler.task_prefixes.items()
            if name.startswith(PREFIX)
        ),
        all(each.metrics.get("cpu", 100) < STILL for each in workers.values()),
    )


def _is_of(task: Any, run: str) -> bool:
    return str(task.key).endswith(f"-{run}")


async def settle(client: str, dask_scheduler: Any) -> None:
    """Set what a run needs of a scheduler that others have started, and keep what was set before.

    Stolen tasks would move whole blocks. A worker must be missed soon, and may die often.
    """
    kept = getattr(dask_scheduler, _KEPT, None)
    if kept is None:
        stealing = "stealing" in dask_scheduler.periodic_callbacks
        kept = {
            "stealing": stealing,
            "ttl": dask_scheduler.worker_ttl,
            "failures": dask_scheduler.allowed_failures,
            "log": (log := logging.getLogger(_LOG)).level,
            "clients": set(),
        }
        log.setLevel(max(log.getEffectiveLevel(), logging.WARNING))  # else a line for each look, some in a second
        setattr(dask_scheduler, _KEPT, kept)
        dask_scheduler.allowed_failures = max(FAILURES, kept["failures"])
        _set_ttl(dask_scheduler, min(MISSING, kept["ttl"] or MISSING))
        if stealing:
            await dask_scheduler.extensions["stealing"].stop()
    kept["clients"].add(client)


async def restore(client: str, dask_scheduler: Any) -> None:
    """Set again what was set before `settle`, unless another run is still there."""
    kept = getattr(dask_scheduler, _KEPT, None)
    if kept is None:
        return
    kept["clients"].discard(client)
    if kept["clients"].isdisjoint(dask_scheduler.clients):
        delattr(dask_scheduler, _KEPT)
        logging.getLogger(_LOG).setLevel(kept["log"])
        dask_scheduler.allowed_failures = kept["failures"]
        _set_ttl(dask_scheduler, kept["ttl"])
        if kept["stealing"]:
            await dask_scheduler.extensions["stealing"].start()


def _set_ttl(dask_scheduler: Any, seconds: float | None) -> None:
    """Set after how many seconds a silent worker is given up, and look for such workers so often."""
    from tornado.ioloop import PeriodicCallback

    before = dask_scheduler.periodic_callbacks.pop("worker-ttl", None)
    if before is not None:
        before.stop()
    dask_scheduler.worker_ttl = seconds
    if seconds:
        often = PeriodicCallback(dask_scheduler.check_worker_ttl, min(seconds, 5) * 1000)
        dask_scheduler.periodic_callbacks["worker-ttl"] = often
        often.start()
