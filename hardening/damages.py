"""Damage files of caches and checkpoints, run w2v, and count wrong results and runs that cannot go on.

    python -m hardening.damages [--damages 500] [--seed 1]

A small run fills its caches: compiled kernels, a token cache, checkpoints of a stopped run, a kept matrix. Then one
file that the command needs is damaged in one of the ways of `WAYS`, and the command runs again, in a child of a process
that has imported w2v. Its vectors must have the bytes of those before. "Told": the runs that warned with a line. A
damaged checkpoint may instead be refused with a line and a cure; then --no-resume must give the right vectors. "Shrunk
while in use": the file is emptied while epochs are trained.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

OUTPUT = "vectors.bin"
COMMON = "train c.txt --threads 1 --epochs 2 --dim 8"
COMMANDS = {
    "compiled kernels": f"{COMMON} --no-resume -o {OUTPUT}",
    "token cache": f"{COMMON} --no-resume -o {OUTPUT}",
    "checkpoint": f"train --resume --epochs 2 -o {OUTPUT}",
    "kept matrix": f"{COMMON} --resume --model glove --checkpoint-every 1s -o {OUTPUT}",
}
OTHER = b"The quick brown fox jumps over the lazy dog. "


def empty(data: bytes, chance: random.Random, other: bytes) -> bytes:
    return b""


def cut(data: bytes, chance: random.Random, other: bytes) -> bytes:
    return data[: chance.randrange(1, len(data))]


def flip(data: bytes, chance: random.Random, other: bytes) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def zeros(data: bytes, chance: random.Random, other: bytes) -> bytes:
    begin = chance.randrange(len(data))
    end = min(len(data), begin + 4096)
    return data[:begin] + bytes(end - begin) + data[end:]


def text(data: bytes, chance: random.Random, other: bytes) -> bytes:
    return (OTHER * (len(data) // len(OTHER) + 1))[: len(data)]


def swap(data: bytes, chance: random.Random, other: bytes) -> bytes:
    return other


WAYS: dict[str, Callable[[bytes, random.Random, bytes], bytes]] = {
    "emptied": empty,
    "cut": cut,
    "a bit flipped": flip,
    "4 KB of zeros": zeros,
    "other content": text,
    "swapped with another": swap,
}
IN_USE = "shrunk while in use"


@dataclass
class Tally:
    """What became of the damages of one way to one kind of file."""

    runs: int = 0
    told: int = 0
    refused: int = 0
    wrong: int = 0
    stuck: int = 0
    bugs: int = 0
    examples: list[str] = field(default_factory=list)


def run(
    folder: Path, line: str, meanwhile: Callable[[], None] | None = None, opened: Path | None = None
) -> tuple[int, str]:
    """Run a command in a child process; return its exit code (below 0 for a signal) and what it said.

    opened: a file for the names of all files that the command opens.
    """
    (folder / "errors.txt").unlink(missing_ok=True)
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            if opened is not None:
                sys.addaudithook(partial(note_opened, opened))
            os.chdir(folder)
            target = os.open("errors.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(target, 1)
            os.dup2(target, 2)
            sys.stdout = sys.stderr = os.fdopen(2, "w", buffering=1)
            from w2v.cli import main

            code = main(line.split())
        finally:
            os._exit(code)
    if meanwhile is not None:
        threading.Thread(target=meanwhile, daemon=True).start()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return code, (folder / "errors.txt").read_text("utf-8", "replace")


def note_opened(target: Path, event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook that adds the name of each file that is opened to a list in a file."""
    if event == "open" and isinstance(arguments[0], (str, os.PathLike)) and "w" not in str(arguments[1]):
        name = os.path.abspath(arguments[0])
        if name != str(target):
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.write(descriptor, f"{name}\n".encode())
            os.close(descriptor)


def vectors_of(folder: Path) -> str:
    path = folder / OUTPUT
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "none"


@dataclass
class Place:
    """A folder with a corpus, the same before any damage (`good`), the user's caches, which lie at the same place for
    all runs (`home`), and the hash of the right vectors by command.
    """

    folder: Path
    good: Path
    home: Path
    needed: set[str] = field(default_factory=set)
    right: dict[str, str] = field(default_factory=dict)

    def reset(self) -> None:
        """Put everything back that a run needs, without what earlier runs have left."""
        for path, good in ((self.folder, self.good / "work"), (self.home, self.good / "home")):
            shutil.rmtree(path, ignore_errors=True)
            shutil.copytree(good, path)

    def path(self, name: Path) -> Path:
        """The path of a file of `files` while runs use it."""
        inside = Path(*name.parts[1:])
        return (self.home if name.parts[0] == "home" else self.folder) / inside

    def files(self, kind: str) -> list[Path]:
        """The files of one kind that its command opens, relative to the folder `good`."""
        patterns = {
            "compiled kernels": "home/w2v/kernels/*/*.kernel",
            "token cache": "home/w2v/tokens/*.tokens",
            "checkpoint": f"work/{OUTPUT}.checkpoint/*.checkpoint",
            "kept matrix": f"work/{OUTPUT}.checkpoint/co-occurrences",
        }
        names = [path.relative_to(self.good) for path in sorted(self.good.glob(patterns[kind]))]
        return [name for name in names if str(self.path(name)) in self.needed]

    def find_needed(self, line: str) -> None:
        """Find out which files the command opens."""
        self.reset()
        opened = self.folder.with_name("opened.txt")
        opened.unlink(missing_ok=True)
        code, said = run(self.folder, line, opened=opened)
        assert code == 0, said
        self.needed = set(opened.read_text("utf-8").splitlines())


def corpus(seed: int, lines: int) -> str:
    chance = random.Random(seed)
    groups = [[f"w{10 * group + word}" for word in range(10)] for group in range(12)]
    return "".join(" ".join(chance.choices(chance.choice(groups), k=10)) + "\n" for _ in range(lines))


def prepare(folder: Path, home: Path) -> dict[str, Place]:
    """Fill the caches, once for each command."""
    places = {}
    for kind, line in COMMANDS.items():
        place = Place(folder / kind, folder / f"good {kind}", home)
        work = place.good / "work"
        work.mkdir(parents=True)
        (work / "c.txt").write_text(corpus(1, 6_000))
        (work / "d.txt").write_text(corpus(2, 6_000))
        filled = f"{COMMON} --no-resume -o {OUTPUT}" if kind == "checkpoint" else line
        for text in ("d.txt", "c.txt"):  # the first only to swap with
            code, said = run(work, filled.replace("c.txt", text))
            assert code == 0, said
        place.right[line] = vectors_of(work)
        if kind in ("checkpoint", "kept matrix"):
            leave_stopped_run(work, "sgns" if kind == "checkpoint" else "glove")
        for name in (OUTPUT, f"{OUTPUT}.vocab.txt", "errors.txt"):
            (work / name).unlink(missing_ok=True)
        shutil.copytree(home, place.good / "home")
        place.find_needed(line)
        places[kind] = place
    return places


STOP = """
import sys
import w2v
from w2v.training import checkpoints
from w2v.progress import NullProgress

model, folder, epoch = sys.argv[1:]
if model == "glove":
    def place(self, seconds):
        checkpoints.make_folder(self.folder)
        return self.folder / checkpoints.MATRIX
    checkpoints.Checkpoints.place_for_data = place

class Stop(NullProgress):
    def phase(self, name, *rest, **more):
        if name.startswith(f"epoch {epoch}/"):
            raise KeyboardInterrupt

try:
    w2v.train(
        "c.txt", model, checkpoint=folder, checkpoint_every="1epochs", progress=Stop(), threads=1, epochs=2, dim=8
    )
except KeyboardInterrupt:
    pass
"""


def leave_stopped_run(good: Path, model: str) -> None:
    """Leave what a run keeps that was stopped: checkpoints of skip-gram, or the matrix of GloVe."""
    folder = f"{OUTPUT}.checkpoint"
    subprocess.run([sys.executable, "-c", STOP, model, folder, "2" if model == "sgns" else "1"], cwd=good, check=True)
    if model == "glove":
        for path in (good / folder).glob("*.checkpoint"):
            path.unlink()


def damage_once(place: Place, kind: str, way: str, chance: random.Random, tally: Tally) -> None:
    line = COMMANDS[kind]
    place.reset()
    names = place.files(kind)
    victim = chance.choice(names)
    beside = sorted((place.good / victim).parent.glob(f"*{victim.suffix}"))
    others = [path for path in beside if path.name != victim.name] or [place.good / "work" / "c.txt"]
    target = place.path(victim)
    meanwhile = None
    if way == IN_USE:
        line = line.replace("--epochs 2", "--epochs 40")
        meanwhile = partial(empty_in_use, target, chance.uniform(0.2, 1.0))
    else:
        target.write_bytes(WAYS[way](target.read_bytes(), chance, chance.choice(others).read_bytes()))
    code, said = run(place.folder, line, meanwhile)
    told = sum(each.startswith(("Warning:", "Error:")) for each in said.splitlines())
    tally.runs += 1
    tally.told += told > 0
    tally.bugs += "this is a bug" in said or "Traceback" in said
    if code != 0 and told == 1 and "Hint:" in said:
        tally.refused += 1
        code, more = run(place.folder, f"{COMMON} --no-resume -o {OUTPUT}")
        said += more
    if way == IN_USE and line not in place.right:
        place.reset()
        assert run(place.folder, line)[0] == 0
        place.right[line] = vectors_of(place.folder)
        return
    if code != 0:
        tally.stuck += 1
        tally.examples.append(f"{kind}, {way}, {victim}: exit code {code}: {said}")
    elif vectors_of(place.folder) != place.right[line]:
        tally.wrong += 1
        tally.examples.append(f"{kind}, {way}, {victim}: other vectors: {said}")


def empty_in_use(path: Path, seconds: float) -> None:
    """Wait, as a rule until epochs are trained; then empty the file, as another program might."""
    time.sleep(seconds)
    with contextlib.suppress(OSError):
        os.close(os.open(path, os.O_WRONLY | os.O_TRUNC))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--damages", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        home = Path(name, "home")
        home.mkdir(mode=0o700)
        os.environ.pop("NUMBA_CACHE_DIR", None)
        os.environ["XDG_CACHE_HOME"] = str(home)
        report(damage(Path(name), home, asked.damages, random.Random(asked.seed)))


def damage(folder: Path, home: Path, damages: int, chance: random.Random) -> dict[tuple[str, str], Tally]:
    """Do so many damages; return what became of them, by kind of file and way."""
    from w2v.kernels import glove, rotation, sgns, tokenise  # noqa: F401 (so that children need not import them)

    cells = [(kind, way) for kind in COMMANDS for way in WAYS] + [("token cache", IN_USE)] * 3
    tallies = {cell: Tally() for cell in dict.fromkeys(cells)}
    places = prepare(folder, home)
    for number in range(damages):
        kind, way = cells[number % len(cells)]
        damage_once(places[kind], kind, way, chance, tallies[kind, way])
        print(number + 1, kind, way, file=sys.stderr, flush=True)
    return tallies


def report(tallies: dict[tuple[str, str], Tally]) -> None:
    """Print a table in Markdown, and on standard error what went wrong."""
    names = {"runs": "runs", "told": "told", "refused": "refused with a cure", "wrong": "wrong results"}
    names |= {"stuck": "cannot go on", "bugs": '"bug in w2v"'}
    print(f"| file | damage | {' | '.join(names.values())} |")
    print(f"| --- | --- |{' --: |' * len(names)}")
    whole: Counter[str] = Counter()
    for (kind, way), tally in tallies.items():
        row = {name: getattr(tally, name) for name in names}
        whole.update(row)
        print(f"| {kind} | {way} | {' | '.join(map(str, row.values()))} |")
    print(f"| all | | {' | '.join(str(whole[name]) for name in names)} |")
    for tally in tallies.values():
        sys.stderr.write("".join(f"{example}\n" for example in tally.examples))


if __name__ == "__main__":
    main()
