"""Measure large files: `python -m benchmarks.big_files FOLDER [--rows 3000000] [--dim 300]`.

FOLDER needs room for three files of rows × dim × 4 bytes. Every question, conversion and training is a process of its
own, from its start to its end, with the file in the page cache; of questions the median of five is shown. Three figures
are printed of each: seconds of the clock, seconds of the processor (of all threads, which other programs change least),
and the largest resident size of the process without pages of the file (RssAnon), which is what does not go back to
other programs when these need memory.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from w2v import Vectors
from w2v.formats import write

WORDS = ("word17", "word1999", "word77777")
QUERIES = 100
PER_LINE = 20
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


@dataclass(frozen=True)
class Measured:
    """What a command took: seconds of the clock and of the processor, and MB of memory. output: what it printed."""

    seconds: float
    cpu_seconds: float
    megabytes: float
    output: str = ""

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s, {self.cpu_seconds:.2f} s of processor, {self.megabytes:.0f} MB"


def run(*arguments: str | Path) -> Measured:
    """Run `w2v` with some arguments."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-c", WATCHED, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(seconds, cpu_seconds, int(done.stderr.split()[-1]) / 1000, done.stdout)


def median(measured: Sequence[Measured]) -> Measured:
    """Return the medians of times, and the most memory."""
    return Measured(
        statistics.median(each.seconds for each in measured),
        statistics.median(each.cpu_seconds for each in measured),
        max(each.megabytes for each in measured),
    )


def make(rows: int, dim: int) -> Vectors:
    """Vectors of random numbers."""
    generator = np.random.default_rng(1)
    matrix = np.empty((rows, dim), dtype=np.float32)
    for start in range(0, rows, 10_000):
        matrix[start : start + 10_000] = generator.standard_normal((min(10_000, rows - start), dim), dtype=np.float32)
    return Vectors([f"word{row}" for row in range(rows)], matrix, np.arange(rows, 0, -1))


def make_files(files: Sequence[Path], rows: int, dim: int) -> None:
    """Write the vectors to files, and say how long that took."""
    vectors = make(rows, dim)
    for file in files:
        started, cpu_started = time.perf_counter(), time.process_time()
        write(vectors, file)
        seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu_started
        size = os.path.getsize(file) / 1e9
        print(f"writing {file.name}: {seconds:.1f} s, {cpu_seconds:.1f} s of processor ({size:.2f} GB)", flush=True)


def bandwidth(path: Path) -> float:
    """GB/s at which one thread reads the file into a buffer."""
    buffer = bytearray(1 << 22)
    with path.open("rb", buffering=0) as file:
        started = time.perf_counter()
        read = 0
        while size := file.readinto(buffer):
            read += size
    return read / (time.perf_counter() - started) / 1e9


def ask(path: Path, word: str) -> Measured:
    return run("similar", word, "-m", path, "--format", "csv")


def measure_questions(files: Sequence[Path], folder: Path, rounds: int) -> None:
    """One query a process, many queries in one process, and whether all files give the same answers."""
    for file in files:
        print(f"{file.name}: read by one thread at {bandwidth(file):.1f} GB/s", flush=True)
    for file in files:
        found = [ask(file, WORDS[each % len(WORDS)]) for each in range(rounds)]
        print(f"w2v similar, {file.name}: {median(found)}", flush=True)
    queries = folder / "queries.txt"
    queries.write_text("".join(f"word{7 * number}\n" for number in range(QUERIES)), "utf-8")
    outputs = []
    for file in files:
        asked = run("similar", "-i", queries, "-m", file, "--format", "csv")
        outputs.append(asked.output.replace(str(file), ""))
        print(f"w2v similar -i, {QUERIES} words, {file.name}: {asked}", flush=True)
    answers = [[ask(file, word).output.replace(str(file), "") for word in WORDS] for file in files]
    same = answers[0] == answers[1] and outputs[0] == outputs[1]
    print("the same answers from each file" if same else "THE ANSWERS DIFFER", flush=True)


def measure_conversions(files: Sequence[Path], folder: Path) -> None:
    """Each file in the format of the other one."""
    for source, suffix in zip(files, (files[1].suffix, files[0].suffix), strict=True):
        target = folder / f"converted{suffix}"
        print(f"w2v convert {source.name} {target.name}: {run('convert', source, target)}", flush=True)
        for written in folder.glob("converted*"):
            written.unlink()


def measure_training(folder: Path, rows: int, dim: int) -> None:
    """The memory of training so many words, and of writing them, in matrices of that size."""
    corpus, cache = folder / "corpus.txt", folder / "cache"
    with corpus.open("w", encoding="utf-8") as file:
        for start in range(0, rows, PER_LINE):  # frequent words among the rare ones, from which something can be learnt
            file.write(" ".join(f"word{row} common{row % PER_LINE}" for row in range(start, start + PER_LINE)) + "\n")
    settings = ["--dim", str(dim), "--min-count", "1", "--epochs", "1", "--sample", "0", "--no-resume"]
    trained = folder / "trained.safetensors"
    done = run("train", corpus, "-o", trained, "--cache-dir", cache, *settings)
    share = done.megabytes * 1e6 / (4 * rows * dim)
    print(f"w2v train, {rows:,} × {dim}: {done}, which is {share:.2f} matrices", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--dim", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--trained", type=int, default=300_000, help="words that are trained")
    given = parser.parse_args()
    files = [given.folder / "big.safetensors", given.folder / "big.bin"]
    if not all(file.exists() for file in files):
        make_files(files, given.rows, given.dim)
    measure_questions(files, given.folder, given.rounds)
    measure_conversions(files, given.folder)
    measure_training(given.folder, given.trained, given.dim)


if __name__ == "__main__":
    main()
