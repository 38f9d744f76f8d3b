"""The machine that is measured on: its name, its load, and the peak of its cores."""

from __future__ import annotations

import os
import platform
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

__all__ = ["Peak", "cpu_name", "load_average", "measure_peak"]

PIECE = 0.04  # seconds of one measurement
TRIES = 5


@dataclass(frozen=True)
class Peak:
    """FLOP a second of fused multiply-adds on float32, in registers.

    core: one core, by the CPU time it had. machine: all threads of a run together, by the clock on the wall.
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
    """Processes that ran or wanted to run, the mean of the last minute."""
    try:
        return os.getloadavg()[0]
    except (OSError, AttributeError):
        return None


def measure_peak(threads: int) -> Peak:
    """The best of several short measurements: whatever disturbs one makes it slower, never faster."""
    _work(1)  # compiles
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
    """CPU seconds of `rounds` rounds in this thread."""
    from w2v.kernels.peak import CHAINS, LANES, fma_loop

    values = np.arange(CHAINS * LANES, dtype=np.float32).reshape(CHAINS, LANES)
    started = time.thread_time()
    fma_loop(rounds, np.float32(0.5), np.float32(1), values)
    return time.thread_time() - started


def _together(rounds: int, threads: int) -> float:
    """Seconds until each of `threads` threads has done `rounds` rounds."""
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
