"""The naive twins of w2v.kernels.llvm.gathering: one row at a time."""

from __future__ import annotations

import numpy as np


def gather(numbers, matrix, factor) -> np.ndarray:
    """Return factor · the sum of the rows with these numbers [n], of a matrix [R, D]."""
    total = np.zeros_like(matrix[0])
    for number in numbers:
        total = total + matrix[number]
    return factor * total


def gather_weighted(numbers, weights, matrix, factor) -> np.ndarray:
    """Return factor · the sum of the rows with these numbers [n], each times its weight [n], of a matrix [R, D]."""
    total = np.zeros_like(matrix[0])
    for number, weight in zip(numbers, weights, strict=True):
        total = total + weight * matrix[number]
    return factor * total


def scatter(work, copy, numbers, weights, matrix) -> None:
    """Add to each row with one of the numbers [n] its weight times what the work row [D] has gained over its copy."""
    for number, weight in zip(numbers, weights, strict=True):
        matrix[number] += weight * (work - copy)
