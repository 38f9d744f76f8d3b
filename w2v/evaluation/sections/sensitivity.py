"""How scores move without a common direction, as a section: a table for each vector file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from w2v.evaluation.sensitivity import Shift, headlines
from w2v.report.blocks import Cell, Column, Row, Section, Table
from w2v.report.numbers import decimal, number
from w2v.report.tables import figure, text

__all__ = ["sensitivity_section"]

HEADS = ("as it is", "centred", "all but the top")


def sensitivity_section(
    shifts: Mapping[str, Sequence[Shift]], labels: Mapping[str, str], suites: Sequence[str]
) -> Section:
    """The first score of each suite, and how it moves after centring and after all-but-the-top."""
    tables = []
    for file, lines in shifts.items():
        rows = []
        for line in headlines(lines, suites):
            moved = (_moved(line.plain, value) for value in (line.centred, line.all_but_the_top))
            rows.append(Row((text(line.name), text(figure(line.plain, decimal)), *moved)))
        columns = (Column("score", numeric=False, whole=True), *map(Column, HEADS))
        tables.append(Table(labels[file], columns, tuple(rows)))
    return Section("How scores move without a common direction", tuple(tables))


def _moved(plain: float | None, value: float | None) -> Cell:
    return text(number(None if plain is None or value is None else value - plain, 4, sign=True))
