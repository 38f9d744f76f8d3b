"""How much scores depend on a common direction: each score after centring, and after all-but-the-top.

Mu & Viswanath (2018) found that most scores rise when the mean and the first components are taken out. A score that
moves a lot depends as much on a common direction of all vectors as on their words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from w2v.evaluation.conventions import ConventionName
from w2v.evaluation.forms import forms_beside
from w2v.evaluation.report import Report
from w2v.evaluation.scoring import evaluate_sets
from w2v.evaluation.studies.base import Run, Study, StudyResult
from w2v.evaluation.suite import Suite
from w2v.progress import Progress
from w2v.report.blocks import Cell, Column, Row, Section, Table
from w2v.report.numbers import decimal, number
from w2v.report.tables import figure, text
from w2v.transforms import all_but_the_top, centred
from w2v.vectors import Vectors

__all__ = ["STUDY", "Sensitivity", "Shift", "sensitivity"]

HEADS = ("as it is", "centred", "all but the top")


@dataclass(frozen=True)
class Shift:
    """A score by name (as in `Report.metrics`): of the vectors, of the centred ones, and without the top components.

    main: whether it is one of the numbers of its suite that a reader should look at first.
    """

    name: str
    plain: float | None
    centred: float | None
    all_but_the_top: float | None
    main: bool


@dataclass(frozen=True)
class Sensitivity(StudyResult):
    """Every score of each file, and how it moves."""

    shifts: Mapping[str, Sequence[Shift]]

    def to_dict(self) -> dict[str, Any]:
        """Return the scores of each file."""
        return {file: [asdict(shift) for shift in shifts] for file, shifts in self.shifts.items()}

    def section(self, labels: Mapping[str, str]) -> Section:
        """Return the main numbers of each suite, and how they move."""
        tables = []
        for file, shifts in self.shifts.items():
            rows = []
            for shift in shifts:
                if shift.main:
                    moved = (_moved(shift.plain, value) for value in (shift.centred, shift.all_but_the_top))
                    rows.append(Row((text(shift.name), text(figure(shift.plain, decimal)), *moved)))
            columns = (Column("score", numeric=False, whole=True), *map(Column, HEADS))
            tables.append(Table(labels[file], columns, tuple(rows)))
        return Section("How scores move without a common direction", tuple(tables))


def _moved(plain: float | None, value: float | None) -> Cell:
    return text(number(None if plain is None or value is None else value - plain, 4, sign=True))


def sensitivity(
    vectors: Vectors,
    report: Report,
    sets: Mapping[str, Suite],
    *,
    convention: ConventionName = "w2v",
    restrict_vocab: int | None = None,
    progress: Progress | None = None,
) -> tuple[Shift, ...]:
    """Return every number of `report`, which is that of `sets` on `vectors`, beside those of two transformed clouds.

    Memory: a second matrix while it lasts.
    """
    centre, top = (
        evaluate_sets(
            transform(vectors), sets, convention=convention, restrict_vocab=restrict_vocab, progress=progress
        ).metrics()
        for transform in (centred, all_but_the_top)
    )
    main = {name for each in report for name in each.main_metrics()}
    return tuple(
        Shift(name, value, centre.get(name), top.get(name), name in main) for name, value in report.metrics().items()
    )


class SensitivityStudy(Study):
    """The scores of two transformed clouds beside those of the vectors."""

    name = "sensitivity"

    def look(self, run: Run, file: str, vectors: Vectors, report: Report) -> tuple[Shift, ...]:
        """Score the transformed vectors."""
        return sensitivity(
            vectors,
            report,
            run.sets,
            convention=run.convention,
            restrict_vocab=run.restrict_vocab,
            progress=run.progress,
        )

    def conclude(self, run: Run, reports: Mapping[str, Report], seen: Mapping[str, Any]) -> Sensitivity:
        """Return the scores of all files."""
        return Sensitivity(seen)

    def forms(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return the JSON Schema of the result, and of its parts."""
        own = forms_beside(__file__)
        return own["value"], own["forms"]


STUDY = SensitivityStudy()
