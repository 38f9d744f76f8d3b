"""Train classifiers on features of texts, whatever these are: pooled vectors, or a bag of words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from w2v.arrays import I64, Flags
from w2v.evaluation.statistics.softmax import Features, choose_strength, fit_softmax
from w2v.text.word_splitting import words_in

__all__ = ["STRENGTHS", "Round", "bag_of_words", "predicted"]

STRENGTHS = (0.1, 1.0, 10.0, 100.0)
"""Of the data against the penalty (C); features are rows of length 1, so that the same ones serve both kinds."""


class Round(NamedTuple):
    """Which texts train a classifier, and which it is scored on: numbers of texts.

    held_out: of the texts for training, [n], those that choose the strength of the penalty. keeps_out: whether these
    are never trained on, as a part for development; else the last model is trained on all.
    """

    training: I64
    held_out: Flags
    keeps_out: bool
    tested: I64


def bag_of_words(texts: Sequence[str]) -> Features:
    """Return which words each text has, in lower case: a sparse array [N, words], each row of length 1."""
    from scipy.sparse import csr_array

    numbers: dict[str, int] = {}
    columns, ends, values = list[int](), [0], list[float]()
    for text in texts:
        words = dict.fromkeys(words_in(text.lower()))
        columns += [numbers.setdefault(word, len(numbers)) for word in words]
        values += [len(words) ** -0.5] * len(words)
        ends.append(len(columns))
    parts = (np.array(values), np.array(columns, dtype=np.int64), np.array(ends, dtype=np.int64))
    return csr_array(parts, shape=(len(texts), max(1, len(numbers))))


def predicted(features: Features, classes: I64, number: int, rounds: Iterable[Round]) -> I64:
    """Return the class that is guessed for each text that is tested, [N]; −1 for the others.

    features: [N, D]. classes: [N], from 0 to number − 1. The strength of the penalty is chosen on texts that are held
    out of training, never on those that are tested.
    """
    guessed = np.full(len(classes), -1, dtype=np.int64)
    for each in rounds:
        rows, own = features[each.training], classes[each.training]
        strength, model = choose_strength(rows, own, number, each.held_out, STRENGTHS)
        if not each.keeps_out:
            model = fit_softmax(rows, own, number, strength, model)
        guessed[each.tested] = model.classes(features[each.tested])
    return guessed
