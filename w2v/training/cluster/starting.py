"""The engine of a run by workers, as the user has asked for it: own processes of this machine, or a given cluster."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from w2v.errors import SettingsError
from w2v.progress import Progress
from w2v.training.cluster.dask.engine import DaskEngine
from w2v.training.cluster.dask.given_cluster import GivenCluster
from w2v.training.cluster.dask.own_workers import OwnWorkers
from w2v.training.cluster.files import is_url

__all__ = ["MOST_WORKERS", "engine_for", "refuse_contradictions", "refuse_settings", "refuse_texts_without_files"]

MOST_WORKERS = 64  # processes of one machine
ONCE = "workers must read the text from files, and {} can be read only once"


def refuse_contradictions(workers: object, cluster: object, run_dir: object, *, insecure: bool) -> None:
    """Raise SettingsError where what is asked of workers contradicts itself."""
    if workers is not None and (type(workers) is not int or not 1 <= workers <= MOST_WORKERS):
        raise SettingsError(
            f"workers is {workers!r}", hint=f"give a whole number from 1 to {MOST_WORKERS}; None trains by one process"
        )
    if cluster is not None and not isinstance(cluster, (str, os.PathLike)):
        raise SettingsError(
            f"cluster is {cluster!r}", hint="give an address, as 'tls://host:8786', or a scheduler file"
        )
    if workers is not None and cluster is not None:
        raise SettingsError(
            "--workers and --cluster exclude each other", hint="a cluster has its own workers: leave out --workers"
        )
    if insecure and cluster is None:
        raise SettingsError("--insecure without --cluster", hint="leave out --insecure")
    if cluster is not None and run_dir is None:
        raise SettingsError(
            "--cluster needs a run folder", hint="add --run-dir FOLDER, a folder or a URL that all workers share"
        )
    if run_dir is not None and workers is None and cluster is None:
        raise SettingsError("--run-dir without --workers or --cluster", hint="add --workers N, or leave out --run-dir")
    if str(run_dir).startswith("memory:"):
        raise SettingsError(
            f"{run_dir}: each process has its own memory, so workers cannot share it",
            hint="name a folder as --run-dir, or a URL such as s3://BUCKET/FOLDER",
        )


def refuse_settings(settings: Mapping[str, Any]) -> None:
    """Raise SettingsError where workers cannot train with what is set; otherwise the error would name deterministic."""
    if settings.get("subwords") is not None:
        raise SettingsError("workers cannot train subwords", hint="leave out subwords, or train without workers")
    if settings.get("deterministic") is False:
        raise SettingsError(
            "deterministic is False, and workers train deterministically",
            hint="leave out deterministic, or train without workers",
        )


def refuse_texts_without_files(*, standard_input: bool, python_texts: bool, tokenize: bool, cache: bool) -> None:
    """Raise SettingsError where workers could not read the text or the encoded corpus."""
    if standard_input:
        raise SettingsError(ONCE.format("standard input"), hint="save the text to a file first, and name that file")
    if python_texts:
        raise SettingsError(
            ONCE.format("texts from Python"), hint="write them to a file, a sentence a line, and give its name"
        )
    if tokenize:
        raise SettingsError(
            "workers cannot use a function of Python as tokenizer",
            hint="write the tokens to a file, with spaces between them, and give its name",
        )
    if not cache:
        raise SettingsError(
            "workers must read the encoded corpus, and --no-cache keeps none", hint="leave out --no-cache"
        )


def engine_for(
    workers: int | None, cluster: str | None, folder: str, progress: Progress, *, insecure: bool
) -> DaskEngine:
    """Return an engine that is not yet entered. folder: of the run."""
    if cluster is None:
        assert workers is not None
        return DaskEngine(OwnWorkers(workers, progress), progress)
    shared = folder if is_url(folder) else os.path.abspath(folder)
    return DaskEngine(GivenCluster(cluster, shared, progress, insecure), progress)
