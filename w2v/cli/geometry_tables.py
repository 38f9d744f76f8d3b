"""How the geometry of vectors and the sensitivity of scores are shown. Not here: what is in the reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from w2v.cli.output import new_table
from w2v.evaluation import Report
from w2v.evaluation.geometry import GeometryReport
from w2v.evaluation.sensitivity import Shift, headlines
from w2v.evaluation.wording import GEOMETRY_NOTES, NONE, geometry_lines, number, wrong_rows

__all__ = ["sensitivity_table", "suite_tables"]


def suite_tables(reports: Mapping[str, Report], suites: Sequence[str]) -> RenderableType:
    """One column a file, the measures in rows; below, what is wrong with rows, and the hubs."""
    found: dict[str, GeometryReport] = {}
    for file, whole in reports.items():
        report = whole[suites[0]]
        if isinstance(report, GeometryReport):
            found[file] = report
    parts: list[RenderableType] = [_measures(found)]
    for file, report in found.items():
        where = f"{file}: " if len(found) > 1 else ""
        if report.doubt:
            parts.append(Text(f"{where}{report.doubt}.", style="yellow"))
        parts += [Text(f"{where}{line}.", style="yellow") for line in wrong_rows(report.health)]
        if report.hubs:
            hubs = ", ".join(f"{hub.word} {hub.near}" for hub in report.hubs)
            parts.append(Text(f"{where}hubs, and of how many words they are among the ten nearest: {hubs}."))
    return Group(*parts, Padding(Text(GEOMETRY_NOTES, style="dim"), (0, 0, 1, 0)))


def _measures(found: Mapping[str, GeometryReport]) -> Table:
    table = new_table("Geometry and health" + (f": {next(iter(found))}" if len(found) == 1 else ""))
    table.add_column("", overflow="fold")
    for file in found if len(found) > 1 else [""]:
        table.add_column(file, justify="right", overflow="fold")
    lines = [{name: text for name, _, text in geometry_lines(each)} for each in found.values()]
    for name in dict.fromkeys(name for each in lines for name in each):
        table.add_row(name, *(each.get(name, NONE) for each in lines))
    return table


def sensitivity_table(shifts: Mapping[str, Sequence[Shift]], suites: Sequence[str]) -> RenderableType:
    """For each file and suite its first score, as it is and how it moves; of WEAT every effect size."""
    tables: list[RenderableType] = []
    for file, lines in shifts.items():
        table = new_table("")
        table.add_column("score", overflow="fold")
        for name in ("as it is", "centred", "all but\nthe top"):
            table.add_column(name, justify="right", no_wrap=True)
        for line in headlines(lines, suites):
            moved = [
                number(None if line.plain is None or value is None else value - line.plain, 4, sign=True)
                for value in (line.centred, line.all_but_the_top)
            ]
            table.add_row(line.name, number(line.plain, 4), *moved)
        title = Text(f"How scores move without a common direction: {file}", style="bold")
        tables.append(Padding(Group(title, table), (0, 0, 1, 0)))
    return Group(*tables)
