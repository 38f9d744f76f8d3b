"""What the trainer of a model computes. When it computes, and where it stops: loop.py."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

import numpy as np

from w2v.arrays import F32, F64, I64, Array
from w2v.errors import TrainingError
from w2v.files.rows import FileRows
from w2v.pages import zeros
from w2v.progress import Level, Progress
from w2v.training.data import Data
from w2v.training.state import Position
from w2v.vocab import Vocabulary
from w2v.workers import Done

__all__ = ["KeptData", "Requirements", "Trainer", "aligned", "without_gaps"]

B = TypeVar("B")
MOVED = 1 << 18  # values that are moved together


@dataclass(frozen=True)
class Requirements:
    """What training needs.

    memory: bytes, of the model, and of the vectors where they are no view of it; of a run by workers, of all of them
    together. width: values of a vector in a file. ngrams: rows of n-grams beside those of words, and the number of
    buckets. of_worker: bytes that each worker takes, however many there are. checkpoint: bytes of a checkpoint; None
    where they are those of `memory`.
    """

    memory: int
    width: int
    ngrams: tuple[int, int] = (0, 0)
    of_worker: int = 0
    checkpoint: int | None = None


@dataclass(frozen=True)
class KeptData:
    """Where a trainer may keep data that took long to make, and find them again.

    resumed: whether the run goes on from a checkpoint. found: where an earlier attempt of the run has left data.
    place: given the seconds that making them took, where to keep data; None where that is not worth it.
    """

    resumed: bool = False
    found: Path | None = None
    place: Callable[[float], Path | None] = field(default=lambda seconds: None)


class Trainer(ABC, Generic[B]):
    """The base of all trainers. B is the trainer's own type of what workers need in a batch.

    An epoch has `batches` batches, most trainers have one. A batch has `items` work items, which `threads` workers take
    one after another, in `work`. Training may stop between any two work items: then whatever follows must depend only
    on corpus, settings, position and `arrays`. Where a seed is to give the same bytes, nothing may depend on time.

    amount: what an epoch counts as done, in the model's unit, for progress.
    seconds: what getting ready took, by phase. cpu_elsewhere: seconds of the processor in training, in other processes.
    """

    batches: int = 1
    items: int
    threads: int
    amount: int
    seconds: dict[str, float]
    cpu_elsewhere: float = 0.0

    @classmethod
    @abstractmethod
    def open(cls, data: Data, settings: Any, kept: KeptData, progress: Progress) -> Self:
        """Return a trainer that is ready to begin, with all its kernels compiled: nobody waits for that later."""

    @staticmethod
    @abstractmethod
    def requirements(vocabulary: Vocabulary, settings: Any) -> Requirements:
        """Return what training needs for a vocabulary. Little is computed for it."""

    @abstractmethod
    def begin(self, at: Position, before: B | None) -> B:
        """Return what workers need from a position on, without changing anything.

        before: what they had in the same batch until now, with sums that go on; None at the beginning of a batch, and
        where arrays of a checkpoint will be filled in.
        """

    def prepare(self, at: Position, batch: B) -> B:
        """Do work that takes long and must be done before the work items of a batch; called once or again."""
        return batch

    @abstractmethod
    def work(self, batch: B, done: I64, loss: F64, shared: I64) -> None:
        """Take work items (`kernels.work_items`) until none is left; called in every worker thread.

        done: int64 [8], the worker's words, pairs, –, and 1 + the work item in which a number was not finite.
        loss: float64 [8], the sum of its losses. shared: int64 [8], of all workers; shared[0] asks them to stop.
        """

    @abstractmethod
    def arrays(self, batch: B) -> dict[str, Array]:
        """Return by name all arrays that a checkpoint must hold; they are filled when training is resumed."""

    @abstractmethod
    def vectors(self) -> Mapping[str, F32 | FileRows]:
        """Return the result: "words" [V, D], and other arrays [rows, D] that a file of vectors may hold.

        They may be views of `arrays`: very large ones should be, so that there is no copy of them in memory. Rows that
        another process has may stay there, and are fetched when a file is written.
        """

    def norms(self) -> F64 | None:
        """Return the lengths of the vectors of words, float64 [V], where they are known already."""
        return None

    def describe_progress(self, at: Position, batch: B, done: Done) -> tuple[int, dict[str, float]]:
        """Return how much of the epoch's `amount` is done, and what to show beside it."""
        return done.words, {"loss": done.mean_loss}

    def failure(self, at: Position, batch: B, done: Done) -> TrainingError | None:
        """Return what to raise where training has diverged."""
        return None

    def counted_within(self, at: Position, done: Done) -> Done:
        """Return the position's `done` in the midst of a batch."""
        return done

    def counted_after(self, at: Position, batch: B, done: Done) -> Done:
        """Return what was done in the epoch, now that a batch has ended."""
        return done

    def heldout_loss(self) -> float | None:
        """Return the loss on a held-out sample, where there is one."""
        return None

    def has_converged(self, loss: tuple[float, ...]) -> bool:
        """Return whether training may end early, given the losses by epoch."""
        return False

    def remarks(self, loss: tuple[float, ...], *, is_over: bool) -> Iterator[tuple[str, Level]]:
        """Yield what to tell after an epoch, given the losses by epoch."""
        yield from ()

    def words_without_pairs(self) -> I64:
        """Return the ids of the words whose vector training has not changed, because they had no pair."""
        return np.empty(0, dtype=np.int64)

    def filled_in(self) -> Mapping[str, Any]:
        """Return values for settings that were None and that the trainer has chosen."""
        return {}

    def sizes(self) -> Mapping[str, int]:
        """Return sizes of what is trained on, besides words and tokens, for the record of the run."""
        return {}

    def shares(self) -> Mapping[str, float]:
        """Return what the trainer keeps of the corpus, from 0 to 1, by name, for the record of the run."""
        return {}


def aligned(rows: int, width: int) -> F32:
    """Return zeros, float32 [rows, width], of which the first lies on a 64-byte boundary."""
    return zeros(rows, width).matrix


def without_gaps(matrix: F32) -> F32:
    """Return the values of a matrix [rows, D] as one without gaps between its rows, in the memory of the first.

    The given matrix must not be used any more: its rows have moved.
    """
    rows, dim = matrix.shape
    width = matrix.strides[0] // matrix.itemsize
    if matrix.flags.c_contiguous or not rows:
        return matrix
    flat = np.lib.stride_tricks.as_strided(matrix, ((rows - 1) * width + dim,), (matrix.itemsize,))
    step = max(1, MOVED // width)
    for start in range(0, rows, step):
        moved = matrix[start : start + step].reshape(-1)  # a copy, so that it may be written over its own place
        flat[start * dim : start * dim + len(moved)] = moved
    return flat[: rows * dim].reshape(rows, dim)
