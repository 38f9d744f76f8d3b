"""A vector for unknown words, as a row of its own: other programs look such words up as `<unk>`."""

from __future__ import annotations

import numpy as np

from w2v.arrays import F32, F64
from w2v.errors import VocabularyError
from w2v.files.fetched import FetchedRows
from w2v.files.rows import SMALL, FileRows, parts_of
from w2v.vectors import Vectors

__all__ = ["UNKNOWN", "with_unknown"]

UNKNOWN = "<unk>"
PART = 1 << 21  # bytes of rows that are added together


def with_unknown(vectors: Vectors, choice: str) -> Vectors:
    """Return vectors with a row `<unk>` behind the others, which occurs 0 times.

    choice: "mean" of all rows, "zero", or a word, whose vector it then has. Raises `UnknownWordsError`, and
    `VocabularyError` where there is a row for `<unk>` already.
    """
    if UNKNOWN in vectors:
        raise VocabularyError(f"{vectors.name} has a vector of {UNKNOWN} already", hint="leave out --unknown-vector")
    if choice == "mean":
        row = _mean(vectors.stored)
    elif choice == "zero":
        row = np.zeros(vectors.dim)
    else:
        row = vectors[choice].astype(np.float64)
    counts = None if vectors.counts is None else np.append(vectors.counts, 0)
    last = row[None, :].astype(np.float32)

    def rows(start: int, stop: int) -> F32:
        found = vectors.stored[start:stop]
        return found if len(found) == stop - start else np.concatenate([found, last])

    matrix = FetchedRows(rows, (len(vectors) + 1, vectors.dim))
    return Vectors.unchecked(
        [*vectors.words, UNKNOWN],
        matrix if matrix.nbytes > SMALL else matrix[:],
        counts,
        vectors.record,
        name=vectors.name,
        tokenizer=vectors.tokenizer,
    )


def _mean(matrix: F32 | FileRows) -> F64:
    """Return the mean of all rows, float64 [D], added up in their order."""
    total: F64 = np.zeros((1, matrix.shape[1]))
    for part in parts_of(matrix, PART):
        total = np.concatenate([total, part]).sum(axis=0, keepdims=True)
    mean: F64 = total[0] / len(matrix)
    return mean
