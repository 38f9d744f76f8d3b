"""Contexts of two words by two loops over lists of words, and PPMI by its formula, one number at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log2, sqrt


def context_counts(sentences: Sequence[Sequence[str]], word: str, window: int) -> Counter[str]:
    """Return how often each word stands at most `window` places from `word` in the same sentence."""
    counts: Counter[str] = Counter()
    for sentence in sentences:
        for place, each in enumerate(sentence):
            if each == word:
                counts.update(sentence[max(0, place - window) : place])
                counts.update(sentence[place + 1 : place + 1 + window])
    return counts


def ppmi(sentences: Sequence[Sequence[str]], word: str, window: int) -> dict[str, float]:
    """Return the discounted PPMI of a word with each context that it meets at least twice."""
    words = Counter(each for sentence in sentences for each in sentence)
    met = context_counts(sentences, word, window)
    row = {}
    for context, count in met.items():
        information = log2((count / met.total()) / (words[context] / words.total()))
        rarer = min(words[word], words[context])
        if count >= 2 and information > 0:
            row[context] = information * count / (count + 1) * rarer / (rarer + 1)
    return row


def shared(sentences: Sequence[Sequence[str]], a: str, b: str, window: int) -> tuple[float, dict[str, float]]:
    """Return the cosine of the rows of two words, themselves left out, and the share of each context of both."""
    rows = [
        {context: value for context, value in ppmi(sentences, word, window).items() if context not in (a, b)}
        for word in (a, b)
    ]
    products = {context: value * rows[1][context] for context, value in rows[0].items() if context in rows[1]}
    total = sum(products.values())
    lengths = sqrt(sum(v * v for v in rows[0].values()) * sum(v * v for v in rows[1].values()))
    return total / lengths, {context: product / total for context, product in products.items()}
