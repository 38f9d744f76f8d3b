"""The directions of the house: which module may import which, read from the source, so that a wrong arrow fails."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "w2v"

# Each layer may import from itself and from those below it; the last may be imported by anything.
LAYERS = [
    {"cli", "__main__"},
    {"demo", "bench", "verification"},
    {"training", "evaluation"},
    {"io", "data"},
    {"vectors", "vocab", "cooccurrences", "tokens", "corpus", "record"},
    {"kernels"},
    {"atomic", "locks", "config", "progress", "errors", "smallfile", "tensorfile"},
]
RANK = {room: rank for rank, layer in enumerate(LAYERS) for room in layer}

# Third-party packages that only these rooms (or files) may import.
ONLY_IN = {
    "click": {"cli"},
    "rich": {"cli"},
    "gensim": {"evaluation/reference.py", "bench", "bench.py"},
    "requests": {"data"},
    "urllib3": {"data"},
    "numba": {"kernels"},
    "llvmlite": {"kernels"},
}
FILES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    """Full dotted names of every import in a file, those inside functions included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_directions(path: Path) -> None:
    here = room_of(path)
    assert here in RANK, f"{here} has no place in the house: add it to LAYERS"
    for name in imports_of(path):
        package, _, rest = name.partition(".")
        if package == "w2v" and rest:
            there = rest.split(".")[0]
            if there in RANK:
                assert RANK[there] >= RANK[here], f"{path.name} ({here}) may not import {there}"
        allowed = ONLY_IN.get(package)
        if allowed is not None:
            place = str(path.relative_to(PACKAGE))
            assert here in allowed or place in allowed, f"{place} may not import {package}"
        if here == "kernels" and package not in {"w2v", "__future__"}:
            assert package in {"numpy", "numba", "llvmlite", *sys.stdlib_module_names}, name


def test_nobody_imports_relatively() -> None:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path}: relative import"
