"""The machine on which w2v is measured: its processor, its load, and how much it can compute at most."""

from __future__ import annotations

import os
import platform
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

__all__ = ["Peak", "cpu_name", "load_average", "measure_peak"]

PIECE = 0.04  # seconds that one measurement takes
TRIES = 5


@dataclass(frozen=True)
class Peak:
    """The most float32 operations a second: of fused multiply-adds, whose numbers stay in registers.

    core: of one core, in a second of CPU time. machine: of all threads of a run together, in a second of real time.
    """

    core: float
    machine: float


def cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return next(iter(names), platform.processor() or platform.machine())


def load_average() -> float | None:
    """Return how many processes ran or waited to run, as the mean of the last minute; None where no one counts them."""
    try:
        return os.getloadavg()[0]
    except (OSError, AttributeError):
        return None


def measure_peak(threads: int) -> Peak:
    """Measure the peak several times, shortly, and return the best: a disturbance makes it lower, never higher."""
    _work(1)  # compiles the kernel
    rounds = 1000
    while (seconds := _work(rounds)) < PIECE / 4:
        rounds = int(rounds * min(10.0, PIECE / max(seconds, 1e-6)))
    rounds = int(rounds * PIECE / seconds)
    core = max(_flop(rounds) / _work(rounds) for _ in range(TRIES))
    machine = max(_flop(rounds) * threads / _together(rounds, threads) for _ in range(TRIES))
    return Peak(core, machine)


def _flop(rounds: int) -> int:
    from w2v.kernels.peak import FLOP

    return FLOP * rounds


def _work(rounds: int) -> float:
    """Do `rounds` rounds of the kernel in this thread; return the CPU time, in seconds."""
    from w2v.kernels.peak import CHAINS, LANES, fma_loop

    values = np.arange(CHAINS * LANES, dtype=np.float32).reshape(CHAINS, LANES)
    started = time.thread_time()
    fma_loop(rounds, np.float32(0.5), np.float32(1), values)
    return time.thread_time() - started


def _together(rounds: int, threads: int) -> float:
    """Do `rounds` rounds of the kernel in each of `threads` threads at once; return the real time, in seconds."""
    gate = threading.Barrier(threads + 1)

    def work() -> None:
        gate.wait()
        _work(rounds)

    team = [threading.Thread(target=work, daemon=True) for _ in range(threads)]
    for thread in team:
        thread.start()
    gate.wait()
    started = time.perf_counter()
    for thread in team:
        thread.join()
    return time.perf_counter() - started
