"""Kill and stop workers of `w2v train --workers`, and the run itself, again and again: the bytes must stay the same.

    python -m hardening.workers corpus.txt --runs 5 --workers 3

First one process trains with `--deterministic`: it gives the bytes that all runs must have. In a run,
every few seconds a worker is killed (kill -9) or stopped (SIGSTOP), also while it starts; now and then the whole run is
killed, and goes on with --resume and another number of workers. A line for each run; exit code 1 where bytes differ.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

MODULE = b"w2v.training.cluster.worker"


def workers_of(process: int) -> list[int]:
    """Return the worker processes of a run, found in /proc."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == process and MODULE in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


def start(corpus: Path, output: Path, *options: str) -> subprocess.Popen[bytes]:
    """Start a run."""
    settings = ("--epochs", "2", "--checkpoint-every", "5s", "-q")
    return subprocess.Popen([sys.executable, "-m", "w2v", "train", str(corpus), "-o", str(output), *settings, *options])


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def disturbed(corpus: Path, output: Path, workers: int, most: int, chance: random.Random) -> dict[str, int]:
    """Train to the end while workers, and the run, are killed and stopped; return how often each was done."""
    done = {"killed": 0, "stopped": 0, "restarted": 0}
    running = start(corpus, output, "--workers", str(workers), "--resume")
    while running.poll() is None:
        with suppress(subprocess.TimeoutExpired):
            running.wait(chance.uniform(1, 8))
        found = workers_of(running.pid)
        if running.poll() is not None or not found or sum(done.values()) >= most:
            continue
        kind = chance.choices(("killed", "stopped", "restarted"), (8, 1, 1))[0]
        done[kind] += 1
        if kind == "restarted":
            running.kill()
            running.wait()
            running = start(corpus, output, "--workers", str(chance.randint(1, workers)), "--resume")
        else:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(found), signal.SIGKILL if kind == "killed" else signal.SIGSTOP)
    if running.returncode:
        raise SystemExit(f"exit code {running.returncode} after {done}")
    return done


def main() -> int:
    """Run as the arguments say; return the exit code."""
    parser = argparse.ArgumentParser(description="Kill and stop workers of w2v train: the bytes must stay the same.")
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--most", type=int, default=8, help="disturbances of a run")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if start(asked.corpus, folder / "alone.bin", "--deterministic").wait():
            return 1
        expected, good = sha256(folder / "alone.bin"), True
        for run in range(1, asked.runs + 1):
            began, output = time.monotonic(), folder / f"{run}.bin"
            done = disturbed(asked.corpus, output, asked.workers, asked.most, chance)
            same = sha256(output) == expected
            good &= same
            told = ", ".join(f"{number} {kind}" for kind, number in done.items())
            print(f"run {run}: {told}; {time.monotonic() - began:.0f} s; bytes {'the same' if same else 'DIFFER'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
