"""Measure training at size: `python -m benchmarks.size [--words 120000000] [--types 2600000] [--dim 300]`.

The corpus is synthetic: words drawn by Zipf's law, in lines of 25. It is drawn anew in each run, from a fixed seed, and
lies in memory, so that nothing is measured but training. One epoch is trained. Besides the speed, the script prints
what the system did, while the trainer was made and while it trained: seconds of the processor in the program and in the
system, page faults, and memory in huge pages; and the speed by tenths of the epoch, because a run may begin more slowly
than it goes on.

--limit also measures, with one thread, what a pair costs if its rows lie in the cache, and what whole rows cost that
are read from memory at random and written. How many of these a pair needs is estimated: the words whose rows are in
memory are those that the last cache cannot hold, if it holds the rows of the most frequent words.
With the defaults, the script needs 7.5 GB of memory and about two minutes.
"""

from __future__ import annotations

import argparse
import resource
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.kernel import LEVELS, small_world
from w2v.arrays import F32, I32, I64
from w2v.bench.machine import cpu_name, load_average
from w2v.kernels import negative_sampling, rng
from w2v.kernels.llvm.compilation import kernel
from w2v.kernels.llvm.simd import LANES, add, address_of, broadcast, load, prefetch, store
from w2v.pages import zeros
from w2v.progress import NullProgress
from w2v.training.loop import Loop
from w2v.training.sgns.model import SGNS, SgnsConfig
from w2v.training.sgns.rotation import RotationTrainer
from w2v.training.sgns.trainer import SgnsTrainer
from w2v.training.windows import widths
from w2v.vocab import Vocabulary

LINE = 25  # words
AHEAD = 4  # rows that --limit fetches before it needs them
TOUCHED = 1 << 19  # rows that --limit reads and writes


@dataclass(frozen=True)
class System:
    """What the system has done for this process up to a moment."""

    clock: float
    user: float
    system: float
    faults: int

    @classmethod
    def now(cls) -> System:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return cls(time.perf_counter(), used.ru_utime, used.ru_stime, used.ru_minflt)

    def until(self, later: System) -> str:
        cpu = later.user + later.system - self.user - self.system
        return (
            f"{later.clock - self.clock:6.1f} s, of the processor {cpu:6.1f} s, in the system "
            f"{later.system - self.system:5.2f} s ({(later.system - self.system) / max(cpu, 1e-9):.1%}), "
            f"{later.faults - self.faults:,} page faults"
        )


@dataclass
class Watching(NullProgress):
    """Keeps when how many words were done."""

    seen: list[tuple[float, int]] = field(default_factory=list)

    def update(self, done: int, **fields: float | str) -> None:
        self.seen.append((time.perf_counter(), done))


def synthetic(words: int, types: int, seed: int = 1) -> tuple[I32, Vocabulary]:
    """Return a corpus by Zipf's law as ids, int32 [words and ends of lines], and its vocabulary."""
    chances = 1 / (np.arange(types) + 2.7)
    noise = negative_sampling.Noise(np.empty(0, dtype=np.uint32), *rng.alias_table(chances))
    tokens = np.empty(words + words // LINE, dtype=np.int32)
    negative_sampling.draw_all(tokens, noise, np.uint64(rng.split(seed)))
    tokens[LINE :: LINE + 1] = -1
    counts = np.maximum(np.bincount(tokens[tokens >= 0], minlength=types), 1)
    order = np.argsort(-counts, kind="stable")
    ids = np.empty(types + 1, dtype=np.int32)
    ids[order], ids[-1] = np.arange(types, dtype=np.int32), -1
    for start in range(0, len(tokens), 1 << 22):
        tokens[start : start + (1 << 22)] = ids[tokens[start : start + (1 << 22)]]
    return tokens, Vocabulary([str(rank) for rank in range(types)], counts[order])


def in_huge_pages() -> int:
    """Return the bytes of this process's own memory that lie in huge pages."""
    lines = Path("/proc/self/smaps_rollup").read_text("ascii").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("AnonHugePages:"))


def measure(tokens: I32, vocabulary: Vocabulary, config: SgnsConfig) -> None:
    start, watching = System.now(), Watching()
    kind = RotationTrainer if config.deterministic else SgnsTrainer
    trainer = kind(tokens, vocabulary, config, progress=watching)
    ready = System.now()
    print(f"getting ready {start.until(ready)}, {in_huge_pages() / 1e9:.2f} GB in huge pages", flush=True)
    loop = Loop(trainer, SGNS, 1, watching)
    before = System.now()
    loop.run(lambda _: False)
    trained = System.now()
    pairs = loop.now.position.pairs
    cpu = trained.user + trained.system - before.user - before.system
    print(f"training      {before.until(trained)}, {in_huge_pages() / 1e9:.2f} GB in huge pages")
    speed = vocabulary.tokens / (trained.clock - before.clock)
    print(f"{speed / 1e6:.2f} M words a second; {1e9 * cpu / pairs:.0f} ns of the processor a pair; {pairs:,} pairs")
    marks = [(before.clock, 0), *watching.seen]
    times = np.interp(np.linspace(0, vocabulary.tokens, 11), [done for _, done in marks], [at for at, _ in marks])
    speeds = [vocabulary.tokens / 10 / max(later - earlier, 1e-9) / 1e6 for earlier, later in pairwise(times)]
    print("by tenths of the epoch, M words a second:", " ".join(f"{speed:.2f}" for speed in speeds))
    print(f"most memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


@kernel
def touch(matrix: F32, rows: I64, vectors: int) -> None:
    """Add a little to whole rows of a matrix, float32 [V, D], which are fetched before; rows: int64 [n]."""
    base, stride = address_of(matrix), matrix.shape[1] * 4
    little = broadcast(np.float32(1e-9))
    for i in range(rows.size):
        row, coming = base + rows[i] * stride, base + rows[min(i + AHEAD, rows.size - 1)] * stride
        for k in range(vectors):
            prefetch(coming + 4 * LANES * k, 1)
            store(row + 4 * LANES * k, add(load(row + 4 * LANES * k), little))


def report_limit(vocabulary: Vocabulary, config: SgnsConfig) -> None:
    """Print what a pair costs in the cache, and what its rows cost that come from memory: each alone, one thread."""
    width = negative_sampling.padded(config.dim)
    matrix = zeros(min(len(vocabulary), 1_000_000), width).matrix
    matrix[:] = 0.0
    rows = np.random.default_rng(1).integers(0, len(matrix), TOUCHED)
    touch(matrix, rows[:1], width // LANES)
    started = time.thread_time()
    touch(matrix, rows, width // LANES)
    row = (time.thread_time() - started) / TOUCHED
    _, pairs, seconds = small_world(config, LEVELS["L2"], 4_000_000)(0, 1)  # type: ignore[misc]
    held = cache_bytes() // (2 * 4 * width)  # of the most frequent words, the rows of both matrices
    kept = vocabulary.counts * vocabulary.keep_probabilities(config.threshold)
    seldom = 1 - kept[:held].sum() / kept.sum()
    noise = 1 - vocabulary.noise_distribution(config.power)[:held].sum()
    fetched = (2 * seldom + max(1, config.negative // 5) * noise) / (widths(config, 1)[1] + 1)
    print(f"rows in the cache: {1e9 * seconds / pairs:.0f} ns a pair")
    print(
        f"rows in memory, read and written at random: {1e9 * row:.0f} ns each, {8 * width / row / 1e9:.1f} GB/s; "
        f"a pair needs {fetched:.2f} of them: {1e9 * row * fetched:.0f} ns"
    )


def cache_bytes() -> int:
    """Return the bytes of the last cache."""
    text = Path("/sys/devices/system/cpu/cpu0/cache/index3/size").read_text("ascii").strip()
    return int(text.removesuffix("K")) * 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, default=120_000_000)
    parser.add_argument("--types", type=int, default=2_600_000)
    parser.add_argument("--dim", type=int, default=300)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--deterministic", action="store_true")
    parser.add_argument("--limit", action="store_true")
    given = parser.parse_args()
    print(
        f"{cpu_name()}, load {load_average()}: {given.words:,} words of {given.types:,} kinds, {given.dim} dimensions"
    )
    tokens, vocabulary = synthetic(given.words, given.types)
    config = SgnsConfig(dim=given.dim, epochs=1, threads=given.threads, deterministic=given.deterministic)
    if given.limit:
        report_limit(vocabulary, config)
    measure(tokens, vocabulary, config)


if __name__ == "__main__":
    main()
