"""Measure the skip-gram kernel against the limits of the machine, by dimension, window and number of noise words.

    python -m benchmarks.kernel CORPUS [--dims 50 100 …] [--windows 2 5 …] [--negatives 1 5 …] [--rounds 7]

The script prints a Markdown table. Useful FLOP are 6 · dim for each trained pair and target, without padding. The peak
is the speed of a loop of fused multiply-adds, measured in every round. "Issued" is the FLOP that padded rows and tiles
make of one useful FLOP: no kernel of this shape can pass the share 1 / issued of the peak. The columns "in L2" and
"in L1" train on so few words that all rows lie in that cache; they show what memory costs. Every figure is the CPU time
of the thread, the median of the rounds. The settings take turns, so that other programs disturb all of them alike. "2
threads" is the speed of two threads together divided by the speed of one.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from w2v.bench.machine import cpu_name, measure_peak
from w2v.kernels import negative_sampling, rng, sgns
from w2v.kernels.llvm.simd import LANES
from w2v.kernels.work_items import work_items
from w2v.tokens import prepare
from w2v.tokens.settings import CorpusConfig
from w2v.training import negative_sampling as training
from w2v.training.first_rows import first_model
from w2v.training.sgns.model import SgnsConfig
from w2v.training.windows import widths
from w2v.vocab import Vocabulary

LEVELS = {"L2": 384 * 1024, "L1": 24 * 1024}  # bytes of rows that leave room for what else lies there
FEWEST = 12  # words of a small world; with fewer the same rows meet each other too often to be compared
SEGMENT = 4e7  # useful FLOP of a measurement, in thousands: about 0.2 s at the peak's half


@dataclass
class Measured:
    """A kernel on a corpus, and what its rounds measured.

    one: for each round, words and pairs a CPU second with one thread. two: for each round, the speed of two threads
    relative to one.
    """

    config: SgnsConfig
    run: Callable[[int, int], tuple[float, float, float]]
    one: list[tuple[float, float]] = field(default_factory=list)
    two: list[float] = field(default_factory=list)

    def round(self, number: int, scaling: bool) -> None:
        words, pairs, seconds = self.run(number, 1)
        self.one.append((words / seconds, pairs / seconds))
        if scaling:
            words, _, seconds = self.run(number, 2)
            self.two.append(2 * words / seconds / self.one[-1][0])

    @property
    def flops(self) -> float:
        pairs = statistics.median(pairs for _, pairs in self.one)
        return 6 * self.config.dim * (1 + self.config.negative) * pairs


def issued(config: SgnsConfig) -> float:
    """FLOP that are computed for each useful FLOP: rows are padded to whole vectors, targets to whole tiles."""
    targets = 1 + config.negative
    tiles = -(-targets // 8)
    return negative_sampling.padded(config.dim) / config.dim * (-(-targets // tiles) * tiles) / targets


def runner(
    tokens: np.ndarray, words: int, noise: negative_sampling.Noise, config: SgnsConfig
) -> Callable[[int, int], tuple[float, float, float]]:
    """Return run(round, threads) -> (words, pairs, CPU seconds); each round trains on another segment of the corpus."""
    named = Vocabulary([str(word) for word in range(words)], np.ones(words, dtype=np.int64))
    model = first_model(len(named), config)
    kernel = sgns.shared_kernel(model.input.shape[1], config.negative)
    pairs_a_word = 0.6 * widths(config, 1)[1]  # about, after subsampling
    length = int(min(SEGMENT * 1e3 / (6 * config.dim * (1 + config.negative) * pairs_a_word), len(tokens) // 4))

    def run(number: int, threads: int) -> tuple[float, float, float]:
        start = (number * length) % (len(tokens) - length)
        part = tokens[start : start + length]
        shared = work_items(0, -(-length // negative_sampling.CHUNK))
        counters = [
            negative_sampling.Counters(np.zeros(8, dtype=np.int64), np.zeros(8), shared) for _ in range(threads)
        ]
        schedule = negative_sampling.Schedule(np.uint64(rng.split(1, number)), widths(config, 1)[1], 0.025, 0.0, 0.0)
        seconds = [0.0] * threads

        def work(worker: int) -> None:
            started = time.thread_time()
            kernel(part, model, noise, schedule, counters[worker])
            seconds[worker] = time.thread_time() - started

        team = [threading.Thread(target=work, args=(worker,)) for worker in range(threads)]
        for thread in team:
            thread.start()
        for thread in team:
            thread.join()
        words = sum(int(each.done[0]) for each in counters)
        return words, sum(int(each.done[1]) for each in counters), sum(seconds)

    kernel(tokens[:0], model, noise, negative_sampling.Schedule(np.uint64(1), 1, 0.0, 0.0, 0.0), _fresh())
    return run


def _fresh() -> negative_sampling.Counters:
    return negative_sampling.Counters(np.zeros(8, dtype=np.int64), np.zeros(8), work_items(0, 1))


def small_world(config: SgnsConfig, room: int, length: int) -> Callable[[int, int], tuple[float, float, float]] | None:
    """A runner on random tokens of so few words that their rows and the rows of the noise words take `room` bytes."""
    words = room // (3 * 4 * negative_sampling.padded(config.dim))
    if words < FEWEST:
        return None
    tokens = np.random.default_rng(1).integers(0, words, length, dtype=np.int32)
    chances = np.repeat([0.0, 1.0], words)  # noise words are others than the corpus's, so that none is left out
    noise = negative_sampling.Noise(np.full(2 * words, 2**32 - 1, dtype=np.uint32), *rng.alias_table(chances))
    return runner(tokens, 2 * words, noise, config)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--dims", type=int, nargs="*", default=[50, 100, 200, 300, 400, 600])
    parser.add_argument("--windows", type=int, nargs="*", default=[2, 10, 20])
    parser.add_argument("--negatives", type=int, nargs="*", default=[1, 2, 10, 15, 20])
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    settings = [SgnsConfig(sample=1e-4, dim=dim) for dim in given.dims]
    settings += [SgnsConfig(sample=1e-4, window=window) for window in given.windows]
    settings += [SgnsConfig(sample=1e-4, negative=negative) for negative in given.negatives]
    with (
        tempfile.TemporaryDirectory() as folder,
        prepare([given.corpus], CorpusConfig(), cache_dir=Path(folder)) as text,
    ):
        tokens = np.array(text.tokens)
        worlds: dict[tuple[int, str], Measured] = {}
        for place, config in enumerate(settings):
            noise = training.noise_tables(text.vocabulary, config)
            worlds[place, "corpus"] = Measured(config, runner(tokens, len(text.vocabulary), noise, config))
            for level, room in LEVELS.items():
                run = small_world(config, room, 4_000_000)
                if run is not None:
                    worlds[place, level] = Measured(config, run)
        peaks = []
        for number in range(given.rounds):
            peaks.append(measure_peak(1).core)
            for (_, level), world in worlds.items():
                world.round(number, scaling=level == "corpus")
    report(settings, worlds, statistics.median(peaks))


def report(settings: list[SgnsConfig], worlds: dict[tuple[int, str], Measured], peak: float) -> None:
    print(f"{cpu_name()}, {LANES} lanes; peak of one core {peak / 1e9:.1f} GFLOP/s; one thread\n")
    print("| dim | window | noise | M words/s | ns a pair | GFLOP/s | of peak | issued | in L2 | in L1 | 2 threads |")
    print("| ---: " * 11 + "|")
    for place, config in enumerate(settings):
        corpus = worlds[place, "corpus"]
        words, pairs = (statistics.median(each) for each in zip(*corpus.one, strict=True))
        shares = [f"{worlds[place, level].flops / peak:.0%}" if (place, level) in worlds else "–" for level in LEVELS]
        print(
            f"| {config.dim} | {widths(config, 1)[1]} | {config.negative} | {words / 1e6:.2f} | {1e9 / pairs:.1f} "
            f"| {corpus.flops / 1e9:.1f} | {corpus.flops / peak:.0%} | {issued(config):.2f} | {' | '.join(shares)} "
            f"| {statistics.median(corpus.two):.2f} × |"
        )


if __name__ == "__main__":
    main()
