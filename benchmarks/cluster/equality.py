"""The bytes of runs by any number of workers, threads and groups, and of runs that were stopped and went on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.cluster.runs import ROOT, Measured, command, environment, run

__all__ = ["PARTS", "print_equality"]

PARTS = 16
SETTINGS = ("--dim", "100", "--epochs", "2", "--batches", "4", "--parts", str(PARTS), "--min-count", "2")
STOPPED = ((2, 3), (4, 1), (1, 2))  # workers of a run that is killed, and of the one that goes on


class Trained(NamedTuple):
    """A run. how: what differs in it."""

    how: str
    sha256: str
    cpu_seconds: float


def print_equality(corpus: Path, threads: int) -> bool:
    """Print the SHA-256 of all runs; return whether all are the same. threads: of a worker, at most."""
    print("| run | groups C | SHA-256 of the .bin file | CPU s |\n| --- | ---: | --- | ---: |")
    found = []
    for groups, each in _runs(corpus, threads):
        found.append(each.sha256)
        print(f"| {each.how} | {groups} | `{each.sha256[:16]}` | {each.cpu_seconds:.1f} |", flush=True)
    same = len(set(found)) == 1
    print(f"\n{len(found)} runs: {'the same bytes' if same else 'THE BYTES DIFFER'} (`{found[0]}`)")
    return same


def _runs(corpus: Path, threads: int) -> Iterator[tuple[str, Trained]]:
    """Yield runs and their groups."""
    from w2v.training.cluster.planning import groups_for

    alone = run(corpus, *SETTINGS, "--deterministic", "--threads", "1")
    yield "–", Trained("`--deterministic`, 1 thread", alone.sha256, alone.cpu_seconds)
    alone = run(corpus, *SETTINGS, "--deterministic", "--threads", str(threads))
    yield "–", Trained(f"`--deterministic`, {threads} threads", alone.sha256, alone.cpu_seconds)
    for workers in (1, 2, 3, 4):
        for each in range(1, threads + 1):
            found = run(corpus, *SETTINGS, "--workers", str(workers), "--threads", str(each * workers))
            how = f"{workers} worker{'s' * (workers > 1)}, {each} thread{'s' * (each > 1)} each"
            yield str(groups_for(PARTS, workers)), Trained(how, found.sha256, found.cpu_seconds)
    for groups in (number for number in range(1, PARTS + 1) if PARTS % number == 0):
        found = run(corpus, *SETTINGS, "--workers", "2", "--threads", "2", groups=groups)
        yield str(groups), Trained(f"2 workers, {groups} groups", found.sha256, found.cpu_seconds)
    for first, second in STOPPED:
        place, found = _stopped(corpus, first, second)
        how = f"{first} worker{'s' * (first > 1)}, killed; from {place} on {second}"
        yield f"{groups_for(PARTS, first)}, {groups_for(PARTS, second)}", Trained(how, found.sha256, found.cpu_seconds)


def _stopped(corpus: Path, first: int, second: int) -> tuple[str, Measured]:
    """Kill a run after its first checkpoint, go on with other workers; return from where, and the second run."""
    options = (*SETTINGS, "--checkpoint-every", "1s")
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as notes:
        folder = Path(name)
        arguments = command(notes, corpus, folder / "vectors.bin", *options, "--workers", str(first))
        process = subprocess.Popen(arguments, cwd=ROOT, env=environment(), stderr=subprocess.DEVNULL)
        manifest = folder / "vectors.bin.run" / "manifest.json"
        while not manifest.exists():
            if process.poll() is not None:
                raise SystemExit(f"a run ended before its first checkpoint, with exit code {process.returncode}")
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        at = json.loads(manifest.read_text("utf-8"))["places"][0]["position"]
        found = run(corpus, *options, "--workers", str(second), "--resume", before=folder)
        return f"epoch {at['epoch'] + 1}, batch {at['batch'] + 1}", found
