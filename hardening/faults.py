"""Kill a run, or let its disk fail, at its N-th system call, for every N, and check which files are left.

    python -m hardening.faults [--scenario NAME]... [--every K]

strace injects SIGKILL, ENOSPC (the disk is full) or EIO (the disk fails) into one system call of a run: the N-th of its
kind in a thread. N counts up through all calls that touch the run's folder, until a run ends before its N-th call. Then
each file under a final name must be, byte for byte, the old file or the file of an unbroken run. A killed run is
followed by another run, which must write the files of an unbroken run and leave nothing else. A run that could not
write must end with one line that names a path (and, for a full disk, the bytes that are needed and free), and must
leave nothing else behind. --every K takes every K-th N.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import numpy as np
from loopback import Loopback

from hardening.tracing import ALSO, WRITING, Call, Outcome, Runner, UnavailableError
from w2v import formats
from w2v.training.checkpoint_file import load_checkpoint

FAULTS = {"SIGKILL": "signal=SIGKILL", "ENOSPC": "error=ENOSPC", "EIO": "error=EIO"}
FULL = re.compile(r"it needs (more than )?[\d,]+ bytes, and [\d,]+ are free there")
SOURCES = ("corpus.txt", "small.txt", "fox.toml")
KEPT_ON = (".part", ".zip")  # of a download, for the next run to go on from
WHOLE = "a whole checkpoint"
COUNTS = ".vocab.txt"  # beside vectors; those of the old ones go before the new ones come
State = Mapping[str, str]


@dataclass(frozen=True)
class Scenario:
    """A command that runs in a folder, and the commands that prepare the folder.

    again: options that are added to the command for the run after a killed one.
    """

    name: str
    command: str
    before: tuple[str, ...] = ()
    again: str = ""


TRAIN = "train corpus.txt --threads 1 --dim 4 --epochs 1 --min-count 2"
GLOVE = f"{TRAIN} --model glove --window 12 --memory 1MB --cache-dir cache"
OLD = f"{TRAIN} --seed 2 --cache-dir other"
WORDS = "train small.txt --threads 1 --dim 20 --epochs 1 --min-count 1 --cache-dir other -o v.safetensors"
HALF = "(half of a download)"
KILLED = "(killed at the fourth rename) "
SGNS3 = f"{TRAIN.replace('--epochs 1', '--epochs 3')} --cache-dir cache --checkpoint-every 1epoch -o v.bin"
GLOVE3 = f"{GLOVE.replace('--epochs 1', '--epochs 3')} --checkpoint-every 1epoch -o v.bin"
TWO_THREADS = GLOVE.replace("--threads 1", "--threads 2")
MATRIX = "train --model glove --cooccurrences kept.cooc --threads 1 --dim 4 --epochs 1 --memory 1MB --cache-dir cache"


CBOW = f"{TRAIN} --model cbow --cache-dir cache"
JOINED = "--phrase-threshold 0.5"
PARTS = "--subwords 3-4 --buckets 500"
BEGUN = f"{OLD} --keep-contexts {PARTS} -o old.safetensors"
THREE = "--epochs 3 --checkpoint-every 1epoch"


def _in_three_epochs(command: str) -> str:
    return command.replace("--epochs 1", THREE)


def _conversion(name: str) -> Scenario:
    before = (WORDS, f"convert v.safetensors {name} --limit 9")
    return Scenario(f"convert to {name[2:]}", f"convert v.safetensors {name}", before)


SCENARIOS = (
    Scenario("encode, train sgns", f"{TRAIN} --cache-dir cache -o v.safetensors", (f"{OLD} -o v.safetensors",)),
    Scenario("encode, train glove, two threads", f"{TWO_THREADS} -o v.bin", (f"{OLD} -o v.bin",)),
    Scenario("encode standard input", f"{TRAIN.replace('corpus.txt', '-')} --cache-dir cache -o v.bin"),
    Scenario("train sgns, encoded before", f"{TRAIN} --cache-dir other -o a.bin -o v.txt", (f"{OLD} -o v.txt",)),
    Scenario("encode, count, train glove", f"{GLOVE} --keep-cooccurrences kept.cooc -o v.bin", (f"{OLD} -o v.bin",)),
    Scenario(
        "train glove, counted before", f"{MATRIX} -o v.bin", (f"{GLOVE} --keep-cooccurrences kept.cooc -o o.bin",)
    ),
    Scenario("train sgns with checkpoints", SGNS3, (), " --resume"),
    Scenario("train glove with checkpoints", GLOVE3, (), " --resume"),
    Scenario("go on with sgns", f"{SGNS3} --resume", (f"{KILLED}{SGNS3}",)),
    Scenario("go on with glove", f"{GLOVE3} --resume", (f"{KILLED}{GLOVE3}",)),
    Scenario("encode, train cbow with subwords", f"{CBOW} {PARTS} -o v.safetensors", (f"{OLD} -o v.safetensors",)),
    Scenario("train cbow with checkpoints", _in_three_epochs(f"{CBOW} -o v.bin"), (), " --resume"),
    Scenario(
        "train sgns with subwords and checkpoints",
        _in_three_epochs(f"{TRAIN} --cache-dir cache {PARTS} -o v.safetensors"),
        (),
        " --resume",
    ),
    Scenario("count phrases, encode, train sgns", f"{TRAIN} --cache-dir cache --phrases 1 {JOINED} -o v.safetensors"),
    Scenario(
        "begin with vectors, train sgns with subwords",
        _in_three_epochs(
            f"{TRAIN} --cache-dir cache --init old.safetensors --freeze old --keep-contexts {PARTS} -o v.safetensors"
        ),
        (BEGUN,),
        " --resume",
    ),
    Scenario("begin with vectors, train cbow", f"{CBOW} --init old.safetensors {PARTS} -o v.safetensors", (BEGUN,)),
    Scenario("download, unpack", "data get fox"),
    Scenario("download, the rest of it", "data get fox", (HALF,)),
    *map(_conversion, ("v2.safetensors", "v2.bin", "v2.txt", "v2.glove.txt", "v2.vec.gz", "v2.bin.gz", "v2.npy")),
)


@dataclass
class Findings:
    """What was found in a scenario.

    points: for each fault, the number of runs with that fault. wrong: a line for each broken promise. survived: runs
    that ended like an unbroken run in spite of the fault. renames: renamed files. unsynced: those that were not synced.
    """

    points: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    survived: int = 0
    renames: int = 0
    unsynced: int = 0

    def add(self, other: Findings) -> None:
        self.points += other.points
        self.wrong += other.wrong
        self.survived += other.survived
        self.renames += other.renames
        self.unsynced += other.unsynced


def make_sources(folder: Path, address: str) -> None:
    """Write two corpora, and the manifest of a third corpus, which lies in an archive at `address`."""
    rng = np.random.default_rng(7)
    for name, words, tokens in (("corpus.txt", 700, 30_000), ("small.txt", 400, 800)):
        ranks = np.minimum(rng.zipf(1.3, tokens), words)
        lines = [" ".join(f"w{rank}" for rank in part) for part in np.array_split(ranks, tokens // 20)]
        every = " ".join(f"w{rank}" for rank in range(1, words + 1))
        (folder / name).write_text("\n".join([*lines, every, every]) + "\n")
    source = {"urls": [address], "member": "fox", "sha256": hashlib.sha256(ARCHIVE).hexdigest(), "bytes": len(ARCHIVE)}
    (folder / "fox.toml").write_text(
        'name = "fox"\nkind = "corpus"\nlanguage = "en"\ntitle = "Fox"\ndescription = "Foxes"\n[source]\n'
        + "".join(f"{name} = {json.dumps(value)}\n" for name, value in source.items())
        + '[rights]\nlicence = "CC0-1.0"\nredistributable = true\ncitation = "Nobody (2000)"\n'
    )


def _archive() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr(zipfile.ZipInfo("fox"), np.random.default_rng(3).bytes(100_000))
    return buffer.getvalue()


ARCHIVE = _archive()


def state_of(folder: Path) -> State:
    """The content of each file, by name, as a hash.

    w2v's own vectors and checkpoints hold times. Of vectors the hash of the matrix is taken; a checkpoint is only read.
    """
    return {
        str(path.relative_to(folder)): _content(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in SOURCES
    }


def _content(path: Path) -> str:
    if path.suffix == ".safetensors" and not path.name.startswith("."):
        info = formats.inspect(path)
        assert info.verified
        return info.embeddings_sha256
    if path.suffix == ".checkpoint":
        load_checkpoint(path)
        return WHOLE
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Trial:
    """A scenario that is run once unbroken, and then with each fault at each system call."""

    def __init__(self, scenario: Scenario, runner: Runner, place: Path, address: str) -> None:
        self.scenario, self.runner = scenario, runner
        self.template, self.folder = place / "template", place / "run"
        self.template.mkdir(parents=True)
        make_sources(self.template, address)
        for command in scenario.before:
            if command == HALF:
                part = self.template / "home" / "w2v" / "data" / "fox" / "..fox.zip.part"
                part.parent.mkdir(parents=True)
                part.write_bytes(ARCHIVE[: len(ARCHIVE) // 2])
            elif command.startswith(KILLED):
                runner.warm_up(command.removeprefix(KILLED), self._fresh())
                killed = runner.trace(command.removeprefix(KILLED), self.template, "rename:signal=SIGKILL:when=4")
                assert killed.code == -9, killed.errors
            else:
                runner.warm_up(command, self.template)
        self.before = state_of(self.template)
        self._fresh()
        runner.warm_up(scenario.command, self.folder)
        self._fresh()
        self.unbroken = runner.trace(scenario.command, self.folder)
        self.after = state_of(self.folder)
        assert self.unbroken.code == 0, self.unbroken.errors
        self.findings = Findings()
        self._look_at_renames(self.unbroken.calls)

    def _fresh(self) -> Path:
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.template, self.folder)
        return self.folder

    def run(self, fault: str, every: int = 1) -> None:
        """Inject the fault into each call of each kind in turn, until no call has such a high number."""
        for name in (*WRITING, *(ALSO if fault == "SIGKILL" else ())):
            calls = [call for call in self.unbroken.calls if call.name == name]
            ours = [call for call in calls if call.touches(self.folder) and not (call.reads and fault == "ENOSPC")]
            for number in sorted({call.number for call in ours})[::every]:
                self._inject(fault, name, number)
            if ours and every == 1:
                number = max(call.number for call in calls) + 1
                while self._inject(fault, name, number):
                    number += 1

    def _inject(self, fault: str, name: str, number: int) -> bool:
        """Run with the fault at one call; return whether that call was reached and concerned the run's folder."""
        self._fresh()
        outcome = self.runner.trace(self.scenario.command, self.folder, f"{name}:{FAULTS[fault]}:when={number}")
        hit = [call for call in outcome.calls if call.injected]
        if not all(call.touches(self.folder) for call in hit):
            return False
        reached = bool(hit) or outcome.code == -9
        self.findings.points[fault] += reached
        for what in self._wrong_after(fault, outcome, reached):
            self.findings.wrong.append(f"{self.scenario.name}, {fault} at {name} {number}: {what}")
        return reached

    def _wrong_after(self, fault: str, outcome: Outcome, reached: bool) -> Iterator[str]:
        now = self._state()
        if not reached or outcome.code == 0:
            self.findings.survived += reached
            now = {name: content for name, content in now.items() if content != WHOLE}  # it could not be removed
            if outcome.code or now != self.after:
                yield f"the run ended with {outcome.code} and {_difference(now, self.after)}"
            return
        for name, content in now.items():
            if (
                not _is_hidden(name)
                and content != WHOLE
                and content not in (self.before.get(name), self.after.get(name))
            ):
                yield f"{name} is neither the old file nor the new one ({content})"
            if name.endswith(COUNTS) and content != self.after[name] and self._is_new(now, name.removesuffix(COUNTS)):
                yield f"{name} counts the words of older vectors"
        lasting = (name for name, content in self.before.items() if not _is_hidden(name) and content != WHOLE)
        yield from (f"{name} is gone" for name in lasting if name not in now and not name.endswith(COUNTS))
        if fault == "SIGKILL":
            again = self.runner.run(self.scenario.command + self.scenario.again, self.folder)
            now = self._state()
            if again.code or now != self.after:
                yield f"the next run ended with {again.code} and {_difference(now, self.after)}: {again.errors}"
        else:
            yield from (f"{name} is left" for name in now if _is_hidden(name) and not name.endswith(KEPT_ON))
            yield from self._wrong_words(fault, outcome)

    def _is_new(self, now: State, name: str) -> bool:
        return now.get(name) == self.after[name] != self.before.get(name)

    def _state(self) -> State:
        try:
            return state_of(self.folder)
        except Exception as error:
            return {"vectors": f"cannot be read: {error}"}

    def _wrong_words(self, fault: str, outcome: Outcome) -> Iterator[str]:
        said = [line for line in outcome.errors.splitlines() if line.startswith("Error:")]
        if outcome.code != 1 or len(said) != 1:
            yield f"exit code {outcome.code} and {len(said)} lines of error: {outcome.errors}"
        elif "unexpected" in said[0] or "Traceback" in outcome.errors:
            yield f"it is taken for a bug: {outcome.errors}"
        elif fault == "ENOSPC" and not FULL.search(said[0]):
            yield f"what is needed and what is free is not said: {said[0]}"
        elif not any(name in said[0] for name in (*self.after, *self.before, "cache", "home", *SOURCES)):
            yield f"no path is named: {said[0]}"

    def _look_at_renames(self, calls: Sequence[Call]) -> None:
        """Count renamed files, and those not synced after their last write, or in a folder that was not synced."""
        for place, call in enumerate(calls):
            if call.name.startswith("rename") and call.touches(self.folder):
                old, new = call.paths
                earlier = [each.name for each in calls[:place] if old in each.paths and each.name in WRITING]
                later = [each for each in calls[place:] if each.name == "fsync" and str(Path(new).parent) in each.paths]
                self.findings.renames += 1
                self.findings.unsynced += earlier[-1:] != ["fsync"] or not later


def _is_hidden(name: str) -> bool:
    return Path(name).name.startswith(".")


def _difference(now: State, wanted: State) -> str:
    names = sorted(name for name in now.keys() | wanted.keys() if now.get(name) != wanted.get(name))
    return f"other files in {', '.join(names)}" if names else "the right files"


HEAD = """| run | killed | ENOSPC | EIO | survived | wrong | renames | of them unsynced |
| --- | --: | --: | --: | --: | --: | --: | --: |"""


def row(name: str, each: Findings) -> str:
    points = " | ".join(f"{each.points[fault]:,}" for fault in FAULTS)
    return f"| {name} | {points} | {each.survived} | {len(each.wrong)} | {each.renames} | {each.unsynced} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [scenario.name for scenario in SCENARIOS]
    parser.add_argument("--scenario", action="append", choices=names, metavar="NAME", help=", ".join(names))
    parser.add_argument("--every", type=int, default=1, metavar="K")
    options = parser.parse_args()
    total = Findings()
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # there fsync takes no time
    with (
        tempfile.TemporaryDirectory(prefix="w2v-faults-", dir=memory) as place,
        Loopback(ARCHIVE) as server,
        Runner(Path(place)) as runner,
    ):
        print(HEAD)
        for number, scenario in enumerate(SCENARIOS):
            if options.scenario and scenario.name not in options.scenario:
                continue
            try:
                trial = Trial(scenario, runner, Path(place, str(number)), server.url("honest"))
                for fault in FAULTS:
                    trial.run(fault, options.every)
            except UnavailableError as reason:
                print(f"skipped: {reason}")
                return 0
            print(row(scenario.name, trial.findings), flush=True)
            print("\n".join(trial.findings.wrong), file=sys.stderr)
            total.add(trial.findings)
    print(row("all", total))
    return int(bool(total.wrong or total.unsynced))


if __name__ == "__main__":
    sys.exit(main())
