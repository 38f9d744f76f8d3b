"""gensim's verdict on single questions, repeated operation for operation, for questions that rounding could decide.

Where two candidates are nearer to each other than rounding, only the same operations in the same order give the same
answer. So does gensim's habit of looking at five candidates and taking the fifth if none of them may answer. This
follows `KeyedVectors.most_similar`, `get_mean_vector`, `matutils.unitvec`, `matutils.argsort` and the loop in
`evaluate_word_analogies` of gensim 4.4; a test compares both. A question takes milliseconds.
"""

from __future__ import annotations

import numpy as np

from w2v.arrays import F32, I64, Flags
from w2v.vectors import Vectors

__all__ = ["gensim_is_right"]

TOPN = 5


def gensim_is_right(vectors: Vectors, questions: I64, group: I64) -> Flags:
    """Return whether gensim finds d, for questions [Q, 4] as rows.

    group: [limit], the row that stands for each candidate (`RowFinder.group`).
    """
    if not len(questions):
        return np.zeros(0, dtype=bool)
    matrix = np.ascontiguousarray(vectors.matrix)
    norms = np.linalg.norm(matrix, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.array([_is_right(matrix, norms, question, group) for question in questions])


def _is_right(
    matrix: F32,
    norms: F32,
    question: I64,
    group: I64,
) -> bool:
    a, b, c, expected = question
    limit = len(group)
    scores = matrix[:limit] @ _direction(matrix, norms, a, b, c) / norms[:limit]
    candidates = [row for row in _largest(scores, TOPN + 3) if row not in (a, b, c)][:TOPN]
    predicted = -1
    for row in candidates:
        predicted = group[row]
        if predicted not in group[[a, b, c]]:
            break
    return bool(predicted == group[expected])


def _direction(matrix: F32, norms: F32, a: int, b: int, c: int) -> F32:
    """Return b + c − a of normalised vectors: summed in float32, divided by 3 and by its length in float64."""
    total = np.zeros(matrix.shape[1], dtype=np.float32)
    for weight, row in ((1.0, b), (1.0, c), (-1.0, a)):
        total += np.float64(weight) * (matrix[row] / norms[row])
    mean = total / np.float64(3.0)
    length = float(np.linalg.norm(mean))
    return (mean * (1.0 / length) if length > 0 else mean).astype(np.float32)


def _largest(scores: F32, topn: int) -> I64:
    """Return the rows of the `topn` largest scores, falling, with numpy's own order of ties."""
    falling = -scores
    if topn >= len(scores):
        return np.argsort(falling)[:topn]
    extreme = np.argpartition(falling, topn)[:topn]
    return extreme[np.argsort(falling[extreme])]
