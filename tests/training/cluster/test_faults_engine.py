"""What the engine does about tasks without a worker, lost tasks, silent workers, and runs in which nothing changes."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from listening import Listening

from w2v.errors import TrainingError
from w2v.progress import NullProgress

pytest.importorskip("distributed")

import dask
from distributed import Client, Scheduler, Worker

from w2v.training.cluster.dask import engine, own_workers, visits
from w2v.training.cluster.dask.engine import DaskEngine
from w2v.training.cluster.dask.own_workers import OwnWorkers
from w2v.training.cluster.dask.scheduler import MOVED, NOTHING_SEEN, PREFIX, Seen, SeenWorker, look, restore, settle
from w2v.training.cluster.dask.worker import CONFIGURATION, START
from w2v.training.cluster.graph import Stuck

OPTIONS = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}


@asynccontextmanager
async def scheduler_and_client(**settings: Any):
    """A scheduler and a client, both in this process and on loopback."""
    with dask.config.set(CONFIGURATION | settings):
        async with (
            Scheduler(protocol="tcp", **OPTIONS) as scheduler,
            Client(scheduler.address, asynchronous=True, set_as_default=False) as client,
        ):
            yield scheduler, client


def worker_of(scheduler: Scheduler) -> Worker:
    return Worker(scheduler.address, nthreads=1, **OPTIONS, memory_limit=0)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("loose", [True, False])
def test_a_task_whose_worker_died_while_no_other_ran_is_freed(loose: bool) -> None:
    async def course() -> None:
        async with scheduler_and_client() as (scheduler, client):
            async with worker_of(scheduler) as first:
                key, places = f"{PREFIX}task-1-run", [first.address]
                future = client.submit(int, "7", key=key, workers=places, allow_other_workers=True)
                await future
                async with worker_of(scheduler) as holder:  # the result is lost with `first`, and needs a worker anew
                    await until(lambda: len(scheduler.workers) == 2)
                    await scheduler.remove_worker(holder.address, stimulus_id="test")
                    await scheduler.remove_worker(first.address, stimulus_id="test")
            task = scheduler.tasks[key]
            assert task.state == "no-worker"
            async with worker_of(scheduler) as other, worker_of(scheduler):
                await until(lambda: len(scheduler.running) == 2)
                await asyncio.sleep(0.3)
                assert task.state == "no-worker", "Dask frees such tasks by itself: look() need not do it any more"
                look("another", None, scheduler)
                assert task.state == "no-worker"
                if not loose:
                    look("run", ["tcp://127.0.0.1:1"], scheduler)
                    assert task.state == "no-worker", "no worker that may train is there"
                look("run", None if loose else [other.address], scheduler)
                assert task.worker_restrictions == (None if loose else {other.address})
                assert await asyncio.wait_for(future, 10) == 7

    asyncio.run(course())


def test_a_task_that_dies_with_its_workers_again_and_again_is_stuck() -> None:
    async def course() -> None:
        async with scheduler_and_client(**{"distributed.scheduler.allowed-failures": 1}) as (scheduler, client):
            future = None
            for _ in range(2):
                async with worker_of(scheduler) as worker:
                    future = future or client.submit(asyncio.sleep, 60, key=f"{PREFIX}task-1-run")
                    await until(lambda: any(each.processing for each in scheduler.workers.values()))
                    await scheduler.remove_worker(worker.address, stimulus_id="test")
            assert future is not None
            await until(lambda: future.status == "error")
            failure = await future.exception()
            with pytest.raises(Stuck, match="again and again"):
                engine._refuse(Ended("error", failure))

    asyncio.run(course())


def settings_of(scheduler: Scheduler) -> tuple[Any, ...]:
    return scheduler.worker_ttl, scheduler.allowed_failures, "stealing" in scheduler.periodic_callbacks


def test_what_a_run_needs_of_a_scheduler_is_set_and_set_back_by_the_last_run() -> None:
    async def course() -> None:
        usual = {
            "distributed.scheduler.worker-ttl": "300s",
            "distributed.scheduler.allowed-failures": 3,
            "distributed.scheduler.work-stealing": True,
        }
        async with scheduler_and_client(**usual) as (scheduler, client):
            assert settings_of(scheduler) == (300, 3, True)
            for each in (client.id, "a client that has gone"):
                await settle(each, scheduler)
                assert settings_of(scheduler) == (30, 50, False)
            await restore("a client that has gone", scheduler)
            assert settings_of(scheduler) == (30, 50, False)
            await restore(client.id, scheduler)
            assert settings_of(scheduler) == (300, 3, True)

    asyncio.run(course())


def test_what_a_run_needs_of_a_worker_is_set_and_set_back() -> None:
    async def course() -> None:
        usual = {
            "distributed.worker.memory.target": 0.6,
            "distributed.worker.memory.spill": 0.7,
            "distributed.worker.memory.pause": 0.8,
            "distributed.comm.timeouts.connect": "30s",
        }
        async with (
            scheduler_and_client(**usual) as (scheduler, _),
            Worker(scheduler.address, nthreads=1, **OPTIONS, memory_limit=2**30) as worker,
        ):
            before = settings_of_worker(worker)
            assert before[:4] == (0.6, 0.7, 0.8, "30s")
            for _ in range(2):
                visits.settle(worker)
                assert settings_of_worker(worker)[:5] == (False, False, False, "10s", sys.maxsize)
                assert worker.metrics[MOVED](worker) == 0
            visits.restore(worker)
            assert settings_of_worker(worker) == before
            assert MOVED not in worker.metrics

    asyncio.run(course())


def settings_of_worker(worker: Worker) -> tuple[Any, ...]:
    manager = worker.memory_manager
    fractions = manager.memory_target_fraction, manager.memory_spill_fraction, manager.memory_pause_fraction
    return *fractions, dask.config.get("distributed.comm.timeouts.connect"), manager.data.fast.n


def test_tasks_go_to_the_worker_of_their_group_and_only_to_workers_that_may_train() -> None:
    tasks = DaskEngine(Silent(NOTHING_SEEN))  # type: ignore[arg-type]
    tasks._addresses = ["a", None, "c"]
    assert [tasks._places(group, 6) for group in (0, 1, 4, -1)] == [["a"], ["a"], ["c"], []]
    assert tasks._places(2, 6) == []  # any worker of this machine
    tasks.cluster.loose = False
    assert [tasks._places(group, 6) for group in (0, 2, -1)] == [["a"], ["a", "c"], ["a", "c"]]


def test_tasks_that_began_more_often_than_they_were_submitted_are_repeated() -> None:
    tasks = DaskEngine(Silent(NOTHING_SEEN))  # type: ignore[arg-type]
    tasks._begun_before, tasks._submitted, tasks._repeated_before = 100, 20, 3
    tasks._seen = NOTHING_SEEN._replace(begun=110)
    assert tasks.repeated == 3
    tasks._seen = NOTHING_SEEN._replace(begun=125)
    assert tasks.repeated == 8
    assert tasks.figures()["repeated"] == 8


def test_where_tasks_of_a_run_take_long_a_change_is_waited_for_longer(clock: Clock) -> None:
    watchdog = engine._Watchdog(Listening())
    watchdog.begin()

    def look(seconds: int, transitions: int) -> None:
        for _ in range(seconds):
            clock.now += 1
            watchdog.look(Seen(transitions, {}, True, 0))

    look(1, 1)
    look(400, 1)
    look(1, 2)
    assert 400 <= watchdog.longest <= 402
    look(3_999, 2)
    with pytest.raises(Stuck, match="nothing has changed"):
        look(30, 2)


def test_a_line_is_told_within_each_minute_where_only_lost_tasks_end_again(clock: Clock) -> None:
    heard = Listening()
    watchdog = engine._Watchdog(heard)
    watchdog.begin()
    for second in range(200):
        clock.now += 1
        watchdog.look(Seen(second, {}, True, 0), results=second // 150, repeated=second)
    again = "tasks so far were lost with workers, and are computed again"
    assert heard.messages == [f"waiting for {46 * n} seconds: {46 * n - 1} {again}" for n in (1, 2, 3)] + [
        f"waiting for 46 seconds: 196 {again}"
    ]
    watchdog.begin()
    watchdog.look(Seen(-1, {}, True, 0))
    clock.now += 9
    watchdog.look(Seen(-1, {}, True, 0))
    assert len(heard.messages) == 4


class Ended:
    """A future that has ended."""

    def __init__(self, status: str, failure: BaseException | None = None) -> None:
        self.status, self.failure = status, failure

    def exception(self, timeout: float) -> BaseException | None:
        return self.failure


@pytest.mark.parametrize("status", ["cancelled", "lost"])
def test_a_task_that_the_scheduler_does_not_know_any_more_is_stuck(status: str) -> None:
    with pytest.raises(Stuck, match="lost a task"):
        engine._refuse(Ended(status))


class Clock:
    """The time, as modules see it here."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def time_ns(self) -> int:
        return 1


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (engine, own_workers):
        monkeypatch.setattr(module, "time", clock)
    return clock


class Silent:
    """A client and its cluster, in which nothing ends. sees: what a look tells."""

    loose, status, patience = True, "running", 300.0

    def __init__(self, sees: Seen) -> None:
        self.sees, self.looks = sees, 0

    def open(self) -> Silent:
        return self

    def close(self) -> None:
        pass

    def tend(self, seen: Seen) -> None:
        self.looks += 1

    def addresses(self, seen: Seen) -> list[str | None]:
        return ["a"]

    def submit(self, *arguments: Any, **options: Any) -> Any:
        return type("Future", (), {"done": lambda self: False})()


@pytest.fixture
def waiting(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Callable[[Seen], tuple[float, list[str], int]]:
    """Wait for a task that never ends; return after how many seconds that is Stuck, what was told, and the looks."""

    def wait(sees: Seen, pause: float = 0.0) -> tuple[float, list[str], int]:
        silent, heard = Silent(sees), Listening()
        monkeypatch.setattr(engine, "ask_scheduler", lambda *arguments, watch: silent.sees)
        pauses = [pause]

        def watch() -> None:
            clock.now += 0.5  # looks come twice as fast
            if clock.now - began > 30:
                clock.now += pauses.pop() if pauses else 0

        with DaskEngine(silent, heard) as tasks:  # type: ignore[arg-type]
            began = clock.now
            with pytest.raises(Stuck, match="nothing has changed for"):
                tasks.results([tasks.submit("task", print)], watch=watch)
        return clock.now - began - pause, heard.messages, silent.looks

    return wait


def test_where_no_task_runs_a_minute_without_a_change_is_stuck(waiting: Any) -> None:
    seconds, lines, looks = waiting(Seen(7, {}, False, 0))
    assert 60 < seconds < 64
    (line,) = lines
    assert line.endswith("and no worker is computing one")
    assert looks > 30


def test_where_tasks_run_a_line_is_told_within_each_minute(waiting: Any) -> None:
    seconds, lines, _ = waiting(Seen(7, {}, True, 0))
    assert 1800 < seconds < 1804
    assert 45 <= seconds / len(lines) < 60
    assert re.fullmatch("no task has ended for 9[0-9] seconds; workers are still computing", lines[1])


def test_where_tasks_run_on_processors_that_do_nothing_a_run_is_stuck_earlier(waiting: Any) -> None:
    seconds, lines, _ = waiting(Seen(7, {}, True, 0, is_idle=True))
    assert 600 < seconds < 604
    assert 45 <= seconds / len(lines) < 60


def test_the_time_in_which_this_process_was_stopped_does_not_count(waiting: Any) -> None:
    seconds, _, _ = waiting(Seen(7, {}, False, 0), pause=1000)
    assert 60 < seconds < 64


def test_a_scheduler_that_has_much_to_do_is_waited_for_but_not_for_ever(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, answers = Listening(), [30.0, 30.0, 0.0, *[30.0] * 99]

    def ask(client: Any, *arguments: Any, watch: Any) -> Seen:
        seconds = answers.pop(0)
        clock.now += seconds
        if seconds:
            raise TimeoutError
        return Seen(len(answers), {}, False, 0)

    monkeypatch.setattr(engine, "ask_scheduler", ask)
    silent = Silent(Seen(7, {}, False, 0))
    with DaskEngine(silent, heard) as tasks:  # type: ignore[arg-type]
        with pytest.raises(Stuck, match="the scheduler has not answered for 3"):
            tasks.results([tasks.submit("task", print)])
        assert heard.messages[1].startswith("the scheduler has not answered for 6")
        assert len(heard.messages) == 2 + 9


class Slept:
    """Worker processes that only sleep, and what the scheduler says of them."""

    def __init__(self, number: int, folder: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
        self.heard, self.clock, self.workers = Listening(), clock, OwnWorkers(number, progress=NullProgress())
        self.workers.progress = self.heard
        self.workers._starter = ThreadPoolExecutor(1)
        self.workers._folder, self.workers._asked, self.workers._looked = folder, {}, clock.now
        popen = subprocess.Popen

        def start(command: Any, **options: Any) -> Any:
            return popen([sys.executable, "-c", "import sys; sys.stdin.read()"], **options)

        monkeypatch.setattr(own_workers.subprocess, "Popen", start)
        for slot in range(number):
            self.workers._begin(slot)

    def look(self, seconds: float, *alive: int) -> None:
        """Let so many seconds pass, in which the scheduler hears of some workers; then tend."""
        self.clock.now += seconds
        seen = {
            each.name: SeenWorker("a", each.name, 1, 0, self.clock.now if slot in alive else 1.0)
            for slot, each in self.workers._processes.items()
        }
        self.workers.tend(NOTHING_SEEN._replace(workers=seen))

    @property
    def processes(self) -> list[int]:
        return [each.process.pid for each in self.workers._processes.values()]


@pytest.fixture
def slept(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Slept]:
    """Two such processes, which end with the test."""
    processes = Slept(2, tmp_path, monkeypatch, clock)
    yield processes
    processes.workers._end_all()


def test_a_worker_that_the_scheduler_does_not_hear_of_is_replaced(slept: Slept) -> None:
    before = slept.processes
    for _ in range(19):
        slept.look(1, 0)
    assert slept.processes == before
    slept.look(100, 0)  # this process was stopped
    assert slept.processes == before
    slept.look(3, 0)
    assert slept.processes[0] == before[0]
    assert slept.processes[1] != before[1]
    assert slept.heard.messages == ["worker 2 of 2 does not answer: another one takes its place"]
    slept.workers._processes[0].process.kill()
    slept.workers._processes[0].process.wait()
    slept.look(1, 1)
    assert slept.heard.messages[1:] == ["worker 1 of 2 was killed by SIGKILL: another one takes its place"]


def test_a_worker_that_was_stopped_before_it_registered_is_replaced(slept: Slept) -> None:
    before = slept.processes
    os.kill(before[1], signal.SIGSTOP)
    name = slept.workers._processes[0].name
    for second in range(50):
        slept.clock.now += 1
        registered = {name: SeenWorker("a", name, 1, 0, slept.clock.now)}
        slept.workers.tend(NOTHING_SEEN._replace(workers=registered))
        assert (slept.processes == before) == (second < 45)
    assert slept.heard.messages == ["worker 2 of 2 does not start: another one takes its place"]
    assert not Path(f"/proc/{before[1]}").exists()


CHILD = START.replace("runpy.run_module", "print('ready', flush=True), __import__('time').sleep(600) #")
PARENT = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {CHILD!r}], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Linux does it")
def test_a_stopped_worker_ends_with_its_run() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        os.kill(child, signal.SIGSTOP)
        parent.kill()
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            status = Path(f"/proc/{child}/stat").read_text()
        except OSError:
            return
        if status.rpartition(")")[2].split()[0] == "Z":
            return  # killed; nobody has asked for its exit code
        time.sleep(0.01)
    pytest.fail("it still runs")


@pytest.mark.parametrize(
    "log", ["no room\n", f"no room\n\n{own_workers.CAUSE}\n\nTraceback:\nRuntimeError: LocalWorker failed to start.\n"]
)
def test_workers_that_never_start_end_the_run_with_one_line(
    log: str, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept, forgotten = Slept(1, tmp_path, monkeypatch, clock), list[str]()
    slept.workers._forget = forgotten.append
    first = slept.workers._processes[0].name
    try:
        for number in range(5):
            each = slept.workers._processes[0]
            each.log.write_text(log)
            each.process.kill()
            each.process.wait()
            if number < 4:
                slept.workers.tend(NOTHING_SEEN)
        with pytest.raises(TrainingError, match=r"worker processes do not start: no room \(") as raised:
            slept.workers.tend(NOTHING_SEEN)
        assert raised.value.hint
        assert len(slept.heard.messages) == 4
        assert forgotten[0] == first
        assert len(set(forgotten)) == 5
    finally:
        slept.workers._end_all()


@pytest.mark.slow
def test_workers_train_in_a_notebook_where_an_event_loop_runs() -> None:
    async def cell() -> list[Any]:
        with DaskEngine(OwnWorkers(1)) as engine:
            engine.begin(None)
            return engine.results([engine.submit("sum", sum, [1, 2], group=0)])

    assert asyncio.run(cell()) == [3]
