"""Figures of a page keep their labels where a table becomes cards, on a narrow screen."""

from __future__ import annotations

from w2v.report.blocks import Cell, Column, Document, Row, Section, Table
from w2v.report.html import to_html


def test_both_figures_of_a_cell_are_named_on_a_card() -> None:
    columns = (Column("set", numeric=False), Column("p"), Column("detectable", below=True))
    rows = (Row((Cell(("all",)), Cell(("0.01",)), Cell(("7.2",)))),)
    page = to_html(Document("Scores", sections=(Section("", (Table("", columns, rows),)),)))
    assert 'data-head="p, detectable"' in page
