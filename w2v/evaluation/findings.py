"""All that one evaluation found: the object that `w2v.evaluate` returns and that every output is made of.

The tables on the terminal, JSON, CSV, Markdown and the HTML page say the same because they come from this object.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from w2v.errors import SettingsError
from w2v.evaluation import sections
from w2v.evaluation.comparison import SuiteComparison
from w2v.evaluation.grid import GridRow
from w2v.evaluation.reference import Comparison
from w2v.evaluation.replicates import Replicates
from w2v.evaluation.report import Report, SuiteReport, frame_of
from w2v.evaluation.sensitivity import Shift
from w2v.report.blocks import Document, Note, Section

if TYPE_CHECKING:
    import pandas

__all__ = ["SCHEMA", "Findings", "labels"]

SCHEMA = "w2v.eval/1"


def labels(files: Sequence[str]) -> dict[str, str]:
    """Return a short name for each path: its last part, where that is enough to tell the files apart."""
    short = [PurePath(file).name for file in files]
    return dict(zip(files, short if len(set(short)) == len(short) else files, strict=True))


@dataclass(frozen=True)
class Findings:
    """What was found, by the name of the vectors: the path of their file, or what they are called in memory.

    reports: the same suites for all of them. convention: whose rules. grids: accuracies by the conventions of papers;
    shifts: scores after centring and all-but-the-top; checks: figures beside gensim's. comparison: differences of the
    files, suite by suite; replicates: the spread of the files, where they are one model's seeds.

    `findings["wordsim353"]` is the report of a suite where there is one file, `findings["a.bin", "wordsim353"]` always.
    """

    reports: Mapping[str, Report]
    convention: str = "w2v"
    grids: Mapping[str, Sequence[GridRow]] = field(default_factory=dict)
    shifts: Mapping[str, Sequence[Shift]] = field(default_factory=dict)
    checks: Mapping[str, Sequence[Comparison]] = field(default_factory=dict)
    comparison: Sequence[SuiteComparison] = ()
    replicates: Replicates | None = None

    def __getitem__(self, name: str | tuple[str, str]) -> SuiteReport:
        if isinstance(name, str):
            return self.report[name]
        file, suite = name
        return self.reports[file][suite]

    def __iter__(self) -> Iterator[SuiteReport]:
        """Iterate over the reports of every suite, file by file."""
        return (report for whole in self.reports.values() for report in whole)

    def __len__(self) -> int:
        return sum(map(len, self.reports.values()))

    @property
    def report(self) -> Report:
        """All suites of the only file. Raises `SettingsError` where there are several files."""
        if len(self.reports) != 1:
            raise SettingsError(
                f"there are {len(self.reports)} files: {', '.join(self.reports)}",
                hint="name the file too: findings[file, suite], or findings.reports[file]",
            )
        return next(iter(self.reports.values()))

    @property
    def labels(self) -> dict[str, str]:
        """Short names of the files, by path."""
        return labels(list(self.reports))

    @property
    def suites(self) -> tuple[str, ...]:
        """The names of the suites, which are the same for all files."""
        return tuple(next(iter(self.reports.values())).suites)

    @property
    def missing(self) -> tuple[str, ...]:
        """Sets of the groups asked for that are not on this computer, and were left out."""
        return next(iter(self.reports.values())).missing

    def metrics(self) -> dict[str, float | None]:
        """Return every number by name, as `google-analogies.semantic`; with several files as `a.bin: wordsim353`."""
        several = len(self.reports) > 1
        return {
            f"{self.labels[file]}: {name}" if several else name: value
            for file, report in self.reports.items()
            for name, value in report.metrics().items()
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return the flat rows of every file and suite, as CSV and data frames have them."""
        return [{"vectors": file, **row} for file, report in self.reports.items() for row in report.rows()]

    def to_frame(self) -> pandas.DataFrame:
        """Return `rows()` as a data frame."""
        return frame_of(self.rows())

    def to_dict(self) -> dict[str, Any]:
        """Return what `w2v eval --json` prints, its `schema` included (results.schema.json, docs/json.md)."""
        extras: dict[str, Mapping[str, Sequence[Any]]] = {
            "conventions": self.grids,
            "sensitivity": self.shifts,
            "gensim": self.checks,
        }
        files = [
            {"vectors": file, **report.to_dict()}
            | {name: [line.to_dict() for line in lines[file]] for name, lines in extras.items() if file in lines}
            for file, report in self.reports.items()
        ]
        payload: dict[str, Any] = {"schema": SCHEMA, "convention": self.convention, "files": files}
        if len(self.reports) > 1 and self.replicates is None:
            payload["comparison"] = [each.to_dict() for each in self.comparison]
        if self.replicates is not None:
            payload["replicates"] = self.replicates.to_dict()
        return payload

    def document(self, title: str = "Evaluation of word vectors", *, each_word: bool = False) -> Document:
        """Return all of it as a document: scores at a glance, how files differ, every suite, what else was asked.

        each_word: also list every word of the tests of associations.
        """
        named = self.labels
        reports = {named[file]: report for file, report in self.reports.items()}
        notes = []
        if self.missing:
            missing = ", ".join(self.missing)
            notes.append(Note((f"Not on this computer, and left out: {missing} ('w2v data get NAME').",), "warning"))
        first = next(iter(reports.values()))
        return Document(
            title,
            tuple(self._sections(reports, each_word=each_word)),
            files=tuple(reports),
            facts=tuple(map(sections.facts, reports.values())),
            notes=tuple(notes),
            about=tuple(sections.citations(first)),
        )

    def _sections(self, reports: Mapping[str, Report], *, each_word: bool) -> Iterator[Section]:
        """The chapters of a document in the order of reading."""
        named = self.labels
        if glance := sections.scores_at_a_glance(reports):
            yield glance
        if self.comparison:
            yield sections.comparison_section(self.comparison, named)
        if self.replicates is not None:
            yield sections.replicates_section(self.replicates)
        yield from sections.report_sections(reports, each_word=each_word)
        if any(self.grids.values()):
            yield sections.conventions_section(self.grids, named)
        if self.shifts:
            yield sections.sensitivity_section(self.shifts, named, self.suites)
        if self.checks:
            yield sections.gensim_section(self.checks, named)

    def to_html(self) -> str:
        """Return one page that needs nothing else, as `w2v eval --report FILE.html` writes it."""
        from w2v.report.html import to_html

        return to_html(self.document())

    def to_markdown(self) -> str:
        """Return the same tables as Markdown."""
        from w2v.report.markdown import to_markdown

        return to_markdown(self.document())
