"""Categorization: do the clusters of vectors follow the categories of people? Not here: other clusterings.

One fixed clustering, no choice among several after the scores are known: Ward's agglomerative clustering of the unit
vectors (Ward 1963), which has no random start, cut into as many clusters as the known words have categories.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from w2v.arrays import F32, F64, I64
from w2v.evaluation.conventions import Convention, Lookup
from w2v.evaluation.protocol import Protocol
from w2v.evaluation.report import ScoredReport
from w2v.evaluation.sets import CategorySuite
from w2v.evaluation.statistics import share_interval
from w2v.vectors import Vectors

__all__ = ["CategoryReport", "evaluate_categories", "purity", "v_measure"]

LEAST_WORDS = 20  # these sets are small; what the interval says of them is wide


@dataclass(frozen=True)
class CategoryReport(ScoredReport):
    """How well clusters of vectors follow the categories of people.

    purity: the share of known words that belong to the commonest category of their cluster;
    v_measure: the harmonic mean of homogeneity and completeness; clusters: as many as the known words have categories.
    fitting: float64 [N], 1 for a word of its cluster's commonest category, 0 for another, NaN for an unknown one.
    """

    purity: float | None
    v_measure: float | None
    clusters: int
    fitting: F64 = field(repr=False, compare=False)
    kind: ClassVar[str] = "categorization"
    items: ClassVar[str] = "words"
    least: ClassVar[int] = LEAST_WORDS

    @property
    def scores(self) -> dict[str, float | None]:
        return {"purity": self.purity, "v-measure": self.v_measure}

    def figures(self) -> dict[str, Any]:
        return {**super().figures(), "clusters": self.clusters}


def evaluate_categories(vectors: Vectors, suite: CategorySuite, rules: Convention, limit: int | None) -> CategoryReport:
    """Purity and V-measure of Ward's clusters of the known words; `limit` as in `evaluate_pairs`.

    The interval of purity takes words for trials, the clusters being what they are.
    """
    rows = Lookup(vectors.words, limit, rules).rows(suite.words)
    known = rows >= 0
    categories = suite.category_of[known]
    clusters = _ward(vectors.unit[rows[known]], len(set(categories.tolist())))
    fitting = _in_majority(categories, clusters)
    score = float(fitting.mean()) if len(fitting) else None
    fits = np.full(len(suite), np.nan)
    fits[known] = fitting
    return CategoryReport(
        suite=suite.name,
        title=suite.title,
        protocol=Protocol.of(
            rules,
            suite,
            limit,
            len(vectors),
            method="Ward's clustering into as many clusters as there are categories",
            unknown="unknown words are left out",
        ),
        purity=score,
        interval=None if score is None else share_interval(score, len(fitting)),
        v_measure=v_measure(categories, clusters) if len(categories) else None,
        clusters=len(set(clusters.tolist())),
        answered=int(known.sum()),
        total=len(suite),
        fitting=fits,
    )


def _ward(unit: F32, clusters: int) -> I64:
    if len(unit) < 2:
        return np.zeros(len(unit), dtype=np.int64)
    from scipy.cluster.hierarchy import fcluster, linkage

    tree = linkage(unit.astype(np.float64), method="ward")
    return np.asarray(fcluster(tree, clusters, criterion="maxclust"), dtype=np.int64)


def _table(categories: I64, clusters: I64) -> F64:
    """How many words of each category [rows] stand in each cluster [columns]."""
    _, row = np.unique(categories, return_inverse=True)
    _, column = np.unique(clusters, return_inverse=True)
    counts = np.zeros((row.max(initial=-1) + 1, column.max(initial=-1) + 1))
    np.add.at(counts, (row, column), 1.0)
    return counts


def _in_majority(categories: I64, clusters: I64) -> F64:
    """1 for each word of the commonest category of its cluster (the first of equals), else 0."""
    if not len(categories):
        return np.zeros(0)
    _, row = np.unique(categories, return_inverse=True)
    _, column = np.unique(clusters, return_inverse=True)
    winner = _table(categories, clusters).argmax(axis=0)
    fitting: F64 = (winner[column] == row).astype(np.float64)
    return fitting


def purity(categories: I64, clusters: I64) -> float:
    """The share of words that belong to the commonest category of their cluster."""
    return float(_in_majority(categories, clusters).mean())


def v_measure(categories: I64, clusters: I64) -> float:
    """The harmonic mean of homogeneity and completeness (Rosenberg & Hirschberg 2007, equations 1 to 3)."""
    joint = _table(categories, clusters) / len(categories)
    by_category, by_cluster = joint.sum(axis=1), joint.sum(axis=0)
    of_category, of_cluster, both = (_entropy(shares) for shares in (by_category, by_cluster, joint.ravel()))
    homogeneity = 1.0 if of_category == 0 else (of_category + of_cluster - both) / of_category
    completeness = 1.0 if of_cluster == 0 else (of_category + of_cluster - both) / of_cluster
    total = homogeneity + completeness
    return 2 * homogeneity * completeness / total if total > 0 else 0.0


def _entropy(shares: F64) -> float:
    positive = shares[shares > 0]
    return float(-(positive * np.log(positive)).sum())
