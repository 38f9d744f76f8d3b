"""A copy of the tree, as it is now, to which toys are added. What a toy must show there: showing.py."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

__all__ = ["KINDS", "ROOT", "Copy", "Touched", "Toy", "toy"]

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent
KINDS = tuple(sorted(path.parent.name for path in FOLDER.glob("*/toy.toml")))
"""The names of the folders of toys."""
IDENTITY = ("-c", "user.name=toys", "-c", "user.email=toys@example.org", "-c", "commit.gpgsign=false")


@dataclass(frozen=True)
class Toy:
    """A worked example of a kind.

    tree: its files, as they lie in the tree of w2v. file: the registry; "" where the kind has none. line: the line that
    is put into it, behind the line `after` or in place of the line `instead_of`. written: commands that write files
    anew which are made from the code.
    """

    kind: str
    title: str
    tree: Path
    file: str = ""
    line: str = ""
    after: str = ""
    instead_of: str = ""
    written: tuple[tuple[str, ...], ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """Return the paths of its own files in the tree of w2v."""
        paths = (path for path in sorted(self.tree.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
        return tuple(path.relative_to(self.tree).as_posix() for path in paths)


@dataclass(frozen=True)
class Touched:
    """New files; files that were there before, and the lines changed in these. stat: as git says it."""

    new: int
    changed: int
    changed_lines: int
    stat: str


def toy(kind: str) -> Toy:
    """Return the toy of a kind."""
    about = tomllib.loads((FOLDER / kind / "toy.toml").read_text("utf-8"))
    written = tuple(map(tuple, about.pop("written", ())))
    return Toy(kind=kind, tree=FOLDER / kind / "tree", written=written, **about)


class Copy:
    """The files of the tree as they are now, without those that git ignores, in a git repository of their own."""

    def __init__(self, place: Path) -> None:
        self.folder, self.cache = place / "tree", place / "cache"
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.folder / name)
        self.git("init", "--quiet")
        self.commit("the tree")

    def git(self, *arguments: str) -> str:
        """Run git in the copy, and return what it prints."""
        command = ["git", *IDENTITY, *arguments]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=True).stdout

    def commit(self, message: str) -> None:
        """Commit all files, those that git ignores too."""
        self.git("add", "--all", "--force", ".")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)

    def add(self, toy: Toy) -> tuple[Touched, Touched]:
        """Add a toy; return what that touched, and what was touched by commands that write files anew."""
        for name in toy.files:
            target = self.folder / name
            assert not target.exists(), f"{name} is there already"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(toy.tree / name, target)
        if toy.file:
            registry = self.folder / toy.file
            text, place = registry.read_text("utf-8"), (toy.after or toy.instead_of) + "\n"
            assert text.count(place) == 1, f"{toy.file} has not one line {place!r}"
            added = toy.line + "\n"
            registry.write_text(text.replace(place, place + added if toy.after else added), "utf-8")
        by_hand = self._touched()
        self.commit(toy.title)
        for command in toy.written:
            self.run(*command)
        anew = self._touched()
        self.commit(f"{toy.title}: files written anew")
        return by_hand, anew

    def _touched(self) -> Touched:
        self.git("add", "--all", ".")
        numbers = [line.split("\t") for line in self.git("diff", "--cached", "--numstat").splitlines()]
        new = set(self.git("diff", "--cached", "--name-only", "--diff-filter=A").splitlines())
        lines = {name: max(int(added), int(removed)) for added, removed, name in numbers}
        of_others = [count for name, count in lines.items() if name not in new]
        stat = self.git("diff", "--cached", "--stat")
        return Touched(len(new), len(of_others), sum(of_others), stat)

    def environment(self) -> dict[str, str]:
        """Return the environment in which w2v is the one of the copy, and compiled kernels are found."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("W2V_")}
        kernels = ROOT / ".pytest_cache" / "w2v-kernels"
        folders = {"PYTHONPATH": self.folder, "NUMBA_CACHE_DIR": kernels, "XDG_CACHE_HOME": self.cache}
        return {**own, **{name: str(path) for name, path in folders.items()}, "COLUMNS": "80"}

    def run(self, *command: str) -> str:
        """Run a command in the folder of the copy; "python" is this Python. Returns what it prints, errors included."""
        words = [sys.executable if word == "python" else word for word in command]
        done = subprocess.run(
            words,
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, f"{' '.join(command)} gave {done.returncode}:\n{done.stdout[-4000:]}"
        return done.stdout


def _files_of(folder: Path) -> list[str]:
    """Return the files of a git work tree, those that are new included, those that git ignores not."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.split("\0") if name]
