"""Measure an index: making it, its size, queries in a process and from the shell, and that ranks are exact.

    python -m benchmarks.search VECTORS TEXTS [--number 1000000] [--queries 20]

TEXTS has a text a line; its lines are repeated until there are `--number` of them. Times are those of the wall and,
behind them, of the processor: on a machine that does other work, too, only the latter mean something.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from statistics import median

import w2v
from w2v.search.scoring import Scores
from w2v.search.searching import SearchIndex


def timed(function: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds of the wall and of the processor that a call takes, programs that it starts included."""
    wall, before = time.perf_counter(), _processor()
    function()
    return time.perf_counter() - wall, _processor() - before


def _processor() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def _w2v(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "w2v", *arguments], check=True, capture_output=True)


def same_ranks(index: SearchIndex, queries: list[str]) -> bool:
    """Whether the first look by bytes gives the ranks and scores of that in single precision."""
    for query in queries:
        asked = index._asked(query, "both")
        assert asked.meant is not None
        one, other = (
            Scores(index.file, asked.words, asked.meant.vector, coded=coded).top(100) for coded in (False, True)
        )
        if one[0].tolist() != other[0].tolist() or one[1].tolist() != other[1].tolist():
            return False
    return True


def memory() -> int:
    """The bytes that this process has in memory, mapped files included."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vectors")
    parser.add_argument("texts")
    parser.add_argument("--number", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=20)
    options = parser.parse_args()
    lines = Path(options.texts).read_text("utf-8").splitlines()
    queries = [" ".join(line.split()[:5]) for line in lines[:: max(1, len(lines) // options.queries)]][
        : options.queries
    ]
    with tempfile.TemporaryDirectory() as folder:
        texts, path = Path(folder, "texts.txt"), Path(folder, "docs.w2v")
        texts.write_text("\n".join(islice(cycle(lines), options.number)) + "\n", "utf-8")
        _w2v("index", options.texts, "-o", str(path), "-m", options.vectors)  # compiles kernels
        wall, processor = timed(lambda: _w2v("index", str(texts), "-o", str(path), "-m", options.vectors))
        print(f"{'index':28} {wall:8.2f} s  ({processor:.2f} s), {path.stat().st_size / 1e6:,.0f} MB")
        arguments = ("--index", str(path), "-m", options.vectors)
        shell = [timed(lambda query=query: _w2v("search", query, *arguments)) for query in queries[:5]]  # type: ignore[misc]
        print(
            f"{'a query from the shell':28} {median(wall for wall, _ in shell):8.2f} s  "
            f"({median(processor for _, processor in shell):.2f} s)"
        )
        before = memory()
        vectors = w2v.load(options.vectors)
        index = w2v.load_index(path, vectors)
        for query in queries[:3]:
            index.search(query)
        for mode in ("both", "meaning", "words"):
            inside = [timed(lambda query=query, mode=mode: index.search(query, mode=mode)) for query in queries]  # type: ignore[misc]
            print(
                f"{f'a query in a process, {mode}':28} {1000 * median(wall for wall, _ in inside):8.1f} ms "
                f"({1000 * median(processor for _, processor in inside):.1f} ms)"
            )
        share = (memory() - before) / path.stat().st_size
        print(f"{'memory':28} {share:8.2f} × the file, vectors included")
        print(f"{'the same ranks by bytes':28} {same_ranks(index, queries)!s:>8}")


if __name__ == "__main__":
    main()
