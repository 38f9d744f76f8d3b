"""One run from its first start to its vectors, under the faults of a plan."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from hardening.workers.disks import free, small_disk
from hardening.workers.given import GivenCluster
from hardening.workers.ledger import Found
from hardening.workers.plans import Plan
from hardening.workers.processes import is_alive, workers_of
from hardening.workers.waiting import events_of, longest_wait

__all__ = ["SETTINGS", "run_of", "sha256", "start"]

SETTINGS = ("--epochs", "10", "--batches", "2", "--threads", "2")
DISK = 120_000_000
TOO_LONG = 1200.0  # seconds of a run, after which it hangs
TRIES = 4  # to go on as the run itself has said, after it has ended with a line


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def start(
    corpus: Path, outputs: Sequence[Path], log: Path, options: Sequence[str], *more: str
) -> subprocess.Popen[bytes]:
    """Start `w2v train`; what it says goes to a file beside its log."""
    command = [sys.executable, "-m", "w2v", "train", str(corpus), "--log", str(log)]
    command += [word for output in outputs for word in ("-o", str(output))]
    with log.with_suffix(".err").open("wb") as errors:
        return subprocess.Popen([*command, *options, *more], stderr=errors, stdout=errors)


@dataclass
class Run:
    """A run under way: the patient of injuries.py."""

    corpus: Path
    folder: Path
    options: Sequence[str]
    number: int
    chance: random.Random
    disk: Path | None
    found: Found
    cluster: GivenCluster | None = None
    log: Path = Path()
    began: float = 0.0
    process: subprocess.Popen[bytes] = field(init=False)
    starts: int = 0

    @property
    def run_folder(self) -> Path:
        return (self.disk or self.folder) / "run"

    @property
    def output(self) -> Path:
        return self.folder / "vectors.bin"

    def driver(self) -> int:
        return self.process.pid

    def is_running(self) -> bool:
        return self.process.poll() is None

    def workers(self) -> list[int]:
        return workers_of(self.process.pid) if self.cluster is None else self.cluster.alive()

    def start(self, how: str = "--resume") -> None:
        self.starts += 1
        self.log, self.began = self.folder / f"{self.starts}.jsonl", time.time()
        who = ("--workers", str(self.number)) if self.cluster is None else ("--cluster", self.cluster.address)
        place: tuple[str, ...] = ("--run-dir", str(self.run_folder), "--checkpoint-every", "5s")
        outputs = [self.output]
        if self.corpus.is_dir():
            outputs.append(self.output.with_suffix(".txt"))
            place += ("--cache-dir", str(self.folder / "cache"))  # else the first run would encode for all others
        self.process = start(self.corpus, outputs, self.log, self.options, *who, *place, how)

    def start_again(self) -> None:
        if self.is_running():
            self.process.kill()
            self.process.wait()
            self.account()
            self.found.restarts += 1
            self.number = self.chance.randint(1, 4)
            self.start()

    def wait_for(self, phase: str) -> bool:
        """Wait until a phase whose name holds this text has begun, or the run has ended; say which."""
        end = time.monotonic() + TOO_LONG
        while self.is_running() and time.monotonic() < end:
            if any(phase in str(each.get("phase")) for each in events_of(self.log)):
                return True
            time.sleep(0.02)
        return False

    def end(self) -> None:
        """Let nothing go on, however the campaign ends."""
        if self.starts and self.is_running():
            self.process.kill()
            self.process.wait()

    def account(self) -> None:
        """Take down how long the process that has ended was without progress, and what it has told."""
        wait = longest_wait(self.log, self.began, time.time())
        if wait.seconds > self.found.wait:
            self.found.wait, self.found.after = wait
        for event in events_of(self.log):
            if event["event"] == "message" and event.get("level") == "warning":
                self.found.lines.append(event["text"])

    def says(self) -> str:
        """Return what the process has written to standard error."""
        return self.log.with_suffix(".err").read_text("utf-8", "replace")

    def finish(self) -> None:
        """Wait for the end; where the run ends with a line that says how to go on, go on so."""
        end = time.monotonic() + TOO_LONG
        for _ in range(TRIES):
            while self.is_running() and time.monotonic() < end:
                time.sleep(0.2)
            if self.is_running():
                self.process.kill()
                self.found.wrong.append(f"it hangs, in {self.log}")
            code = self.process.wait()
            self.account()
            if not code or self.found.wrong:
                return
            errors = [line for line in self.says().splitlines() if line.startswith("Error:")]
            if len(errors) != 1 or "Traceback" in self.says() or "bug in w2v" in self.says():
                self.found.wrong.append(f"exit code {code}, {self.says().strip()[-400:]}")
                return
            self.found.ends.append(errors[0])
            if self.disk is not None:
                free(self.disk)
            if self.cluster is not None and "other source files" in errors[0]:
                self.cluster.end_others()
            self.start("--no-resume" if "--no-resume" in self.says() else "--resume")
        self.found.wrong.append("it has ended again and again")


def run_of(
    seed: int, plan: Plan, corpus: Path, folder: Path, options: Sequence[str], expected: str, *, given: bool = False
) -> Found:
    """Run the plan of a seed; return what was found. given: start a cluster for it."""
    found = Found(seed, plan.workers)
    began = time.monotonic()
    with ExitStack() as stack:
        disk = None
        if any(injury.name == "full disk" for _, injury in plan.faults):
            disk = stack.enter_context(small_disk(folder / "disk", DISK))
        cluster = stack.enter_context(GivenCluster(plan.workers, folder)) if given else None
        run = Run(corpus, folder, options, plan.workers, random.Random(seed), disk, found, cluster)
        stack.callback(run.end)
        run.start()
        if plan.waits:
            run.wait_for("epoch")
        seen: Counter[int] = Counter()
        for pause, injury in plan.faults:
            with suppress(subprocess.TimeoutExpired):
                run.process.wait(pause)
            if not run.is_running():
                break
            if injury.act(run):
                seen.update(run.workers() if cluster is None else ())
                found.count(injury)
        run.finish()
        found.seconds = time.monotonic() - began
        _check(run, found, expected, seen)
    return found


def _check(run: Run, found: Found, expected: str, seen: Counter[int]) -> None:
    """Compare the bytes, and look for what is left."""
    if not found.wrong:
        found.same = sha256(run.output) == expected
        if not found.same:
            found.wrong.append("the bytes differ")
        left = [path.name for path in (*run.run_folder.glob("**/*"), *run.folder.glob(".*"))]
        if left:
            found.wrong.append(f"left behind: {sorted(left)[:5]}")
    time.sleep(1)
    alive = [process for process in seen if is_alive(process)]
    if alive:
        found.wrong.append(f"workers outlive the run: {alive}")
