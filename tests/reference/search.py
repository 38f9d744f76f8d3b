"""The naive twins of search: BM25 and z scores word by word and document by document, in plain Python."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence


def bm25(documents: Sequence[Sequence[int]], query: Sequence[int], k1: float = 1.2, b: float = 0.75) -> list[float]:
    """The score of each document."""
    mean = sum(map(len, documents)) / len(documents)
    scores = []
    for document in documents:
        counts = Counter(document)
        score = 0.0
        for term in query:
            holding = sum(term in other for other in documents)
            if holding == 0:
                continue
            idf = math.log(1 + (len(documents) - holding + 0.5) / (holding + 0.5))
            length = 1 - b + b * len(document) / mean
            score += idf * counts[term] * (k1 + 1) / (counts[term] + k1 * length)
        scores.append(score)
    return scores


def z(scores: Sequence[float]) -> list[float]:
    """How many standard deviations each score lies above the mean; 0 where all are equal."""
    mean = sum(scores) / len(scores)
    spread = math.sqrt(sum((score - mean) ** 2 for score in scores) / len(scores))
    return [(score - mean) / spread if spread else 0.0 for score in scores]
