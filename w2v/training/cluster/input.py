"""Let the workers of a run count and encode its corpus, before they train on it: a task for each source.

What a task does: w2v/tokens/source_tasks.py. Alone, a run reads its corpus by threads: w2v/tokens/preparing.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, TypeVar

from w2v.errors import TrainingError
from w2v.progress import Progress
from w2v.training.cluster.graph import Engine, Stuck, Watch

__all__ = ["ByWorkers"]

R = TypeVar("R")

ATTEMPTS = 3  # with new workers, of which none ends a task


class ByWorkers:
    """A `Spread` (w2v/tokens/sharding.py) over the workers of an engine, which begin when they are first needed."""

    def __init__(
        self,
        engine: Engine,
        threads: int,
        progress: Progress,
        at_end: Callable[[Callable[[], None]], object] = lambda action: None,
    ) -> None:
        """threads: of each worker. at_end: takes what is to be done when the engine has been left."""
        self.threads, self.progress = threads, progress
        self._engine, self._has_begun, self._at_end = engine, False, at_end
        self._numbers = count()

    @property
    def workers(self) -> int:
        """How many workers there are."""
        return self._ready().workers()

    def _ready(self) -> Engine:
        if not self._has_begun:
            self.progress.phase("starting workers")
            self._where_stuck(lambda: self._engine.begin(None))
            self._has_begun = True
        return self._engine

    def at_end(self, action: Callable[[], None]) -> None:
        """Do something when the workers have ended, however the run ends."""
        self._at_end(action)

    def run(
        self,
        function: Callable[..., Any],
        items: Sequence[tuple[Any, ...]],
        sizes: Sequence[int],
        told: Callable[[int, Any], None],
        watch: Watch = lambda: None,
    ) -> list[Any]:
        """Return function(*item) of each item. Raises what `told` and `watch` raise; TrainingError if no task ends."""
        engine = self._ready()
        return self._where_stuck(lambda: self._run(engine, function, items, sizes, told, watch))

    def _where_stuck(self, action: Callable[[], R]) -> R:
        """Do something by workers; where they are stuck, do it by new ones. Raises TrainingError if it never ends."""
        restart = False
        for _ in range(ATTEMPTS):
            try:
                if restart:
                    self._engine.restart()
                return action()
            except Stuck as stuck:
                self.progress.message(f"the workers are stuck ({stuck}): new ones go on", "warning")
                restart = True
        raise TrainingError(
            f"new workers were stuck {ATTEMPTS} times", hint="try again, with fewer --workers or without"
        )

    def _run(
        self,
        engine: Engine,
        function: Callable[..., Any],
        items: Sequence[tuple[Any, ...]],
        sizes: Sequence[int],
        told: Callable[[int, Any], None],
        watch: Watch,
    ) -> list[Any]:
        handles: dict[int, Any] = {}
        for place, worker in _shared_out(sizes, self.workers):
            name = f"{function.__name__}-{next(self._numbers)}"
            handles[place] = engine.submit(
                name, _numbered, function, place, items[place], group=worker, groups=self.workers
            )
        ordered = [handles[place] for place in range(len(items))]
        return [result for _, result in engine.results(ordered, lambda result: told(*result), watch)]


def _shared_out(sizes: Sequence[int], workers: int) -> list[tuple[int, int]]:
    """Return items with the worker of each: the largest first, always to the worker that has least to do."""
    loads, found = [0] * workers, []
    for place in sorted(range(len(sizes)), key=lambda place: -sizes[place]):
        worker = loads.index(min(loads))
        loads[worker] += sizes[place] + 1
        found.append((place, worker))
    return found


def _numbered(function: Callable[..., Any], place: int, item: tuple[Any, ...]) -> tuple[int, Any]:
    """Return the place of an item with its result, because results come in any order."""
    return place, function(*item)
