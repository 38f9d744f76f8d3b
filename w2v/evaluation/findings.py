"""All that one evaluation found: the object that `w2v.evaluate` returns and that every output is made of.

The tables on the terminal, JSON, CSV, Markdown and the HTML page say the same because they come from this object.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from w2v.errors import SettingsError
from w2v.evaluation import outline
from w2v.evaluation.described import facts_of_files, facts_of_groups, how_made
from w2v.evaluation.paper import table_of_files
from w2v.evaluation.report import Report, SuiteReport, frame_of, line_of, reports_table
from w2v.evaluation.studies.base import StudyResult
from w2v.evaluation.verdicts import labels
from w2v.report.blocks import Document, Note, Section, Table
from w2v.report.characters import ONE_LINE
from w2v.report.tables import recoloured

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
        """Return the flat rows of every file and suite, then those of studies, as CSV and data frames have them."""
        rows = [{"vectors": file, **row} for file, report in self.reports.items() for row in report.rows()]
        return [*rows, *(row for result in self.studies.values() for row in result.flat_rows())]

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
        """Return the main scores of each file or group of seeds in one line, with its name where there are several."""
        of_groups = [line for result in self.studies.values() for line in result.summaries()]
        if of_groups:
            return of_groups
        several = len(self.reports) > 1
        found = {self.labels[file]: report.summary for file, report in self.reports.items()}
        return [f"{label}: {line}" if several else line for label, line in found.items() if line]

    def document(self, title: str = "Evaluation of word vectors", *, each_word: bool = False) -> Document:
        """Return all of it as a document: scores at a glance, how files differ, every suite, what else was asked.

        Of groups of seeds, means and differences take the place of the scores of single files, which are in the
        appendix. each_word: also list every word of the tests of associations.
        """
        reports = {self.labels[file]: report for file, report in self.reports.items()}
        first = next(iter(reports.values()))
        glance = tuple(outline.overview(reports))
        suites = tuple(outline.suite_sections(reports, each_word=each_word))
        before, after = tuple(self._studied(first=True)), tuple(self._studied(first=False))
        groups = {name: own for result in self.studies.values() for name, own in self._groups_labelled(result.groups())}
        of_files = (Section("Single files", (), (*glance, *suites)),)
        more = (*self._studied(for_pages=True), *how_made(reports))
        if groups:
            colour = {label: number for number, own in enumerate(groups.values()) for label in own}
            more = recoloured((*of_files, *how_made(reports)), [colour[label] for label in reports])
            more = (*self._studied(for_pages=True), *more)
        return Document(
            title,
            (*before, *outline.rules(reports), *after) if groups else (*glance, *before, *suites, *after),
            files=tuple(groups or reports),
            facts=facts_of_groups(reports, groups) if groups else facts_of_files(reports),
            notes=tuple(outline.missing(first)),
            appendix=more,
            references=tuple(outline.references(reports, self.studies.values())),
            paper=self._paper(reports),
            closing=tuple(Note((line,), "plain") for line in self.summaries()),
        )

    def _groups_labelled(self, groups: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield groups of files with the short names of these."""
        for name, files in groups.items():
            yield name, tuple(self.labels[file] for file in files)

    def _paper(self, reports: Mapping[str, Report]) -> tuple[Table, tuple[Note, ...]] | None:
        """Return the table of the study that has one, else a table of files by suites."""
        own = (result.paper() for result in self.studies.values())
        best = {suite: file for result in self.studies.values() for suite, file in result.surely_best().items()}
        named = {suite: self.labels.get(file, file) for suite, file in best.items()}
        return next((table for table in own if table is not None), None) or table_of_files(reports, named)

    def _studied(self, *, first: bool = False, for_pages: bool = False) -> Iterator[Section]:
        """Yield the sections of the studies that stand before the suites, or after them, or at the end of pages."""
        for result in self.studies.values():
            chosen = result.for_pages is for_pages and (for_pages or result.comes_first is first)
            section = result.section(self.labels) if chosen else None
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

    def to_latex(self) -> str:
        """Return one table for a paper, as `w2v eval --report FILE.tex` writes it; it needs booktabs."""
        from w2v.report.latex import to_latex

        return to_latex(self.document())

    def to_bibtex(self) -> str:
        """Return the entries of BibTeX of the sets, models and methods that were used."""
        from w2v.report.latex import to_bibtex

        return to_bibtex(self.document())
