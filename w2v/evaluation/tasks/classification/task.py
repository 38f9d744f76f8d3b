"""Classification: how well does a logistic regression tell classes of texts apart by their pooled vectors?

Beside it stand what a bag of words gets, which needs no vectors, and what guessing the largest class gets. On most sets
the bag of words is better; so the difference is part of the result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from w2v.arrays import F64, I64, Flags
from w2v.data.manifest import Manifest
from w2v.evaluation.conventions import Convention
from w2v.evaluation.own import GUESSED, OwnChoices
from w2v.evaluation.own_tables import OwnItems
from w2v.evaluation.protocol import Protocol
from w2v.evaluation.showing import Shown, flags, titled, words_at
from w2v.evaluation.statistics import FEWEST, Paired, paired_means, share_interval
from w2v.evaluation.tasks.baseline import AgainstBaseline, against_baseline, sentence_of
from w2v.evaluation.tasks.classification.learning import predicted
from w2v.evaluation.tasks.classification.sets import LabelSuite, read_labels, read_own_labels
from w2v.evaluation.tasks.pooled import WordCounts, pool, pooler
from w2v.evaluation.tasks.scored import ScoredReport, ScoredTask
from w2v.progress import Progress
from w2v.report.blocks import Items, ItemsColumn, Note
from w2v.vectors import Vectors

__all__ = ["TASK", "LabelReport", "evaluate_labels"]

USUAL = "mean"
BAG = "a bag of words"
METHOD = (
    "accuracy {tested} of logistic regression with an L2 penalty, chosen on {chosen}, on texts that are pooled by "
    "{pooling}"
)
EXAMPLE = "label,text\n" + "".join(
    f"{label},{text}\n"
    for label, texts in (
        ("animals", "a cat sleeps|the dog ran|a lion eats meat|my cat drinks milk|dogs and cats|the cow gives milk"),
        ("money", "the bank is closed|he counts his gold|it costs a pound|pay at the bank|cheap gold|a rich bank"),
    )
    for text in texts.split("|")
)


@dataclass(frozen=True)
class LabelReport(ScoredReport):
    """How well classes are told apart.

    accuracy: of the texts that are tested, the share whose class is guessed. bag_of_words, largest_class: the same of a
    classifier on words, and of guessing the class that is largest in training. against_words: accuracy minus that of
    the bag of words. scored: texts with a word in the vocabulary; the others are vectors of zeros, and count.
    right, guessed: [n], of each tested text.
    """

    accuracy: float | None
    bag_of_words: float
    largest_class: float
    against_words: tuple[AgainstBaseline, ...]
    classes: int
    trained: int
    pooling: str
    counts: WordCounts
    right: F64 = field(repr=False, compare=False)
    guessed: I64 = field(repr=False, compare=False)
    has_words: Flags = field(repr=False, compare=False)
    kind: ClassVar[str] = "classification"
    score_title: ClassVar[str] = "accuracy"
    as_percent: ClassVar[bool] = True
    items: ClassVar[str] = "texts"
    in_rows: ClassVar[tuple[str, ...]] = ("classes", "pooling")

    @property
    def scores(self) -> dict[str, float | None]:
        """Accuracy, and those of the bag of words and of the largest class."""
        return {"accuracy": self.accuracy, "bag-of-words": self.bag_of_words, "largest-class": self.largest_class}

    @property
    def besides(self) -> Mapping[str, float | None]:
        """What is got without vectors."""
        return {"bag of words": self.bag_of_words, "largest class": self.largest_class}

    def metrics(self) -> dict[str, float | None]:
        """Return every number by name, with the share of words that have a vector."""
        return {**super().metrics(), **self.named({"words": self.counts.share})}

    def details(self) -> dict[str, Any]:
        """Return what the JSON of only this kind has."""
        return {
            "against_words": [each.to_dict() for each in self.against_words],
            "classes": self.classes,
            "trained": self.trained,
            "pooling": self.pooling,
            "words": self.counts.words,
            "unknown_words": self.counts.unknown,
        }


class LabelTask(ScoredTask[LabelSuite, LabelReport]):
    """Classification of texts as a kind of suite."""

    kind = "classification"
    title = "Classification of texts"
    example = EXAMPLE

    def read(self, manifest: Manifest, path: Path) -> LabelSuite:
        """Read a published set."""
        return read_labels(manifest, path)

    def read_own(self, path: Path | OwnItems, choices: OwnChoices = GUESSED) -> LabelSuite:
        """Read a user's own texts with their labels."""
        return read_own_labels(path, choices)

    def evaluate(
        self, vectors: Vectors, suite: LabelSuite, rules: Convention, limit: int | None, progress: Progress
    ) -> LabelReport:
        """Train classifiers, and count their right guesses."""
        return evaluate_labels(vectors, suite, rules, limit, progress)

    def unscored(self, suite: LabelSuite, report: LabelReport) -> list[str]:
        """Return the texts without any word in the vocabulary."""
        return [suite.texts[at] for at in suite.tested[~report.has_words].tolist()]

    def paired(self, reports: Sequence[LabelReport]) -> Paired | None:
        """Compare accuracy; texts are drawn."""
        right = [report.right for report in reports]
        if any(report.accuracy is None for report in reports):
            return None
        return paired_means("accuracy", right, np.arange(len(right[0])))

    def remarks(self, suites: Sequence[Shown[LabelReport, LabelSuite]]) -> Iterator[Note]:
        """Yield how the vectors do beside a bag of words."""
        for suite in suites:
            for label, report in suite.reports.items():
                if report.accuracy is not None and report.against_words:
                    where = f"{suite.name}, {label}" if suite.several else suite.name
                    yield Note((sentence_of(where, report.against_words, report.items, report.least),))

    def items(self, suite: Shown[LabelReport, LabelSuite]) -> Iterator[Items]:
        """Yield each tested text with its class, and what was guessed."""
        asked = suite.asked
        if asked is None:
            return
        columns = [
            ItemsColumn("class", "word", words_at(asked.labels, asked.classes[asked.tested])),
            ItemsColumn("text", "word", words_at(asked.texts, asked.tested)),
        ]
        for label, report in suite.reports.items():
            right = flags(report.right == 1, np.isfinite(report.right))
            columns += [
                ItemsColumn(titled("right", label, suite.reports), "mark", right),
                ItemsColumn("guessed", "word", words_at(asked.labels, report.guessed)),
            ]
        columns.append(ItemsColumn("a bag of words guesses", "word", words_at(asked.labels, asked.by_words)))
        yield Items(f"Every text of {suite.name}", suite.name, tuple(columns), "class")


TASK = LabelTask()


def evaluate_labels(
    vectors: Vectors, suite: LabelSuite, rules: Convention, limit: int | None, progress: Progress
) -> LabelReport:
    """Return the accuracy of a logistic regression on pooled texts, with its interval, beside a bag of words.

    limit: only the first so many rows are looked at; None for all.
    """
    pooling = pooler(vectors, suite, USUAL, limit, progress)
    texts = pool(pooling, suite.texts, progress)
    progress.phase(f"training classifiers for {suite.name}")
    rounds = list(suite.rounds())
    guessed = predicted(texts.vectors.astype(np.float64), suite.classes, len(suite.labels), rounds)[suite.tested]
    wanted = suite.classes[suite.tested]
    right, by_words = (guessed == wanted).astype(np.float64), (suite.by_words == wanted).astype(np.float64)
    has_words = texts.known[suite.tested] > 0
    share = float(right.mean()) if has_words.any() else None
    keeps, parts = rounds[0].keeps_out, len(suite.parts) > 0
    method = METHOD.format(
        pooling=pooling.pooling,
        chosen="the part for development" if keeps else "a fifth of the texts for training",
        tested="on the part for testing" if parts else "on five folds",
    )
    return LabelReport(
        suite=suite.name,
        title=suite.title,
        protocol=Protocol.of(
            rules,
            suite,
            limit,
            len(vectors),
            method=method,
            unknown=f"{pooling.unknown}; a text without any word is a vector of zeros",
            case=pooling.case,
        ),
        interval=None if share is None or len(right) < FEWEST else share_interval(share, len(right)),
        scored=int(has_words.sum()),
        total=len(suite),
        accuracy=share,
        bag_of_words=float(by_words.mean()),
        largest_class=float(suite.largest_class.mean()),
        against_words=against_baseline("accuracy", (BAG, by_words), {f"pooling by {pooling.pooling}": right}),
        classes=len(suite.labels),
        trained=len(suite.texts) - len(suite) if parts else len(suite.texts),
        pooling=pooling.pooling,
        counts=texts.counts,
        right=right,
        guessed=guessed,
        has_words=has_words,
    )
