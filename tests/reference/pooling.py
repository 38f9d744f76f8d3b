"""The naive twins of encoding texts: plain Python and float64, one text and one word after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]


def joined(words: Sequence[str], phrases: frozenset[str]) -> list[str]:
    """Join phrases such as new_york by their longest match from left to right."""
    found, at = [], 0
    while at < len(words):
        end = next(
            (end for end in range(len(words), at + 1, -1) if "_".join(words[at:end]) in phrases),
            at + 1,
        )
        found.append("_".join(words[at:end]))
        at = end
    return found


def mean_of_words(words: Sequence[str], rows: Mapping[str, Vector], dim: int, *, normalize: bool) -> Vector:
    """The mean of the rows of the words that have one; zeros if none has."""
    there = [rows[word] for word in words if word in rows]
    if not there:
        return np.zeros(dim)
    total = np.zeros(dim)
    for row in there:
        total = total + row
    mean = total / len(there)
    length = float(np.sqrt(sum(value * value for value in mean)))
    return mean / length if normalize and length else mean


def sif_rows(
    words: Sequence[str],
    matrix: npt.NDArray[np.float32],
    weight: Callable[[float], float],
    counts: Sequence[int],
    n: int,
) -> dict[str, Vector]:
    """Rows of length 1 with their weights, without the first eigenvector of E[ss'], word by word."""
    total = sum(counts)
    dim = matrix.shape[1]
    rows = []
    for row, count in zip(matrix.astype(float), counts, strict=True):
        length = float(np.linalg.norm(row))
        rows.append(weight(count / total) * (row / length if length else row))
    mean = np.zeros(dim)
    squares = np.zeros((dim, dim))
    for row, count in zip(rows, counts, strict=True):
        mean += count / total * row
        squares += count / total * np.outer(row, row)
    expected = squares / n + (1 - 1 / n) * np.outer(mean, mean)
    values, vectors = np.linalg.eig(expected)
    common = np.real(vectors[:, int(np.argmax(np.real(values)))])
    return {word: row - float(row @ common) * common for word, row in zip(words, rows, strict=True)}
