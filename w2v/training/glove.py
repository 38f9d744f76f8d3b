"""Training GloVe: memory, epochs, cost, progress. Not here: where the matrix comes from (matrix.py), the arithmetic.

Orders and random numbers of an epoch follow from the seed and its number, and every part of the matrix meets its blocks
in one order, so the same seed gives the same bytes with any number of threads. Workers rest between blocks: where
training stands is the model, the costs by block, the number of the epoch and that of the next block.
"""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from w2v.arrays import F32, F64, I64, Array
from w2v.config import GloveConfig
from w2v.cooccurrences.matrix import Cooccurrences, Parts
from w2v.errors import FormatError, TrainingError
from w2v.progress import Progress
from w2v.training.blocks import make_blocks
from w2v.training.trainer import Clock, Due, State, Trained, aligned, fill, is_finite
from w2v.workers import NOTHING, Done, Pause, Stretch, run_workers

if TYPE_CHECKING:
    from w2v.kernels import glove

__all__ = ["GloveTrainer", "model_bytes", "training_bytes"]


PAUSE = 0.0005  # seconds that a worker sleeps when the block that it has taken cannot begin yet


def model_bytes(words: int, dim: int) -> int:
    """The bytes of both matrices with their accumulators, for a vocabulary of `words`."""
    parts = Parts(words)
    return 2 * parts.number * parts.size * 2 * 4 * (-(-(dim + 2) // 16) * 16)


def training_bytes(words: int, config: GloveConfig) -> int:
    """The bytes of the model and of the vectors that are made of it in the end."""
    sides = 2 if config.output_vectors == "both" else 1
    return model_bytes(words, config.dim) + 4 * words * config.dim * sides


@dataclass(frozen=True)
class _Place:
    """Where training stands: the epoch and its next block, what has been done in it; the mean costs of those before."""

    epoch: int = 0
    block: int = 0
    done: Done = NOTHING
    loss: tuple[float, ...] = ()


class _Now(NamedTuple):
    """The current stretch of work: where it began, its counters, turns and costs; always replaced together.

    turns: int64 [2, P], the strata that have left each part of rows and of columns. costs: float64 [P²], by block.
    """

    place: _Place
    stretch: Stretch
    turns: I64
    costs: F64


class GloveTrainer:
    """A `Trainer` of GloVe, on a counted matrix, which is used up; `folder` takes what memory does not hold."""

    def __init__(self, matrix: Cooccurrences, config: GloveConfig, *, folder: Path, progress: Progress) -> None:
        from w2v.kernels import glove
        from w2v.kernels.tickets import close

        vocabulary, self.records = matrix.vocabulary, matrix.records
        self.parts, self.tokens, self.seconds = matrix.parts, vocabulary.tokens, matrix.seconds
        self.config = replace(config, **asdict(matrix.counting)).for_corpus(vocabulary.tokens)
        self.progress = progress
        if self.records == 0:
            raise TrainingError("no two words of the corpus stand near each other", hint="give text with longer lines")
        started = time.perf_counter()
        self.kernel = glove.glove_kernel(config.dim)
        close(Stretch(1).shared)  # compiles it, so that nobody waits for that when training has to stop
        room = max(0, config.memory_bytes - training_bytes(len(vocabulary), config))
        self.blocks = make_blocks(matrix, self.config, memory=room, folder=folder, progress=progress)
        self.seconds["blocks"] = time.perf_counter() - started
        self.clock = Clock()
        self.model = _first_model(self.parts, self.config)
        self.announced = -1
        self.now = self._begin(_Place())

    def run(self, due: Due) -> bool:
        epochs = self.config.epochs
        while not self._is_over():
            epoch = self.now.place.epoch
            if epoch != self.announced:
                self.progress.phase(f"epoch {epoch + 1}/{epochs}", self.records, "records", self.now.place.done.words)
                self.announced = epoch

            def watch(done: Done, epoch: int = epoch) -> None:
                if done.pairs:
                    self.progress.update(done.words, loss=done.mean_loss)
                if due(epoch):
                    raise Pause

            done = run_workers(self._work, self._threads, watch, self.now.stretch)
            if done.diverged is not None or not math.isfinite(self.now.costs.sum()):
                raise _diverged(epoch, self.config)
            place = self._place()
            if place.block < self.parts.number**2:
                self.now = self._begin(place, self.now.costs)
                return False
            self._end_epoch()
            if not self._is_over() and due(epoch + 1):
                return False
        return True

    def state(self) -> State | None:
        if self.now.stretch.ticket is None or not all(is_finite(matrix) for matrix in self.model):
            return None
        arrays: dict[str, Array] = {"words": self.model.rows, "contexts": self.model.columns}
        arrays["costs"] = self.now.costs
        return State(asdict(self._place()), arrays, self.clock.seconds, self.clock.cpu_seconds)

    def restore(self, state: State) -> None:
        position = dict(state.position)
        place = _Place(**position | {"done": Done(**position["done"]), "loss": tuple(position["loss"])})
        if not (0 <= place.epoch <= self.config.epochs and 0 <= place.block <= self.parts.number**2):
            raise FormatError(f"the checkpoint stands in epoch {place.epoch + 1}, at block {place.block:,}")
        costs = np.zeros(self.parts.number**2)
        for array, name in ((self.model.rows, "words"), (self.model.columns, "contexts"), (costs, "costs")):
            fill(array, state, name)
        self.clock = Clock(state.seconds, state.cpu_seconds)
        self.now = self._begin(place, costs)

    def result(self) -> Trained:
        epochs = len(self.now.place.loss)
        return Trained(
            matrix=_vectors(self.model, self.parts, self.config),
            loss=self.now.place.loss,
            probe_loss=(),
            seconds={**self.seconds, "train": self.clock.seconds},
            words=self.tokens * epochs,
            pairs=self.records * epochs,
            cpu_seconds=self.clock.cpu_seconds,
            config=self.config,
            records=self.records,
        )

    @property
    def _threads(self) -> int:
        return min(self.config.worker_threads, self.parts.number)

    def _work(self, done: I64, loss: F64, shared: I64) -> None:
        from w2v.kernels import glove

        now = self.now
        plan = _plan(now.place.epoch, self.parts.number, self.config.seed)
        counters = glove.Counters(done, loss, shared, now.turns, now.costs)
        desk = glove.new_desk(self.blocks)
        while not self.kernel(self.blocks, self.model, plan, counters, desk):
            time.sleep(PAUSE)

    def _begin(self, place: _Place, costs: F64 | None = None) -> _Now:
        from w2v.kernels.turns import turns_before

        parts = self.parts.number
        stretch = Stretch(self._threads, parts**2, place.block, place.done)
        strata = _plan(place.epoch, parts, self.config.seed).strata
        return _Now(place, stretch, turns_before(strata, place.block), np.zeros(parts**2) if costs is None else costs)

    def _place(self) -> _Place:
        """Where training stands while no worker is at it."""
        place, stretch = self.now.place, self.now.stretch
        assert stretch.ticket is not None
        return replace(place, block=stretch.ticket, done=stretch.so_far)

    def _end_epoch(self) -> None:
        place, cost = self.now.place, float(self.now.costs.sum()) / self.records
        self.now = self._begin(_Place(epoch=place.epoch + 1, loss=(*place.loss, cost)))
        self.progress.message(f"epoch {place.epoch + 1}: cost {cost:.6f}", "detail")
        if self._is_over() and place.epoch + 1 < self.config.epochs:
            tolerance = f"{self.config.tolerance:g}"
            self.progress.message(
                f"stopped after epoch {place.epoch + 1}: the cost fell by less than {tolerance} of itself"
            )
        loss = self.now.place.loss
        if self._is_over() and loss[-1] > loss[0]:
            text = f"the cost rose from {loss[0]:.4g} to {loss[-1]:.4g}: try a smaller --learning-rate or more epochs"
            self.progress.message(text, "warning")

    def _is_over(self) -> bool:
        """Whether the last epoch has ended, or the cost hardly fell in this one."""
        place, tolerance = self.now.place, self.config.tolerance
        falls = [before - after < tolerance * before for before, after in pairwise(place.loss)]
        return place.epoch >= self.config.epochs or bool(tolerance and falls and falls[-1])


def _plan(epoch: int, parts: int, seed: int) -> glove.Plan:
    from w2v.kernels import glove
    from w2v.kernels.rng import split

    strata = np.random.default_rng([seed, 0x57A7A, epoch]).permutation(parts).astype(np.int64)
    return glove.Plan(np.uint64(split(seed, epoch)), strata)


def _first_model(parts: Parts, config: GloveConfig) -> glove.Model:
    """Values and biases uniform in ±0.5/dim, as in glove.c; accumulators 1/learning_rate², those of the biases 1."""
    from w2v.kernels import glove

    dim, width = config.dim, glove.padded(config.dim)
    rng = np.random.default_rng([config.seed, 0x1417])
    sides = []
    for bias, one in ((dim, dim + 1), (dim + 1, dim)):
        side = aligned(parts.number * parts.size, 2 * width)
        for start in range(0, parts.words, 65_536):  # in parts, so that no second matrix is ever held
            slots = parts.slots[start : start + 65_536]
            drawn = (rng.random((len(slots), dim + 1), dtype=np.float32) - np.float32(0.5)) / np.float32(dim)
            side[slots, :dim], side[slots, bias] = drawn[:, :dim], drawn[:, dim]
        side[:, one] = 1.0
        side[:, width:] = 1.0
        side[:, width : width + dim] = config.learning_rate**-2
        side[:, width + one] = glove.FROZEN
        sides.append(side)
    return glove.Model(*sides)


def _vectors(model: glove.Model, parts: Parts, config: GloveConfig) -> F32:
    """The vectors [V, D], or [V, 2·D] for both sides, in the order of the vocabulary."""
    dim = config.dim
    if config.output_vectors == "both":
        return np.hstack([model.rows[parts.slots, :dim], model.columns[parts.slots, :dim]])
    first = model.columns if config.output_vectors == "c" else model.rows
    vectors: F32 = first[parts.slots, :dim]
    if config.output_vectors == "sum":
        for start in range(0, parts.words, 65_536):
            vectors[start : start + 65_536] += model.columns[parts.slots[start : start + 65_536], :dim]
    return vectors


def _diverged(epoch: int, config: GloveConfig) -> TrainingError:
    return TrainingError(
        f"training diverged: the cost was not finite in epoch {epoch + 1}, at learning rate {config.learning_rate:g}; "
        "nothing was written",
        hint=f"train again with a smaller --learning-rate than {config.learning_rate:g}",
    )
