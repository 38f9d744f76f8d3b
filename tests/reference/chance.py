"""The percentile of a cosine among random pairs of like frequency, one pair at a time and in double precision."""

from __future__ import annotations

import numpy as np

from w2v.vectors import Vectors

MASK = (1 << 64) - 1


def random_number(place: int) -> float:
    """A number of SplitMix64's sequence (Steele, Lea & Flood 2014), from 0 to 1."""
    state = (place + 1) * 0x9E3779B97F4A7C15 & MASK
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    state = (state ^ (state >> 27)) * 0x94D049BB133111EB & MASK
    return ((state ^ (state >> 31)) >> 11) / 2**53


def bands(vectors: Vectors, smallest: int) -> list[list[int]]:
    """The rows of each band, the most frequent first: one for each power of 2, the small ones joined."""
    rows = list(range(len(vectors)))
    if vectors.counts is None:
        keys = [-((row + 1).bit_length()) for row in rows]
    else:
        rows.sort(key=lambda row: -vectors.counts[row])
        keys = [int(vectors.counts[row]).bit_length() for row in rows]
    found: list[list[int]] = [[]]
    for at, row in enumerate(rows):
        begins = at > 0 and keys[at] != keys[at - 1]
        if begins and len(found[-1]) >= smallest and len(rows) - at >= smallest:
            found.append([])
        found[-1].append(row)
    return found


def percentile(vectors: Vectors, a: str, b: str, *, pairs: int, at_once: int, blocks: int, smallest: int) -> float:
    """How many percent of the first `pairs` pairs of two different words with a direction have a lower cosine."""
    matrix = vectors.matrix.astype(np.float64)

    def cosine(one: int, other: int) -> float:
        lengths = np.sqrt(matrix[one] @ matrix[one]) * np.sqrt(matrix[other] @ matrix[other])
        return float(matrix[one] @ matrix[other] / lengths)

    every = bands(vectors, smallest)
    numbers = [next(at for at, band in enumerate(every) if vectors.index[word] in band) for word in (a, b)]
    first, second = every[max(numbers)], every[min(numbers)]
    found: list[float] = []
    for place in range(at_once * blocks):
        one = first[int(random_number(place) * len(first))]
        other = second[int(random_number((1 << 40) + place) * len(second))]
        if one != other and matrix[one].any() and matrix[other].any() and len(found) < pairs:
            found.append(cosine(one, other))
    assert len(found) == pairs
    observed = cosine(vectors.index[a], vectors.index[b])
    return 100 * sum(each < observed - 1e-5 for each in found) / pairs
