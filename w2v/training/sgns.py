"""Training skip-gram with negative sampling: memory, epochs, loss, progress. Not here: the arithmetic (kernels.sgns).

Updates are lock-free (Hogwild: Niu et al. 2011). Learning rate and random numbers belong to places in the corpus, not
to threads; with one thread the same seed gives the same bytes. Workers rest between chunks, so where training stands is
both matrices, the number of the epoch and that of the next chunk.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from w2v.arrays import F64, I32, I64
from w2v.config import SgnsConfig
from w2v.errors import FormatError, TrainingError
from w2v.progress import Progress
from w2v.training.probe import Probe
from w2v.training.schedule import LinearRate
from w2v.training.trainer import Clock, Due, State, Trained, aligned, fill, is_finite
from w2v.vocab import Vocabulary
from w2v.workers import NOTHING, Done, Pause, Stretch, run_workers

if TYPE_CHECKING:
    from w2v.kernels import sgns

__all__ = ["SgnsTrainer", "diverged", "first_model", "noise_tables", "training_bytes"]


@dataclass(frozen=True)
class _Place:
    """Where training stands: the epoch and its next chunk, what has been done in this epoch, and in those before."""

    epoch: int = 0
    chunk: int = 0
    done: Done = NOTHING
    loss: tuple[float, ...] = ()
    probe_loss: tuple[float, ...] = ()
    words: int = 0
    pairs: int = 0


class _Now(NamedTuple):
    """Where the current stretch of work began, and its counters: always replaced together."""

    place: _Place
    stretch: Stretch


class SgnsTrainer:
    """A `Trainer` of skip-gram with negative sampling, on a token cache: ids int32 [N], -1 ends a sentence."""

    def __init__(self, tokens: I32, vocabulary: Vocabulary, config: SgnsConfig, *, progress: Progress) -> None:
        from w2v.kernels import sgns  # Numba is imported when it is first needed
        from w2v.kernels.tickets import close

        started = time.perf_counter()
        progress.phase("compiling kernels (first run only)")
        self.tokens, self.vocabulary, self.config, self.progress = np.asarray(tokens), vocabulary, config, progress
        self.chunks = -(-len(self.tokens) // sgns.CHUNK)
        self.rate = LinearRate(config.learning_rate, len(self.tokens), config.epochs)
        self.model = first_model(len(vocabulary), config)
        self.noise = noise_tables(vocabulary, config)
        make = sgns.shared_kernel if config.shared_negatives else sgns.exact_kernel
        self.kernel = make(self.model.input.shape[1], config.negative)
        nothing = Stretch(1)
        self._work(nothing.done[0], nothing.loss[0], nothing.shared, self.tokens[:0])  # compiles, or loads the code
        close(nothing.shared)
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
                self._tell(done, epoch)
                if due(epoch):
                    raise Pause

            done = run_workers(self._work, self.config.worker_threads, watch, self.now.stretch)
            if done.diverged is not None:
                raise diverged(epoch, done.diverged, self.rate)
            place = self._place()
            if place.chunk < self.chunks:
                self.now = self._begin(place)
                return False
            self._end_epoch()
            if epoch + 1 < epochs and due(epoch + 1):
                return False
        return True

    def state(self) -> State | None:
        if self.now.stretch.ticket is None or not all(is_finite(matrix) for matrix in self.model):
            return None
        arrays = {"words": self.model.input, "contexts": self.model.output}
        return State(asdict(self._place()), arrays, self.clock.seconds, self.clock.cpu_seconds)

    def restore(self, state: State) -> None:
        position = dict(state.position)
        lists = {name: tuple(position[name]) for name in ("loss", "probe_loss")}
        place = _Place(**position | lists | {"done": Done(**position["done"])})
        if not (0 <= place.epoch <= self.config.epochs and 0 <= place.chunk <= self.chunks):
            raise FormatError(f"the checkpoint stands in epoch {place.epoch + 1}, at chunk {place.chunk:,}")
        fill(self.model.input, state, "words")
        fill(self.model.output, state, "contexts")
        self.clock = Clock(state.seconds, state.cpu_seconds)
        self.now = self._begin(place)

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

    def _work(
        self,
        done: I64,
        loss: F64,
        shared: I64,
        tokens: I32 | None = None,
    ) -> None:
        from w2v.kernels import sgns
        from w2v.kernels.rng import split

        epoch = self.now.place.epoch if tokens is None else 0
        seed = np.uint64(split(self.config.seed, epoch))
        schedule = sgns.Schedule(seed, self.config.window, self.rate.at(epoch), self.rate.slope, self.rate.floor)
        tokens = self.tokens if tokens is None else tokens
        self.kernel(tokens, self.model, self.noise, schedule, sgns.Counters(done, loss, shared))

    def _begin(self, place: _Place) -> _Now:
        return _Now(place, Stretch(self.config.worker_threads, self.chunks, place.chunk, place.done))

    def _place(self) -> _Place:
        """Where training stands while no worker is at it."""
        place, stretch = self.now
        assert stretch.ticket is not None
        return replace(place, chunk=stretch.ticket, done=stretch.so_far)

    def _end_epoch(self) -> None:
        place = self._place()
        loss, probe_loss = place.done.mean_loss, self.probe.loss(*self.model)
        self.now = self._begin(
            _Place(
                epoch=place.epoch + 1,
                loss=(*place.loss, loss),
                probe_loss=(*place.probe_loss, probe_loss),
                words=place.words + place.done.words,
                pairs=place.pairs + place.done.pairs,
            )
        )
        self.progress.message(f"epoch {place.epoch + 1}: loss {loss:.4f}, on the probe {probe_loss:.4f}", "detail")

    def _tell(self, done: Done, epoch: int) -> None:
        if done.pairs:
            position = len(self.tokens) * done.words // max(self.vocabulary.tokens, 1)
            self.progress.update(done.words, loss=done.mean_loss, learning_rate=self.rate.at(epoch, position))


def diverged(epoch: int, chunk: int, rate: LinearRate) -> TrainingError:
    """What to raise when a score was not finite in a chunk of an epoch, both from 0."""
    from w2v.kernels.sgns import CHUNK

    token = chunk * CHUNK
    return TrainingError(
        f"training diverged: a score was not finite in epoch {epoch + 1}, near token {token:,}, "
        f"at learning rate {rate.at(epoch, token):.4g}; nothing was written",
        hint=f"train again with a smaller --learning-rate than {rate.start:g}",
    )


def training_bytes(words: int, config: SgnsConfig) -> int:
    """The bytes of both matrices, and of the vectors made of them, for so many words."""
    from w2v.kernels import sgns

    return 2 * (words + 1) * sgns.padded(config.dim) * 4 + words * config.dim * 4


def first_model(words: int, config: SgnsConfig) -> sgns.Model:
    """Input vectors uniform in ±0.5/dim, output vectors 0, as in word2vec.c; the padding is 0 and stays so."""
    from w2v.kernels import sgns

    width = sgns.padded(config.dim)
    inputs, outputs = aligned(words + 1, width), aligned(words + 1, width)
    rng = np.random.default_rng([config.seed, 0x1417])
    for start in range(0, words, 65_536):  # in parts, so that no second matrix is ever held
        part = inputs[start : min(start + 65_536, words), : config.dim]
        part[:] = (rng.random(part.shape, dtype=np.float32) - np.float32(0.5)) / np.float32(config.dim)
    return sgns.Model(inputs, outputs)


def noise_tables(vocabulary: Vocabulary, config: SgnsConfig) -> sgns.Noise:
    """What subsampling and noise words are drawn from."""
    from w2v.kernels import sgns
    from w2v.kernels.rng import alias_table

    keep = vocabulary.keep_probabilities(config.sample).astype(np.float64) * 2.0**32
    threshold, alias = alias_table(vocabulary.noise_distribution())
    return sgns.Noise(np.minimum(keep, 2.0**32 - 1).astype(np.uint32), threshold, alias)
