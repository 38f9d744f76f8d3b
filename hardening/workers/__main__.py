"""Kill, stop, cut off and starve `w2v train --workers`, again and again: the bytes must stay the same.

    python -m hardening.workers CORPUS --seeds 1-25 --results found.jsonl [-- OPTIONS OF w2v train]

First one process trains with `--deterministic`: it gives the bytes that all runs must have. A seed stands for a run
with faults of its own (plans.py): workers are killed (kill -9) at any moment and while they start, or stopped
(SIGSTOP); the driver is killed, and goes on with --resume and another number of workers; connections are cut, the disk
of the run folder is full, blocks are damaged. With --cluster a scheduler and workers are started for each run; then
the scheduler is killed or stopped as well, workers join late, and some have another copy of w2v. With --files N the
corpus is cut into N files, which the workers of each run count and encode anew, and they are killed meanwhile as well;
a .txt is written beside the .bin, and a worker is killed when the first of them is begun. What was found is
added to RESULTS by seed, and seeds that are there are left out: so a campaign may be done in pieces (one file for
--workers, one for --cluster). A table at the end; exit code 1 where bytes differ, a run hangs, ends in another way
than with one line, leaves something behind, or was without progress for more than a minute.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

from hardening.workers.campaign import SETTINGS, run_of, sha256, start
from hardening.workers.ledger import MOST, keep, kept, table
from hardening.workers.plans import plan_of


def seeds_of(text: str) -> list[int]:
    """Return the seeds of "7" or "1-25"."""
    first, _, last = text.partition("-")
    return list(range(int(first), int(last or first) + 1))


def cut_into(number: int, corpus: Path, folder: Path) -> Path:
    """Cut a corpus between words into so many files of a new folder; return the folder."""
    folder.mkdir()
    content = corpus.read_bytes()
    bounds = [content.find(b" ", place * len(content) // number) for place in range(1, number)]
    for place, (first, last) in enumerate(pairwise([0, *bounds, len(content)])):
        (folder / f"{place}.txt").write_bytes(content[first:last] + b"\n")
    return folder


def main() -> int:
    """Run as the arguments say; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=lambda text: Path(text).resolve())
    parser.add_argument("--seeds", type=seeds_of, default=seeds_of("1-25"), help="7, or 1-25")
    parser.add_argument("--results", type=Path, default=Path("workers.jsonl"))
    parser.add_argument("--cluster", action="store_true", help="train by --cluster, with a cluster for each run")
    parser.add_argument("--files", type=int, default=1, metavar="N", help="cut the corpus into so many files")
    parser.add_argument("--keep", type=Path, help="keep logs and what runs say of runs that went wrong in this folder")
    ours, _, options = " ".join(sys.argv[1:]).partition(" -- ")
    asked = parser.parse_args(ours.split())
    settings = options.split() or list(SETTINGS)
    for number in (signal.SIGINT, signal.SIGTERM):  # in the background SIGINT is ignored
        signal.signal(number, signal.default_int_handler)
    os.nice(10)  # nobody waits for it, and slow workers find more
    runs = kept(asked.results)
    with tempfile.TemporaryDirectory(prefix="w2v-hardening-") as name:
        alone, corpus = Path(name, "alone.bin"), asked.corpus
        if asked.files > 1:
            corpus = cut_into(asked.files, asked.corpus, Path(name, "corpus"))
        log = Path(name, "alone.jsonl")
        if start(corpus, [alone], log, settings, "--deterministic").wait():
            print(log.with_suffix(".err").read_text("utf-8", "replace"))
            return 1
        expected = sha256(alone)
        for seed in asked.seeds:
            if any(run.seed == seed for run in runs):
                continue
            folder = Path(name, str(seed))
            folder.mkdir()
            plan = plan_of(seed, given=asked.cluster, files=asked.files)
            found = run_of(seed, plan, corpus, folder, settings, expected, given=asked.cluster)
            keep(asked.results, found)
            runs.append(found)
            print(table([found]).splitlines()[1], flush=True)
            if asked.keep is not None and (not found.is_good or found.wait > MOST):
                shutil.copytree(folder, asked.keep / str(seed), dirs_exist_ok=True)
            shutil.rmtree(folder, ignore_errors=True)
    print(table(runs))
    return 0 if all(run.is_good and run.wait <= MOST for run in runs) else 1


if __name__ == "__main__":
    sys.exit(main())
