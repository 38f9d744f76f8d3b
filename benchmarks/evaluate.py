"""Measure how fast w2v and gensim answer the Google analogies on the same vectors, and check that both count the same.

    python -m benchmarks.evaluate VECTORS [--sections 2] [--repeat 3]

gensim answers the questions of the first few sections only (--sections 0 takes all of them, which needs minutes). w2v
answers the same questions, and then the whole set. The script prints seconds, questions a second, and the ratio.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from gensim.models import KeyedVectors

from w2v import formats
from w2v.data import find, manifest_of
from w2v.evaluation import AnalogyReport, evaluate
from w2v.evaluation.tasks.analogies.sets import read_analogies


def median_seconds(function: Callable[[], object], repeat: int) -> float:
    seconds = []
    for _ in range(repeat):
        began = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def first_sections(path: Path, count: int, folder: Path) -> Path:
    parts = path.read_text("utf-8").split("\n: ")
    some = folder / "some.txt"
    some.write_text("\n: ".join(parts[:count] if count else parts) + "\n", "utf-8")
    return some


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("--sections", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    vectors = formats.read(options.vectors)
    questions = find(manifest_of("google-analogies"))
    keyed = KeyedVectors(vectors.dim)
    keyed.add_vectors(vectors.words, vectors.matrix)
    with tempfile.TemporaryDirectory() as folder:
        some = first_sections(questions, options.sections, Path(folder))
        began = time.perf_counter()
        _, sections = keyed.evaluate_word_analogies(str(some))
        theirs = time.perf_counter() - began
        for name, path in (("the same questions", some), ("the whole set", questions)):
            suite = read_analogies(path)
            report = evaluate(vectors, suite, convention="gensim")[suite.name]
            assert isinstance(report, AnalogyReport)
            ours = median_seconds(partial(evaluate, vectors, suite, convention="gensim"), options.repeat)
            rate = report.total.scored / ours
            print(f"w2v, {name}: {ours:.3f} s, {rate:,.0f} questions/s, {report.total.correct}/{report.total.scored}")
            if path == some:
                per_question = theirs / report.total.scored
                right = len(sections[-1]["correct"])
                assert right == report.total.correct, "the counts differ"
                print(f"gensim, {name}: {theirs:.1f} s, {1 / per_question:,.0f} questions/s, {right} right")
        print(f"w2v is {per_question * rate:.0f} times as fast on the whole set")


if __name__ == "__main__":
    main()
