"""Sets of analogies under every convention that papers report, side by side. One tool's own rules: `--as TOOL`.

The same vectors score 65 % or 20 % on the same questions. The grid shows what does it: how many words may answer,
whether the inputs may, whether questions with unknown words count as wrong, and whether vectors are normalised.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from w2v.errors import SettingsError
from w2v.evaluation.forms import forms_beside
from w2v.evaluation.report import Report, warning_of
from w2v.evaluation.studies.base import Run, Study, StudyResult
from w2v.evaluation.tasks.base import GridRow
from w2v.evaluation.verdicts import of_grid
from w2v.report.blocks import Column, Note, Row, Section, Table
from w2v.report.numbers import count, percent
from w2v.report.tables import figure, fitting_scale, mark_of, text
from w2v.vectors import Vectors

__all__ = ["STUDY", "Grids"]

NOTES = "Each of the last three columns changes one rule of the column accuracy, and no other."
HEADS = ("first words", "scored", "accuracy", "inputs allowed", "unknown is wrong", "not normalised")


@dataclass(frozen=True)
class Grids(StudyResult):
    """The scores of each file by the conventions of papers."""

    rows: Mapping[str, Sequence[GridRow]]

    def to_dict(self) -> dict[str, Any]:
        """Return the rows of each file."""
        return {file: [row.to_dict() for row in rows] for file, rows in self.rows.items()}

    def verdicts(self, labels: Mapping[str, str]) -> tuple[str, ...]:
        """Return a sentence for each file and set."""
        said = []
        for file, rows in self.rows.items():
            for suite in dict.fromkeys(row.suite for row in rows):
                figures = [figure for row in rows if row.suite == suite for figure in _figures(row)]
                if figures:
                    name = f"{labels[file]}, {suite}" if len(self.rows) > 1 else suite
                    said.append(of_grid(name, figures))
        return tuple(said)

    def section(self, labels: Mapping[str, str]) -> Section | None:
        """Return 3CosAdd among the first so many words, by w2v's rules and with one of them changed at a time."""
        tables = []
        for series, (file, lines) in enumerate(self.rows.items()):
            if not lines:
                continue
            rows = []
            for row, following in zip(lines, [*lines[1:], None], strict=True):
                counts = (text(figure(row.vocabulary, count)), text(figure(row.scored, count)))
                cells = (text(row.suite), *counts, *(text(figure(share, percent)) for share in _shares(row)))
                last = following is not None and following.suite != row.suite
                rows.append(Row(cells, (mark_of(row.accuracy, faint=not _is_quotable(row)),), last))
            drawn = (mark for row in rows for mark in row.marks)
            scale = fitting_scale("accuracy", drawn, bars=True, show=percent)
            columns = (Column("set", numeric=False, whole=True), *map(Column, HEADS))
            tables.append(Table(f"3CosAdd: {labels[file]}", columns, tuple(rows), scale, 3, series))
        if not tables:
            return None
        said = (Note((verdict,), "plain") for verdict in self.verdicts(labels))
        return Section("By the conventions of papers", (*tables, *said, Note((NOTES,))))


def _figures(row: GridRow) -> Iterator[tuple[float, str]]:
    """Yield each score of a row with the rules that gave it."""
    among = f"first {row.vocabulary:,} words"
    changed = ("", "inputs allowed", "unknown is wrong", "not normalised")
    for share, rule in zip(_shares(row), changed, strict=True):
        if share is not None:
            yield share, f"{among}, {rule}" if rule else among


def _shares(row: GridRow) -> tuple[float | None, ...]:
    return (row.accuracy, row.allowing_inputs, row.unknown_wrong, row.unnormalised)


def _is_quotable(row: GridRow) -> bool:
    return not warning_of(row.scored, row.total, "questions")


class ConventionsStudy(Study):
    """The conventions of papers, for the kinds of suites that have such a grid."""

    name = "conventions"

    def check(self, run: Run) -> None:
        """Raise `SettingsError` where no set has a grid."""
        if not any(task.has_grid for task in run.tasks().values()):
            raise SettingsError(
                "--conventions is for sets of analogies, and no set of analogies was chosen",
                hint="add '--suite google-analogies' or '--analogies FILE', or leave out --conventions",
            )

    def look(self, run: Run, file: str, vectors: Vectors, report: Report) -> list[GridRow]:
        """Return the rows of every set that has a grid."""
        tasks = run.tasks()
        sets = [(tasks[name], suite) for name, suite in run.sets.items() if tasks[name].has_grid]
        return [row for task, suite in sets for row in task.grid(vectors, suite, run.progress)]

    def conclude(self, run: Run, reports: Mapping[str, Report], seen: Mapping[str, Any]) -> Grids:
        """Return the rows of all files."""
        return Grids(seen)

    def forms(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return the JSON Schema of the result, and of its parts."""
        own = forms_beside(__file__)
        return own["value"], own["forms"]


STUDY = ConventionsStudy()
