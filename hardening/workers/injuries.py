"""The kinds of faults: each is done to a run that is under way, and returns whether there was something to do it to."""

from __future__ import annotations

import os
import random
import shutil
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple, Protocol

from hardening.workers import disks, processes
from hardening.workers.given import GivenCluster

__all__ = ["KINDS", "Injury", "Patient", "counting", "cut", "damage", "driver", "encoding", "fill", "join", "kill"]
__all__ += ["late", "other", "remove", "scheduler", "silence", "stop", "stop_two", "stop_young", "writing", "young"]

YOUNG = 2.0  # seconds of a worker's life in which it has not registered
BEGUN = 0.2  # seconds after which it has asked the system to be killed with its run, as the first thing that it does
WAITING = 20.0  # seconds in which a worker must start that is to be killed young
FULL = 15.0  # seconds for which a disk is full
SOON = 0.3  # seconds after a phase has begun
LATE = 8.0  # seconds for which a worker that starts is held up


class Patient(Protocol):
    """A run under way."""

    chance: random.Random
    disk: Path | None

    @property
    def run_folder(self) -> Path:
        """Return the folder of the checkpoints."""

    def driver(self) -> int:
        """Return the process that the user has started."""

    def is_running(self) -> bool:
        """Return whether that process has not ended."""

    def workers(self) -> list[int]:
        """Return the worker processes."""

    def wait_for(self, phase: str) -> bool:
        """Wait until a phase has begun in whose name this text is; return whether it has."""

    def start_again(self) -> None:
        """Kill the driver, and start a run that goes on with another number of workers."""

    @property
    def cluster(self) -> GivenCluster | None:
        """Return the cluster that was started for the run; None where the run starts its own workers."""


class Injury(NamedTuple):
    """A kind of fault. kills: how many processes it kills; stops: how many it stops."""

    name: str
    act: Callable[[Patient], bool]
    kills: int = 0
    stops: int = 0


def _send(process: int, number: signal.Signals) -> bool:
    with suppress(ProcessLookupError):
        os.kill(process, number)
        return True
    return False


def _workers(run: Patient, number: int = 1, age: float = 0.0) -> list[int]:
    """Return the workers that are not stopped and so many seconds old, as soon as there are enough."""
    end = time.monotonic() + WAITING
    while True:
        found = [each for each in run.workers() if not processes.is_stopped(each) and processes.seconds_of(each) > age]
        if len(found) >= number or time.monotonic() > end or not run.is_running():
            return found
        time.sleep(0.1)


def _kill(run: Patient) -> bool:
    found = _workers(run)
    return bool(found) and _send(run.chance.choice(found), signal.SIGKILL)


def _kill_in(phase: str, run: Patient) -> bool:
    """Kill a worker in a phase, or soon after."""
    if not run.wait_for(phase):
        return False
    time.sleep(run.chance.uniform(0, SOON))
    return _kill(run)


def _young_worker(run: Patient) -> int | None:
    """Wait for a worker that has just been started; where there is none, kill one, so that another one starts."""
    end, made = time.monotonic() + WAITING, False
    while time.monotonic() < end and run.is_running():
        found = [each for each in run.workers() if processes.seconds_of(each) < YOUNG]
        if found:
            return run.chance.choice(found)
        if not made and time.monotonic() > end - WAITING + 2:
            made = _kill(run)
        time.sleep(0.02)
    return None


def _kill_young(run: Patient) -> bool:
    found = _young_worker(run)
    if found is None:
        return False
    time.sleep(run.chance.uniform(0, YOUNG / 2))
    return _send(found, signal.SIGKILL)


def _stop_young(run: Patient) -> bool:
    """Stop a worker that has not registered yet, but not in its first moment: it would outlive a run that is killed."""
    found = _young_worker(run)
    if found is None:
        return False
    time.sleep(run.chance.uniform(BEGUN, YOUNG / 2))
    return _send(found, signal.SIGSTOP)


def _hold_up(run: Patient) -> bool:
    found = _young_worker(run)
    if found is None or not _send(found, signal.SIGSTOP):
        return False
    threading.Timer(LATE, _send, (found, signal.SIGCONT)).start()
    return True


def _stop(run: Patient, number: int) -> bool:
    found = _workers(run, number, YOUNG)
    chosen = run.chance.sample(found, min(number, len(found)))
    return sum(_send(each, signal.SIGSTOP) for each in chosen) == number


def _start_again(run: Patient) -> bool:
    run.start_again()
    return True


def _cut(run: Patient) -> bool:
    """Cut up to three connections of a worker, or of the driver: to the scheduler, or to other workers."""
    found = _workers(run)
    process = run.chance.choice([*found, *found, run.driver()])
    ways = processes.connections(process)
    run.chance.shuffle(ways)
    return sum(processes.cut(process, each) for each in ways[: run.chance.randint(1, 3)]) > 0


def _fill(run: Patient) -> bool:
    disk = run.disk
    if disk is None:
        return False
    disks.fill(disk)
    threading.Timer(FULL, disks.free, (disk,)).start()
    return True


def _damage(run: Patient) -> bool:
    """Flip a bit in a block of the newest checkpoint, and kill a worker that may need it."""
    blocks = sorted(run.run_folder.glob("*/*.npy"), key=lambda path: path.stat().st_mtime_ns)
    if not blocks:
        return False
    content = bytearray(blocks[-1].read_bytes())
    content[-200] ^= 1
    blocks[-1].write_bytes(content)
    return _kill(run)


def _remove(run: Patient) -> bool:
    if not any(run.run_folder.glob("*/*.npy")):
        return False
    for path in list(run.run_folder.iterdir()):
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    return True


def _kill_scheduler(run: Patient) -> bool:
    return run.cluster is not None and run.cluster.kill_scheduler()


def _stop_scheduler(run: Patient) -> bool:
    """Stop the scheduler for a while: nobody answers, and no connection is closed."""
    if run.cluster is None:
        return False
    process, seconds = run.cluster.scheduler.pid, run.chance.choice((10.0, 45.0))
    threading.Timer(seconds, _send, (process, signal.SIGCONT)).start()
    return _send(process, signal.SIGSTOP)


def _add(run: Patient) -> bool:
    """Add a worker, of which the run knew nothing when it began."""
    if run.cluster is None:
        return False
    run.cluster.add()
    return True


def _add_other(run: Patient) -> bool:
    """Add a worker with another copy of w2v, which must get no task."""
    if run.cluster is None:
        return False
    run.cluster.add(other=True)
    return True


kill = Injury("kill -9 a worker", _kill, kills=1)
counting = Injury("kill -9 a worker that counts words", partial(_kill_in, "counting"), kills=1)
encoding = Injury("kill -9 a worker that writes shards", partial(_kill_in, "shards"), kills=1)
writing = Injury("kill -9 a worker while vectors are written", partial(_kill_in, "writing vectors"), kills=1)
young = Injury("kill -9 a starting worker", _kill_young, kills=1)
driver = Injury("kill -9 driver and scheduler", _start_again, kills=1)
stop = Injury("stop a worker", lambda run: _stop(run, 1), stops=1)
stop_young = Injury("stop a starting worker", _stop_young, stops=1)
stop_two = Injury("stop two workers", lambda run: _stop(run, 2), stops=2)
late = Injury("hold up a starting worker", _hold_up)
cut = Injury("cut connections", _cut)
fill = Injury("full disk", _fill)
damage = Injury("damage a block and kill", _damage, kills=1)
remove = Injury("empty the run folder", _remove)
scheduler = Injury("kill -9 the scheduler", _kill_scheduler, kills=1)
silence = Injury("stop the scheduler", _stop_scheduler, stops=1)
join = Injury("a late worker", _add)
other = Injury("a worker of another version", _add_other)
KINDS = (
    kill,
    counting,
    encoding,
    writing,
    young,
    driver,
    stop,
    stop_two,
    stop_young,
    late,
    cut,
    fill,
    damage,
    remove,
    scheduler,
    silence,
    join,
    other,
)
