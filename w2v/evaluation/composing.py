"""Score a set as if the vocabulary had all of its words: those that it lacks are composed of n-grams, or are zeros.

The scores of a set leave out items with unknown words (`scoring`). Vectors that are trained with subwords can compose
such words; a vector of zeros, whose cosine with every word is 0, is what the composing is compared with, as in
Bojanowski et al. (2017), table 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from w2v.arrays import F32, I64, Flags
from w2v.evaluation.conventions import Convention
from w2v.evaluation.lookup import RowFinder
from w2v.evaluation.report import SuiteReport
from w2v.evaluation.suite import Suite
from w2v.evaluation.tasks.base import task_of
from w2v.machine import one_blas_thread
from w2v.progress import Progress
from w2v.vectors import Vectors

__all__ = ["Completed", "RowsOfSet", "complete", "rows_of_set"]


@dataclass(frozen=True, eq=False)
class RowsOfSet:
    """Where the words of a set are in a vocabulary.

    words: of the set [W]. rows: int64 [W], the row of each, −1 where the vocabulary lacks it. items: int64 [N, k], the
    words of each item, as numbers of `words`.
    """

    words: Sequence[str]
    rows: I64
    items: I64

    @property
    def unknown(self) -> Flags:
        """The items [N] with a word that is not in the vocabulary."""
        found: Flags = np.any(self.rows[self.items] < 0, axis=1)
        return found


@dataclass(frozen=True, eq=False)
class Completed:
    """A set scored with all of its words.

    composed, zeros: the reports with unknown words composed, and with unknown words as vectors of zeros. unknown: bool
    [N], the items with a word that is not in the vocabulary. unknown_words: the number of such words of the set;
    composed_words: how many of them could be composed.
    """

    composed: SuiteReport
    zeros: SuiteReport
    unknown: Flags
    unknown_words: int
    composed_words: int


def rows_of_set(vectors: Vectors, suite: Suite, rules: Convention, limit: int | None) -> RowsOfSet | None:
    """Find the words of a set in a vocabulary; None for a kind of suite whose items have no words of their own.

    limit: only the first so many rows are looked at; None for all.
    """
    found = task_of(suite.kind).words_of_items(suite)
    if found is None or not len(found[1]):
        return None
    words, items = found
    return RowsOfSet(
        words, RowFinder(vectors.listed_words, limit, rules, phrases=suite.own is not None).rows(words), items
    )


def complete(
    vectors: Vectors, suite: Suite, rules: Convention, limit: int | None, progress: Progress
) -> Completed | None:
    """Score a set with unknown words composed, and with unknown words as zeros; None where there is nothing to compose.

    There is nothing where the vectors have no subwords, where the vocabulary has all words, or where the kind of suite
    looks for its answers in the vocabulary, as analogies do. Memory: a row for each word of the set.
    """
    compose, task = vectors.compose, task_of(suite.kind)
    asked = rows_of_set(vectors, suite, rules, limit) if task.composes and compose is not None else None
    if asked is None or compose is None:
        return None
    unknown = np.flatnonzero(asked.rows < 0).tolist()
    composed = {number: vector for number in unknown if (vector := compose(asked.words[number])) is not None}
    if not composed:
        return None
    known = asked.rows >= 0
    matrix: F32 = np.zeros((len(known), vectors.dim), dtype=np.float32)
    matrix[known] = vectors.stored[asked.rows[known]]
    zeros = _scored(vectors, suite, rules, asked, matrix.copy(), np.ones_like(known), progress)
    matrix[list(composed)] = list(composed.values())
    there = known.copy()
    there[list(composed)] = True
    report = _scored(vectors, suite, rules, asked, matrix, there, progress)
    return Completed(report, zeros, asked.unknown, len(unknown), len(composed))


def _scored(
    vectors: Vectors,
    suite: Suite,
    rules: Convention,
    asked: RowsOfSet,
    matrix: F32,
    there: Flags,
    progress: Progress,
) -> SuiteReport:
    """Score a set on vectors that have its words alone.

    matrix: float32 [W, D], a row for each word. there: bool [W], the words that have a vector.
    """
    words = [word for word, has_vector in zip(asked.words, there.tolist(), strict=True) if has_vector]
    own = Vectors.unchecked(words, matrix[there], name=vectors.name)
    with one_blas_thread():
        report: SuiteReport = task_of(suite.kind).evaluate(own, suite, rules, None, progress)
    return report
