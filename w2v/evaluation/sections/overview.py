"""The first score of every set at a glance, for all vector files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from w2v.evaluation.sections.base import Headline, scored_cell
from w2v.report.blocks import Column, Note, Row, Section, Table
from w2v.report.tables import fitting_scale, score_columns, text

__all__ = ["overview"]

LEAST = 2  # sets: of a single one the overview would say what its section says
NOTE = (
    "95 % interval: the range in which the score would probably lie with other questions of the same kind. Questions "
    "of analogies share word pairs, and outliers share topics, so they count as fewer independent ones."
)


def overview(files: Sequence[str], suites: Iterable[tuple[str, Sequence[Headline]]]) -> Section | None:
    """The scores of suites by name, one for each of the files; None for fewer than two suites."""
    scored = list(suites)
    if len(scored) < LEAST:
        return None
    rows = tuple(_row(name, found) for name, found in scored)
    scale = fitting_scale("score and 95 % interval", (mark for row in rows for mark in row.marks))
    names = (Column("set", numeric=False, whole=True), Column("measure", numeric=False, below=True))
    columns = (*names, *score_columns(files, "score"), Column("scored"))
    table = Table("The first score of each set", columns, rows, scale, 2 if len(files) == 1 else 0)
    return Section("Scores at a glance", (table, Note((NOTE,))))


def _row(name: str, found: Sequence[Headline]) -> Row:
    scores = (cell for each in found for cell in each.cells())
    return Row((text(name), text(found[0].measure), *scores, scored_cell(found)), tuple(each.mark() for each in found))
