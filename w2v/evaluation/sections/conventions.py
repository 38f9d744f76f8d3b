"""The same answers by the conventions of papers, as a section: a table for each vector file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from w2v.evaluation.grid import GridRow
from w2v.report.blocks import Column, Note, Row, Section, Table
from w2v.report.numbers import count, percent
from w2v.report.tables import figure, fitting_scale, mark_of, text

__all__ = ["conventions_section"]

NOTES = "Each of the last three columns changes one rule of the column accuracy, and no other."
HEADS = ("first words", "scored", "accuracy", "inputs allowed", "unknown is wrong", "not normalised")


def conventions_section(grids: Mapping[str, Sequence[GridRow]], labels: Mapping[str, str]) -> Section:
    """3CosAdd among the first so many words, by w2v's rules and with one of them changed at a time."""
    tables = []
    for series, (file, lines) in enumerate(grids.items()):
        if not lines:
            continue
        rows = []
        for row, following in zip(lines, [*lines[1:], None], strict=True):
            shares = (row.accuracy, row.allowing_inputs, row.unknown_wrong, row.unnormalised)
            counts = (text(figure(row.vocabulary, count)), text(figure(row.answered, count)))
            cells = (text(row.suite), *counts, *(text(figure(share, percent)) for share in shares))
            last = following is not None and following.suite != row.suite
            rows.append(Row(cells, (mark_of(row.accuracy),), last))
        drawn = (mark for row in rows for mark in row.marks)
        scale = fitting_scale("accuracy", drawn, bars=True, show=percent)
        columns = (Column("set", numeric=False, whole=True), *map(Column, HEADS))
        tables.append(Table(f"3CosAdd: {labels[file]}", columns, tuple(rows), scale, 3, series))
    return Section("By the conventions of papers", (*tables, Note((NOTES,))))
