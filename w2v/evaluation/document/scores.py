"""Suites that have a score, as sections: analogies, rated pairs, categories, outliers. Not here: probes (`probes`).

A single file gets a column for every figure; several stand side by side, a column each, their intervals below.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from w2v.evaluation.analogy_report import AnalogyReport, MethodTally, Tally
from w2v.evaluation.document.blocks import (
    Block,
    Cell,
    Column,
    Items,
    Mark,
    Note,
    Piece,
    Row,
    Scale,
    Section,
    Table,
    figure,
    pieces_of,
    text,
)
from w2v.evaluation.document.items import analogy_items, category_items, outlier_items, pair_items
from w2v.evaluation.methods import BASELINES
from w2v.evaluation.report import Report, ScoredReport, SuiteReport
from w2v.evaluation.statistics import Interval
from w2v.evaluation.wording import METHOD_NAMES, NONE, SHAPES, doubts_of, number, percent, points, rules_of

__all__ = ["Reports", "analogy_sections", "file_columns", "overview", "share_scale", "small_section"]

Reports = Mapping[str, Report]  # by the label of the vector file
Show = Callable[[float | None], str]
QUARTER = 0.25
HOLLOW = "a score that should not be quoted"
UPRIGHT = "how well people agree with the ratings"


@dataclass(frozen=True)
class _Scored:
    """The score of a suite, whatever its kind."""

    says: str
    value: float | None
    interval: Interval | None
    show: Show
    answered: int
    total: int
    doubt: str
    ceiling: float | None = None

    def mark(self) -> Mark | None:
        return _mark(self.value, self.interval, reference=self.ceiling, faint=bool(self.doubt))

    def cell(self, *, below: bool) -> Cell:
        return _score_cell(self.value, self.interval, self.show, below=below, strong=not self.doubt)


def _scored(report: SuiteReport) -> _Scored | None:
    if isinstance(report, AnalogyReport):
        found = report.total
        return _Scored("accuracy", found.accuracy, found.interval, percent, found.answered, found.total, report.doubt)
    if isinstance(report, ScoredReport):
        shape = SHAPES[report.kind]
        return _Scored(
            says=shape.score,
            value=report.score,
            interval=report.interval,
            show=shape.show,
            answered=report.answered,
            total=report.total,
            doubt=report.doubt,
            ceiling=getattr(report, "ceiling", None),
        )
    return None


def _mark(value: float | None, interval: Interval | None, **more: Any) -> Mark | None:
    if value is None:
        return None
    return Mark(value, *((interval.low, interval.high) if interval else (None, None)), **more)


def _score_cell(value: float | None, interval: Interval | None, show: Show, *, below: bool, strong: bool) -> Cell:
    small = pieces_of(interval, show) if below and interval is not None else ()
    return Cell((figure(value, show),), small, strong and value is not None)


def share_scale(marks: Iterable[Mark | None], says: str, *, bars: bool, as_percent: bool) -> Scale:
    """From 0, or the quarter below the least end, to the quarter above the greatest."""
    ends = [
        end for mark in marks if mark for end in (mark.value, mark.low, mark.high, mark.reference) if end is not None
    ]
    low = math.floor(min([0.0, *ends]) / QUARTER) * QUARTER
    high = max(math.ceil(max([0.0, *ends]) / QUARTER - 1e-9), 1) * QUARTER
    show: Callable[[float], str] = _whole_percent if as_percent else _quarters
    return Scale(says, low, high, QUARTER, show, bars, HOLLOW, UPRIGHT)


def _whole_percent(value: float) -> str:
    return f"{100 * value:.0f} %".replace("-", "−")


def _quarters(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def file_columns(labels: Iterable[str]) -> tuple[Column, ...]:
    return tuple(Column(label, series=number) for number, label in enumerate(labels))


def overview(reports: Reports) -> Section | None:
    """The score of every suite that has one."""
    first = next(iter(reports.values()))
    several = len(reports) > 1
    rows = []
    for report in first:
        found = [score for whole in reports.values() if (score := _scored(whole[report.suite]))]
        if not found:
            continue
        name = text(report.suite) if not several else Cell((report.suite,), (found[0].says,))
        marks = tuple(each.mark() for each in found)
        cells = tuple(each.cell(below=several) for each in found)
        if several:
            rows.append(Row((name, *cells, _answered(found)), marks))
        else:
            one = found[0]
            says = one.says.replace(" ", "\N{NO-BREAK SPACE}")
            beside = (text(*pieces_of(one.interval, one.show)), text(says), _answered(found))
            rows.append(Row((name, *cells, *beside), marks))
    if not rows:
        return None
    scale = share_scale(
        (mark for row in rows for mark in row.marks), "score and 95 % interval", bars=False, as_percent=False
    )
    heads = file_columns(reports) if several else (Column("score"),)
    rest = () if several else (Column("95 % interval"), Column("measure", numeric=False))
    columns = (Column("set", numeric=False), *heads, *rest, Column("answered"))
    table = Table("The first score of each set", columns, tuple(rows), scale, 0 if several else 1)
    note = (
        "Intervals of 95 %: where scores may well lie on other items of the kind. Analogies count as many trials as "
        "their pairs of words are worth, outliers as their topics; of other sets every item is one."
    )
    return Section("Scores at a glance", (table, Note((note,))))


def _answered(found: Sequence[_Scored]) -> Cell:
    """How many items were answered: once where it is the same for all files."""
    counts = list(dict.fromkeys((each.answered, each.total) for each in found))
    said = [f"{answered:,} of {total:,}" for answered, total in counts]
    return text(" / ".join(said) if len(said) > 1 else said[0])


def analogy_sections(reports: Reports, suite: str) -> Section:
    """A set of analogies: its sections, its methods, every question."""
    found = {label: report for label, whole in reports.items() if isinstance(report := whole[suite], AnalogyReport)}
    first = next(iter(found.values()))
    blocks: list[Block] = [*_doubts(reports, [suite]), _by_section(found)]
    if len(first.total.methods) > 1:
        blocks.append(_by_method(found))
    blocks += [*_rules(reports, [suite]), *_listed(analogy_items(reports, suite))]
    return Section(first.title, tuple(blocks))


def _listed(items: Items | None) -> Iterator[Items]:
    if items is not None:
        yield items


def _by_section(found: Mapping[str, AnalogyReport]) -> Table:
    reports = list(found.values())
    several, total = len(reports) > 1, [report.total for report in reports]
    rows: list[Row] = []
    for level in ("sections", "groups"):
        lines = list(zip(*(getattr(report, level) for report in reports), strict=True))
        rows += [_tally_row(line[0].name, line, reports, last=line is lines[-1]) for line in lines]
    rows.append(_tally_row("all questions", total, reports, strong=True))
    macro = [text(figure(report.macro, percent)) for report in reports]
    blank = () if several else tuple(text("") for _ in _figures_of(reports[0]))
    rows.append(Row((text("mean of sections"), *macro, *blank), tuple(_mark(report.macro, None) for report in reports)))
    if several:
        rows += _totals(reports)
    marks = (mark for row in rows for mark in row.marks)
    scale = share_scale(marks, "accuracy and 95 % interval", bars=True, as_percent=True)
    heads = file_columns(found) if several else (Column("accuracy"),)
    rest = () if several else tuple(Column(name) for name in _figures_of(reports[0]))
    return Table(
        "Accuracy by section",
        (Column("section", numeric=False), *heads, *rest),
        tuple(rows),
        scale,
        0 if several else 1,
    )


def _figures_of(report: AnalogyReport) -> dict[str, Callable[[Tally], tuple[Piece, ...]]]:
    """The figures beside the accuracy of a single file."""
    figures: dict[str, Callable[[Tally], tuple[Piece, ...]]] = {
        "95 % interval": lambda tally: pieces_of(tally.interval, percent),
        "right / answered": lambda tally: (f"{tally.correct:,} / {tally.answered:,}",),
        "of": lambda tally: (f"{tally.total:,}",),
    }
    if report.total.answered_30k is not None:
        figures["first 30,000 words"] = lambda tally: (figure(tally.accuracy_30k, percent),)
    if report.total.allowing_inputs is not None:
        figures["inputs allowed"] = lambda tally: (figure(tally.accuracy_allowing_inputs, percent),)
    return figures


def _tally_row(
    name: str, line: Sequence[Tally], reports: Sequence[AnalogyReport], *, last: bool = False, strong: bool = False
) -> Row:
    several = len(reports) > 1
    cells = [
        _score_cell(tally.accuracy, tally.interval, percent, below=several, strong=strong and not report.doubt)
        for tally, report in zip(line, reports, strict=True)
    ]
    rest = [] if several else [text(*show(line[0])) for show in _figures_of(reports[0]).values()]
    return Row((text(name), *cells, *rest), tuple(_mark(tally.accuracy, tally.interval) for tally in line), last)


def _totals(reports: Sequence[AnalogyReport]) -> Iterator[Row]:
    """What stands below the sections of several files."""
    lines: dict[str, Callable[[AnalogyReport], Piece]] = {
        "first 30,000 words": lambda report: figure(report.total.accuracy_30k, percent),
        "inputs allowed": lambda report: figure(report.total.accuracy_allowing_inputs, percent),
        "right / answered": lambda report: f"{report.total.correct:,} / {report.total.answered:,}",
        "words searched": lambda report: f"{report.protocol.vocabulary:,}",
    }
    for name, show in lines.items():
        shown = [show(report) for report in reports]
        if any(piece != NONE for piece in shown):
            yield Row((text(name), *map(text, shown)), quiet=True)


def _by_method(found: Mapping[str, AnalogyReport]) -> Table:
    reports = list(found.values())
    several = len(reports) > 1
    rows: list[Row] = []
    for line in zip(*(report.total.methods for report in reports), strict=True):
        name = METHOD_NAMES[line[0].method]
        cells = [_score_cell(each.accuracy, each.interval, percent, below=several, strong=False) for each in line]
        rest = [] if several else [text(*pieces) for pieces in _method_figures(line[0])]
        marks = tuple(_mark(each.accuracy, each.interval) for each in line)
        ends = line[0].method in ("pair-direction", "ignore-a")
        rows.append(Row((text(name), *cells, *rest), marks, ends, quiet=line[0].method in BASELINES))
    lifts = [report.total.lift for report in reports]
    if any(lift is not None for lift in lifts):
        shown = [text(NONE if lift is None else f"{points(lift)} points") for lift in lifts]
        blank = [] if several else [text("") for _ in _METHOD_COLUMNS]
        rows.append(Row((text("3CosAdd over the better baseline"), *shown, *blank)))
    scale = share_scale(
        (m for row in rows for m in row.marks), "accuracy and 95 % interval", bars=True, as_percent=True
    )
    heads = file_columns(found) if several else (Column("accuracy"),)
    rest_heads = () if several else tuple(Column(name) for name in _METHOD_COLUMNS)
    columns = (Column("method", numeric=False), *heads, *rest_heads)
    return Table("All questions by each method", columns, tuple(rows), scale, 0 if several else 1)


_METHOD_COLUMNS = (
    "95 % interval",
    "inputs allowed",
    "mean 1\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}rank",
    "first 5",
    "first 10",
)


def three(value: float | None) -> str:
    return number(value, 3)


def _method_figures(each: MethodTally) -> Iterator[tuple[Piece, ...]]:
    yield pieces_of(each.interval, percent)
    yield (figure(each.accuracy_allowing_inputs, percent),)
    yield (figure(each.mrr, three),)
    for at in (5, 10):
        yield (figure(each.hits[at] / each.answered if each.answered else None, percent),)


def small_section(reports: Reports, suites: Sequence[str], kind: str) -> Section:
    """Suites without sections of one kind: a line each, then every item of each."""
    shape, several = SHAPES[kind], len(reports) > 1
    rows: list[Row] = []
    for suite in suites:
        found = [report for whole in reports.values() if isinstance(report := whole[suite], ScoredReport)]
        scored = [score for report in found if (score := _scored(report))]
        beside = [figure(report.beside, shape.show) for report in found]
        cells = [each.cell(below=several) for each in scored]
        name = text(suite)
        marks = tuple(each.mark() for each in scored)
        if several:
            rows.append(Row((name, *cells, _answered(scored)), marks))
            rows.append(Row((text(shape.beside), *map(text, beside), text("")), last=True, quiet=True))
        else:
            one = scored[0]
            rest = (text(*pieces_of(one.interval, shape.show)), text(*beside), _answered(scored))
            rows.append(Row((name, *cells, *rest), marks))
    as_percent = shape.show is percent
    marks_of_all = (mark for row in rows for mark in row.marks)
    scale = share_scale(marks_of_all, f"{shape.score} and 95 % interval", bars=False, as_percent=as_percent)
    heads = file_columns(reports) if several else (Column(shape.score),)
    rest_heads = () if several else (Column("95 % interval"), Column(shape.beside))
    columns = (Column("set", numeric=False), *heads, *rest_heads, Column("answered"))
    caption = f"{shape.score} by set"
    table = Table(caption[0].upper() + caption[1:], columns, tuple(rows), scale, 0 if several else 1)
    listing = {"similarity": pair_items, "categorization": category_items, "outliers": outlier_items}[kind]
    items = [each for suite in suites if (each := listing(reports, suite)) is not None]
    return Section(shape.title, (table, *_doubts(reports, suites), *_rules(reports, suites), *items))


def _doubts(reports: Reports, suites: Sequence[str]) -> Iterator[Note]:
    return (Note((f"{line}.",), "doubt") for line in doubts_of(reports, suites))


def _rules(reports: Reports, suites: Sequence[str]) -> Iterator[Note]:
    return (Note((line,)) for line in rules_of(reports, suites))
