"""The private memory of each worker, at 1, 2 and 4 workers, beside the bound: 150 MB + 2.5 × model / N + its pairs."""

from __future__ import annotations

from pathlib import Path

from benchmarks.cluster.overhead import print_moved
from benchmarks.cluster.runs import Measured, run

__all__ = ["BASE", "TIMES", "print_memory"]

BASE, TIMES = 150, 2.5  # MB; times the share of the model


def print_memory(corpus: Path, numbers: list[int], options: tuple[str, ...]) -> tuple[bool, dict[int, Measured]]:
    """Print the most private memory of the workers; return whether all are within the bound, and the runs by workers.

    Private memory is RssAnon, looked at every 20 ms.
    """
    print("| workers | model / N, MB | pairs / N, MB | bound, MB | most of any worker, MB | all workers | driver, MB |")
    print("| ---: " * 7 + "|")
    within, runs = True, {}
    for number in numbers:
        runs[number] = measured = run(corpus, *options, "--workers", str(number), "--threads", str(number))
        model, pairs = measured.model / number / 1e6, 4 * measured.pairs_of_batch / number / 1e6
        bound = BASE + TIMES * model + pairs
        found = sorted(each.anonymous / 1e6 for each in measured.workers)
        within &= max(found) <= bound
        print(
            f"| {number} | {model:.0f} | {pairs:.0f} | {bound:.0f} | {max(found):.0f} "
            f"| {' '.join(f'{each:.0f}' for each in found)} | {measured.processes[0].anonymous / 1e6:.0f} |",
            flush=True,
        )
    for number, measured in runs.items():
        if number > 1:
            print(f"\n{number} workers:", end="")
            print_moved(measured)
    return within, runs
