"""A set of analogies as a section: accuracy by section and by method, and every question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from w2v.evaluation.showing import (
    Shown,
    flags,
    protocols,
    range_of,
    rounded,
    titled,
    warnings,
    words_at,
)
from w2v.evaluation.statistics import FEWEST
from w2v.evaluation.tasks.analogies.methods import BASELINES
from w2v.evaluation.tasks.analogies.report import AnalogyReport, MethodTally, Tally
from w2v.evaluation.tasks.analogies.sets import AnalogySuite
from w2v.report.blocks import Block, Cell, Column, Items, ItemsColumn, Mark, Note, Piece, Row, Section, Table
from w2v.report.numbers import NONE, percent, points, three
from w2v.report.tables import figure, fitting_scale, mark_of, named, score_cells, score_columns, text

__all__ = ["sections"]

NAMES = {
    "3cosadd": ("3CosAdd",),
    "3cosmul": ("3CosMul",),
    "pair-direction": ("PairDirection",),
    "only-b": ("only-b", "nearest to c"),
    "ignore-a": ("ignore-a", "nearest to b + c"),
    "3cosavg": ("3CosAvg", "by pairs"),
    "lrcos": ("LRCos", "by pairs"),
}
"""The methods as papers call them, and in a few words what they do where that is not known."""

GROUP_ENDS = ("pair-direction", "ignore-a")  # methods, baselines, methods that learn from pairs
DRAWN = "accuracy and 95 % interval"
METHOD_COLUMNS = ("inputs allowed", "mean 1/rank", "first\N{NO-BREAK SPACE}5", "first\N{NO-BREAK SPACE}10")

Analogies = Shown[AnalogyReport, AnalogySuite]


def sections(suites: Sequence[Analogies]) -> Iterator[Section]:
    """Yield a section for each set; several stand below one title."""
    found = tuple(map(_section, suites))
    if len(found) == 1:
        yield found[0]
    else:
        yield Section("Analogies", (), found)


def _section(suite: Analogies) -> Section:
    scored = any(report.total.scored for report in suite.reports.values())
    blocks: list[Block] = [_by_section(suite)] if scored else []
    blocks += [*warnings([suite]), *_unscored(suite)]
    if scored and len(suite.first.total.methods) > 1:
        blocks.append(_by_method(suite))
    blocks += [*protocols([suite]), *_items(suite)]
    return Section(suite.first.title, tuple(blocks))


def _by_section(suite: Analogies) -> Table:
    """Return rows for sections, groups of sections and totals; a single file has columns for its counts."""
    reports = list(suite.reports.values())
    rows: list[Row] = []
    for level in ("sections", "groups"):
        every = zip(*(getattr(report, level) for report in reports), strict=True)
        lines = [line for line in every if any(tally.scored for tally in line)]
        rows += [_tally_row(line[0].name, line, suite, last=line is lines[-1]) for line in lines]
    rows.append(_tally_row("all questions", [report.total for report in reports], suite, strong=True))
    rows += _totals(suite)
    scale = fitting_scale(DRAWN, (mark for row in rows for mark in row.marks), bars=True, show=percent)
    columns = [Column("section", numeric=False, whole=True), *score_columns(suite.reports, "accuracy")]
    if not suite.several:
        columns += [Column("right / scored"), Column("of")]
        columns += [Column("inputs allowed")] if _asks_inputs(suite) else []
    return Table("Accuracy by section", tuple(columns), tuple(rows), scale, 0 if suite.several else 1)


def _unscored(suite: Analogies) -> Iterator[Note]:
    """Yield the names of the sections in which no file has scored any question; the table leaves them out."""
    every = zip(*(report.sections for report in suite.reports.values()), strict=True)
    names = [line[0].name for line in every if not any(tally.scored for tally in line)]
    if names and len(names) < len(suite.first.sections):
        yield Note((f"No question could be scored in {len(names)} sections: {', '.join(names)}.",))


def _asks_inputs(suite: Analogies) -> bool:
    """Return whether the rules also ask what is right where the inputs may answer."""
    return any(report.total.allowing_inputs is not None for report in suite.reports.values())


def _tally_row(name: str, line: Sequence[Tally], suite: Analogies, *, last: bool = False, strong: bool = False) -> Row:
    cells: list[Cell] = []
    for tally, report in zip(line, suite.reports.values(), strict=True):
        quotable, few = strong and not report.warning, tally.scored < FEWEST
        cells += score_cells(tally.accuracy, range_of(tally.interval), percent, strong=quotable, few=few)
    if not suite.several:
        tally = line[0]
        cells += [text(_counts(tally.correct, tally.scored)), text(f"{tally.total:,}")]
        cells += [text(figure(tally.accuracy_allowing_inputs, percent))] if _asks_inputs(suite) else []
    marks = tuple(
        mark_of(tally.accuracy, range_of(tally.interval), faint=_is_faint(tally.scored, report))
        for tally, report in zip(line, suite.reports.values(), strict=True)
    )
    return Row((text(name), *cells), marks, last)


def _is_faint(scored: int, report: AnalogyReport) -> bool:
    """Return whether a figure is drawn hollow: the whole score is not to be quoted, or too few items are behind it."""
    return bool(report.warning) or scored < FEWEST


def _counts(right: int | None, scored: int | None) -> str:
    return "" if right is None or scored is None else f"{right:,}/{scored:,}"


def _totals(suite: Analogies) -> Iterator[Row]:
    """Yield what is known of all questions together, besides the accuracy."""
    reports = list(suite.reports.values())
    totals = [report.total for report in reports]
    macro = [figure(report.macro, percent) for report in reports]
    yield _total_row(
        "mean of sections",
        macro,
        suite,
        marks=[mark_of(report.macro, faint=bool(report.warning)) for report in reports],
    )
    if any(tally.scored_30k is not None for tally in totals):
        limited = [figure(tally.accuracy_30k, percent) for tally in totals]
        yield _total_row("first 30,000 words", limited, suite, _counts(totals[0].correct_30k, totals[0].scored_30k))
    if suite.several:
        if _asks_inputs(suite):
            allowed = [figure(tally.accuracy_allowing_inputs, percent) for tally in totals]
            yield _total_row("inputs allowed", allowed, suite)
        yield _total_row("right / scored", [_counts(tally.correct, tally.scored) for tally in totals], suite)
        yield _total_row("words searched", [f"{report.protocol.vocabulary:,}" for report in reports], suite)


def _total_row(
    name: str, shown: Sequence[Piece], suite: Analogies, counts: str = "", marks: Sequence[Mark | None] = ()
) -> Row:
    """Return a figure of each file; of a single file with its counts."""
    cells = [cell for piece in shown for cell in (text(piece), text())]
    if not suite.several:
        cells += [text(counts), text(), *([text()] if _asks_inputs(suite) else [])]
    return Row((text(name), *cells), tuple(marks), quiet=not marks)


def _by_method(suite: Analogies) -> Table:
    """Return the same questions by every method, and by the baselines that use no relation."""
    reports = list(suite.reports.values())
    rows: list[Row] = []
    for line in zip(*(report.total.methods for report in reports), strict=True):
        method = line[0].method
        cells = [
            cell
            for each in line
            for cell in score_cells(each.accuracy, range_of(each.interval), percent, few=each.scored < FEWEST)
        ]
        rest = [] if suite.several else [text(piece) for piece in _method_figures(line[0])]
        marks = tuple(
            mark_of(each.accuracy, range_of(each.interval), faint=_is_faint(each.scored, report))
            for each, report in zip(line, reports, strict=True)
        )
        last, quiet = method in GROUP_ENDS, method in BASELINES
        rows.append(Row((named(*NAMES[method]), *cells, *rest), marks, last, quiet))
    lifts = list(_lifts(suite))
    if lifts:
        rows[-1] = rows[-1]._replace(last=True)
    rows += lifts
    scale = fitting_scale(DRAWN, (mark for row in rows for mark in row.marks), bars=True, show=percent)
    columns = (Column("method", numeric=False), *score_columns(suite.reports, "accuracy"))
    columns += () if suite.several else tuple(map(Column, METHOD_COLUMNS))
    return Table("All questions by each method", columns, tuple(rows), scale, 0 if suite.several else 1)


def _method_figures(each: MethodTally) -> Iterator[Piece]:
    """Yield the figures of `METHOD_COLUMNS`."""
    yield figure(each.accuracy_allowing_inputs, percent)
    yield figure(each.mrr, three)
    for at in (5, 10):
        yield figure(each.hits[at] / each.scored if each.scored else None, percent)


def _lifts(suite: Analogies) -> Iterator[Row]:
    """Yield by how much 3CosAdd exceeds the better baseline."""
    lifts = [report.total.lift for report in suite.reports.values()]
    if any(lift is not None for lift in lifts):
        cells = [cell for lift in lifts for cell in (text(NONE if lift is None else points(lift)), text())]
        blank = () if suite.several else tuple(text() for _ in METHOD_COLUMNS)
        yield Row((named("3CosAdd, in points", "over the better baseline"), *cells, *blank))


def _items(suite: Analogies) -> Iterator[Items]:
    """Yield each question with the answer of the first method, 3CosAdd, and the rank of the right answer."""
    asked = suite.asked
    if asked is None or suite.words is None or any(report.details is None for report in suite.reports.values()):
        return
    titles = ("a", "is to b", "as c", "is to d")
    columns = [
        ItemsColumn(title, "word", words_at(asked.words, asked.questions[:, place]))
        for place, title in enumerate(titles)
    ]
    for label, report in suite.reports.items():
        if report.details is None:
            continue
        details, method = report.details, next(iter(report.details.right))
        words = suite.words[label]
        answers = [words[row] if row >= 0 else None for row in details.predicted[method].tolist()]
        columns += [
            ItemsColumn(titled("right", label, suite.reports), "mark", flags(details.right[method], details.scored)),
            ItemsColumn("answer", "word", answers),
            ItemsColumn("rank of d", "number", rounded(details.rank[method], 0)),
        ]
    columns.append(ItemsColumn("section", "word", words_at(asked.sections, asked.section_of)))
    yield Items(f"Every question of {suite.name}, by 3CosAdd", suite.name, tuple(columns), "section")
