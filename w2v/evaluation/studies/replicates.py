"""One model trained with several seeds: how much do scores and neighbours vary by chance alone?

A difference between two models that is smaller than the spread of one model's seeds is no difference. Different models
are compared in `comparison`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any, ClassVar

import numpy as np

from w2v.errors import SettingsError
from w2v.evaluation.forms import forms_beside
from w2v.evaluation.records import run_facts
from w2v.evaluation.report import Report
from w2v.evaluation.statistics import student
from w2v.evaluation.studies.base import Run, Study, StudyResult
from w2v.evaluation.verdicts import UNIT, of_spread
from w2v.neighbours import nearest
from w2v.progress import NullProgress, Progress
from w2v.report.blocks import NEUTRAL, Block, Column, Figure, Mark, Note, Row, Section, Table
from w2v.report.numbers import decimal, hundredths, percent
from w2v.report.tables import figure, fitting_scale, text
from w2v.vectors import Vectors

__all__ = ["STUDY", "Band", "Replicates", "Spread", "check_replicates", "summarise"]

BANDS = (1_000, 10_000, 100_000, 1_000_000)
WORDS = 200  # words of a band whose neighbours are compared
TOPN = 10
SEED = 1
NAMED = 4  # differences that a message names
FEWEST_SEEDS = 3  # with two, Student's t of one degree of freedom says that any difference may be chance
NOTES = f"Points: {UNIT}."


@dataclass(frozen=True)
class Spread:
    """A score over several files: mean, sample standard deviation (n − 1), least, greatest, how many files have it.

    in_points: whether it is a score that is shown in points, and no measure of the vectors. warning: why the score
    should not be quoted; "" where it can be.
    """

    score: str
    mean: float
    sd: float | None
    least: float
    greatest: float
    files: int
    in_points: bool = True
    warning: str = ""

    @property
    def by_seed_alone(self) -> float | None:
        """How far two single runs may lie apart by their seeds alone, in 95 % of cases; None where that is any number.

        The difference of two runs varies √2 times as much as one run, and Student's t covers that few seeds were seen.
        """
        if self.sd is None or self.files < FEWEST_SEEDS:
            return None
        return student(self.files - 1) * math.sqrt(2) * self.sd

    @property
    def verdict(self) -> str:
        """What the spread says, in a sentence."""
        return of_spread(
            self.score,
            self.mean,
            self.sd,
            self.files,
            self.by_seed_alone,
            in_points=self.in_points,
            warning=self.warning,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the spread as JSON has it."""
        return {**asdict(self), "by_seed_alone": self.by_seed_alone, "verdict": self.verdict}


@dataclass(frozen=True)
class Band:
    """Neighbours of words of like frequency: the share of a word's ten nearest that two files have in common.

    first, last: the ranks of the band, by frequency in the first file, from 1. words: how many of the band were looked
    at. overlap: the mean over those words and all pairs of files.
    """

    first: int
    last: int
    words: int
    overlap: float


@dataclass(frozen=True)
class Replicates(StudyResult):
    """The spread of scores over the files, and how many neighbours the files share."""

    files: tuple[str, ...]
    scores: tuple[Spread, ...]
    bands: tuple[Band, ...]
    comes_first: ClassVar[bool] = True

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON has it."""
        return {**asdict(self), "scores": [each.to_dict() for each in self.scores]}

    def verdicts(self, labels: Mapping[str, str]) -> tuple[str, ...]:
        """Return a sentence for each score."""
        return tuple(each.verdict for each in self.scores)

    def section(self, labels: Mapping[str, str]) -> Section:
        """Return mean and spread of each score, and the neighbours of words by their frequency."""
        said = (Note((verdict,), "plain") for verdict in self.verdicts(labels))
        blocks: tuple[Block, ...] = (*_scores(self), *said, Note((NOTES,)), _neighbours(self))
        return Section(f"Spread of {len(self.files)} seeds", blocks)


def check_replicates(vectors: Mapping[str, Vectors], progress: Progress | None = None) -> None:
    """Raise `SettingsError` unless the files, by name, can be one model trained with several seeds.

    Such files have as many words and dimensions, and by their run records the same model, settings and corpus. Warn of
    files without a record, which cannot be checked, and of records with the same seed.
    """
    progress = progress or NullProgress()
    facts = {file: run_facts(each.record, len(each), each.dim) for file, each in vectors.items()}
    first: dict[str, str] = {}  # the first file that has a fact of that name
    for file, own in facts.items():
        first = dict.fromkeys(own, file) | first
    differences = [
        f"{name} is {value} in {file} and {facts[first[name]][name]} in {first[name]}"
        for file, own in facts.items()
        for name, value in own.items()
        if value != facts[first[name]][name]
    ]
    if differences:
        more = f"; and {len(differences) - NAMED} more" if len(differences) > NAMED else ""
        raise SettingsError(
            f"the files differ in more than their seeds: {'; '.join(differences[:NAMED])}{more}",
            hint="compare groups of seeds with --group NAME=FILES, name the seeds of one model alone, or leave out "
            "--replicates to compare the files",
        )
    unknown = [file for file, each in vectors.items() if each.record is None]
    if unknown:
        named = ", ".join(unknown)
        progress.message(f"without a run record it cannot be checked that only the seeds differ: {named}", "warning")
    records = {file: each.record.settings for file, each in vectors.items() if each.record is not None}
    seeds = {file: str(settings["seed"]) for file, settings in records.items() if "seed" in settings}
    for seed in dict.fromkeys(seeds.values()):
        alike = [file for file, own in seeds.items() if own == seed]
        if len(alike) > 1:
            named = ", ".join(alike)
            progress.message(f"trained with the same seed, {seed}, so the spread is too small: {named}", "warning")


def summarise(
    reports: Mapping[str, Report], vectors: Sequence[Vectors], progress: Progress | None = None
) -> Replicates:
    """Return mean and spread of every suite's first score, and shared neighbours by bands of frequency."""
    return Replicates(tuple(reports), _spreads(list(reports.values())), _bands(vectors, progress or NullProgress()))


def _spreads(reports: Sequence[Report]) -> tuple[Spread, ...]:
    spreads: list[Spread] = []
    for suite in reports[0].suites:
        name = next(iter(reports[0][suite].metrics()), suite)
        values = [score for report in reports if (score := report[suite].metrics().get(name)) is not None]
        if values:
            sd = float(np.std(values, ddof=1)) if len(values) > 1 else None
            mean, in_points = float(np.mean(values)), reports[0][suite].primary is not None
            warning = next((report[suite].warning for report in reports if report[suite].warning), "")
            spreads.append(Spread(name, mean, sd, min(values), max(values), len(values), in_points, warning))
    return tuple(spreads)


def _bands(vectors: Sequence[Vectors], progress: Progress) -> tuple[Band, ...]:
    common = [word for word in vectors[0].words if all(word in each for each in vectors[1:])]
    rank = np.array([vectors[0].index[word] + 1 for word in common])
    units = [each.unit[[each.index[word] for word in common]] for each in vectors]
    rng = np.random.default_rng(SEED)
    bands: list[Band] = []
    progress.phase("comparing neighbours", len(BANDS), "bands")
    for number, (low, high) in enumerate(zip((0, *BANDS), BANDS, strict=False)):
        inside = np.flatnonzero((rank > low) & (rank <= high))
        chosen = np.sort(rng.choice(inside, size=min(WORDS, len(inside)), replace=False))
        if len(chosen) and len(common) > TOPN:
            near = [nearest(unit, unit[chosen], TOPN, without=chosen[:, None]).rows for unit in units]
            shares = [
                len(set(mine) & set(theirs)) / TOPN
                for first, second in combinations(near, 2)
                for mine, theirs in zip(first.tolist(), second.tolist(), strict=True)
            ]
            last = int(min(high, rank[-1]))
            bands.append(Band(low + 1, last, len(chosen), float(np.mean(shares))))
        progress.update(number + 1)
    return tuple(bands)


def _scores(replicates: Replicates) -> Iterator[Table]:
    """Yield a table of the scores, in points, and one of the measures, whose numbers are no shares."""
    for in_points, show, caption in (
        (True, hundredths, "Scores over the seeds, in points"),
        (False, decimal, "Measures over the seeds"),
    ):
        rows = []
        for spread in replicates.scores:
            if spread.in_points is in_points:
                figures = (figure(value, show) for value in (spread.mean, spread.sd, spread.least, spread.greatest))
                mark = Mark(spread.mean, spread.least, spread.greatest, faint=bool(spread.warning))
                rows.append(Row((text(spread.score), *map(text, figures)), (mark,)))
        if rows:
            columns = (Column("score", numeric=False, whole=True), *map(Column, ("mean", "± SD", "least", "greatest")))
            marks = (mark for row in rows for mark in row.marks)
            scale = fitting_scale("mean, least to greatest", marks, show=show)
            yield Table(caption, columns, tuple(rows), scale, series=NEUTRAL)


def _neighbours(replicates: Replicates) -> Table:
    rows = []
    for band in replicates.bands:
        words = Figure(f"{band.words:,}", float(band.words))
        cells = (text(f"{band.first:,} to {band.last:,}"), text(figure(band.overlap, percent)), text(words))
        rows.append(Row(cells, (Mark(band.overlap),)))
    columns = (Column("words by frequency", numeric=False), Column("shared"), Column("looked at"))
    scale = fitting_scale("shared", (mark for row in rows for mark in row.marks), bars=True, show=percent)
    caption = "Neighbours that two seeds share, of a word's ten nearest"
    return Table(caption, columns, tuple(rows), scale, series=NEUTRAL)


class ReplicatesStudy(Study):
    """The spread of several seeds, in place of a comparison."""

    name = "replicates"
    replaces = ("comparison",)
    keeps_vectors = True

    def check(self, run: Run) -> None:
        """Raise `SettingsError` for a single file."""
        if len(run.files) < 2:
            raise SettingsError("--replicates needs two files or more", hint="name the files of several seeds")

    def check_vectors(self, vectors: Mapping[str, Vectors], progress: Progress) -> None:
        """Raise `SettingsError` for files that differ in more than their seeds."""
        check_replicates(vectors, progress)

    def look(self, run: Run, file: str, vectors: Vectors, report: Report) -> Vectors:
        """Keep the vectors."""
        return vectors

    def conclude(self, run: Run, reports: Mapping[str, Report], seen: Mapping[str, Any]) -> Replicates:
        """Summarise the files."""
        return summarise(reports, list(seen.values()), run.progress)

    def forms(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return the JSON Schema of the result, and of its parts."""
        own = forms_beside(__file__)
        return own["value"], own["forms"]


STUDY = ReplicatesStudy()
