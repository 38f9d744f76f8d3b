"""Why a text was found: which words of the query, with which words of the text, make up its score.

The vector of a text is the sum of the rows of its words, brought to length 1. So the cosine of two texts is a sum over
all pairs of their words,

    cos(q, d) = Σ_i Σ_j  f(q_i) · f(d_j) / (|Σ f(q)| |Σ f(d)|)

where f(w) is the folded row of a word (w2v/pooling/folding.py), in the query times what the word tells. Nothing is left
over. The score of BM25 is a sum over
words anyway.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from w2v.arrays import F32, F64
from w2v.search.hits import Mark, WordPair, WordShare
from w2v.tokens.stop_words import STOP_WORDS

__all__ = ["WordsWithRows", "is_content", "marks_of", "pairs_of", "shares_of"]

NEAR_PAIRS = 8  # pairs whose words are marked
LEAST = 0.5  # of the largest share: pairs with less are not marked


class WordsWithRows(NamedTuple):
    """The words of a text that have a vector, in order, and the row of each, float32 [words, D], with its weight."""

    words: Sequence[str]
    rows: F32

    @property
    def vector(self) -> F64:
        """The sum of the rows at length 1, float64 [D]; zeros without any word."""
        total: F64 = self.rows.sum(axis=0, dtype=np.float64)
        length = float(np.linalg.norm(total))
        return total / length if length else total


def pairs_of(query: WordsWithRows, text: WordsWithRows) -> tuple[WordPair, ...]:
    """Return all pairs of words with their shares of the cosine; those of content words first, then by share."""
    asked, asked_rows = _distinct(query)
    there, rows = _distinct(text)
    lengths = float(np.linalg.norm(asked_rows.sum(axis=0))) * float(np.linalg.norm(rows.sum(axis=0)))
    if not lengths:
        return ()
    shares = (asked_rows @ rows.T) / lengths
    found = [
        WordPair(a, b, share, is_content(a) and is_content(b))
        for a, of_word in zip(asked, shares.tolist(), strict=True)
        for b, share in zip(there, of_word, strict=True)
    ]
    return tuple(sorted(found, key=lambda pair: (not pair.is_content, -pair.share)))


def _distinct(text: WordsWithRows) -> tuple[list[str], F64]:
    """The different words of a text, and the sum of the rows of each, [n, D]."""
    number: dict[str, int] = {}
    places = [number.setdefault(word, len(number)) for word in text.words]
    sums = np.zeros((len(number), text.rows.shape[1]))
    np.add.at(sums, places, text.rows.astype(np.float64))
    return list(number), sums


@lru_cache(maxsize=1)
def _function_words() -> frozenset[str]:
    return frozenset(word for words in STOP_WORDS.values() for word in words.split())


def is_content(word: str) -> bool:
    """Return whether a word is no function word of English or German; letters alone and numbers are none either."""
    return (word.lower() not in _function_words() and len(word) > 1) or not word.isascii()


def marks_of(text: str, same: Iterable[str], pairs: Sequence[WordPair]) -> tuple[Mark, ...]:
    """Return the places of the words that made a text a hit.

    same: words of the query that stand in the text. pairs: of `pairs_of`.
    """
    kinds = {word.lower(): "near" for word in _near(pairs)}
    kinds |= {word.lower(): "same" for word in same}
    if not kinds:
        return ()
    marks = []
    for found in _pattern(tuple(sorted(kinds, key=len, reverse=True))).finditer(text):
        kind = kinds.get("_".join(found[0].lower().split())) or kinds.get(found[0].lower())
        if kind is not None:
            marks.append(Mark(found.start(), found.end(), "same" if kind == "same" else "near"))
    return tuple(marks)


def _near(pairs: Sequence[WordPair]) -> list[str]:
    """The words of the text in the pairs that count most."""
    content = [pair for pair in pairs if pair.is_content and pair.share > 0]
    most = content[0].share if content else 0.0
    return [pair.text for pair in content[:NEAR_PAIRS] if pair.share >= LEAST * most]


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    """What finds any of these words as a whole; between the parts of a phrase, new_york, there may be blanks."""
    spelt = (re.escape(word).replace("_", r"(?:_|\s+)") for word in words)
    bounded = (
        one if len(word) == 1 and not word.isascii() else rf"(?<![^\W_]){one}(?![^\W_])"
        for word, one in zip(words, spelt, strict=True)
    )
    return re.compile("|".join(bounded), re.IGNORECASE)


def shares_of(terms: Sequence[tuple[str, float]]) -> tuple[WordShare, ...]:
    """Return the shares of words in the score of BM25, the largest first."""
    return tuple(WordShare(word, share) for word, share in sorted(terms, key=lambda each: -each[1]) if share > 0)
