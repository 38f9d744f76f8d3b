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
from w2v.evaluation.verdicts import UNIT, of_shifts
from w2v.progress import Progress
from w2v.report.blocks import Column, Note, Row, Section, Table
from w2v.report.numbers import decimal, hundredths, number, points
from w2v.report.tables import figure, text
from w2v.transforms import all_but_the_top, centred
from w2v.vectors import Vectors

__all__ = ["STUDY", "Sensitivity", "Shift", "sensitivity"]

CHANGES = ("centred", "all but the top")
HEADS = ("as it is", *CHANGES)


@dataclass(frozen=True)
class Shift:
    """A score by name (as in `Report.metrics`): of the vectors, of the centred ones, and without the top components.

    main: whether it is one of the numbers of its suite that a reader should look at first. in_points: whether it is a
    score that is shown in points, and no measure of the vectors.
    """

    name: str
    plain: float | None
    centred: float | None
    all_but_the_top: float | None
    main: bool
    in_points: bool = True

    @property
    def moves(self) -> Sequence[float | None]:
        """By how much it moves after each change of the vectors, in the order of CHANGES."""
        return [
            None if self.plain is None or value is None else value - self.plain
            for value in (self.centred, self.all_but_the_top)
        ]


@dataclass(frozen=True)
class Sensitivity(StudyResult):
    """Every score of each file, and how it moves."""

    shifts: Mapping[str, Sequence[Shift]]

    def to_dict(self) -> dict[str, Any]:
        """Return the scores of each file."""
        return {file: [asdict(shift) for shift in shifts] for file, shifts in self.shifts.items()}

    def verdicts(self, labels: Mapping[str, str]) -> tuple[str, ...]:
        """Return a sentence for each file that has a score."""
        said = []
        for file, shifts in self.shifts.items():
            moves = [
                (shift.name, change, move)
                for shift in shifts
                if shift.main and shift.in_points
                for change, move in zip(CHANGES, shift.moves, strict=True)
                if move is not None
            ]
            if moves:
                said.append(of_shifts(labels[file], moves))
        return tuple(said)

    def section(self, labels: Mapping[str, str]) -> Section:
        """Return the main numbers of each suite, and how they move."""
        tables = [
            table
            for file, shifts in self.shifts.items()
            for table in (_table(labels[file], shifts, in_points=True), _table(labels[file], shifts, in_points=False))
            if table.rows
        ]
        said = [Note((verdict,), "plain") for verdict in self.verdicts(labels)]
        unit = [Note((f"Points: {UNIT}.",))] if said else []
        return Section("How scores move without a common direction", (*tables, *said, *unit))


def _table(label: str, shifts: Sequence[Shift], *, in_points: bool) -> Table:
    """Return the main scores of a file, in points, or the main measures, which are no shares."""
    rows = []
    for shift in shifts:
        if shift.main and shift.in_points is in_points:
            plain = figure(shift.plain, hundredths if in_points else decimal)
            moved = (points(move) if in_points else number(move, 4, sign=True) for move in shift.moves)
            rows.append(Row((text(shift.name), text(plain), *map(text, moved))))
    columns = (Column("score" if in_points else "measure", numeric=False, whole=True), *map(Column, HEADS))
    return Table(f"{label}, in points" if in_points else f"{label}, measures", columns, tuple(rows))


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
        Shift(name, value, centre.get(name), top.get(name), name in main, each.primary is not None)
        for each in report
        for name, value in each.metrics().items()
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
