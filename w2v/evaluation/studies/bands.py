"""Scores by how rare words are: each set in bands of frequency, by the rarest word of an item.

A score over all items hides that frequent words are scored far better than rare ones, and that two files differ for
rare words alone. The rank of a word is its place by frequency: by the counts of the file, or, where the file has none,
by the order of its rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from w2v.arrays import I64, Flags
from w2v.evaluation.composing import complete, rows_of_set
from w2v.evaluation.conventions import convention_of
from w2v.evaluation.forms import forms_beside
from w2v.evaluation.report import Report, Score, SuiteReport
from w2v.evaluation.showing import range_of, show_of
from w2v.evaluation.statistics import FEWEST
from w2v.evaluation.studies.base import Run, Study, StudyResult
from w2v.evaluation.suite import Suite
from w2v.evaluation.tasks.base import task_of
from w2v.report.blocks import Cell, Column, Mark, Note, Row, Section, Table
from w2v.report.numbers import NONE
from w2v.report.tables import fitting_scale, mark_of, named, score_cells, score_columns, text
from w2v.vectors import Vectors

__all__ = ["BANDS", "STUDY", "Band", "Bands", "BandsOfFile", "BandsOfSuite"]

BANDS: tuple[tuple[int, int | None], ...] = ((1, 1_000), (1_001, 10_000), (10_001, 50_000), (50_001, None))
"""The first and the last rank of each band; None for no end."""

COMPOSED = "unknown, composed"
INSET = "\N{NO-BREAK SPACE}" * 2
TITLE = "Scores by frequency"
HOW = (
    "An item is in the band of its rarest word. The rank of a word is its place by frequency; of several files each "
    "has ranks of its own, so the items of a band may differ. Items with an unknown word are left out, or have a band "
    "of their own where the vectors can compose such words."
)


def title_of(first: int | None, last: int | None) -> str:
    """Return what people call a band, by its first and last rank."""
    if first is None:
        return COMPOSED
    return f"above {first - 1:,}" if last is None else f"{first:,}–{last:,}"


@dataclass(frozen=True)
class Band:
    """The score on the items of a band.

    first, last: ranks; last is None for no end, and both are None for the band of words that are composed. quotable:
    the score of the whole suite may be quoted, and the band has as many items as a suite needs for that.
    """

    first: int | None
    last: int | None
    score: Score
    quotable: bool = True

    @property
    def title(self) -> str:
        """What people call the band."""
        return title_of(self.first, self.last)

    def to_dict(self) -> dict[str, Any]:
        """Return the band as JSON has it."""
        score = self.score.to_dict()
        figures = {name: score[name] for name in ("value", "low", "high", "scored")}
        return {"band": self.title, "first_rank": self.first, "last_rank": self.last, **figures}


@dataclass(frozen=True)
class BandsOfSuite:
    """The bands of a suite that have items. score: the name of the score, as `spearman`."""

    suite: str
    kind: str
    score: str
    bands: tuple[Band, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the bands as JSON has them."""
        return {"suite": self.suite, "score": self.score, "bands": [band.to_dict() for band in self.bands]}


@dataclass(frozen=True)
class BandsOfFile:
    """The bands of every suite. by_counts: whether ranks are by the counts of the file, and not by its rows."""

    by_counts: bool
    suites: tuple[BandsOfSuite, ...]

    @property
    def ranks(self) -> bool:
        """Whether a band is of words that have a rank."""
        return any(band.first is not None for each in self.suites for band in each.bands)

    def to_dict(self) -> dict[str, Any]:
        """Return the bands as JSON has them."""
        return {"ranks_by": "counts" if self.by_counts else "rows", "suites": [each.to_dict() for each in self.suites]}


class _Line(NamedTuple):
    """A band of a suite in every file that has items in it, by the label of the file."""

    suite: str
    title: str
    bands: Mapping[str, Band]


@dataclass(frozen=True)
class Bands(StudyResult):
    """The bands of every file. asked: whether somebody asked for them; else they are for pages alone."""

    files: Mapping[str, BandsOfFile]
    asked: bool = False

    @property
    def for_pages(self) -> bool:
        """Bands that nobody asked for are for pages alone."""
        return not self.asked

    def to_dict(self) -> dict[str, Any]:
        """Return the bands of each file."""
        return {file: own.to_dict() for file, own in self.files.items()}

    def flat_rows(self) -> list[dict[str, Any]]:
        """Return a row for each band, where somebody asked for bands."""
        return [
            {"vectors": file, "suite": each.suite, "level": "band", "name": band.title, **_flat(each.score, band)}
            for file, own in self.files.items()
            for each in own.suites
            for band in each.bands
            if self.asked
        ]

    def section(self, labels: Mapping[str, str]) -> Section | None:
        """Return a table for each kind of suite, with a row for each band and columns for each file."""
        kinds = dict.fromkeys(each.kind for own in self.files.values() for each in own.suites)
        if not kinds:
            return None
        tables = (self._table(kind, labels) for kind in kinds)
        unranked = [labels[file] for file, own in self.files.items() if own.ranks and not own.by_counts]
        rows = f"{', '.join(unranked)}: without counts, so the order of the rows is taken for that of frequency."
        return Section(TITLE, (*tables, Note((HOW,)), *([Note((rows,))] if unranked else [])))

    def _table(self, kind: str, labels: Mapping[str, str]) -> Table:
        lines = list(self._lines(kind, labels))
        score = next(iter(lines[0].bands.values())).score
        rows: list[Row] = []
        for number, line in enumerate(lines):
            following = lines[number + 1].suite if number + 1 < len(lines) else line.suite
            if number == 0 or lines[number - 1].suite != line.suite:
                rows.append(Row((text(line.suite), *[text()] * (2 * len(labels) + 1))))
            bands = [line.bands.get(label) for label in labels.values()]
            marks = tuple(None if each is None else _mark(each) for each in bands)
            cells = [cell for each in bands for cell in _cells(each)]
            rows.append(Row((text(f"{INSET}{line.title}"), *cells, _counts(bands)), marks, following != line.suite))
        title, show = score.title, show_of(score)
        drawn = (mark for row in rows for mark in row.marks)
        scale = fitting_scale(f"{title} and 95 % interval", drawn, show=show)
        heads = score_columns(labels.values(), title)
        caption = f"{title[0].upper()}{title[1:]} by the rank of the rarest word"
        columns = (Column("set, ranks", numeric=False, whole=True), *heads, Column("scored"))
        return Table(caption, columns, tuple(rows), scale, 0 if len(labels) > 1 else 1)

    def _lines(self, kind: str, labels: Mapping[str, str]) -> Iterator[_Line]:
        """Yield the bands of each suite of a kind, in their order."""
        found: dict[str, dict[str, dict[str, Band]]] = {}
        for file, own in self.files.items():
            for each in own.suites:
                if each.kind == kind:
                    of_suite = found.setdefault(each.suite, {})
                    for band in each.bands:
                        of_suite.setdefault(band.title, {})[labels[file]] = band
        order = [title_of(first, last) for first, last in BANDS] + [COMPOSED]
        for suite, of_suite in found.items():
            yield from (_Line(suite, title, of_suite[title]) for title in order if title in of_suite)


def _flat(name: str, band: Band) -> dict[str, Any]:
    found = band.to_dict()
    return {name: found["value"], **{key: found[key] for key in ("low", "high", "scored", "first_rank", "last_rank")}}


def _cells(band: Band | None) -> tuple[Cell, Cell]:
    if band is None:
        return text(NONE), text()
    score = band.score
    return score_cells(score.value, range_of(score.interval), show_of(score), few=score.scored < FEWEST)


def _mark(band: Band) -> Mark | None:
    return mark_of(band.score.value, range_of(band.score.interval), faint=not band.quotable)


def _counts(bands: Sequence[Band | None]) -> Cell:
    """Return the number of items: once where all files have the same, else a line for each file."""
    counts = [NONE if each is None else f"{each.score.scored:,}" for each in bands]
    return named(*counts) if len(set(counts)) > 1 else text(counts[0])


def ranks_of(vectors: Vectors) -> I64:
    """Return the rank of each row [V] by the counts, the most frequent being 1; without counts by the order of rows."""
    ranks: I64 = np.arange(1, len(vectors) + 1)
    if vectors.counts is not None:
        order = np.argsort(-vectors.counts, kind="stable")
        by_counts = np.empty_like(ranks)
        by_counts[order] = ranks
        return by_counts
    return ranks


def bands_of(
    vectors: Vectors, suite: Suite, report: SuiteReport, ranks: I64, run: Run, limit: int | None
) -> BandsOfSuite | None:
    """Score a suite band by band; None for a kind that knows no frequency, and where no item is scored."""
    rules = convention_of(run.convention)
    asked = rows_of_set(vectors, suite, rules, limit)
    if asked is None or report.primary is None:
        return None
    # A word that is not there has rank 0, so that of a question with several answers the known words decide.
    rarest = np.where(asked.rows < 0, 0, ranks[asked.rows] if len(ranks) else 0)[asked.items].max(axis=1)
    bands = []
    for first, last in BANDS:
        inside = (rarest >= first) if last is None else (rarest >= first) & (rarest <= last)
        bands += _band(first, last, suite, report, inside)
    completed = complete(vectors, suite, rules, limit, run.progress) if run.convention == "w2v" else None
    if completed is not None:
        bands += _band(None, None, suite, completed.composed, completed.unknown)
    return BandsOfSuite(suite.name, suite.kind, report.primary.name, tuple(bands)) if bands else None


def _band(first: int | None, last: int | None, suite: Suite, report: SuiteReport, inside: Flags) -> list[Band]:
    """Return the band of some items [N], if any of them was scored."""
    score = task_of(suite.kind).score_of(suite, report, inside)
    if score is None or not score.scored:
        return []
    return [Band(first, last, score, not report.warning and score.scored >= report.least)]


class BandsStudy(Study):
    """Scores by bands of frequency, wherever somebody may see them."""

    name = "bands"

    def applies(self, run: Run) -> bool:
        """Return whether there are pages, or JSON, to stand in; means of groups of seeds have no single ranks."""
        return not run.brief and not run.groups

    def look(self, run: Run, file: str, vectors: Vectors, report: Report) -> BandsOfFile:
        """Score every suite band by band."""
        ranks, rules = ranks_of(vectors), convention_of(run.convention)
        limit = (rules.restrict_vocab if run.restrict_vocab is None else run.restrict_vocab) or None
        suites = (bands_of(vectors, suite, report[name], ranks, run, limit) for name, suite in run.sets.items())
        return BandsOfFile(vectors.counts is not None, tuple(each for each in suites if each is not None))

    def conclude(self, run: Run, reports: Mapping[str, Report], seen: Mapping[str, Any]) -> Bands | None:
        """Put the files side by side; None where no suite has bands."""
        if not any(own.suites for own in seen.values()):
            return None
        return Bands(seen, self.name in run.asked)

    def forms(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return the JSON Schema of the result, and of its parts."""
        own = forms_beside(__file__)
        return own["value"], own["forms"]


STUDY = BandsStudy()
