"""Measure training by workers: `python -m benchmarks.cluster equality|overhead|memory|moving|table …`.

equality  SHA-256 of the vectors: one process, 1 to 4 workers with several threads each, any number of groups, and runs
          that are killed and go on with other workers; on the first bytes of CORPUS
overhead  the processor time of all processes of a run by workers, beside that of one process; what it is spent on; the
          bytes that workers move beside those that planning.py predicts
memory    the most private memory of each of 1, 2 and 4 workers, with a model of 1 GB, on a synthetic corpus; --write
          keeps the constants that follow from it
moving    the processor time of sending a GB from process to process, and of receiving it: by Unix sockets, TCP, and TLS
table     time, bytes and memory with 1 to 128 nodes, from these constants and from what is assumed of nodes and net

Processor time is that of all processes of a run, from their start to their end. It changes less than the time of the
clock if other programs run, but it does change: measure on a quiet machine.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.cluster.constants import constants
from benchmarks.cluster.corpus import write_corpus
from benchmarks.cluster.equality import print_equality
from benchmarks.cluster.memory import print_memory
from benchmarks.cluster.moving import BLOCKS, print_moving
from benchmarks.cluster.overhead import print_overhead
from benchmarks.cluster.table import Assumed, Constants, print_table
from w2v.bench.machine import cpu_name, load_average

HERE = Path(__file__).parent
SMALL = 3_000_000  # bytes of the corpus of `equality`


def main() -> int:
    """Measure as the arguments say; return 1 where bytes differ or a bound is passed."""
    given = _parser().parse_args()
    if given.part == "table":
        _table(given)
        return 0
    print(f"{cpu_name()}, load {load_average()}\n")
    if given.part == "moving":
        print_moving(given.rounds, given.blocks)
        return 0
    with tempfile.TemporaryDirectory() as name:
        if given.part == "equality":
            return 0 if print_equality(_beginning(given.corpus, Path(name), given.bytes), given.threads) else 1
        if given.part == "overhead":
            options = ["--dim", given.dim, "--window", given.window, "--epochs", given.epochs, "--batches", "1"]
            same = print_overhead(given.corpus, given.workers, tuple(map(str, options)), given.rounds)
            return 0 if same else 1
        return 0 if _memory(given, Path(name)) else 1


def _memory(given: argparse.Namespace, folder: Path) -> bool:
    corpus = folder / "zipf.txt"
    write_corpus(corpus, given.words, given.types)
    options = ("--dim", str(given.dim), "--epochs", "2", "--batches", "1", "--min-count", "1")
    within, runs = print_memory(corpus, given.workers, (*options, "--checkpoint-every", "1s"))
    if given.write is not None:
        text = f"{given.words:,} words of {given.types:,} kinds by Zipf's law"
        small = folder / "small.txt"
        write_corpus(small, 100_000, 5_000)
        constants(small, runs, text, given.dim).write(given.write)
    return within


def _table(given: argparse.Namespace) -> None:
    assumed = Assumed(
        tokens=given.tokens,
        words=given.words,
        dim=given.dim,
        cores=given.cores,
        slower=given.slower,
        links=tuple(given.links),
        used=given.used,
        batches=given.batches,
        sample=given.sample,
        pairs_a_token=given.pairs,
    )
    print_table(Constants.read(given.constants), assumed)


def _beginning(corpus: Path, folder: Path, size: int) -> Path:
    """Return a file with the first bytes of a corpus, up to the end of a word."""
    small = folder / "corpus.txt"
    with corpus.open("rb") as file:
        small.write_bytes(file.read(size).rpartition(b" ")[0] + b"\n")
    return small


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = parser.add_subparsers(dest="part", required=True)
    equality = parts.add_parser("equality")
    equality.add_argument("corpus", type=Path)
    equality.add_argument("--bytes", type=int, default=SMALL)
    equality.add_argument("--threads", type=int, default=3, help="of a worker, at most")
    overhead = parts.add_parser("overhead")
    overhead.add_argument("corpus", type=Path)
    overhead.add_argument("--workers", type=int, default=2)
    overhead.add_argument("--dim", type=int, default=300)
    overhead.add_argument("--window", type=int, default=11)
    overhead.add_argument("--epochs", type=int, default=2, help="of one batch each")
    overhead.add_argument("--rounds", type=int, default=1)
    memory = parts.add_parser("memory")
    memory.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    memory.add_argument("--words", type=int, default=2_000_000)
    memory.add_argument("--types", type=int, default=400_000)
    memory.add_argument("--dim", type=int, default=300)
    memory.add_argument("--write", type=Path, help="a file for the constants of `table`")
    moving = parts.add_parser("moving")
    moving.add_argument("--rounds", type=int, default=3)
    moving.add_argument("--blocks", type=int, default=BLOCKS, help="of 78 MB, in a round")
    table = parts.add_parser("table")
    table.add_argument("--constants", type=Path, default=HERE / "constants.json")
    table.add_argument("--tokens", type=float, default=100e9)
    table.add_argument("--words", type=int, default=5_000_000)
    table.add_argument("--dim", type=int, default=300)
    table.add_argument("--cores", type=int, default=16, help="of a node")
    table.add_argument("--slower", type=float, default=1.0, help="how much longer a pair takes on such a node")
    table.add_argument("--links", type=float, nargs="+", default=[10.0, 25.0], help="GbE of a node")
    table.add_argument("--used", type=float, default=0.88, help="share of a link that data takes")
    table.add_argument("--batches", type=int, default=8, help="an epoch")
    table.add_argument("--sample", type=float, default=1e-3)
    table.add_argument("--pairs", type=float, help="pairs a token; as measured if not given")
    return parser


if __name__ == "__main__":
    sys.exit(main())
