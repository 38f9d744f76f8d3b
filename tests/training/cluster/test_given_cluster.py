"""`--cluster`: a real scheduler and real workers on loopback, also one with another version of w2v."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from w2v.errors import SettingsError
from w2v.training import train
from w2v.training.cluster.dask.own_workers import quiet

distributed: Any = pytest.importorskip("distributed")

SETTINGS: dict[str, Any] = {"dim": 8, "epochs": 2, "min_count": 1, "batches": 2, "progress": False}


@pytest.fixture
def text(tmp_path: Path) -> Path:
    frequency = 1 / np.arange(20, 320)
    words = np.random.default_rng(1).choice(300, 20_000, p=frequency / frequency.sum())
    path = tmp_path / "corpus.txt"
    path.write_text("\n".join(" ".join(f"w{word}" for word in line) for line in words.reshape(-1, 20)))
    return path


def settings_of(dask_scheduler: Any) -> tuple[Any, ...]:
    return (
        dask_scheduler.worker_ttl,
        dask_scheduler.allowed_failures,
        "stealing" in dask_scheduler.periodic_callbacks,
        len(dask_scheduler.tasks),
    )


def settings_of_worker(dask_worker: Any) -> tuple[Any, ...]:
    manager = dask_worker.memory_manager
    return manager.memory_target_fraction, manager.memory_pause_fraction, manager.data.fast.n, len(manager.data)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of Dask: workers with other versions of packages
def test_a_given_cluster_gives_the_bytes_of_one_process_and_is_left_as_it_was(text: Path) -> None:
    alone = train(text, **SETTINGS, deterministic=True)
    (text.parent / "old" / "w2v").mkdir(parents=True)
    (text.parent / "old" / "w2v" / "__init__.py").touch()
    (text.parent / "old" / "w2v" / "version.py").write_text('__version__ = "0.0.1"\n')
    loud = quiet()
    local = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "local_directory": str(text.parent)}
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, silence_logs=60, **local) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        before = client.run_on_scheduler(settings_of), client.run(settings_of_worker)
        command = [sys.executable, "-m", "distributed.cli.dask_worker", cluster.scheduler_address, "--nthreads", "1"]
        options = ["--host", "127.0.0.1", "--name", "old", "--dashboard-address", "127.0.0.1:0", "--no-nanny"]
        environment = {**os.environ, "PYTHONPATH": str(text.parent / "old")}
        old = subprocess.Popen([*command, *options], env=environment, cwd=text.parent, stderr=subprocess.DEVNULL)
        client.wait_for_workers(3, timeout=60)
        given: dict[str, Any] = {"cluster": cluster.scheduler_address, "run_dir": text.parent / "run"}
        with pytest.raises(SettingsError, match=r"^worker old has w2v 0\.0\.1 instead of"):
            train(text, **SETTINGS, **given)
        old.terminate()
        old.wait()
        trained = train(text, **SETTINGS, **given)
        assert client.run_on_scheduler(settings_of) == before[0]
        assert client.run(settings_of_worker) == before[1]
    loud()
    assert trained.matrix.tobytes() == alone.matrix.tobytes()
    assert not (text.parent / "run").exists()
