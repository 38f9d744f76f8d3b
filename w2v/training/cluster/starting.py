"""The engine of a run by workers, as the user has asked for it: own processes of this machine, or a given cluster."""

from __future__ import annotations

import os

from w2v.errors import SettingsError
from w2v.progress import Progress
from w2v.training.cluster.dask.engine import DaskEngine
from w2v.training.cluster.dask.given_cluster import GivenCluster
from w2v.training.cluster.dask.own_workers import OwnWorkers
from w2v.training.cluster.files import is_url

__all__ = ["engine_for", "refuse_contradictions"]


def refuse_contradictions(workers: int | None, cluster: str | None, run_dir: object, *, insecure: bool) -> None:
    """Raise SettingsError where what is asked of workers contradicts itself."""
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


def engine_for(
    workers: int | None, cluster: str | None, folder: str, progress: Progress, *, insecure: bool
) -> DaskEngine:
    """Return an engine that is not yet entered. folder: of the run."""
    if cluster is None:
        assert workers is not None
        return DaskEngine(OwnWorkers(workers, progress), progress)
    shared = folder if is_url(folder) else os.path.abspath(folder)
    return DaskEngine(GivenCluster(cluster, shared, progress, insecure), progress)
