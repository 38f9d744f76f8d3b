"""Helpers to build tables of scores: cells, columns for vector files, marks and the axes that they are drawn on."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence

from w2v.report.blocks import (
    TOO_FEW,
    Block,
    Cell,
    Column,
    Document,
    Fact,
    Figure,
    Folded,
    Mark,
    Piece,
    Plot,
    Row,
    Scale,
    Section,
    Table,
    text_of,
)
from w2v.report.numbers import NONE, Show, decimal, hundredths, percent

__all__ = [
    "Range",
    "common_facts",
    "ends",
    "figure",
    "file_columns",
    "fitting_scale",
    "mark_of",
    "named",
    "score_cells",
    "score_columns",
]
__all__ += ["recoloured", "stacked", "text"]

Range = tuple[float, float] | None
"""The ends of an interval; None where there is none."""

SHARE_STEPS = (0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0)
DIFFERENCE_STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
LONG = 3  # a mark that may not be quoted is cut at the edge if its interval is longer than so many usual ones
SPACES = 5  # between the lines of an axis, at most: more labels would touch on a narrow screen


def text(*pieces: Piece, strong: bool = False, quiet: bool = False) -> Cell:
    """A cell."""
    return Cell(pieces, strong=strong, quiet=quiet)


def named(name: str, *below: str) -> Cell:
    """A cell with lines in small letters under it."""
    return Cell((name,), tuple((line,) for line in below))


def figure(value: float | None, show: Show) -> Piece:
    """A figure, or a dash where there is no value."""
    return show(None) if value is None else Figure(show(value), float(value))


def ends(interval: Range, show: Show, *, few: bool = False) -> tuple[Piece, ...]:
    """Both ends of an interval; those of percentages without the unit, which the figure beside them has.

    few: there are too few items for an interval, which then stands in its place.
    """
    if interval is None:
        return (TOO_FEW if few else NONE,)
    low, high = interval
    written = hundredths if show is percent else show
    between = "–" if low >= 0 and not written(low).startswith("+") else " to "
    return (Figure(written(low), float(low)), between, Figure(written(high), float(high)))


def score_cells(
    value: float | None, interval: Range, show: Show, *, strong: bool = False, few: bool = False
) -> tuple[Cell, Cell]:
    """A score and its interval, for the columns of `score_columns`; few: as in `ends`."""
    within = ends(interval, show, few=few) if value is not None else ()
    return text(figure(value, show), strong=strong and value is not None), Cell(within)


def score_columns(files: Collection[str], measure: str) -> tuple[Column, ...]:
    """A column for the score of each vector file, and one for its interval.

    measure: what the score is; the head of the column, where there is a single file.
    """
    heads = file_columns(files) if len(files) > 1 else (Column(measure),)
    return tuple(column for head in heads for column in (head, Column("95 % interval", below=True)))


def mark_of(
    value: float | None, interval: Range = None, *, reference: float | None = None, faint: bool = False
) -> Mark | None:
    """The mark of a score, or None where there is no score."""
    if value is None:
        return None
    low, high = (None, None) if interval is None else interval
    return Mark(value, low, high, reference=reference, faint=faint)


def file_columns(files: Iterable[str]) -> tuple[Column, ...]:
    """A column for each vector file."""
    return tuple(Column(file, series=number) for number, file in enumerate(files))


def common_facts(document: Document) -> tuple[Fact, ...]:
    """What is the same for all of several vector files, so that it is said once."""
    if len(document.facts) < 2:
        return ()
    return tuple(fact for fact in document.facts[0] if all(fact in facts for facts in document.facts))


def facts_table(document: Document) -> Table | None:
    """What else is known of several vector files: a row for each fact, a column for each file; None for nothing."""
    common = common_facts(document)
    known = [{name: value for name, value in facts if (name, value) not in common} for facts in document.facts]
    names: list[str] = []
    for facts in known:  # what only some files have stands where these have it
        place = 0
        for name in facts:
            place = names.index(name) + 1 if name in names else place
            if name not in names:
                names.insert(place, name)
                place += 1
    rows = tuple(Row((text(name), *(text(facts.get(name, NONE)) for facts in known))) for name in names)
    heads = (column._replace(numeric=False) for column in file_columns(document.files))
    columns = (Column("", numeric=False), *heads)
    return Table("What was compared", columns, rows) if rows else None


def recoloured(sections: Iterable[Section], colours: Sequence[int]) -> tuple[Section, ...]:
    """The same sections, where the vector file of number n has the colour `colours[n]`."""
    return tuple(
        section._replace(
            blocks=tuple(_recoloured(block, colours) for block in section.blocks),
            sections=recoloured(section.sections, colours),
        )
        for section in sections
    )


def _recoloured(block: Block, colours: Sequence[int]) -> Block:
    match block:
        case Table():
            columns = tuple(
                column if column.series is None else column._replace(series=colours[column.series])
                for column in block.columns
            )
            return block._replace(columns=columns, colours=tuple(colours) if block.series == 0 else ())
        case Plot():
            return block._replace(curves=tuple(each._replace(series=colours[each.series]) for each in block.curves))
        case Folded():
            return block._replace(tables=tuple(_recoloured(table, colours) for table in block.tables))  # type: ignore[misc]
        case _:
            return block


def stacked(table: Table) -> Table:
    """The same table with each column that is `below` under the column before it."""
    groups: list[list[int]] = []
    for number, column in enumerate(table.columns):
        if column.below and groups:
            groups[-1].append(number)
        else:
            groups.append([number])
    columns = tuple(
        table.columns[first]._replace(under=tuple(table.columns[number].title for number in rest))
        for first, *rest in groups
    )
    rows = tuple(row._replace(cells=tuple(_on_top(row, group) for group in groups)) for row in table.rows)
    drawn = next((number for number, group in enumerate(groups) if table.drawn in group), table.drawn)
    return table._replace(columns=columns, rows=rows, drawn=drawn)


def _on_top(row: Row, group: Sequence[int]) -> Cell:
    """The cells of a group as one."""
    first, *rest = (row.cells[number] for number in group)
    lines = (line for cell in rest for line in (cell.pieces, *cell.below) if text_of(line))
    return first._replace(below=(*first.below, *lines))


def fitting_scale(
    label: str,
    marks: Iterable[Mark | None],
    *,
    bars: bool = False,
    show: Show = decimal,
    differences: bool = False,
    upright: str = "",
) -> Scale:
    """An axis that holds 0, every mark that may be quoted, and hollow marks unless their intervals are far longer.

    Of a mark that is hollow the axis holds what fits: a score of three questions has an interval so wide that all
    others would shrink to dots beside it.
    show: how the labels of the axis are written: `percent`, `hundredths`, or `decimal` for as they are.
    """
    drawn = [mark for mark in marks if mark is not None]
    sure = [mark for mark in drawn if not mark.faint]
    held = [*sure, *(mark for mark in _ordinary(drawn, sure or drawn) if mark.faint)]
    reach = [0.0]
    for mark in held:
        reach += [end for end in (mark.value, mark.low, mark.high, mark.reference) if end is not None]
    step = _step(min(reach), max(reach), DIFFERENCE_STEPS if differences else SHARE_STEPS)
    low, high = math.floor(min(reach) / step + 1e-9), max(math.ceil(max(reach) / step - 1e-9), 1)
    return Scale(label, low * step, high * step, step, _labels(show), bars, upright)


def _ordinary(marks: Sequence[Mark], usual: Sequence[Mark]) -> Sequence[Mark]:
    """Marks whose interval is not much longer than those of the usual ones; all of them, if none has an interval."""
    reach = sorted(length for mark in usual if (length := _length(mark)) is not None)
    if not reach:
        return marks
    most = LONG * reach[(len(reach) - 1) // 2]
    return [mark for mark in marks if (length := _length(mark)) is not None and length <= most]


def _length(mark: Mark) -> float | None:
    return None if mark.low is None or mark.high is None else mark.high - mark.low


def _step(low: float, high: float, steps: Sequence[float]) -> float:
    """The smallest step that needs few enough lines from `low` to `high`."""
    for step in steps:
        if math.ceil(high / step - 1e-9) - math.floor(low / step + 1e-9) <= SPACES:
            return step
    return steps[-1]


def _labels(show: Show) -> Callable[[float], str]:
    """How the lines of an axis are labelled: as percentages, as hundredths, or as they are."""

    def label(value: float) -> str:
        shown = round(value if show is decimal else 100 * value, 6)
        return f"{shown:g}{' %' if show is percent else ''}".replace("-", "−")

    return label
