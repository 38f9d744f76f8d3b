"""How well are senses told apart? Pseudo-words of several seeds, and of a plan of pairs; prints tables in Markdown.

    python -m benchmarks.senses VECTORS CORPUS --seeds 101 102 103
    python -m benchmarks.senses VECTORS CORPUS --plan pairs.json

A plan is a JSON list of pairs: first word, second word, size, share of the first (further values are not used).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

import w2v
from w2v.progress import NullProgress
from w2v.vectors import Vectors
from w2v.word_senses.opening import opened
from w2v.word_senses.pseudowords import PseudoWord, judged_pair, self_test
from w2v.word_senses.trust import OrdinaryWords


def of_plan(vectors: Vectors, corpus: Path, plan: Sequence[Sequence[object]]) -> list[PseudoWord]:
    """Return the results for the pairs of a plan."""
    with opened(vectors, corpus, {}, seed=1, progress=NullProgress()) as text:
        index = text.contexts.index
        pairs = [(index[str(first)], index[str(second)], float(str(share))) for first, second, _, share, *_ in plan]
        without = sorted({word for first, second, _ in pairs for word in (first, second)})
        others = OrdinaryWords(text.contexts, text.whitening, 2, seed=1)
        counts = text.contexts.counts
        others.learn([int(counts[first] + counts[second]) for first, second, _ in pairs], without, NullProgress())
        return [judged_pair(text, first, second, share, others, without, 1) for first, second, share in pairs]


def lines(words: Iterable[PseudoWord]) -> Iterable[str]:
    """Yield a table with a row for each share."""
    found = list(words)
    yield "| share | pseudo-words | accuracy | ARI | split shown | accuracy of what is shown | shown, below share |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for share in sorted({each.share for each in found}):
        own = [each for each in found if each.share == share]
        shown = [each for each in own if each.trusted]
        below = sum((each.accuracy or 0.0) < max(each.count_first, each.count_second) / _total(each) for each in shown)
        yield (
            f"| {share} | {len(own)} | {np.mean([each.accuracy or 0.0 for each in own]):.3f} "
            f"| {np.mean([each.ari or 0.0 for each in own]):.2f} | {len(shown)} "
            f"| {np.mean([each.outcome for each in own]):.3f} | {below} |"
        )


def _total(each: PseudoWord) -> int:
    return each.count_first + each.count_second


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("vectors", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--seeds", type=int, nargs="*", default=[])
    parser.add_argument("--plan", type=Path)
    given = parser.parse_args()
    vectors = w2v.load(given.vectors)
    if given.plan:
        begun = time.process_time()
        print(f"{given.plan.name}\n")
        print("\n".join(lines(of_plan(vectors, given.corpus, json.loads(given.plan.read_text("utf-8"))))))
        print(f"\n{time.process_time() - begun:.0f} s of processor time\n", flush=True)
    everything: list[PseudoWord] = []
    for seed in given.seeds:
        everything += self_test(vectors, given.corpus, seed=seed, progress=False).words
    if everything:
        print(f"{len(given.seeds)} self-tests\n")
        print("\n".join(lines(everything)))


if __name__ == "__main__":
    main()
