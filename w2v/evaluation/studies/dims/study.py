"""How many dimensions do vectors need? Scores, size and speed of their first columns, beside all of them.

Columns are taken as they lie, or in PCA order without the mean (`--order pca`), where every prefix is a model. A prefix
is marked where no set shows it to be worse. That is no proof that it is as good: how large a difference each set would
have shown stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from w2v.errors import SettingsError
from w2v.evaluation.forms import forms_beside
from w2v.evaluation.report import Report
from w2v.evaluation.statistics import FEWEST
from w2v.evaluation.studies.base import Run, Study, StudyResult
from w2v.evaluation.studies.dims.prefixes import FewerDims, FileDims, PrefixScore, dims_of
from w2v.evaluation.tasks.base import task_of
from w2v.evaluation.verdicts import UNIT, labels
from w2v.report.blocks import NEUTRAL, Cell, Column, Mark, Note, Row, Section, Table
from w2v.report.numbers import chance, count, decimal, hundredths, number, percent, points
from w2v.report.tables import ends, figure, fitting_scale, text
from w2v.training.advice import advice_on_centring
from w2v.vectors import Vectors

__all__ = ["STUDY", "Dims", "labels"]

NO_WORSE = "no worse shown"
ORDERS = {
    "stored": "the first columns, as they lie",
    "pca": "the mean removed, the columns in PCA order",
}
HOW = (
    f"No worse shown: on no set does the 95 % interval of the paired difference lie below 0. Differences are prefix − "
    f"all columns, in points: {UNIT}. p: adjusted by Holm's method over the table. Detectable: the smallest true "
    "difference that the set would find in 80 % of cases; below it, “no worse shown” means little."
)


@dataclass(frozen=True)
class Dims(StudyResult):
    """The prefixes of each file."""

    files: Mapping[str, FileDims]
    cites: ClassVar[tuple[str, ...]] = ("holm1979simple",)

    def to_dict(self) -> dict[str, Any]:
        """Return the rows of each file, and the sentence on them."""
        return {
            file: {
                "order": found.order,
                "searched": found.searched,
                "asked": found.asked,
                "rows": [row.to_dict() for row in found.rows],
                "cheapest": None if found.cheapest is None else found.cheapest.dims,
                "verdict": _verdict(found),
            }
            for file, found in self.files.items()
        }

    def verdicts(self, labels: Mapping[str, str]) -> tuple[str, ...]:
        """Return a sentence for each file: the cheapest prefix that is not shown to be worse."""
        several = len(self.files) > 1
        return tuple(f"{labels[file]}: {_verdict(each)}" if several else _verdict(each) for file, each in self._items())

    def _items(self) -> Sequence[tuple[str, FileDims]]:
        return list(self.files.items())

    def flat_rows(self) -> list[dict[str, Any]]:
        """Return a row for each prefix and set."""
        return [
            _flat(file, found, row, score)
            for file, found in self.files.items()
            for row in found.rows
            for score in row.scores
        ]

    def section(self, labels: Mapping[str, str]) -> Section:
        """Return a table of the prefixes of each file, and one of their differences."""
        blocks: list[Table | Note] = []
        for (file, found), verdict in zip(self.files.items(), self.verdicts(labels), strict=True):
            blocks += [_table(labels[file], found), Note((verdict,), "plain"), Note((_counted(found),))]
            blocks += [Note((f"{found.advice[0].upper()}{found.advice[1:]}.",), "warning")] if found.advice else []
            if any(score.difference is not None for row in found.rows for score in row.scores):
                blocks.append(_differences(labels[file], found))
        return Section("How many dimensions", (*blocks, Note((HOW,))))


def _verdict(found: FileDims) -> str:
    best, full = found.cheapest, found.full
    if best is None:
        return f"Every prefix is shown to be worse than all {full.dims:,} dimensions, or too few items were scored."
    order = " (columns in PCA order)" if found.order == "pca" else ""
    return (
        f"The cheapest row that is not shown to be worse has {best.dims:,} of {full.dims:,} dimensions{order}: "
        f"{best.float32_bytes:,} bytes a word in place of {full.float32_bytes:,}, or {best.int8_bytes:,} as int8."
    )


def _counted(found: FileDims) -> str:
    return (
        f"A query looks for the 10 nearest of {found.searched:,} words; its time is the processor's, a median on this "
        f"computer. Same 10 nearest: as with all dimensions as they are, of {found.asked:,} words."
    )


def _table(label: str, found: FileDims) -> Table:
    suites = [score.suite for score in found.full.scores]
    rows = []
    for row in found.rows:
        marked = row.is_no_worse
        name = text(f"{row.dims:,}")
        if row.is_full:
            name = Cell((f"{row.dims:,}",), (("all, as it is",),))
        elif marked:
            name = name._replace(below=((NO_WORSE,),))
        cells = [
            name,
            text(figure(row.float32_bytes, count)),
            text(figure(row.int8_bytes, count)),
            text(figure(row.milliseconds, number)),
            text(figure(row.shared, percent)),
        ]
        for score in row.scores:
            show = percent if score.as_percent else decimal
            within = None if score.low is None or score.high is None else (score.low, score.high)
            interval = ends(within, show, few=score.scored < FEWEST)
            cells.append(Cell((figure(score.value, show),), (interval,)))
        rows.append(Row(tuple(cells)))
    columns = (
        Column("dims", numeric=False),
        Column("bytes a word", under=("float32",)),
        Column("int8"),
        Column("ms a query"),
        Column("same 10 nearest"),
        *(Column(suite, under=("95 % interval",)) for suite in suites),
    )
    return Table(f"{label}: {ORDERS[found.order]}", columns, tuple(rows))


def _differences(label: str, found: FileDims) -> Table:
    rows, suites = [], [score.suite for score in found.full.scores]
    for place, suite in enumerate(suites):
        own = [(row, row.scores[place]) for row in found.rows if not row.is_full]
        for row, score in own:
            within = None
            if score.difference_low is not None and score.difference_high is not None:
                within = (score.difference_low, score.difference_high)
            mark = None
            if score.difference is not None:
                mark = Mark(score.difference, score.difference_low, score.difference_high, faint=not score.is_quotable)
            cells = (
                text(suite),
                text(f"{row.dims:,}"),
                text(figure(score.difference, points), strong=score.is_quotable),
                text(*ends(within, points, few=score.items < FEWEST)),
                text(figure(score.adjusted, chance)),
                text(figure(score.detectable, hundredths)),
            )
            rows.append(Row(cells, (mark,), row is own[-1][0] and suite != suites[-1]))
    columns = (
        Column("set", numeric=False),
        Column("dims"),
        Column("difference"),
        Column("95 % interval", below=True),
        Column("p (Holm)"),
        Column("detectable", below=True),
    )
    drawn = [mark for row in rows for mark in row.marks]
    scale = fitting_scale("difference and 95 % interval", drawn, show=hundredths, differences=True)
    return Table(
        f"{label}: difference from all {found.full.dims:,} dimensions", columns, tuple(rows), scale, 2, NEUTRAL
    )


def _flat(file: str, found: FileDims, row: FewerDims, score: PrefixScore) -> dict[str, Any]:
    return {
        "vectors": file,
        "suite": score.suite,
        "level": "dims",
        "name": score.name,
        "order": found.order,
        "dims": row.dims,
        "value": score.value,
        "low": score.low,
        "high": score.high,
        "scored": score.scored,
        "total": score.total,
        "float32_bytes": row.float32_bytes,
        "int8_bytes": row.int8_bytes,
        "milliseconds": row.milliseconds,
        "shared": row.shared,
        "difference": score.difference,
        "difference_low": score.difference_low,
        "difference_high": score.difference_high,
        "p": score.p,
        "p_adjusted": score.adjusted,
        "detectable": score.detectable,
        "no_worse_shown": row.is_no_worse,
    }


class DimsStudy(Study):
    """The prefixes of each file, scored."""

    name = "dims"

    def check(self, run: Run) -> None:
        """Raise `SettingsError` where no numbers are given, or where no set has a score."""
        if not run.dims:
            raise SettingsError(
                "--dims has no numbers of dimensions", hint="for example --dims 25,50,100, in Python dims=[25, 50, 100]"
            )
        if all(task_of(suite.kind).listed.is_measure for suite in run.sets.values()):
            raise SettingsError("--dims compares scores, and no set has one", hint="add '--suite similarity'")

    def check_file(self, run: Run, file: str, vectors: Vectors) -> None:
        """Raise `SettingsError` for more dimensions than a file has."""
        most = max(run.dims)
        if most > vectors.dim:
            raise SettingsError(
                f"--dims {most}: {file or vectors.name} has {vectors.dim:,} dimensions",
                hint=f"give numbers from 1 to {vectors.dim:,}",
            )

    def look(self, run: Run, file: str, vectors: Vectors, report: Report) -> FileDims:
        """Score the prefixes of one file."""
        return dims_of(run, vectors, report, advice_on_centring(vectors.record))

    def conclude(self, run: Run, reports: Mapping[str, Report], seen: Mapping[str, Any]) -> Dims:
        """Return the prefixes of all files."""
        return Dims(seen)

    def forms(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return the JSON Schema of the result, and of its parts."""
        own = forms_beside(__file__)
        return own["value"], own["forms"]


STUDY = DimsStudy()
