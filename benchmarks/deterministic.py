"""Measure where deterministic skip-gram spends its time: `python -m benchmarks.deterministic CORPUS [--dims 100 300]`.

For each dimension and number of parts the script sorts the pairs of some chunks and trains on them, and trains on the
same chunks by the default kernel, in turns, so that other programs disturb both alike. Printed are the medians, in
nanoseconds of the processor for a pair, with one thread: counting and writing (together: sorting), the kernel, the sum,
and the default. "In the cache" is the kernel on pairs of 12 words of each part: what is left without waiting for rows.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from w2v.arrays import F32, I32
from w2v.bench.machine import cpu_name, load_average
from w2v.kernels import negative_sampling, pairing, rotation, sgns
from w2v.kernels.work_items import work_items
from w2v.pages import zeros
from w2v.progress import NullProgress
from w2v.tokens import prepare
from w2v.tokens.settings import CorpusConfig
from w2v.training.first_rows import first_model
from w2v.training.negative_sampling import noise_tables
from w2v.training.sgns.model import SgnsConfig
from w2v.training.sgns.sorting import Sorter
from w2v.vocab import Vocabulary

WINDOW, RATE = 5, 0.025
FEW = 12  # words of a part whose rows stay in the cache


@dataclass
class Case:
    """A dimension and a number of parts; rounds: nanoseconds a pair, by what was measured."""

    tokens: I32
    vocabulary: Vocabulary
    config: SgnsConfig
    parts: int
    rounds: dict[str, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.noise = noise_tables(self.vocabulary, self.config)
        self.model = first_model(len(self.vocabulary), self.config)
        width = self.model.input.shape[1]
        self.kernel = rotation.rotation_kernel(width, self.config.negative)
        self.default = sgns.shared_kernel(width, self.config.negative)
        distribution = self.vocabulary.noise_distribution(self.config.power)
        self.partition = pairing.partition(distribution, self.parts, np.random.default_rng(1))
        self.sorter = Sorter(self.tokens, self.noise.keep, 1, 1 << 33, NullProgress())

    def round(self, first: int, chunks: int, keep: bool = True) -> None:
        batch = pairing.Batch(np.uint64(1), np.uint64(first), first, chunks, WINDOW, RATE, 0.0, 0.0)
        started = time.process_time()  # the sorter has a thread of its own
        pairs, _ = self.sorter.sort(self.partition, batch, Path(tempfile.gettempdir()))
        found = {"sorting": time.process_time() - started, "kernel": self.train(pairs, batch)}
        number = len(pairs.codes)
        few = pairs.codes.copy()
        few[:] = (few >> 16) % FEW << 16 | (few & 0xFFFF) % FEW
        few.flags.writeable = False
        found["in the cache"] = self.train(pairs._replace(codes=few), batch)
        ns = {name: 1e9 * seconds / number for name, seconds in found.items()}
        part = self.tokens[first * negative_sampling.CHUNK : (first + chunks) * negative_sampling.CHUNK]
        counters = negative_sampling.Counters(np.zeros(8, dtype=np.int64), np.zeros(8), work_items(0, chunks))
        schedule = negative_sampling.Schedule(np.uint64(first), WINDOW, RATE, 0.0, 0.0)
        started = time.thread_time()
        self.default(part, self.model, self.noise, schedule, counters)
        ns["default"] = 1e9 * (time.thread_time() - started) / int(counters.done[1])
        for name, value in ns.items() if keep else ():
            self.rounds.setdefault(name, []).append(value)

    def train(self, pairs: pairing.Pairs, batch: pairing.Batch) -> float:
        items = self.parts**2
        turns, losses = np.zeros((2, self.parts), dtype=np.int64), np.zeros(items)
        counters = rotation.Counters(np.zeros(8, dtype=np.int64), np.zeros(8), work_items(0, items), turns, losses)
        copy = negative_sampling.Model(aligned_copy(self.model.input), aligned_copy(self.model.output))
        started = time.thread_time()
        self.kernel(pairs, copy, self.partition, batch, counters, np.full(1, -1, dtype=np.int64))
        return time.thread_time() - started


def aligned_copy(matrix: F32) -> F32:
    """Return a copy that begins at a cache line, as a model does: a vector that lies in two lines is read slowly."""
    copy = zeros(*matrix.shape).matrix
    copy[:] = matrix
    return copy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--dims", type=int, nargs="*", default=[100, 300])
    parser.add_argument("--parts", type=int, nargs="*", default=[16, 64, 128])
    parser.add_argument("--chunks", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    print(f"{cpu_name()}, load {load_average()}; nanoseconds of the processor a pair\n")
    print("| dim | parts | sorting | kernel | of this, in the cache | sum | default | ratio |")
    print("| ---: " * 8 + "|")
    with (
        tempfile.TemporaryDirectory() as folder,
        prepare([given.corpus], CorpusConfig(), cache_dir=Path(folder)) as text,
    ):
        tokens = np.array(text.tokens)
        chunks = min(given.chunks, len(tokens) // negative_sampling.CHUNK)
        for dim in given.dims:
            for parts in given.parts:
                settings = SgnsConfig(dim=dim, sample=1e-4).for_vocabulary(len(text.vocabulary))
                case = Case(tokens, text.vocabulary, settings, parts)
                case.round(0, 1, keep=False)  # compiles
                for number in range(given.rounds):
                    most = max(1, len(tokens) // negative_sampling.CHUNK - chunks)
                    case.round(number * chunks % most, chunks)
                ns = {name: statistics.median(values) for name, values in case.rounds.items()}
                total = ns["sorting"] + ns["kernel"]
                print(
                    f"| {dim} | {parts} | {ns['sorting']:.1f} | {ns['kernel']:.1f} | {ns['in the cache']:.1f} "
                    f"| {total:.1f} | {ns['default']:.1f} | {total / ns['default']:.2f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
