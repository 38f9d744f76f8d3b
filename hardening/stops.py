"""Stop a run at random moments, or in each of its phases, resume it, and compare its output with an unbroken run.

    python -m hardening.stops CORPUS [--stops 200] [--signal KILL|TERM|INT] [--phases] [-- OPTIONS OF w2v train]

Runs are whole processes, as a user starts them. A stopped run is resumed (--resume) until it ends; it must have written
the bytes of the unbroken run and left nothing else; then the next one begins. --phases starts runs without a token
cache and sends the signal at a random moment of each phase, --stops times each. The script reports how long runs took
to stop, and their exit codes. OPTIONS should make the run deterministic (--threads 1, or --model glove).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

COMMAND = [sys.executable, "-m", "w2v", "train"]
OUTPUT = "vectors.bin"


@dataclass
class Stop:
    """One stop: the phase of the run by its log, its exit code, and the seconds from the signal to its end."""

    phase: str
    code: int
    seconds: float


@dataclass
class Course:
    """A folder, and the runs in it that are needed until the output is written."""

    folder: Path
    corpus: Path
    options: Sequence[str]
    begun: bool = False

    def start(self) -> subprocess.Popen[bytes]:
        resume = ["--resume"] if self.begun else []
        self.begun = True
        arguments = [*COMMAND, str(self.corpus), "-o", OUTPUT, "-q", "--log", "log.jsonl", "--cache-dir", "cache"]
        Path(self.folder, "log.jsonl").unlink(missing_ok=True)
        with Path(self.folder, "errors.txt").open("wb") as errors:
            return subprocess.Popen([*arguments, *resume, *self.options], cwd=self.folder, stderr=errors)

    def phases(self) -> list[str]:
        """The phases that the current run has begun, read from its log."""
        path = self.folder / "log.jsonl"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        events = [json.loads(line) for line in lines if line.endswith("}")]
        return [event["phase"] for event in events if event["event"] == "phase"]

    def finish(self) -> str:
        """Check that nothing but the output is left, remove it, and return its hash."""
        left = {path.name for path in self.folder.iterdir()}
        surplus = left - {OUTPUT, f"{OUTPUT}.vocab.txt", "log.jsonl", "errors.txt", "cache"}
        assert not surplus, f"left behind: {surplus}"
        assert len(list(Path(self.folder, "cache").iterdir())) == 1
        digest = hashlib.sha256((self.folder / OUTPUT).read_bytes()).hexdigest()
        for name in (OUTPUT, f"{OUTPUT}.vocab.txt"):
            (self.folder / name).unlink()
        self.begun = False
        return digest


def stop(course: Course, number: signal.Signals, run: subprocess.Popen[bytes]) -> Stop | None:
    """Send the signal and wait for the end; return None if the run had ended before."""
    phases = course.phases()
    if run.poll() is not None:
        assert run.returncode == 0, (course.folder / "errors.txt").read_text()
        return None
    run.send_signal(number)
    sent = time.perf_counter()
    stopped = Stop(phases[-1] if phases else "start", run.wait(60), time.perf_counter() - sent)
    print(stopped, file=sys.stderr, flush=True)
    return stopped


@dataclass
class Tally:
    stops: list[Stop] = field(default_factory=list)
    outputs: Counter[str] = field(default_factory=Counter)

    def tell(self, expected: str) -> None:
        seconds = sorted(each.seconds for each in self.stops)
        print(f"stops {len(seconds)}; exit codes {dict(Counter(each.code for each in self.stops))}")
        middle, late = statistics.median(seconds), seconds[min(len(seconds) - 1, int(len(seconds) * 0.99))]
        print(f"seconds to stop: median {middle:.2f}, p99 {late:.2f}, most {seconds[-1]:.2f}")
        for phase in dict.fromkeys(each.phase for each in self.stops):
            there = [each.seconds for each in self.stops if each.phase == phase]
            print(f"  {phase}: {len(there)}, most {max(there):.2f} s")
        right = self.outputs[expected]
        print(f"ended afterwards: {self.outputs.total()}, with the bytes of an unbroken run: {right}")


def stop_at_random(course: Course, number: signal.Signals, stops: int, span: float, tally: Tally) -> None:
    moments = random.Random(1)
    while len(tally.stops) < stops:
        run = course.start()
        end = time.monotonic() + moments.uniform(0, span)
        while time.monotonic() < end and run.poll() is None:
            time.sleep(0.005)
        stopped = stop(course, number, run)
        if stopped is None or (stopped.code == 0 and (course.folder / OUTPUT).exists()):
            tally.outputs[course.finish()] += 1
        if stopped is not None:
            tally.stops.append(stopped)
    end_all(course, tally)


def end_all(course: Course, tally: Tally) -> None:
    if course.begun:
        assert course.start().wait() == 0, (course.folder / "errors.txt").read_text()
        tally.outputs[course.finish()] += 1


def stop_in(phase: str, seconds: float, course: Course, number: signal.Signals, tally: Tally) -> bool:
    """Start without a token cache, and send the signal `seconds` after the phase has begun.

    Return whether the run was still in that phase.
    """
    shutil.rmtree(course.folder / "cache", ignore_errors=True)
    run = course.start()
    while phase not in course.phases() and run.poll() is None:
        time.sleep(0.002)
    time.sleep(seconds)
    stopped = stop(course, number, run)
    if stopped is None:
        tally.outputs[course.finish()] += 1
        return False
    tally.stops.append(stopped)
    end_all(course, tally)
    return stopped.phase == phase


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=lambda text: Path(text).resolve())
    parser.add_argument("--stops", type=int, default=200)
    parser.add_argument("--signal", choices=["KILL", "TERM", "INT"], default="KILL")
    parser.add_argument("--phases", action="store_true")
    ours, _, options = " ".join(sys.argv[1:]).partition(" -- ")
    asked = parser.parse_args(ours.split())
    number = signal.Signals[f"SIG{asked.signal}"]
    with tempfile.TemporaryDirectory() as name:
        course, tally = Course(Path(name), asked.corpus, options.split()), Tally()
        for _ in range(2):  # the first compiles
            shutil.rmtree(course.folder / "cache", ignore_errors=True)
            started = time.perf_counter()
            assert course.start().wait() == 0, Path(name, "errors.txt").read_text()
            span = time.perf_counter() - started
            events = [json.loads(line) for line in Path(name, "log.jsonl").read_text("utf-8").splitlines()]
            expected = course.finish()
        lengths = {event["phase"]: event["seconds"] for event in events if event["event"] == "end"}
        print(f"an unbroken run takes {span:.1f} s: {lengths}")
        if asked.phases:
            moments = random.Random(1)
            for phase, length in lengths.items():
                caught = sum(
                    stop_in(phase, moments.uniform(0, length * 0.9), course, number, tally) for _ in range(asked.stops)
                )
                print(f"{phase}: stopped in it {caught} times of {asked.stops}")
        else:
            stop_at_random(course, number, asked.stops, span, tally)
        tally.tell(expected)


if __name__ == "__main__":
    main()
