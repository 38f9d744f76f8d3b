"""What kinds of suites without sections have in common: one score, its interval, and a figure beside it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from w2v.evaluation.protocol import Protocol
from w2v.evaluation.report import Score, SuiteReport, ratio, warning_of
from w2v.evaluation.showing import (
    Shown,
    cells_of_score,
    protocols,
    score_mark,
    scored_cell,
    show_of,
    titled,
    warnings,
)
from w2v.evaluation.statistics import Interval, bounds
from w2v.evaluation.suite import Suite
from w2v.evaluation.tasks.base import Task
from w2v.report.blocks import Column, Items, ItemsColumn, Note, Row, Section, Table
from w2v.report.tables import figure, fitting_scale, score_columns, text

__all__ = ["ScoredReport", "ScoredTask"]

AGREEMENT = "how well people agree with the ratings"


@dataclass(frozen=True)
class ScoredReport(SuiteReport):
    """What reports without sections have: one score of all items, with its interval, and a figure beside the score.

    scored, total: items; those whose words are in the vocabulary are scored. interval: of the score. score_title,
    beside_title: what people call the score and the figure beside it; a kind with several figures overrides `besides`.
    as_percent: how all are shown. in_rows: the names of those `details` that a row of a table has, too.
    """

    protocol: Protocol
    interval: Interval | None
    scored: int
    total: int
    score_title: ClassVar[str]
    beside_title: ClassVar[str]
    as_percent: ClassVar[bool] = False
    in_rows: ClassVar[tuple[str, ...]] = ()

    @property
    @abstractmethod
    def scores(self) -> dict[str, float | None]:
        """The score, and then the figures beside it, by name."""

    @property
    def score(self) -> float | None:
        """The score."""
        return next(iter(self.scores.values()))

    @property
    def besides(self) -> Mapping[str, float | None]:
        """The figures beside the score, by the titles of their columns."""
        _, beside = self.scores.values()
        return {self.beside_title: beside}

    @property
    def primary(self) -> Score:
        """The score, with what is needed to show and to compare it."""
        return Score(
            name=next(iter(self.scores)),
            title=self.score_title,
            value=self.score,
            interval=self.interval,
            scored=self.scored,
            total=self.total,
            as_percent=self.as_percent,
        )

    @property
    def warning(self) -> str:
        """Why the score should not be quoted; empty where it can be."""
        return warning_of(self.scored, self.total, self.items, self.least, self.foreign)

    def metrics(self) -> dict[str, float | None]:
        """Return every number by name; the first, with the suite's own name, is the score."""
        return self.named({"": self.score, **self.scores, "coverage": ratio(self.scored, self.total)})

    def figures(self) -> dict[str, Any]:
        """Return the score, the ends of its interval and the figures beside it, as rows and JSON have them."""
        (name, score), *others = self.scores.items()
        return {name: score, **bounds(self.interval), **{other.replace("-", "_"): value for other, value in others}}

    def details(self) -> dict[str, Any]:
        """Return what the JSON of only this kind has beside them."""
        return {}

    def rows(self) -> list[dict[str, Any]]:
        """Return one flat row."""
        counts = {"scored": self.scored, "total": self.total}
        details = self.details()
        beside = {name: details[name] for name in self.in_rows}
        return [{"suite": self.suite, "level": "total", "name": "total", **counts, **self.figures(), **beside}]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON has it."""
        return {
            **self.head(),
            **self.figures(),
            "scored": self.scored,
            "total": self.total,
            **self.details(),
            "protocol": self.protocol.to_dict(),
        }


S = TypeVar("S", bound=Suite)
R = TypeVar("R", bound=ScoredReport)


class ScoredTask(Task[S, R]):
    """A kind whose reports are `ScoredReport`s: a section has a row for each set.

    every: what an item is called, in "Every pair of SET". grouped_by: the title of the column by which the page groups
    the items; "" for none.
    """

    every: ClassVar[str] = "item"
    grouped_by: ClassVar[str] = ""

    def questions(self, asked: S) -> Iterable[ItemsColumn]:
        """Return the columns of all items of a set that hold what is asked; none where no items are to be shown."""
        return ()

    def outcomes(self, asked: S, report: R) -> Iterable[ItemsColumn]:
        """Return the columns that hold the outcomes of a file; of several files, the first one gets the file's name."""
        return ()

    def items(self, suite: Shown[R, S]) -> Iterable[Items]:
        """Yield every item of a set with its outcomes, for the page."""
        columns = [] if suite.asked is None else list(self.questions(suite.asked))
        if suite.asked is None or not columns:
            return
        for label, report in suite.reports.items():
            for at, column in enumerate(self.outcomes(suite.asked, report)):
                named = column.title if at else titled(column.title, label, suite.reports)
                columns.append(column._replace(title=named))
        yield Items(f"Every {self.every} of {suite.name}", suite.name, tuple(columns), self.grouped_by)

    def remarks(self, suites: Sequence[Shown[R, S]]) -> Iterable[Note]:
        """Return what a reader should know of these sets; the remarks stand before the rules."""
        return ()

    def sections(self, suites: Sequence[Shown[R, S]]) -> Iterator[Section]:
        """Yield one section for all sets: a table, warnings, rules, every question."""
        rows = [row for suite in suites for row in _rows(suite, last=suite is suites[-1])]
        first, several = suites[0].first, suites[0].several
        title, show = first.score_title, show_of(first.primary)
        drawn = (mark for row in rows for mark in row.marks)
        scale = fitting_scale(f"{title} and 95 % interval", drawn, show=show, upright=AGREEMENT)
        beside = () if several else map(Column, first.besides)
        heads = (*score_columns(suites[0].reports, title), *beside, Column("scored"))
        columns = (Column("set", numeric=False, whole=True), *heads)
        caption = f"{title[0].upper()}{title[1:]} by set"
        table = Table(caption, columns, tuple(rows), scale, 0 if several else 1)
        every_item = (each for suite in suites for each in self.items(suite))
        yield Section(self.title, (table, *warnings(suites), *self.remarks(suites), *protocols(suites), *every_item))


def _rows(suite: Shown[R, S], *, last: bool) -> Iterator[Row]:
    """Yield the row of a set; of several files a second one, for the figures beside the scores."""
    reports = list(suite.reports.values())
    scores, marks = [cell for report in reports for cell in cells_of_score(report)], map(score_mark, reports)
    figures = {
        title: [text(figure(report.besides[title], show_of(report.primary))) for report in reports]
        for title in suite.first.besides
    }
    scored = scored_cell([report.primary for report in reports])
    if not suite.several:
        yield Row((text(suite.name), *scores, *(cell for [cell] in figures.values()), scored), tuple(marks))
        return
    yield Row((text(suite.name), *scores, scored), tuple(marks))
    for title, cells in figures.items():
        beside = (cell for each in cells for cell in (each, text()))
        yield Row((text(title), *beside, text()), last=not last and title == list(figures)[-1], quiet=True)
