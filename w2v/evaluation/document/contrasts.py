"""What is held against each other, as sections: files, seeds, conventions, transforms, gensim. Not here: the scores."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from w2v.evaluation.comparison import Difference, SuiteComparison
from w2v.evaluation.document.blocks import NEUTRAL, Cell, Column, Mark, Note, Row, Scale, Section, Table, figure, text
from w2v.evaluation.document.scores import share_scale
from w2v.evaluation.grid import GridRow
from w2v.evaluation.reference import Comparison
from w2v.evaluation.replicates import Replicates
from w2v.evaluation.sensitivity import Shift, headlines
from w2v.evaluation.wording import COMPARISON_NOTES, GRID_NOTES, NONE, chance, decimal, number, percent, points, precise

__all__ = ["checks_section", "comparison_section", "grids_section", "replicates_section", "shifts_section"]

LIKELY = 0.05
STEPS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
LINES = 5
HOLLOW = "a difference that chance may explain, its p by Holm not below .05"


def comparison_section(comparison: Sequence[SuiteComparison], labels: Mapping[str, str]) -> Section:
    """Paired differences on the items that all files answer; those that chance hardly explains are strong."""
    several = len(labels) > 2
    rows = []
    for each in comparison:
        for place, found in enumerate(each.differences):
            name = Cell((each.suite,), (f"{each.items:,} of {each.total:,}",)) if place == 0 else text(each.suite)
            files = [text(f"{labels[found.first]} → {labels[found.second]}")] if several else []
            sure = found.adjusted is not None and found.adjusted < LIKELY
            mark = Mark(found.difference, found.low, found.high, faint=not sure)
            last = several and place == len(each.differences) - 1
            rows.append(Row((name, *files, *_difference(each, found, sure=sure)), (mark,), last))
    columns = [Column("set, items that all answer", numeric=False)]
    columns += [Column("files", numeric=False)] if several else []
    columns += map(Column, ("difference", "scores", "95 % interval", "p (Holm)", "detectable"))
    first, second, *_ = labels.values()
    caption = "Differences, in points" if several else f"{second} − {first}, in points"
    table = Table(caption, tuple(columns), tuple(rows), _scale_of_differences(rows), len(columns) - 5, NEUTRAL)
    return Section("Compared on what all files answer", (table, Note((COMPARISON_NOTES,))))


def _difference(each: SuiteComparison, found: Difference, *, sure: bool) -> Iterator[Cell]:
    scores = [figure(each.scores[file], _hundredths) for file in (found.first, found.second)]
    yield text(figure(found.difference, points), strong=sure)
    yield text(scores[0], " → ", scores[1])
    yield text(NONE) if found.low is None else text(figure(found.low, points), " to ", figure(found.high, points))
    yield text(figure(found.adjusted, chance))
    yield text(figure(found.detectable, _hundredths))


def _hundredths(value: float | None) -> str:
    return NONE if value is None else number(100 * value, 1)


def _scale_of_differences(rows: Sequence[Row]) -> Scale:
    """As far as the marks reach on either side of 0, with few lines."""
    marks = [mark for row in rows for mark in row.marks if mark]
    ends = [0.0, *(end for mark in marks for end in (mark.value, mark.low, mark.high) if end is not None)]
    step = next((step for step in STEPS if LINES * step >= max(ends) - min(ends)), STEPS[-1])
    low, high = math.floor(min(ends) / step) * step, max(math.ceil(max(ends) / step), 1) * step
    return Scale("difference and 95 % interval", low, high, step, _points_of_axis, hollow=HOLLOW)


def _points_of_axis(value: float) -> str:
    return f"{100 * value:g}".replace("-", "−")


def replicates_section(replicates: Replicates) -> Section:
    """Mean and spread of each score over the seeds, and how many neighbours they share."""
    rows = tuple(
        Row(
            (
                text(spread.score),
                *(text(figure(value, decimal)) for value in (spread.mean, spread.sd, spread.least, spread.greatest)),
            ),
            (Mark(spread.mean, spread.least, spread.greatest),),
        )
        for spread in replicates.scores
    )
    columns = (Column("score", numeric=False), *map(Column, ("mean", "± SD", "least", "greatest")))
    drawn = [mark for row in rows for mark in row.marks]
    scale = share_scale(drawn, "mean, least to greatest", bars=False, as_percent=False)
    bands = tuple(
        Row(
            (text(f"{band.first:,} to {band.last:,}"), text(figure(band.overlap, percent)), text(f"{band.words:,}")),
            (Mark(band.overlap),),
        )
        for band in replicates.bands
    )
    shared = share_scale((mark for row in bands for mark in row.marks), "shared", bars=True, as_percent=True)
    return Section(
        f"Spread of {len(replicates.files)} seeds",
        (
            Table("Scores over the seeds", columns, rows, scale, series=NEUTRAL),
            Table(
                "Neighbours that two seeds share, of a word's ten nearest",
                (Column("words by frequency", numeric=False), Column("shared"), Column("looked at")),
                bands,
                shared,
                series=NEUTRAL,
            ),
        ),
    )


def grids_section(grids: Mapping[str, Sequence[GridRow]], labels: Mapping[str, str]) -> Section:
    """The same answers by the conventions of papers, file by file."""
    tables = []
    names = ("first words", "accuracy", "answered", "inputs allowed", "unknown is wrong", "not normalised")
    for series, (file, lines) in enumerate(grids.items()):
        if not lines:
            continue
        rows = [
            Row(
                (
                    text(row.suite),
                    text(f"{row.vocabulary:,}"),
                    text(figure(row.accuracy, percent)),
                    text(f"{row.answered:,}"),
                    *(
                        text(figure(value, percent))
                        for value in (row.allowing_inputs, row.unknown_wrong, row.unnormalised)
                    ),
                ),
                (None if row.accuracy is None else Mark(row.accuracy),),
                last=following is None or following.suite != row.suite,
            )
            for row, following in zip(lines, [*lines[1:], None], strict=True)
        ]
        scale = share_scale((mark for row in rows for mark in row.marks), "accuracy", bars=True, as_percent=True)
        columns = (Column("set", numeric=False), *map(Column, names))
        tables.append(Table(f"3CosAdd: {labels[file]}", columns, tuple(rows), scale, 2, series))
    return Section("By the conventions of papers", (*tables, Note((GRID_NOTES,))))


def shifts_section(shifts: Mapping[str, Sequence[Shift]], labels: Mapping[str, str], suites: Sequence[str]) -> Section:
    """How each suite's first score moves after centring and all-but-the-top."""
    tables = []
    for file, lines in shifts.items():
        rows = tuple(
            Row(
                (
                    text(line.name),
                    text(figure(line.plain, decimal)),
                    *(text(_moved(line.plain, value)) for value in (line.centred, line.all_but_the_top)),
                )
            )
            for line in headlines(lines, suites)
        )
        names = ("as it is", "centred", "all but the top")
        tables.append(Table(labels[file], (Column("score", numeric=False), *map(Column, names)), rows))
    return Section("How scores move without a common direction", tuple(tables))


def _moved(plain: float | None, value: float | None) -> str:
    return number(None if plain is None or value is None else value - plain, 4, sign=True)


def checks_section(checks: Mapping[str, Sequence[Comparison]], labels: Mapping[str, str]) -> Section:
    """Figures beside those of gensim's own evaluators."""
    tables = []
    for file, lines in checks.items():
        rows = []
        for suite, members in groupby(lines, key=lambda line: line.suite):
            for line in members:
                name = f"{suite}, all" if line.name == "total" else line.name
                ours, theirs = (_figures(each) for each in (line.ours, line.gensim))
                rows.append(
                    Row((text(name), text(ours), text(theirs), text("=" if line.equal else "≠", strong=not line.equal)))
                )
        columns = (Column("section", numeric=False), Column("w2v"), Column("gensim"), Column("", numeric=False))
        tables.append(Table(labels[file], columns, tuple(rows)))
    note = "Right / answered, or Spearman's ρ / Pearson's r / answered, by gensim's rules."
    return Section("Beside gensim's own evaluators", (*tables, Note((note,))))


def _figures(values: Sequence[float | None]) -> str:
    return " / ".join(f"{value:,}" if isinstance(value, int) else precise(value) for value in values)
