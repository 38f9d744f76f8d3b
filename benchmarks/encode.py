"""Measure how many texts w2v encodes in a second of processor time, beside model2vec and sentence-transformers.

    python -m benchmarks.encode VECTORS TEXTS [--number 100000] [--long 19] [--long-texts FILE]
        [--model2vec PYTHON] [--sentence-transformers PYTHON] [--tokenizer FILE]

TEXTS has a text a line; its lines are repeated until there are `--number` of them. Long texts are `--long` lines each,
or the lines of a file. PYTHON is the Python of an environment in which that peer is installed (`pip install model2vec
sentence-transformers`); none of the peers is needed by w2v. All get the folded rows of the same pooling and nearly the
same rule for words, in one thread, in turn, so that ratios mean something on a machine that does other work, too. The
script prints the best of several runs, and how far the vectors are apart.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import w2v
from w2v.arrays import F32
from w2v.vectors import Vectors

PEER = Path(__file__).with_name("encode_peer.py")
PLAIN = 2_000  # texts whose rate by plain Python is measured


def rate(function: Callable[[], object], texts: int, repeat: int) -> float:
    """Return texts in a second of processor time, the best of several runs."""
    best = 0.0
    for _ in range(repeat):
        started = time.process_time()
        function()
        best = max(best, texts / (time.process_time() - started))
    return best


def wall(function: Callable[[], object], repeat: int) -> float:
    seconds = []
    for _ in range(repeat):
        started = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def by_loop(vectors: Vectors, rows: F32, texts: list[str]) -> None:
    """What a user writes without w2v: split, look up, average."""
    index = vectors.index
    for text in texts:
        ids = [index[word] for word in text.lower().split() if word in index]
        if ids:
            mean = rows[ids].mean(axis=0)
            mean /= np.linalg.norm(mean)


def measure(vectors: Vectors, texts: list[str], options: argparse.Namespace) -> None:
    characters = sum(map(len, texts)) / len(texts)
    print(f"\n{len(texts):,} texts of {characters:,.0f} characters, {vectors.dim} dimensions", flush=True)
    encoder = vectors.encoder(options.pooling)
    found = encoder.encode(texts).vectors  # compiles, and folds the rows
    ours = rate(lambda: encoder.encode(texts, threads=1), len(texts), options.repeat)
    print(f"{'w2v':28} {ours:12,.0f} texts per second of processor time")
    one, two = (wall(lambda n=n: encoder.encode(texts, threads=n), options.repeat) for n in (1, 2))  # type: ignore[misc]
    print(f"{'w2v, two threads':28} {one / two:12.2f} × one thread (time on the wall)")
    few = texts[:PLAIN]
    loop = rate(lambda: by_loop(vectors, encoder.rows(), few), len(few), options.repeat)
    print(f"{'a loop in Python':28} {loop:12,.0f}   w2v: {ours / loop:.1f} ×")
    for name, python in (("model2vec", options.model2vec), ("sentence-transformers", options.sentence_transformers)):
        if not python:
            continue
        theirs, vectors_of_peer = peer(name, python, options, encoder.rows(), vectors.words, texts)
        again = rate(lambda: encoder.encode(texts, threads=1), len(texts), options.repeat)
        print(f"{name:28} {theirs:12,.0f}   w2v: {ours / theirs:.1f} × (measured again: {again / theirs:.1f} ×)")
        apart = np.abs(found[: len(vectors_of_peer)] - vectors_of_peer).max(axis=1)
        equal = apart < 1e-6
        print(f"{'':28} {equal.mean():12.1%} of the vectors are equal to 1e-6; the others have other words", flush=True)


def peer(
    peer: str, python: str, options: argparse.Namespace, rows: F32, words: list[str], texts: list[str]
) -> tuple[float, F32]:
    """Let a peer encode the texts in its own Python; return its rate and its first vectors."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.save(folder / "rows.npy", rows)
        (folder / "words.json").write_text(json.dumps(words), "utf-8")
        (folder / "texts.json").write_text(json.dumps(texts), "utf-8")
        rules = [] if options.tokenizer is None else [options.tokenizer]
        subprocess.run([python, "-P", str(PEER), peer, name, str(options.repeat), *rules], check=True)
        best = float((folder / "rate.txt").read_text("utf-8"))
        return best, np.load(folder / "vectors.npy")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--number", type=int, default=100_000, help="texts")
    parser.add_argument("--long", type=int, default=19, help="lines of a long text; 0 leaves long texts out")
    parser.add_argument("--pooling", default="sif")
    parser.add_argument("--long-texts", type=Path, metavar="FILE", help="a long text a line, instead")
    parser.add_argument("--model2vec", metavar="PYTHON")
    parser.add_argument("--sentence-transformers", metavar="PYTHON")
    parser.add_argument("--tokenizer", metavar="FILE", help="a tokenizer.json whose rule for words the peers follow")
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    vectors = w2v.load(options.vectors)
    lines = [line for line in options.texts.read_text("utf-8").split("\n") if line.strip()]
    short = (lines * (options.number // len(lines) + 1))[: options.number]
    measure(vectors, short, options)
    if options.long_texts:
        measure(vectors, [line for line in options.long_texts.read_text("utf-8").split("\n") if line], options)
    elif options.long:
        starts = range(0, len(short) - options.long, options.long)
        measure(vectors, [" ".join(short[start : start + options.long]) for start in starts], options)


if __name__ == "__main__":
    main()
