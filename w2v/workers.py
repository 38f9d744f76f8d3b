"""Worker threads over a kernel that releases the GIL, watched from the calling thread. What the kernel does: kernels/.

Every worker makes one call of the kernel, with counters of its own on its own cache line. The calling thread looks at
the counters now and then, so progress is live, Ctrl-C works, and no Python runs between two steps of training.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue

import numpy as np

from w2v.arrays import F64, I64

__all__ = ["NOTHING", "POLL", "Done", "Pause", "Segment", "run_workers"]

POLL = 0.1  # seconds between two looks at the counters


class Pause(Exception):  # noqa: N818
    """Raised by the function that watches the workers, to stop them where work can go on later. It is not an error."""


@dataclass(frozen=True)
class Done:
    """What all workers together have done so far: words, pairs, the sum of the pairs' losses.

    diverged: the work item in which a number was not finite; None if there is none.
    """

    words: int
    pairs: int
    loss: float
    diverged: int | None

    @property
    def mean_loss(self) -> float:
        """The loss divided by the pairs; NaN before the first pair."""
        return self.loss / self.pairs if self.pairs else float("nan")


NOTHING = Done(0, 0, 0.0, None)


class Segment:
    """The work between two pauses: the work items `first`..end-1 (`kernels.work_items`), and what workers count.

    The counters begin with what had been done before, so sums do not depend on pauses (with one worker not even in
    their last bit). done: int64 [threads, 8], loss: float64 [threads, 8], a row for each worker; shared: int64 [8].
    """

    def __init__(self, threads: int, end: int = 0, first: int = 0, before: Done = NOTHING) -> None:
        from w2v.kernels.work_items import work_items  # Numba is imported when it is first needed

        self.done = np.zeros((threads, 8), dtype=np.int64)
        self.loss = np.zeros((threads, 8), dtype=np.float64)
        self.shared = work_items(first, end)
        self.done[0, :2] = before.words, before.pairs
        self.loss[0, 0] = before.loss
        # Threads cannot be asked: a `join` that a signal interrupts takes a thread for ended (Python 3.11).
        self.begun, self.ended = [False] * threads, [False] * threads
        self.abandoned, self.quiet = False, True
        self.failures: list[BaseException] = []

    @property
    def so_far(self) -> Done:
        diverged = self.done[:, 3].max()
        words, pairs = (int(total) for total in self.done[:, :2].sum(axis=0))
        return Done(words, pairs, float(self.loss[:, 0].sum()), int(diverged) - 1 if diverged else None)

    @property
    def next_item(self) -> int | None:
        """The first work item that no worker has taken, `end` after the last one; all before it are done.

        None while workers are at work, and after a failure.
        """
        from w2v.kernels.work_items import first_left

        if self.failures or self.so_far.diverged is not None or not self.quiet:
            return None
        return first_left(self.shared)


def run_workers(
    work: Callable[[I64, F64, I64], None],
    threads: int,
    watch: Callable[[Done], None],
    segment: Segment | None = None,
) -> Done:
    """Call work(done [8] int64, loss [8] float64, shared [8] int64) in each of `threads` threads, until all returned.

    `watch` is told how far the workers are, for the last time when all have ended. An exception in a worker asks all of
    them to stop through shared[0], waits for them, and is raised; so does an exception in the calling thread (Ctrl-C),
    unless the workers are at work on a `segment`: then they get no more work items, and finish those that they have
    taken. `Pause`, raised by `watch`, does the same, and is not raised: how far the workers are is returned.
    """
    ours = segment or Segment(threads)
    ours.quiet = False
    wake: SimpleQueue[None] = SimpleQueue()  # so that the calling thread wakes when a worker has ended

    def call(worker: int) -> None:
        ours.begun[worker] = True
        try:
            if not ours.abandoned:
                work(ours.done[worker], ours.loss[worker], ours.shared)
        except BaseException as failure:
            ours.failures.append(failure)
            ours.shared[0] = 1
        finally:
            ours.ended[worker] = True
            wake.put(None)

    def sleep() -> None:
        with suppress(Empty):
            wake.get(timeout=POLL)

    try:
        for worker in range(threads):
            threading.Thread(target=call, args=(worker,), daemon=True).start()
        going = True
        while going:
            sleep()
            going = not all(ours.ended)
            watch(ours.so_far)
        ours.quiet = True
    except BaseException as reason:
        ours.abandoned = True  # a worker that has not begun by now does nothing
        if segment is None:
            ours.shared[0] = 1
        else:
            from w2v.kernels.work_items import close

            close(ours.shared)
        while ours.begun != ours.ended:
            sleep()
        ours.quiet = True
        if not isinstance(reason, Pause):
            raise
    if ours.failures:
        raise ours.failures[0]
    return ours.so_far
