"""Categorization as a section: purity of each set, and every word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from w2v.evaluation.categorization import CategoryReport
from w2v.evaluation.sections.base import Headline, Shown, flags, titled, words_at
from w2v.evaluation.sections.scores import headline_of, scores_section
from w2v.evaluation.sets import CategorySuite
from w2v.report.blocks import Items, ItemsColumn, Section
from w2v.report.numbers import decimal

__all__ = ["headline", "sections"]

Categories = Shown[CategoryReport, CategorySuite]


def headline(report: CategoryReport) -> Headline:
    """The purity of the clusters."""
    return headline_of(report, "purity", decimal)


def sections(suites: Sequence[Categories]) -> Iterator[Section]:
    """One section for all sets."""
    yield scores_section(suites, "Categorization", "V-measure", headline, _items)


def _items(suite: Categories) -> Iterator[Items]:
    """Each word with its category, and whether its cluster is of that category."""
    asked = suite.asked
    if asked is None:
        return
    columns = [
        ItemsColumn("category", "word", words_at(asked.categories, asked.category_of)),
        ItemsColumn("word", "word", asked.words),
    ]
    for label, report in suite.reports.items():
        fits = flags(report.fitting == 1, np.isfinite(report.fitting))
        columns.append(ItemsColumn(titled("with its like", label, suite.reports), "mark", fits))
    yield Items(f"Every word of {suite.name}", suite.name, tuple(columns), "category")
