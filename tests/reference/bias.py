"""The naive twins of the measures of bias, written from the papers: loops over words, one cosine at a time.

w is a word vector [D]; X, Y (targets) and A, B (attributes) are lists of word vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import exp, log, sqrt

Vector = Sequence[float]


def dot(x: Vector, y: Vector) -> float:
    return sum(a * b for a, b in zip(x, y, strict=True))


def norm(x: Vector) -> float:
    return sqrt(dot(x, x))


def cosine(x: Vector, y: Vector) -> float:
    return dot(x, y) / (norm(x) * norm(y))


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def sample_sd(values: Sequence[float]) -> float:
    middle = mean(values)
    return sqrt(sum((value - middle) ** 2 for value in values) / (len(values) - 1))


def centre(vectors: Sequence[Vector]) -> list[float]:
    """Return the mean [D] of the vectors, after each has been scaled to length 1."""
    units = [[value / norm(vector) for value in vector] for vector in vectors]
    return [mean(column) for column in zip(*units, strict=True)]


def association(w: Vector, A: Sequence[Vector], B: Sequence[Vector]) -> float:
    return mean([cosine(w, a) for a in A]) - mean([cosine(w, b) for b in B])


def effect_size(X: Sequence[Vector], Y: Sequence[Vector], A: Sequence[Vector], B: Sequence[Vector]) -> float:
    x, y = ([association(w, A, B) for w in words] for words in (X, Y))
    return (mean(x) - mean(y)) / sample_sd(x + y)


def exact_p(x: Sequence[float], y: Sequence[float]) -> float:
    """Return the share of all partitions whose difference of means is at least the observed difference."""
    values = [*x, *y]
    observed = mean(x) - mean(y)
    reached = total = 0
    for chosen in combinations(range(len(values)), len(x)):
        rest = [value for number, value in enumerate(values) if number not in chosen]
        total += 1
        reached += mean([values[number] for number in chosen]) - mean(rest) >= observed - 1e-12
    return reached / total


def single_category(w: Vector, A: Sequence[Vector], B: Sequence[Vector]) -> float:
    return association(w, A, B) / sample_sd([cosine(w, a) for a in (*A, *B)])


def relative_norm(w: Vector, A: Sequence[Vector], B: Sequence[Vector]) -> float:
    unit = [value / norm(w) for value in w]
    away = [norm([u - c for u, c in zip(unit, centre(group), strict=True)]) for group in (A, B)]
    return away[1] - away[0]


def mean_cosine_distance(words: Sequence[Vector], *groups: Sequence[Vector]) -> float:
    return mean([mean([mean([1 - cosine(w, a) for a in group]) for group in groups]) for w in words])


def relational(w: Vector, pairs: Sequence[tuple[Vector, Vector]]) -> float:
    offsets = [[a - b for a, b in zip(x, y, strict=True)] for x, y in pairs]
    return mean([dot(w, offset) / norm(offset) for offset in offsets])


def same(w: Vector, A: Sequence[Vector], B: Sequence[Vector]) -> float:
    return cosine(w, [a - b for a, b in zip(centre(A), centre(B), strict=True)])


def divergence_from_equal(shares: Sequence[float]) -> float:
    total = sum(shares)
    return sum(share / total * log(share / total * len(shares)) for share in shares)


def logistic(features: Sequence[Vector], labels: Sequence[bool], strength: float, steps: int = 6_000) -> list[float]:
    """Minimise ½‖w‖² + C Σ log(1 + exp(−y(x·w + b))) by plain gradient descent, with C = `strength`.

    features: [n, D]. labels: [n], True where y = 1, False where y = −1. Returns the weights w, then the intercept b.
    """
    rows = [[*row, 1.0] for row in features]
    solution = [0.0] * len(rows[0])
    rate = 1 / (1 + 0.25 * strength * sum(dot(row, row) for row in rows))
    for _ in range(steps):
        gradient = [*solution[:-1], 0.0]
        for row, label in zip(rows, labels, strict=True):
            error = 1 / (1 + exp(-dot(row, solution))) - label
            for column, value in enumerate(row):
                gradient[column] += strength * error * value
        solution = [value - rate * slope for value, slope in zip(solution, gradient, strict=True)]
    return solution
