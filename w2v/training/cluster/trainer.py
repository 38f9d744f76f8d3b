"""Training by workers, for the loop of all trainers: a work item is a batch. Alone: w2v/training/sgns/rotation.py."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from typing import Any, NamedTuple, Self, TypeVar

import numpy as np

from w2v.arrays import F32, F64, I32, I64, Array
from w2v.errors import ClusterError, FormatError, OutputError, SettingsError, TrainingError
from w2v.files.fetched import FetchedRows
from w2v.files.rows import FileRows
from w2v.progress import Progress
from w2v.training.cluster.files import LostBlockError
from w2v.training.cluster.graph import BatchFacts, Engine, Graph, Saved, Share, Stuck, Watch
from w2v.training.cluster.moving import warning_of_idle_workers, warning_of_moving
from w2v.training.cluster.run_folder import RunFolder
from w2v.training.cluster.tasks import Job, Side, Summary, compile_kernels
from w2v.training.data import Data, TokenData
from w2v.training.heldout import HeldOut
from w2v.training.negative_sampling import filled_in, longest_line, model_bytes, sampling
from w2v.training.sgns.model import SgnsConfig
from w2v.training.sgns.rotation import ROOM
from w2v.training.state import Position
from w2v.training.subsampling import tell_what_is_kept
from w2v.training.trainer import KeptData, Requirements, Trainer
from w2v.training.windows import widths
from w2v.vocab import Vocabulary
from w2v.workers import Done

__all__ = ["TileTrainer", "Workers"]

R = TypeVar("R")

ATTEMPTS = 3  # with new workers, one after another, that end no batch
IN_ALL = 10  # attempts to end one batch, where those after the last checkpoint are trained again in between
PROCESS = 150_000_000  # bytes of a worker without rows and pairs
COPIES = 2.5  # of the model: blocks, those that are on their way, and those that a tile makes of both
HELD = 1 << 26  # bytes of rows of the held-out sample that are fetched together
EVERY = 60  # seconds of training that may be lost, about: batches are saved in between
LOST = "start again with --no-resume; the run folder must stay as it is while workers train"


@dataclass
class _Kept:
    """A checkpoint, or the beginning where there are no blocks, and the batches that were trained after it."""

    blocks: Saved | None
    since: list[tuple[int, int]] = field(default_factory=list)


class _Batch(NamedTuple):
    """What training needs in a batch. found: what it has come to, empty before."""

    position: Position
    found: list[BatchFacts]


def memory_of_workers(words: int, config: SgnsConfig) -> int:
    """Return the bytes that the model of so many words takes in all workers together, while they train."""
    return int(COPIES * model_bytes(words, config))


def job_of(data: TokenData, settings: SgnsConfig, progress: Progress, share: Share) -> Job:
    """Return the job of a run. share: what each worker may use. Raises SettingsError where workers cannot train it."""
    cache = data.cache
    if not cache.path.exists():
        raise SettingsError(
            "workers must read the encoded corpus, and this run keeps none",
            hint="leave out --no-cache, or name a folder with --cache-dir",
        )
    config = settings.for_vocabulary(len(data.vocabulary))
    room = max(ROOM, share.memory - memory_of_workers(len(data.vocabulary), config) // share.workers - PROCESS)
    values = {field.name: getattr(config, field.name) for field in fields(config)}
    return Job(
        cache=str(cache.path.resolve()),
        fingerprint=cache.report.fingerprint,
        words=len(data.vocabulary),
        tokens=len(cache.tokens),
        settings=tuple(sorted(values.items())),
        widths=widths(config, longest_line(cache.tokens, config, progress)),
        threads=share.threads,
        room=room,
    )


@dataclass(frozen=True)
class Workers(KeptData):
    """What a run by workers has in the place of files of its own: an engine, workers of which each has its share of the
    machines, and a run folder.
    """

    engine: Engine = field(kw_only=True)
    share: Share = field(kw_only=True)
    run_folder: RunFolder = field(kw_only=True)


@dataclass(frozen=True)
class _HeldOutPart:
    """A part of the held-out sample. contexts, targets: the words in it, int32 [n], each once. pairs: their places."""

    contexts: I32
    targets: I32
    pairs: HeldOut

    @classmethod
    def of(cls, sample: HeldOut, words: int) -> Self:
        """words: of the vocabulary."""
        contexts, context_places = _distinct(sample.contexts, words)
        targets, target_places = _distinct(sample.targets, words)
        return cls(contexts, targets, HeldOut(context_places, target_places))


def _distinct(numbers: I32, words: int) -> tuple[I32, I32]:
    """Return the numbers of words that occur, int32 [n], in order, and the place of each number among them."""
    occurs = np.zeros(words, dtype=np.bool_)
    occurs[numbers] = True
    places = np.cumsum(occurs, dtype=np.int32) - np.int32(1)
    return np.flatnonzero(occurs).astype(np.int32), places[numbers]


class TileTrainer(Trainer[_Batch]):
    """Deterministic skip-gram whose rows are with workers, also when they are written; this process has a few rows."""

    items, threads = 1, 1

    def __init__(self, data: TokenData, settings: SgnsConfig, workers: Workers, progress: Progress) -> None:
        from w2v.kernels.llvm.compilation import compiling

        started = time.perf_counter()
        job = job_of(data, settings, progress, workers.share)
        self.given, self.config, self.vocabulary = settings, job.config, data.vocabulary
        self.engine, self.folder, self.progress = workers.engine, workers.run_folder, progress
        with compiling(progress):
            compile_kernels(job)
        self.left = tell_what_is_kept(data.cache.tokens, data.vocabulary, settings, progress)
        self.graph = Graph(job, self.engine)
        self.plan, self.batches, self.amount = self.graph.plan, self.graph.plan.batches, data.vocabulary.tokens
        sample = HeldOut.draw(data.cache.tokens, data.vocabulary, sampling(self.config, self.plan.widths))
        width, words = self.graph.width, len(data.vocabulary)
        self.heldout = [_HeldOutPart.of(part, words) for part in sample.parts(HELD // (4 * width), width)]
        for told in (
            warning_of_idle_workers(self.plan, workers.share.workers),
            warning_of_moving(self.plan, words, width, workers.share.workers),
        ):
            if told is not None:
                progress.message(told, "warning")
        self.kept, self.saved_time = [_Kept(self.folder.blocks)], time.monotonic()  # the newest last, two at most
        self.cpu_elsewhere = 0.0
        self.of_batch = (0, 0)  # words and pairs of the batch that is being trained
        self.repeated = 0  # tiles that were trained again because workers were stuck
        progress.phase("starting workers")  # not before: they find the code, and nobody must watch them meanwhile
        self._begin(job)
        self._compare_processors()
        self.seconds = {"compile": time.perf_counter() - started}
        seconds, cpu_seconds = self.folder.clock
        self.clock = seconds - time.perf_counter(), cpu_seconds - time.process_time()

    @classmethod
    def open(cls, data: Data, settings: Any, kept: KeptData, progress: Progress) -> Self:
        assert isinstance(data, TokenData)
        assert isinstance(kept, Workers)
        return cls(data, settings, kept, progress)

    @staticmethod
    def requirements(vocabulary: Vocabulary, settings: SgnsConfig) -> Requirements:
        memory, model = memory_of_workers(len(vocabulary), settings), model_bytes(len(vocabulary), settings)
        return Requirements(memory=memory, width=settings.dim, of_worker=PROCESS + ROOM, checkpoint=model)

    def begin(self, at: Position, before: _Batch | None) -> _Batch:
        if before is not None:
            return before
        every = min(EVERY, self.folder.every.seconds or EVERY)
        due = at.epoch == self.config.epochs or time.monotonic() - self.saved_time >= every
        if self.kept[-1].since and due:
            self._save(at)
        return _Batch(at, [])

    def work(self, batch: _Batch, done: I64, loss: F64, shared: I64) -> None:
        from w2v.kernels.work_items import take

        if take(shared) < 0:
            return

        def watch() -> None:
            if shared[0] or shared[1] > 1:  # what was left is withdrawn: somebody has stopped training
                raise KeyboardInterrupt

        def told(pairs: int, of_batch: int, words: int) -> None:
            done[1] += pairs
            self.of_batch = words, of_batch

        def train() -> BatchFacts:
            done[1] = before
            return self.graph.train(batch.position.epoch, batch.position.batch, told, watch)

        before = int(done[1])
        facts = self._where_stuck(train, watch)
        done[1], done[3] = before + facts.pairs, int(facts.diverged)
        loss[0] += float(facts.losses.sum())
        self.cpu_elsewhere += facts.cpu_seconds
        self.kept[-1].since.append((batch.position.epoch, batch.position.batch))
        batch.found.append(facts)

    def arrays(self, batch: _Batch) -> dict[str, Array]:
        return {}  # blocks are saved by workers

    def vectors(self) -> dict[str, F32 | FileRows]:
        finite = np.isfinite(self.summary.norms).all()
        found: dict[str, F32 | FileRows] = {"words": self._fetched("inputs", is_finite=bool(finite))}
        if self.config.keep_contexts:
            found["contexts"] = self._fetched("outputs")
        return found

    def norms(self) -> F64:
        return self.summary.norms

    def words_without_pairs(self) -> I64:
        return np.flatnonzero(self.summary.unchanged)

    @cached_property
    def summary(self) -> Summary:
        """What there is to tell of the vectors, when training has ended."""
        return self._where_stuck(self.graph.summary)

    def _fetched(self, side: Side, *, is_finite: bool = False) -> FetchedRows:
        """Return the rows of all words, which stay with the workers until they are asked for."""
        words, dim = len(self.vocabulary), self.config.dim

        def fetch(start: int, stop: int) -> F32:
            return self._rows_of(side, np.arange(start, stop, dtype=np.int32))[:, :dim]

        return FetchedRows(fetch, (words, dim), is_finite=is_finite)

    def filled_in(self) -> Mapping[str, Any]:
        return filled_in(self.given, self.config)

    def shares(self) -> Mapping[str, float]:
        return self.left.to_dict()

    def describe_progress(self, at: Position, batch: _Batch, done: Done) -> tuple[int, dict[str, float]]:
        words, pairs = self.of_batch
        trained = at.done.words + words * (done.pairs - at.done.pairs) // max(pairs, 1)
        figures = dict(self.engine.figures())
        if self.repeated:
            figures["repeated"] = figures.get("repeated", 0) + self.repeated
        return trained, figures

    def failure(self, at: Position, batch: _Batch, done: Done) -> TrainingError | None:
        return None if done.diverged is None else self.plan.diverged(at)

    def counted_within(self, at: Position, done: Done) -> Done:
        return at.done

    def counted_after(self, at: Position, batch: _Batch, done: Done) -> Done:
        facts, before = batch.found[-1], at.done
        loss = before.loss + float(facts.losses.sum())
        return Done(before.words + facts.words, before.pairs + facts.pairs, loss, None)

    def heldout_loss(self) -> float:
        total, pairs = 0.0, sum(len(part.pairs.contexts) for part in self.heldout)
        for part in self.heldout:
            total = self._add_losses(part, total)
        return total / pairs if pairs else float("nan")

    def _add_losses(self, part: _HeldOutPart, total: float) -> float:
        inputs, outputs = self._rows_of("inputs", part.contexts), self._rows_of("outputs", part.targets)
        return part.pairs.add_losses(total, lambda chosen: inputs[chosen], outputs)

    def _rows_of(self, side: Side, words: I32) -> F32:
        return self._where_stuck(lambda: self.graph.rows_of(side, words))

    def _begin(self, job: Job) -> None:
        """Let the workers begin: with the blocks of the checkpoint, or those of the beginning."""
        begun: list[bool] = []

        def begin() -> None:
            if not begun:
                begun.append(True)
                self.engine.begin(job)
            self._take_blocks()

        self._where_stuck(begin)

    def _compare_processors(self) -> None:
        """Warn where the run was begun by processors that give other bytes."""
        before, now = self.folder.processor, self.engine.processor()
        if before and now and before != now:
            text = f"workers have {now}, and those that began the run had {before}"
            self.progress.message(f"bytes may differ from those of an unbroken run: {text}", "warning")

    def _take_blocks(self) -> None:
        blocks = self.kept[-1].blocks
        if blocks is None:
            self.graph.begin()
        else:
            self.graph.restore(blocks)

    def _where_stuck(self, action: Callable[[], R], watch: Watch = lambda: None) -> R:
        """Do something by workers; where they are stuck, begin anew at the last checkpoint, with new workers.

        Where a block of that checkpoint cannot be read any more, begin at the one before it. watch: as in
        `Engine.results`. Raises ClusterError where new workers are stuck again and again.
        """
        anew, restart, attempts, in_all = False, False, 0, 0
        while True:
            try:
                if restart:
                    restart = False
                    self.engine.restart()
                if anew:
                    self._take_blocks()
                    for epoch, number in self.kept[-1].since:
                        self.graph.train(epoch, number, self._again, watch)
                        attempts = 0
                return action()
            except LostBlockError as error:
                if not self._step_back():
                    raise FormatError(error.message, hint=LOST) from error
                self.progress.message(f"{error.message}: going on from the checkpoint before it", "warning")
            except Stuck as stuck:
                attempts, in_all = attempts + 1, in_all + 1
                if attempts == ATTEMPTS or in_all == IN_ALL:
                    raise ClusterError(
                        f"the workers were stuck {in_all} times, also after they were started again ({stuck})",
                        hint="continue the run with --resume, and other workers",
                    ) from stuck
                self.progress.message(f"{stuck}: training goes on from the last checkpoint", "warning")
                restart = True
            anew = True

    def _again(self, pairs: int, of_batch: int, words: int) -> None:
        """Count a tile that is trained again."""
        self.repeated += 1

    def _step_back(self) -> bool:
        """Take the checkpoint before the last one, or the beginning; return whether there is one."""
        if len(self.kept) == 1:
            return False
        last = self.kept.pop()
        self.folder.put_last(last.blocks)
        self.kept[-1].since += last.since
        return True

    def _save(self, at: Position) -> None:
        """Save all blocks, and where training stands. A failure is only a warning; the next time comes."""
        try:
            saved = self._where_stuck(lambda: self.graph.save(self.folder.folder_for(at.epoch, at.batch)))
            self.kept = [self.kept[-1], _Kept(saved)]
            seconds, cpu_seconds = time.perf_counter() + self.clock[0], time.process_time() + self.clock[1]
            clock = {"seconds": seconds, "cpu_seconds": cpu_seconds + self.cpu_elsewhere}
            self.folder.add(asdict(at) | clock, saved, self.engine.processor())
        except OutputError as error:
            self.folder.discard(at.epoch, at.batch)
            self.progress.message(f"no checkpoint: {error.message} ({error.hint})", "warning")
        self.saved_time = time.monotonic()
