"""The epochs of any trainer: it runs, pauses for checkpoints, says where it stands, and goes on from there.

What is computed: trainer.py. What becomes of a state: checkpoints.py.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from typing import Any, NamedTuple

from w2v.arrays import F64, I64, Array
from w2v.errors import FormatError
from w2v.progress import Progress
from w2v.training.model import Model
from w2v.training.state import Position, State, Trained, check_position, fill
from w2v.training.trainer import Trainer
from w2v.workers import NOTHING, Done, Pause, Segment, run_workers

__all__ = ["Loop", "ShouldPause"]

ShouldPause = Callable[[int], bool]
"""Given the number of finished epochs, return True to pause for a checkpoint.

It is asked several times a second, and after each epoch but the last.
"""


class _Now(NamedTuple):
    """The current segment of work: where it began, its work items and counters, and the trainer's own batch.

    Replaced as one, so that an interruption at any moment finds what belongs together.
    """

    position: Position
    segment: Segment
    batch: Any


class _Clock:
    """The seconds that training took, of the clock and of the processor, including those of earlier runs."""

    def __init__(self, seconds: float = 0.0, cpu_seconds: float = 0.0) -> None:
        self._seconds, self._cpu_seconds = seconds - time.perf_counter(), cpu_seconds - time.process_time()

    @property
    def seconds(self) -> float:
        return self._seconds + time.perf_counter()

    @property
    def cpu_seconds(self) -> float:
        return self._cpu_seconds + time.process_time()


class Loop:
    """Training that can stop anywhere and go on elsewhere.

    With the same corpus and settings, `restore` of a `state` and `run` give what the loop that the state came from
    would have given, to the last bit wherever training is reproducible at all.
    """

    def __init__(self, trainer: Trainer[Any], model: Model, epochs: int, progress: Progress) -> None:
        self.trainer, self.model, self.epochs, self.progress = trainer, model, epochs, progress
        self.clock = _Clock()
        self.announced = -1
        before = trainer.heldout_loss()
        self.now = self._begin(Position(heldout_loss=() if before is None else (before,)))

    def run(self, should_pause: ShouldPause) -> bool:
        """Train until the last epoch has ended: True; or until it should pause: False, and `run` may be called again.

        An exception, KeyboardInterrupt above all, leaves a state from which one can go on. Raises TrainingError where
        training diverges.
        """
        while not self.is_over:
            epoch = self.now.position.epoch
            self._announce(epoch)
            self.now = self.now._replace(batch=self.trainer.prepare(self.now.position, self.now.batch))
            self._work(partial(should_pause, epoch))
            position = self._position()
            if position.item < self.trainer.items:
                self.now = self._begin(position, self.now.batch)
                return False
            self._end_batch()
            if epoch < self.now.position.epoch and not self.is_over and should_pause(epoch + 1):
                return False
        return True

    def state(self) -> State | None:
        """Return where training stands; None while workers are still at it, and where a number is not finite."""
        now = self.now
        if now.segment.next_item is None:
            return None
        arrays = self.trainer.arrays(now.batch)
        if not all(map(_is_finite, arrays.values())):
            return None
        return State(asdict(self._position()), arrays, self.clock.seconds, self.clock.cpu_seconds)

    def restore(self, state: State) -> None:
        """Go on from a state. Raises FormatError, KeyError, TypeError or ValueError where it does not fit."""
        check_position(state.position, asdict(self.now.position))
        position = Position.from_dict(state.position)
        limits = self.epochs, self.trainer.batches - 1, self.trainer.items
        at = position.epoch, position.batch, position.item
        if not all(0 <= place <= most for place, most in zip(at, limits, strict=True)):
            raise FormatError(
                f"the checkpoint stands in epoch {position.epoch + 1}, batch {position.batch}, at work item "
                f"{position.item:,}: there is no such place in this run"
            )
        now = self._begin(position)
        for name, array in self.trainer.arrays(now.batch).items():
            fill(array, state, name)
        self.clock = _Clock(state.seconds, state.cpu_seconds)
        self.now = now

    def result(self) -> Trained:
        """Return the trained vectors and statistics. Call it once, after `run` returned True."""
        position, trainer = self.now.position, self.trainer
        return Trained(
            arrays=trainer.vectors(),
            norms=trainer.norms(),
            loss=position.loss,
            heldout_loss=position.heldout_loss,
            seconds={**trainer.seconds, "train": self.clock.seconds},
            words=position.words,
            pairs=position.pairs,
            cpu_seconds=self.clock.cpu_seconds + trainer.cpu_elsewhere,
            settings=trainer.filled_in(),
            sizes=trainer.sizes(),
            shares=trainer.shares(),
        )

    @property
    def is_over(self) -> bool:
        """Whether the last epoch has ended, or training has converged."""
        position = self.now.position
        return position.epoch >= self.epochs or self.trainer.has_converged(position.loss)

    def _announce(self, epoch: int) -> None:
        if epoch != self.announced:
            done, _ = self.trainer.describe_progress(self.now.position, self.now.batch, self.now.position.done)
            self.progress.phase(f"epoch {epoch + 1}/{self.epochs}", self.trainer.amount, self.model.unit, done)
            self.announced = epoch

    def _work(self, should_pause: Callable[[], bool]) -> None:
        """Let the workers take work items until none is left or it is time to pause. Raises TrainingError."""
        position, segment, batch = self.now

        def work(done: I64, loss: F64, shared: I64) -> None:
            self.trainer.work(batch, done, loss, shared)

        def watch(done: Done) -> None:
            if done.pairs:
                amount, fields = self.trainer.describe_progress(position, batch, done)
                self.progress.update(amount, **fields)
            if should_pause():
                raise Pause

        done = run_workers(work, self.trainer.threads, watch, segment)
        failure = self.trainer.failure(position, batch, done)
        if failure is not None:
            raise failure

    def _begin(self, position: Position, before: Any = None) -> _Now:
        segment = Segment(self.trainer.threads, self.trainer.items, position.item, position.done)
        return _Now(position, segment, self.trainer.begin(position, before))

    def _position(self) -> Position:
        """Return where training stands while no worker is at it."""
        position, segment, _ = self.now
        assert segment.next_item is not None
        done = self.trainer.counted_within(position, segment.so_far)
        return replace(position, item=segment.next_item, done=done)

    def _end_batch(self) -> None:
        position, segment, batch = self.now
        done = self.trainer.counted_after(position, batch, segment.so_far)
        if position.batch + 1 < self.trainer.batches:
            self.now = self._begin(replace(position, batch=position.batch + 1, item=0, done=done))
        else:
            self._end_epoch(done)

    def _end_epoch(self, done: Done) -> None:
        position, heldout = self.now.position, self.trainer.heldout_loss()
        ended = Position(
            epoch=position.epoch + 1,
            done=NOTHING,
            loss=(*position.loss, done.mean_loss),
            heldout_loss=(*position.heldout_loss, *(() if heldout is None else (heldout,))),
            words=position.words + done.words,
            pairs=position.pairs + done.pairs,
        )
        self.now = self._begin(ended)
        sample = "" if heldout is None else f", on a fixed sample of the text {heldout:.4f}"
        told = f"epoch {ended.epoch}: {self.model.loss} {done.mean_loss:.5g}{sample}"
        self.progress.message(told, "detail")
        for text, level in self.trainer.remarks(ended.loss, is_over=self.is_over):
            self.progress.message(text, level)


def _is_finite(array: Array) -> bool:
    """Return whether all values are numbers, without another array of that size in memory."""
    return math.isfinite(array.min(initial=0)) and math.isfinite(array.max(initial=0))
