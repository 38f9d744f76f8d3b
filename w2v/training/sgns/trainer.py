"""Skip-gram with negative sampling, trained without locks. The arithmetic: w2v/kernels/sgns.py.

Updates are lock-free (Hogwild: Niu et al. 2011). Learning rate and random numbers belong to places in the corpus, not
to threads; with one thread the same seed gives the same bytes. A work item is a chunk of the token cache. Training with
the same bytes at any number of threads: rotation.py.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from w2v.arrays import F32, F64, I32, I64, Array
from w2v.errors import TrainingError
from w2v.progress import Progress
from w2v.training.data import Data, TokenData
from w2v.training.heldout import HeldOut
from w2v.training.schedule import LinearRate
from w2v.training.sgns.model import LONGEST, WHOLE, SgnsConfig, widths
from w2v.training.sgns.subsampling import Kept, tell_what_is_kept
from w2v.training.state import Position
from w2v.training.trainer import KeptData, Requirements, Trainer, aligned
from w2v.vocab import Vocabulary
from w2v.workers import Done, Segment

if TYPE_CHECKING:
    from w2v.kernels import sgns

__all__ = [
    "SgnsTrainer",
    "diverged",
    "first_model",
    "longest_line",
    "model_bytes",
    "noise_tables",
    "rows_as_they_began",
]


MANY = 1_000  # words of a line; baskets have fewer
SHORTER = "break lines into baskets of at most some hundred words, or give a number, such as --window 10"


class SgnsTrainer(Trainer["sgns.Schedule"]):
    """Lock-free skip-gram with negative sampling on a token cache: ids int32 [N], -1 ends a sentence."""

    left: Kept | None = None  # what subsampling leaves, where the trainer was opened by a run

    def __init__(self, tokens: I32, vocabulary: Vocabulary, config: SgnsConfig, *, progress: Progress) -> None:
        from w2v.kernels import sgns  # Numba is imported when it is first needed
        from w2v.kernels.llvm.compilation import compiling
        from w2v.kernels.work_items import close

        started = time.perf_counter()
        config = config.for_vocabulary(len(vocabulary))
        self.tokens, self.vocabulary, self.config = np.asarray(tokens), vocabulary, config
        self.items, self.threads, self.amount = -(-len(tokens) // sgns.CHUNK), config.worker_threads, vocabulary.tokens
        self.rate = LinearRate(config.learning_rate, len(self.tokens), config.epochs)
        self.widths = widths(config, longest_line(self.tokens, config, progress))
        with compiling(progress):
            self.model = first_model(len(vocabulary), config)
            self.noise = noise_tables(vocabulary, config)
            make = sgns.shared_kernel if config.shared_negatives else sgns.exact_kernel
            self.kernel = make(self.model.input.shape[1], config.negative)
            nothing = Segment(1)
            counters = sgns.Counters(nothing.done[0], nothing.loss[0], nothing.shared)
            self.kernel(self.tokens[:0], self.model, self.noise, self.begin(Position(), None), counters)
            close(nothing.shared)
            self.sample = draw_sample(self.tokens, vocabulary, config, self.widths)
        self.seconds = {"compile": time.perf_counter() - started}

    @classmethod
    def open(cls, data: Data, settings: SgnsConfig, kept: KeptData, progress: Progress) -> Self:
        assert isinstance(data, TokenData)
        left = tell_what_is_kept(data.cache.tokens, data.vocabulary, settings, progress)
        trainer = cls(data.cache.tokens, data.vocabulary, settings, progress=progress)
        trainer.left = left
        return trainer

    def shares(self) -> Mapping[str, float]:
        return {} if self.left is None else self.left.to_dict()

    @staticmethod
    def requirements(words: int, settings: SgnsConfig) -> Requirements:
        return Requirements(memory=model_bytes(words, settings), width=settings.dim)

    def begin(self, at: Position, before: sgns.Schedule | None) -> sgns.Schedule:
        from w2v.kernels import sgns
        from w2v.kernels.rng import split

        seed = np.uint64(split(self.config.seed, at.epoch))
        least, window = self.widths
        return sgns.Schedule(seed, window, self.rate.at(at.epoch), self.rate.slope, self.rate.floor, least)

    def work(self, batch: sgns.Schedule, done: I64, loss: F64, shared: I64) -> None:
        from w2v.kernels import sgns

        self.kernel(self.tokens, self.model, self.noise, batch, sgns.Counters(done, loss, shared))

    def arrays(self, batch: sgns.Schedule) -> dict[str, Array]:
        return {"words": self.model.input, "contexts": self.model.output}

    def vectors(self) -> dict[str, F32]:
        return {"words": self.model.input[:-1, : self.config.dim]}

    def words_without_pairs(self) -> I64:
        return rows_as_they_began(self.model.input, len(self.vocabulary), self.config)

    def filled_in(self) -> Mapping[str, Any]:
        return {"sample": self.config.sample}

    def describe_progress(self, at: Position, batch: sgns.Schedule, done: Done) -> tuple[int, dict[str, float]]:
        token = len(self.tokens) * done.words // max(self.vocabulary.tokens, 1)
        return done.words, {"loss": done.mean_loss, "learning_rate": self.rate.at(at.epoch, token)}

    def failure(self, at: Position, batch: sgns.Schedule, done: Done) -> TrainingError | None:
        return None if done.diverged is None else diverged(at.epoch, done.diverged, self.rate, self.config)

    def heldout_loss(self) -> float:
        return self.sample.loss(*self.model)


def longest_line(tokens: I32, config: SgnsConfig, progress: Progress) -> int:
    """Return the tokens of the longest line where a window is to be as long as the line, but at most LONGEST."""
    if config.window != WHOLE or not len(tokens):
        return 1
    longest = int(np.diff(np.flatnonzero(tokens < 0), prepend=-1, append=len(tokens)).max()) - 1
    if longest > LONGEST:
        progress.message(
            f"the longest line has {longest:,} words: --window whole takes pairs of up to {LONGEST:,} words at a time"
        )
    if longest > MANY:
        progress.message(f"in long lines a few words get very many pairs at once: {SHORTER}", "hint")
    return min(longest, LONGEST)


def draw_sample(tokens: I32, vocabulary: Vocabulary, config: SgnsConfig, widths: tuple[int, int]) -> HeldOut:
    """Return the held-out sample of such settings. widths: the least and the greatest one of a window."""
    return HeldOut.draw(
        tokens,
        vocabulary,
        window=widths[1],
        least=widths[0],
        negative=config.negative,
        sample=config.threshold,
        seed=config.seed,
    )


def diverged(epoch: int, chunk: int, rate: LinearRate, config: SgnsConfig) -> TrainingError:
    """Return what to raise when a score was not finite in a chunk of an epoch, both from 0."""
    from w2v.kernels.sgns import CHUNK

    token = chunk * CHUNK
    cure = f"train again with a smaller --learning-rate than {rate.start:g}"
    if config.window == WHOLE:
        cure = f"{SHORTER}; or {cure}"
    return TrainingError(
        f"training diverged: a score was not finite in epoch {epoch + 1}, near token {token:,}, "
        f"at learning rate {rate.at(epoch, token):.4g}; nothing was written",
        hint=cure,
    )


def model_bytes(words: int, config: SgnsConfig) -> int:
    """Return the bytes of both matrices for so many words; the vectors are a view of the first."""
    from w2v.kernels import sgns

    return 2 * (words + 1) * sgns.padded(config.dim) * 4


def first_model(words: int, config: SgnsConfig) -> sgns.Model:
    """Return input vectors uniform in ±0.5/dim, output vectors 0, as in word2vec.c; the padding is 0 and stays so."""
    from w2v.kernels import sgns

    width = sgns.padded(config.dim)
    inputs, outputs = aligned(words + 1, width), aligned(words + 1, width)
    for start, part in _first_rows(words, config):
        inputs[start : start + len(part), : config.dim] = part
    return sgns.Model(inputs, outputs)


def rows_as_they_began(inputs: F32, words: int, config: SgnsConfig) -> I64:
    """Return the ids of the words whose input vector is still the one of `first_model`: no pair has changed it."""
    found = [
        start + np.flatnonzero((inputs[start : start + len(part), : config.dim] == part).all(axis=1))
        for start, part in _first_rows(words, config)
    ]
    return np.concatenate(found)


def _first_rows(words: int, config: SgnsConfig) -> Iterator[tuple[int, F32]]:
    """Yield the first input vectors in parts, so that there is never a second matrix in memory."""
    rng = np.random.default_rng([config.seed, 0x1417])
    for start in range(0, words, 4_096):
        rows = rng.random((min(4_096, words - start), config.dim), dtype=np.float32)
        rows -= np.float32(0.5)
        rows /= np.float32(config.dim)
        yield start, rows


def noise_tables(vocabulary: Vocabulary, config: SgnsConfig) -> sgns.Noise:
    """Return what subsampling and noise words are drawn from."""
    from w2v.kernels import sgns
    from w2v.kernels.rng import alias_table

    keep = vocabulary.keep_probabilities(config.threshold).astype(np.float64) * 2.0**32
    threshold, alias = alias_table(vocabulary.noise_distribution())
    return sgns.Noise(np.minimum(keep, 2.0**32 - 1).astype(np.uint32), threshold, alias)
