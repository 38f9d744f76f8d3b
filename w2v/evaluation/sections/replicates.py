"""Several trainings of one model as a section: the spread of each score, and how many neighbours two seeds share."""

from __future__ import annotations

from w2v.evaluation.replicates import Replicates
from w2v.report.blocks import NEUTRAL, Column, Figure, Mark, Row, Section, Table
from w2v.report.numbers import decimal, percent
from w2v.report.tables import figure, fitting_scale, text

__all__ = ["replicates_section"]


def replicates_section(replicates: Replicates) -> Section:
    """Mean and spread of each score over the seeds, and the neighbours of words by their frequency."""
    title = f"Spread of {len(replicates.files)} seeds"
    return Section(title, (_scores(replicates), _neighbours(replicates)))


def _scores(replicates: Replicates) -> Table:
    rows = []
    for spread in replicates.scores:
        figures = (figure(value, decimal) for value in (spread.mean, spread.sd, spread.least, spread.greatest))
        mark = Mark(spread.mean, spread.least, spread.greatest)
        rows.append(Row((text(spread.score), *map(text, figures)), (mark,)))
    columns = (Column("score", numeric=False, whole=True), *map(Column, ("mean", "± SD", "least", "greatest")))
    scale = fitting_scale("mean, least to greatest", (mark for row in rows for mark in row.marks))
    return Table("Scores over the seeds", columns, tuple(rows), scale, series=NEUTRAL)


def _neighbours(replicates: Replicates) -> Table:
    rows = []
    for band in replicates.bands:
        words = Figure(f"{band.words:,}", float(band.words))
        cells = (text(f"{band.first:,} to {band.last:,}"), text(figure(band.overlap, percent)), text(words))
        rows.append(Row(cells, (Mark(band.overlap),)))
    columns = (Column("words by frequency", numeric=False), Column("shared"), Column("looked at"))
    scale = fitting_scale("shared", (mark for row in rows for mark in row.marks), bars=True, show=percent)
    caption = "Neighbours that two seeds share, of a word's ten nearest"
    return Table(caption, columns, tuple(rows), scale, series=NEUTRAL)
