"""gensim's verdict on single questions, repeated operation for operation, for questions that rounding could decide.

Where two candidates are nearer to each other than rounding, only the same operations in the same order give the same
answer. So does gensim's habit of looking at five candidates and taking the fifth if none of them may answer. This
follows `KeyedVectors.most_similar`, `get_mean_vector`, `matutils.unitvec`, `matutils.argsort` and the loop in
`evaluate_word_analogies` of gensim 4.4; a test compares both. A question takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from w2v.arrays import F32, I64, Flags
from w2v.files.rows import FileRows, first_rows, parts_of
from w2v.vectors import Vectors

__all__ = ["gensim_is_right"]

TOPN = 5
SCORES = 1 << 29  # bytes of scores of all rows that are in memory together: those of 13 questions to ten million rows
PART = 1 << 24  # bytes of rows that are read together


def gensim_is_right(vectors: Vectors, questions: I64, group: I64) -> Flags:
    """Return whether gensim finds d, for questions [Q, 4] as rows.

    group: [limit], the row that stands for each candidate (`RowFinder.group`).
    """
    if not len(questions):
        return np.zeros(0, dtype=bool)
    rows = first_rows(vectors.stored, len(group))
    norms = np.concatenate([np.linalg.norm(part, axis=1) for part in parts_of(vectors.stored, PART)])
    together = max(1, SCORES // (4 * len(group)))
    found: list[bool] = []
    with np.errstate(divide="ignore", invalid="ignore"):
        for start in range(0, len(questions), together):
            some = questions[start : start + together]
            directions = [_direction(vectors.stored, norms, *question[:3]) for question in some.tolist()]
            scores = _scores(rows, directions, norms[: len(group)])
            found += [_is_right(*each, group) for each in zip(scores, some, strict=True)]
    return np.array(found)


def _scores(matrix: F32 | FileRows, directions: Sequence[F32], norms: F32) -> list[F32]:
    """Return the cosines of all rows [V, D] with each direction [D], [V] each; rows in a file are read once for all."""
    if not isinstance(matrix, FileRows):
        matrix = np.ascontiguousarray(matrix)
        return [matrix @ direction / norms for direction in directions]
    found: list[F32] = [np.empty(len(matrix), dtype=np.float32) for _ in directions]
    begin = 0
    for part in parts_of(matrix, PART):
        for scores, direction in zip(found, directions, strict=True):
            np.matmul(part, direction, out=scores[begin : begin + len(part)])
        begin += len(part)
    for scores in found:
        scores /= norms
    return found


def _is_right(scores: F32, question: I64, group: I64) -> bool:
    a, b, c, expected = question
    candidates = [row for row in _largest(scores, TOPN + 3) if row not in (a, b, c)][:TOPN]
    predicted = -1
    for row in candidates:
        predicted = group[row]
        if predicted not in group[[a, b, c]]:
            break
    return bool(predicted == group[expected])


def _direction(matrix: F32 | FileRows, norms: F32, a: int, b: int, c: int) -> F32:
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
