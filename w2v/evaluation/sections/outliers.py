"""Outliers as a section: how often the word that does not belong comes last, and every outlier."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from w2v.evaluation.outliers import OutlierReport
from w2v.evaluation.sections.base import Headline, Shown, flags, rounded, titled
from w2v.evaluation.sections.scores import headline_of, scores_section
from w2v.evaluation.sets import OutlierSuite
from w2v.report.blocks import Items, ItemsColumn, Section
from w2v.report.numbers import percent

__all__ = ["headline", "sections"]

Outliers = Shown[OutlierReport, OutlierSuite]


def headline(report: OutlierReport) -> Headline:
    """The share of outliers that come last."""
    return headline_of(report, "accuracy", percent)


def sections(suites: Sequence[Outliers]) -> Iterator[Section]:
    """One section for all sets."""
    yield scores_section(suites, "Outliers", "OPP", headline, _items)


def _items(suite: Outliers) -> Iterator[Items]:
    """Each outlier with its topic, and its place among the topic's words."""
    asked = suite.asked
    if asked is None:
        return
    outliers = [asked.words[number] for topic in asked.outliers for number in topic]
    topics = [name for name, topic in zip(asked.topics, asked.outliers, strict=True) for _ in topic]
    columns = [ItemsColumn("topic", "word", topics), ItemsColumn("outlier", "word", outliers)]
    for label, report in suite.reports.items():
        found = flags(report.positions == 1, np.isfinite(report.positions))
        columns += [
            ItemsColumn(titled("found", label, suite.reports), "mark", found),
            ItemsColumn("place (1 is last)", "number", rounded(report.positions, 3), 3),
        ]
    yield Items(f"Every outlier of {suite.name}", suite.name, tuple(columns), "topic")
