"""Groups of seeds as tables: of means and differences, and the one table that a paper can use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from w2v.evaluation.paper import not_in_the_table
from w2v.evaluation.statistics.grouped import Spread
from w2v.evaluation.studies.groups.scores import GroupDifference, GroupLine, SuiteGroups, is_sure
from w2v.evaluation.verdicts import UNIT
from w2v.report.blocks import NEUTRAL, Cell, Column, Mark, Row, Scale, Table
from w2v.report.numbers import chance, decimal, hundredths, points
from w2v.report.tables import ends, figure, file_columns, fitting_scale, text

__all__ = ["paper_table", "seeds", "table_of_measures", "tables_of"]


def _mean_cell(spread: Spread | None, *, strong: bool = False) -> Cell:
    if spread is None:
        return text(figure(None, hundredths))
    apart = () if spread.sd is None else (" ± ", figure(spread.sd, hundredths))
    return text(figure(spread.mean, hundredths), *apart, strong=strong)


def tables_of(lines: Sequence[GroupLine], what: str, caption: str, warned: Iterable[str]) -> Iterator[Table]:
    """Yield the means, with their differences in the same table where there are two groups, else in a table below."""
    groups = list(dict.fromkeys(name for line in lines for name in line.groups))
    if len(groups) == 2 and any(line.differences for line in lines):
        yield _table_of_two(lines, what, groups, frozenset(warned))
        return
    yield _means(lines, what, groups, caption, frozenset(warned))
    if len(groups) > 2:
        yield _differences(lines, what, frozenset(warned))


def _items_cell(line: GroupLine) -> Cell:
    return text(f"{line.items:,} of {line.total:,}")


def _table_of_two(lines: Sequence[GroupLine], what: str, groups: Sequence[str], warned: frozenset[str]) -> Table:
    rows = []
    for line in lines:
        found = next(iter(line.differences), None)
        cells = (_mean_cell(line.groups.get(name)) for name in groups)
        quotable = line.name not in warned
        own = _difference_cells(found, quotable=quotable)
        rows.append(Row((text(line.name), _items_cell(line), *cells, *own), (_difference_mark(found, quotable),)))
    columns = (
        Column(what, numeric=False, whole=True),
        Column("scored by all", numeric=False, below=True),
        *map(Column, groups),
        *_difference_columns(),
    )
    caption = f"Mean ± SD over seeds; {groups[1]} − {groups[0]}, in points"
    return Table(caption, columns, tuple(rows), _axis(rows), 5, NEUTRAL)


def _means(lines: Sequence[GroupLine], what: str, groups: Sequence[str], caption: str, warned: frozenset[str]) -> Table:
    rows = []
    for line in lines:
        cells = (_mean_cell(line.groups.get(name)) for name in groups)
        marks = (_spread_mark(line.groups.get(name), faint=line.name in warned) for name in groups)
        rows.append(Row((text(line.name), _items_cell(line), *cells), tuple(marks)))
    names = (Column(what, numeric=False, whole=True), Column("scored by all", numeric=False, below=True))
    scale = fitting_scale("mean ± SD", (mark for row in rows for mark in row.marks), show=hundredths)
    return Table(caption, (*names, *file_columns(groups)), tuple(rows), scale, 1 + len(groups))


def _spread_mark(spread: Spread | None, *, faint: bool) -> Mark | None:
    if spread is None:
        return None
    if spread.sd is None:
        return Mark(spread.mean, faint=faint)
    return Mark(spread.mean, spread.mean - spread.sd, spread.mean + spread.sd, faint=faint)


def _differences(lines: Sequence[GroupLine], what: str, warned: frozenset[str]) -> Table:
    rows = []
    for line in lines:
        quotable = line.name not in warned
        for found in line.differences:
            own = _difference_cells(found, quotable=quotable)
            last = found is line.differences[-1] and line is not lines[-1]
            names = (text(line.name), text(f"{found.first} → {found.second}"))
            rows.append(Row((*names, *own), (_difference_mark(found, quotable),), last))
    columns = (
        Column(what, numeric=False, whole=True),
        Column("groups", numeric=False, below=True),
        *_difference_columns(),
    )
    return Table("Differences of the means, in points", columns, tuple(rows), _axis(rows), 2, NEUTRAL)


def _difference_columns() -> tuple[Column, ...]:
    return (
        Column("difference"),
        Column("95 % interval", below=True),
        Column("p (Holm)"),
        Column("detectable", below=True),
    )


def _axis(rows: Sequence[Row]) -> Scale:
    marks = [mark for row in rows for mark in row.marks]
    return fitting_scale("difference and 95 % interval", marks, show=hundredths, differences=True)


def _difference_mark(found: GroupDifference | None, quotable: bool) -> Mark | None:
    if found is None:
        return None
    return Mark(found.difference, found.low, found.high, faint=not (quotable and is_sure(found)))


def _difference_cells(found: GroupDifference | None, *, quotable: bool) -> Iterator[Cell]:
    if found is None:
        yield from (text() for _ in _difference_columns())
        return
    interval = None if found.low is None or found.high is None else (found.low, found.high)
    yield text(figure(found.difference, points), strong=quotable and is_sure(found))
    yield text(*ends(interval, points))
    yield text(figure(found.adjusted, chance))
    yield text(figure(found.detectable, hundredths))


def table_of_measures(lines: Sequence[GroupLine]) -> Table:
    """Return numbers that have no items, as those of geometry, as they are."""
    groups = list(dict.fromkeys(name for line in lines for name in line.groups))

    def cell(spread: Spread | None) -> Cell:
        if spread is None:
            return text(figure(None, decimal))
        return text(figure(spread.mean, decimal), *(() if spread.sd is None else (" ± ", figure(spread.sd, decimal))))

    rows = (Row((text(line.name), *(cell(line.groups.get(name)) for name in groups))) for line in lines)
    columns = (Column("measure", numeric=False, whole=True), *file_columns(groups))
    return Table("Measures, mean ± SD over seeds", columns, tuple(rows))


def paper_table(
    groups: Mapping[str, Sequence[str]], suites: Sequence[SuiteGroups]
) -> tuple[Table, tuple[str, ...]] | None:
    """Return a table of groups by suites, and how it is read: mean ± SD, strong where a group is surely the best.

    groups: the files of each, by name.
    """
    scored = [suite for suite in suites if suite.whole.items is not None]
    if not scored:
        return None
    best = {suite.suite: None if suite.warned else _surely_best(suite.whole) for suite in scored}
    rows = (
        Row((text(f"{name} ({seeds(len(files))})"), *(_paper_cell(suite, name, best) for suite in scored)))
        for name, files in groups.items()
    )
    columns = (Column("", numeric=False), *(Column(suite.suite) for suite in scored))
    table = Table("Mean ± SD over seeds, in points (hundredths)", columns, tuple(rows))
    about = (_about_best(any(best.values())),) if len(groups) > 1 else ()
    without = not_in_the_table(dict.fromkeys(suite.suite for suite in suites if suite.whole.items is None))
    return table, (_about_items(scored), *about, *without)


def _about_items(suites: Sequence[SuiteGroups]) -> str:
    titles = "; ".join(f"{suite.suite}: {suite.title or suite.score}" for suite in suites)
    counts = "; ".join(f"{suite.suite} {suite.whole.items:,} of {suite.whole.total:,}" for suite in suites)
    return f"{titles}; {UNIT}. Items that every file can answer: {counts}."


def _about_best(found: bool) -> str:
    test = "p < .05 over seeds and items, adjusted by Holm's method"
    if found:
        return f"Bold: the best of a column, where it is better than every other group ({test})."
    return f"In no column is one group better than every other group ({test}), so none is bold."


def _paper_cell(suite: SuiteGroups, name: str, best: Mapping[str, str | None]) -> Cell:
    found = suite.whole.groups.get(name)
    return text() if found is None else _mean_cell(found, strong=best[suite.suite] == name)


def _surely_best(line: GroupLine) -> str | None:
    """Return the group whose mean is higher than that of every other group, by tests that chance hardly explains."""
    best = max(line.groups, key=lambda name: line.groups[name].mean)
    against = [each for each in line.differences if best in (each.first, each.second)]
    return best if against and all(map(is_sure, against)) else None


def seeds(number: int) -> str:
    """Return "3 seeds"."""
    return f"{number} seed{'s' * (number != 1)}"
