"""Compare the peak of anonymous memory of several commands with what `--memory` promises.

    python -m hardening.memory CORPUS [--memory 64MB]... [--threads N]

A command may take `--memory`, its own peak on a corpus of 1 KB, and 50 MB. RssAnon is read from /proc/PID/status every
few milliseconds; memory that is only mapped from files is not part of it. CORPUS is a text file; 100 MB of text make a
matrix of co-occurrences that is about ten times as large as the smallest of the default sizes.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

SIZES = ("64MB", "256MB", "1GB")
UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9}
ALLOWANCE = 50 * 10**6
EVERY = 0.003  # seconds
COMMANDS = {
    "encode, train sgns": "{corpus} --epochs 1 --sample 0",
    "encode, count, keep the matrix": "{corpus} --model glove --epochs 1 --dim 4 --keep-cooccurrences {corpus}.cooc",
    "encode, count, train glove": "{corpus} --model glove --epochs 1",
    "train glove on the kept matrix": "--model glove --epochs 1 --cooccurrences {corpus}.cooc",
}


def peak(arguments: list[str]) -> int:
    """Run `w2v` with these arguments; return the peak of its anonymous memory, in bytes."""
    most = 0
    with subprocess.Popen([sys.executable, "-m", "w2v", *arguments], stderr=subprocess.PIPE) as process:
        while process.poll() is None:
            with suppress(OSError, StopIteration):
                lines = Path(f"/proc/{process.pid}/status").read_text("ascii").splitlines()
                most = max(most, 1024 * next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")))
            time.sleep(EVERY)
        assert process.stderr is not None
        said = process.stderr.read().decode()
    if process.returncode:
        sys.exit(f"w2v {' '.join(arguments)}\n{said}")
    return most


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--memory", action="append", metavar="SIZE", help="of 64MB, 256MB, 1GB; all of them by default")
    parser.add_argument("--threads", default="2", metavar="N")
    options = parser.parse_args()
    within = True
    print("| command | `--memory` | on 1 KB | allowed | peak |\n| --- | --: | --: | --: | --: |")
    with tempfile.TemporaryDirectory(prefix="w2v-memory-") as name:
        corpora = [Path(name, "tiny.txt"), Path(name, "corpus.txt")]
        corpora[0].write_text("the cat sat on the mat\n" * 44)
        corpora[1].symlink_to(options.corpus.resolve())
        for memory in options.memory or SIZES:
            for command, arguments in COMMANDS.items():
                more = ["--threads", options.threads, "-o", f"{name}/v.safetensors", "--cache-dir", f"{name}/cache"]
                more += ["--memory", memory] if "glove" in arguments else []
                peaks = []
                for corpus in (corpora[0], *corpora):  # the first run compiles kernels, if need be
                    peaks.append(peak(["train", *arguments.format(corpus=corpus).split(), *more]))
                    for file in Path(name, "cache").glob("*"):
                        file.unlink()
                _, least, most = peaks
                allowed = UNITS[memory[-2:]] * int(memory[:-2]) + least + ALLOWANCE
                within &= most <= allowed
                shown = " | ".join(f"{size / 1e6:,.0f} MB" for size in (least, allowed, most))
                print(f"| {command} | {memory} | {shown} |", flush=True)
    return int(not within)


if __name__ == "__main__":
    sys.exit(main())
