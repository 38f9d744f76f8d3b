"""The measures of rankings, word for word: sort the documents, walk down the ranks, count."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2


def ranking(scores: Sequence[float]) -> list[int]:
    return sorted(range(len(scores)), key=lambda document: (-scores[document], document))


def average_precision(scores: Sequence[float], gains: Sequence[float]) -> float:
    found, total = 0, 0.0
    for rank, document in enumerate(ranking(scores), start=1):
        if gains[document] > 0:
            found += 1
            total += found / rank
    return total / sum(gain > 0 for gain in gains)


def ndcg(scores: Sequence[float], gains: Sequence[float], at: int) -> float:
    def discounted(order: Sequence[int]) -> float:
        return sum(gains[document] / log2(rank + 1) for rank, document in enumerate(order[:at], start=1))

    return discounted(ranking(scores)) / discounted(sorted(range(len(gains)), key=lambda document: -gains[document]))


def recall(scores: Sequence[float], gains: Sequence[float], at: int) -> float:
    first = ranking(scores)[:at]
    return sum(gains[document] > 0 for document in first) / sum(gain > 0 for gain in gains)
