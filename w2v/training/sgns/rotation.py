"""Skip-gram with negative sampling by rotation of blocks: the same bytes at any number of threads.

The corpus is taken batch by batch: the pairs of a batch are sorted into buckets by the parts into which the vocabulary
is partitioned (sorting.py), and trained on in turns of a fixed order (w2v/kernels/rotation.py). A work item is a turn.
Lock-free training: trainer.py.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from w2v.arrays import F64, I32, I64, Array
from w2v.errors import TrainingError
from w2v.progress import Progress
from w2v.training.beginning import Beginning
from w2v.training.data import Data
from w2v.training.first_rows import FIRST_VECTORS, first_model
from w2v.training.heldout import HeldOut
from w2v.training.negative_sampling import (
    TokenTrainer,
    longest_line,
    model_bytes,
    noise_tables,
    sampling,
)
from w2v.training.sgns.model import SgnsConfig
from w2v.training.sgns.plan import RotationPlan
from w2v.training.sgns.sorting import Sorter
from w2v.training.state import Position
from w2v.training.trainer import KeptData, Requirements
from w2v.training.windows import widths
from w2v.vocab import Vocabulary
from w2v.workers import Done, Segment

if TYPE_CHECKING:
    from w2v.kernels import pairing

__all__ = ["PAUSE", "ROOM", "RotationTrainer"]

ROOM = 2**24  # bytes of pairs that are always held in memory
PAUSE = 0.0002  # seconds that a thread sleeps when another has the part it needs


class _Ready(NamedTuple):
    """A batch that can be trained on. words: of its chunks, before subsampling."""

    parts: pairing.Parts
    batch: pairing.Batch
    pairs: pairing.Pairs
    words: int


class _Batch(NamedTuple):
    """What workers need in a batch.

    turns: int64 [2, P], the rounds that have left each part. losses: float64 [P²], by bucket. ready: None until the
    pairs are sorted.
    """

    turns: I64
    losses: F64
    ready: _Ready | None


class RotationTrainer(TokenTrainer[_Batch]):
    """Skip-gram with negative sampling on a token cache, with a result that does not depend on threads."""

    config: SgnsConfig

    def __init__(
        self,
        tokens: I32,
        vocabulary: Vocabulary,
        config: SgnsConfig,
        *,
        progress: Progress,
        beginning: Beginning | None = None,
    ) -> None:
        from w2v.kernels import rotation
        from w2v.kernels.llvm.compilation import compiling
        from w2v.kernels.work_items import close

        started = time.perf_counter()
        self.given, config = config, config.for_vocabulary(len(vocabulary))
        self.tokens, self.vocabulary, self.config = np.asarray(tokens), vocabulary, config
        self.folder = Path(tempfile.gettempdir())
        self.plan = RotationPlan(
            len(self.tokens), vocabulary, config, widths(config, longest_line(self.tokens, config, progress))
        )
        self.parts, self.batches, self.items = self.plan.parts, self.plan.batches, self.plan.parts**2
        self.threads, self.amount = min(config.worker_threads, self.parts), vocabulary.tokens
        progress.phase(FIRST_VECTORS)
        self.model = first_model(len(vocabulary), config)
        if beginning is not None:
            beginning.fill(self.model, vocabulary)
        with compiling(progress):
            keep = noise_tables(vocabulary, config).keep
            room = max(ROOM, config.memory_bytes - model_bytes(len(vocabulary), config))
            self.sorter = Sorter(self.tokens, keep, config.worker_threads, room, progress)
            self.kernel = rotation.rotation_kernel(self.model.input.shape[1], config.negative)
            no_order = np.empty(0, dtype=np.int32)
            nothing = self.plan.batch(0, 0)._replace(first=self.plan.chunks, chunks=1, order=no_order)
            empty = self.begin(Position(), None)._replace(ready=self._ready(self.plan.partition(0, 0), nothing))
            idle = Segment(1)
            self.work(empty, idle.done[0], idle.loss[0], idle.shared)  # compiles, or loads the code
            close(idle.shared)
            self.sample = HeldOut.draw(self.tokens, vocabulary, sampling(config, self.plan.widths))
        self.seconds = {"compile": time.perf_counter() - started}

    @classmethod
    def open(cls, data: Data, settings: Any, kept: KeptData, progress: Progress) -> Self:
        trainer = super().open(data, settings, kept, progress)
        trainer.folder = data.folder
        return trainer

    @staticmethod
    def requirements(vocabulary: Vocabulary, settings: SgnsConfig) -> Requirements:
        return Requirements(memory=model_bytes(len(vocabulary), settings) + ROOM, width=settings.dim)

    def begin(self, at: Position, before: _Batch | None) -> _Batch:
        from w2v.kernels.turns import turns_before

        turns = turns_before(np.arange(self.parts), at.item)
        return _Batch(turns, np.zeros(self.items), None) if before is None else before._replace(turns=turns)

    def prepare(self, at: Position, batch: _Batch) -> _Batch:
        if batch.ready is not None:
            return batch
        parts = self.plan.partition(at.epoch, at.batch)
        return batch._replace(ready=self._ready(parts, self.plan.batch(at.epoch, at.batch)))

    def work(self, batch: _Batch, done: I64, loss: F64, shared: I64) -> None:
        from w2v.kernels.rotation import Counters

        assert batch.ready is not None
        parts, settings, pairs, _ = batch.ready
        counters = Counters(done, loss, shared, batch.turns, batch.losses)
        held = np.full(1, -1, dtype=np.int64)
        while not self.kernel(pairs, self.model, parts, settings, counters, held):
            time.sleep(PAUSE)

    def arrays(self, batch: _Batch) -> dict[str, Array]:
        return {"words": self.model.input, "contexts": self.model.output, "costs": batch.losses}

    def describe_progress(self, at: Position, batch: _Batch, done: Done) -> tuple[int, dict[str, float]]:
        words = at.done.words
        if batch.ready is not None:
            share = (done.pairs - at.done.pairs) / max(len(batch.ready.pairs.codes), 1)
            words += int(batch.ready.words * share)
        rate = self.plan.rate.at(at.epoch, len(self.tokens) * words // max(self.vocabulary.tokens, 1))
        return words, {"loss": done.mean_loss, "learning_rate": rate}

    def failure(self, at: Position, batch: _Batch, done: Done) -> TrainingError | None:
        return None if done.diverged is None else self.plan.diverged(at)

    def counted_within(self, at: Position, done: Done) -> Done:
        # the order in which workers add up is left to chance; `losses` are added when the batch has ended
        return at.done

    def counted_after(self, at: Position, batch: _Batch, done: Done) -> Done:
        assert batch.ready is not None
        before, loss = at.done, float(batch.losses.sum())
        return Done(
            before.words + batch.ready.words, before.pairs + len(batch.ready.pairs.codes), before.loss + loss, None
        )

    def heldout_loss(self) -> float:
        return self.sample.loss(lambda words: self.model.input[words], self.model.output)

    def _ready(self, parts: pairing.Parts, batch: pairing.Batch) -> _Ready:
        pairs, words = self.sorter.sort(parts, batch, self.folder)
        return _Ready(parts, batch, pairs, words)
