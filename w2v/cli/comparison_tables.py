"""How `w2v eval` shows files against each other, and scores by several conventions. Not here: the files' own tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from w2v.cli.output import new_table
from w2v.evaluation.comparison import Difference, SuiteComparison
from w2v.evaluation.grid import GridRow
from w2v.evaluation.replicates import Replicates
from w2v.evaluation.wording import COMPARISON_NOTES, GRID_NOTES, NONE, chance, decimal, percent, points

__all__ = ["comparison_table", "grid_table", "replicates_tables"]

LIKELY = 0.05


def comparison_table(comparison: Sequence[SuiteComparison], labels: Mapping[str, str]) -> RenderableType:
    """Paired differences, in points, on the items that all files answer; those that chance hardly explains in bold."""
    table = new_table("Compared on what all files answer")
    table.add_column("set\nfiles", overflow="fold")
    for name in ("scores", "difference\n95 % interval", "p (Holm)\ndetectable"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in comparison:
        for difference in each.differences:
            _add(table, each, difference, labels)
        table.add_section()
    return Padding(Group(table, Text(COMPARISON_NOTES, style="dim")), (0, 0, 1, 0))


def _add(table: Table, each: SuiteComparison, found: Difference, labels: Mapping[str, str]) -> None:
    scores = " → ".join(f"{100 * each.scores[file]:.1f}" for file in (found.first, found.second))
    interval = NONE if found.low is None else f"{points(found.low)} to {points(found.high)}"
    sure = found.adjusted is not None and found.adjusted < LIKELY
    table.add_row(
        f"{each.suite}, {each.items:,} of {each.total:,}\n{labels[found.first]} → {labels[found.second]}",
        scores.replace("-", "−"),
        Text.assemble((points(found.difference), "bold" if sure else ""), f"\n{interval}"),
        f"{chance(found.adjusted)}\n{NONE if found.detectable is None else f'{100 * found.detectable:.1f}'}",
    )


def grid_table(rows: Sequence[GridRow], file: str) -> RenderableType:
    """The same answers by the conventions of papers."""
    table = new_table(f"3CosAdd by the conventions of papers: {file}")
    table.add_column("set", overflow="fold")
    for name in ("first\nwords", "answered", "accuracy", "inputs\nallowed", "unknown\nis wrong", "not nor-\nmalised"):
        table.add_column(name, justify="right", no_wrap=True)
    for row, following in zip(rows, [*rows[1:], None], strict=False):  # strict would refuse no rows at all
        table.add_row(
            row.suite,
            f"{row.vocabulary:,}",
            f"{row.answered:,}",
            percent(row.accuracy),
            percent(row.allowing_inputs),
            percent(row.unknown_wrong),
            percent(row.unnormalised),
            end_section=following is None or following.suite != row.suite,
        )
    return Padding(Group(table, Text(GRID_NOTES, style="dim")), (0, 0, 1, 0))


def replicates_tables(replicates: Replicates) -> RenderableType:
    """Mean and spread of each score over the seeds, and how many neighbours they share."""
    scores = new_table(f"Spread of {len(replicates.files)} seeds")
    scores.add_column("score", overflow="fold")
    for name in ("mean", "± SD", "least", "greatest"):
        scores.add_column(name, justify="right", no_wrap=True)
    for spread in replicates.scores:
        figures = (spread.mean, spread.sd, spread.least, spread.greatest)
        scores.add_row(spread.score, *(decimal(value) for value in figures))
    bands = new_table("Neighbours that two seeds share, of a word's ten nearest")
    bands.add_column("words by frequency", justify="right", no_wrap=True)
    for name in ("looked at", "shared"):
        bands.add_column(name, justify="right", no_wrap=True)
    for band in replicates.bands:
        bands.add_row(f"{band.first:,} to {band.last:,}", f"{band.words:,}", percent(band.overlap))
    return Padding(Group(scores, Text(""), bands), (0, 0, 1, 0))
