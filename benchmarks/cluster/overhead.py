"""The processor time of workers beside that of one process, what becomes of it, and the bytes that they move."""

from __future__ import annotations

from pathlib import Path

from benchmarks.cluster.runs import Measured, run

__all__ = ["account_of", "print_overhead"]

MOVING = ("pairs", "counts", "outputs", "inputs", "facts", "piece")  # tasks that take one of several results


def print_overhead(corpus: Path, workers: int, options: tuple[str, ...], rounds: int) -> bool:
    """Print both times, the account and the bytes; return whether the bytes of the vectors are the same."""
    pairs = [
        (
            run(corpus, *options, "--deterministic", "--threads", "1"),
            run(corpus, *options, "--workers", str(workers), "--threads", str(workers)),
        )
        for _ in range(rounds)
    ]
    print(f"{' '.join(options)}; --workers {workers}, one thread each, beside --deterministic --threads 1\n")
    print("| round | alone, CPU s | workers, CPU s | more | longest tile, CPU s | alone, s | workers, s |")
    print("| ---: " * 7 + "|")
    for number, (alone, by_workers) in enumerate(pairs, 1):
        more = by_workers.cpu_seconds / alone.cpu_seconds - 1
        print(
            f"| {number} | {alone.cpu_seconds:.1f} | {by_workers.cpu_seconds:.1f} | {more:+.1%} "
            f"| {by_workers.tasks['tile'].most:.1f} | {alone.seconds:.1f} | {by_workers.seconds:.1f} |"
        )
    alone, by_workers = min(pairs, key=lambda pair: pair[1].cpu_seconds / pair[0].cpu_seconds)
    print(
        f"\n| of {by_workers.cpu_seconds:.1f} CPU s of the run by workers | CPU s | how often |\n| --- | ---: | ---: |"
    )
    for name, seconds, number in account_of(by_workers):
        print(f"| {name} | {seconds:.2f} | {number or ''} |")
    print_moved(by_workers)
    same = len({each.sha256 for pair in pairs for each in pair}) == 1
    print(f"\nSHA-256: {'the same' if same else 'THEY DIFFER'} (`{alone.sha256}`)")
    return same


def account_of(measured: Measured) -> list[tuple[str, float, int]]:
    """Return what a run by workers has spent its processor time on: name, seconds, how often."""
    tasks, driver = measured.tasks, measured.driver
    named = {"start": "start of Python and Dask", "load kernels": "loading kernels"}
    rows = [
        (f"workers: {named.get(name, name)}", task.cpu_seconds, task.number)
        for name, task in tasks.items()
        if name not in MOVING
    ]
    rows.append(
        (
            "workers: taking one of several results",
            sum(tasks[name].cpu_seconds for name in MOVING if name in tasks),
            sum(tasks[name].number for name in MOVING if name in tasks),
        )
    )
    rows += [
        ("workers: event loop, which moves results, and heartbeats", measured.loop, 0),
        ("workers: making results ready to be sent", measured.offload, 0),
    ]
    in_engine = driver["trained"] - driver["before the workers"]
    rows += [
        ("driver: start, corpus, kernels", driver["before the workers"], 0),
        ("driver: scheduler", driver["scheduler"], 0),
        ("driver: waiting for tasks, held-out loss, writing the vectors", in_engine - driver["scheduler"], 0),
        ("driver: end", driver["end"] - driver["trained"], 0),
    ]
    rest = measured.cpu_seconds - sum(seconds for _, seconds, _ in rows)
    return [*rows, ("not accounted for: ends of processes", rest, 0)]


def print_moved(measured: Measured) -> None:
    """Print the bytes that workers have moved, by kind, beside those that planning.py predicts."""
    predicted = measured.predicted
    moved = sum(measured.moved.values())
    print(
        f"\nMoved: {moved / 1e6:,.0f} MB, {moved / predicted:.3f} × the {predicted / 1e6:,.0f} MB predicted; by kind:"
    )
    print(", ".join(f"{kind} {size / 1e6:,.1f} MB" for kind, size in sorted(measured.moved.items())))
