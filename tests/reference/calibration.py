"""The naive twin of the test of change: one word after another, with scipy's distributions."""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
from scipy.optimize import brentq
from scipy.special import digamma, polygamma
from scipy.stats import t as student

from w2v.arrays import F64, I64


def q_values(p: list[float]) -> list[float]:
    """Benjamini & Hochberg: q of a p-value is the least p'·n / rank' of all p' that are not smaller."""
    ranked = sorted(p)
    return [
        min(1.0, min(other * len(p) / (rank + 1) for rank, other in enumerate(ranked) if other >= each)) for each in p
    ]


def bands(documents: list[int], number: int) -> list[int]:
    """The band of each word: words by rising number of documents, cut into bands of equal size."""
    order = sorted(range(len(documents)), key=lambda word: (documents[word], word))
    found = [0] * len(documents)
    for place, word in enumerate(order):
        found[word] = place * number // len(documents)
    return found


def tested(observed: F64, deals: F64, documents: I64, number: int) -> tuple[list[float], list[float]]:
    """Return p and q of each word. number: of bands."""
    words, free = len(observed), len(deals) - 1
    means = [sum(deals[:, word]) / len(deals) for word in range(words)]
    variances = [sum((deals[:, word] - means[word]) ** 2) / free for word in range(words)]
    band = bands(documents.tolist(), number)
    usual = []
    for word in range(words):
        like = [variances[other] for other in range(words) if band[other] == band[word]]
        usual.append(sum(like) / len(like))
    logs = [log(v / u) - digamma(free / 2) + log(free / 2) for v, u in zip(variances, usual, strict=True)]
    beyond = float(np.var(logs, ddof=1) - polygamma(1, free / 2))
    prior = 2 * brentq(lambda x: polygamma(1, x) - beyond, 1e-6, 1e9) if beyond > 0 else 1e6
    middle = sum(logs) / words
    p = []
    for word in range(words):
        centre = usual[word] * exp(middle + digamma(prior / 2) - log(prior / 2))
        variance = (prior * centre + free * variances[word]) / (prior + free)
        spread = sqrt(variance * (1 + 1 / len(deals)))
        p.append(float(student.sf((observed[word] - means[word]) / spread, min(prior + free, 25))))
    return p, q_values(p)
