"""Associations of words as a kind of suite: a measure that brings its own word lists."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from w2v.evaluation.conventions import Convention
from w2v.evaluation.showing import Shown
from w2v.evaluation.tasks.base import Task
from w2v.evaluation.tasks.bias.lists import BiasLists, published
from w2v.evaluation.tasks.bias.report import BiasReport
from w2v.evaluation.tasks.bias.section import sections
from w2v.evaluation.tasks.bias.testing import evaluate_bias
from w2v.progress import Progress
from w2v.report.blocks import Section
from w2v.vectors import Vectors

__all__ = ["TASK", "BiasTask"]


class BiasTask(Task[BiasLists, BiasReport]):
    """Differential associations with their controls, on the published lists; `w2v bias` takes lists of one's own."""

    kind = "bias"
    title = "Bias"

    def measure(self, data_dir: str | os.PathLike[str] | None) -> BiasLists:
        """Return the published lists."""
        return published(data_dir)

    def evaluate(
        self, vectors: Vectors, suite: BiasLists, rules: Convention, limit: int | None, progress: Progress
    ) -> BiasReport:
        """Test the lists; no convention has a say in that."""
        return evaluate_bias(vectors, suite, restrict_vocab=limit, progress=progress)

    def sections(self, suites: Sequence[Shown[BiasReport, BiasLists]]) -> Iterable[Section]:
        """Return the sections of all sets."""
        return sections(suites)


TASK = BiasTask()
