"""Measure how fast phrases are found and joined, beside word2phrase and gensim, and whether the text is the same.

    python -m benchmarks.phrases CORPUS [--word2phrase PATH] [--gensim] [--repeat 3] [--threads 2]

CORPUS is a plain UTF-8 file. Each tool reads it, finds the phrases of one pass by its own rule and default threshold,
and writes the joined text; w2v does it by the rule of that tool. The script prints medians of wall-clock and processor
seconds, and whether the words of both texts are the same. For gensim the text is cut into lines of 1,000 words, and
finding phrases is also measured alone: `Phrases(...)` beside `w2v.find_phrases` without an output. The last line is
`w2v phrases -o` from the shell, with the start of Python and the imports.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import w2v

LINE = 1_000  # words


def measured(function: Callable[[], object], repeat: int) -> tuple[float, float]:
    """Call the function several times; return the medians of wall-clock and processor seconds, with child processes."""
    walls, processors = [], []
    for _ in range(repeat):
        wall, before = time.perf_counter(), os.times()
        function()
        after = os.times()
        walls.append(time.perf_counter() - wall)
        processors.append(sum(after[:4]) - sum(before[:4]))
    return statistics.median(walls), statistics.median(processors)


def compare(name: str, theirs: tuple[float, float], ours: tuple[float, float], same: bool) -> None:
    print(f"w2v, by the rule of {name:12} {ours[0]:8.2f} s wall {ours[1]:8.2f} s processor")
    print(
        f"{name:31} {theirs[0]:8.2f} s wall {theirs[1]:8.2f} s processor   "
        f"{theirs[0] / ours[0]:.1f} × and {theirs[1] / ours[1]:.1f} × those of w2v; "
        f"the text is {'the same' if same else 'NOT the same'}",
        flush=True,
    )


def by_w2v(corpus: Path, output: Path | None, score: str, threads: int) -> None:
    w2v.find_phrases(corpus, output=output, phrases=1, phrase_score=score, threads=threads)


def by_gensim(corpus: Path, output: Path | None) -> None:
    from gensim.models.phrases import Phrases

    with corpus.open(encoding="utf-8") as lines:
        phrases = Phrases((line.split() for line in lines), min_count=5, threshold=10.0)
    if output is None:
        return
    model = phrases.freeze()
    with corpus.open(encoding="utf-8") as lines, output.open("w", encoding="utf-8") as out:
        for line in lines:
            out.write(" ".join(model[line.split()]) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--word2phrase", type=Path)
    parser.add_argument("--gensim", action="store_true")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Path(folder, "ours.txt"), Path(folder, "theirs.txt")
        by_w2v(options.corpus, ours, "count", options.threads)  # compiles the kernels
        if options.word2phrase:
            command = [
                options.word2phrase,
                "-train",
                options.corpus,
                "-output",
                theirs,
                "-threshold",
                "100",
                "-debug",
                "0",
            ]
            theirs_took = measured(lambda: subprocess.run(command, check=True, capture_output=True), options.repeat)
            took = measured(lambda: by_w2v(options.corpus, ours, "count", options.threads), options.repeat)
            # word2phrase drops the last word of a file that does not end with a line break.
            expected, found = (path.read_text("utf-8").split() for path in (theirs, ours))
            compare("word2phrase", theirs_took, took, found[: len(expected)] == expected)
        if options.gensim:
            words = options.corpus.read_text("utf-8").split()
            lines = Path(folder, "lines.txt")
            lines.write_text(
                "".join(" ".join(words[at : at + LINE]) + "\n" for at in range(0, len(words), LINE)), "utf-8"
            )
            theirs_took = measured(lambda: by_gensim(lines, theirs), 1)
            took = measured(lambda: by_w2v(lines, ours, "gensim", options.threads), options.repeat)
            same = theirs.read_bytes() == ours.read_bytes()
            compare("gensim", theirs_took, took, same)
            alone = measured(lambda: by_gensim(lines, None), 1)
            took = measured(lambda: by_w2v(lines, None, "gensim", options.threads), options.repeat)
            print("finding alone, without joining:")
            compare("gensim", alone, took, same)
        command = [sys.executable, "-m", "w2v", "phrases", str(options.corpus), "-o", str(ours), "-n", "20"]
        wall, processor = measured(lambda: subprocess.run(command, check=True, capture_output=True), options.repeat)
        print(f"{'w2v phrases -o, from the shell':31} {wall:8.2f} s wall {processor:8.2f} s processor")


if __name__ == "__main__":
    main()
