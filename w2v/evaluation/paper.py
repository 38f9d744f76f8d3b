"""The one table that a paper can use: a row for each vector file, a column for each set. LaTeX is made from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from w2v.evaluation.report import Report, SuiteReport
from w2v.evaluation.showing import range_of
from w2v.report.blocks import Cell, Column, Note, Row, Table
from w2v.report.numbers import hundredths
from w2v.report.tables import ends, figure, text

__all__ = ["not_in_the_table", "table_of_files"]

TEST = "p < .05, paired test over the items of a set, adjusted by Holm's method"


def table_of_files(reports: Mapping[str, Report], best: Mapping[str, str]) -> tuple[Table, tuple[Note, ...]] | None:
    """Return scores with their intervals, and notes on how they are read; None where no suite has a score.

    reports: by the label of the file. best: by suite, the file that is better than every other one by a test.
    """
    first = next(iter(reports.values()))
    suites = [report.suite for report in first if report.primary is not None]
    if not suites:
        return None
    rows = (
        Row((text(label), *(_cell(report[suite], strong=best.get(suite) == label) for suite in suites)))
        for label, report in reports.items()
    )
    columns = (Column("", numeric=False), *map(Column, suites))
    table = Table("Scores with 95 % intervals, in points (hundredths)", columns, tuple(rows))
    return table, tuple(Note((line,)) for line in _notes(reports, suites, best))


def _cell(report: SuiteReport, *, strong: bool) -> Cell:
    score = report.primary
    if score is None:
        return text()
    interval = range_of(score.interval)
    below = () if interval is None else (("[", *ends(interval, hundredths), "]"),)
    return Cell((figure(score.value, hundredths),), below, strong)


def _notes(reports: Mapping[str, Report], suites: list[str], best: Mapping[str, str]) -> Iterator[str]:
    first = next(iter(reports.values()))
    named = (f"{suite}: {score.title}" for suite in suites if (score := first[suite].primary) is not None)
    yield f"{'; '.join(named)}. In brackets: 95 % intervals over the items of a set."
    if len(reports) > 1:
        found = any(suite in best for suite in suites)
        yield (
            f"Bold: the best of a column, where it is better than every other file ({TEST})."
            if found
            else f"In no column is one file better than every other file ({TEST}), so none is bold."
        )
    for suite in suites:
        warned = [label for label, report in reports.items() if report[suite].warning]
        if warned:
            yield f"{suite}, {' and '.join(warned)}: {reports[warned[0]][suite].warning}."
    yield from not_in_the_table(report.suite for report in first if report.suite not in suites)


def not_in_the_table(suites: Iterable[str]) -> Iterator[str]:
    """Yield which suites the table leaves out, if it leaves out any: measures, which have no single score."""
    names = ", ".join(suites)
    if names:
        yield f"Not in this table, because there is no single score: {names}."
