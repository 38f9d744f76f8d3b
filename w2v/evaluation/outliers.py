"""Outliers: which of nine words does not belong with the others? Not here: `w2v odd-one-out`, which asks it once.

Camacho-Collados & Navigli (2016): each outlier of a topic joins the topic's words in turn, and the words are ranked by
how close the others are to each other without them. The outlier should come last.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from w2v.arrays import F32, F64, I64
from w2v.evaluation.conventions import Convention, Lookup
from w2v.evaluation.protocol import Protocol
from w2v.evaluation.report import ScoredReport
from w2v.evaluation.sets import OutlierSuite
from w2v.evaluation.statistics import clustered_interval
from w2v.vectors import Vectors

__all__ = ["OutlierReport", "evaluate_outliers"]

LEAST_MEMBERS = 2
LEAST_OUTLIERS = 20  # the published sets are small; what the interval says of them is wide


@dataclass(frozen=True)
class OutlierReport(ScoredReport):
    """How well vectors find the word that does not belong.

    accuracy: the share of outliers that come last; opp: their mean position, 1 being the last.
    members_missing: words of the topics that the vectors do not know.
    positions: float64 [N], of each outlier, NaN where it was not answered; topic_of: int64 [N].
    """

    accuracy: float | None
    opp: float | None
    members_missing: int
    positions: F64 = field(repr=False, compare=False)
    topic_of: I64 = field(repr=False, compare=False)
    kind: ClassVar[str] = "outliers"
    items: ClassVar[str] = "outliers"
    least: ClassVar[int] = LEAST_OUTLIERS

    @property
    def scores(self) -> dict[str, float | None]:
        return {"accuracy": self.accuracy, "opp": self.opp}

    def details(self) -> dict[str, Any]:
        return {"members_missing": self.members_missing}

    def rows(self) -> list[dict[str, Any]]:
        return [{**row, **self.details()} for row in super().rows()]


def evaluate_outliers(vectors: Vectors, suite: OutlierSuite, rules: Convention, limit: int | None) -> OutlierReport:
    """Accuracy (the outlier is last) and OPP, the mean position of the outlier as a share of the last position.

    A topic's unknown words are left out; an outlier counts as answered where it is known, and at least two words of its
    topic are. The interval is by topics, whose outliers share eight words. `limit` as elsewhere.
    """
    row_of = Lookup(vectors.words, limit, rules).rows(suite.words)
    positions = np.full(len(suite), np.nan)
    topic_of = np.repeat(np.arange(len(suite.topics)), [len(each) for each in suite.outliers])
    number = missing = 0
    for members, outliers in zip(suite.members, suite.outliers, strict=True):
        rows = row_of[list(members)]
        known = rows[rows >= 0]
        missing += len(rows) - len(known)
        for outlier in outliers:
            row = row_of[outlier]
            if row >= 0 and len(known) >= LEAST_MEMBERS:
                positions[number] = _position(vectors.unit[known], vectors.unit[row])
            number += 1
    answered = np.isfinite(positions)
    last = positions == 1.0
    right, asked = (np.bincount(topic_of[flags], minlength=len(suite.topics)) for flags in (last, answered))
    return OutlierReport(
        suite=suite.name,
        title=suite.title,
        protocol=Protocol.of(
            rules,
            suite,
            limit,
            len(vectors),
            method="compactness of the others, by cosines",
            unknown="unknown outliers are skipped, unknown words of a topic left out",
        ),
        accuracy=float(last[answered].mean()) if answered.any() else None,
        interval=clustered_interval(right, asked),
        opp=float(positions[answered].mean()) if answered.any() else None,
        answered=int(answered.sum()),
        total=len(suite),
        members_missing=missing,
        positions=positions,
        topic_of=topic_of,
    )


def _position(members: F32, outlier: F32) -> float:
    """The outlier's position among the words by falling compactness of what is left without them, over the last: 0..1.

    What is left is the more compact, the less a word is like all others: its sum of cosines decides. Of equal words the
    outlier comes first, so that identical vectors do not find it.
    """
    words = np.vstack([members, outlier]).astype(np.float64)
    likeness = words @ words.T
    closeness = likeness.sum(axis=1) - np.diag(likeness)
    return float((closeness[:-1] > closeness[-1]).sum() / len(members))
