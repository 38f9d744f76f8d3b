"""The scan: which words of a vocabulary fall apart most?

Each word is split into senses, from at most `LOOKED_AT` contexts, and its percentile is that among the `LIKE` scanned
words of the nearest frequency. The words with the highest percentiles are named; of equal ones those whose centres are
farther apart stand first.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from w2v.arrays import F64, I64
from w2v.errors import CorpusError
from w2v.given import number_given
from w2v.progress import ProgressChoice, reporting
from w2v.text.python_texts import Corpus
from w2v.tokens.folder import CacheChoice
from w2v.vectors import Vectors
from w2v.word_senses.contexts import WINDOW
from w2v.word_senses.opening import OpenText, opened
from w2v.word_senses.parting import parted
from w2v.word_senses.results import SenseNeighbour
from w2v.word_senses.trust import cosines_of

__all__ = ["LOOKED_AT", "Scan", "ScannedWord", "scan"]

LOOKED_AT = 500
LIKE = 200
LEAST = 100  # occurrences of a word that is scanned
WORDS = 2000
NEAREST = 5


@dataclass(frozen=True)
class ScannedWord:
    """A word that falls apart. shares, neighbours: of each sense, the largest first."""

    word: str
    count: int
    cosine: float
    percentile: float
    shares: tuple[float, ...]
    neighbours: tuple[tuple[SenseNeighbour, ...], ...]


@dataclass(frozen=True)
class Scan:
    """The most split words of a text. scanned: how many words were split, each into `k` senses."""

    of: str
    tokens: int
    scanned: int
    k: int
    window: int
    seed: int
    words: tuple[ScannedWord, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return what `w2v senses --scan --json` prints."""
        return asdict(self)

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each word, with the words near each sense as one text."""
        return [
            {
                "word": each.word,
                "count": each.count,
                "cosine": each.cosine,
                "percentile": each.percentile,
                **{
                    f"sense_{number}": " ".join(near.word for near in nearest)
                    for number, nearest in enumerate(each.neighbours, start=1)
                },
            }
            for each in self.words
        ]


def scan(
    vectors: Vectors,
    corpus: Corpus,
    *,
    k: int = 2,
    topn: int = 20,
    restrict_vocab: int | None = WORDS,
    window: int = WINDOW,
    seed: int = 1,
    cache_dir: CacheChoice = None,
    threads: int | None = None,
    progress: ProgressChoice = None,
    **settings: Any,
) -> Scan:
    """Split many words of a text, and return the `topn` words that fall apart most.

    restrict_vocab: only the first words of the vectors are scanned; None for all. The other arguments are those of
    `senses`. Words that occur less than 100 times are left out. Raise `CorpusError` where no word is left.
    """
    number_given("k", k, 2, "a word has at least two senses, or there is nothing to split")
    number_given("topn", topn, 1, "ask for at least one word")
    if restrict_vocab is not None:
        number_given("restrict_vocab", restrict_vocab, 1, "scan at least one word")
    with (
        reporting(progress) as heard,
        opened(
            vectors, corpus, settings, seed=seed, progress=heard, window=window, cache_dir=cache_dir, threads=threads
        ) as text,
    ):
        rows = text.contexts.row_of
        limit = len(vectors) if restrict_vocab is None else restrict_vocab
        usable = np.flatnonzero((rows >= 0) & (rows < limit) & (text.contexts.counts >= LEAST))
        if not len(usable):
            raise CorpusError(
                f"no word with a vector occurs {LEAST} times in the text, which has {text.tokens:,} words",
                hint="give more text; single words may be asked for: w2v senses WORD",
            )
        heard.phase("splitting the contexts of words", len(usable), "words")
        found: dict[int, float] = {}
        all_cosines = cosines_of(text.contexts, text.whitening, usable.tolist(), k, seed, LOOKED_AT)
        for number, (word, cosine) in enumerate(all_cosines):
            if cosine is not None:
                found[word] = cosine
            heard.update(number + 1)
        words, cosines = np.array(list(found), dtype=np.int64), np.array(list(found.values()))
        percentiles = _percentiles(cosines, text.contexts.counts[words])
        best = np.lexsort((cosines, -percentiles))[:topn]
        named = tuple(
            _named(text, vectors, int(words[at]), float(cosines[at]), float(percentiles[at]), k, seed) for at in best
        )
        return Scan(vectors.name, text.tokens, len(words), k, window, seed, named)


def _percentiles(cosines: F64, counts: I64) -> F64:
    """Return how many percent of the words of like frequency have a higher cosine, for each word, [n]."""
    order = np.argsort(counts, kind="stable")
    found = np.empty(len(cosines))
    for place, word in enumerate(order.tolist()):
        first = max(0, min(place - LIKE // 2, len(order) - LIKE - 1))
        near = order[first : first + LIKE + 1]
        near = near[near != word]
        found[word] = 100 * float((cosines[near] > cosines[word]).mean()) if len(near) else 50.0
    return found


def _named(
    text: OpenText, vectors: Vectors, word: int, cosine: float, percentile: float, k: int, seed: int
) -> ScannedWord:
    """Return a word with the words that are nearest to each of its senses."""
    [found] = text.contexts.occurrences([word], LOOKED_AT, seed)
    made = parted(text.contexts, text.whitening, found.positions, [word], k, seed)
    assert made.split is not None
    labels = made.split.likeness(made.directions).argmax(axis=1)
    order = np.argsort(-np.bincount(labels, minlength=k), kind="stable")
    means = [made.centred[labels == sense].mean(axis=0) for sense in order]
    name = text.contexts.words[word]
    lists = vectors.neighbours_of_each(means, topn=NEAREST, without=[name])
    return ScannedWord(
        name,
        found.count,
        cosine,
        percentile,
        tuple(float((labels == sense).mean()) for sense in order),
        tuple(tuple(SenseNeighbour(near.word, near.score) for near in each) for each in lists),
    )
