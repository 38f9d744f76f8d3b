"""Keep the most frequent words only, and say what is lost."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from w2v.arrays import Places
from w2v.errors import SettingsError
from w2v.files.rows import picked_rows
from w2v.transforms.applying import with_transforms
from w2v.vectors import Vectors

__all__ = ["Pruned", "prune", "with_rows"]


class Pruned(NamedTuple):
    """What is left of vectors.

    share: the part of all tokens of the text that are words which were kept; None where counts are not known.
    """

    vectors: Vectors
    share: float | None


def prune(vectors: Vectors, words: int) -> Pruned:
    """Return vectors with the most frequent words: by their counts, or the first rows where there are none.

    Rows of n-grams all stay: words that were left out are composed of them, as unknown words are. The rows keep their
    order. Raise `SettingsError` for less than one word.
    """
    if words < 1:
        raise SettingsError(f"--prune {words} leaves no word", hint="keep at least one")
    counts = vectors.counts
    if words >= len(vectors):
        return Pruned(vectors, None if counts is None else 1.0)
    rows = np.arange(words) if counts is None else np.sort(np.argsort(-counts, kind="stable")[:words])
    total = 0 if counts is None else int(counts.sum())
    told = {
        "transform": "prune",
        "words": words,
        "in_words": f"the {words:,} most frequent of {len(vectors):,} words kept",
    }
    made = with_rows(vectors, rows)
    made.record, made.norms = with_transforms(vectors.record, [told]), vectors.norms[rows]
    return Pruned(made, None if counts is None or not total else float(counts[rows].sum() / total))


def with_rows(vectors: Vectors, rows: Places) -> Vectors:
    """Return vectors with some of the rows, [n], in the given order; many rows of a mapped file stay in the file."""
    words = vectors.stored_words
    return Vectors.unchecked(
        [words[row] for row in rows.tolist()],
        picked_rows(vectors.stored, rows, vectors),
        None if vectors.counts is None else vectors.counts[rows],
        vectors.record,
        name=vectors.name,
        contexts=None if vectors.contexts is None else picked_rows(vectors.contexts, rows, vectors),
        tokenizer=vectors.tokenizer,
        subwords=vectors.subwords,
    )
