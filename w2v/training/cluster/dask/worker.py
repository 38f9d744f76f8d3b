"""A worker process of the engine: Python runs START, which runs this module. Started by own_workers.py, never by hand.

It reads from standard input, as a line of JSON, whom to connect to, and ends when standard input ends: so no worker
outlives the run, however the run has ended. On Linux the system kills it then, also where SIGSTOP has stopped it.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

from w2v.training.cluster.dask.scheduler import FAILURES, MISSING, MOVED

__all__ = ["CONFIGURATION", "START", "main", "sent"]

SIGNS = 2.0  # seconds between two signs of life of a worker; Dask's own would be half a second

# What Python runs for a worker. Before it imports anything that takes time, Linux is asked to kill the process when the
# thread ends that has started it: prctl(PR_SET_PDEATHSIG, SIGKILL).
START = """
import ctypes, runpy, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, 9)
runpy.run_module("w2v.training.cluster.dask.worker", run_name="__main__")
"""
CONFIGURATION = {  # of Dask, for the scheduler as well
    "distributed.scheduler.work-stealing": False,  # it moves blocks, and can wait for ever
    "distributed.scheduler.worker-ttl": f"{MISSING}s",
    "distributed.scheduler.allowed-failures": FAILURES,
    "distributed.scheduler.worker-saturation": "inf",
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
    "distributed.scheduler.http.routes": [],  # nothing is served over HTTP
    "distributed.worker.http.routes": [],
    "distributed.worker.profile.enabled": False,
    "distributed.comm.compression": None,
    "distributed.comm.timeouts.connect": "20s",
    "distributed.admin.event-loop-monitor-interval": "1s",
    "distributed.admin.tick.interval": "2s",  # every process would wake up 50 times a second
    "distributed.admin.tick.cycle": "10s",
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.admin.system-monitor.gil.enabled": False,
    "distributed.diagnostics.nvml": False,
    "distributed.client.heartbeat": "30s",
    "distributed.client.scheduler-info-interval": "30s",
}


def sent(worker: Any) -> int:
    """Return the bytes that a worker has sent to others: a measure of Dask's workers."""
    return int(worker.transfer_outgoing_bytes_total)


async def _serve(asked: dict[str, Any]) -> None:
    from w2v.training.cluster.dask.local_sockets import LocalWorker, address_of, no_certificates

    async with LocalWorker(
        asked["address"],
        nthreads=1,
        name=asked["name"],
        host=address_of(Path(asked["folder"], asked["name"])),
        security=no_certificates(),
        local_directory=asked["folder"],
        memory_limit=0,
        metrics={MOVED: sent},
        death_timeout=60,
    ) as worker:
        signs = asyncio.create_task(_give_signs(worker))
        await worker.finished()
        signs.cancel()


async def _give_signs(worker: Any) -> None:
    """Let a worker give its signs of life, but less often than the scheduler of Dask asks for."""
    worker.periodic_callbacks["heartbeat"].stop()
    while True:
        await asyncio.sleep(SIGNS)
        await worker.heartbeat()


def main() -> None:
    """Read what is asked, and work until the run ends."""
    import dask

    asked = json.loads(sys.stdin.readline())

    def end_with_the_run() -> None:
        sys.stdin.read()
        os._exit(0)

    threading.Thread(target=end_with_the_run, daemon=True).start()
    with dask.config.set(CONFIGURATION):
        asyncio.run(_serve(asked))


if __name__ == "__main__":
    main()
