"""How `w2v eval` shows its reports: tables with the protocol in words below. Not here: what is in the reports.

One vector file gets a table with all figures of a section; several stand side by side, one column each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from itertools import groupby

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from w2v.cli.comparison_tables import comparison_table, grid_table, replicates_tables
from w2v.cli.geometry_tables import sensitivity_table
from w2v.cli.output import new_table
from w2v.evaluation import AnalogyReport, Report, SuiteReport, Tally
from w2v.evaluation.findings import Findings
from w2v.evaluation.methods import BASELINES
from w2v.evaluation.reference import Comparison
from w2v.evaluation.report import ScoredReport
from w2v.evaluation.wording import METHOD_NAMES, NONE, SHAPES, doubts_of, interval, percent, points, precise, rules_of

__all__ = ["findings_tables", "report_tables"]

Reports = Mapping[str, Report]  # by the name of the vector file
TABLES: Mapping[str, str] = {
    "bias": "w2v.cli.bias_tables:suite_tables",
    "geometry": "w2v.cli.geometry_tables:suite_tables",
}
"""Kinds with tables of their own: kind → "module:function" of (reports by file, names of suites) → RenderableType."""


def findings_tables(findings: Findings) -> RenderableType:
    """All that was found, in the order of reading."""
    labels = findings.labels
    reports = {labels[file]: report for file, report in findings.reports.items()}
    shifts = {labels[file]: lines for file, lines in findings.shifts.items()}
    suites = list(next(iter(reports.values())).suites)
    parts = [report_tables(reports), sensitivity_table(shifts, suites)]
    parts += [grid_table(lines, labels[file]) for file, lines in findings.grids.items() if lines]
    parts += [comparison_table(findings.comparison, labels)] if findings.comparison else []
    parts += [replicates_tables(findings.replicates)] if findings.replicates else []
    parts += [_check_table(lines, labels[file]) for file, lines in findings.checks.items()]
    return Group(*parts)


def report_tables(reports: Reports) -> RenderableType:
    """All suites of all files: a table for each set of analogies, one for neighbouring sets of the other kinds."""
    parts: list[RenderableType] = []
    first = next(iter(reports.values()))
    for kind, suites in groupby(first, key=lambda report: report.kind):
        names = [report.suite for report in suites]
        if kind in TABLES:
            module, _, function = TABLES[kind].partition(":")
            parts.append(getattr(import_module(module), function)(reports, names))
        elif kind == "analogy":
            for name in names:
                parts.append(_analogies(reports, name))
                single = first[name]
                if len(reports) == 1 and isinstance(single, AnalogyReport) and len(single.total.methods) > 1:
                    parts += [Text(""), _methods(single)]
                parts += _notes(reports, [name])
        else:
            parts += [_small_suites(reports, names, kind), *_notes(reports, names)]
    if first.missing:
        missing = ", ".join(first.missing)
        parts.append(Text(f"Not on this computer, and left out: {missing} ('w2v data list').", style="yellow"))
    return Group(*parts)


def _of(reports: Reports, suite: str) -> dict[str, AnalogyReport]:
    return {file: report for file, whole in reports.items() if isinstance(report := whole[suite], AnalogyReport)}


def _analogies(reports: Reports, suite: str) -> Table:
    found = _of(reports, suite)
    if len(found) > 1:
        return _side_by_side(found)
    [(file, report)] = found.items()
    table = new_table(f"{report.title}: {file}")
    table.add_column("section", overflow="fold")
    columns: dict[str, Callable[[Tally], str]] = {
        "right /\nanswered": lambda tally: f"{tally.correct}/{tally.answered}",
        "of": lambda tally: f"{tally.total}",
        "accuracy": lambda tally: percent(tally.accuracy),
    }
    if report.total.answered_30k is not None:
        columns["first\n30,000"] = lambda tally: percent(tally.accuracy_30k)
    if report.total.allowing_inputs is not None:
        columns["inputs\nallowed"] = lambda tally: percent(tally.accuracy_allowing_inputs)
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    for tallies in (report.sections, report.groups):
        for tally in tallies:
            table.add_row(tally.name, *(show(tally) for show in columns.values()), end_section=tally is tallies[-1])
    table.add_row("all questions", *(show(report.total) for show in columns.values()), style=_weight(report))
    table.add_row("mean of sections", "", "", percent(report.macro))
    return table


def _methods(report: AnalogyReport) -> Table:
    """The same questions by every method and by the baselines, with intervals."""
    table = new_table(f"{report.title}: all questions by each method")
    table.add_column("method", overflow="fold")
    for name in ("accuracy", "95 %\ninterval", "inputs\nallowed", "mean\n1 /\nrank", "first\n5", "first\n10"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in report.total.methods:
        first = [percent(each.hits[at] / each.answered) if each.answered else NONE for at in (5, 10)]
        allowed = percent(each.accuracy_allowing_inputs)
        mrr = NONE if each.mrr is None else f"{each.mrr:.3f}"
        table.add_row(
            METHOD_NAMES[each.method],
            percent(each.accuracy),
            interval(each.interval, percent),
            allowed,
            mrr,
            *first,
            style="dim" if each.method in BASELINES else "",
            end_section=each.method in ("pair-direction", "ignore-a"),
        )
    if report.total.lift is not None:
        table.add_section()
        table.add_row("3CosAdd over the better baseline, points", points(report.total.lift))
    return table


def _side_by_side(found: Mapping[str, AnalogyReport]) -> Table:
    reports = list(found.values())
    table = new_table(reports[0].title)
    table.add_column("accuracy", overflow="fold")
    for file in found:
        table.add_column(file, justify="right", overflow="fold")
    for level in ("sections", "groups"):
        lines = list(zip(*(getattr(report, level) for report in reports), strict=True))
        for line in lines:
            table.add_row(line[0].name, *(percent(tally.accuracy) for tally in line), end_section=line is lines[-1])
    marks = [Text(percent(report.total.accuracy), style=_weight(report)) for report in reports]
    table.add_row(Text("all questions", style="bold"), *marks)
    table.add_row("mean of sections", *(percent(report.macro) for report in reports))
    rows: dict[str, Callable[[Tally], str | None]] = {
        "first 30,000 words": lambda tally: None if tally.answered_30k is None else percent(tally.accuracy_30k),
        "inputs allowed": lambda tally: (
            None if tally.allowing_inputs is None else percent(tally.accuracy_allowing_inputs)
        ),
        "right / answered": lambda tally: f"{tally.correct}/{tally.answered}",
    }
    for name, show in rows.items():
        cells = [show(report.total) for report in reports]
        if any(cells):
            table.add_row(name, *(cell or NONE for cell in cells))
    table.add_row("words searched", *(f"{report.protocol.vocabulary:,}" for report in reports))
    return table


def _small_suites(reports: Reports, suites: Sequence[str], kind: str) -> Table:
    """Suites without sections: one line each for a single file, else one column a file."""
    shape, several = SHAPES[kind], len(reports) > 1
    table = new_table(shape.title if several else f"{shape.title}: {next(iter(reports))}")
    table.add_column("set", overflow="fold")
    for name in reports if several else (shape.score, "95 % interval", shape.beside, "answered", "of"):
        table.add_column(name, justify="right", overflow="fold")
    for suite in suites:
        found = [report for whole in reports.values() if isinstance(report := whole[suite], ScoredReport)]
        scores = [Text(shape.show(report.score), style=_weight(report)) for report in found]
        beside = [shape.show(report.beside) for report in found]
        ranges = [interval(report.interval, shape.show) for report in found]
        if not several:
            table.add_row(suite, *scores, *ranges, *beside, f"{found[0].answered:,}", f"{found[0].total:,}")
            continue
        table.add_row(f"{suite}, {shape.score}", *scores)
        table.add_row("95 % interval", *ranges, style="dim")
        table.add_row(shape.beside, *beside, style="dim")
        table.add_row("answered", *(f"{r.answered:,} of {r.total:,}" for r in found), style="dim", end_section=True)
    return table


def _weight(report: SuiteReport) -> str:
    """A score that should not be quoted is not shown as one that should."""
    return "" if report.doubt else "bold"


def _notes(reports: Reports, suites: Sequence[str]) -> Iterator[RenderableType]:
    """Why a score should not be quoted, and the rules."""
    yield from (Text(line, style="yellow") for line in doubts_of(reports, suites))
    *rules, last = rules_of(reports, suites)
    yield from (Text(line, style="dim") for line in rules)
    yield Padding(Text(last, style="dim"), (0, 0, 1, 0))


def _check_table(lines: Sequence[Comparison], file: str) -> RenderableType:
    """w2v's figures beside gensim's own."""
    table = new_table("")
    table.add_column("section", overflow="fold")
    for name in ("w2v", "gensim", ""):
        table.add_column(name, justify="right", no_wrap=True)
    for suite, members in groupby(lines, key=lambda line: line.suite):
        for line in members:
            mark = Text("=", style="green") if line.equal else Text("≠", style="bold red")
            name = f"{suite}, all" if line.name == "total" else line.name
            for label, ours, gensim in _figures(name, line):
                table.add_row(label, ours, gensim, mark)
        table.add_section()
    title = Text(f"gensim's own evaluators beside w2v by their rules: {file}", style="bold")
    return Padding(Group(title, table), (0, 0, 1, 0))


def _figures(name: str, line: Comparison) -> Iterator[tuple[str, str, str]]:
    """What the rows of a line are called, w2v's figure, gensim's."""
    if len(line.ours) == 2:
        yield name, "/".join(map(str, line.ours)), "/".join(map(str, line.gensim))
    else:
        labels = (f"{line.suite}, Spearman ρ", "Pearson r", "answered")
        for label, *figures in zip(labels, line.ours, line.gensim, strict=True):
            ours, gensim = (str(value) if isinstance(value, int) else precise(value) for value in figures)
            yield label, ours, gensim
