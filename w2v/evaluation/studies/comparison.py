"""Vectors side by side: is one better, on what all of them can answer?

Two files with different vocabularies are asked different questions, so their totals do not compare. Here every score is
computed again on the items that all files can answer, and differences are paired: both scores are resampled together,
by the things that each kind of suite names (`Task.paired`). With several comparisons, p is adjusted by Holm's method
(1979). The detectable difference is what the set could have shown at all: below it, "no difference" means little.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import combinations
from shlex import quote
from typing import Any, ClassVar

from w2v.evaluation.alike import groups_of_seeds, pattern_of
from w2v.evaluation.forms import forms_beside
from w2v.evaluation.report import LEAST_ITEMS, Report, warning_of_shared
from w2v.evaluation.statistics import FEWEST, Paired, difference_of, holm
from w2v.evaluation.studies.base import Run, Study, StudyResult
from w2v.evaluation.tasks.base import task_of
from w2v.evaluation.verdicts import UNIT, Compared, labels, of_difference, of_suite
from w2v.report.blocks import NEUTRAL, Block, Cell, Column, Folded, Mark, Note, Row, Section, Table
from w2v.report.numbers import chance, hundredths, points
from w2v.report.tables import ends, figure, fitting_scale, text

__all__ = ["STUDY", "Comparison", "Difference", "SuiteComparison", "compare"]

TITLE = "Comparison, on the questions that every file can answer"
MOST_ROWS = 6  # comparisons of files with seeds that a terminal shows
NOTES = (
    f"Scores and differences (second − first) are in points: {UNIT}. p: by Student's t of the resampled standard "
    "error, adjusted by Holm's method over the table. Detectable: the smallest true difference that this set would "
    "find in 80 % of cases."
)


@dataclass(frozen=True)
class Difference:
    """second − first, on the items that all files can answer.

    low, high: the 95 % interval. p: two-sided, of no difference, by Student's t of the resampled standard error;
    adjusted: by Holm's method over all differences of the table. detectable: the smallest true difference that the test
    would find in 80 % of cases. None where there are too few items, or too few pairs, to tell, or where nothing varies,
    as between all right and all wrong; p is 1 for the same answers. verdict: what it says, in a sentence.
    """

    first: str
    second: str
    difference: float
    low: float | None = None
    high: float | None = None
    p: float | None = None
    adjusted: float | None = None
    detectable: float | None = None
    verdict: str = ""


@dataclass(frozen=True)
class SuiteComparison:
    """A suite's score, by name, of each file, on the `items` of `total` that all files can answer.

    noun: what the items are called. least: how many of them a score needs to be quoted.
    """

    suite: str
    score: str
    items: int
    total: int
    scores: Mapping[str, float]
    differences: tuple[Difference, ...]
    noun: str = "items"
    least: int = LEAST_ITEMS

    def compared(self, found: Difference) -> Compared:
        """Return one of the differences as something to speak of."""
        short = labels(list(self.scores))
        return Compared(
            suite=self.suite,
            noun=self.noun,
            items=self.items,
            total=self.total,
            least=self.least,
            first=short[found.first],
            second=short[found.second],
            difference=found.difference,
            low=found.low,
            high=found.high,
            p=found.p,
            adjusted=found.adjusted,
            detectable=found.detectable,
        )

    @property
    def warning(self) -> str:
        """Why the scores and differences should not be quoted; "" where they can be."""
        return warning_of_shared(self.items, self.total, self.noun, self.least)

    @property
    def is_in_doubt(self) -> bool:
        """Whether the scores should not be quoted, and the verdict does not say so."""
        return bool(self.warning) and "do not quote" not in self.verdict

    @property
    def verdict(self) -> str:
        """What the differences say, in a sentence."""
        return of_suite([self.compared(each) for each in self.differences])

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as JSON has it."""
        return {**asdict(self), "warning": self.warning, "verdict": self.verdict}


@dataclass(frozen=True)
class Comparison(StudyResult):
    """The comparison of every suite whose scores can be paired.

    seeds: files that differ only in their seeds, by what their group may be called.
    """

    suites: tuple[SuiteComparison, ...]
    seeds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    comes_first: ClassVar[bool] = True
    cites: ClassVar[tuple[str, ...]] = ("holm1979simple",)

    def to_dict(self) -> list[dict[str, Any]]:
        """Return one object a suite."""
        return [each.to_dict() for each in self.suites]

    def verdicts(self, labels: Mapping[str, str]) -> tuple[str, ...]:
        """Return a sentence for each suite."""
        return tuple(each.verdict for each in self.suites)

    def flat_rows(self) -> list[dict[str, Any]]:
        """Return a row for each difference."""
        return [_flat(suite, found) for suite in self.suites for found in suite.differences]

    def surely_best(self) -> dict[str, str]:
        """Return, by suite, the file that is better than every other one, where chance hardly explains it."""
        best = {each.suite: max(each.scores, key=each.scores.__getitem__) for each in self.suites}
        return {each.suite: best[each.suite] for each in self.suites if _is_surely_best(each, best[each.suite])}

    def section(self, labels: Mapping[str, str]) -> Section | None:
        """Return the differences, and below them what they say; those that may be quoted are strong."""
        if not self.suites:
            return None
        several = len(labels) > 2
        rows = []
        for each in self.suites:
            for found in each.differences:
                files = [text(f"{labels[found.first]} → {labels[found.second]}")] if several else []
                sure = each.compared(found).is_quotable
                mark = Mark(found.difference, found.low, found.high, faint=not sure)
                last = several and found is each.differences[-1] and each is not self.suites[-1]
                items = text(f"{each.items:,} of {each.total:,}")
                rows.append(Row((text(each.suite), *files, items, *_cells(each, found, sure=sure)), (mark,), last))
        columns = [Column("set", numeric=False)]
        columns += [Column("files", numeric=False, below=True)] if several else []
        columns += [
            Column("scored by all", numeric=False, below=True),
            Column("scores"),
            Column("difference"),
            Column("95 % interval", below=True),
            Column("p (Holm)"),
            Column("detectable", below=True),
        ]
        marks = [mark for row in rows for mark in row.marks]
        scale = fitting_scale("difference and 95 % interval", marks, show=hundredths, differences=True)
        first, second, *_ = labels.values()
        caption = "Differences, in points" if several else f"{second} − {first}, in points"
        table = Table(caption, tuple(columns), tuple(rows), scale, len(columns) - 4, NEUTRAL)
        said = [Note((verdict,), "plain") for verdict in self.verdicts(labels)]
        said += [Note((f"{each.suite}: {each.warning}.",), "warning") for each in self.suites if each.is_in_doubt]
        advice = [Note((line,), "plain") for line in self._advice()]
        if self.seeds and len(rows) > MOST_ROWS:
            most = Note((f"All {len(rows)} comparisons are in reports (--report FILE.html) and in --format csv.",))
            blocks: tuple[Block, ...] = (*advice, *said, most, Folded("All comparisons", (table,)), Note((NOTES,)))
            return Section(TITLE, blocks)
        return Section(TITLE, (table, *advice, *said, Note((NOTES,))))

    def _advice(self) -> Iterator[str]:
        """Yield how seeds of one model are compared, where there are any beside other files."""
        if self.seeds:
            options = " ".join(f"--group {name}={quote(pattern_of(files))}" for name, files in self.seeds.items())
            yield f"Some files differ only in their seeds; this compares the means of their groups: {options}"


def _is_surely_best(suite: SuiteComparison, file: str) -> bool:
    against = [found for found in suite.differences if file in (found.first, found.second)]
    return bool(against) and all(suite.compared(found).is_quotable for found in against)


def _flat(suite: SuiteComparison, found: Difference) -> dict[str, Any]:
    """Return a difference as a flat row: of `vectors` from `compared_with`."""
    return {
        "vectors": found.second,
        "suite": suite.suite,
        "level": "difference",
        "name": suite.score,
        "scored": suite.items,
        "total": suite.total,
        "compared_with": found.first,
        "difference": found.difference,
        "low": found.low,
        "high": found.high,
        "p": found.p,
        "p_adjusted": found.adjusted,
        "detectable": found.detectable,
    }


def compare(reports: Mapping[str, Report]) -> tuple[SuiteComparison, ...]:
    """Compare every two files on every suite that all reports have and that can be paired; reports by file."""
    found: list[SuiteComparison] = []
    files = list(reports)
    for report in reports[files[0]]:
        paired = task_of(report.kind).paired([whole[report.suite] for whole in reports.values()])
        if paired is not None and paired.items:
            scores = dict(zip(files, paired.scores, strict=True))
            differences = tuple(_differences(files, paired))
            found.append(
                SuiteComparison(
                    suite=report.suite,
                    score=paired.score,
                    items=paired.items,
                    total=paired.total,
                    scores=scores,
                    differences=differences,
                    noun=report.items,
                    least=report.least,
                )
            )
    return _adjusted(found)


def _differences(files: Sequence[str], paired: Paired) -> Iterator[Difference]:
    """Test every two files."""
    for first, second in combinations(range(len(files)), 2):
        found = difference_of(paired, first, second)
        yield Difference(
            first=files[first],
            second=files[second],
            difference=found.size,
            low=found.low,
            high=found.high,
            p=found.p,
            detectable=found.detectable,
        )


def _adjusted(found: Sequence[SuiteComparison]) -> tuple[SuiteComparison, ...]:
    """Adjust every p for the number of differences."""
    adjusted = iter(holm([each.p for suite in found for each in suite.differences if each.p is not None]))

    def with_adjusted(suite: SuiteComparison, each: Difference) -> Difference:
        whole = each if each.p is None else replace(each, adjusted=next(adjusted))
        return replace(whole, verdict=of_difference(suite.compared(whole)))

    return tuple(
        replace(suite, differences=tuple(with_adjusted(suite, each) for each in suite.differences)) for suite in found
    )


def _cells(each: SuiteComparison, found: Difference, *, sure: bool) -> Iterator[Cell]:
    scores = [figure(each.scores[file], hundredths) for file in (found.first, found.second)]
    interval = None if found.low is None or found.high is None else (found.low, found.high)
    yield text(scores[0], " → ", scores[1])
    yield text(figure(found.difference, points), strong=sure)
    yield text(*ends(interval, points, few=each.items < FEWEST))
    yield text(figure(found.adjusted, chance))
    yield text(figure(found.detectable, hundredths))


class ComparisonStudy(Study):
    """The comparison, done wherever there are several files."""

    name = "comparison"

    def applies(self, run: Run) -> bool:
        """Return whether there are several files."""
        return len(run.files) > 1

    def conclude(self, run: Run, reports: Mapping[str, Report], seen: Mapping[str, Any]) -> Comparison:
        """Compare the files."""
        seeds = groups_of_seeds(reports) if len(reports) > 2 else {}
        return Comparison(compare(reports), seeds)

    def forms(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return the JSON Schema of the result, and of its parts."""
        own = forms_beside(__file__)
        return own["value"], own["forms"]


STUDY = ComparisonStudy()
