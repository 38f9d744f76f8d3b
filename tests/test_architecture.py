"""The plan of the house: which file may import which, read from the source, so that a wrong arrow fails.

Every import counts, also those inside functions and for types alone: whoever reads a file must know what it leans on.
docs/architecture.md shows the same plan as a picture.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "w2v"
PAGE = (PACKAGE.parent / "docs" / "architecture.md").read_text("utf-8")

# The floors, the lowest first. A file stands on the floor of its longest prefix, and imports from its own floor or from
# those below; between two files there is never a circle.
FLOORS: tuple[tuple[str, ...], ...] = (
    (
        "version",
        "errors",
        "progress",
        "report/characters",
        "arrays",
        "machine",
        "pages",
        "lazy",
        "settings",
        "given",
        "gensim_names/table",
        "display",
        "answers",
    ),
    ("files",),
    ("data",),
    ("text/folding", "text/kinds", "text/reading", "text/word_rules"),
    ("vocab", "ngrams", "bloom", "record", "tokens/settings", "formats/decimals"),
    ("kernels/llvm",),
    ("kernels",),
    ("workers",),
    ("text", "cooccurrences/matrix"),
    ("tokens", "cooccurrences"),
    ("neighbours", "spelling", "expressions", "lookup", "queries", "chance", "subwords", "pooling"),
    ("vectors",),
    (
        "transforms",
        "explanation",
        "clusters",
        "axes",
        "word_senses",
        "compare/spaces",
        "compare/procrustes",
        "compare/measures",
        "compare/map_file",
        "compare/joint",
    ),
    ("formats",),
    ("export",),
    ("training/settings",),
    ("training",),
    ("report",),
    ("search", "plots", "maps"),
    ("evaluation/statistics",),
    ("compare",),
    ("evaluation",),
    ("evaluation/tasks",),
    ("evaluation/suites", "evaluation/scoring", "evaluation/composing", "evaluation/outline"),
    ("evaluation/studies",),
    (
        "evaluation/findings",
        "evaluation/evaluating",
        "evaluation/choosing",
        "evaluation/schema",
        "evaluation/__init__",
    ),
    ("verification", "bench", "demo", "gensim_names"),
    ("cli", "__main__"),
)
RANK = {prefix: rank for rank, floor in enumerate(FLOORS) for prefix in floor}

# Third-party packages that only these rooms (or files) may import.
ONLY_IN = {
    "click": ("cli",),
    "rich": ("cli", "progress/stream"),
    "gensim": ("evaluation/studies/gensim", "bench"),
    "requests": ("data",),
    "urllib3": ("data",),
    "matplotlib": ("plots/painting", "plots/fonts"),
    "distributed": ("training/cluster/dask",),
    "dask": ("training/cluster/dask",),
    "fsspec": ("training/cluster/files",),
    "numba": ("kernels",),
    "llvmlite": ("kernels",),
}
FILES = sorted(PACKAGE.rglob("*.py"))
NAMES = {path: path.relative_to(PACKAGE).with_suffix("").as_posix() for path in FILES}
BY_NAME = {name: path for path, name in NAMES.items()}
ROOF = "__init__"  # w2v/__init__.py hands on the public names of all rooms


def is_below(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(f"{prefix}/")


def floor_of(name: str) -> int:
    fitting = [prefix for prefix in RANK if is_below(name, prefix)]
    assert fitting, f"{name} has no place in the house: add it to FLOORS"
    return RANK[max(fitting, key=len)]


def imports_of(path: Path) -> Iterator[str]:
    """Full dotted names of every import in a file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def file_of(dotted: str) -> str | None:
    """The file of the package that a dotted name leads to: a module, or the module that defines the name."""
    parts = dotted.split(".")
    if parts[0] != "w2v":
        return None
    for end in (len(parts), len(parts) - 1):
        inside = "/".join(parts[1:end])
        for name in (inside, f"{inside}/__init__".lstrip("/")):
            if name in BY_NAME:
                return name
    raise AssertionError(f"{dotted} is nowhere in the package")


ARROWS = {
    name: sorted({there for dotted in imports_of(path) if (there := file_of(dotted)) and there != name})
    for path, name in NAMES.items()
}


def circles() -> list[list[str]]:
    """The groups of files that reach each other, by Tarjan's algorithm (1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for there in ARROWS[name]:
            if there not in index:
                visit(there)
                low[name] = min(low[name], low[there])
            elif there in stack:
                low[name] = min(low[name], index[there])
        if low[name] == index[name]:
            group = [stack.pop()]
            while group[-1] != name:
                group.append(stack.pop())
            if len(group) > 1:
                found.append(sorted(group))

    for name in ARROWS:
        if name not in index:
            visit(name)
    return found


def test_no_circle() -> None:
    assert circles() == []


@pytest.mark.parametrize("name", [name for name in ARROWS if name != ROOF])
def test_no_arrow_climbs(name: str) -> None:
    climbing = [there for there in ARROWS[name] if there == ROOF or floor_of(there) > floor_of(name)]
    assert climbing == [], f"{name} may not import from above"


# Whoever asks for one kind of suite by its nature: the face, which hands names on, and the command that is all bias.
KNOW_A_KIND = ("evaluation/__init__", "evaluation/tasks", "cli/bias", "cli/completion", "demo")
KNOW_A_KIND += ("gensim_names/evaluators",)  # gensim has an evaluator for each of two kinds


@pytest.mark.parametrize("name", [name for name in ARROWS if not any(is_below(name, each) for each in KNOW_A_KIND)])
def test_kinds_are_known_by_their_registry_alone(name: str) -> None:
    """Studies, commands and findings know suites through `Task` and `SuiteReport`."""
    inside = [there for there in ARROWS[name] if is_below(there, "evaluation/tasks")]
    assert set(inside) <= {"evaluation/tasks/base", "evaluation/tasks/registry"}


def test_the_engine_is_known_where_it_is_started_alone() -> None:
    """Blocks, tasks and the trainer know an `Engine`; whether Dask is that engine is for one file to say."""
    room = "training/cluster/dask"
    knowing = {name for name, there in ARROWS.items() if any(is_below(each, room) for each in there)}
    assert {name for name in knowing if not is_below(name, room)} == {"training/cluster/starting"}


@pytest.mark.parametrize("name", list(ARROWS))
def test_third_party_packages(name: str) -> None:
    for dotted in imports_of(BY_NAME[name]):
        package = dotted.split(".")[0]
        rooms = ONLY_IN.get(package)
        assert rooms is None or any(is_below(name, room) for room in rooms), f"{name} may not import {package}"
        if is_below(name, "kernels") and package not in {"w2v", "__future__"}:
            assert package in {"numpy", "numba", "llvmlite", *sys.stdlib_module_names}, dotted


def test_nobody_imports_relatively() -> None:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path}: relative import"


def test_the_picture_shows_the_floors() -> None:
    """docs/architecture.md draws the highest floor first."""
    picture = re.search(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert picture
    floors = [
        tuple(name for row in floor.splitlines() if row for name in re.findall(r"[\w/]+", row.split("│")[1]))
        for floor in re.split(r"├[─┼]+┤\n", picture[1])[1:-1]
    ]
    assert tuple(reversed(floors)) == FLOORS


def test_the_page_names_what_there_is() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([\w/.]+) \|", PAGE, re.MULTILINE)
    assert len(rows) > 20
    for noun, file in rows:
        assert re.search(rf"^class {noun}\b", (PACKAGE / file).read_text("utf-8"), re.MULTILINE), f"{noun} in {file}"
    for path in re.findall(r"(?<![\w/.])(\w+/[\w/]*(?:\.py|\.toml|/))(?!\w)", PAGE):
        assert (PACKAGE / path).exists() or (PACKAGE.parent / path).exists(), path
