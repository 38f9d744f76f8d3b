"""What an evaluation found, as frozen dataclasses: every score with its protocol. Not here: computing or printing it.

Each report gives its numbers four ways: as attributes, as `metrics()` by name (what `w2v eval --min` compares), as
`rows()` for tables and data frames, and as `to_dict()` for JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas

__all__ = ["BESIDE", "AnalogyReport", "Protocol", "Report", "SimilarityReport", "Tally"]

BESIDE = 30_000
"""The vocabulary of the figure that stands beside the score over all rows: the limit that papers use most."""

LEAST_COVERAGE = 0.5
LEAST_ITEMS = 100


def ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def doubt(answered: int, total: int, items: str) -> str:
    """Why a score should not be quoted: too few items answered, or too small a share of them; else nothing."""
    if answered == 0:
        return f"no score: the vectors know the words of none of the {total:,} {items}"
    if answered < LEAST_COVERAGE * total:
        return f"no headline: only {answered:,} of {total:,} {items} could be answered ({100 * answered / total:.0f} %)"
    if answered < LEAST_ITEMS:
        return f"no headline: {answered:,} {items} are too few to rank models by"
    return ""


@dataclass(frozen=True)
class Protocol:
    """Everything that a score depends on besides the vectors and the set.

    convention: whose rules ("w2v", "gensim", "word2vec").
    restrict_vocab: the limit that was asked for, in rows; None for no limit.
    vocabulary: rows that were looked at: the limit, or all there are.
    method, normalised, case, unknown, inputs: the rules in words.
    sha256: of the set's file.
    invalid_lines: lines of the set that are no item, and were left out.
    """

    convention: str
    restrict_vocab: int | None
    vocabulary: int
    method: str
    normalised: bool
    case: str
    unknown: str
    inputs: str
    sha256: str
    invalid_lines: int = 0

    def rules(self, *, counted: bool = True) -> str:
        """All of it but the set, in words; `counted`: with the number of words where that is not a limit."""
        number = f"{self.vocabulary:,} "
        rows = f"the first {number}words" if self.restrict_vocab == self.vocabulary else f"all {number * counted}words"
        parts = [
            f"{self.method} over {rows}",
            "vectors normalised" if self.normalised else "vectors as they are",
            self.case,
            self.inputs,
            self.unknown,
            f"malformed lines of the set left out: {self.invalid_lines:,}" if self.invalid_lines else "",
            f"the rules of {self.convention}",
        ]
        return "; ".join(part for part in parts if part)

    def __str__(self) -> str:
        return f"{self.rules()}; set {self.sha256}"


@dataclass(frozen=True)
class Tally:
    """Right answers to the questions of a section, a group of sections, or all.

    correct, answered, total: questions; answered are those whose four words the vectors know.
    allowing_inputs: how many would be right if the three words of the question could be the answer; None where the
        convention does not ask.
    correct_30k, answered_30k: the same among the 30,000 most frequent words; None where that is no other figure.
    """

    name: str
    correct: int
    answered: int
    total: int
    allowing_inputs: int | None = None
    correct_30k: int | None = None
    answered_30k: int | None = None

    @property
    def accuracy(self) -> float | None:
        """Right answers over answered questions; None where none was answered."""
        return ratio(self.correct, self.answered)

    @property
    def accuracy_30k(self) -> float | None:
        return None if self.correct_30k is None else ratio(self.correct_30k, self.answered_30k or 0)

    @property
    def accuracy_allowing_inputs(self) -> float | None:
        return None if self.allowing_inputs is None else ratio(self.allowing_inputs, self.answered)

    def to_dict(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "accuracy": self.accuracy,
            "accuracy_allowing_inputs": self.accuracy_allowing_inputs,
            "accuracy_30k": self.accuracy_30k,
        }


@dataclass(frozen=True)
class AnalogyReport:
    """Accuracy on a set of analogies: `total` is the micro average (all questions alike), which is what papers quote.

    sections and groups: tallies; a group (semantic, syntactic) adds up its sections.
    macro: mean accuracy over the sections that have answered questions.
    """

    suite: str
    title: str
    protocol: Protocol
    sections: tuple[Tally, ...]
    groups: tuple[Tally, ...]
    total: Tally
    macro: float | None

    @property
    def doubt(self) -> str:
        """Why the score should not be quoted; empty where it can be."""
        return doubt(self.total.answered, self.total.total, "questions")

    @property
    def headline(self) -> float | None:
        """The score to quote: micro accuracy, or None below 50 % coverage or 100 answered questions."""
        return None if self.doubt else self.total.accuracy

    def metrics(self) -> dict[str, float | None]:
        """Every number that has a name; the first, with the suite's own name, is the micro average."""
        own = {
            "": self.total.accuracy,
            "macro": self.macro,
            "30k": self.total.accuracy_30k,
            "allowing-inputs": self.total.accuracy_allowing_inputs,
            "coverage": ratio(self.total.answered, self.total.total),
        }
        parts = {tally.name: tally.accuracy for tally in (*self.groups, *self.sections) if tally.name not in own}
        return {f"{self.suite}.{name}".rstrip("."): value for name, value in {**own, **parts}.items()}

    def rows(self) -> list[dict[str, Any]]:
        """One flat row a section, a group, and the total."""
        levels = {"section": self.sections, "group": self.groups, "total": (self.total,)}
        return [
            {"suite": self.suite, "level": level, **tally.to_dict()}
            for level, tallies in levels.items()
            for tally in tallies
        ]

    def to_dict(self) -> dict[str, Any]:
        return {
            "suite": self.suite,
            "kind": "analogy",
            "title": self.title,
            "headline": self.headline,
            "doubt": self.doubt,
            "total": self.total.to_dict(),
            "macro": self.macro,
            "groups": [tally.to_dict() for tally in self.groups],
            "sections": [tally.to_dict() for tally in self.sections],
            "protocol": {**asdict(self.protocol), "words": str(self.protocol)},
        }

    def to_frame(self) -> pandas.DataFrame:
        """`rows()` as a data frame."""
        return frame(self.rows())


@dataclass(frozen=True)
class SimilarityReport:
    """Agreement between cosines and people's ratings.

    spearman: rho with average ranks for ties; pearson: r. None where fewer than two pairs are known or all are equal.
    answered, total: pairs; answered are those whose two words the vectors know.
    repeated: pairs that the set holds more than once (in either order); they are kept.
    """

    suite: str
    title: str
    protocol: Protocol
    spearman: float | None
    pearson: float | None
    answered: int
    total: int
    repeated: int

    @property
    def doubt(self) -> str:
        """Why the score should not be quoted; empty where it can be."""
        return doubt(self.answered, self.total, "pairs")

    @property
    def headline(self) -> float | None:
        """The score to quote: Spearman's rho, or None below 50 % coverage or 100 answered pairs."""
        return None if self.doubt else self.spearman

    def metrics(self) -> dict[str, float | None]:
        """Every number that has a name; the first, with the suite's own name, is Spearman's rho."""
        own = {
            "": self.spearman,
            "spearman": self.spearman,
            "pearson": self.pearson,
            "coverage": ratio(self.answered, self.total),
        }
        return {f"{self.suite}.{name}".rstrip("."): value for name, value in own.items()}

    def rows(self) -> list[dict[str, Any]]:
        """One flat row."""
        return [
            {
                "suite": self.suite,
                "level": "total",
                "name": "total",
                "answered": self.answered,
                "total": self.total,
                "spearman": self.spearman,
                "pearson": self.pearson,
            }
        ]

    def to_dict(self) -> dict[str, Any]:
        return {
            "suite": self.suite,
            "kind": "similarity",
            "title": self.title,
            "headline": self.headline,
            "doubt": self.doubt,
            "spearman": self.spearman,
            "pearson": self.pearson,
            "answered": self.answered,
            "total": self.total,
            "repeated": self.repeated,
            "protocol": {**asdict(self.protocol), "words": str(self.protocol)},
        }

    def to_frame(self) -> pandas.DataFrame:
        """`rows()` as a data frame."""
        return frame(self.rows())


@dataclass(frozen=True)
class Report:
    """The reports of several suites on the same vectors, in the order that was asked for: `report["wordsim353"]`."""

    suites: Mapping[str, AnalogyReport | SimilarityReport]

    def __getitem__(self, suite: str) -> AnalogyReport | SimilarityReport:
        return self.suites[suite]

    def __iter__(self) -> Iterator[AnalogyReport | SimilarityReport]:
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
        return {"suites": [report.to_dict() for report in self]}

    def to_frame(self) -> pandas.DataFrame:
        """`rows()` as a data frame."""
        return frame(self.rows())


def frame(rows: list[dict[str, Any]]) -> pandas.DataFrame:
    import pandas

    return pandas.DataFrame(rows)
