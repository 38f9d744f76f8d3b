"""The scores of groups of seeds: means, spreads and differences, of suites and of their parts; numbers alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from w2v.evaluation.records import Differing, differing, run_facts, same_seeds
from w2v.evaluation.report import Report, SuiteReport, warning_of_shared
from w2v.evaluation.statistics import Paired, holm
from w2v.evaluation.statistics.grouped import Spread, difference_of_groups, mean_and_spread
from w2v.evaluation.tasks.base import task_of
from w2v.evaluation.verdicts import LIKELY, Compared, of_suite

__all__ = ["GroupDifference", "GroupLine", "SuiteGroups", "Warnings", "is_sure", "suites_of_groups", "warnings_of"]

SHOWN = 4  # differences of records that a page names for a group


@dataclass(frozen=True)
class GroupDifference:
    """second − first, of the means of two groups.

    low, high: the 95 % interval, over seeds and items. p: two-sided, of no difference; adjusted: by Holm's method over
    all differences of the table. detectable: the smallest true difference that the test would find in 80 % of cases.
    None where there are too few items to tell, or where nothing varies.
    """

    first: str
    second: str
    difference: float
    low: float | None = None
    high: float | None = None
    p: float | None = None
    adjusted: float | None = None
    detectable: float | None = None


@dataclass(frozen=True)
class GroupLine:
    """A score, or that of a part of a set, of each group: on `items` of `total`; None for a measure without items."""

    name: str
    items: int | None
    total: int | None
    groups: Mapping[str, Spread]
    differences: tuple[GroupDifference, ...] = ()


@dataclass(frozen=True)
class SuiteGroups:
    """A suite: its score, by name, and that of each part, as the sections of analogies.

    warned: the groups whose scores on it should not be quoted, and why. noun: what its items are called. least: how
    many of them a score needs to be quoted. title: the score as people read it.
    """

    suite: str
    score: str
    whole: GroupLine
    parts: tuple[GroupLine, ...] = ()
    warned: tuple[str, ...] = ()
    warning: str = ""
    noun: str = "items"
    least: int = 0
    title: str = ""

    @property
    def verdict(self) -> str:
        """What the differences say, in a sentence; "" where there are none."""
        return of_suite([self._compared(each) for each in self.whole.differences]) if self.whole.differences else ""

    def _compared(self, found: GroupDifference) -> Compared:
        return Compared(
            suite=self.suite,
            noun=self.noun,
            items=self.whole.items or 0,
            total=self.whole.total or 0,
            least=self.least,
            first=found.first,
            second=found.second,
            difference=found.difference,
            low=found.low,
            high=found.high,
            p=found.p,
            adjusted=found.adjusted,
            detectable=found.detectable,
        )


@dataclass(frozen=True)
class Warnings:
    """What of the run records of a group does not fit seeds of one model.

    differing: settings in which files differ. without_record: files that have no record. same_seed: files of one seed.
    """

    differing: tuple[Differing, ...] = ()
    without_record: tuple[str, ...] = ()
    same_seed: Mapping[str, Sequence[str]] | None = None

    def sentences(self, labels: Mapping[str, str]) -> Iterator[str]:
        """Yield each as a sentence without a full stop."""
        if self.differing:
            named = "; ".join(each.in_words(labels) for each in self.differing[:SHOWN])
            more = len(self.differing) - SHOWN
            yield f"the run records differ in more than the seed: {named}{f'; and {more} more' if more > 0 else ''}"
        if self.without_record:
            files = ", ".join(labels.get(file, file) for file in self.without_record)
            yield f"without a run record it cannot be checked that only the seeds differ: {files}"
        for seed, own in (self.same_seed or {}).items():
            files = ", ".join(labels.get(file, file) for file in own)
            yield f"trained with the same seed, {seed}, so the spread is too small: {files}"


def is_sure(found: GroupDifference) -> bool:
    """Return whether chance hardly explains a difference."""
    return found.adjusted is not None and found.adjusted < LIKELY


def suites_of_groups(reports: Mapping[str, Report], groups: Mapping[str, Sequence[str]]) -> tuple[SuiteGroups, ...]:
    """Return means, spreads and differences of groups; reports: by file; groups: the files of each, by name."""
    order = list(reports)
    members = {name: [order.index(file) for file in files] for name, files in groups.items()}
    found = [each for suite in reports[order[0]].suites if (each := _suite(suite, reports, members)) is not None]
    adjusted = _adjusted([each.whole for each in found])
    return tuple(
        replace(each, whole=whole, parts=_adjusted(each.parts)) for each, whole in zip(found, adjusted, strict=True)
    )


def _suite(suite: str, reports: Mapping[str, Report], members: Mapping[str, Sequence[int]]) -> SuiteGroups | None:
    own = [report[suite] for report in reports.values()]
    task = task_of(own[0].kind)
    paired = task.paired(own)
    if paired is not None and paired.items:
        parts = tuple(_line(name, part, members) for name, part in task.paired_parts(own).items())
        warned, why = _warned(own, paired, members)
        whole = _line(suite, paired, members)
        title = own[0].primary.title if own[0].primary is not None else paired.score
        return SuiteGroups(suite, paired.score, whole, parts, warned, why, own[0].items, own[0].least, title)
    name = next(iter(own[0].metrics()), suite)
    values = [report.metrics().get(name) for report in own]
    spreads = {
        group: mean_and_spread(known)
        for group, numbers in members.items()
        if (known := [value for number in numbers if (value := values[number]) is not None])
    }
    return SuiteGroups(suite, name, GroupLine(name, None, None, spreads)) if spreads else None


def _warned(
    own: Sequence[SuiteReport], paired: Paired, members: Mapping[str, Sequence[int]]
) -> tuple[tuple[str, ...], str]:
    """Return the groups whose scores should not be quoted, and why: by the items that every file can answer.

    own: the report of the suite of each file.
    """
    shared = warning_of_shared(paired.items, paired.total, own[0].items, own[0].least)
    if shared:
        foreign = next((f"; {report.foreign}" for report in own if report.foreign), "")
        return tuple(members), f"{shared}{foreign}"
    warned = tuple(name for name, numbers in members.items() if any(own[number].warning for number in numbers))
    return warned, next((report.warning for report in own if report.warning), "")


def _line(name: str, paired: Paired, members: Mapping[str, Sequence[int]]) -> GroupLine:
    spreads = {group: mean_and_spread([paired.scores[number] for number in own]) for group, own in members.items()}
    differences = []
    for first, second in combinations(members, 2):
        found = difference_of_groups(paired, members[first], members[second])
        tested = (found.size, found.low, found.high, found.p, None, found.detectable)
        differences.append(GroupDifference(first, second, *tested))
    return GroupLine(name, paired.items, paired.total, spreads, tuple(differences))


def _adjusted(lines: Sequence[GroupLine]) -> tuple[GroupLine, ...]:
    """Adjust every p for the number of differences."""
    adjusted = iter(holm([each.p for line in lines for each in line.differences if each.p is not None]))

    def with_adjusted(each: GroupDifference) -> GroupDifference:
        return each if each.p is None else replace(each, adjusted=next(adjusted))

    return tuple(replace(line, differences=tuple(map(with_adjusted, line.differences))) for line in lines)


def warnings_of(reports: Mapping[str, Report]) -> Warnings:
    """Return what does not fit in the records of one group; reports: of its files."""
    records = {file: report.record for file, report in reports.items()}
    if len(records) < 2:
        return Warnings()
    facts = {file: run_facts(report.record, len(report.words), report.dim) for file, report in reports.items()}
    unknown = tuple(file for file, record in records.items() if record is None)
    return Warnings(tuple(differing(facts)), unknown, same_seeds(records))
