"""What was found on a set of analogies: counts by section and by method, and what became of every question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from w2v.arrays import F32, I64, Flags
from w2v.evaluation.protocol import Protocol
from w2v.evaluation.report import Score, SuiteReport, ratio, warning_of
from w2v.evaluation.statistics import Interval, bounds
from w2v.evaluation.tasks.analogies.methods import BASELINES, Method
from w2v.evaluation.tasks.analogies.sets import AnalogySuite

__all__ = ["BESIDE", "AnalogyDetails", "AnalogyReport", "MethodTally", "Tally"]

BESIDE = 30_000
"""The vocabulary of the figure that stands beside the score over all rows: the limit that papers use most."""


@dataclass(frozen=True)
class MethodTally:
    """How one method answered the questions of a section, of a group of sections, or of all.

    method: a name of `methods.METHODS`, or of `learned.LEARNED`: these are asked pairs instead of questions, so that
    `scored` counts pairs. correct, allowing_inputs: as in `Tally`. mrr: the mean of 1 / rank of the best right answer,
    the inputs left out. hits: by n, how many right answers are among the first n. interval: of the accuracy.
    """

    method: str
    correct: int
    scored: int
    allowing_inputs: int
    mrr: float | None
    hits: Mapping[int, int]
    interval: Interval | None

    @property
    def accuracy(self) -> float | None:
        """Right answers over scored questions; None where none was scored."""
        return ratio(self.correct, self.scored)

    @property
    def accuracy_allowing_inputs(self) -> float | None:
        """The same if the inputs may answer too."""
        return ratio(self.allowing_inputs, self.scored)

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as JSON has them."""
        return {
            "method": self.method,
            "correct": self.correct,
            "scored": self.scored,
            "accuracy": self.accuracy,
            **bounds(self.interval),
            "accuracy_allowing_inputs": self.accuracy_allowing_inputs,
            "mrr": self.mrr,
            **{f"hits_at_{at}": ratio(hits, self.scored) for at, hits in self.hits.items()},
        }


@dataclass(frozen=True, eq=False)
class AnalogyDetails:
    """What became of each question [N].

    scored: whether its words are in the vocabulary. By method, right; rank, inf for none; predicted: a row, or -1.
    """

    suite: AnalogySuite
    scored: Flags
    right: Mapping[Method, Flags]
    rank: Mapping[Method, F32]
    predicted: Mapping[Method, I64]


@dataclass(frozen=True)
class Tally:
    """Right answers to the questions of a section, of a group of sections, or of all.

    correct, scored, total: questions; those with all four words in the vocabulary are scored.
    allowing_inputs: how many would be right if the three words of the question could be the answer; None where the
        convention does not ask.
    correct_30k, scored_30k: the same among the 30,000 most frequent words; None where that is the same figure.
    interval: of the accuracy. methods: the same questions by each method; `correct` is that of the first, 3CosAdd.
    """

    name: str
    correct: int
    scored: int
    total: int
    allowing_inputs: int | None = None
    correct_30k: int | None = None
    scored_30k: int | None = None
    interval: Interval | None = None
    methods: tuple[MethodTally, ...] = ()

    @property
    def accuracy(self) -> float | None:
        """Right answers over scored questions; None where none was scored."""
        return ratio(self.correct, self.scored)

    @property
    def accuracy_30k(self) -> float | None:
        """Accuracy among the 30,000 most frequent words."""
        return None if self.correct_30k is None else ratio(self.correct_30k, self.scored_30k or 0)

    @property
    def accuracy_allowing_inputs(self) -> float | None:
        """Accuracy if the inputs may answer too."""
        return None if self.allowing_inputs is None else ratio(self.allowing_inputs, self.scored)

    @property
    def lift(self) -> float | None:
        """By how much the accuracy exceeds that of the better baseline: what the relation adds to nearness."""
        baselines = [each.accuracy for each in self.methods if each.method in BASELINES and each.accuracy is not None]
        return self.accuracy - max(baselines) if baselines and self.accuracy is not None else None

    def row(self) -> dict[str, Any]:
        """Return the figures of the first method."""
        first = self.methods[0].to_dict() if self.methods else {}
        return {
            "name": self.name,
            "correct": self.correct,
            "scored": self.scored,
            "total": self.total,
            "allowing_inputs": self.allowing_inputs,
            "correct_30k": self.correct_30k,
            "scored_30k": self.scored_30k,
            "accuracy": self.accuracy,
            **bounds(self.interval),
            "accuracy_allowing_inputs": self.accuracy_allowing_inputs,
            "accuracy_30k": self.accuracy_30k,
            **{name: value for name, value in first.items() if name == "mrr" or name.startswith("hits_at")},
            "lift": self.lift,
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as JSON has them, those of each method included."""
        return {**self.row(), "methods": [each.to_dict() for each in self.methods]}


@dataclass(frozen=True)
class AnalogyReport(SuiteReport):
    """Accuracy on a set of analogies: `total` is the micro average (all questions alike), which is what papers quote.

    sections, groups: counts; a group (semantic, syntactic) adds up its sections. macro: the mean accuracy over the
    sections with scored questions.
    """

    protocol: Protocol
    sections: tuple[Tally, ...]
    groups: tuple[Tally, ...]
    total: Tally
    macro: float | None
    details: AnalogyDetails | None = field(default=None, repr=False, compare=False)
    kind: ClassVar[str] = "analogy"
    items: ClassVar[str] = "questions"

    @property
    def warning(self) -> str:
        """Why the score should not be quoted; empty where it can be."""
        return warning_of(self.total.scored, self.total.total, self.items, self.least, self.foreign)

    @property
    def primary(self) -> Score:
        """Micro accuracy."""
        total = self.total
        return Score("accuracy", "accuracy", total.accuracy, total.interval, total.scored, total.total)

    def why_absent(self, name: str) -> str:
        """Return why a score has no value."""
        if name == "30k" and self.protocol.vocabulary <= BESIDE:
            return f"it takes more than {BESIDE:,} words, and {self.protocol.vocabulary:,} were looked at"
        if name in ("30k", "allowing-inputs") and self.total.scored:
            return f"the rules of {self.protocol.convention} do not ask for it"
        return super().why_absent(name)

    def metrics(self) -> dict[str, float | None]:
        """Return every number that has a name; the first, with the suite's own name, is the micro average."""
        own = {
            "": self.total.accuracy,
            "macro": self.macro,
            "30k": self.total.accuracy_30k,
            "allowing-inputs": self.total.accuracy_allowing_inputs,
            "coverage": ratio(self.total.scored, self.total.total),
        }
        first = self.total.methods[:1]
        own["lift"] = self.total.lift
        for each in first:
            own["mrr"] = each.mrr
            own |= {f"hits@{at}": ratio(hits, each.scored) for at, hits in each.hits.items()}
        own |= {each.method: each.accuracy for each in self.total.methods[1:]}
        parts = {tally.name: tally.accuracy for tally in (*self.groups, *self.sections) if tally.name not in own}
        return self.named({**own, **parts})

    def rows(self) -> list[dict[str, Any]]:
        """Return one flat row for each section, each group, and the total."""
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
        """Return the report as JSON has it."""
        return {
            **self.head(),
            "total": self.total.to_dict(),
            "macro": self.macro,
            "groups": [tally.to_dict() for tally in self.groups],
            "sections": [tally.to_dict() for tally in self.sections],
            "protocol": self.protocol.to_dict(),
        }
