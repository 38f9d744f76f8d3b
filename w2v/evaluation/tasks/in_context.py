"""Words in their contexts, as vectors: what the kinds of suites that show a word in a text have in common.

The vector of a context is the sum of the unit vectors of the words around a place, each with the weight a / (a + p) for
its share p of all words (Arora, Liang & Ma 2017). The word itself is left out. No mean is subtracted: in sets of words
in context that costs several points. Two contexts are compared by the cosine of their vectors, or word by word: how
well is each word of one matched by the nearest word of the other?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from w2v.arrays import F64, I64
from w2v.errors import SettingsError
from w2v.evaluation.conventions import Convention
from w2v.evaluation.lookup import RowFinder
from w2v.evaluation.reading import WordNumbers
from w2v.evaluation.suite import Suite
from w2v.pooling.frequencies import frequencies_of
from w2v.progress import Progress
from w2v.vectors import Vectors

__all__ = ["Contexts", "InText", "PairsInTexts", "contexts_of", "cosines_of"]


@dataclass(frozen=True)
class InText:
    """A word in a text: the words of the text, and the place of the word among them."""

    words: tuple[str, ...]
    place: int

    @property
    def word(self) -> str:
        """The word, as the text spells it."""
        return self.words[self.place]

    @property
    def text(self) -> str:
        """The text, with the word in square brackets."""
        return " ".join(f"[{word}]" if at == self.place else word for at, word in enumerate(self.words))


@dataclass(frozen=True, eq=False)
class PairsInTexts(Suite):
    """A set of pairs of words in texts. first, second: the words in their texts, [N]."""

    first: tuple[InText, ...]
    second: tuple[InText, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """All words of all texts, each once."""
        return tuple(dict.fromkeys(word for each in (*self.first, *self.second) for word in each.words))


@dataclass(frozen=True, eq=False)
class Contexts:
    """Contexts of words in texts.

    vectors: float64 [n, D], zeros where no word around has a vector. known: int64 [n], how many words around have one.
    weighted: whether rare words count more; a file that says nothing of frequencies weights all words alike. units:
    float64 [m, D], of length 1, weights: float64 [m], and around: for each context the words around, as numbers of
    these.
    """

    vectors: F64
    known: I64
    weighted: bool
    units: F64 = field(repr=False)
    weights: F64 = field(repr=False)
    around: Sequence[I64] = field(repr=False)

    def matches(self, first: int, second: int) -> float:
        """Return how well the words of two contexts match, by the mean of both directions; 0 without any word.

        A word counts by its weight, and is matched by the word of the other context with the highest cosine.
        """
        one, other = self.around[first], self.around[second]
        if not len(one) or not len(other):
            return 0.0
        cosines = self.units[one] @ self.units[other].T
        forth = np.average(cosines.max(axis=1), weights=self.weights[one])
        back = np.average(cosines.max(axis=0), weights=self.weights[other])
        return float(forth + back) / 2


def contexts_of(
    vectors: Vectors,
    places: Sequence[InText],
    rules: Convention,
    limit: int | None,
    progress: Progress,
    *,
    a: float,
    window: int | None,
    telling: bool = False,
) -> Contexts:
    """Return the contexts of words in texts.

    a: the constant of the weights. window: words on each side; None for the whole text. telling: in the vectors, a word
    around also counts by the square root of its cosine with the word itself (not below 0), where that has a vector.
    """
    words = WordNumbers()
    numbers = [np.array(words.of(each.words), dtype=np.int64) for each in places]
    row_of = RowFinder(vectors.listed_words, limit, rules).rows(words.words)
    weights, weighted = _weights(vectors, a, progress)
    rows, position = np.unique(row_of, return_inverse=True)
    units = vectors.units[np.maximum(rows, 0)].astype(np.float64)
    weights = weights[np.maximum(rows, 0)]
    found, arounds = np.zeros((len(places), vectors.dim)), list[I64]()
    for at, (each, own) in enumerate(zip(places, numbers, strict=True)):
        first = 0 if window is None else max(0, each.place - window)
        last = len(own) if window is None else each.place + window + 1
        around = np.concatenate([own[first : each.place], own[each.place + 1 : last]])
        arounds.append(position[around[row_of[around] >= 0]])
        near = units[arounds[-1]]
        counts = weights[arounds[-1]]
        if telling and row_of[own[each.place]] >= 0:
            counts = counts * np.sqrt(np.maximum(0.0, near @ units[position[own[each.place]]]))
        found[at] = counts @ near
    known = np.array(list(map(len, arounds)), dtype=np.int64)
    return Contexts(found, known, weighted, units, weights, arounds)


def _weights(vectors: Vectors, a: float, progress: Progress) -> tuple[F64, bool]:
    """Return the weight of each row, [V], and whether the rows say how often their words occur."""
    try:
        frequencies = frequencies_of(vectors)
    except SettingsError:  # words in alphabetical order, without counts
        progress.message(f"{vectors.name} does not say how often its words occur: all words count alike", "warning")
        return np.ones(len(vectors)), False
    if frequencies.warning:
        progress.message(frequencies.warning, "warning")
    weights: F64 = a / (a + frequencies.shares)
    return weights, True


def cosines_of(first: F64, second: F64) -> F64:
    """Return the cosine of each row [n, D] with the other one, [n]; 0 where one is all zeros."""
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    products = np.einsum("ij,ij->i", first, second)
    found: F64 = np.divide(products, lengths, out=np.zeros(len(first)), where=lengths > 0)
    return found
