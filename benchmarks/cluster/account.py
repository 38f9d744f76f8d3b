"""Run `w2v` and note what each task costs: `python -m benchmarks.cluster.account FOLDER train CORPUS …`.

Each process of the run writes one line of JSON for each task that it computes, to a file of its own in FOLDER: which
task it was, what the process has received from other workers, as Dask counts it, and seconds of the processor by
thread: those of the task, those of the event loop (the main thread, which moves results), and those of the thread in
which Dask serialises large results. Before its first task a worker loads all kernels, so that this is counted apart.
Who starts such runs: runs.py.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from w2v.training.cluster.scheduler import PREFIX

__all__ = ["Cpu", "measured"]


SCHEDULER = "IO loop"  # the thread of Dask's scheduler, in the driver


@dataclass(frozen=True)
class Cpu:
    """Seconds of the processor that a process has taken. loop: of its event loop; offload: to serialise."""

    process: float
    loop: float
    offload: float

    @classmethod
    def now(cls, loop: str) -> Cpu:
        """loop: the name of the thread of the event loop."""
        by_name = {"loop": 0.0, "offload": 0.0}
        for thread in threading.enumerate():
            name = "loop" if thread.name == loop else "offload" if "Offload" in thread.name else None
            if name is not None and thread.ident is not None:
                with suppress(OSError):  # it has just ended
                    by_name[name] += time.clock_gettime(time.pthread_getcpuclockid(thread.ident))
        return cls(time.process_time(), **by_name)

    def until(self, later: Cpu) -> dict[str, float]:
        process, loop, offload = (
            later.process - self.process,
            later.loop - self.loop,
            later.offload - self.offload,
        )
        return {"task": process - loop - offload, "loop": loop, "offload": offload}


@dataclass
class _Notes:
    """The file of this process; None before its first task."""

    file: TextIO | None = None
    seen: float = 0.0  # when the last transfer ended that was told
    lock: threading.Lock = field(default_factory=threading.Lock)


_notes = _Notes()


def measured(folder: str, name: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """Compute a task, and note what it cost."""
    with _notes.lock:
        if _notes.file is None:
            _notes.file = Path(folder, f"{os.getpid()}.jsonl").open("w", encoding="utf-8")  # noqa: SIM115
            begun = Cpu.now("MainThread")
            _note("start", begun, Cpu(0.0, 0.0, 0.0))
            _load_kernels(arguments)
            _note("load kernels", Cpu.now("MainThread"), begun)
    before = Cpu.now("MainThread")
    result = function(*arguments)
    _note(name, Cpu.now("MainThread"), before)
    return result


def _load_kernels(arguments: tuple[Any, ...]) -> None:
    from w2v.training.cluster.tasks import Job, compile_kernels

    for job in arguments:
        if isinstance(job, Job):
            compile_kernels(job)


def _note(name: str, now: Cpu, before: Cpu) -> None:
    assert _notes.file is not None
    so_far = {"process": now.process, "loop": now.loop, "offload": now.offload}
    line = {"name": name, "cpu": before.until(now), "so_far": so_far, "received": _received()}
    _notes.file.write(json.dumps(line) + "\n")
    _notes.file.flush()


def _received() -> dict[str, int]:
    """Return the bytes that came from other workers since the last call, by the kind of task whose result they are."""
    from distributed import get_worker

    found: dict[str, int] = {}
    log = get_worker().transfer_incoming_log
    for each in list(log):
        if each["stop"] > _notes.seen:
            for key, size in each["keys"].items():
                kind = key.removeprefix(PREFIX).split("-")[0]
                found[kind] = found.get(kind, 0) + size
    _notes.seen = max((each["stop"] for each in list(log)), default=_notes.seen)
    return found


def main() -> int:
    """Run `w2v` with the tasks of its engine measured; return its exit code."""
    from benchmarks.cluster.account import measured  # by its name, which workers find
    from w2v.cli import main as w2v
    from w2v.training.cluster.engine import DaskEngine
    from w2v.training.cluster.tasks import Job

    folder, *arguments = sys.argv[1:]
    submit, begin, end = DaskEngine.submit, DaskEngine.begin, DaskEngine.__exit__
    driver: dict[str, Any] = {}

    def watched(engine: DaskEngine, name: str, function: Callable[..., Any], *given: Any, **place: Any) -> Any:
        kind = name.rpartition("-")[0]
        return submit(engine, name, measured, folder, kind, function, *given, **place)

    def begun(engine: DaskEngine, job: Job) -> None:
        driver["before the workers"] = time.process_time()
        begin(engine, job)
        driver["with all workers"] = time.process_time()

    def ended(engine: DaskEngine, *error: object) -> None:
        now = Cpu.now(SCHEDULER)
        driver["trained"], driver["scheduler"] = now.process, now.loop
        end(engine, *error)

    for name, function in (("submit", watched), ("begin", begun), ("__exit__", ended)):
        setattr(DaskEngine, name, function)
    code = w2v(arguments)
    Path(folder, "driver.json").write_text(json.dumps(driver | {"end": time.process_time()}))
    return code


if __name__ == "__main__":
    sys.exit(main())
