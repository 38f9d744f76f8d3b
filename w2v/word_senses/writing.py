"""Vectors with a row for each sense: bank#1, bank#2.

The row of a sense is the word's vector at length 1, plus half of the mean context of the sense at length 1, brought to
the length of the word's vector. The mean context alone is a topic and no sense: on judgements of words in context the
sum agrees with people better (docs/guides/senses.md).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from w2v.arrays import F32, F64
from w2v.errors import SettingsError
from w2v.vectors import Vectors
from w2v.word_senses.results import Sense, Senses

__all__ = ["HALF", "with_senses"]

HALF = 0.5


def with_senses(vectors: Vectors, found: Senses) -> Vectors:
    """Return the vectors with a row more for each sense of a word that is split, where its count belongs.

    All other rows are there, too, so that a sense can be compared with any word. Raise `SettingsError` where no word is
    split, and where the vectors have a word of such a name already.
    """
    shown = [(word.word, sense) for word in found.words if word.is_split for sense in word.senses]
    if not shown:
        raise SettingsError(
            "no word was split into senses that can be trusted, so there is nothing to write",
            hint="name other words, give more text, or take splits that cannot be trusted: --show-all",
        )
    taken = next((sense.name for _, sense in shown if sense.name in vectors.index), None)
    if taken is not None:
        raise SettingsError(f"{vectors.name} has a word {taken!r} already", hint="give the vectors without senses")
    rows = np.stack([_row(vectors, word, sense) for word, sense in shown])
    words = [*vectors.words, *(sense.name for _, sense in shown)]
    matrix = np.concatenate([vectors.matrix, rows])
    counts = None
    order = np.arange(len(words))
    if vectors.counts is not None:
        counts = np.concatenate([vectors.counts, [_count(vectors, word, sense) for word, sense in shown]])
        order = np.argsort(-counts, kind="stable")
        counts = counts[order]
    record = vectors.record
    if record is not None:
        told = {
            "transform": "senses",
            "in_words": f"rows for {len(shown):,} senses of {len({word for word, _ in shown}):,} words",
            "words": sorted({word for word, _ in shown}),
        }
        record = replace(record, transforms=(*record.transforms, told))
    return Vectors(
        [words[at] for at in order.tolist()],
        matrix[order],
        counts,
        record,
        name=vectors.name,
        tokenizer=vectors.tokenizer,
        subwords=vectors.subwords,
    )


def _row(vectors: Vectors, word: str, sense: Sense) -> F32:
    row = vectors.vector(word).astype(np.float64)
    length = float(np.linalg.norm(row))
    total = _unit(row) + HALF * _unit(sense.mean.astype(np.float64))
    made: F32 = ((length or 1.0) * _unit(total)).astype(np.float32)
    return made


def _count(vectors: Vectors, word: str, sense: Sense) -> int:
    """Return the share of a sense of the occurrences that the vectors know of."""
    assert vectors.counts is not None
    return round(sense.share * int(vectors.counts[vectors.index[word]]))


def _unit(row: F64) -> F64:
    return row / (float(np.linalg.norm(row)) or 1.0)
