"""The layout of kinds that have one score for each set, with a figure beside it: a row for each set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from w2v.evaluation.report import ScoredReport
from w2v.evaluation.sections.base import (
    Headline,
    Shown,
    protocols,
    scored_cell,
    warnings,
)
from w2v.report.blocks import Column, Items, Note, Row, Section, Table
from w2v.report.numbers import Show
from w2v.report.tables import figure, fitting_scale, score_columns, text

__all__ = ["headline_of", "scores_section"]

AGREEMENT = "how well people agree with the ratings"


def headline_of(report: ScoredReport, measure: str, show: Show, ceiling: float | None = None) -> Headline:
    """The score of a report."""
    return Headline(measure, report.score, report.interval, show, report.answered, report.total, report.doubt, ceiling)


def scores_section(
    suites: Sequence[Shown[Any, Any]],
    title: str,
    beside: str,
    headline: Callable[[Any], Headline],
    items: Callable[[Any], Iterable[Items]],
    remarks: Iterable[Note] = (),
) -> Section:
    """A table with a column for each file, or one for each figure of a single file; warnings, rules, every question.

    beside: the name of the figure beside the score. items: makes the questions of a set. remarks: stand before the
    rules.
    """
    first, files = headline(suites[0].first), suites[0].reports
    several = suites[0].several
    rows: list[Row] = []
    for suite in suites:
        found = [headline(report) for report in suite.reports.values()]
        figures = [text(figure(report.beside, first.show)) for report in suite.reports.values()]
        scores, marks = [cell for each in found for cell in each.cells()], tuple(each.mark() for each in found)
        if several:
            rows.append(Row((text(suite.name), *scores, scored_cell(found)), marks))
            beside_cells = (cell for each in figures for cell in (each, text()))
            rows.append(Row((text(beside), *beside_cells, text()), last=suite is not suites[-1], quiet=True))
        else:
            rows.append(Row((text(suite.name), *scores, *figures, scored_cell(found)), marks))
    drawn = (mark for row in rows for mark in row.marks)
    scale = fitting_scale(f"{first.measure} and 95 % interval", drawn, show=first.show, upright=AGREEMENT)
    heads = (*score_columns(files, first.measure), *(() if several else (Column(beside),)), Column("scored"))
    columns = (Column("set", numeric=False, whole=True), *heads)
    caption = f"{first.measure[0].upper()}{first.measure[1:]} by set"
    table = Table(caption, columns, tuple(rows), scale, 0 if several else 1)
    every_item = (each for suite in suites for each in items(suite))
    return Section(title, (table, *warnings(suites), *remarks, *protocols(suites), *every_item))
