"""Measure large files: `python -m benchmarks.big_files FOLDER [--rows 3000000] [--dim 300]`.

FOLDER needs room for three files of rows × dim × 4 bytes. Every question is a process of its own, from its start to its
answer, with the file in the page cache; the median of five is shown. Memory is the largest resident size of the process
without pages of the file (RssAnon), which is what does not go back to other programs when these need memory.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from w2v import Vectors
from w2v.formats import write

WORDS = ("word17", "word1999", "word77777")
WATCHED = """
import sys, threading, time
most = 0
def watch():
    global most
    while True:
        lines = open("/proc/self/status").read().splitlines()
        most = max(most, *(int(line.split()[1]) for line in lines if line.startswith("RssAnon")))
        time.sleep(0.005)
threading.Thread(target=watch, daemon=True).start()
from w2v.cli import main
code = main(sys.argv[1:])
print(most, file=sys.stderr)
sys.exit(code)
"""


def make(folder: Path, rows: int, dim: int) -> tuple[Vectors, Path]:
    """Vectors of random numbers, and their file in w2v's own format."""
    generator = np.random.default_rng(1)
    matrix = np.empty((rows, dim), dtype=np.float32)
    for start in range(0, rows, 10_000):
        matrix[start : start + 10_000] = generator.standard_normal((min(10_000, rows - start), dim), dtype=np.float32)
    vectors = Vectors([f"word{row}" for row in range(rows)], matrix, np.arange(rows, 0, -1))
    return vectors, folder / "big.safetensors"


def timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def bandwidth(path: Path) -> float:
    """GB/s at which one thread reads the file into a buffer."""
    buffer = bytearray(1 << 22)
    with path.open("rb", buffering=0) as file:
        started = time.perf_counter()
        read = 0
        while size := file.readinto(buffer):
            read += size
    return read / (time.perf_counter() - started) / 1e9


def ask(path: Path, word: str) -> tuple[float, float, str]:
    """Seconds, MB and the answer of `w2v similar`."""
    started = time.perf_counter()
    command = [sys.executable, "-c", WATCHED, "similar", word, "-m", str(path), "--format", "csv"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return time.perf_counter() - started, int(done.stderr.split()[-1]) / 1000, done.stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--dim", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    files = [given.folder / "big.safetensors", given.folder / "big.bin"]
    if not all(file.exists() for file in files):
        vectors, _ = make(given.folder, given.rows, given.dim)
        for file in files:
            seconds = timed(lambda file=file: write(vectors, file))  # type: ignore[misc]
            print(f"writing {file.name}: {seconds:.1f} s ({os.path.getsize(file) / 1e9:.2f} GB)", flush=True)
        del vectors
    for file in files:
        print(f"{file.name}: read by one thread at {bandwidth(file):.1f} GB/s", flush=True)
    for file in files:
        found = [ask(file, WORDS[each % len(WORDS)]) for each in range(given.rounds)]
        seconds = statistics.median(each[0] for each in found)
        print(f"w2v similar, {file.name}: {seconds:.2f} s, {max(each[1] for each in found):.0f} MB", flush=True)
    answers = [[ask(file, word)[2].replace(str(file), "") for word in WORDS] for file in files]
    print("the same answers from each file" if answers[0] == answers[1] else "THE ANSWERS DIFFER")


if __name__ == "__main__":
    main()
