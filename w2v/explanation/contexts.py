"""The contexts of two words in a text: the words around them, counted in one pass, and ranked by what both share.

A context of a word is another word at most `window` places away in the same sentence. How strongly a word and a context
belong together is the positive pointwise mutual information (PPMI) in bits (Church & Hanks 1990; Bullinaria & Levy
2007), with the discount of Pantel & Lin (2002) for what rests on few occurrences, because PMI overrates that:

    PPMI(w, c) = δ · max(0, log2( P(c | w) / P(c) ))      P(c | w) = #(w, c) / #(w, any),  P(c) = #(c) / #(any)
                                                          δ = #(w, c) / (#(w, c) + 1) · m / (m + 1)
                                                          m = the smaller one of #(w) and #(c)

Training with negative samples factorises a matrix of pointwise mutual information (Levy & Goldberg 2014), so the cosine
of two rows of this matrix is a count that explains the cosine of two vectors. A context that both words have adds
PPMI(a, c) · PPMI(b, c) to the inner product of the rows: its share says how much of that cosine comes from it, and
shared contexts are ranked by it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np

from w2v.arrays import F64, I64
from w2v.explanation.quotes import Quote, Quotes, quote_at
from w2v.text import Texts
from w2v.tokens.settings import CorpusConfig
from w2v.tokens.stream import Window, WordStream

__all__ = ["SharedContext", "SharedContexts", "shared_contexts"]

LEAST = 2
"""Times that a context must stand near a word; a single time says nothing."""
REACH = 12  # words around a word that are kept for quotes, at least


@dataclass(frozen=True)
class SharedContext:
    """A word that stands near both words.

    count_a, count_b: how often it stands near the first and the second word. ppmi_a, ppmi_b: in bits. share: its part
    of the inner product of the words' rows, from 0 to 1. quote_a, quote_b: a place where it stands near the word.
    """

    word: str
    count_a: int
    count_b: int
    ppmi_a: float
    ppmi_b: float
    share: float
    quote_a: Quote | None = None
    quote_b: Quote | None = None


@dataclass(frozen=True)
class SharedContexts:
    """What a text says of two words.

    window: how far away a context may be, in words. tokens: words in the text. count_a, count_b: occurrences of the two
    words. together: how often one stands near the other. together_ppmi: in bits. cosine: of the words' rows of PPMI;
    None where a row is all zeros. shared: contexts of both with a PPMI above 0. contexts: the strongest of these.
    """

    window: int
    tokens: int
    count_a: int
    count_b: int
    together: int
    together_ppmi: float
    cosine: float | None
    shared: int
    contexts: tuple[SharedContext, ...]


def shared_contexts(
    texts: Texts,
    config: CorpusConfig,
    a: str,
    b: str,
    *,
    window: int,
    topn: int,
    on_block: Callable[[int], None] = lambda _: None,
) -> SharedContexts:
    """Read a text once and return the `topn` strongest contexts that two different words share in it.

    Memory: a count for each word of the text, and at most 20,000 quotes for each of the two words. Raises CorpusError.
    """
    stream = WordStream(config, [a, b])
    sides = (_Side(0, window), _Side(1, window))
    for passage in stream.windows(texts, max(window, REACH), on_block):
        for side in sides:
            side.look(passage)
    words = stream.counted()
    first, second = (side.row(words.counts) for side in sides)
    both = np.intersect1d(first.contexts, second.contexts)
    both = both[(both > 1) & (first.of(both) > 0) & (second.of(both) > 0)]
    products = first.of(both) * second.of(both)
    lengths = first.length * second.length
    order = np.argsort(-products, kind="stable")[:topn]
    chosen = both[order]
    total = float(products.sum())
    spelt = words.spell(chosen)
    return SharedContexts(
        window=window,
        tokens=int(words.counts.sum()),
        count_a=int(words.counts[0]),
        count_b=int(words.counts[1]),
        together=sides[0].counts.get(1, 0),
        together_ppmi=first.of_one(1),
        cosine=total / lengths if lengths else None,
        shared=len(both),
        contexts=tuple(
            SharedContext(
                word,
                sides[0].counts[number],
                sides[1].counts[number],
                first.of_one(number),
                second.of_one(number),
                float(product) / total,
                sides[0].quotes.of(number),
                sides[1].quotes.of(number),
            )
            for word, number, product in zip(spelt, chosen.tolist(), products[order].tolist(), strict=True)
        ),
    )


@dataclass(frozen=True)
class _Row:
    """A word's row of PPMI without the zeros of contexts that were not met: contexts rising [n], and values [n]."""

    contexts: I64
    values: F64

    def of(self, contexts: I64) -> F64:
        """The values of contexts, of which each must be there."""
        return self.values[np.searchsorted(self.contexts, contexts)]

    def of_one(self, context: int) -> float:
        place = int(np.searchsorted(self.contexts, context))
        there = place < len(self.contexts) and self.contexts[place] == context
        return float(self.values[place]) if there else 0.0

    @property
    def length(self) -> float:
        """The length of the row without the two words themselves, which are no contexts that explain anything."""
        return sqrt(float((self.values[self.contexts > 1] ** 2).sum()))


class _Side:
    """The contexts of one of the two words."""

    def __init__(self, word: int, window: int) -> None:
        self.word, self.window = word, window
        self.counts: dict[int, int] = {}
        self.quotes = Quotes()

    def look(self, passage: Window) -> None:
        """Count the contexts of the word in a passage, and keep quotes."""
        places = passage.first + np.flatnonzero(passage.ids[passage.first : passage.last] == self.word)
        contexts, distances, centres = _around(passage, places, self.window)
        nearest_first = np.argsort(distances, kind="stable")
        found, first, counts = np.unique(contexts[nearest_first], return_index=True, return_counts=True)
        at = nearest_first[first]
        rows = zip(found.tolist(), counts.tolist(), distances[at].tolist(), centres[at].tolist(), strict=True)
        for context, count, distance, centre in rows:
            self.counts[context] = met = self.counts.get(context, 0) + count
            if self.quotes.wants(context, met, distance):
                self.quotes.add(context, distance, quote_at(passage, centre), self.counts)

    def row(self, counts: I64) -> _Row:
        """Return the PPMI with each context that was met at least `LEAST` times. counts: of all words of the text."""
        contexts = np.array(sorted(self.counts), dtype=np.int64)
        met = np.array([self.counts[context] for context in contexts.tolist()], dtype=np.float64)
        information = np.log2(met / met.sum() * counts.sum() / counts[contexts])
        rarer = np.minimum(counts[contexts], counts[self.word])
        discounted = np.maximum(information, 0.0) * met / (met + 1) * rarer / (rarer + 1)
        return _Row(contexts, np.where(met >= LEAST, discounted, 0.0))


def _around(passage: Window, places: I64, window: int) -> tuple[I64, I64, I64]:
    """The words around some places: their numbers, how far away they are, and the place; [n] each."""
    contexts, distances, centres = ([np.empty(0, dtype=np.int64)] for _ in range(3))
    for distance in range(1, window + 1):
        before = len(contexts)
        for step in (-distance, distance):
            other = places + step
            inside = (other >= 0) & (other < len(passage.ids))
            centre, other = places[inside], other[inside]
            same = passage.sentences[centre] == passage.sentences[other]
            if same.any():
                contexts.append(passage.ids[other[same]].astype(np.int64))
                centres.append(centre[same])
                distances.append(np.full(int(same.sum()), distance, dtype=np.int64))
        if len(contexts) == before:
            break  # all sentences are shorter
    return np.concatenate(contexts), np.concatenate(distances), np.concatenate(centres)
