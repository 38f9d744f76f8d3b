"""Worker threads over a kernel that releases the GIL, watched from the calling thread. Not here: what the kernel does.

Every worker makes one call of the kernel, with counters of its own on its own cache line. The calling thread looks at
the counters now and then, so progress is live, Ctrl-C works, and no Python runs between two steps of training.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["POLL", "Done", "run_workers"]

POLL = 0.1  # seconds between two looks at the counters


@dataclass(frozen=True)
class Done:
    """What all workers together have done so far: words, pairs, the sum of the pairs' losses.

    diverged: the chunk of the token cache in which a score was not finite, None if there is none.
    """

    words: int
    pairs: int
    loss: float
    diverged: int | None

    @property
    def mean_loss(self) -> float:
        """A pair's, NaN before the first."""
        return self.loss / self.pairs if self.pairs else float("nan")


def _done(counters: npt.NDArray[np.int64], losses: npt.NDArray[np.float64]) -> Done:
    diverged = counters[:, 3].max()
    words, pairs = (int(total) for total in counters[:, :2].sum(axis=0))
    return Done(words, pairs, float(losses[:, 0].sum()), int(diverged) - 1 if diverged else None)


def run_workers(
    work: Callable[[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.int64]], None],
    threads: int,
    watch: Callable[[Done], None],
) -> Done:
    """Call work(done [8] int64, loss [8] float64, shared [8] int64) in each of `threads` threads, until all returned.

    `watch` hears how far they are. An exception in the calling thread (Ctrl-C) or in a worker asks all of them to stop
    through shared[0], waits for them, and is raised.
    """
    counters = np.zeros((threads, 8), dtype=np.int64)
    losses = np.zeros((threads, 8), dtype=np.float64)
    shared = np.zeros(8, dtype=np.int64)
    failures: list[BaseException] = []

    def call(worker: int) -> None:
        try:
            work(counters[worker], losses[worker], shared)
        except BaseException as failure:
            failures.append(failure)
            shared[0] = 1

    team = [threading.Thread(target=call, args=(worker,), daemon=True) for worker in range(threads)]
    try:
        for thread in team:
            thread.start()
        for thread in team:
            while thread.is_alive():
                thread.join(POLL)
                watch(_done(counters, losses))
    except BaseException:
        shared[0] = 1
        for thread in team:
            if thread.ident is not None:
                thread.join()
        raise
    if failures:
        raise failures[0]
    return _done(counters, losses)
