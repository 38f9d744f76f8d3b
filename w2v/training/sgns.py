"""Training skip-gram with negative sampling: memory, epochs, loss, progress. Not here: the arithmetic (kernels.sgns).

Updates are lock-free (Hogwild: Niu et al. 2011). Learning rate and random numbers belong to places in the corpus, not
to threads; with one thread the same seed gives the same bytes.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from w2v.config import SgnsConfig
from w2v.errors import TrainingError
from w2v.progress import Progress
from w2v.training.probe import Probe
from w2v.training.schedule import LinearRate
from w2v.training.workers import Done, run_workers
from w2v.vocab import Vocabulary

if TYPE_CHECKING:
    from w2v.kernels import sgns

__all__ = ["Trained", "train_sgns"]

Float32s = npt.NDArray[np.float32]
Int32s = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Trained:
    """What training leaves: the input vectors [V, D] float32, and how it went.

    loss: mean loss a pair, by epoch.
    probe_loss: on the probe, before the first epoch and after each.
    seconds: by phase.
    words: tokens trained on in all epochs together, counted before subsampling.
    pairs: of a context and a centre, in all epochs together.
    cpu_seconds: of all threads together, in the phase "train".
    """

    matrix: Float32s
    loss: tuple[float, ...]
    probe_loss: tuple[float, ...]
    seconds: dict[str, float]
    words: int
    pairs: int
    cpu_seconds: float


def train_sgns(tokens: Int32s, vocabulary: Vocabulary, config: SgnsConfig, *, progress: Progress) -> Trained:
    """Train on a token cache: ids int32 [N], -1 ends a sentence. Raises TrainingError where a score is not finite."""
    from w2v.kernels import sgns  # Numba is imported when it is first needed
    from w2v.kernels.rng import split

    started = time.perf_counter()
    progress.phase("compiling kernels (first run only)")
    tokens = np.asarray(tokens)
    model = _first_model(len(vocabulary), config)
    noise = _noise(vocabulary, config)
    make = sgns.shared_kernel if config.shared_negatives else sgns.exact_kernel
    kernel = make(model.input.shape[1], config.negative)
    rate = LinearRate(config.learning_rate, len(tokens), config.epochs)

    def epoch_of(tokens: Int32s, number: int, threads: int) -> Done:
        seed = np.uint64(split(config.seed, number))
        schedule = sgns.Schedule(seed, config.window, rate.at(number), rate.slope, rate.floor)

        def work(done: npt.NDArray[np.int64], loss: npt.NDArray[np.float64], shared: npt.NDArray[np.int64]) -> None:
            kernel(tokens, model, noise, schedule, sgns.Counters(done, loss, shared))

        def watch(now: Done) -> None:
            if now.pairs:
                position = len(tokens) * now.words // max(vocabulary.tokens, 1)
                progress.update(now.words, loss=now.mean_loss, learning_rate=rate.at(number, position))

        return run_workers(work, threads, watch)

    epoch_of(tokens[:0], 0, 1)  # nothing to train on: compiles, or loads what was compiled before
    probe = Probe.draw(tokens, vocabulary, config)
    loss: list[float] = []
    probe_loss = [probe.loss(*model)]
    compiled, cpu = time.perf_counter(), time.process_time()
    words = pairs = 0
    for number in range(config.epochs):
        progress.phase(f"epoch {number + 1}/{config.epochs}", vocabulary.tokens, "words")
        done = epoch_of(tokens, number, config.worker_threads)
        if done.diverged is not None:
            raise _diverged(number, done.diverged * sgns.CHUNK, rate)
        words += done.words
        pairs += done.pairs
        loss.append(done.mean_loss)
        probe_loss.append(probe.loss(*model))
        progress.message(f"epoch {number + 1}: loss {loss[-1]:.4f}, on the probe {probe_loss[-1]:.4f}", "detail")
    seconds = {"compile": compiled - started, "train": time.perf_counter() - compiled}
    cpu_seconds = time.process_time() - cpu
    matrix = np.ascontiguousarray(model.input[:-1, : config.dim])
    return Trained(matrix, tuple(loss), tuple(probe_loss), seconds, words, pairs, cpu_seconds)


def _first_model(words: int, config: SgnsConfig) -> sgns.Model:
    """Input vectors uniform in ±0.5/dim, output vectors 0, as in word2vec.c; the padding is 0 and stays so."""
    from w2v.kernels import sgns

    width = sgns.padded(config.dim)
    inputs, outputs = _aligned(words + 1, width), _aligned(words + 1, width)
    rng = np.random.default_rng([config.seed, 0x1417])
    for start in range(0, words, 65_536):  # in parts, so that no second matrix is ever held
        part = inputs[start : min(start + 65_536, words), : config.dim]
        part[:] = (rng.random(part.shape, dtype=np.float32) - np.float32(0.5)) / np.float32(config.dim)
    return sgns.Model(inputs, outputs)


def _aligned(rows: int, width: int) -> Float32s:
    """Zeros, float32 [rows, width], the first on a 64-byte boundary."""
    flat = np.zeros(rows * width + 16, dtype=np.float32)
    skip = -flat.ctypes.data % 64 // 4
    return flat[skip : skip + rows * width].reshape(rows, width)


def _noise(vocabulary: Vocabulary, config: SgnsConfig) -> sgns.Noise:
    from w2v.kernels import sgns
    from w2v.kernels.rng import alias_table

    keep = vocabulary.keep_probabilities(config.sample).astype(np.float64) * 2.0**32
    threshold, alias = alias_table(vocabulary.noise_distribution())
    return sgns.Noise(np.minimum(keep, 2.0**32 - 1).astype(np.uint32), threshold, alias)


def _diverged(epoch: int, token: int, rate: LinearRate) -> TrainingError:
    return TrainingError(
        f"training diverged: a score was not finite in epoch {epoch + 1}, near token {token:,}, "
        f"at learning rate {rate.at(epoch, token):.4g}; nothing was written",
        hint=f"train again with a smaller --learning-rate than {rate.start:g}",
    )
