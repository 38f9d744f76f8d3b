"""The naive twins of senses: contexts word by word, whitening by the definition, merging of groups pair by pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]


def context(
    sentence: Sequence[str],
    place: int,
    vectors: Mapping[str, Vector],
    weights: Mapping[str, float],
    window: int,
    barred: Sequence[str],
) -> Vector:
    """The vector of what stands around a place in a sentence; nearness is 1 / distance."""
    dim = len(next(iter(vectors.values())))
    total, near = np.zeros(dim), 0.0
    for at, word in enumerate(sentence):
        distance = abs(at - place)
        if distance == 0 or distance > window:
            continue
        near += 1 / distance
        if word in vectors and word not in barred:
            row = vectors[word]
            total = total + weights[word] / distance * row / np.sqrt((row * row).sum())
    return total / near if near else total


def whitened(contexts: Vector, others: Vector, ridge: float) -> Vector:
    """Rows of `contexts` after the mean of `others` is subtracted and their covariance, with a ridge, is undone."""
    mean = others.sum(axis=0) / len(others)
    covariance = sum(np.outer(row - mean, row - mean) for row in others) / (len(others) - 1)
    values, directions = np.linalg.eigh(covariance)
    added = ridge * values.sum() / len(values)
    found = []
    for row in contexts:
        made = np.zeros(len(row))
        for value, direction in zip(values, directions.T, strict=True):
            made += (row - mean) @ direction / np.sqrt(value + added) * direction
        found.append(made)
    return np.array(found)


def merged(sums: Vector, k: int) -> list[set[int]]:
    """Groups of rows: at each step the two with the highest cosine of their sums become one, until k are left."""
    groups = [{number} for number in range(len(sums))]
    while len(groups) > k:
        best = (-2.0, 0, 0)
        for second in range(len(groups)):
            for first in range(second):
                a, b = (sums[list(groups[each])].sum(axis=0) for each in (first, second))
                cosine = float(a @ b / np.sqrt((a @ a) * (b @ b)))
                if cosine > best[0]:
                    best = (cosine, first, second)
        _, first, second = best
        groups[first] |= groups.pop(second)
    return groups
