"""Where GloVe's matrix of co-occurrences comes from: counted from a corpus, or a file. Counting: w2v/cooccurrences/."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from w2v.cooccurrences.counting import count, distance_weights
from w2v.cooccurrences.file import is_cooccurrence_file, load_cooccurrences, save_cooccurrences
from w2v.cooccurrences.matrix import Cooccurrences, Counting
from w2v.errors import FormatError, OutputError, SettingsError
from w2v.files.whole import check_writable
from w2v.progress import Progress
from w2v.text.python_texts import Corpus
from w2v.tokens import TokenCache, writable_folder
from w2v.tokens.folder import CacheChoice
from w2v.tokens.settings import CorpusConfig
from w2v.training.data import Data, TokenData, open_tokens
from w2v.training.glove.model import GloveConfig
from w2v.training.trainer import KeptData

__all__ = ["MatrixData", "count_matrix", "matrix_of_tokens", "open_matrix"]


@dataclass
class MatrixData(Data):
    """A matrix that was counted before, or a corpus to count one of."""

    matrix: Cooccurrences | None = None
    cache: TokenCache | None = None


def matrix_of_tokens(tokens: TokenData) -> MatrixData:
    """Return a corpus as ids as what a matrix is counted of when training begins."""
    return MatrixData(**vars(tokens))


@contextmanager
def open_matrix(
    corpus: Corpus,
    text: CorpusConfig,
    settings: GloveConfig,
    *,
    cache_dir: CacheChoice,
    progress: Progress,
) -> Iterator[MatrixData]:
    """Read the matrix of `settings.cooccurrences`, or else a corpus. Raises SettingsError where these contradict."""
    if settings.keep_cooccurrences is not None:
        _check_replaceable(Path(settings.keep_cooccurrences))
    if settings.cooccurrences is None:
        with open_tokens(corpus, text, settings, cache_dir=cache_dir, progress=progress) as tokens:
            yield matrix_of_tokens(tokens)
        return
    if corpus or text != CorpusConfig():
        raise SettingsError(
            f"the words come from {settings.cooccurrences}: there is no corpus to read",
            hint="leave out the corpus and its settings, or the matrix of co-occurrences",
        )
    folder, _ = writable_folder(cache_dir, progress)
    matrix = _load_matrix(settings, progress)
    yield MatrixData(
        vocabulary=matrix.vocabulary,
        fingerprint=matrix.sha256,
        report=matrix.corpus,
        text=matrix.corpus.get("text", {}),
        seconds=0.0,
        folder=folder,
        matrix=matrix,
    )


def _check_replaceable(path: Path) -> None:
    """Raise OutputError where a matrix cannot be written, or would replace a file of another kind."""
    check_writable(path)
    if path.is_file() and path.stat().st_size and not is_cooccurrence_file(path):
        raise OutputError(
            f"{path} is a file that holds no co-occurrences, so it is not replaced",
            hint="choose another name, or remove that file first",
        )


def count_matrix(data: MatrixData, config: GloveConfig, kept: KeptData, *, progress: Progress) -> Cooccurrences:
    """Count a corpus, or take the matrix that an earlier attempt of the run has kept; keep it where it should be.

    config: with no default left open (`GloveConfig.for_corpus`).

    Raises SettingsError for too little memory, OutputError for a full disk.
    """
    cache = data.cache
    assert cache is not None
    counting = _counting_of(config)
    _tell_of_rounding(counting, int(data.vocabulary.counts.max()), progress)
    left = (kept.found, config.keep_cooccurrences) if kept.resumed else ()
    for path in (Path(path) for path in left if path is not None):
        if path.exists() and (matrix := _left_before(path, data, counting, progress)) is not None:
            return matrix
    keep = None if config.keep_cooccurrences is None else Path(config.keep_cooccurrences)
    matrix = count(
        cache.tokens,
        data.vocabulary,
        counting,
        threads=config.worker_threads,
        memory=config.memory_bytes,
        folder=data.folder,
        keep=keep,
        corpus={**data.report, "text": data.text},
        progress=progress,
    )
    if keep is not None:
        _write(matrix, keep, progress)
        return matrix
    try:
        if (place := kept.place(matrix.seconds["count"])) is not None:
            _write(matrix, place, progress)
    except OutputError as error:  # the user has not asked for the matrix
        progress.message(f"the matrix is not kept: {error.message} ({error.hint})", "warning")
    return matrix


def _counting_of(config: GloveConfig) -> Counting:
    assert config.window is not None
    assert config.contexts is not None
    assert config.weighting is not None
    return Counting(config.window, config.contexts, config.weighting)


def _tell_of_rounding(counting: Counting, occurrences: int, progress: Progress) -> None:
    _, unit = distance_weights(counting.window, counting.weighting, occurrences)
    if counting.weighting == "distance" and unit % math.lcm(*range(1, counting.window + 1)):
        progress.message(f"1/distance is rounded to multiples of 1/{unit:,}")


def _write(matrix: Cooccurrences, path: Path, progress: Progress) -> None:
    progress.phase(f"writing {path.name}")
    save_cooccurrences(matrix, path)
    progress.message(f"wrote {path}: {matrix.records:,} co-occurrences, {path.stat().st_size / 1e6:,.1f} MB")


def _left_before(path: Path, data: MatrixData, counting: Counting, progress: Progress) -> Cooccurrences | None:
    """Return the matrix in a file, if it is whole and that of this corpus and these settings."""
    try:
        matrix = load_cooccurrences(path, progress=progress)
    except FormatError as error:
        progress.message(f"{error.message}: the matrix is counted again", "warning")
        return None
    vocabulary = matrix.vocabulary
    fits = (
        matrix.counting == counting
        and matrix.corpus.get("fingerprint") == data.report["fingerprint"]
        and vocabulary.words == data.vocabulary.words
        and np.array_equal(vocabulary.counts, data.vocabulary.counts)
    )
    if fits:
        progress.message(f"co-occurrences: taken from {path}, counted before")
    return matrix if fits else None


def _load_matrix(config: GloveConfig, progress: Progress) -> Cooccurrences:
    """Read the matrix of `config.cooccurrences`. Raises SettingsError where it was counted in another way."""
    assert config.cooccurrences is not None
    if config.keep_cooccurrences is not None:
        raise SettingsError(
            "cooccurrences and keep_cooccurrences were both given", hint="copy the file, if you want it twice"
        )
    matrix = load_cooccurrences(config.cooccurrences, progress=progress)
    for name, there in asdict(matrix.counting).items():
        asked = getattr(config, name)
        if asked not in (None, there):
            raise SettingsError(
                f"{name} is {asked!r}, but {config.cooccurrences} was counted with {there!r}",
                hint=f"leave {name} out, or count again",
            )
    return matrix
