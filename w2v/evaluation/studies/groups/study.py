"""Groups of seeds: the mean of each group, its spread over the seeds, and the difference of two groups.

A model is trained with several seeds, another one too; is the second model better? Single runs do not tell: the next
seed may turn the order around. Here each group has a mean and a standard deviation, and the difference of two means has
an interval for other seeds and other items together (`statistics.grouped`). All scores are computed on the items that
every file can answer. One group of seeds, with its neighbours, is in `replicates`; single files are in `comparison`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from w2v.errors import SettingsError
from w2v.evaluation.forms import forms_beside
from w2v.evaluation.report import Report
from w2v.evaluation.studies.base import Run, Study, StudyResult
from w2v.evaluation.studies.groups.scores import GroupLine, SuiteGroups, Warnings, suites_of_groups, warnings_of
from w2v.evaluation.studies.groups.tables import paper_table, seeds, table_of_measures, tables_of
from w2v.report.blocks import Note, Section, Table
from w2v.report.numbers import hundredths

__all__ = ["STUDY", "Groups", "summarise_groups"]

METHOD = (
    "Scores are in points (hundredths), on the items that every file can answer: mean ± standard deviation over the "
    "seeds (n − 1)."
)
DIFFERENCES = (
    "95 % interval of a difference: the range in which it would probably lie with other seeds and other items of the "
    "same kind; the variance over items (resampled) and over seeds are added, with Student's t. p: of no difference, "
    "adjusted by Holm's method over the table. Detectable: the smallest true difference that these seeds and items "
    "would find in 80 % of cases."
)
ALONE = "{} has one seed, so the intervals of its differences do not hold what another seed would change."
ALL_ALONE = "{} have one seed each, so the intervals of their differences do not hold what other seeds would change."


@dataclass(frozen=True)
class Groups(StudyResult):
    """Groups of seeds: their files, the scores of every suite, and what does not fit in the run records."""

    files: Mapping[str, tuple[str, ...]]
    suites: tuple[SuiteGroups, ...]
    warnings: Mapping[str, Warnings]
    comes_first: ClassVar[bool] = True
    cites: ClassVar[tuple[str, ...]] = ("cameron2011robust", "satterthwaite1946approximate", "holm1979simple")

    def groups(self) -> Mapping[str, Sequence[str]]:
        """Return the files of each group."""
        return self.files

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON has it."""
        return {
            "groups": [{"name": name, "files": list(files)} for name, files in self.files.items()],
            "suites": [_suite_as_dict(suite) for suite in self.suites],
            "warnings": [_warnings_as_dict(name, each) for name, each in self.warnings.items()],
        }

    def verdicts(self, labels: Mapping[str, str]) -> tuple[str, ...]:
        """Return a sentence for each suite whose groups are compared."""
        return tuple(suite.verdict for suite in self.suites if suite.verdict)

    def summaries(self) -> list[str]:
        """Return the means of each group in one line."""
        return [f"{name}: {', '.join(means)}" for name in self.files if (means := list(self._means(name)))]

    def _means(self, group: str) -> Iterator[str]:
        for suite in self.suites:
            found = suite.whole.groups.get(group)
            if found is not None and suite.whole.items is not None:
                apart = "" if found.sd is None else f" ± {hundredths(found.sd)}"
                doubt = " (do not quote)" if group in suite.warned else ""
                yield f"{suite.suite} {hundredths(found.mean)}{apart}{doubt}"

    def flat_rows(self) -> list[dict[str, Any]]:
        """Return a row for each group's score, and for each difference, of suites and of their parts."""
        return [row for suite in self.suites for line in (suite.whole, *suite.parts) for row in _flat(suite, line)]

    def section(self, labels: Mapping[str, str]) -> Section:
        """Return means and differences, by suite and by section of each suite."""
        warned = {suite.suite for suite in self.suites if suite.warned}
        scored = [suite.whole for suite in self.suites if suite.whole.items is not None]
        measures = [suite.whole for suite in self.suites if suite.whole.items is None]
        blocks: list[Table | Note] = [*tables_of(scored, "set", "Mean ± SD over seeds", warned)] if scored else []
        blocks += [table_of_measures(measures)] if measures else []
        blocks += [Note((verdict,), "plain") for verdict in self.verdicts(labels)]
        blocks += [*self._warned(labels), *self._notes()]
        parts = (
            Section(f"{suite.suite}, by section", tuple(tables_of(suite.parts, "section", "Mean ± SD over seeds", ())))
            for suite in self.suites
            if suite.parts
        )
        return Section("Groups of seeds", tuple(blocks), tuple(parts))

    def _warned(self, labels: Mapping[str, str]) -> Iterator[Note]:
        for name, each in self.warnings.items():
            for sentence in each.sentences(labels):
                yield Note((f"{name}: {sentence}.",), "warning")
        for line in self._unquotable():
            yield Note((line,), "warning")

    def _unquotable(self) -> Iterator[str]:
        for suite in self.suites:
            if suite.warned:
                yield f"{suite.suite}, {' and '.join(suite.warned)}: {suite.warning}."

    def _notes(self) -> Iterator[Note]:
        named = "; ".join(f"{name}: {seeds(len(files))}" for name, files in self.files.items())
        yield Note((f"{named}. {METHOD}",))
        if any(line.differences for line in self._lines()):
            yield Note((DIFFERENCES,))
        alone = [name for name, files in self.files.items() if len(files) == 1]
        if alone:
            yield Note(((ALONE if len(alone) == 1 else ALL_ALONE).format(" and ".join(alone)),))

    def _lines(self) -> Iterator[GroupLine]:
        return (suite.whole for suite in self.suites)

    def paper(self) -> tuple[Table, tuple[Note, ...]] | None:
        """Return a table of groups by suites."""
        found = paper_table(self.files, self.suites)
        if found is None:
            return None
        table, lines = found
        return table, tuple(Note((line,)) for line in (*lines, *self._unquotable()))


def _flat(suite: SuiteGroups, line: GroupLine) -> Iterator[dict[str, Any]]:
    level = "mean" if line is suite.whole else "section mean"
    counts = {"scored": line.items, "total": line.total}
    name = suite.score if line is suite.whole else line.name
    for group, spread in line.groups.items():
        own = {"mean": spread.mean, "sd": spread.sd, "seeds": spread.seeds}
        yield {"vectors": group, "suite": suite.suite, "level": level, "name": name, **counts, **own}
    for found in line.differences:
        own = {key: value for key, value in asdict(found).items() if key not in ("first", "second", "adjusted")}
        yield {
            "vectors": found.second,
            "suite": suite.suite,
            "level": level.replace("mean", "mean difference"),
            "name": name,
            **counts,
            "compared_with": found.first,
            **own,
            "p_adjusted": found.adjusted,
        }


def _line_as_dict(line: GroupLine) -> dict[str, Any]:
    return {
        "name": line.name,
        "items": line.items,
        "total": line.total,
        "groups": {name: asdict(spread) for name, spread in line.groups.items()},
        "differences": [asdict(each) for each in line.differences],
    }


def _suite_as_dict(suite: SuiteGroups) -> dict[str, Any]:
    return {
        "suite": suite.suite,
        "score": suite.score,
        **_line_as_dict(suite.whole),
        "sections": [_line_as_dict(part) for part in suite.parts],
        "warned": list(suite.warned),
        "warning": suite.warning,
        "verdict": suite.verdict,
    }


def _warnings_as_dict(group: str, warnings: Warnings) -> dict[str, Any]:
    return {
        "group": group,
        "differing": [{"setting": each.setting, "values": dict(each.values)} for each in warnings.differing],
        "without_record": list(warnings.without_record),
        "same_seed": [{"seed": seed, "files": list(files)} for seed, files in (warnings.same_seed or {}).items()],
    }


def summarise_groups(reports: Mapping[str, Report], groups: Mapping[str, Sequence[str]]) -> Groups:
    """Return means, spreads and differences of groups; reports: by file; groups: the files of each, by name."""
    files = {name: tuple(own) for name, own in groups.items()}
    warnings = {name: warnings_of({file: reports[file] for file in own}) for name, own in files.items()}
    return Groups(files, suites_of_groups(reports, groups), warnings)


class GroupsStudy(Study):
    """Groups of seeds, in place of a comparison of single files."""

    name = "groups"
    replaces = ("comparison",)

    def applies(self, run: Run) -> bool:
        """Return whether the run names groups."""
        return bool(run.groups)

    def check(self, run: Run) -> None:
        """Raise `SettingsError` where no groups are named, or where they are not those of the run's files."""
        if not run.groups:
            raise SettingsError(
                "there are no groups of seeds",
                hint="name them: --group NAME=FILES, or in Python evaluate(groups={'name': [files]})",
            )

    def conclude(self, run: Run, reports: Mapping[str, Report], seen: Mapping[str, Any]) -> Groups:
        """Summarise the groups."""
        return summarise_groups(reports, run.groups)

    def forms(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return the JSON Schema of the result, and of its parts."""
        own = forms_beside(__file__)
        return own["value"], own["forms"]


STUDY = GroupsStudy()
