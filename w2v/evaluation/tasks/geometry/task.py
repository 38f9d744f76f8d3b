"""Geometry and health as a kind of suite: a measure of the vectors as they are."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from w2v.evaluation.conventions import Convention
from w2v.evaluation.showing import Shown
from w2v.evaluation.tasks.base import Task
from w2v.evaluation.tasks.geometry.measuring import Geometry, GeometryReport, evaluate_geometry
from w2v.evaluation.tasks.geometry.section import sections
from w2v.progress import Progress
from w2v.report.blocks import Section
from w2v.vectors import Vectors

__all__ = ["TASK", "GeometryTask"]


class GeometryTask(Task[Geometry, GeometryReport]):
    """The shape of a cloud of vectors, and its health."""

    kind = "geometry"
    title = "Geometry and health"

    def measure(self, data_dir: str | os.PathLike[str] | None) -> Geometry:
        """Return the one suite of this kind."""
        return Geometry(self.kind, self.title, "")

    def evaluate(
        self, vectors: Vectors, suite: Geometry, rules: Convention, limit: int | None, progress: Progress
    ) -> GeometryReport:
        """Measure the vectors; no convention has a say in that."""
        return evaluate_geometry(vectors, restrict_vocab=limit, progress=progress)

    def sections(self, suites: Sequence[Shown[GeometryReport, Geometry]]) -> Iterable[Section]:
        """Return the measures of each cloud."""
        return sections(suites)


TASK = GeometryTask()
