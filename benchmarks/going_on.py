"""Measure going on with new text: a corpus is cut into halves, and every way is compared with training on both.

    python -m benchmarks.going_on CORPUS [--megabytes 12] [--dim 100] [--epochs 5] [--threads 2] [--seed 1]

CORPUS is a plain UTF-8 file, of which the first megabytes are taken. The script prints a Markdown table: for words of
the first half and for words that only the second half has, the share of the ten nearest neighbours that are those of
the model of both halves; the scores; and the words of the model of both that are lost.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import w2v
from w2v import Vectors
from w2v.arrays import I64
from w2v.bench import available_suites
from w2v.evaluation import evaluate_suite
from w2v.progress import NullProgress

NEAREST = 10
ASKED = 1_000  # words of each kind
CANDIDATES = 20_000  # the most frequent words, which may be neighbours
SCORES = ("google-analogies", "wordsim353", "simlex999")


def nearest(vectors: Vectors, words: Sequence[str], among: Sequence[str]) -> I64:
    """Return for each word the places in `among` of its ten nearest neighbours, int64 [n, 10]."""
    matrix, asked = vectors[list(among)], vectors[list(words)]
    matrix /= np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-12)
    cosines = asked @ matrix.T
    place = {word: number for number, word in enumerate(among)}
    for row, word in enumerate(words):
        if word in place:
            cosines[row, place[word]] = -np.inf
    found: I64 = np.argpartition(-cosines, NEAREST, axis=1)[:, :NEAREST]
    return found


def shared(vectors: Vectors, both: Vectors, words: Sequence[str]) -> str:
    """Return the mean share of neighbours that two models have in common, of the words that both have."""
    asked = [word for word in words if word in vectors and word in both]
    if not asked:
        return "–"
    among = [word for word in both.words[:CANDIDATES] if word in vectors]
    pairs = zip(nearest(vectors, asked, among), nearest(both, asked, among), strict=True)
    return f"{100 * np.mean([len(set(a) & set(b)) / NEAREST for a, b in pairs]):.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--megabytes", type=float, default=12)
    for name, value in (("dim", 100), ("epochs", 5), ("threads", 2), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=value)
    options = parser.parse_args()
    given: dict[str, Any] = {name: getattr(options, name) for name in ("dim", "epochs", "threads", "seed")}
    given |= {"progress": False, "keep_contexts": True}
    with options.corpus.open("rb") as file:
        words = file.read(int(options.megabytes * 1e6)).decode(errors="ignore").split()
    suites = [suite for suite in available_suites(None, NullProgress()) if suite.name in SCORES]
    with tempfile.TemporaryDirectory() as folder:
        texts = {name: Path(folder, f"{name}.txt") for name in ("first", "second", "both")}
        half = len(words) // 2
        for name, part in (("first", words[:half]), ("second", words[half:]), ("both", words)):
            texts[name].write_text(" ".join(part) + "\n", "utf-8")
        alone = {name: w2v.train(path, **given) for name, path in texts.items()}
        kept, without = Path(folder, "kept.safetensors"), Path(folder, "without.bin")
        w2v.save(alone["first"], kept)
        w2v.save(alone["first"], without)
        ways: dict[str, dict[str, Any]] = {
            "gone on, contexts kept": {"init": kept},
            "the same, a fifth of the rate": {"init": kept, "learning_rate": 0.005},
            "gone on, without contexts": {"init": without},
            "`--freeze old`": {"init": kept, "freeze": "old"},
            "`--freeze contexts`": {"init": kept, "freeze": "contexts"},
        }
        models = {f"{name} alone" if name != "both" else "both": found for name, found in alone.items()}
        models |= {name: w2v.train(texts["second"], **given, **more) for name, more in ways.items()}
    both, random = alone["both"], np.random.default_rng(0)
    old = [word for word in alone["first"].words if word in alone["second"] and word in both]
    new = [word for word in alone["second"].words if word not in alone["first"] and word in both]
    old, new = ([group[at] for at in random.permutation(len(group))[:ASKED]] for group in (old, new))
    print(f"| trained on | old words | new words | {' | '.join(suite.name for suite in suites)} | words lost |")
    print("| --- | ---: | ---: |" + " ---: |" * (len(suites) + 1))
    for name, vectors in models.items():
        scores = []
        for suite in suites:
            score = evaluate_suite(vectors, suite).metrics().get(suite.name)
            scores.append("–" if score is None else f"{100 * score:.1f}")
        cells = [shared(vectors, both, old), shared(vectors, both, new), *scores]
        lost = sum(word not in vectors for word in both.words)
        print(f"| {name} | {' | '.join(cells)} | {lost:,} |", flush=True)


if __name__ == "__main__":
    main()
