"""All that one evaluation found: the object that `w2v.evaluate` returns and that every output is made of.

The tables on the terminal, JSON, CSV, Markdown and the HTML page say the same because they come from this object.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from w2v.errors import SettingsError
from w2v.evaluation import outline
from w2v.evaluation.report import Report, SuiteReport, frame_of, line_of, reports_table
from w2v.evaluation.showing import facts
from w2v.evaluation.studies.base import StudyResult
from w2v.evaluation.verdicts import labels
from w2v.report.blocks import Document, Note, Section
from w2v.report.characters import ONE_LINE

if TYPE_CHECKING:
    import pandas

__all__ = ["SCHEMA", "Findings", "labels"]

SCHEMA = "w2v.eval/1"
WHOLE = 'The whole report: Path("report.html").write_text(findings.to_html(), "utf-8"), or findings.to_markdown().'


@dataclass(frozen=True)
class Findings:
    """What was found, by the name of the vectors: the path of their file, or what they are called in memory.

    reports: the same suites for all of them. convention: whose rules. studies: the results of studies, by their names.

    `findings["wordsim353"]` is the report of a suite where there is one file, `findings["a.bin", "wordsim353"]` always.
    """

    reports: Mapping[str, Report]
    convention: str = "w2v"
    studies: Mapping[str, StudyResult] = field(default_factory=dict)

    def __getitem__(self, name: str | tuple[str, str]) -> SuiteReport:
        """Return the report of a suite; `name` is that of the suite, or a file and the suite."""
        if isinstance(name, str):
            return self.report[name]
        file, suite = name
        return self.reports[file][suite]

    def __iter__(self) -> Iterator[SuiteReport]:
        """Iterate over the reports of every suite, file by file."""
        return (report for whole in self.reports.values() for report in whole)

    def __len__(self) -> int:
        return sum(map(len, self.reports.values()))

    def __repr__(self) -> str:
        """Return a line for each file, and its score on each suite."""
        sets = "1 set" if len(self.suites) == 1 else f"{len(self.suites)} sets"
        lines = [f"<Findings on {sets}; findings.to_html() is the whole report>"]
        for label, report in self._labelled().items():
            lines += [f"  {label}"] * bool(label)
            lines += [f"  {suite.suite}: {line_of(suite)}" for suite in report]
        return "\n".join(line.translate(ONE_LINE) for line in lines)

    def _repr_html_(self) -> str:
        return reports_table("Evaluation of word vectors", self._labelled(), self._sentences(), WHOLE)

    def _sentences(self) -> Iterator[str]:
        """Yield what the studies say, where they say it in sentences."""
        for said in self.verdicts().values():
            yield from said

    def _labelled(self) -> dict[str, Report]:
        """The reports by short names; by none where there is one file."""
        one = len(self.reports) == 1
        return {"" if one else self.labels[file]: report for file, report in self.reports.items()}

    @property
    def report(self) -> Report:
        """All suites of the only file. Raise `SettingsError` where there are several files."""
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
        return {
            "schema": SCHEMA,
            "convention": self.convention,
            "files": [{"vectors": file, **report.to_dict()} for file, report in self.reports.items()],
            "studies": {name: result.to_dict() for name, result in self.studies.items()},
            "verdicts": self.verdicts(),
        }

    def verdicts(self) -> dict[str, list[str]]:
        """Return what each study says in sentences, by its name."""
        return {name: list(result.verdicts(self.labels)) for name, result in self.studies.items()}

    def summaries(self) -> list[str]:
        """Return the main scores of each file in one line, with its name where there are several."""
        several = len(self.reports) > 1
        found = {self.labels[file]: report.summary for file, report in self.reports.items()}
        return [f"{label}: {line}" if several else line for label, line in found.items() if line]

    def document(self, title: str = "Evaluation of word vectors", *, each_word: bool = False) -> Document:
        """Return all of it as a document: scores at a glance, how files differ, every suite, what else was asked.

        each_word: also list every word of the tests of associations.
        """
        reports = {self.labels[file]: report for file, report in self.reports.items()}
        first = next(iter(reports.values()))
        sections = (
            *outline.overview(reports),
            *self._studied(first=True),
            *outline.suite_sections(reports, each_word=each_word),
            *self._studied(first=False),
        )
        return Document(
            title,
            sections,
            files=tuple(reports),
            facts=tuple(map(facts, reports.values())),
            notes=tuple(outline.missing(first)),
            about=tuple(outline.citations(first)),
            closing=tuple(Note((line,), "plain") for line in self.summaries()),
        )

    def _studied(self, *, first: bool) -> Iterator[Section]:
        """Yield the sections of the studies that stand before the suites, or of those that stand after them."""
        for result in self.studies.values():
            section = result.section(self.labels) if result.comes_first is first else None
            if section is not None:
                yield section

    def to_html(self) -> str:
        """Return one page that needs nothing else, as `w2v eval --report FILE.html` writes it."""
        from w2v.report.html import to_html

        return to_html(self.document())

    def to_markdown(self) -> str:
        """Return the same tables as Markdown."""
        from w2v.report.markdown import to_markdown

        return to_markdown(self.document())
