"""Add each toy to a copy of the tree, count what that touches, and have it judged by the tests of its kind.

    python -m hardening.toys                  all kinds
    python -m hardening.toys model command    some
    python -m hardening.toys --table          only count, and print the table of docs/architecture.md

What a toy is: hardening/toys/README.md.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from hardening.toys.copying import KINDS, Copy, Touched, toy
from hardening.toys.showing import CONFORMANCE, SHOWS, Desk

HEADS = (
    "to add",
    "new files",
    "existing files changed",
    "lines in them",
    "written anew by a command",
    "before the rebuild",
)
ARCHITECTURE = "tests/test_architecture.py"
BEFORE = {
    "model": "10, and 3 for `w2v bench`",
    "format-file": "4 to 10",
    "format-folder": "could not be expressed",
    "task": "13",
    "study": "7",
    "set": "1",
    "command": "1",
}
"""How many existing files had to be changed before the house was rebuilt."""


def counted(copy: Copy, kinds: Sequence[str], *, show: bool = False) -> dict[str, tuple[Touched, Touched]]:
    """Add toys to a copy; return for each what was touched by hand, and by commands that write files anew."""
    found = {}
    for kind in kinds:
        found[kind] = copy.add(toy(kind))
        if show:
            print(f"{toy(kind).title}\n{found[kind][0].stat}")
            if found[kind][1].changed:
                print(f"written anew by a command:\n{found[kind][1].stat}")
    return found


def table(found: dict[str, tuple[Touched, Touched]]) -> str:
    """Return what was touched as a table in Markdown."""
    rows = [f"| {' | '.join(HEADS)} |", f"|{' --- |' * len(HEADS)}"]
    for kind, (own, anew) in found.items():
        cells = (toy(kind).title, own.new, own.changed, own.changed_lines, anew.new + anew.changed or "–", BEFORE[kind])
        rows.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(rows)


def judged(copy: Copy, kinds: Sequence[str], folder: Path) -> None:
    """Run what must show the toys of a copy, then the tests that judge them."""
    desk = Desk(copy, folder)
    for kind in kinds:
        print(f"{toy(kind).title} shows itself in: {', '.join(SHOWS[kind](desk))}\n", flush=True)
    for path in (ARCHITECTURE, *dict.fromkeys(path for kind in kinds for path in CONFORMANCE[kind])):
        started = time.monotonic()
        said = copy.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", path)
        print(f"{path}: {said.splitlines()[-1]} ({time.monotonic() - started:.0f} s)", flush=True)
    for check in (("ruff", "check", "."), ("mypy",)):
        print(f"{check[0]}: {copy.run('python', '-m', *check).splitlines()[-1]}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m hardening.toys", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("kinds", nargs="*", choices=[*KINDS, []], help=f"some of {', '.join(KINDS)}; all without any")
    parser.add_argument("--table", action="store_true", help="only count, and print the table")
    given = parser.parse_args()
    kinds = given.kinds or KINDS
    with tempfile.TemporaryDirectory(prefix="toys-") as folder:
        copy = Copy(Path(folder))
        found = counted(copy, kinds, show=not given.table)
        if not given.table:
            judged(copy, kinds, Path(folder))
    print(f"\n{table(found)}" if not given.table else table(found))


if __name__ == "__main__":
    main()
