"""Analogies as a kind of suite."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from w2v.arrays import I64, Flags
from w2v.data.manifest import Manifest
from w2v.evaluation.conventions import Convention
from w2v.evaluation.own import GUESSED, OwnChoices
from w2v.evaluation.own_tables import OwnItems
from w2v.evaluation.report import Score
from w2v.evaluation.showing import Shown
from w2v.evaluation.statistics import Paired, Pigeonhole
from w2v.evaluation.tasks.analogies.answering import evaluate_analogies
from w2v.evaluation.tasks.analogies.grid import conventions_grid
from w2v.evaluation.tasks.analogies.report import AnalogyReport
from w2v.evaluation.tasks.analogies.section import sections
from w2v.evaluation.tasks.analogies.sets import AnalogySuite, read_analogies, read_bats, read_own_analogies
from w2v.evaluation.tasks.base import BesideGensim, GridRow, Task
from w2v.progress import Progress
from w2v.report.blocks import Section
from w2v.vectors import Vectors

__all__ = ["TASK", "AnalogyTask"]

EXAMPLE = """: family
man woman king queen
man woman boy girl
king queen boy girl
boy girl man woman
boy girl king queen
man woman uncle aunt
uncle aunt king queen
uncle aunt boy girl
: plural
cat cats dog dogs
dog dogs cow cows
cow cows cat cats
"""


@dataclass(frozen=True)
class _Shared:
    """The questions that all of F reports score.

    right: [F][N], of these questions; section_of: [N]; asked: how many questions each section has, scored or not.
    """

    suite: AnalogySuite
    right: Sequence[Flags]
    section_of: I64
    asked: I64
    pigeonhole: Pigeonhole

    @classmethod
    def of(cls, reports: Sequence[AnalogyReport]) -> _Shared | None:
        details = [report.details for report in reports if report.details is not None]
        if len(details) < len(reports):
            return None
        suite, sections = details[0].suite, len(details[0].suite.sections)
        common = np.logical_and.reduce([each.scored for each in details])
        right = [next(iter(each.right.values()))[common] for each in details]
        flags = np.column_stack([*right, common[common]]).astype(np.float64)
        pigeonhole = Pigeonhole(suite.questions[common], suite.section_of[common], flags, sections)
        asked = np.bincount(suite.section_of, minlength=sections)
        return cls(suite, right, suite.section_of[common], asked, pigeonhole)

    def paired(self, sections: Sequence[int]) -> Paired:
        """Return the scores on some sections; what is drawn are the pairs of words in them."""
        inside = np.isin(self.section_of, list(sections))

        def spread(first: int, second: int) -> tuple[float | None, int]:
            return self.pigeonhole.spread({first: -1.0, second: 1.0}, sections)

        scores = tuple(float(each[inside].mean()) if inside.any() else 0.0 for each in self.right)
        return Paired("accuracy", int(inside.sum()), int(self.asked[list(sections)].sum()), scores, spread)


class AnalogyTask(Task[AnalogySuite, AnalogyReport]):
    """Questions: a is to b as c is to which word?"""

    kind = "analogy"
    title = "Analogies"
    example = EXAMPLE
    has_grid = True
    cites = ("mikolov2013linguistic", "levy2014linguistic", "owen2007pigeonhole", "wilson1927probable")
    gensim_scores_it = True

    def read(self, manifest: Manifest, path: Path) -> AnalogySuite:
        """Read a published set: a file of sections, or the files of BATS."""
        if manifest.type == "bats":
            files, sha256 = tuple(manifest.source.files), manifest.source.sha256 or ""
            return read_bats(path, manifest.name, manifest.title, files, manifest.groups, sha256, manifest.encoding)
        return read_analogies(path, manifest.name, manifest.title, manifest.groups, manifest.encoding)

    def read_own(self, path: Path | OwnItems, choices: OwnChoices = GUESSED) -> AnalogySuite:
        """Read a user's own questions."""
        return read_own_analogies(path, choices)

    def evaluate(
        self, vectors: Vectors, suite: AnalogySuite, rules: Convention, limit: int | None, progress: Progress
    ) -> AnalogyReport:
        """Answer the questions."""
        return evaluate_analogies(vectors, suite, rules, limit, progress)

    def unscored(self, suite: AnalogySuite, report: AnalogyReport) -> list[str]:
        """Return the questions with a word that is not in the vocabulary."""
        if report.details is None:
            return []
        questions = suite.questions[~report.details.scored]
        return [" ".join(suite.words[number] for number in question) for question in questions.tolist()]

    def words_of_items(self, suite: AnalogySuite) -> tuple[Sequence[str], I64]:
        """Return the words of the set, and the four words of each question."""
        return suite.words, suite.questions

    def score_of(self, suite: AnalogySuite, report: AnalogyReport, chosen: Flags) -> Score | None:
        """Return accuracy on some of the questions, by the first method; what is drawn are the pairs of words."""
        details = report.details
        if details is None or report.primary is None:
            return None
        scored = chosen & details.scored
        right, number = next(iter(details.right.values()))[scored], int(scored.sum())
        if not number:
            return replace(report.primary, value=None, interval=None, scored=0, total=0)
        flags = np.column_stack([right, np.ones(number)]).astype(np.float64)
        section_of, sections = suite.section_of[scored], len(suite.sections)
        interval = Pigeonhole(suite.questions[scored], section_of, flags, sections).interval(0, range(sections))
        return replace(report.primary, value=float(right.mean()), interval=interval, scored=number, total=number)

    def paired(self, reports: Sequence[AnalogyReport]) -> Paired | None:
        """Compare accuracy on the questions that all files score; what is drawn are the pairs of words in them."""
        shared = _Shared.of(reports)
        return None if shared is None else shared.paired(range(len(shared.suite.sections)))

    def paired_parts(self, reports: Sequence[AnalogyReport]) -> Mapping[str, Paired]:
        """Compare the same in each section, and in each group of sections."""
        shared = _Shared.of(reports)
        if shared is None:
            return {}
        names = list(shared.suite.sections)
        parts = {name: [number] for number, name in enumerate(names)}
        parts |= {name: list(map(names.index, inside)) for name, inside in shared.suite.groups.items()}
        return {name: found for name, sections in parts.items() if (found := shared.paired(sections)).items}

    def grid(self, vectors: Vectors, suite: AnalogySuite, progress: Progress) -> Sequence[GridRow]:
        """Score the questions by the conventions of papers."""
        return conventions_grid(vectors, suite, progress)

    def beside_gensim(self, keyed: Any, report: AnalogyReport, path: Path) -> Sequence[BesideGensim]:
        """Return right and scored questions beside those of gensim's evaluate_word_analogies, section by section."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _, sections = keyed.evaluate_word_analogies(str(path), restrict_vocab=report.protocol.restrict_vocab)
        counts = [(len(each["correct"]), len(each["correct"]) + len(each["incorrect"])) for each in sections]
        return [
            BesideGensim(report.suite, tally.name, ("right", "scored"), (tally.correct, tally.scored), theirs)
            for tally, theirs in zip((*report.sections, report.total), counts, strict=True)
        ]

    def sections(self, suites: Sequence[Shown[AnalogyReport, AnalogySuite]]) -> Iterable[Section]:
        """Return the sections of all sets."""
        return sections(suites)


TASK = AnalogyTask()
