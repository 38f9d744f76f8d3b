"""What an evaluation found: a report of each suite, and all of them together. Not here: computing or printing it.

A report is a frozen dataclass and gives its numbers four ways: as attributes, as `metrics()` by name (what
`w2v eval --min` compares), as `rows()` for tables and data frames, and as `to_dict()` for JSON. What only one kind of
suite has is in the report of that kind: beside its scores (`similarity`, `geometry`), or in `analogy_report` and
`bias.report`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from w2v.evaluation.protocol import Protocol
from w2v.evaluation.sets import Suite
from w2v.evaluation.statistics import Interval, bounds
from w2v.record import RunRecord

if TYPE_CHECKING:
    import pandas

__all__ = ["LEAST_COVERAGE", "LEAST_ITEMS", "Report", "ScoredReport", "SuiteReport", "doubt", "frame_of", "ratio"]

LEAST_COVERAGE = 0.5
LEAST_ITEMS = 100


def ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def doubt(answered: int, total: int, items: str, least: int = LEAST_ITEMS) -> str:
    """Why a score should not be quoted: too few items answered, or too small a share of them; else nothing."""
    if answered == 0:
        return f"no score: the vectors know the words of none of the {total:,} {items}"
    if answered < LEAST_COVERAGE * total:
        return f"no headline: only {answered:,} of {total:,} {items} could be answered ({100 * answered / total:.0f} %)"
    if answered < least:
        return f"no headline: {answered:,} {items} are too few to rank models by"
    return ""


@dataclass(frozen=True)
class SuiteReport(ABC):
    """What every report of a suite has, whatever its kind; `kind` is what tables and pages choose their layout by."""

    suite: str
    title: str
    kind: ClassVar[str]

    @property
    @abstractmethod
    def doubt(self) -> str:
        """Why the score should not be quoted; empty where it can be."""

    @property
    def headline(self) -> float | None:
        """The score to quote, or None where there is a doubt; probes have none at all."""
        return None

    @abstractmethod
    def metrics(self) -> dict[str, float | None]:
        """Every number that has a name, as `suite` or `suite.part`; the first is the one to watch."""

    @abstractmethod
    def rows(self) -> list[dict[str, Any]]:
        """Flat rows, for CSV and data frames, each with the key "suite"."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """For JSON, with "suite", "kind", "title", "headline" and "doubt"."""

    def to_frame(self) -> pandas.DataFrame:
        """`rows()` as a data frame."""
        return frame_of(self.rows())

    def named(self, own: Mapping[str, float | None]) -> dict[str, float | None]:
        """The same numbers by the name of the suite and their own; "" is the suite's."""
        return {f"{self.suite}.{name}" if name else self.suite: value for name, value in own.items()}

    def head(self) -> dict[str, Any]:
        """What the JSON of a suite begins with."""
        return {
            "suite": self.suite,
            "kind": self.kind,
            "title": self.title,
            "headline": self.headline,
            "doubt": self.doubt,
        }


@dataclass(frozen=True)
class ScoredReport(SuiteReport):
    """What reports without sections have: one score of all items, with its interval, and a figure beside it.

    answered, total: items; answered are those whose words the vectors know. interval: of the score.
    items: what they are called; least: how many a score needs to be quoted.
    """

    protocol: Protocol
    interval: Interval | None
    answered: int
    total: int
    items: ClassVar[str]
    least: ClassVar[int] = LEAST_ITEMS

    @property
    @abstractmethod
    def scores(self) -> dict[str, float | None]:
        """The score and the figure beside it, by name."""

    @property
    def score(self) -> float | None:
        score, _ = self.scores.values()
        return score

    @property
    def beside(self) -> float | None:
        _, beside = self.scores.values()
        return beside

    @property
    def doubt(self) -> str:
        return doubt(self.answered, self.total, self.items, self.least)

    @property
    def headline(self) -> float | None:
        """The score, or None below 50 % coverage or the least number of answered items."""
        return None if self.doubt else self.score

    def metrics(self) -> dict[str, float | None]:
        return self.named({"": self.score, **self.scores, "coverage": ratio(self.answered, self.total)})

    def figures(self) -> dict[str, Any]:
        """The score, the ends of its interval and the figure beside it, as rows and JSON have them."""
        (name, score), (beside, figure) = self.scores.items()
        return {name: score, **bounds(self.interval), beside.replace("-", "_"): figure}

    def details(self) -> dict[str, Any]:
        """What the JSON of only this kind has beside them."""
        return {}

    def rows(self) -> list[dict[str, Any]]:
        """One flat row."""
        counts = {"answered": self.answered, "total": self.total}
        return [{"suite": self.suite, "level": "total", "name": "total", **counts, **self.figures()}]

    def to_dict(self) -> dict[str, Any]:
        return {
            **self.head(),
            **self.figures(),
            "answered": self.answered,
            "total": self.total,
            **self.details(),
            "protocol": self.protocol.to_dict(),
        }


@dataclass(frozen=True)
class Report:
    """The reports of several suites on the same vectors, in the order that was asked for: `report["wordsim353"]`.

    missing: sets of the groups asked for that are not on this computer, and were left out.
    sets: what was asked, by name, None for a probe; words, dim: of the vectors; record: how these were trained. They
    are for documents.
    """

    suites: Mapping[str, SuiteReport]
    missing: tuple[str, ...] = ()
    sets: Mapping[str, Suite | None] = field(default_factory=dict, repr=False, compare=False)
    words: Sequence[str] = field(default=(), repr=False, compare=False)
    dim: int = field(default=0, repr=False, compare=False)
    record: RunRecord | None = field(default=None, repr=False, compare=False)

    def __getitem__(self, suite: str) -> SuiteReport:
        return self.suites[suite]

    def __iter__(self) -> Iterator[SuiteReport]:
        return iter(self.suites.values())

    def __len__(self) -> int:
        return len(self.suites)

    def metrics(self) -> dict[str, float | None]:
        """Every number of every suite by name, as `google-analogies.semantic`."""
        return {name: value for report in self for name, value in report.metrics().items()}

    def rows(self) -> list[dict[str, Any]]:
        """The flat rows of every suite."""
        return [row for report in self for row in report.rows()]

    def to_dict(self) -> dict[str, Any]:
        return {"suites": [report.to_dict() for report in self], "missing": list(self.missing)}

    def to_frame(self) -> pandas.DataFrame:
        """`rows()` as a data frame."""
        return frame_of(self.rows())


def frame_of(rows: list[dict[str, Any]]) -> pandas.DataFrame:
    """Return flat rows as a data frame; pandas is imported here."""
    import pandas

    return pandas.DataFrame(rows)
