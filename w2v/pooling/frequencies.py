"""How often words occur: from the counts in a file of vectors, from texts of the user, or guessed from the order.

Words of natural texts follow Zipf's law: the r-th most frequent word occurs about 1/r times as often as the first. So a
file that lists its words by falling frequency, as nearly all do, tells more than nothing.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from w2v.arrays import F64, I64
from w2v.errors import SettingsError
from w2v.pooling.source import WordRows, first_words

__all__ = ["Frequencies", "frequencies_of", "has_counts", "shares_of"]

LOOKED_AT = 200  # words that tell whether a file is in alphabetical order


class Frequencies(NamedTuple):
    """The share of each word in all words of a text [V], above 0; and a warning where it is a guess, or ""."""

    shares: F64
    warning: str = ""


def has_counts(vectors: WordRows) -> bool:
    """Return whether the vectors say how often their words occur; counts that are all the same say nothing."""
    counts = vectors.counts
    return counts is not None and len(counts) > 0 and bool(counts.max() > counts.min())


def frequencies_of(vectors: WordRows) -> Frequencies:
    """Return the frequencies of all words, from counts or by Zipf's law.

    Raise `SettingsError` for vectors without counts whose words are in alphabetical order: their order says nothing.
    """
    if has_counts(vectors):
        assert vectors.counts is not None
        return Frequencies(shares_of(vectors.counts))
    words = first_words(vectors, LOOKED_AT)
    if len(words) == LOOKED_AT and all(a <= b for a, b in pairwise(words)):
        raise SettingsError(
            f"{vectors.name} does not say how often its words occur, and lists them in alphabetical order",
            hint="--pooling mean needs no counts; --fit FILE (fit= in Python) counts the words of your own texts",
        )
    ranks = 1.0 / np.arange(1, len(vectors.stored) + 1)
    return Frequencies(
        ranks / ranks.sum(),
        f"{vectors.name} does not say how often its words occur: their weights are a guess from their order (Zipf's "
        "law); 'w2v encode --fit FILE' counts words in texts of your own",
    )


def shares_of(counts: I64) -> F64:
    """Return the share of each word [V]. A word that was not met counts as one that was met half a time."""
    met = np.maximum(counts.astype(np.float64), 0.5)
    shares: F64 = met / met.sum()
    return shares
