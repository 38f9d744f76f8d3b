"""How the geometry of vectors and the sensitivity of scores are shown. Not here: what is in the reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from w2v.cli.output import new_table
from w2v.evaluation import Report
from w2v.evaluation.geometry import GeometryReport, Health
from w2v.evaluation.sensitivity import Shift

__all__ = ["sensitivity_table", "suite_tables"]

NONE = "–"


def number(value: float | None, digits: int = 3, *, sign: bool = False) -> str:
    if value is None:
        return NONE
    return f"{round(value, digits) + 0.0:{'+' if sign else ''}.{digits}f}".replace("-", "−")  # no −0.000


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
        parts += [Text(f"{where}{line}.", style="yellow") for line in _wrong(report.health)]
        if report.hubs:
            hubs = ", ".join(f"{hub.word} {hub.near}" for hub in report.hubs)
            parts.append(Text(f"{where}hubs, and of how many words they are among the ten nearest: {hubs}."))
    notes = (
        "Rows without a direction are left out. Cosines tell words apart badly where all vectors lean one way (mean "
        "cosine, common direction), or a few directions hold the variance. IsoScore: Rudman 2022; hubs: Radovanović "
        "2010."
    )
    return Group(*parts, Padding(Text(notes, style="dim"), (0, 0, 1, 0)))


def _measures(found: Mapping[str, GeometryReport]) -> Table:
    table = new_table("Geometry and health" + (f": {next(iter(found))}" if len(found) == 1 else ""))
    table.add_column("", overflow="fold")
    for file in found if len(found) > 1 else [""]:
        table.add_column(file, justify="right", overflow="fold")
    reports = list(found.values())
    lines: dict[str, list[str]] = {
        "rows × dimensions": [f"{each.rows_total:,} × {each.dim}" for each in reports],
        "rows with NaN or infinity": [f"{each.health.not_finite:,}" for each in reports],
        "rows of zeros": [f"{each.health.zero:,}" for each in reports],
        "rows that repeat another": [f"{each.health.repeated:,}" for each in reports],
        "mean length": [number(each.mean_norm) for each in reports],
        "length and frequency, Spearman's ρ": [
            number(each.norm_frequency) + ("" if each.counted else " (by order of rows)") for each in reports
        ],
        "mean cosine of two words (0 is none)": [number(each.mean_cosine) for each in reports],
        "squared length in the common direction": [_percent(each.mean_share) for each in reports],
        "IsoScore (1 is even)": [number(each.iso_score) for each in reports],
        "directions in use (participation)": [number(each.participation, 1) for each in reports],
    }
    for components, _ in reports[0].shares:
        name = "variance in the first component" if components == 1 else f"in the first {components}"
        lines[name] = [_percent(dict(each.shares).get(components)) for each in reports]
    lines["skewness of being near (0 is even)"] = [number(each.hub_skewness, 2) for each in reports]
    for name, cells in lines.items():
        table.add_row(name, *cells)
    return table


def _percent(value: float | None) -> str:
    return NONE if value is None else f"{100 * value:.1f} %"


def _wrong(health: Health) -> list[str]:
    """What is wrong with rows, with the first words."""
    kinds = {
        "NaN or infinity": health.not_finite_words,
        "zeros": health.zero_words,
        "a repeated row": health.repeated_words,
    }
    return [f"{kind}: {', '.join(words)}" for kind, words in kinds.items() if words]


def sensitivity_table(shifts: Mapping[str, Sequence[Shift]], suites: Sequence[str]) -> RenderableType:
    """For each file and suite its first score, as it is and how it moves; of WEAT every effect size."""
    tables: list[RenderableType] = []
    for file, lines in shifts.items():
        table = new_table("")
        table.add_column("score", overflow="fold")
        for name in ("as it is", "centred", "all but\nthe top"):
            table.add_column(name, justify="right", no_wrap=True)
        shown = [line for suite in suites for line in _first(lines, suite)]
        for line in shown:
            moved = [
                number(None if line.plain is None or value is None else value - line.plain, 4, sign=True)
                for value in (line.centred, line.all_but_the_top)
            ]
            table.add_row(line.name, number(line.plain, 4), *moved)
        title = Text(f"How scores move without a common direction: {file}", style="bold")
        tables.append(Padding(Group(title, table), (0, 0, 1, 0)))
    return Group(*tables)


def _first(lines: Sequence[Shift], suite: str) -> list[Shift]:
    own = [line for line in lines if line.name == suite or line.name.startswith(f"{suite}.")]
    tests = [line for line in own if line.name.startswith(f"{suite}.weat")]
    return tests or own[:1]
