"""Run `w2v` and note what each task costs: `python -m benchmarks.cluster.account FOLDER GROUPS train CORPUS …`.

GROUPS: into how many groups the parts are put, whatever the workers; 0: they follow the workers, as always.

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

from w2v.training.cluster.dask.scheduler import PREFIX

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


@dataclass
class Driver:
    """What the driver of a run by workers notes: seconds of its processor at some moments, and what was trained."""

    seconds: dict[str, float] = field(default_factory=dict)
    graph: Any = None
    workers: int = 0
    words: int = 0
    pairs: list[int] = field(default_factory=list)  # of each batch
    layouts: set[tuple[int, ...]] = field(default_factory=set)

    def to_json(self) -> dict[str, float]:
        if self.graph is None:
            return self.seconds
        from w2v.training.cluster.planning import bytes_moved

        words, width, parts = self.graph.job.words, self.graph.width, self.graph.plan.parts
        trained = sum(self.pairs), max(0, len(self.layouts) - 1), len(self.pairs)
        return self.seconds | {
            "predicted": bytes_moved(words, width, parts, self.workers, *trained),
            "model": 8 * words * width,
            "words": self.words,
            "pairs": sum(self.pairs),
            "pairs of a batch": max(self.pairs, default=0),
            "batches": len(self.pairs),
        }


def main() -> int:
    """Run `w2v` with the tasks of its engine measured; return its exit code."""
    from w2v.cli import main as w2v

    folder, groups, *arguments = sys.argv[1:]
    driver = Driver()
    if "--workers" in arguments:
        _watch(driver, folder, int(groups))
    code = w2v(arguments)
    driver.seconds["end"] = time.process_time()
    Path(folder, "driver.json").write_text(json.dumps(driver.to_json()))
    return code


def _watch(driver: Driver, folder: str, groups: int) -> None:
    """Let the engine and the graph of this process note what they do."""
    from benchmarks.cluster.account import measured  # by its name, which workers find
    from w2v.training.cluster.dask.engine import DaskEngine
    from w2v.training.cluster.graph import BatchFacts, Engine, Graph
    from w2v.training.cluster.tasks import Job

    submit, begin, end = DaskEngine.submit, DaskEngine.begin, DaskEngine.__exit__
    make, train = Graph.__init__, Graph.train

    def watched(engine: DaskEngine, name: str, function: Callable[..., Any], *given: Any, **place: Any) -> Any:
        kind = name.rpartition("-")[0]
        return submit(engine, name, measured, folder, kind, function, *given, **place)

    def begun(engine: DaskEngine, *job: Any) -> None:
        driver.seconds["before the workers"] = time.process_time()
        begin(engine, *job)
        driver.workers = engine.workers()

    def ended(engine: DaskEngine, *error: object) -> None:
        now = Cpu.now(SCHEDULER)
        driver.seconds |= {"trained": now.process, "scheduler": now.loop}
        end(engine, *error)

    def made(graph: Graph, job: Job, engine: Engine, fixed: int | None = None) -> None:
        make(graph, job, engine, groups or fixed)
        driver.graph = graph

    def trained(graph: Graph, *given: Any) -> BatchFacts:
        facts = train(graph, *given)
        driver.words += facts.words
        driver.pairs.append(facts.pairs)
        driver.layouts.add(graph.layout)
        return facts

    changed: dict[type, dict[str, Any]] = {
        DaskEngine: {"submit": watched, "begin": begun, "__exit__": ended},
        Graph: {"__init__": made, "train": trained},
    }
    for kind, methods in changed.items():
        for name, function in methods.items():
            setattr(kind, name, function)


if __name__ == "__main__":
    sys.exit(main())
