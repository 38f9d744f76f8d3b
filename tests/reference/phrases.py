"""Phrases word by word, in plain Python: what w2v/tokens/phrases.py computes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from math import log

Sentence = list[str]
MOST_CONNECTORS = 3


def pairs_of(sentence: Sequence[str], connectors: Collection[str]) -> Iterator[tuple[int, int]]:
    """Yield where the two words of each pair stand."""
    start: int | None = None
    for at, word in enumerate(sentence):
        if word in connectors:
            continue
        if start is not None and at - start - 1 <= MOST_CONNECTORS:
            yield start, at
        start = at


def scores_of(
    text: Sequence[Sentence], connectors: Collection[str], score: str, min_count: int
) -> dict[tuple[str, ...], float]:
    """Return the score of each pair, with the connectors between, that occurs often enough."""
    words = Counter(word for sentence in text for word in sentence)
    pairs = Counter(
        tuple(sentence[first : second + 1]) for sentence in text for first, second in pairs_of(sentence, connectors)
    )
    total = sum(words.values())
    found = {}
    for pair, count in pairs.items():
        a, b = words[pair[0]], words[pair[-1]]
        if min(a, b, count) < min_count:
            continue
        if score == "npmi":
            found[pair] = log(count / total / (a / total) / (b / total)) / -log(count / total)
        else:
            size = total if score == "count" else len(words.keys() - set(connectors)) + len(pairs)
            found[pair] = (count - min_count) / a / b * size
    return found


def joined(
    text: Sequence[Sentence], phrases: Collection[tuple[str, ...]], connectors: Collection[str]
) -> list[Sentence]:
    """Join phrases from left to right; a word that has been joined begins no other phrase."""
    result = []
    for sentence in text:
        out: Sentence = []
        used = -1  # the last word that belongs to a phrase
        ends = {second: first for first, second in pairs_of(sentence, connectors)}
        for at, word in enumerate(sentence):
            first = ends.get(at)
            if first is not None and first > used and tuple(sentence[first : at + 1]) in phrases:
                del out[len(out) - (at - first) :]
                out.append("_".join(sentence[first : at + 1]))
                used = at
            else:
                out.append(word)
        result.append(out)
    return result


def joined_listed(text: Sequence[Sentence], phrases: Collection[tuple[str, ...]]) -> list[Sentence]:
    """Join phrases of a list from left to right, the longest first."""
    longest = max(map(len, phrases), default=0)
    result = []
    for sentence in text:
        out: Sentence = []
        at = 0
        while at < len(sentence):
            length = next(
                (
                    n
                    for n in range(longest, 1, -1)
                    if tuple(sentence[at : at + n]) in phrases and at + n <= len(sentence)
                ),
                1,
            )
            out.append("_".join(sentence[at : at + length]))
            at += length
        result.append(out)
    return result
