"""From a corpus to vectors: one call. Not here: what a training algorithm does (sgns.py, glove.py), and kernels."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from w2v.config import MODELS, CorpusConfig, GloveConfig, SgnsConfig
from w2v.errors import SettingsError
from w2v.progress import NullProgress, Progress
from w2v.record import RunRecord
from w2v.tokens import prepare, writable_folder
from w2v.training.glove import train_glove
from w2v.training.matrix import count_matrix, load_matrix
from w2v.training.sgns import train_sgns
from w2v.training.trainer import Trained
from w2v.vectors import Vectors
from w2v.vocab import Vocabulary

__all__ = ["MODELS", "Trained", "train"]

Source = str | os.PathLike[str]


def train(
    corpus: Source | Sequence[Source] = (),
    model: str | SgnsConfig | GloveConfig = "sgns",
    *,
    cache_dir: Source | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> Vectors:
    """Train word vectors on text and return them, with the record of the run.

    corpus: a file, a folder, a glob, "-" for standard input, or several of them; plain or .gz, .bz2, .xz, .zst. None at
        all where GloVe is trained on a matrix that was counted before (cooccurrences=FILE).
    model: "sgns", skip-gram with negative sampling, or "glove"; or a whole `SgnsConfig` or `GloveConfig`.
    cache_dir: where the encoded corpus is kept for the next run; None takes the user's cache folder, or a
        temporary one if nothing can be written there.
    settings: any field of `CorpusConfig`, and of `SgnsConfig` or `GloveConfig`, by its name (dim=100, window=5, …).

    Raises SettingsError, CorpusError, VocabularyError, FormatError, OutputError or TrainingError.
    """
    name, text, config = _settings(model, settings)
    listener = progress or NullProgress()
    sources = [corpus] if isinstance(corpus, (str, os.PathLike)) else list(corpus)
    if not all(isinstance(source, (str, os.PathLike)) for source in sources):
        raise SettingsError(
            "the corpus is no path", hint="name files, folders, globs or '-'; write sentences to a file"
        )
    folder = None if cache_dir is None else Path(cache_dir)
    if isinstance(config, GloveConfig) and config.cooccurrences is not None:
        return _train_on_matrix(sources, text, config, folder, listener)
    with prepare(sources, text, cache_dir=folder, threads=config.worker_threads, progress=listener) as cache:
        if isinstance(config, GloveConfig):
            matrix = count_matrix(cache, config, progress=listener)
            trained = train_glove(matrix, config, folder=cache.path.parent, progress=listener)
        else:
            trained = train_sgns(cache.tokens, cache.vocabulary, config, progress=listener)
        report = cache.report.to_dict()
        record = _record(name, text, config, cache.vocabulary, report, cache.report.seconds, trained)
        return Vectors(cache.vocabulary.words, trained.matrix, cache.vocabulary.counts, record)


def _train_on_matrix(
    sources: list[Source], text: CorpusConfig, config: GloveConfig, cache_dir: Path | None, progress: Progress
) -> Vectors:
    if sources or text != CorpusConfig():
        raise SettingsError(
            f"the words come from {config.cooccurrences}: there is no corpus to read",
            hint="leave out the corpus and its settings, or the matrix of co-occurrences",
        )
    folder, _ = writable_folder(cache_dir, progress)
    matrix = load_matrix(config, folder, progress=progress)
    trained = train_glove(matrix, config, folder=folder, progress=progress)
    record = _record("glove", None, config, matrix.vocabulary, matrix.corpus, 0.0, trained)
    return Vectors(matrix.vocabulary.words, trained.matrix, matrix.vocabulary.counts, record)


def _settings(
    model: str | SgnsConfig | GloveConfig, settings: dict[str, Any]
) -> tuple[str, CorpusConfig, SgnsConfig | GloveConfig]:
    """The model's name, the settings of the text, and those of the model: given whole, or field by field."""
    whole = None if isinstance(model, str) else model
    name = model if isinstance(model, str) else {kind: name for name, kind in MODELS.items()}.get(type(model), "")
    if name not in MODELS:
        raise SettingsError(f"model is {model!r}", hint=f"model must be one of {', '.join(MODELS)}")
    of_text = {field.name for field in fields(CorpusConfig)}
    of_model: set[str] = set() if whole else {field.name for field in fields(MODELS[name])}
    for given in settings:
        if given not in of_text | of_model:
            raise SettingsError(
                f"{given!r} is not a setting of {'the text' if whole else name}",
                hint=f"its settings are {', '.join(sorted(of_text | of_model))}",
            )
    text = CorpusConfig(**{given: value for given, value in settings.items() if given in of_text})
    if whole is not None:
        return name, text, whole
    return name, text, MODELS[name](**{given: value for given, value in settings.items() if given in of_model})


def _record(
    model: str,
    text: CorpusConfig | None,
    config: SgnsConfig | GloveConfig,
    vocabulary: Vocabulary,
    report: Mapping[str, Any],
    seconds: float,
    trained: Trained,
) -> RunRecord:
    counted = {"words": len(vocabulary), "tokens": vocabulary.tokens}
    if trained.config is not None:
        config = trained.config
        counted["cooccurrences"] = trained.records
    settings = {**({} if text is None else asdict(text)), **asdict(config), "threads": config.worker_threads}
    return RunRecord(
        model=model,
        settings={name: str(value) if isinstance(value, os.PathLike) else value for name, value in settings.items()},
        corpus=report,
        vocabulary=counted,
        threads=config.worker_threads,
        timings={"corpus": seconds, **trained.seconds},
        trained={"words": trained.words, "pairs": trained.pairs, "cpu_seconds": trained.cpu_seconds},
        loss=trained.loss,
        probe_loss=trained.probe_loss,
    )
