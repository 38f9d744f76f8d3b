"""Measure a corpus of 2 M words from its text to vectors: `python -m benchmarks.big_corpus FOLDER [--seconds 60]`.

The text is synthetic: words drawn by Zipf's law in lines of 25, in several files, of which the first has every word of
the vocabulary at least twice. Then the real commands run, each as a process of its own:

    count    `w2v train --deterministic`: counts and encodes all text, trains, and is stopped by Ctrl-C
    resume   goes on from the checkpoint, and is stopped again
    write    trains on the first file alone, a slice of the epoch with all words, and writes the vectors
    workers  the same with `--workers 2`: all text, stopped by Ctrl-C
    workers write  the slice by workers, which must give the same bytes
    convert  to w2v's own format

Printed are the seconds of the processor and the largest private memory (benchmarks/watching.py), of the command by its
phases, and of each worker. A worker may take 150 MB and 2.5 × model / N, beside its pairs; the process that leads them
must not hold the model. With the defaults, FOLDER needs 10 GB. --only NAME runs some of the steps.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections.abc import Callable
from datetime import datetime
from filecmp import cmp
from os import kill
from pathlib import Path

import numpy as np

from benchmarks.watching import Watched, w2v, watch
from w2v.arrays import F64, I64, U8
from w2v.files.tensors import packed

LINE = 25  # words
AT_ONCE = 2_000_000  # tokens that are drawn and written together
SPREAD = 2.7  # added to the rank of a word by Zipf's law
LEAST = 2  # occurrences of each word
TRAINING = "epoch "  # how the log calls it


def words_of(types: int) -> tuple[U8, I64]:
    """Return the words of the vocabulary in UTF-8, each with a blank behind it, and where each begins [types + 1]."""
    spelt = packed([f"{np.base_repr(rank, 36).lower()}{'aeiou'[rank % 5]} " for rank in range(types)])
    return spelt.text.copy(), spelt.offsets


def drawn(random: F64, types: int) -> I64:
    """Return words by Zipf's law from random numbers of 0 to 1, [n]."""
    ranks = SPREAD * (types / SPREAD + 1) ** random - SPREAD
    return np.minimum(ranks.astype(np.int64), types - 1)


def write_text(folder: Path, types: int, tokens: int, files: int) -> None:
    """Write the text to several files, some millions of words at a time."""
    text, offsets = words_of(types)
    generator = np.random.default_rng(1)
    sure = np.tile(np.arange(types), LEAST)
    generator.shuffle(sure)
    steps = -(-tokens // (files * AT_ONCE))
    for number in range(files):
        with (folder / f"text-{number + 1}.txt").open("wb") as file:
            for step in range(steps):
                own = sure[step * len(sure) // steps : (step + 1) * len(sure) // steps] if number == 0 else sure[:0]
                more = generator.random(max(0, tokens // (files * steps) - len(own)))
                ids = np.concatenate([own, drawn(more, types)])
                generator.shuffle(ids)
                for start in range(0, len(ids), 100_000):
                    file.write(lines_of(ids[start : start + 100_000], text, offsets))


def lines_of(ids: I64, text: U8, offsets: I64) -> bytes:
    """Return words as text in lines of 25."""
    lengths = (offsets[1:] - offsets[:-1])[ids]
    ends = np.cumsum(lengths)
    places = np.repeat(offsets[ids] - (ends - lengths), lengths) + np.arange(ends[-1])
    letters = text[places]
    letters[ends[LINE - 1 :: LINE] - 1] = ord("\n")
    letters[-1] = ord("\n")
    return letters.tobytes()


class Stopper:
    """Stops a command by Ctrl-C when it has trained for some seconds, which its log tells."""

    def __init__(self, log: Path, seconds: float) -> None:
        self.log, self.seconds = log, seconds
        self.since, self.sent, self.read = 0.0, False, 0

    def peek(self, process: int) -> None:
        """Look into the log of a process."""
        if not self.since and self.log.exists():
            lines = self.log.read_text("utf-8").splitlines()
            if any(json.loads(line).get("phase", "").startswith(TRAINING) for line in lines[self.read : -1]):
                self.since = time.monotonic()
            self.read = max(0, len(lines) - 1)
        if self.since and not self.sent and time.monotonic() - self.since > self.seconds:
            kill(process, signal.SIGINT)
            self.sent = True


def phases(found: Watched, log: Path) -> list[tuple[str, float, int, int]]:
    """Return the phases of a command: name, seconds, and most private memory of the command and of another process."""
    begun: list[tuple[str, float]] = []
    for line in log.read_text("utf-8").splitlines():
        entry = json.loads(line)
        if entry["event"] == "phase":
            begun.append((entry["phase"], datetime.fromisoformat(entry["time"]).timestamp()))
    ends = [*(at for _, at in begun[1:]), time.time()][: len(begun)]
    rows = []
    for (name, start), end in zip(begun, ends, strict=True):
        looks = [each for at, each in found.looks if start <= at < end]
        first = max((each[0] for each in looks if each), default=0)
        other = max((max(each[1:], default=0) for each in looks), default=0)
        last = max((at for at, _ in found.looks), default=end)
        rows.append((name, min(end, last) - start, first, other))
    return rows


class Runs:
    """Runs commands in a folder and prints what they took."""

    def __init__(self, folder: Path, dim: int, types: int) -> None:
        self.folder, self.dim = folder, dim
        self.model = 2 * 4 * dim * types

    def run(self, name: str, *arguments: str | Path, seconds: float | None = None, shows: bool = True) -> Watched:
        """Run a command; seconds: stop it by Ctrl-C after so many seconds of training."""
        log = self.folder / f"{name.replace(' ', '-')}.log"
        log.unlink(missing_ok=True)
        given = [*map(str, arguments), *(["--log", str(log)] if shows else [])]
        found = watch(w2v(*given), peek=None if seconds is None else Stopper(log, seconds).peek)
        stopped = seconds is not None and found.code in (130, -signal.SIGINT)
        said = "" if found.code == 0 or stopped else f"  ENDED WITH {found.code}: {found.output[-400:]}"
        print(f"{name}{' (stopped by Ctrl-C)' if stopped else ''}: {found}{said}", flush=True)
        for phase, took, first, other in phases(found, log) if shows and log.exists() else ():
            more = f", a worker {other / 1e6:,.0f} MB" if other else ""
            print(f"    {phase}: {took:.1f} s, {first / 1e6:,.0f} MB{more}")
        sys.stdout.flush()
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--types", type=int, default=2_000_000)
    parser.add_argument("--tokens", type=int, default=60_000_000)
    parser.add_argument("--files", type=int, default=4)
    parser.add_argument("--dim", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=60.0, help="of training, before a run is stopped")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    given = parser.parse_args()
    folder: Path = given.folder
    folder.mkdir(parents=True, exist_ok=True)
    texts = sorted(folder.glob("text-*.txt"))
    if not texts:
        started = time.process_time()
        write_text(folder, given.types, given.tokens, given.files)
        texts = sorted(folder.glob("text-*.txt"))
        size = sum(text.stat().st_size for text in texts) / 1e6
        print(f"{len(texts)} files of text, {size:.0f} MB: {time.process_time() - started:.0f} s", flush=True)
    runs = Runs(folder, given.dim, given.types)
    settings = ["--dim", str(given.dim), "--epochs", "1", "--min-count", str(LEAST)]
    cache: list[str | Path] = ["--cache-dir", folder / "tokens"]
    one, several = ["--deterministic"], ["--workers", str(given.workers)]
    print(f"the model: {runs.model / 1e6:,.0f} MB of rows", flush=True)

    def train(name: str, read: list[Path], engine: list[str], output: str, seconds: float | None = None) -> Watched:
        return runs.run(
            name, "train", *read, *engine, *settings, *cache, "-o", folder / output, "--no-resume", seconds=seconds
        )

    steps: dict[str, Callable[[], Watched]] = {
        "count": lambda: train("count", texts, one, "one.bin", given.seconds),
        "resume": lambda: runs.run(
            "resume", "train", "--resume", *cache, "-o", folder / "one.bin", seconds=given.seconds
        ),
        "write": lambda: train("write", texts[:1], one, "one.bin"),
        "workers": lambda: train("workers", texts, several, "several.bin", given.seconds),
        "workers write": lambda: train("workers write", texts[:1], several, "several.bin"),
        "convert": lambda: runs.run(
            "convert", "convert", folder / "several.bin", folder / "several.safetensors", shows=False
        ),
    }
    found = {name: step() for name, step in steps.items() if not given.only or name in given.only}
    if {"write", "workers write"} <= found.keys():
        same = cmp(folder / "one.bin", folder / "several.bin", shallow=False)
        print("the same bytes" if same else "THE BYTES DIFFER")
    by_workers = [each for name, each in found.items() if name.startswith("workers")]
    if by_workers:
        bound = (150e6 + 2.5 * runs.model / given.workers) / 1e6
        worker = max(peak for each in by_workers for peak in each.peaks[1:]) / 1e6
        driver = max(each.peaks[0] for each in by_workers) / 1e6
        print(f"a worker: {worker:,.0f} MB, of {bound:,.0f} and its pairs; the command: {driver:,.0f} MB")


if __name__ == "__main__":
    main()
