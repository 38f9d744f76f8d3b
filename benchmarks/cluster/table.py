"""What training by 1 to 128 nodes would take: time, bytes and memory, from constants measured here and assumed ones.

The rotation of a batch is played through with parts of the weight that the words of a corpus by Zipf's law give them:
so the hottest word limits the speed as it would in training. Nothing here was measured on more than one machine.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Self

import numpy as np

from w2v.arrays import F64
from w2v.training.cluster.planning import SHARDS, bytes_moved

__all__ = ["Assumed", "Constants", "print_table"]

NODES = (1, 2, 4, 8, 16, 32, 64, 128)
TILE = 4  # tasks of a tile: itself, and one for each of its results


@dataclass(frozen=True)
class Constants:
    """What was measured on this machine.

    tile_ns, split_ns: nanoseconds of the processor to train on a pair, and to sort it. pairs_a_token: of the tokens
    before subsampling. cpu_s_a_gb: of both workers together, for a GB that moves with TLS; a worker sends
    as much as it receives, in one thread, so this is also how long a GB takes at least. task_ms: of the scheduler.
    base_mb, times: of a worker's memory: base_mb + times × model / N + pairs.
    """

    machine: str
    corpus: str
    dim: int
    tile_ns: float
    split_ns: float
    pairs_a_token: float
    cpu_s_a_gb: float
    task_ms: float
    base_mb: float
    times: float

    @classmethod
    def read(cls, path: Path) -> Self:
        values = json.loads(path.read_text("utf-8"))
        return cls(**{field.name: values[field.name] for field in fields(cls)})

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", "utf-8")


@dataclass(frozen=True)
class Assumed:
    """What was not measured: the corpus, the nodes and the net. used: the share of a link that data takes."""

    tokens: float
    words: int
    dim: int
    cores: int
    slower: float
    links: tuple[float, ...]
    used: float
    batches: int
    sample: float
    pairs_a_token: float | None


def print_table(measured: Constants, assumed: Assumed) -> None:
    """Print both kinds of constants, and the table for an epoch."""
    width = -(-assumed.dim // 16) * 16
    model = 8 * assumed.words * width
    each = assumed.pairs_a_token or measured.pairs_a_token
    pairs, ns = assumed.tokens * each, (measured.tile_ns + measured.split_ns) * assumed.slower
    ns *= width / (-(-measured.dim // 16) * 16)
    print(f"Measured here ({measured.machine}; {measured.corpus}):")
    for name, value in asdict(measured).items():
        if name not in ("machine", "corpus"):
            print(f"  {name} = {value:g}")
    print("Assumed:")
    for name, value in asdict(assumed).items():
        print(f"  {name} = {value if isinstance(value, tuple | None) else f'{value:,g}'}")
    print("  no transfer while a worker computes (a sum); all nodes send at once, as link and thread allow")
    speed = 1e3 / ns  # M pairs a second on a core
    print(f"\n{assumed.tokens:.3g} tokens × {assumed.words:,} words × {assumed.dim}: model {model / 1e9:.1f} GB")
    print(f"{pairs:.3g} pairs an epoch; a core trains {speed:.2f} M pairs, {speed / each:.2f} M tokens, a second\n")
    links = [f"sum at {link:g} GbE, s" for link in assumed.links]
    heads = [
        "nodes",
        "lanes",
        "busy",
        "compute, s",
        "moving, one thread, s",
        *links,
        "rotation, GB a node",
        "pairs, GB a node",
    ]
    heads += ["memory of a node, GB: model, pairs", "tasks a batch", "scheduler, s an epoch"]
    print("| " + " | ".join(heads) + " |\n| " + " | ".join(["---:"] * len(heads)) + " |")
    for nodes in NODES:
        print("| " + " | ".join(_row(nodes, measured, assumed, width, pairs, ns)) + " |")
    print(f"\nThe hottest row: {_hottest(assumed):.0f} lanes at most at --sample {assumed.sample:g}.")


def _row(nodes: int, measured: Constants, assumed: Assumed, width: int, pairs: float, ns: float) -> list[str]:
    """Return the cells of a row."""
    threads = nodes * assumed.cores
    parts = max(16, _power(threads))
    lanes = min(float(threads), _lanes(assumed, parts, threads))
    compute = pairs * ns * 1e-9 / lanes
    batch = int(pairs / assumed.batches)
    moved = bytes_moved(assumed.words, width, parts, nodes, int(pairs), assumed.batches, assumed.batches) / nodes
    sorted_pairs = 0.0 if nodes == 1 else 4 * pairs * (nodes - 1) / nodes / nodes
    loop = moved / 1e9 * measured.cpu_s_a_gb
    seconds = [compute + max(loop, moved / (link / 8 * 1e9 * assumed.used)) for link in assumed.links]
    model = 8 * assumed.words * width / nodes
    memory = measured.base_mb * 1e6 + measured.times * model
    tasks = TILE * nodes * (nodes + 1) + (2 + SHARDS) * nodes * nodes if nodes > 1 else 0
    scheduler = tasks * assumed.batches * measured.task_ms / 1e3
    return [
        str(nodes),
        f"{lanes:.0f}",
        f"{lanes / threads:.0%}",
        f"{compute:,.0f}",
        f"{loop:,.0f}",
        *(f"{each:,.0f}" for each in seconds),
        f"{(moved - sorted_pairs) / 1e9:.0f}",
        f"{sorted_pairs / 1e9:.0f}",
        f"{memory / 1e9:.2f}, {4 * batch / nodes / 1e9:.1f}",
        f"{tasks:,}",
        f"{scheduler:,.0f}",
    ]


def _power(number: int) -> int:
    """Return the smallest power of 2 that is not smaller."""
    return 1 << (number - 1).bit_length()


def _kept(assumed: Assumed) -> F64:
    """Return of each word the share of the tokens that subsampling keeps, by Zipf's law, float64 [V]."""
    chances = 1 / (np.arange(assumed.words) + 2.7)
    chances /= chances.sum()
    ratio = assumed.sample / chances
    kept = chances * np.minimum(1.0, np.sqrt(ratio) + ratio)
    return np.asarray(kept / kept.sum())


def _hottest(assumed: Assumed) -> float:
    """Return how many threads can work at most, when one thread at a time has the hottest row."""
    return float(1 / _kept(assumed).max())


def _lanes(assumed: Assumed, parts: int, threads: int) -> float:
    """Return how many threads a batch keeps at work: its work, divided by the time of its rotation.

    Each part of the outputs has a thread of its own, or shares it with neighbours; a bucket (k, j) waits for (k, j − 1)
    and (k + 1, j). The weight of a bucket is the product of those of its parts.
    """
    weights = np.bincount(np.random.default_rng(1).permutation(assumed.words) % parts, _kept(assumed), parts)
    ends = np.zeros(parts)
    for stratum in range(parts):
        ends = np.maximum(ends, np.roll(ends, -1)) + weights * np.roll(weights, -stratum)
    return float(min(threads, 1 / max(ends.max(), 1 / threads)))
