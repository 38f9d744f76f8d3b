"""The constants of table.py, from runs on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchmarks.cluster.moving import BLOCKS, move
from benchmarks.cluster.runs import Measured, run
from benchmarks.cluster.table import Constants
from w2v.bench.machine import cpu_name, load_average

__all__ = ["constants"]

SMALL = ("--dim", "16", "--epochs", "1", "--batches", "4", "--min-count", "2")  # all but nothing to train or to move
GROUPS = 16


def constants(small: Path, runs: Mapping[int, Measured], corpus: str, dim: int) -> Constants:
    """Return the constants of some runs, by workers, and of one more on a small corpus that has many tasks."""
    tasks = run(small, *SMALL, "--workers", "2", "--threads", "2", groups=GROUPS)
    number = sum(task.number for name, task in tasks.tasks.items() if name not in ("start", "load kernels"))
    base = max(each.anonymous for each in tasks.workers) / 1e6
    one, most = runs[min(runs)], max(runs)
    many = runs[most]
    pairs = one.driver["pairs"]
    peak = max(each.anonymous for each in many.workers) / 1e6
    model = many.model / most / 1e6
    tls = move("tls", BLOCKS)  # as between machines: workers of one machine move blocks in another way
    return Constants(
        machine=f"{cpu_name()}, load {load_average()}",
        corpus=corpus,
        dim=dim,
        tile_ns=1e9 * one.tasks["tile"].cpu_seconds / pairs,
        split_ns=1e9 * one.tasks["split"].cpu_seconds / pairs,
        pairs_a_token=pairs / one.driver["words"],
        cpu_s_a_gb=tls.sent + tls.received,
        task_ms=1e3 * tasks.driver["scheduler"] / number,
        base_mb=base,
        times=(peak - base - 4 * many.pairs_of_batch / most / 1e6) / model,
    )
