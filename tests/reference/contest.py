"""The slow, obvious twin of w2v.kernels.contest: a candidate and a question at a time, in single precision."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
ONE, HALF, TWO = np.float32(1), np.float32(0.5), np.float32(2)


def shifted(cosine: np.float32) -> np.float32:
    return np.maximum((ONE + cosine) * HALF, np.float32(0))


def nearness(cosine: np.float32) -> np.float32:
    square = TWO - TWO * cosine
    return ONE / np.sqrt(square) if square > 1e-6 else np.float32(0)


def scores(a: np.float32, b: np.float32, c: np.float32, between: np.float32) -> list[np.float32]:
    """By 3CosAdd, 3CosMul, PairDirection, only-b, ignore-a."""
    product = shifted(b) / (shifted(a) + np.float32(1e-6)) * shifted(c)
    return [b - a + c, product, (b - a - between) * nearness(c), c, b + c]


def stand(
    blocks: list[Floats], questions: list[tuple[int, int, int, np.float32]], bar: Floats, marks: set[tuple[int, int]]
) -> tuple[list[list[int]], list[float], list[int]]:
    """How many candidates exceed each bar [M][Q]; 3CosAdd's best unmarked candidate: score [Q] and row [Q], −1: none.

    marks: (question, row); bar [M, Q].
    """
    above = [[0] * len(questions) for _ in bar]
    best, row = [-np.inf] * len(questions), [-1] * len(questions)
    cosines = np.concatenate(blocks, axis=1)
    for number, (a, b, c, between) in enumerate(questions):
        for candidate in range(cosines.shape[1]):
            column = cosines[:, candidate]
            if np.isnan(column).any():
                continue
            found = scores(column[a], column[b], column[c], between)
            for method in range(len(bar)):
                above[method][number] += bool(found[method] > bar[method, number])
            if (number, candidate) not in marks and found[0] > best[number]:
                best[number], row[number] = float(found[0]), candidate
    return above, best, row
