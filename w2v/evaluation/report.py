"""What an evaluation found, as frozen dataclasses: every score with its protocol. Not here: computing or printing it.

Each report gives its numbers four ways: as attributes, as `metrics()` by name (what `w2v eval --min` compares), as
`rows()` for tables and data frames, and as `to_dict()` for JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar
from typing import Protocol as Interface

import numpy as np
import numpy.typing as npt

from w2v.evaluation.methods import BASELINES, Method
from w2v.evaluation.sets import AnalogySuite, Suite
from w2v.evaluation.statistics import Interval

if TYPE_CHECKING:
    import pandas

    from w2v.evaluation.conventions import Convention

__all__ = [
    "BESIDE",
    "AnalogyReport",
    "CategoryReport",
    "OutlierReport",
    "Protocol",
    "Report",
    "SimilarityReport",
    "SuiteReport",
    "Tally",
]

BESIDE = 30_000
"""The vocabulary of the figure that stands beside the score over all rows: the limit that papers use most."""

LEAST_COVERAGE = 0.5
LEAST_ITEMS = 100
LEAST_WORDS = LEAST_OUTLIERS = 20  # these sets are small; what the interval says of them is wide


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


class SuiteReport(Interface):
    """What every report of a suite has, whatever its kind.

    kind: what `w2v.cli.eval_tables` chooses the table by; doubt: why the score should not be quoted, else "".
    metrics(): every number by name, `suite` or `suite.part`; the first is the one to watch.
    rows(): flat, for CSV and data frames, each with the key "suite"; to_dict(): for JSON, with "suite" and "kind".
    """

    @property
    def kind(self) -> str: ...
    @property
    def suite(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def doubt(self) -> str: ...
    def metrics(self) -> dict[str, float | None]: ...
    def rows(self) -> list[dict[str, Any]]: ...
    def to_dict(self) -> dict[str, Any]: ...


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

    @classmethod
    def of(
        cls,
        rules: Convention,
        suite: Suite,
        limit: int | None,
        rows: int,
        *,
        method: str,
        unknown: str,
        inputs: str = "",
    ) -> Protocol:
        """That of a set scored by the rules of a convention, over the first `limit` of so many rows."""
        return cls(
            convention=rules.name,
            restrict_vocab=limit,
            vocabulary=min(limit or rows, rows),
            method=method,
            normalised=True,
            case=rules.case,
            unknown=unknown,
            inputs=inputs,
            sha256=suite.sha256,
            invalid_lines=suite.invalid,
        )

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

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "words": str(self)}


@dataclass(frozen=True)
class MethodTally:
    """How one method answered the questions of a section, a group of sections, or all.

    method: a name of `methods.METHODS`; or of `learned.LEARNED`, which are asked pairs instead of questions, so that
    answered counts those. correct, allowing_inputs: as in `Tally`. mrr: the mean of 1 / rank of
    the best right answer, the inputs left out. hits: by n, how many right answers are among the first n. interval: of
    the accuracy, by the pigeonhole bootstrap.
    """

    method: str
    correct: int
    answered: int
    allowing_inputs: int
    mrr: float | None
    hits: Mapping[int, int]
    interval: Interval | None

    @property
    def accuracy(self) -> float | None:
        return ratio(self.correct, self.answered)

    @property
    def accuracy_allowing_inputs(self) -> float | None:
        return ratio(self.allowing_inputs, self.answered)

    def to_dict(self) -> dict[str, Any]:
        return {
            "method": self.method,
            "correct": self.correct,
            "answered": self.answered,
            "accuracy": self.accuracy,
            **bounds(self.interval),
            "accuracy_allowing_inputs": self.accuracy_allowing_inputs,
            "mrr": self.mrr,
            **{f"hits_at_{at}": ratio(hits, self.answered) for at, hits in self.hits.items()},
        }


@dataclass(frozen=True, eq=False)
class AnalogyDetails:
    """What became of each question [N]: known; by method right, rank (inf for none) and predicted (a row, or -1)."""

    suite: AnalogySuite
    known: npt.NDArray[np.bool_]
    right: Mapping[Method, npt.NDArray[np.bool_]]
    rank: Mapping[Method, npt.NDArray[np.float32]]
    predicted: Mapping[Method, npt.NDArray[np.int64]]


@dataclass(frozen=True)
class Tally:
    """Right answers to the questions of a section, a group of sections, or all.

    correct, answered, total: questions; answered are those whose four words the vectors know.
    allowing_inputs: how many would be right if the three words of the question could be the answer; None where the
        convention does not ask.
    correct_30k, answered_30k: the same among the 30,000 most frequent words; None where that is no other figure.
    interval: of the accuracy. methods: the same questions by each method; correct is the first one's, 3CosAdd.
    """

    name: str
    correct: int
    answered: int
    total: int
    allowing_inputs: int | None = None
    correct_30k: int | None = None
    answered_30k: int | None = None
    interval: Interval | None = None
    methods: tuple[MethodTally, ...] = ()

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

    @property
    def lift(self) -> float | None:
        """By how much the accuracy exceeds that of the better baseline: what the relation adds to nearness."""
        baselines = [each.accuracy for each in self.methods if each.method in BASELINES and each.accuracy is not None]
        return self.accuracy - max(baselines) if baselines and self.accuracy is not None else None

    def row(self) -> dict[str, Any]:
        """The figures without those of each method."""
        first = self.methods[0].to_dict() if self.methods else {}
        return {
            "name": self.name,
            "correct": self.correct,
            "answered": self.answered,
            "total": self.total,
            "allowing_inputs": self.allowing_inputs,
            "correct_30k": self.correct_30k,
            "answered_30k": self.answered_30k,
            "accuracy": self.accuracy,
            **bounds(self.interval),
            "accuracy_allowing_inputs": self.accuracy_allowing_inputs,
            "accuracy_30k": self.accuracy_30k,
            **{name: value for name, value in first.items() if name == "mrr" or name.startswith("hits_at")},
            "lift": self.lift,
        }

    def to_dict(self) -> dict[str, Any]:
        return {**self.row(), "methods": [each.to_dict() for each in self.methods]}


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
    details: AnalogyDetails | None = field(default=None, repr=False, compare=False)
    kind: ClassVar[str] = "analogy"

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
        first = self.total.methods[:1]
        own["lift"] = self.total.lift
        for each in first:
            own["mrr"] = each.mrr
            own |= {f"hits@{at}": ratio(hits, each.answered) for at, hits in each.hits.items()}
        own |= {each.method: each.accuracy for each in self.total.methods[1:]}
        parts = {tally.name: tally.accuracy for tally in (*self.groups, *self.sections) if tally.name not in own}
        return {f"{self.suite}.{name}".rstrip("."): value for name, value in {**own, **parts}.items()}

    def rows(self) -> list[dict[str, Any]]:
        """One flat row a section, a group, and the total."""
        levels = {"section": self.sections, "group": self.groups, "total": (self.total,)}
        return [
            {
                "suite": self.suite,
                "level": level,
                **tally.row(),
                **{each.method: each.accuracy for each in tally.methods[1:]},
            }
            for level, tallies in levels.items()
            for tally in tallies
        ]

    def to_dict(self) -> dict[str, Any]:
        return {
            **_head(self, self.headline),
            "total": self.total.to_dict(),
            "macro": self.macro,
            "groups": [tally.to_dict() for tally in self.groups],
            "sections": [tally.to_dict() for tally in self.sections],
            "protocol": self.protocol.to_dict(),
        }

    def to_frame(self) -> pandas.DataFrame:
        """`rows()` as a data frame."""
        return frame(self.rows())


def _nothing() -> npt.NDArray[np.float64]:
    return np.empty(0)


@dataclass(frozen=True)
class SimilarityReport:
    """Agreement between cosines and people's ratings.

    spearman: rho with average ranks for ties; pearson: r. None where fewer than two pairs are known or all are equal.
    answered, total: pairs; answered are those whose two words the vectors know.
    repeated: pairs that the set holds more than once (in either order); they are kept.
    interval: of rho, by bootstrap over the pairs. measures, ceiling: see `PairSuite`.
    ratings, cosines: float64 [N], of each pair; the cosine is NaN where a word is unknown.
    """

    suite: str
    title: str
    protocol: Protocol
    spearman: float | None
    pearson: float | None
    answered: int
    total: int
    repeated: int
    interval: Interval | None = None
    measures: str = ""
    ceiling: float | None = None
    ratings: npt.NDArray[np.float64] = field(default_factory=_nothing, repr=False, compare=False)
    cosines: npt.NDArray[np.float64] = field(default_factory=_nothing, repr=False, compare=False)
    kind: ClassVar[str] = "similarity"

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
            _total_row(self)
            | {"spearman": self.spearman, **bounds(self.interval), "pearson": self.pearson, "ceiling": self.ceiling}
        ]

    def to_dict(self) -> dict[str, Any]:
        return {
            **_head(self, self.headline),
            "spearman": self.spearman,
            **bounds(self.interval),
            "pearson": self.pearson,
            "answered": self.answered,
            "total": self.total,
            "repeated": self.repeated,
            "measures": self.measures,
            "ceiling": self.ceiling,
            "protocol": self.protocol.to_dict(),
        }

    def to_frame(self) -> pandas.DataFrame:
        """`rows()` as a data frame."""
        return frame(self.rows())


@dataclass(frozen=True)
class CategoryReport:
    """How well clusters of vectors follow the categories of people.

    purity: the share of known words that belong to the commonest category of their cluster, with its interval;
    v_measure: the harmonic mean of homogeneity and completeness; clusters: as many as the known words have categories.
    fitting: float64 [N], 1 for a word of its cluster's commonest category, 0 for another, NaN for an unknown one.
    """

    suite: str
    title: str
    protocol: Protocol
    purity: float | None
    interval: Interval | None
    v_measure: float | None
    clusters: int
    answered: int
    total: int
    fitting: npt.NDArray[np.float64] = field(repr=False, compare=False)
    kind: ClassVar[str] = "categorization"

    @property
    def doubt(self) -> str:
        """Why the score should not be quoted; empty where it can be."""
        return doubt(self.answered, self.total, "words", LEAST_WORDS)

    @property
    def headline(self) -> float | None:
        """The score to quote: purity, or None below 50 % coverage or 20 known words."""
        return None if self.doubt else self.purity

    def metrics(self) -> dict[str, float | None]:
        """Every number that has a name; the first, with the suite's own name, is purity."""
        own = {
            "": self.purity,
            "purity": self.purity,
            "v-measure": self.v_measure,
            "coverage": ratio(self.answered, self.total),
        }
        return {f"{self.suite}.{name}".rstrip("."): value for name, value in own.items()}

    def rows(self) -> list[dict[str, Any]]:
        """One flat row."""
        own = {"purity": self.purity, **bounds(self.interval), "v_measure": self.v_measure, "clusters": self.clusters}
        return [_total_row(self) | own]

    def to_dict(self) -> dict[str, Any]:
        return {
            **_head(self, self.headline),
            "purity": self.purity,
            **bounds(self.interval),
            "v_measure": self.v_measure,
            "clusters": self.clusters,
            "answered": self.answered,
            "total": self.total,
            "protocol": self.protocol.to_dict(),
        }

    def to_frame(self) -> pandas.DataFrame:
        """`rows()` as a data frame."""
        return frame(self.rows())


@dataclass(frozen=True)
class OutlierReport:
    """How well vectors find the word that does not belong.

    accuracy: the share of outliers that come last, with its interval; opp: their mean position, 1 being the last.
    answered, total: outliers; members_missing: words of the topics that the vectors do not know.
    positions: float64 [N], of each outlier, NaN where it was not answered; topic_of: int64 [N].
    """

    suite: str
    title: str
    protocol: Protocol
    accuracy: float | None
    interval: Interval | None
    opp: float | None
    answered: int
    total: int
    members_missing: int
    positions: npt.NDArray[np.float64] = field(repr=False, compare=False)
    topic_of: npt.NDArray[np.int64] = field(repr=False, compare=False)
    kind: ClassVar[str] = "outliers"

    @property
    def doubt(self) -> str:
        """Why the score should not be quoted; empty where it can be."""
        return doubt(self.answered, self.total, "outliers", LEAST_OUTLIERS)

    @property
    def headline(self) -> float | None:
        """The score to quote: accuracy, or None below 50 % coverage or 20 answered outliers."""
        return None if self.doubt else self.accuracy

    def metrics(self) -> dict[str, float | None]:
        """Every number that has a name; the first, with the suite's own name, is accuracy."""
        own = {
            "": self.accuracy,
            "accuracy": self.accuracy,
            "opp": self.opp,
            "coverage": ratio(self.answered, self.total),
        }
        return {f"{self.suite}.{name}".rstrip("."): value for name, value in own.items()}

    def rows(self) -> list[dict[str, Any]]:
        """One flat row."""
        own = {"accuracy": self.accuracy, **bounds(self.interval), "opp": self.opp}
        return [_total_row(self) | own | {"members_missing": self.members_missing}]

    def to_dict(self) -> dict[str, Any]:
        return {
            **_head(self, self.headline),
            "accuracy": self.accuracy,
            **bounds(self.interval),
            "opp": self.opp,
            "answered": self.answered,
            "total": self.total,
            "members_missing": self.members_missing,
            "protocol": self.protocol.to_dict(),
        }

    def to_frame(self) -> pandas.DataFrame:
        """`rows()` as a data frame."""
        return frame(self.rows())


def bounds(interval: Interval | None) -> dict[str, float | None]:
    """The ends of an interval, by name."""
    return {"low": None, "high": None} if interval is None else {"low": interval.low, "high": interval.high}


def _head(report: SuiteReport, headline: float | None) -> dict[str, Any]:
    """What the JSON of every suite begins with."""
    return {
        "suite": report.suite,
        "kind": report.kind,
        "title": report.title,
        "headline": headline,
        "doubt": report.doubt,
    }


def _total_row(report: SimilarityReport | CategoryReport | OutlierReport) -> dict[str, Any]:
    """What the only row of a suite without sections begins with."""
    counts = {"answered": report.answered, "total": report.total}
    return {"suite": report.suite, "level": "total", "name": "total", **counts}


@dataclass(frozen=True)
class Report:
    """The reports of several suites on the same vectors, in the order that was asked for: `report["wordsim353"]`.

    missing: sets of the groups asked for that are not on this computer, and were left out.
    sets: what was asked, by name, None for a probe; words, dim: of the vectors. They are for showing single items.
    """

    suites: Mapping[str, SuiteReport]
    missing: tuple[str, ...] = ()
    sets: Mapping[str, Suite | None] = field(default_factory=dict, repr=False, compare=False)
    words: Sequence[str] = field(default=(), repr=False, compare=False)
    dim: int = field(default=0, repr=False, compare=False)

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
        return frame(self.rows())

    def to_html(self, name: str = "vectors") -> str:
        """One page that needs nothing else, as `w2v eval --report FILE.html` writes; `name` is that of the vectors."""
        from w2v.evaluation.document import document_of, to_html
        from w2v.evaluation.findings import Findings

        return to_html(document_of(Findings({name: self})))

    def to_markdown(self, name: str = "vectors") -> str:
        """The same tables as Markdown."""
        from w2v.evaluation.document import document_of, to_markdown
        from w2v.evaluation.findings import Findings

        return to_markdown(document_of(Findings({name: self})))


def frame(rows: list[dict[str, Any]]) -> pandas.DataFrame:
    import pandas

    return pandas.DataFrame(rows)
