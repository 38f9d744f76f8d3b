"""GloVe, trained block by block on a counted matrix. The arithmetic: w2v/kernels/glove.py; the matrix: matrix.py.

Orders and random numbers of an epoch follow from the seed and the epoch's number, and every part of the matrix meets
its blocks in one order, so the same seed gives the same bytes with any number of threads. A work item is a block.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from w2v.arrays import F32, F64, I64, Array
from w2v.cooccurrences.counting import count
from w2v.cooccurrences.matrix import Cooccurrences, Counting, Parts
from w2v.errors import TrainingError
from w2v.progress import Level, NullProgress, Progress
from w2v.training.data import Data
from w2v.training.glove.blocks import make_blocks
from w2v.training.glove.matrix import MatrixData, count_matrix
from w2v.training.glove.model import GloveConfig
from w2v.training.state import Position
from w2v.training.trainer import KeptData, Requirements, Trainer, aligned
from w2v.vocab import Vocabulary
from w2v.workers import Done, Segment

if TYPE_CHECKING:
    from w2v.kernels import glove

__all__ = ["GloveTrainer", "compile_kernels", "model_bytes"]


PAUSE = 0.0005  # seconds that a worker sleeps when the block that it has taken cannot begin yet


class _Batch(NamedTuple):
    """What workers need in an epoch. turns: int64 [2, P], the strata that have left each part of rows and of columns.

    costs: float64 [P²], by block.
    """

    plan: glove.Plan
    turns: I64
    costs: F64


class GloveTrainer(Trainer[_Batch]):
    """GloVe on a counted matrix, which is used up; `folder` takes what does not fit into memory."""

    def __init__(self, matrix: Cooccurrences, config: GloveConfig, *, folder: Path, progress: Progress) -> None:
        from w2v.kernels import glove
        from w2v.kernels.work_items import close

        self.config = replace(config, **asdict(matrix.counting)).for_corpus(matrix.vocabulary.tokens)
        self.parts, self.amount, self.tokens = matrix.parts, matrix.records, matrix.vocabulary.tokens
        self.items, self.threads = self.parts.number**2, min(config.worker_threads, self.parts.number)
        if self.amount == 0:
            raise TrainingError("no two words of the corpus stand near each other", hint="give text with longer lines")
        started = time.perf_counter()
        self.kernel = glove.glove_kernel(config.dim)
        close(Segment(1).shared)  # compiles it, so that nobody waits for that when training has to stop
        room = max(0, config.memory_bytes - self.requirements(matrix.vocabulary, config).memory)
        self.blocks = make_blocks(matrix, self.config, memory=room, folder=folder, progress=progress)
        self.seconds = {**matrix.seconds, "blocks": time.perf_counter() - started}
        self.model = _first_model(self.parts, self.config)

    @classmethod
    def open(cls, data: Data, settings: GloveConfig, kept: KeptData, progress: Progress) -> Self:
        assert isinstance(data, MatrixData)
        compiled = compile_kernels(settings, data.folder, progress)
        counted = {} if data.matrix is None else asdict(data.matrix.counting)
        settled = replace(settings, **counted).for_corpus(data.vocabulary.tokens)
        _announce(settled, cls.requirements(data.vocabulary, settled).memory, progress)
        matrix = data.matrix or count_matrix(data, settled, kept, progress=progress)
        matrix.seconds["compile"] = compiled
        return cls(matrix, settings, folder=data.folder, progress=progress)

    @staticmethod
    def requirements(vocabulary: Vocabulary, settings: GloveConfig) -> Requirements:
        width = settings.dim * (2 if settings.output_vectors == "both" else 1)
        return Requirements(
            memory=model_bytes(len(vocabulary), settings.dim) + 4 * len(vocabulary) * width, width=width
        )

    def begin(self, at: Position, before: _Batch | None) -> _Batch:
        from w2v.kernels.turns import turns_before

        plan = _plan(at.epoch, self.parts.number, self.config.seed)
        costs = np.zeros(self.items) if before is None else before.costs
        return _Batch(plan, turns_before(plan.strata, at.item), costs)

    def work(self, batch: _Batch, done: I64, loss: F64, shared: I64) -> None:
        from w2v.kernels import glove

        counters = glove.Counters(done, loss, shared, batch.turns, batch.costs)
        workspace = glove.new_workspace(self.blocks)
        while not self.kernel(self.blocks, self.model, batch.plan, counters, workspace):
            time.sleep(PAUSE)

    def arrays(self, batch: _Batch) -> dict[str, Array]:
        return {"words": self.model.rows, "contexts": self.model.columns, "costs": batch.costs}

    def vectors(self) -> dict[str, F32]:
        return {"words": _vectors(self.model, self.parts, self.config)}

    def failure(self, at: Position, batch: _Batch, done: Done) -> TrainingError | None:
        if done.diverged is None and math.isfinite(batch.costs.sum()):
            return None
        rate = self.config.learning_rate
        return TrainingError(
            f"training diverged: the cost was not finite in epoch {at.epoch + 1}, at learning rate {rate:g}; "
            "nothing was written",
            hint=f"train again with a smaller --learning-rate than {rate:g}",
        )

    def counted_after(self, at: Position, batch: _Batch, done: Done) -> Done:
        return Done(self.tokens, self.amount, float(batch.costs.sum()), None)

    def has_converged(self, loss: tuple[float, ...]) -> bool:
        tolerance = self.config.tolerance
        falls = [before - after < tolerance * before for before, after in pairwise(loss)]
        return bool(tolerance and falls and falls[-1])

    def remarks(self, loss: tuple[float, ...], *, is_over: bool) -> Iterator[tuple[str, Level]]:
        if is_over and len(loss) < self.config.epochs:
            tolerance = f"{self.config.tolerance:g}"
            yield f"stopped after epoch {len(loss)}: the cost fell by less than {tolerance} of itself", "info"
        if is_over and loss[-1] > loss[0]:
            cure = "try a smaller --learning-rate or more epochs"
            yield f"the cost rose from {loss[0]:.4g} to {loss[-1]:.4g}: {cure}", "warning"

    def words_without_pairs(self) -> I64:
        begun = _first_model(self.parts, self.config)
        dim, slots = self.config.dim, self.parts.slots
        same = [
            (now[slots, :dim] == then[slots, :dim]).all(axis=1) for now, then in zip(self.model, begun, strict=True)
        ]
        return np.flatnonzero(same[0] & same[1])

    def filled_in(self) -> Mapping[str, Any]:
        return {name: getattr(self.config, name) for name in ("window", "contexts", "weighting", "x_max")}

    def sizes(self) -> Mapping[str, int]:
        return {"cooccurrences": self.amount}


def _announce(settled: GloveConfig, needed: int, progress: Progress) -> None:
    """Tell the settings that are used, and warn where the vectors need more memory than is allowed."""
    progress.message(
        f"{settled.dim} dimensions, window {settled.window}, x_max {settled.x_max:g}, {settled.epochs} epochs, "
        f"learning rate {settled.learning_rate:g}"
    )
    memory = settled.memory_bytes
    if needed > memory:
        text = f"the vectors in training will take {needed / 1e6:,.0f} MB, more than the {memory / 1e6:,.0f} MB allowed"
        progress.message(text, "warning")


def model_bytes(words: int, dim: int) -> int:
    """Return the bytes of both matrices with their accumulators, for a vocabulary of `words`."""
    parts = Parts(words)
    return 2 * parts.number * parts.size * 2 * 4 * (-(-(dim + 2) // 16) * 16)


def compile_kernels(config: GloveConfig, folder: Path, progress: Progress) -> float:
    """Compile all kernels, or load what was compiled before: two words go through all of them. Return the seconds."""
    from w2v.kernels.llvm.compilation import compiling
    from w2v.kernels.work_items import close

    started = time.perf_counter()
    with compiling(progress):
        tokens = np.array([0, 1, -1], dtype=np.int32)
        tokens.flags.writeable = False  # as a mapped file is
        small = replace(config, window=1, x_max=1.0, epochs=1, threads=1, keep_cooccurrences=None, memory=None)
        counting = Counting(1, small.contexts or "symmetric", small.weighting or "distance")
        vocabulary, silent = Vocabulary(["a", "b"], np.ones(2, dtype=np.int64)), NullProgress()
        matrix = count(tokens, vocabulary, counting, threads=1, memory=10**8, folder=folder, corpus={}, progress=silent)
        trainer = GloveTrainer(matrix, small, folder=folder, progress=silent)
        segment = Segment(1, trainer.items)
        trainer.work(trainer.begin(Position(), None), segment.done[0], segment.loss[0], segment.shared)
        close(segment.shared)
    return time.perf_counter() - started


def _plan(epoch: int, parts: int, seed: int) -> glove.Plan:
    from w2v.kernels import glove
    from w2v.kernels.rng import split

    strata = np.random.default_rng([seed, 0x57A7A, epoch]).permutation(parts).astype(np.int64)
    return glove.Plan(np.uint64(split(seed, epoch)), strata)


def _first_model(parts: Parts, config: GloveConfig) -> glove.Model:
    """Return values and biases uniform in ±0.5/dim, as in glove.c; accumulators 1/learning_rate², of biases 1."""
    from w2v.kernels import glove

    dim, width = config.dim, glove.padded(config.dim)
    rng = np.random.default_rng([config.seed, 0x1417])
    sides = []
    for bias, one in ((dim, dim + 1), (dim + 1, dim)):
        side = aligned(parts.number * parts.size, 2 * width)
        for start in range(0, parts.words, 65_536):  # in parts, so that there is never a second matrix in memory
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
    """Return the vectors [V, D], or [V, 2·D] for both sides, in the order of the vocabulary."""
    dim = config.dim
    if config.output_vectors == "both":
        return np.hstack([model.rows[parts.slots, :dim], model.columns[parts.slots, :dim]])
    first = model.columns if config.output_vectors == "c" else model.rows
    vectors: F32 = first[parts.slots, :dim]
    if config.output_vectors == "sum":
        for start in range(0, parts.words, 65_536):
            vectors[start : start + 65_536] += model.columns[parts.slots[start : start + 65_536], :dim]
    return vectors
