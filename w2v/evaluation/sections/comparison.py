"""Vector files against each other as a section: paired differences on the questions that every file can answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from w2v.evaluation.comparison import Difference, SuiteComparison
from w2v.report.blocks import NEUTRAL, Cell, Column, Mark, Note, Row, Section, Table
from w2v.report.numbers import chance, hundredths, points
from w2v.report.tables import ends, figure, fitting_scale, text

__all__ = ["comparison_section"]

LIKELY = 0.05
NOTES = (
    "Differences are second − first, in points (hundredths). p: by Student's t of the resampled standard error, "
    "adjusted by Holm's method over the table. Detectable: the smallest true difference that this set would find in "
    "80 % of cases."
)


def comparison_section(comparison: Sequence[SuiteComparison], labels: Mapping[str, str]) -> Section:
    """The differences; those that chance alone hardly explains are strong.

    labels: short names of the files by path.
    """
    several = len(labels) > 2
    rows = []
    for each in comparison:
        for found in each.differences:
            files = [text(f"{labels[found.first]} → {labels[found.second]}")] if several else []
            sure = _is_sure(found)
            mark = Mark(found.difference, found.low, found.high, faint=not sure)
            last = several and found is each.differences[-1] and each is not comparison[-1]
            items = text(f"{each.items:,} of {each.total:,}")
            rows.append(Row((text(each.suite), *files, items, *_difference(each, found, sure=sure)), (mark,), last))
    columns = [Column("set", numeric=False)]
    columns += [Column("files", numeric=False, below=True)] if several else []
    columns += [
        Column("scored by all", numeric=False, below=True),
        Column("scores"),
        Column("difference"),
        Column("95 % interval", below=True),
        Column("p (Holm)"),
        Column("detectable", below=True),
    ]
    marks = [mark for row in rows for mark in row.marks]
    scale = fitting_scale("difference and 95 % interval", marks, show=hundredths, differences=True)
    first, second, *_ = labels.values()
    caption = "Differences, in points" if several else f"{second} − {first}, in points"
    table = Table(caption, tuple(columns), tuple(rows), scale, len(columns) - 4, NEUTRAL)
    return Section("Comparison, on the questions that every file can answer", (table, Note((NOTES,))))


def _is_sure(found: Difference) -> bool:
    return found.adjusted is not None and found.adjusted < LIKELY


def _difference(each: SuiteComparison, found: Difference, *, sure: bool) -> Iterator[Cell]:
    scores = [figure(each.scores[file], hundredths) for file in (found.first, found.second)]
    interval = None if found.low is None or found.high is None else (found.low, found.high)
    yield text(scores[0], " → ", scores[1])
    yield text(figure(found.difference, points), strong=sure)
    yield text(*ends(interval, points))
    yield text(figure(found.adjusted, chance))
    yield text(figure(found.detectable, hundredths))
