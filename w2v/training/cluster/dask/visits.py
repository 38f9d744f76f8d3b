"""What runs in a worker that others have started, beside tasks: settings that a run needs, and trials before training.

Who sends it there: admission.py and given_cluster.py.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from typing import Any

import numpy as np

from w2v.errors import FormatError
from w2v.machine import available_threads, free_memory
from w2v.pages import ROWS
from w2v.training.cluster import tasks
from w2v.training.cluster.block import Block
from w2v.training.cluster.dask.checks import Machine
from w2v.training.cluster.dask.scheduler import MOVED
from w2v.training.cluster.dask.worker import sent
from w2v.training.cluster.files import read_text, write_text
from w2v.training.cluster.planning import Layout, Tile
from w2v.training.cluster.tasks import Job
from w2v.training.first_rows import first_rows

__all__ = ["check_folder", "machine", "restore", "settle", "trial"]

FRACTIONS = ("memory_target_fraction", "memory_spill_fraction", "memory_pause_fraction")
CONNECTING = "distributed.comm.timeouts.connect"
SECONDS = "10s"  # so long a worker tries to reach another one, which may be dead, before its results are computed anew
_KEPT = "_w2v_kept"  # attribute of a worker: its settings as they were


def settle(dask_worker: Any) -> None:
    """Let a worker keep all results in memory, never pause, and soon see that another one is dead.

    It also tells from now on how many bytes it sends.
    """
    import dask

    manager = dask_worker.memory_manager
    if getattr(dask_worker, _KEPT, None) is None:
        fast = getattr(manager.data, "fast", None)  # of the results that are not on its disk
        kept = {name: getattr(manager, name) for name in FRACTIONS}
        setattr(dask_worker, _KEPT, (kept, None if fast is None else fast.n, dask.config.get(CONNECTING)))
        dask.config.set({CONNECTING: SECONDS})
        for name in FRACTIONS:
            setattr(manager, name, False)
        if fast is not None:
            fast.n = sys.maxsize
    dask_worker.metrics[MOVED] = sent


def restore(dask_worker: Any) -> None:
    """Set again what was set before `settle`."""
    import dask

    found = getattr(dask_worker, _KEPT, None)
    dask_worker.metrics.pop(MOVED, None)
    if found is not None:
        delattr(dask_worker, _KEPT)
        kept, room, seconds = found
        dask.config.set({CONNECTING: seconds})
        for name, value in kept.items():
            setattr(dask_worker.memory_manager, name, value)
        if room is not None:
            dask_worker.memory_manager.data.fast.n = room


def machine() -> Machine:
    """Return where this process runs."""
    from w2v.kernels.llvm.emit import LANES
    from w2v.kernels.llvm.processor import processor_features

    return Machine(platform.node(), LANES, processor_features(), available_threads(), free_memory())


def check_folder(folder: str, theirs: str, ours: str, content: str) -> None:
    """Read a file that the run has written, and write one for it. Raises FormatError or OutputError."""
    found = read_text(f"{folder}/{theirs}")
    if found != content:
        raise FormatError(f"{folder}: there is no file {theirs} in it", hint="")
    write_text(f"{folder}/{ours}", content)


def trial(job: Job) -> str:
    """Train a small tile; return the SHA-256 of what comes of it, which must be that of all other workers.

    All kernels that tasks call are compiled on the way. Raises FormatError where the token cache is missing, or another
    one.
    """
    plan = tasks.plan_of(job)
    layout = Layout(0, 0, plan.parts)
    first, *_ = tasks.split(job, layout, 0, 0, 0, max(1, plan.batch(0, 0).chunks))  # the first chunk
    outputs, inputs = (Block.zeros(tasks.blocks_of(job, layout).rows, tasks.width_of(job)) for _ in range(2))
    drawn = first_rows(0, min(ROWS, job.words), job.config)[: len(inputs.rows)]
    inputs.rows[: len(drawn), : drawn.shape[1]] = drawn
    trained = tasks.tile(job, layout, 0, 0, Tile(0, 0, "upper"), outputs, inputs, [first])
    digest = hashlib.sha256()
    for array in (trained[0].rows, trained[1].rows, trained[2].losses):
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
