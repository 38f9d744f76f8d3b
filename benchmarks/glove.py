"""Measure GloVe on this machine: counting, training by threads and dimensions, memory, and Stanford's tools beside it.

    python -m benchmarks.glove CORPUS [--window 10] [--x-max 10] [--epochs 2] [--dim 100 300] [--threads 1 2]
                             [--memory 200MB] [--repeat 3] [--stanford FOLDER]

CORPUS is a plain UTF-8 file. The time of counting runs from the token cache to blocks that are ready to train; it is
the median of the repeats. The speed of training is given in records a second, by wall clock and by processor seconds:
on a machine where other programs run too, processor seconds vary less. Memory is the private memory (RssAnon) of a run
of `w2v train`, beside that of a run on 1 KB of text. FOLDER holds Stanford's programs vocab_count, cooccur, shuffle and
glove, built from their sources.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from w2v.cli.training_options import Size
from w2v.cooccurrences.counting import count
from w2v.cooccurrences.matrix import Cooccurrences, Counting
from w2v.files.rows import whole_rows
from w2v.progress import NullProgress
from w2v.tokens import TokenCache, prepare
from w2v.tokens.settings import CorpusConfig
from w2v.training.glove.blocks import make_blocks
from w2v.training.glove.model import GLOVE, GloveConfig
from w2v.training.glove.trainer import GloveTrainer, compile_kernels
from w2v.training.loop import Loop

SILENT = NullProgress()
SAMPLED = 0.005  # seconds between two looks at a child's memory


def counted(cache: TokenCache, config: GloveConfig, memory: int) -> Cooccurrences:
    folder = cache.path.parent
    assert config.window is not None
    counting = Counting(config.window, "symmetric", "distance")
    options: dict[str, Any] = {
        "threads": config.worker_threads,
        "memory": memory,
        "folder": folder,
        "corpus": {},
        "progress": SILENT,
    }
    return count(cache.tokens, cache.vocabulary, counting, **options)


def measure_counting(cache: TokenCache, config: GloveConfig, repeat: int) -> None:
    seconds = []
    records = 0
    for _ in range(repeat):
        started = time.perf_counter()
        matrix = counted(cache, config, config.memory_bytes)
        middle, records = time.perf_counter(), matrix.records
        make_blocks(matrix, config, memory=config.memory_bytes, folder=cache.path.parent, progress=SILENT)
        seconds.append((middle - started, time.perf_counter() - middle))
    count_s, blocks_s = (statistics.median(each) for each in zip(*seconds, strict=True))
    print(
        f"counting      {config.worker_threads} threads: {records:,} records; {count_s:.2f} s counting + "
        f"{blocks_s:.2f} s blocks = {count_s + blocks_s:.2f} s"
    )


def measure_training(cache: TokenCache, config: GloveConfig) -> float:
    """Train once and return records a second, by wall clock."""
    matrix = counted(cache, config, config.memory_bytes)
    trainer = GloveTrainer(matrix, config, folder=cache.path.parent, progress=SILENT)
    loop = Loop(trainer, GLOVE, config.epochs, SILENT)
    loop.run(lambda epochs: False)
    trained = loop.result()
    wall = trained.pairs / trained.seconds["train"] / 1e6
    digest = hashlib.sha256(whole_rows(trained.matrix).tobytes()).hexdigest()[:16]
    print(
        f"training      d={config.dim}, {config.worker_threads} threads: {wall:6.2f} M records/s wall, "
        f"{trained.pairs / trained.cpu_seconds / 1e6:6.2f} M a processor second; sha256 {digest}; cost "
        + ", ".join(f"{cost:.6f}" for cost in trained.loss)
    )
    return wall


def peak_of(command: list[str]) -> tuple[float, int]:
    """Run a command and return the peak of its private memory (RssAnon, in MB) and the most files open at a time."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    memory, files = 0, 0
    while child.poll() is None:
        try:
            status = Path(f"/proc/{child.pid}/status").read_text("ascii")
            memory = max(memory, int(status.split("RssAnon:")[1].split()[0]))
            files = max(files, len(os.listdir(f"/proc/{child.pid}/fd")))
        except (OSError, IndexError):
            pass
        time.sleep(SAMPLED)
    return memory / 1000, files


def measure_memory(corpus: Path, size: str, folder: Path, config: GloveConfig) -> None:
    tiny = folder / "tiny.txt"
    tiny.write_bytes(corpus.read_bytes()[:1000])
    common = ["--model", "glove", "--epochs", "1", "--window", str(config.window), "--memory", size]
    program = [sys.executable, "-m", "w2v", "train", *common, "-o", str(folder / "out.bin")]
    least, _ = peak_of([*program, str(tiny), "--min-count", "1"])
    most, files = peak_of([*program, str(corpus)])
    print(
        f"memory        --memory {size}: peak {most:.0f} MB private, on 1 KB of text {least:.0f} MB; "
        f"allowed {Size().convert(size, None, None) / 1e6 + least + 50:.0f} MB; {files} files open at most"
    )


def measure_stanford(corpus: Path, tools: Path, folder: Path, config: GloveConfig, threads: int) -> None:
    """Run the four programs of Stanford with the same settings, and print their times and the costs by epoch."""
    vocabulary, records, shuffled = (folder / name for name in ("vocab.txt", "cooccurrence.bin", "shuffled.bin"))
    memory = ["-memory", "4.0", "-verbose", "0"]
    window = ["-window-size", str(config.window)]
    steps = [
        ("vocab_count", ["-min-count", "5", "-verbose", "0"], corpus, vocabulary),
        ("cooccur", [*memory, *window, "-vocab-file", str(vocabulary)], corpus, records),
        ("shuffle", memory, records, shuffled),
    ]
    for name, arguments, source, target in steps:
        started = time.perf_counter()
        with source.open("rb") as read, target.open("wb") as write:
            subprocess.run([tools / name, *arguments], stdin=read, stdout=write, cwd=folder, check=True)
        print(f"stanford      {name}: {time.perf_counter() - started:.2f} s")
    files = ["-input-file", str(shuffled), "-vocab-file", str(vocabulary), "-save-file", str(folder / "vectors")]
    numbers = {"-vector-size": config.dim, "-iter": config.epochs, "-x-max": config.x_max, "-threads": threads}
    settings = [str(item) for pair in numbers.items() for item in pair]
    started = time.perf_counter()
    said = subprocess.run([tools / "glove", *files, *settings], cwd=folder, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - started
    print(f"stanford      glove: {shuffled.stat().st_size / 16 * config.epochs / seconds / 1e6:.2f} M records/s")
    print("\n".join(line for line in said.stderr.splitlines() if "cost" in line))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--window", type=int, default=10)
    parser.add_argument("--x-max", type=float, default=10)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--dim", type=int, nargs="+", default=[100, 300])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--memory", default="200MB")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--stanford", type=Path)
    options = parser.parse_args()
    config = GloveConfig(window=options.window, x_max=options.x_max, epochs=options.epochs)
    print(f"load before   {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with prepare(options.corpus, CorpusConfig()) as cache:
            for dim in options.dim:
                compile_kernels(replace(config, dim=dim), folder, SILENT)
            for threads in options.threads:
                measure_counting(cache, replace(config, threads=threads), options.repeat)
            for dim in options.dim:
                walls = [measure_training(cache, replace(config, dim=dim, threads=n)) for n in options.threads]
                ratios = ", ".join(f"{wall / walls[0]:.2f}" for wall in walls)
                print(f"              d={dim}, relative to {options.threads[0]} thread: {ratios}")
        measure_memory(options.corpus, options.memory, folder, config)
        if options.stanford:
            measure_stanford(options.corpus, options.stanford, folder, config, options.threads[-1])


if __name__ == "__main__":
    main()
