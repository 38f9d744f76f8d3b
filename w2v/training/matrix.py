"""Where GloVe's matrix of co-occurrences comes from: counted from a corpus, or a file. Not here: counting, training."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from w2v.config import CorpusConfig, GloveConfig
from w2v.cooccurrences.counting import count, distance_weights
from w2v.cooccurrences.file import load_cooccurrences, save_cooccurrences
from w2v.cooccurrences.matrix import Cooccurrences
from w2v.errors import FormatError, OutputError, SettingsError
from w2v.progress import NullProgress, Progress
from w2v.tokens import TokenCache
from w2v.training.glove import GloveTrainer, training_bytes
from w2v.vocab import Vocabulary

__all__ = ["count_matrix", "load_matrix"]


def count_matrix(
    cache: TokenCache,
    text: CorpusConfig,
    config: GloveConfig,
    *,
    progress: Progress,
    again: Sequence[Path] = (),
    keep: Callable[[float], Path | None] = lambda seconds: None,
) -> Cooccurrences:
    """Count a corpus; keep the matrix where `config` says so.

    text: how the corpus was read, to be kept with the matrix. again: where an earlier attempt may have left it; it is
    taken from there if it fits. keep: where to keep one that took so many seconds, if it can be. Raises SettingsError
    for too little memory, OutputError for a full disk.
    """
    settled = config.for_corpus(cache.vocabulary.tokens)
    assert settled.window is not None
    assert settled.weighting is not None
    folder = cache.path.parent
    compiled = _compile_kernels(settled, folder, progress)
    _announce(settled, cache.vocabulary, progress)
    _, unit = distance_weights(settled.window, settled.weighting, int(cache.vocabulary.counts.max()))
    if settled.weighting == "distance" and unit % math.lcm(*range(1, settled.window + 1)):
        progress.message(f"1/distance is rounded to multiples of 1/{unit:,}")
    for path in again:
        if path.exists() and (kept := _left_before(path, cache, settled, progress)) is not None:
            kept.seconds["compile"] = compiled
            return kept
    matrix = count(
        cache.tokens,
        cache.vocabulary,
        settled,
        memory=settled.memory_bytes,
        folder=folder,
        corpus={**cache.report.to_dict(), "text": asdict(text)},
        progress=progress,
    )
    matrix.seconds["compile"] = compiled
    if config.keep_cooccurrences is not None:
        _write(matrix, Path(config.keep_cooccurrences), progress)
        return matrix
    try:
        if (place := keep(matrix.seconds["count"])) is not None:
            _write(matrix, place, progress)
    except OutputError as error:  # nobody has asked for it
        progress.message(f"the matrix is not kept: {error.message} ({error.hint})", "warning")
    return matrix


def _write(matrix: Cooccurrences, path: Path, progress: Progress) -> None:
    progress.phase(f"writing {path.name}")
    save_cooccurrences(matrix, path)
    progress.message(f"wrote {path}: {matrix.records:,} co-occurrences, {path.stat().st_size / 1e6:,.1f} MB")


def _left_before(path: Path, cache: TokenCache, config: GloveConfig, progress: Progress) -> Cooccurrences | None:
    """The matrix in a file, if it is whole and that of this corpus and these settings."""
    try:
        matrix = load_cooccurrences(path, progress=progress)
    except FormatError as error:
        progress.message(f"{error.message}: it is counted again", "warning")
        return None
    vocabulary = matrix.vocabulary
    fits = (
        asdict(matrix.counting) == {name: getattr(config, name) for name in ("window", "contexts", "weighting")}
        and matrix.corpus.get("fingerprint") == cache.report.fingerprint
        and vocabulary.words == cache.vocabulary.words
        and np.array_equal(vocabulary.counts, cache.vocabulary.counts)
    )
    if fits:
        progress.message(f"co-occurrences: taken from {path}, counted before")
    return matrix if fits else None


def load_matrix(config: GloveConfig, folder: Path, *, progress: Progress) -> Cooccurrences:
    """The matrix of `config.cooccurrences`. Raises SettingsError where it was counted otherwise than `config` says."""
    assert config.cooccurrences is not None
    if config.keep_cooccurrences is not None:
        raise SettingsError(
            "cooccurrences and keep_cooccurrences were both given", hint="copy the file, if you want it twice"
        )
    compiled = _compile_kernels(config, folder, progress)
    matrix = load_cooccurrences(config.cooccurrences, progress=progress)
    for name, there in asdict(matrix.counting).items():
        asked = getattr(config, name)
        if asked not in (None, there):
            raise SettingsError(
                f"{name} is {asked!r}, but {config.cooccurrences} was counted with {there!r}",
                hint=f"leave {name} out, or count again",
            )
    settled = replace(config, **asdict(matrix.counting)).for_corpus(matrix.vocabulary.tokens)
    _announce(settled, matrix.vocabulary, progress)
    matrix.seconds["compile"] = compiled
    return matrix


def _announce(settled: GloveConfig, vocabulary: Vocabulary, progress: Progress) -> None:
    progress.message(
        f"{settled.dim} dimensions, window {settled.window}, x_max {settled.x_max:g}, {settled.epochs} epochs, "
        f"learning rate {settled.learning_rate:g}"
    )
    needed, memory = training_bytes(len(vocabulary), settled), settled.memory_bytes
    if needed > memory:
        text = f"the vectors in training will take {needed / 1e6:,.0f} MB, more than the {memory / 1e6:,.0f} MB allowed"
        progress.message(text, "warning")


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
    GloveTrainer(matrix, small, folder=folder, progress=silent).run(lambda epochs: False)
    return time.perf_counter() - started
