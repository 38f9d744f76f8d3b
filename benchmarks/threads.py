"""What threads cost each other that train one model: `python -m benchmarks.threads [CORPUS] [--copies 256 1024]`.

A row that two threads change in turn moves from core to core. Therefore each thread keeps copies of the most frequent
rows (w2v/kernels/frequent.py). The script trains on the same words with no copies, with those that `w2v train` chooses,
and with those of the numbers asked for, in turns, and prints the processor's time a pair. Without a corpus, the words
are drawn by Zipf's law.

How much copies gain depends on the two cores: little where they share a cache, much where rows must travel far. A
virtual machine may move from one such pair of cores to another while the script runs, so look at the single rounds too.
--real-time runs the training before all other programs, where that is permitted; then other work changes little.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.size import synthetic
from w2v.arrays import I32
from w2v.bench.machine import cpu_name, load_average
from w2v.kernels.frequent import Frequent
from w2v.progress import NullProgress
from w2v.tokens.preparing import prepare
from w2v.training.loop import Loop
from w2v.training.sgns.model import SGNS, SgnsConfig
from w2v.training.sgns.trainer import SgnsTrainer
from w2v.vocab import Vocabulary


@contextmanager
def before_all_others(wanted: bool) -> Iterator[None]:
    """Let the system run these threads first, if that is wanted and permitted."""
    if wanted:
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(5))
    try:
        yield
    finally:
        if wanted:
            with suppress(OSError):
                os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def words_of(corpus: Path | None, words: int, types: int) -> tuple[I32, Vocabulary]:
    """Return the first words of a corpus as ids, int32 [words and ends of lines], or synthetic ones; the vocabulary."""
    if corpus is None:
        return synthetic(words, types)
    with prepare([str(corpus)]) as cache:
        return np.array(cache.tokens[:words]), cache.vocabulary


def measure(trainer: SgnsTrainer, frequent: Frequent, real_time: bool) -> float:
    """Train once more over all words; return the nanoseconds of the processor for a pair."""
    trainer.frequent = frequent
    loop = Loop(trainer, SGNS, 1, NullProgress())
    with before_all_others(real_time):
        started = time.process_time()
        loop.run(lambda _: False)
        seconds = time.process_time() - started
    return 1e9 * seconds / loop.now.position.pairs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, nargs="?")
    parser.add_argument("--words", type=int, default=3_000_000)
    parser.add_argument("--types", type=int, default=1_000_000, help="of synthetic words")
    parser.add_argument("--dim", type=int, default=300)
    parser.add_argument("--sample", type=float, default=1e-4)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--copies", type=int, nargs="*", default=[], help="of how many words a thread keeps copies")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--real-time", action="store_true")
    asked = parser.parse_args()
    tokens, vocabulary = words_of(asked.corpus, asked.words, asked.types)
    config = SgnsConfig(dim=asked.dim, epochs=1, threads=asked.threads, sample=asked.sample)
    trainer = SgnsTrainer(tokens, vocabulary, config, progress=NullProgress())
    chosen = trainer.frequent
    print(f"{cpu_name()}, load {load_average()}: {asked.dim} dimensions, {asked.threads} threads", flush=True)
    kinds = {Frequent(0): "none", chosen: f"{chosen.words:,}, as w2v train chooses"}
    kinds |= {chosen._replace(words=number): f"{number:,}" for number in asked.copies}
    rounds = [[measure(trainer, frequent, asked.real_time) for frequent in kinds] for _ in range(asked.rounds)]
    print("copies of rows: ns of the processor a pair, median (rounds)")
    for name, times in zip(kinds.values(), zip(*rounds, strict=True), strict=True):
        print(f"{name}: {median(times):.0f} ({' '.join(f'{one:.0f}' for one in times)})")


if __name__ == "__main__":
    main()
