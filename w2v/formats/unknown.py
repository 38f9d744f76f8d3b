"""A vector for unknown words, as a row of its own: other programs look such words up as `<unk>`."""

from __future__ import annotations

import numpy as np

from w2v.errors import VocabularyError
from w2v.vectors import Vectors

__all__ = ["UNKNOWN", "with_unknown"]

UNKNOWN = "<unk>"


def with_unknown(vectors: Vectors, choice: str) -> Vectors:
    """Return vectors with a row `<unk>` behind the others, which occurs 0 times.

    choice: "mean" of all rows, "zero", or a word, whose vector it then has. Raises `UnknownWordsError`, and
    `VocabularyError` where there is a row for `<unk>` already.
    """
    if UNKNOWN in vectors:
        raise VocabularyError(f"{vectors.name} has a vector of {UNKNOWN} already", hint="leave out --unknown-vector")
    if choice == "mean":
        row = vectors.matrix.mean(axis=0, dtype=np.float64)
    elif choice == "zero":
        row = np.zeros(vectors.dim)
    else:
        row = vectors[choice].astype(np.float64)
    counts = None if vectors.counts is None else np.append(vectors.counts, 0)
    return Vectors(
        [*vectors.words, UNKNOWN],
        np.concatenate([vectors.matrix, row[None, :].astype(np.float32)]),
        counts,
        vectors.record,
        name=vectors.name,
        tokenizer=vectors.tokenizer,
    )
