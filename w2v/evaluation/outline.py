"""The parts of a document besides the studies: scores at a glance, sections of suites, missing sets, references."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, ClassVar, Protocol

from w2v.data import manifest_of
from w2v.data.references import work_of
from w2v.errors import SettingsError
from w2v.evaluation.report import Report
from w2v.evaluation.showing import Shown, cells_of_score, protocols, score_mark, scored_cell
from w2v.evaluation.suites import how_to_get
from w2v.evaluation.tasks.base import task_of
from w2v.report.blocks import Column, Note, Reference, Row, Section, Table
from w2v.report.tables import fitting_scale, score_columns, text
from w2v.training.models import MODELS

__all__ = ["missing", "overview", "references", "suite_sections"]

Reports = Mapping[str, Report]  # by the label of the vector file


class StudyCites(Protocol):
    """The result of a study, as far as it says what to cite."""

    cites: ClassVar[tuple[str, ...]]


LEAST = 2  # sets: of a single one the overview would say what its section says
NOTE = (
    "95 % interval: the range in which the score would probably lie with other questions of the same kind. Questions "
    "of analogies share word pairs, and outliers share topics, so they count as fewer independent ones."
)


def overview(reports: Reports) -> Iterator[Section]:
    """Yield the scores of all suites that have one, where there are several of these."""
    first = next(iter(reports.values()))
    rows = tuple(_row(reports, report.suite) for report in first if report.primary is not None)
    if len(rows) < LEAST:
        return
    scale = fitting_scale("score and 95 % interval", (mark for row in rows for mark in row.marks))
    names = (Column("set", numeric=False, whole=True), Column("measure", numeric=False, below=True))
    columns = (*names, *score_columns(reports, "score"), Column("scored"))
    table = Table("The first score of each set", columns, rows, scale, 2 if len(reports) == 1 else 0)
    yield Section("Scores at a glance", (table, Note((NOTE,))))


def _row(reports: Reports, suite: str) -> Row:
    found = [whole[suite] for whole in reports.values()]
    scores = [report.primary for report in found if report.primary is not None]
    cells = (cell for report in found for cell in cells_of_score(report))
    return Row((text(suite), text(scores[0].title), *cells, scored_cell(scores)), tuple(map(score_mark, found)))


def suite_sections(reports: Reports, *, each_word: bool = False) -> Iterator[Section]:
    """Yield the sections of all suites, those of a kind together, in the order in which the kinds come first.

    each_word: also list every word of the tests of associations.
    """
    by_kind: dict[str, list[Shown[Any, Any]]] = {}
    first = next(iter(reports.values()))
    words = {label: whole.words for label, whole in reports.items()}
    for report in first:
        own = {label: whole[report.suite] for label, whole in reports.items()}
        shown: Shown[Any, Any] = Shown(report.suite, own, first.sets.get(report.suite), words, each_word)
        by_kind.setdefault(report.kind, []).append(shown)
    for kind, suites in by_kind.items():
        yield from task_of(kind).sections(suites)


def rules(reports: Reports) -> Iterator[Section]:
    """Yield by which rules the suites were scored, for a document that does not show the suites themselves."""
    label, first = next(iter(reports.items()))
    shown: list[Shown[Any, Any]] = []
    counted = True
    for report in first:
        own: dict[str, Any] = {label: whole[report.suite] for label, whole in reports.items()}
        if report.primary is not None:
            alike = len({each.protocol.rules(counted=False) for each in own.values()}) == 1
            counted = counted and len({each.protocol.vocabulary for each in own.values()}) == 1
            shown.append(Shown(report.suite, {label: report} if alike else own))
    if shown:
        yield Section("Rules of the scores", tuple(protocols(shown, counted=counted)))


def missing(report: Report) -> Iterator[Note]:
    """Yield what was left out because of its language, and what was asked for and is not on this computer."""
    for note in report.notes:
        yield Note((note,), "warning")
    for names, cure in how_to_get(report.missing):
        yield Note((f"Not on this computer, and left out: {', '.join(names)} ({cure}).",), "warning")


def references(reports: Reports, results: Iterable[StudyCites]) -> Iterator[Reference]:
    """Yield what to cite: for sets, for the models that made the vectors, and for methods.

    A user's own file of the name of a set has another hash, and is no set.
    """
    first = next(iter(reports.values()))
    for name, suite in first.sets.items():
        with suppress(SettingsError):
            manifest = manifest_of(name)
            if suite.sha256 == manifest.sha256:
                yield Reference(name, manifest.citation, manifest.bibtex)
    used: dict[str, list[str]] = {}
    for report in reports.values():
        model = None if report.record is None else MODELS.get(report.record.model)
        for key in () if model is None else model.cites:
            used.setdefault(key, []).append(model.name if model else "")
    for kind in dict.fromkeys(report.kind for report in first):
        for key in task_of(kind).cites:
            used.setdefault(key, []).append(task_of(kind).title.lower())
    for result in results:
        for key in result.cites:
            used.setdefault(key, []).append("differences")
    for key, purposes in used.items():
        work = work_of(key)
        yield Reference(", ".join(dict.fromkeys(purposes)), work.citation, work.bibtex)
