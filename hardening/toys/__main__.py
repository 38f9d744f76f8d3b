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


def counted(kinds: Sequence[str], *, show: bool = False) -> dict[str, tuple[Touched, Touched]]:
    """Add each toy to a fresh copy, and return what was touched by hand and by commands."""
    found = {}
    for kind in kinds:
        with tempfile.TemporaryDirectory(prefix="toys-") as folder:
            found[kind] = Copy(Path(folder)).add(toy(kind))
        if show:
            print(f"{toy(kind).title}\n{found[kind][0].stat}")
            if found[kind][1].changed:
                print(f"written anew by a command:\n{found[kind][1].stat}")
    return found


def table(found: dict[str, tuple[Touched, Touched]]) -> str:
    """Return what was touched as a table in Markdown."""
    rows = ["| to add | new files | existing files changed | lines in them | written anew by a command | before |"]
    rows.append("| --- | --- | --- | --- | --- | --- |")
    for kind, (own, anew) in found.items():
        files = f"{own.new} ({own.new_lines} lines)"
        cells = (toy(kind).title, files, own.changed, own.changed_lines, anew.new + anew.changed or "–", BEFORE[kind])
        rows.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(rows)


def judged(kinds: Sequence[str], folder: Path, *, only_quick: bool = False) -> None:
    """Put all toys into one copy, run what must show them, then the tests that judge them."""
    (folder / "desk").mkdir()
    copy = Copy(folder)
    for kind in kinds:
        copy.add(toy(kind))
    desk = Desk(copy, folder / "desk")
    for kind in kinds:
        print(f"{toy(kind).title} shows itself in:", ", ".join(SHOWS[kind](desk)), flush=True)
    tests = dict.fromkeys(path for kind in kinds for path in CONFORMANCE[kind])
    for path in (ARCHITECTURE, *tests):
        started = time.monotonic()
        quick = ("-m", "not slow") if only_quick else ()
        said = copy.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", *quick, path)
        print(f"{path}: {said.splitlines()[-1]} ({time.monotonic() - started:.0f} s)", flush=True)
    if not only_quick:
        print("ruff:", copy.run("python", "-m", "ruff", "check", ".").splitlines()[-1])
        print("mypy:", copy.run("python", "-m", "mypy").splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m hardening.toys", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("kinds", nargs="*", choices=[*KINDS, []], help=f"some of {', '.join(KINDS)}; all without any")
    parser.add_argument("--table", action="store_true", help="only count, and print the table")
    given = parser.parse_args()
    kinds = given.kinds or KINDS
    found = counted(kinds, show=not given.table)
    if not given.table:
        with tempfile.TemporaryDirectory(prefix="toys-") as folder:
            judged(kinds, Path(folder))
    print(table(found))


if __name__ == "__main__":
    main()
