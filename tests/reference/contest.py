"""The naive twin of w2v.kernels.contest: one candidate and one question at a time, in single precision."""

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
    """Return a candidate's scores by 3CosAdd, 3CosMul, PairDirection, only-b and ignore-a.

    a, b, c: the candidate's cosines with the three words of the question. between: (b − a) · c of these words' vectors.
    """
    product = shifted(b) / (shifted(a) + np.float32(1e-6)) * shifted(c)
    return [b - a + c, product, (b - a - between) * nearness(c), c, b + c]


def stand(
    blocks: list[Floats],
    questions: list[tuple[int, int, int, np.float32]],
    threshold: Floats,
    special: set[tuple[int, int]],
) -> tuple[list[list[int]], list[float], list[int]]:
    """Return how many candidates exceed each threshold [M][Q], and 3CosAdd's best candidates: score [Q] and row [Q].

    blocks: cosines, float32 [W, n] each. questions: a, b and c as rows of the blocks, and (b − a) · c. threshold:
    float32 [M, Q]. special: (question, row), candidates that cannot be the best. The row is −1 if there is no best.
    """
    above = [[0] * len(questions) for _ in threshold]
    best, row = [-np.inf] * len(questions), [-1] * len(questions)
    cosines = np.concatenate(blocks, axis=1)
    for number, (a, b, c, between) in enumerate(questions):
        for candidate in range(cosines.shape[1]):
            column = cosines[:, candidate]
            if np.isnan(column).any():
                continue
            found = scores(column[a], column[b], column[c], between)
            for method in range(len(threshold)):
                above[method][number] += bool(found[method] > threshold[method, number])
            if (number, candidate) not in special and found[0] > best[number]:
                best[number], row[number] = float(found[0]), candidate
    return above, best, row
