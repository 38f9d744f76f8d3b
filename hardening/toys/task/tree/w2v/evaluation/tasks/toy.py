"""A toy that shows how little a kind of suite needs: how many of some words have a positive first component?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import numpy as np

from w2v.arrays import F64
from w2v.evaluation.conventions import Convention
from w2v.evaluation.own import GUESSED, OwnChoices, OwnReading
from w2v.evaluation.own_tables import own_text
from w2v.evaluation.protocol import Protocol
from w2v.evaluation.statistics import FEWEST, Paired, paired_means, share_interval
from w2v.evaluation.suite import Suite
from w2v.evaluation.tasks.scored import ScoredReport, ScoredTask
from w2v.progress import Progress
from w2v.report.blocks import ItemsColumn
from w2v.vectors import Vectors

__all__ = ["TASK"]


@dataclass(frozen=True, eq=False)
class ToySuite(Suite):
    """Some words."""

    words: tuple[str, ...]
    kind: ClassVar[str] = "toy"

    def __len__(self) -> int:
        return len(self.words)


@dataclass(frozen=True)
class ToyReport(ScoredReport):
    """The share of words whose first component is positive, and the mean of the first components.

    signs: float64 [N], 1 for a positive word, 0 for another, NaN for one that is not in vocabulary.
    """

    positive: float | None
    mean: float | None
    signs: F64 = field(repr=False, compare=False)
    kind: ClassVar[str] = "toy"
    items: ClassVar[str] = "words"
    least: ClassVar[int] = 3
    score_title: ClassVar[str] = "share of positive words"
    beside_title: ClassVar[str] = "mean"

    @property
    def scores(self) -> dict[str, float | None]:
        return {"positive": self.positive, "mean": self.mean}


class ToyTask(ScoredTask[ToySuite, ToyReport]):
    """How many words have a positive first component."""

    kind = "toy"
    title = "Toys"
    every = "toy"
    example = "bear\nball\ndoll\ncart\nkite\ndrum\nhorn\ntrain\ntop\nblock\n"

    def read_own(self, path: Path, choices: OwnChoices = GUESSED) -> ToySuite:
        digest, lines = own_text(path)
        words = tuple(line for _, line in lines)
        return ToySuite(path.stem, path.name, digest, words, own=OwnReading(len(words), words=words))

    def evaluate(
        self, vectors: Vectors, suite: ToySuite, rules: Convention, limit: int | None, progress: Progress
    ) -> ToyReport:
        rows = [vectors.index.get(word, -1) for word in suite.words]
        first = np.array([vectors.matrix[row, 0] if row >= 0 else np.nan for row in rows], dtype=np.float64)
        signs = np.where(np.isfinite(first), first > 0, np.nan)
        found = signs[np.isfinite(signs)]
        share = float(found.mean()) if len(found) else None
        return ToyReport(
            suite=suite.name,
            title=suite.title,
            protocol=Protocol.of(rules, suite, limit, len(vectors), method="signs", unknown="left out"),
            interval=None if share is None or len(found) < FEWEST else share_interval(share, len(found)),
            scored=len(found),
            total=len(suite),
            positive=share,
            mean=float(np.nanmean(first)) if len(found) else None,
            signs=signs,
        )

    def paired(self, reports: Sequence[ToyReport]) -> Paired | None:
        return paired_means("positive", [report.signs for report in reports], np.arange(reports[0].total))

    def questions(self, asked: ToySuite) -> Iterator[ItemsColumn]:
        yield ItemsColumn("word", "word", asked.words)


TASK = ToyTask()
