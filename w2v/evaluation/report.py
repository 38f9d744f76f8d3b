"""What an evaluation found: a report of each suite, and all suites of a file together.

A report is a frozen dataclass and gives its numbers in four ways: as attributes, as `metrics()` by name (what
`w2v eval --min` compares), as `rows()` for tables and data frames, and as `to_dict()` for JSON. What only one kind of
suite has is in the report of that kind (`tasks`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from w2v.display import Cell, table
from w2v.errors import SettingsError
from w2v.evaluation import verdicts
from w2v.evaluation.own import OwnUse
from w2v.evaluation.statistics import Interval, bounds
from w2v.evaluation.suite import Suite
from w2v.record import RunRecord
from w2v.report.numbers import decimal, percent

if TYPE_CHECKING:
    import pandas

__all__ = ["LEAST_COVERAGE", "LEAST_ITEMS", "Report", "Score", "SuiteReport", "frame_of", "line_of", "ratio"]
__all__ += ["reports_table", "warning_of", "warning_of_shared"]

LEAST_COVERAGE = 0.5
LEAST_ITEMS = 100
SHOWN = 5  # warnings in a notebook
TO_FRAME = "report.to_frame() has every figure."


def ratio(part: int, whole: int) -> float | None:
    """Return part / whole; None where the whole is nothing."""
    return part / whole if whole else None


def warning_of(scored: int, total: int, items: str, least: int = LEAST_ITEMS, foreign: str = "") -> str:
    """Return why a score should not be quoted: too few items scored, or too small a share; "" where it can be.

    foreign: that the set may be of another language than the vectors; "" where it is not.
    """
    elsewhere = f"; {foreign}" if foreign else ""
    if scored == 0:
        return f"no score: the vectors know the words of none of the {total:,} {items}{elsewhere}"
    if scored < LEAST_COVERAGE * total:
        return (
            f"do not quote this score: the vectors know the words of only {scored:,} of {total:,} {items} "
            f"({100 * scored / total:.0f} %){elsewhere}"
        )
    if scored < least:
        return f"do not quote this score: {scored:,} {items} are too few to rank models by"
    return ""


def warning_of_shared(scored: int, total: int, items: str, least: int = LEAST_ITEMS) -> str:
    """Return why scores of several files should not be quoted: of the items, too few can be scored by every file."""
    if scored < LEAST_COVERAGE * total:
        share = f"{100 * scored / total:.0f} %"
        return f"do not quote these scores: only {scored:,} of {total:,} {items} ({share}) can be scored by every file"
    if scored < least:
        return f"do not quote these scores: {scored:,} {items} are too few to rank models by"
    return ""


@dataclass(frozen=True)
class Score:
    """The score of a suite: the one number to watch, to quote and to compare.

    name: as in JSON, `spearman`. title: as people read it. scored, total: items. as_percent: whether it is shown as a
    percentage. ceiling: how high people score, where the authors of a set say so.
    """

    name: str
    title: str
    value: float | None
    interval: Interval | None
    scored: int
    total: int
    as_percent: bool = True
    ceiling: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the score as the JSON of every suite has it."""
        counts = {"scored": self.scored, "total": self.total}
        return {"name": self.name, "value": self.value, **bounds(self.interval), **counts}


@dataclass(frozen=True)
class SuiteReport(ABC):
    """What every report of a suite has, whatever its kind.

    own: how a user's own file was read; else None. language: of the set, as "en"; "" where it is not known or has none.
    foreign: that the set is of another language than the vectors may be, and what to do; "" where both are the same.
    items: what the items are called. least: how many of them a score needs to be quoted.
    """

    suite: str
    title: str
    own: OwnUse | None = field(default=None, kw_only=True, compare=False)
    language: str = field(default="", kw_only=True, compare=False)
    foreign: str = field(default="", kw_only=True, compare=False)
    kind: ClassVar[str]
    items: ClassVar[str] = "items"
    least: ClassVar[int] = LEAST_ITEMS

    def __init_subclass__(cls, **named: Any) -> None:
        """Give every kind the short `__repr__`; a dataclass would print all its figures."""
        super().__init_subclass__(**named)
        cls.__repr__ = SuiteReport.__repr__  # type: ignore[method-assign]

    def __repr__(self) -> str:
        """Return one line with the score."""
        return f"<{type(self).__name__} {self.suite!r}: {line_of(self)}>"

    def _repr_html_(self) -> str:
        return reports_table("", {"": Report({self.suite: self})}, (), TO_FRAME)

    @property
    def primary(self) -> Score | None:
        """The score, or None for a measure, whose numbers have no sum."""
        return None

    @property
    @abstractmethod
    def warning(self) -> str:
        """Why the score should not be quoted; empty where it can be."""

    @property
    def verdict(self) -> str:
        """What the score says, or why it should not be quoted, in a sentence; "" for a measure."""
        scored = self._scored()
        return "" if scored is None else verdicts.of_score(scored, self.warning)

    @property
    def in_short(self) -> str:
        """The score in the fewest words, for the last line of an evaluation; "" for a measure."""
        scored = self._scored()
        return "" if scored is None else verdicts.in_short(scored)

    def _scored(self) -> verdicts.Scored | None:
        score = self.primary
        if score is None:
            return None
        return verdicts.Scored(
            suite=self.suite,
            title=score.title,
            value=score.value,
            interval=None if score.interval is None else (score.interval.low, score.interval.high),
            as_percent=score.as_percent,
            scored=score.scored,
            total=score.total,
            noun=self.items,
            quotable=not self.warning,
        )

    @property
    def headline(self) -> float | None:
        """The score to quote, or None where there is a warning; measures have none at all."""
        return None if self.primary is None or self.warning else self.primary.value

    @abstractmethod
    def metrics(self) -> dict[str, float | None]:
        """Return every number that has a name, as `suite` or `suite.part`; the first is the one to watch."""

    def main_metrics(self) -> Sequence[str]:
        """Return the names of the numbers to look at first."""
        return list(self.metrics())[:1]

    @abstractmethod
    def rows(self) -> list[dict[str, Any]]:
        """Return flat rows, for CSV and data frames, each with the key "suite"."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON has it, `head()` first."""

    def why_absent(self, name: str) -> str:
        """Return why a score has no value, by the name that it has in `metrics` after the suite's."""
        return "none of its items could be scored"

    def to_frame(self) -> pandas.DataFrame:
        """Return `rows()` as a data frame."""
        return frame_of(self.rows())

    def named(self, own: Mapping[str, float | None]) -> dict[str, float | None]:
        """Return the same numbers by the name of the suite and their own; "" is the suite's."""
        return {f"{self.suite}.{name}" if name else self.suite: value for name, value in own.items()}

    def head(self) -> dict[str, Any]:
        """Return what the JSON of every suite begins with."""
        return {
            "suite": self.suite,
            "kind": self.kind,
            "title": self.title,
            "score": None if self.primary is None else self.primary.to_dict(),
            "headline": self.headline,
            "warning": self.warning,
            "verdict": self.verdict,
            "language": self.language or None,
            **({} if self.own is None else {"own": self.own.to_dict()}),
        }


@dataclass(frozen=True)
class Report:
    """The reports of several suites on the same vectors, in the order that was asked for: `report["wordsim353"]`.

    missing: sets of the groups asked for that are not on this computer, and were left out. left_out: sets of another
    language. notes: why these were left out, or that the vectors may be of another language than the sets. language:
    that of the vectors, as far as their frequent words show it, else "".
    sets: what was asked, by name; words, dim, sha256: of the vectors, the last of their matrix; record: how
    these were trained. They are for documents.
    """

    suites: Mapping[str, SuiteReport]
    missing: tuple[str, ...] = ()
    left_out: tuple[str, ...] = field(default=(), kw_only=True)
    notes: tuple[str, ...] = field(default=(), kw_only=True)
    language: str = field(default="", kw_only=True)
    sets: Mapping[str, Suite] = field(default_factory=dict, repr=False, compare=False)
    words: Sequence[str] = field(default=(), repr=False, compare=False)
    dim: int = field(default=0, repr=False, compare=False)
    record: RunRecord | None = field(default=None, repr=False, compare=False)
    sha256: str = field(default="", repr=False, compare=False)

    def __repr__(self) -> str:
        """Return one line a suite."""
        return "\n".join([f"<{type(self).__name__} of {len(self)} suites>", *(f"  {report!r}" for report in self)])

    def _repr_html_(self) -> str:
        return reports_table("", {"": self}, (), TO_FRAME)

    def __getitem__(self, suite: str) -> SuiteReport:
        if suite not in self.suites and suite in self.left_out:
            raise SettingsError(
                f"{suite} was left out: {self.notes[0]}", hint=f"evaluate(vectors, {suite!r}) scores it"
            )
        return self.suites[suite]

    def __iter__(self) -> Iterator[SuiteReport]:
        return iter(self.suites.values())

    def __len__(self) -> int:
        return len(self.suites)

    def metrics(self) -> dict[str, float | None]:
        """Return every number of every suite by name, as `google-analogies.semantic`."""
        return {name: value for report in self for name, value in report.metrics().items()}

    @property
    def summary(self) -> str:
        """The main scores in one line: `google-analogies 13.5 % (11.4–15.9), wordsim353 .547`; "" without any."""
        return ", ".join(filter(None, (report.in_short for report in self)))

    def rows(self) -> list[dict[str, Any]]:
        """Return the flat rows of every suite."""
        return [row for report in self for row in report.rows()]

    def to_dict(self) -> dict[str, Any]:
        """Return the reports as JSON has them."""
        return {
            "suites": [report.to_dict() for report in self],
            "missing": list(self.missing),
            "left_out": list(self.left_out),
            "notes": list(self.notes),
            "language": self.language or None,
            "summary": self.summary,
        }

    def to_frame(self) -> pandas.DataFrame:
        """Return `rows()` as a data frame."""
        return frame_of(self.rows())


def brief(report: SuiteReport) -> tuple[str, str, str, str]:
    """Return the score of a suite in four short texts: what it measures, value, interval, and how many items scored."""
    score = report.primary
    if score is None:
        return f"{len(report.metrics())} figures", "", "", ""
    show = percent if score.as_percent else decimal
    interval = ""
    if score.value is not None and score.interval is not None:
        interval = f"({show(score.interval.low)} to {show(score.interval.high)})"
    return score.title, show(score.value), interval, f"{score.scored:,} of {score.total:,}"


def line_of(report: SuiteReport) -> str:
    """Return the same in one line, and whether the score should not be quoted."""
    is_warned = report.primary is not None and bool(report.warning)
    return " ".join(filter(None, [*brief(report), "(do not quote)" * is_warned]))


def reports_table(title: str, reports: Mapping[str, Report], said: Iterable[str], more: str) -> str:
    """Return the first score of each suite as a small table for a notebook; scores not to be quoted are pale.

    title: what stands above it. reports: with the same suites, by the label of the vectors, "" where no label is
    needed. said: sentences below it, before those that say which scores should not be quoted. more: the last line.
    """
    first = next(iter(reports.values()))
    heads = ["set", "measure"]
    for label in reports:
        heads += [label or "score", "95 % interval"]
    rows: list[list[Cell]] = []
    warned: dict[str, list[str]] = {}
    for suite in first.suites:
        found = [report[suite] for report in reports.values()]
        cells = [Cell(suite), Cell(brief(found[0])[0])]
        for label, each in zip(reports, found, strict=True):
            _, value, interval, scored = brief(each)
            cells += [Cell(value, bool(each.warning)), Cell(interval.strip("()"), bool(each.warning))]
            if each.warning:
                warned.setdefault(f"{suite}: {each.warning}.", []).append(label)
        rows.append([*cells, Cell(scored if len({brief(each)[3] for each in found}) == 1 else "")])
    warnings = [
        line if len(labels) == len(reports) else f"{', '.join(labels)}, {line}" for line, labels in warned.items()
    ]
    rest = len(warnings) - SHOWN
    warnings = [*warnings[:SHOWN], *([f"{rest} more scores should not be quoted."] if rest > 0 else [])]
    return table(title, [*heads, "scored"], rows, words=2, notes=[*said, *warnings, more])


def frame_of(rows: list[dict[str, Any]]) -> pandas.DataFrame:
    """Return flat rows as a data frame; pandas is imported here."""
    import pandas

    return pandas.DataFrame(rows)
