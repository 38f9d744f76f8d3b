"""How well a ranking finds what is relevant: the measures of trec_eval, for one query.

Gains are graded: above 0 is relevant, and more is better. Documents that nobody judged are not relevant. Of equal
scores the document that comes first in the collection ranks first (trec_eval orders them by their ids).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from w2v.arrays import F32, F64

__all__ = ["AT_NDCG", "AT_RECALL", "Found", "found_by"]

AT_NDCG, AT_RECALL = 10, 100
"""Ranks up to which nDCG and recall look."""


class Found(NamedTuple):
    """What a ranking found for a query.

    average_precision: the mean, over all relevant documents, of the share of relevant ones down to the rank of each
    (trec_eval's map, where 0 stands for those that are not ranked; here all are). ndcg: of the first AT_NDCG, the sum
    of gain / log2(rank + 1), divided by that of the best ranking (ndcg_cut_10). recall: the share of the relevant
    documents that are among the first AT_RECALL (recall_100).
    """

    average_precision: float
    ndcg: float
    recall: float


def found_by(scores: F32 | F64, gains: F64) -> Found:
    """Return the measures of the ranking by falling scores [N]; gains: [N], of which one at least is above 0."""
    order = np.argsort(-scores.astype(np.float64), kind="stable")
    ranked = gains[order]
    ranks = np.flatnonzero(ranked > 0) + 1
    precision = np.arange(1, len(ranks) + 1) / ranks
    best = np.sort(gains)[::-1]
    return Found(
        average_precision=float(precision.mean()),
        ndcg=_discounted(ranked) / _discounted(best),
        recall=float((ranks <= AT_RECALL).mean()),
    )


def _discounted(gains: F64) -> float:
    """Return the sum of gains in the order of ranks [N], each over log2(rank + 1), up to AT_NDCG."""
    first = np.maximum(gains[:AT_NDCG], 0.0)
    return float((first / np.log2(np.arange(2, len(first) + 2))).sum())
