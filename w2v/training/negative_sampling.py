"""The trainer that models with a window and noise words share: chunks of a token cache, trained on without locks.

Updates are lock-free (Hogwild: Niu et al. 2011). Learning rate and random numbers belong to places in the corpus, not
to threads; with one thread the same seed gives the same bytes. A work item is a chunk of the token cache; if the chunks
are shuffled, it is the place of a chunk in the order of the epoch. What a model adds: sgns/trainer.py,
sgns/subwords.py, cbow/trainer.py.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

import numpy as np

from w2v.arrays import F32, F64, I32, I64, Array
from w2v.errors import TrainingError
from w2v.progress import Progress
from w2v.settings import plain_values
from w2v.training.beginning import Beginning
from w2v.training.data import Data, TokenData
from w2v.training.first_rows import FIRST_VECTORS, first_model, rows_as_they_began
from w2v.training.heldout import RowsOf, Sampling
from w2v.training.schedule import LinearRate
from w2v.training.state import Position
from w2v.training.subsampling import Kept, tell_what_is_kept
from w2v.training.trainer import KeptData, Requirements, Trainer
from w2v.training.windows import LONGEST, WHOLE, WindowSettings, weights_by_distance, widths
from w2v.vocab import Vocabulary
from w2v.workers import Done, Segment

if TYPE_CHECKING:
    from w2v.kernels import negative_sampling
    from w2v.kernels.frequent import Frequent

__all__ = [
    "LockFreeTrainer",
    "Sample",
    "TokenTrainer",
    "chunk_order",
    "diverged",
    "filled_in",
    "frequent_in",
    "longest_line",
    "model_bytes",
    "noise_tables",
    "sampling",
]


B = TypeVar("B")
LOOKED_AT = 1 << 22  # tokens that are looked at together
HOMECOMINGS = 32  # of a word's rows from each thread in an epoch, at least
COPIES = 8 << 20  # bytes of the copies of a thread, at most
MANY = 1_000  # words of a line; baskets have fewer
SHORTER = "break lines into baskets of at most some hundred words, or give a number, such as --window 10"


class Sample(Protocol):
    """A sample of the text on which a loss is measured (heldout.py)."""

    def loss(self, rows_of: RowsOf, outputs: F32) -> float: ...


class TokenTrainer(Trainer[B]):
    """The base of the trainers on a token cache with subsampling, whose model lies in memory.

    It says how a run opens them, what the run then tells, and what the result is: the rows of both matrices.
    """

    model: negative_sampling.Model
    vocabulary: Vocabulary
    given: WindowSettings  # before values that were None were filled in
    config: WindowSettings
    left: Kept | None = None  # what subsampling leaves, where the trainer was opened by a run

    @abstractmethod
    def __init__(
        self,
        tokens: I32,
        vocabulary: Vocabulary,
        config: Any,
        *,
        progress: Progress,
        beginning: Beginning | None = None,
    ) -> None: ...

    @classmethod
    def open(cls, data: Data, settings: Any, kept: KeptData, progress: Progress) -> Self:
        assert isinstance(data, TokenData)
        left = tell_what_is_kept(data.cache.tokens, data.vocabulary, settings, progress)
        trainer = cls(data.cache.tokens, data.vocabulary, settings, progress=progress, beginning=data.beginning)
        trainer.left = left
        return trainer

    def shares(self) -> Mapping[str, float]:
        return {} if self.left is None else self.left.to_dict()

    def vectors(self) -> dict[str, F32]:
        return {"words": self.model.input[:-1, : self.config.dim], **self.contexts()}

    def contexts(self) -> dict[str, F32]:
        """Return the vectors of the words as contexts, where they are asked for."""
        if not self.config.keep_contexts:
            return {}
        return {"contexts": self.model.output[: len(self.vocabulary), : self.config.dim]}

    def words_without_pairs(self) -> I64:
        return rows_as_they_began(self.model.input, len(self.vocabulary), self.config)

    def filled_in(self) -> Mapping[str, Any]:
        return filled_in(self.given, self.config)


class LockFreeTrainer(TokenTrainer["negative_sampling.Schedule"]):
    """Lock-free training with negative sampling on a token cache: ids int32 [N], -1 ends a sentence.

    A model says which kernel trains it, and which held-out sample it has; its input rows are those of the words unless
    it says otherwise.
    """

    def __init__(
        self,
        tokens: I32,
        vocabulary: Vocabulary,
        config: WindowSettings,
        *,
        progress: Progress,
        beginning: Beginning | None = None,
    ) -> None:
        from w2v.kernels.llvm.compilation import compiling  # Numba is imported when it is first needed
        from w2v.kernels.negative_sampling import CHUNK
        from w2v.kernels.work_items import close

        started = time.perf_counter()
        self.given, config = config, config.for_vocabulary(len(vocabulary))
        self.tokens, self.vocabulary, self.config = np.asarray(tokens), vocabulary, config
        self.items, self.threads, self.amount = -(-len(tokens) // CHUNK), config.worker_threads, vocabulary.tokens
        self.rate = LinearRate(config.initial_rate, len(self.tokens), config.epochs, config.final_learning_rate)
        self.beginning = beginning
        self.weights = weights_by_distance(config)
        self.widths = widths(config, longest_line(self.tokens, config, progress))
        progress.phase(FIRST_VECTORS)
        self.model = self.first_model()
        if beginning is not None:
            self.begin_with(beginning)
        with compiling(progress):
            self.noise = noise_tables(vocabulary, config)
            self.frequent = self.frequent_words()
            self.kernel = self.make_kernel(self.model.output.shape[1])
            nothing = Segment(1)
            self._run(self.tokens[:0], self.begin(Position(), None), nothing.done[0], nothing.loss[0], nothing.shared)
            close(nothing.shared)
            self.sample = self.draw_sample(sampling(config, self.widths))
        self.seconds = {"compile": time.perf_counter() - started}

    @abstractmethod
    def make_kernel(self, width: int) -> Callable[..., None]:
        """Return the kernel, for rows of `width` floats. It takes the arguments of `kernels.sgns.shared_kernel`."""

    def frequent_words(self) -> Frequent:
        """Return of which words each thread keeps copies of its own: where rows are frozen, kernels keep others."""
        from w2v.kernels.frequent import Frequent

        if self.beginning is not None and self.beginning.freeze is not None:
            return Frequent()
        return frequent_in(self.vocabulary, self.config, self.model.output.shape[1], self.threads)

    @abstractmethod
    def draw_sample(self, how: Sampling) -> Sample:
        """Return the sample of the text on which the held-out loss is measured."""

    def first_model(self) -> negative_sampling.Model:
        """Return both matrices as they begin."""
        return first_model(len(self.vocabulary), self.config)

    def begin_with(self, beginning: Beginning) -> None:
        """Put the vectors of a file in the place of those of the first model."""
        beginning.fill(self.model, self.vocabulary)

    def rows_of(self, words: I32) -> F32:
        """Return the input vectors of words [n], float32 [n, padded dim]."""
        return self.model.input[words]

    @staticmethod
    def requirements(vocabulary: Vocabulary, settings: Any) -> Requirements:
        return Requirements(memory=model_bytes(len(vocabulary), settings), width=settings.dim)

    def begin(self, at: Position, before: negative_sampling.Schedule | None) -> negative_sampling.Schedule:
        from w2v.kernels.negative_sampling import Schedule
        from w2v.kernels.rng import split

        seed = np.uint64(split(self.config.seed, at.epoch))
        least, window = self.widths
        order, weights = chunk_order(self.config, self.items, at.epoch), np.array(self.weights or (), dtype=np.float32)
        rate = self.rate.at(at.epoch), self.rate.slope, self.rate.floor
        return Schedule(seed, window, *rate, least, order, weights, self.frequent)

    def work(self, batch: negative_sampling.Schedule, done: I64, loss: F64, shared: I64) -> None:
        self._run(self.tokens, batch, done, loss, shared)

    def _run(self, tokens: I32, batch: negative_sampling.Schedule, done: I64, loss: F64, shared: I64) -> None:
        from w2v.kernels.negative_sampling import Counters

        self.kernel(tokens, self.model, self.noise, batch, Counters(done, loss, shared))

    def arrays(self, batch: negative_sampling.Schedule) -> dict[str, Array]:
        return {"words": self.model.input, "contexts": self.model.output}

    def describe_progress(
        self, at: Position, batch: negative_sampling.Schedule, done: Done
    ) -> tuple[int, dict[str, float]]:
        token = len(self.tokens) * done.words // max(self.vocabulary.tokens, 1)
        return done.words, {"loss": done.mean_loss, "learning_rate": self.rate.at(at.epoch, token)}

    def failure(self, at: Position, batch: negative_sampling.Schedule, done: Done) -> TrainingError | None:
        if done.diverged is None:
            return None
        return diverged(at.epoch, done.diverged, batch.order, self.rate, self.config)

    def heldout_loss(self) -> float:
        return self.sample.loss(self.rows_of, self.model.output)


def frequent_in(vocabulary: Vocabulary, config: WindowSettings, width: int, threads: int) -> Frequent:
    """Return of which words each of several threads keeps copies (kernels/frequent.py), for rows of `width` floats.

    They are the most frequent ones, each of which every thread brings home at least HOMECOMINGS times in an epoch, so
    that no thread learns by itself for long; and so many that the copies of a thread take at most COPIES bytes.
    """
    from w2v.kernels.frequent import Frequent

    every = Frequent().every
    if threads == 1:
        return Frequent()
    met = vocabulary.counts * vocabulary.keep_probabilities(config.threshold)
    often = np.append(met >= HOMECOMINGS * every * threads, False)
    return Frequent(min(int(np.argmin(often)), COPIES // (4 * 4 * width)), every)


def filled_in(given: WindowSettings, config: WindowSettings) -> dict[str, Any]:
    """Return the values that `config` has for settings that were None."""
    before, after = plain_values(given), plain_values(config)
    return {name: after[name] for name, value in before.items() if value is None and after[name] is not None}


def longest_line(tokens: I32, config: WindowSettings, progress: Progress) -> int:
    """Return the tokens of the longest line where a window is to be as long as the line, but at most LONGEST."""
    if config.window != WHOLE or not len(tokens):
        return 1
    longest, before = 0, -1  # the last end of a line
    for begin in range(0, len(tokens), LOOKED_AT):  # in parts: the text may be far larger than the memory
        ends = begin + np.flatnonzero(tokens[begin : begin + LOOKED_AT] < 0)
        if len(ends):
            longest = max(longest, int(np.diff(ends, prepend=before).max()) - 1)
            before = int(ends[-1])
    longest = max(longest, len(tokens) - before - 1)
    if longest > LONGEST:
        progress.message(
            f"the longest line has {longest:,} words: --window whole takes pairs of up to {LONGEST:,} words at a time"
        )
    if longest > MANY:
        progress.message(f"in long lines a few words get very many pairs at once: {SHORTER}", "hint")
    return min(longest, LONGEST)


def sampling(config: WindowSettings, spans: tuple[int, int]) -> Sampling:
    """Return how a held-out sample is drawn for such settings. spans: the least and the greatest width of a window."""
    least, greatest = spans
    return Sampling(greatest, config.negative, config.threshold, config.seed, least, config.power)


def chunk_order(config: WindowSettings, chunks: int, epoch: int) -> I32:
    """Return the chunks in the order of an epoch, int32 [chunks], if they are shuffled; otherwise an empty array."""
    if not config.shuffle:
        return np.empty(0, dtype=np.int32)
    return np.random.default_rng([config.seed, 0x5AFF, epoch]).permutation(np.arange(chunks, dtype=np.int32))


def diverged(epoch: int, item: int, order: I32, rate: LinearRate, config: WindowSettings) -> TrainingError:
    """Return what to raise when a score was not finite in a work item of an epoch, both from 0.

    order: the chunks of the epoch, as `chunk_order` returns them.
    """
    from w2v.kernels.negative_sampling import CHUNK

    token = int(order[item] if len(order) else item) * CHUNK
    cure = f"train again with a smaller --learning-rate than {rate.start:g}"
    if config.window == WHOLE:
        cure = f"{SHORTER}; or {cure}"
    return TrainingError(
        f"training diverged: a score was not finite in epoch {epoch + 1}, near token {token:,}, "
        f"at learning rate {rate.at(epoch, item * CHUNK):.4g}; nothing was written",
        hint=cure,
    )


def model_bytes(words: int, config: WindowSettings) -> int:
    """Return the bytes of both matrices for so many words; the vectors are views of them."""
    from w2v.kernels.negative_sampling import padded

    return 2 * (words + 1) * padded(config.dim) * 4


def noise_tables(vocabulary: Vocabulary, config: WindowSettings) -> negative_sampling.Noise:
    """Return what subsampling and noise words are drawn from."""
    from w2v.kernels.negative_sampling import Noise
    from w2v.kernels.rng import alias_table

    keep = vocabulary.keep_probabilities(config.threshold).astype(np.float64) * 2.0**32
    threshold, alias = alias_table(vocabulary.noise_distribution(config.power))
    return Noise(np.minimum(keep, 2.0**32 - 1).astype(np.uint32), threshold, alias)
