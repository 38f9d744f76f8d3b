"""What training with subwords begins with: rows of words and n-grams from the vectors of a file (beginning.py).

N-grams that the file has begin with their rows, other n-grams at random. The own row of an old word is so chosen that
the word begins with its vector in the file, whatever its n-grams are: so vectors without n-grams can be begun with as
well. The own row of a new word is what its n-grams compose. Rows are not merged (kernels/ngrams.py), because those that
would be merged begin differently.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from w2v.arrays import F32, I64
from w2v.training.beginning import Beginning
from w2v.training.ngram_rows import find_buckets
from w2v.vocab import Vocabulary

if TYPE_CHECKING:
    from w2v.kernels.negative_sampling import FrozenModel, Model
    from w2v.kernels.ngrams import WordRows

__all__ = ["fill_rows", "freeze_rows"]

AT_ONCE = 4_096  # words, or rows, that are composed or copied at once


def fill_rows(
    beginning: Beginning, model: Model, rows: WordRows, vocabulary: Vocabulary, compose: Callable[[I64], F32]
) -> None:
    """Put the vectors of a file in the place of those of `model`, which begin at random.

    rows: of words and n-grams, none of them merged. compose: returns the vectors of words [n] as the model has them by
    now, float32 [n, padded D].
    """
    dim, subwords = beginning.old.dim, beginning.old.subwords
    if subwords is not None:
        there, at = find_buckets(subwords.buckets, rows.buckets.astype(np.int64))
        for start in range(0, len(there), AT_ONCE):
            into = rows.of_bucket[there[start : start + AT_ONCE]]
            model.input[into, :dim] = subwords.rows[at[start : start + AT_ONCE]]
    numbers = beginning.rows(vocabulary.words)
    for known, vectors in beginning.vectors_in_parts(numbers):
        for start in range(0, len(known), AT_ONCE):
            some = known[start : start + AT_ONCE]
            own, parts = rows.own[some], 1 / rows.factors[some, None].astype(np.float64)
            model.input[own] = 0
            of_ngrams = compose(some)[:, :dim] * parts
            model.input[own, :dim] = vectors[start : start + AT_ONCE] * parts - of_ngrams
    for word, composed in beginning.composed(vocabulary, numbers):
        model.input[rows.own[word], :dim] = composed
    beginning.fill_contexts(model, numbers)


def freeze_rows(
    beginning: Beginning, model: Model, rows: WordRows, vocabulary: Vocabulary
) -> tuple[FrozenModel, WordRows]:
    """Return the model and the rows with what does not change: words and n-grams of the file, or contexts, or both.

    A frozen row gains nothing from what its words learn: its weight is 0. Words that are frozen whole are not moved in
    the window either.
    """
    from w2v.kernels.negative_sampling import FrozenModel

    words, contexts = beginning.frozen(vocabulary)
    frozen = np.zeros(len(rows.members), dtype=np.bool_)
    if words.any():
        frozen[rows.own[words[:-1]]] = True
        there, _ = find_buckets(beginning.frozen_buckets(), rows.buckets.astype(np.int64))
        frozen[rows.of_bucket[there]] = True
    weights = np.where(frozen[rows.numbers], np.float32(0), rows.weights)
    return FrozenModel(model.input, model.output, words, contexts), rows._replace(weights=weights)
