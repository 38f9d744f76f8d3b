"""Training skip-gram with negative sampling by rotation of blocks: the same bytes at any number of threads.

The corpus is taken batch by batch: its pairs are sorted into buckets by the parts of the vocabulary that their words
were dealt to, and trained on in turns whose order nothing changes (kernels.pairing, kernels.rotation). Where training
stands is both matrices and the number of epoch, batch and turn; the rest follows from corpus, settings and seed.
Not here: the arithmetic, and the lock-free way (sgns.py).
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from w2v.arrays import F64, I32, I64, Array
from w2v.config import SgnsConfig
from w2v.errors import FormatError
from w2v.progress import Progress
from w2v.training import sgns
from w2v.training.probe import Probe
from w2v.training.schedule import LinearRate
from w2v.training.trainer import Clock, Due, State, Trained, fill, is_finite
from w2v.vocab import Vocabulary
from w2v.workers import NOTHING, Done, Pause, Stretch, run_workers

if TYPE_CHECKING:
    from w2v.kernels import pairing

__all__ = ["RotationTrainer", "parts_for", "training_bytes"]

PARTS = 16  # of the vocabulary, whatever the threads; more threads than that are of no use
WORDS = 64  # that a part has at least: a centre's noise words come from its own part
BATCHES = 8  # in an epoch at least, where the corpus has as many chunks
BATCH = 2**24  # pairs in memory at once, about, if nothing is subsampled: 8 bytes each
DEALING = 16  # tokens for each word of the vocabulary, before it is dealt anew
PAUSE = 0.0002  # seconds that a thread sleeps when another has the part it needs


def parts_for(words: int) -> int:
    """The number of parts that a vocabulary is dealt to: it depends on nothing else."""
    return max(1, min(PARTS, words // WORDS))


def training_bytes(words: int, config: SgnsConfig) -> int:
    """The bytes of both matrices and the vectors made of them, as of lock-free training, and of a batch of pairs."""
    from w2v.kernels.sgns import CHUNK

    return sgns.training_bytes(words, config) + 8 * max(BATCH, CHUNK * (config.window + 1))


@dataclass(frozen=True)
class _Place:
    """Where training stands: epoch, batch and its next turn; what was done in this epoch before the batch, and before.

    loss, probe_loss, words, pairs: of the epochs before.
    """

    epoch: int = 0
    batch: int = 0
    turn: int = 0
    done: Done = NOTHING
    loss: tuple[float, ...] = ()
    probe_loss: tuple[float, ...] = ()
    words: int = 0
    pairs: int = 0


class _Sorted(NamedTuple):
    """A batch, ready to be trained on: its pairs and where each bucket begins, as `kernels.rotation` takes them."""

    parts: pairing.Parts
    batch: pairing.Batch
    pairs: I32
    buckets: I64
    words: int


class _Now(NamedTuple):
    """The current stretch of work: where it began, its counters, turns, losses, pairs; always replaced together.

    turns: int64 [2, P], the rounds that have left each part. losses: float64 [P²], of the batch, by bucket.
    """

    place: _Place
    stretch: Stretch
    turns: I64
    losses: F64
    ready: _Sorted | None


class RotationTrainer:
    """A `Trainer` of skip-gram with negative sampling whose result does not depend on threads."""

    def __init__(self, tokens: I32, vocabulary: Vocabulary, config: SgnsConfig, *, progress: Progress) -> None:
        from w2v.kernels import rotation
        from w2v.kernels.sgns import CHUNK
        from w2v.kernels.tickets import close

        started = time.perf_counter()
        progress.phase("compiling kernels (first run only)")
        self.tokens, self.vocabulary, self.config, self.progress = np.asarray(tokens), vocabulary, config, progress
        self.rate = LinearRate(config.learning_rate, len(self.tokens), config.epochs)
        self.model = sgns.first_model(len(vocabulary), config)
        self.keep = sgns.noise_tables(vocabulary, config).keep
        self.noise = vocabulary.noise_distribution()
        self.parts = parts_for(len(vocabulary))
        self.chunks = max(1, -(-len(self.tokens) // CHUNK))
        self.at_once = max(1, min(-(-self.chunks // BATCHES), BATCH // (CHUNK * (config.window + 1))))
        self.batches = -(-self.chunks // self.at_once)
        self.a_deal = -(-DEALING * len(vocabulary) // (self.at_once * CHUNK))
        self.kernel = rotation.rotation_kernel(self.model.input.shape[1], config.negative)
        self.dealt: dict[tuple[int, int], pairing.Parts] = {}
        nothing = self._batch(0, 0)._replace(first=self.chunks, chunks=1)
        self.now = self._begin(_Place(), ready=self._sort(self._deal(0, 0), nothing))
        idle = Stretch(1)
        self._work(idle.done[0], idle.loss[0], idle.shared)  # compiles, or loads the code
        close(idle.shared)
        self.probe = Probe.draw(self.tokens, vocabulary, config)
        self.compiling = time.perf_counter() - started
        self.clock = Clock()
        self.announced = -1
        self.now = self._begin(_Place(probe_loss=(self.probe.loss(*self.model),)))

    def run(self, due: Due) -> bool:
        epochs = self.config.epochs
        while (epoch := self.now.place.epoch) < epochs:
            if epoch != self.announced:
                before = self.now.place.done.words
                self.progress.phase(f"epoch {epoch + 1}/{epochs}", self.vocabulary.tokens, "words", before)
                self.announced = epoch

            def watch(done: Done, epoch: int = epoch) -> None:
                self._tell(done)
                if due(epoch):
                    raise Pause

            if self.now.ready is None:
                batch = self.now.place.batch
                self.now = self.now._replace(ready=self._sort(self._deal(epoch, batch), self._batch(epoch, batch)))
            done = run_workers(self._work, self._threads, watch, self.now.stretch)
            if done.diverged is not None:
                raise sgns.diverged(epoch, self.now.place.batch * self.at_once, self.rate)
            place = self._place()
            if place.turn < len(self.now.losses):
                self.now = self._begin(place, self.now.losses, self.now.ready)
                return False
            self._end_batch()
            if epoch < self.now.place.epoch < epochs and due(epoch + 1):
                return False
        return True

    def state(self) -> State | None:
        if self.now.stretch.ticket is None or not all(is_finite(matrix) for matrix in self.model):
            return None
        arrays: dict[str, Array] = {
            "words": self.model.input,
            "contexts": self.model.output,
            "costs": self.now.losses,
        }
        return State(asdict(self._place()), arrays, self.clock.seconds, self.clock.cpu_seconds)

    def restore(self, state: State) -> None:
        position = dict(state.position)
        lists = {name: tuple(position[name]) for name in ("loss", "probe_loss")}
        place = _Place(**position | lists | {"done": Done(**position["done"])})
        limits = self.config.epochs, self.batches - 1, self.parts**2
        if not all(0 <= at <= most for at, most in zip((place.epoch, place.batch, place.turn), limits, strict=True)):
            raise FormatError(
                f"the checkpoint stands in epoch {place.epoch + 1}, batch {place.batch}, turn {place.turn}"
            )
        losses = np.zeros(limits[-1])
        for array, name in ((self.model.input, "words"), (self.model.output, "contexts"), (losses, "costs")):
            fill(array, state, name)
        self.clock = Clock(state.seconds, state.cpu_seconds)
        self.now = self._begin(place, losses)

    def result(self) -> Trained:
        place = self.now.place
        return Trained(
            matrix=np.ascontiguousarray(self.model.input[:-1, : self.config.dim]),
            loss=place.loss,
            probe_loss=place.probe_loss,
            seconds={"compile": self.compiling, "train": self.clock.seconds},
            words=place.words,
            pairs=place.pairs,
            cpu_seconds=self.clock.cpu_seconds,
        )

    @property
    def _threads(self) -> int:
        return min(self.config.worker_threads, self.parts)

    def _deal(self, epoch: int, batch: int) -> pairing.Parts:
        """The vocabulary as it is dealt for a batch, and for some that follow."""
        from w2v.kernels.pairing import deal

        key = (epoch, batch - batch % self.a_deal)
        if key not in self.dealt:
            self.dealt = {key: deal(self.noise, self.parts, np.random.default_rng([self.config.seed, 0xDEA1, *key]))}
        return self.dealt[key]

    def _batch(self, epoch: int, number: int) -> pairing.Batch:
        from w2v.kernels.pairing import Batch
        from w2v.kernels.rng import split
        from w2v.kernels.sgns import CHUNK

        first = number * self.at_once
        return Batch(
            chunk_seed=np.uint64(split(self.config.seed, epoch)),
            bucket_seed=np.uint64(split(self.config.seed, epoch, number)),
            first=first,
            chunks=min(self.at_once, self.chunks - first),
            window=self.config.window,
            rate=self.rate.at(epoch, first * CHUNK),
            slope=self.rate.slope * CHUNK,
            floor=self.rate.floor,
        )

    def _sort(self, parts: pairing.Parts, batch: pairing.Batch) -> _Sorted:
        """Count the pairs of each chunk and bucket, then lay them: in the same order, whoever does it."""
        from w2v.kernels.pairing import sort_pairs

        tokens, keep, number = self.tokens, self.keep, self.parts
        starts = np.zeros((batch.chunks, number**2), dtype=np.int64)
        pairs = np.empty((0, 2), dtype=np.int32)

        def work(done: I64, _: F64, shared: I64) -> None:
            sort_pairs(tokens, keep, parts.of, number, batch, starts, pairs, done, shared)

        threads = self.config.worker_threads
        words = run_workers(work, threads, lambda _: None, Stretch(threads, batch.chunks)).words
        sizes = starts.T
        ends = np.cumsum(sizes).reshape(sizes.shape)
        starts = (ends - sizes).T.copy()
        pairs = np.empty((sizes.sum(), 2), dtype=np.int32)
        run_workers(work, threads, lambda _: None, Stretch(threads, batch.chunks))
        buckets = np.zeros(number**2 + 1, dtype=np.int64)
        buckets[1:] = ends[:, -1]
        return _Sorted(parts, batch, pairs, buckets, words)

    def _work(self, done: I64, loss: F64, shared: I64) -> None:
        from w2v.kernels.rotation import Counters

        now = self.now
        assert now.ready is not None
        parts, batch, pairs, buckets, _ = now.ready
        counters = Counters(done, loss, shared, now.turns, now.losses)
        held = np.full(1, -1, dtype=np.int64)
        while not self.kernel(pairs, buckets, self.model, parts, batch, counters, held):
            time.sleep(PAUSE)

    def _begin(self, place: _Place, losses: F64 | None = None, ready: _Sorted | None = None) -> _Now:
        from w2v.kernels.turns import turns_before

        new = np.zeros(self.parts**2) if losses is None else losses
        stretch = Stretch(self._threads, len(new), place.turn, place.done)
        return _Now(place, stretch, turns_before(np.arange(self.parts), place.turn), new, ready)

    def _place(self) -> _Place:
        """Where training stands while no worker is at it."""
        place, stretch = self.now.place, self.now.stretch
        assert stretch.ticket is not None
        return replace(place, turn=stretch.ticket)

    def _end_batch(self) -> None:
        place, losses, ready = self.now.place, self.now.losses, self.now.ready
        assert ready is not None
        before = place.done
        done = Done(
            before.words + ready.words, before.pairs + len(ready.pairs), before.loss + float(losses.sum()), None
        )
        if place.batch + 1 < self.batches:
            self.now = self._begin(replace(place, batch=place.batch + 1, turn=0, done=done))
            return
        probe_loss = self.probe.loss(*self.model)
        self.now = self._begin(
            _Place(
                epoch=place.epoch + 1,
                loss=(*place.loss, done.mean_loss),
                probe_loss=(*place.probe_loss, probe_loss),
                words=place.words + done.words,
                pairs=place.pairs + done.pairs,
            )
        )
        told = f"epoch {place.epoch + 1}: loss {done.mean_loss:.4f}, on the probe {probe_loss:.4f}"
        self.progress.message(told, "detail")

    def _tell(self, done: Done) -> None:
        place, ready = self.now.place, self.now.ready
        if done.pairs and ready is not None:
            share = (done.pairs - place.done.pairs) / max(len(ready.pairs), 1)
            words = place.done.words + int(ready.words * share)
            rate = self.rate.at(place.epoch, len(self.tokens) * words // max(self.vocabulary.tokens, 1))
            self.progress.update(words, loss=done.mean_loss, learning_rate=rate)
