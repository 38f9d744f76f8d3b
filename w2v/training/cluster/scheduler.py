"""What is asked of Dask's scheduler once a second: how its workers and tasks stand. This code runs in the scheduler.

Who asks, and what follows from the answer: engine.py.
"""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["NOTHING_SEEN", "Seen", "look"]


class Seen(NamedTuple):
    """What a look at the scheduler tells: its transitions, the addresses of workers by name, whether a task runs."""

    transitions: int
    workers: dict[str, str]
    busy: bool


NOTHING_SEEN = Seen(0, {}, False)


def look(dask_scheduler: Any) -> Seen:
    """Tell how the scheduler stands; free tasks that it would leave without a worker for ever.

    Dask forgets a task whose named worker died while no other worker ran, though others may run it.
    """
    waiting = [task for task in dask_scheduler.unrunnable if task.loose_restrictions] if dask_scheduler.running else []
    for task in waiting:
        task.worker_restrictions = None
    if waiting:
        dask_scheduler.transitions({task.key: "processing" for task in waiting}, "w2v-free")
    workers = dask_scheduler.workers
    return Seen(
        dask_scheduler.transition_counter,
        {str(each.name): address for address, each in workers.items()},
        any(each.executing for each in workers.values()),
    )
