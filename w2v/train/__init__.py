"""From a corpus to vectors: one call. Not here: what one training algorithm does (sgns.py), and its kernels."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from w2v.config import CorpusConfig, SgnsConfig
from w2v.errors import SettingsError
from w2v.progress import NullProgress, Progress
from w2v.record import RunRecord
from w2v.tokens import TokenCache, prepare
from w2v.train.sgns import Trained, train_sgns
from w2v.vectors import Vectors

__all__ = ["MODELS", "Trained", "train"]

MODELS = ("sgns",)

Source = str | os.PathLike[str]


def train(
    corpus: Source | Sequence[Source],
    model: str = "sgns",
    *,
    cache_dir: Source | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> Vectors:
    """Train word vectors on text and return them, with the record of the run.

    corpus: a file, a folder, a glob, "-" for standard input, or several of them; plain or .gz, .bz2, .xz, .zst.
    model: "sgns", skip-gram with negative sampling.
    cache_dir: where the encoded corpus is kept for the next run; None takes the user's cache folder.
    settings: any field of `CorpusConfig` or `SgnsConfig` by its name (dim=100, window=5, min_count=5, …).

    Raises SettingsError, CorpusError, VocabularyError or TrainingError.
    """
    if model not in MODELS:
        raise SettingsError(f"model is {model!r}", hint=f"model must be one of {', '.join(MODELS)}")
    text, sgns = _split_settings(settings)
    listener = progress or NullProgress()
    sources = [corpus] if isinstance(corpus, (str, os.PathLike)) else list(corpus)
    folder = None if cache_dir is None else Path(cache_dir)
    with prepare(sources, text, cache_dir=folder, threads=sgns.worker_threads, progress=listener) as cache:
        trained = train_sgns(cache.tokens, cache.vocabulary, sgns, progress=listener)
        record = _record(model, text, sgns, cache, trained)
        return Vectors(cache.vocabulary.words, trained.matrix, cache.vocabulary.counts, record)


def _split_settings(settings: dict[str, Any]) -> tuple[CorpusConfig, SgnsConfig]:
    of_text = {field.name for field in fields(CorpusConfig)}
    of_sgns = {field.name for field in fields(SgnsConfig)}
    for name in settings:
        if name not in of_text | of_sgns:
            raise SettingsError(
                f"{name!r} is not a setting", hint=f"the settings are {', '.join(sorted(of_text | of_sgns))}"
            )
    return (
        CorpusConfig(**{name: value for name, value in settings.items() if name in of_text}),
        SgnsConfig(**{name: value for name, value in settings.items() if name in of_sgns}),
    )


def _record(model: str, text: CorpusConfig, sgns: SgnsConfig, cache: TokenCache, trained: Trained) -> RunRecord:
    report = cache.report.to_dict()
    return RunRecord(
        model=model,
        settings={**asdict(text), **asdict(sgns), "threads": sgns.worker_threads},
        corpus=report,
        vocabulary={"words": len(cache.vocabulary), "tokens": cache.vocabulary.tokens},
        threads=sgns.worker_threads,
        timings={"corpus": cache.report.seconds, **trained.seconds},
        trained={"words": trained.words, "pairs": trained.pairs, "cpu_seconds": trained.cpu_seconds},
        loss=trained.loss,
        probe_loss=trained.probe_loss,
    )
