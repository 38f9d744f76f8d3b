"""`--cluster`: a real scheduler and real workers on loopback, also one with another version of w2v."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from w2v.errors import ClusterError, SettingsError
from w2v.progress import NullProgress
from w2v.training import train
from w2v.training.cluster.dask import given_cluster
from w2v.training.cluster.dask.admission import Guest
from w2v.training.cluster.dask.given_cluster import GivenCluster
from w2v.training.cluster.dask.loggers import quiet
from w2v.training.cluster.dask.scheduler import NOTHING_SEEN, SeenWorker

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


class Heard(NullProgress):
    """Keeps all lines and phases, with the second of each."""

    def __init__(self) -> None:
        self.now, self.told = 0.0, list[tuple[float, str]]()

    def phase(self, name: str, total: int | None = None, unit: str = "", done: int = 0) -> None:
        self.told.append((self.now, name))

    def message(self, text: str, level: str = "info") -> None:
        self.told.append((self.now, text))

    def longest(self) -> float:
        times = [0.0, *(at for at, _ in self.told), self.now]
        return max(after - before for before, after in pairwise(times))

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += 0.5


class Answers:
    """An admission to which some workers have answered."""

    def __init__(self, ready: Sequence[str] = (), undecided: Sequence[str] = ()) -> None:
        workers = {name: Guest(name, SeenWorker(name, name, 1, None)) for name in ready}
        self.guests, self.ready, self.names = workers, list(workers.values()), undecided
        self.is_undecided = bool(undecided)

    def accepted(self) -> list[Guest]:
        return self.ready

    def unanswered(self) -> Sequence[str]:
        return self.names

    def tend(self, seen: Any) -> list[Guest]:
        return []


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    heard = Heard()
    monkeypatch.setattr(given_cluster, "time", heard)
    return heard


def given(heard: Heard, admission: Answers) -> GivenCluster:
    cluster = GivenCluster("tcp://127.0.0.1:1", "/run", heard)
    cluster.address, cluster._admission = cluster.given, admission
    return cluster


@pytest.mark.parametrize("trained", [False, True])
def test_a_run_without_workers_tells_a_line_each_half_minute_and_ends_with_the_cure(
    trained: bool, heard: Heard
) -> None:
    cluster = given(heard, Answers())
    cluster._trained = trained
    with pytest.raises(ClusterError, match="no worker that may train has come for 300 seconds") as error:
        cluster._wait(lambda: NOTHING_SEEN)
    cure = "start another one: dask worker tcp://127.0.0.1:1 --nthreads 1"
    assert error.value.hint == f"{cure}{', and continue the run with --resume' * trained}"
    assert 300 < heard.now < 302
    assert heard.longest() < 32


def test_a_worker_whose_trial_takes_long_does_not_keep_others_from_training(heard: Heard) -> None:
    given(heard, Answers(["one"], ["two"]))._wait(lambda: NOTHING_SEEN)
    assert 30 < heard.now < 32


def test_where_no_worker_is_ready_the_run_tells_for_which_it_waits(heard: Heard) -> None:
    answers = Answers([], ["one", "two"])

    def look() -> Any:
        if heard.now > 200:
            answers.ready, answers.is_undecided = [*Answers(["one"]).guests.values()], False
        return NOTHING_SEEN

    given(heard, answers)._wait(look)
    assert (
        "no answer of worker one, two for 183 seconds; what runs there may end yet; start another" in heard.told[-1][1]
    )
    assert heard.longest() < 32


def test_that_all_workers_have_left_is_told_at_once_and_once(heard: Heard) -> None:
    cluster = given(heard, Answers(["one"]))
    cluster._trained = True
    worker = SeenWorker("one", "one", 1, None)
    for workers in ({"one": worker}, {}, {}, {"one": worker}, {}):
        cluster.tend(NOTHING_SEEN._replace(workers=workers))
    cure = "start another one: dask worker tcp://127.0.0.1:1 --nthreads 1"
    assert [text for _, text in heard.told] == [
        f"no worker is left that may train: the run waits 6 minutes for one; {cure}"
    ] * 2


def test_what_is_done_twice_in_a_restart_is_told_once(heard: Heard) -> None:
    cluster = given(heard, Answers(["one"]))
    cluster._trained = True
    for text in ("connecting to a", "checking workers", "checking workers", "connecting to a"):
        cluster._tell(text)
    assert [text for _, text in heard.told] == [
        "connecting to a, for at most 60 seconds",
        "checking workers, for at most 300 seconds",
        "connecting to a, for at most 60 seconds",
    ]


def test_a_scheduler_that_does_not_come_back_is_told_of_within_each_minute(heard: Heard) -> None:
    def connect() -> None:
        heard.now += 20
        raise ClusterError("nobody listens there", hint="")

    with pytest.raises(ClusterError, match="not back after a minute") as error:
        given(heard, Answers())._lasting(connect)
    assert "--resume" in error.value.hint
    assert heard.longest() < 60


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
