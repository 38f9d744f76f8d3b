"""The scores of a deal: how far each word lies apart in its two halves.

Beside the measures of w2v/compare/measures.py, taken on the vectors of words, there is Procrustes on the vectors of
contexts, where a model has them: the same texts, seen from the other side of a pair, with an error of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np

from w2v.arrays import F32, F64, I64
from w2v.compare.measures import (
    LOCAL,
    anchors_of,
    local_distances,
    nearest_words,
    procrustes_distances,
    second_order_distances,
)
from w2v.compare.spaces import unit_centred_unit

__all__ = ["ANCHORS", "DealScores", "HalfRows", "score_deal"]

ANCHORS = range(100, 3_100)
"""The ranks of the anchors of second-order. A word that is an anchor, and moves, moves all others a little: of 3,000
anchors less than of 1,000."""


class HalfRows(NamedTuple):
    """The vectors of the words under test in a half. rows: float32 [S, D], zeros for a word that the half lacks.

    contexts: float32 [S, E], those of the words as contexts; None where the model has none. counts: int64 [S].
    """

    rows: F32
    contexts: F32 | None
    counts: I64


@dataclass(frozen=True, eq=False)
class DealScores:
    """The scores of S words in a deal, float64 [S] each; NaN for a word that one of the halves lacks.

    contexts: Procrustes on the vectors of contexts; None where the model has none. counts: int64 [2, S], how often each
    word occurs in each half.
    """

    procrustes: F64
    contexts: F64 | None
    second_order: F64
    local: F64
    counts: I64

    @classmethod
    def measures(cls) -> tuple[str, ...]:
        """Return the names of the scores."""
        return tuple(each.name for each in fields(cls) if each.name != "counts")


def score_deal(first: HalfRows, second: HalfRows) -> DealScores:
    """Return the scores of a deal with these halves. One thread computes, as others train meanwhile; see that the
    library of linear algebra has one thread as well (`machine.one_blas_thread`).
    """
    counts = np.stack([first.counts, second.counts])
    there = np.flatnonzero((counts > 0).all(axis=0))
    anchors = anchors_of(len(there), ranks=ANCHORS)

    def spread(scores: F64) -> F64:
        whole = np.full(counts.shape[1], np.nan)
        whole[there] = scores
        return whole

    x, y = (unit_centred_unit(half.rows[there])[0] for half in (first, second))
    near_x, near_y = (nearest_words(rows, LOCAL, threads=1) for rows in (x, y))
    contexts = None
    if first.contexts is not None and second.contexts is not None:
        c, d = (unit_centred_unit(each[there])[0] for each in (first.contexts, second.contexts))
        contexts = spread(procrustes_distances(c, d))
    return DealScores(
        procrustes=spread(procrustes_distances(x, y)),
        contexts=contexts,
        second_order=spread(second_order_distances(x, y, anchors, threads=1)),
        local=spread(local_distances(x, y, near_x, near_y, threads=1)),
        counts=counts,
    )
