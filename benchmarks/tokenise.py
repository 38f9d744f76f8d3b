"""Measure how fast a corpus is counted and encoded, beside plain Python and gensim's scan of the vocabulary.

    python -m benchmarks.tokenise CORPUS [--threads 2] [--repeat 5] [--tokenizer words] [--check] [--gensim]

CORPUS is a plain UTF-8 file. Every run of w2v starts without a token cache. The script prints medians of wall-clock and
processor seconds, and how many times as long the others take. --check compares w2v's ids with those of plain Python.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
from reference.tokenise import corpus as naive_corpus

from w2v.tokens import TokenCache, prepare
from w2v.tokens.counting import compile_kernels
from w2v.tokens.settings import CorpusConfig

LINE = 1_000  # words; gensim cuts longer lines in silence


def measured(function: Callable[[], object], repeat: int) -> tuple[float, float]:
    """Call the function several times; return the medians of wall-clock and processor seconds."""
    walls, processors = [], []
    for _ in range(repeat):
        wall, processor = time.perf_counter(), time.process_time()
        function()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return statistics.median(walls), statistics.median(processors)


def show(name: str, seconds: tuple[float, float], of: tuple[float, float] | None = None) -> None:
    ratio = f"   {seconds[0] / of[0]:5.1f} × the time of w2v" if of else ""
    print(f"{name:34} {seconds[0]:8.3f} s wall {seconds[1]:8.3f} s processor{ratio}", flush=True)


def check(path: Path, cache: TokenCache, config: CorpusConfig) -> None:
    words, counts, ids = naive_corpus([path.read_text("utf-8")], config.tokenizer, config.min_count)
    assert list(cache.vocabulary.words) == words
    assert cache.vocabulary.counts.tolist() == counts
    assert np.array_equal(cache.tokens, ids)
    print(f"equal to plain Python: {len(words):,} words, {len(ids):,} ids")


def gensim_scan(path: Path, folder: Path, repeat: int) -> tuple[float, float]:
    from gensim.models import Word2Vec

    words = path.read_text("utf-8").split()
    lines = folder / "lines.txt"
    lines.write_text("".join(" ".join(words[at : at + LINE]) + "\n" for at in range(0, len(words), LINE)), "utf-8")
    return measured(lambda: Word2Vec(min_count=5).scan_vocab(corpus_file=str(lines)), repeat)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--tokenizer", choices=("whitespace", "words"), default="whitespace")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--gensim", action="store_true")
    options = parser.parse_args()
    config = CorpusConfig(tokenizer=options.tokenizer)

    print(f"compiling or loading the kernels   {measured(lambda: compile_kernels(config.tokenizer), 1)[0]:8.3f} s")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def cold() -> None:
            for cache in folder.glob("*.tokens"):
                cache.unlink()
            prepare(options.corpus, config, cache_dir=folder, threads=options.threads)

        ours = measured(cold, options.repeat)
        show("w2v: count and encode", ours)
        show(
            "w2v: reuse the cache", measured(lambda: prepare(options.corpus, config, cache_dir=folder), options.repeat)
        )
        show(
            "Counter(text.split()), no ids",
            measured(lambda: Counter(options.corpus.read_text("utf-8").split()), 1),
            ours,
        )
        if options.gensim:
            show("gensim: scan_vocab, no ids", gensim_scan(options.corpus, folder, 1), ours)
        if options.check:
            check(options.corpus, prepare(options.corpus, config, cache_dir=folder), config)


if __name__ == "__main__":
    main()
