"""Training GloVe: memory, epochs, cost, progress. Not here: counting (counting.py), the arithmetic (kernels.glove).

The state of training is the model and the number of epochs done: orders and random numbers of an epoch follow from the
seed and its number. Every part of the matrix meets its blocks in one order, so the same seed gives the same bytes with
any number of threads.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from w2v.config import GloveConfig
from w2v.cooccurrences import Cooccurrences, Parts
from w2v.errors import SettingsError, TrainingError
from w2v.io.cooccurrences import load_cooccurrences, save_cooccurrences
from w2v.progress import NullProgress, Progress
from w2v.tokens import TokenCache
from w2v.training.blocks import make_blocks
from w2v.training.counting import LONGEST_EXACT, count
from w2v.training.sgns import Trained
from w2v.training.workers import Done, run_workers
from w2v.vocab import Vocabulary

if TYPE_CHECKING:
    from w2v.kernels import glove

__all__ = ["GloveTrained", "load_matrix", "model_bytes", "train_corpus", "train_glove"]

Float32s = npt.NDArray[np.float32]
Int64s = npt.NDArray[np.int64]

PAUSE = 0.0005  # seconds that a worker sleeps when the block that it has taken cannot begin yet


@dataclass(frozen=True)
class GloveTrained(Trained):
    """config: with window and x_max as they were used. records: of the matrix. loss: mean cost a record, by epoch."""

    config: GloveConfig
    records: int


def train_corpus(cache: TokenCache, config: GloveConfig, *, progress: Progress) -> GloveTrained:
    """Count a corpus and train on the matrix; keep the matrix where `config` says so.

    Raises SettingsError for too little memory, OutputError for a full disk, TrainingError where the cost is not finite.
    """
    settled = config.for_corpus(cache.vocabulary.tokens)
    assert settled.window is not None
    folder = cache.path.parent
    compiled = _compile_kernels(settled, folder, progress)
    progress.message(f"window {settled.window}, x_max {settled.x_max:g}, {settled.epochs} epochs")
    if settled.window > LONGEST_EXACT and settled.weighting == "distance":
        progress.message(f"window over {LONGEST_EXACT}: 1/distance is rounded to multiples of 2^-32")
    matrix = count(
        cache.tokens,
        cache.vocabulary,
        settled,
        memory=settled.memory_bytes,
        folder=folder,
        corpus=cache.report.to_dict(),
        progress=progress,
    )
    matrix.seconds["compile"] = compiled
    if config.keep_cooccurrences is not None:
        path = Path(config.keep_cooccurrences)
        progress.phase(f"writing {path.name}")
        save_cooccurrences(matrix, path)
        progress.message(f"wrote {path}: {matrix.records:,} co-occurrences, {path.stat().st_size / 1e6:,.1f} MB")
    return train_glove(matrix, settled, folder=folder, progress=progress)


def load_matrix(config: GloveConfig, folder: Path, *, progress: Progress) -> Cooccurrences:
    """The matrix of `config.cooccurrences`. Raises SettingsError where it was counted otherwise than `config` says."""
    assert config.cooccurrences is not None
    if config.keep_cooccurrences is not None:
        raise SettingsError(
            "cooccurrences and keep_cooccurrences were both given", hint="copy the file, if you want it twice"
        )
    compiled = _compile_kernels(config, folder, progress)
    matrix = load_cooccurrences(config.cooccurrences, progress=progress)
    counted = matrix.counting
    asked = {"window": config.window, "contexts": config.contexts, "weighting": config.weighting}
    for name, default in (("window", None), ("contexts", GloveConfig.contexts), ("weighting", GloveConfig.weighting)):
        there = getattr(counted, name)
        if asked[name] not in (default, there):
            raise SettingsError(
                f"{name} is {asked[name]!r}, but {config.cooccurrences} was counted with {there!r}",
                hint=f"leave {name} out, or count again",
            )
    matrix.seconds["compile"] = compiled
    return matrix


def _compile_kernels(config: GloveConfig, folder: Path, progress: Progress) -> float:
    """Compile all kernels, or load what was compiled before: two words go through all of them. Returns the seconds."""
    started = time.perf_counter()
    progress.phase("compiling kernels (first run only)")
    tokens = np.array([0, 1, -1], dtype=np.int32)
    tokens.flags.writeable = False  # as a mapped file is
    small = replace(config, window=1, x_max=1.0, epochs=1, threads=1, keep_cooccurrences=None, memory=None)
    vocabulary = Vocabulary(["a", "b"], np.ones(2, dtype=np.int64))
    silent = NullProgress()
    matrix = count(tokens, vocabulary, small, memory=10**8, folder=folder, corpus={}, progress=silent)
    train_glove(matrix, small, folder=folder, progress=silent)
    return time.perf_counter() - started


def model_bytes(words: int, dim: int) -> int:
    """The bytes of both matrices with their accumulators, for a vocabulary of `words`."""
    parts = Parts(words)
    return 2 * parts.number * parts.size * 2 * 4 * (-(-(dim + 2) // 16) * 16)


def train_glove(matrix: Cooccurrences, config: GloveConfig, *, folder: Path, progress: Progress) -> GloveTrained:
    """Train on a counted matrix, which is used up. Raises TrainingError where the cost is not finite."""
    from w2v.kernels import glove

    vocabulary, parts, records = matrix.vocabulary, matrix.parts, matrix.records
    counted = asdict(matrix.counting)
    config = replace(config, **counted).for_corpus(vocabulary.tokens)
    if records == 0:
        raise TrainingError("no two words of the corpus stand near each other", hint="give text with longer lines")
    started = time.perf_counter()
    kernel = glove.glove_kernel(config.dim)
    memory, taken = config.memory_bytes, model_bytes(len(vocabulary), config.dim)
    if taken > memory:
        progress.message(f"the vectors in training take {taken / 1e6:,.0f} MB, more than memory allows", "warning")
    room = max(0, memory - taken)
    blocks = make_blocks(matrix, config, memory=room, folder=folder, progress=progress)
    laid = time.perf_counter()
    busy = time.process_time()
    model = _first_model(parts, config)
    loss = _epochs(kernel, blocks, model, config, progress)
    seconds = {
        **matrix.seconds,
        "blocks": laid - started,
        "train": time.perf_counter() - laid,
    }
    vectors = _vectors(model, parts, config)
    return GloveTrained(
        matrix=vectors,
        loss=tuple(loss),
        probe_loss=(),
        seconds=seconds,
        words=vocabulary.tokens * len(loss),
        pairs=records * len(loss),
        cpu_seconds=time.process_time() - busy,
        config=config,
        records=records,
    )


def _epochs(
    kernel: Callable[..., bool], blocks: glove.Blocks, model: glove.Model, config: GloveConfig, progress: Progress
) -> list[float]:
    """Train until the last epoch, or until the cost hardly falls any more; returns the mean cost by epoch."""
    records = len(blocks.columns)
    loss: list[float] = []
    for number in range(config.epochs):
        progress.phase(f"epoch {number + 1}/{config.epochs}", records, "records")
        costs, diverged = _epoch(kernel, blocks, model, config, number, progress)
        if diverged is not None or not math.isfinite(costs.sum()):
            raise _diverged(number, config)
        loss.append(float(costs.sum()) / records)
        progress.message(f"epoch {number + 1}: cost {loss[-1]:.6f}", "detail")
        if config.tolerance and number and loss[-2] - loss[-1] < config.tolerance * loss[-2]:
            progress.message(
                f"stopped after epoch {number + 1}: the cost fell by less than {config.tolerance:g} of itself"
            )
            break
    return loss


def _epoch(
    kernel: Callable[..., bool],
    blocks: glove.Blocks,
    model: glove.Model,
    config: GloveConfig,
    number: int,
    progress: Progress,
) -> tuple[npt.NDArray[np.float64], int | None]:
    """One pass over all blocks: (cost by block, the block in which the cost was not finite)."""
    from w2v.kernels import glove
    from w2v.kernels.rng import split

    parts = math.isqrt(len(blocks.runs) - 1)
    strata = np.random.default_rng([config.seed, 0x57A7A, number]).permutation(parts).astype(np.int64)
    plan = glove.Plan(np.uint64(split(config.seed, number)), strata)
    turns = np.zeros((2, parts), dtype=np.int64)
    costs = np.zeros(parts * parts)

    def work(done: Int64s, loss: npt.NDArray[np.float64], shared: Int64s) -> None:
        counters = glove.Counters(done, loss, shared, turns, costs)
        desk = glove.new_desk(blocks)
        while not kernel(blocks, model, plan, counters, desk):
            time.sleep(PAUSE)

    def watch(now: Done) -> None:
        progress.update(now.words, loss=now.mean_loss)

    done = run_workers(work, min(config.worker_threads, parts), watch)
    return costs, done.diverged


def _first_model(parts: Parts, config: GloveConfig) -> glove.Model:
    """Values and biases uniform in ±0.5/dim, as in glove.c; accumulators 1/learning_rate², those of the biases 1."""
    from w2v.kernels import glove

    dim, width = config.dim, glove.padded(config.dim)
    rng = np.random.default_rng([config.seed, 0x1417])
    sides = []
    for bias, one in ((dim, dim + 1), (dim + 1, dim)):
        side = _aligned(parts.number * parts.size, 2 * width)
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


def _aligned(rows: int, width: int) -> Float32s:
    """Zeros, float32 [rows, width], the first on a 64-byte boundary."""
    flat = np.zeros(rows * width + 16, dtype=np.float32)
    skip = -flat.ctypes.data % 64 // 4
    return flat[skip : skip + rows * width].reshape(rows, width)


def _vectors(model: glove.Model, parts: Parts, config: GloveConfig) -> Float32s:
    """The vectors [V, D], or [V, 2·D] for both sides, in the order of the vocabulary."""
    dim = config.dim
    if config.output_vectors == "both":
        return np.hstack([model.rows[parts.slots, :dim], model.columns[parts.slots, :dim]])
    first = model.columns if config.output_vectors == "c" else model.rows
    vectors: Float32s = first[parts.slots, :dim]
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
