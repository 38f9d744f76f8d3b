"""gensim's own evaluators, run on the same vectors and the same sets: figures beside which w2v's must stand.

Nowhere else in evaluation is gensim imported. Vectors that lie in a file that gensim can read are read from it by
gensim itself, so that the comparison covers w2v's reader too.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from w2v.data import find, manifest_of
from w2v.errors import SettingsError
from w2v.evaluation.forms import forms_beside
from w2v.evaluation.report import Report
from w2v.evaluation.scoring import evaluate_suite
from w2v.evaluation.studies.base import Run, Study, StudyResult
from w2v.evaluation.tasks.base import BesideGensim
from w2v.evaluation.verdicts import of_lines
from w2v.formats.recognise import recognise
from w2v.report.blocks import Column, Note, Row, Section, Table
from w2v.report.numbers import precise
from w2v.report.tables import text
from w2v.vectors import Vectors

__all__ = ["STUDY", "GensimCheck"]

NOTE = "Right / scored, or Spearman's ρ, Pearson's r and the scored pairs, by gensim's rules."
HINT = "the vectors or the set hold something that w2v does not treat as gensim does: please report it"


@dataclass(frozen=True)
class GensimCheck(StudyResult):
    """Lines of figures of each file, w2v's by gensim's rules beside gensim's own."""

    lines: Mapping[str, Sequence[BesideGensim]]

    def to_dict(self) -> dict[str, Any]:
        """Return the lines of each file."""
        return {file: [line.to_dict() for line in lines] for file, lines in self.lines.items()}

    def verdicts(self, labels: Mapping[str, str]) -> tuple[str, ...]:
        """Return a sentence for each file."""
        said = []
        for file, lines in self.lines.items():
            wrong = [line for line in lines if not line.equal]
            first = f"{wrong[0].suite} {wrong[0].name}" if wrong else ""
            said.append(of_lines(labels[file], len(lines), len(wrong), first))
        return tuple(said)

    def section(self, labels: Mapping[str, str]) -> Section | None:
        """Return every line of figures, ours and gensim's, and whether they are equal."""
        columns = (Column("section", numeric=False), Column("w2v"), Column("gensim"), Column("", numeric=False))
        tables = []
        for file, lines in self.lines.items():
            rows: list[Row] = []
            for suite, members in groupby(lines, key=lambda line: line.suite):
                own = [row for line in members for row in _rows(suite, line)]
                rows += [*own[:-1], Row(own[-1].cells, last=True)]
            tables.append(Table(labels[file], columns, tuple(rows)))
        said = (Note((verdict,), "plain") for verdict in self.verdicts(labels))
        return Section("Beside gensim's own evaluators", (*tables, *said, Note((NOTE,))))

    def failure(self) -> tuple[str, str] | None:
        """Return how many lines differ, and which is the first."""
        every = [line for lines in self.lines.values() for line in lines]
        different = [line for line in every if not line.equal]
        if not different:
            return None
        first = f"{different[0].suite} {different[0].name}"
        return f"{len(different)} of {len(every)} lines differ from gensim's, {first} first", HINT


def _rows(suite: str, line: BesideGensim) -> Iterator[Row]:
    """Yield one row for counts, or one for each figure of a correlation."""
    equal = text("=" if line.equal else "≠ differs")
    if not any(isinstance(value, float) for value in (*line.ours, *line.gensim)):
        name = f"{suite}, all" if line.name == "total" else line.name
        yield Row((text(name), text(_counts(line.ours)), text(_counts(line.gensim)), equal))
        return
    for label, ours, gensim in zip(line.names, line.ours, line.gensim, strict=True):
        yield Row((text(f"{suite}, {label}"), text(_shown(ours)), text(_shown(gensim)), equal))


def _counts(values: Sequence[float | None]) -> str:
    return "/".join(map(_shown, values))


def _shown(value: float | None) -> str:
    return f"{value:,}" if isinstance(value, int) else precise(value)


class GensimStudy(Study):
    """gensim's evaluators beside w2v's, for the kinds of suites that gensim can score."""

    name = "gensim"

    def check(self, run: Run) -> None:
        """Raise `SettingsError` for sets of one's own, and where gensim can score none of the sets."""
        scored = {name for name, task in run.tasks().items() if task.gensim_scores_it}
        if scored & set(run.own):
            raise SettingsError(
                "--check gensim is for the sets of 'w2v data list'", hint="leave it out, or your own sets"
            )
        if any(value != "error" for value in run.rows.values()):
            raise SettingsError(
                "--check gensim reads whole files, and only some rows are asked for", hint="leave out one of them"
            )
        if not scored:
            raise SettingsError(
                "--check gensim is for sets of analogies and of rated pairs, and none was chosen",
                hint="add '--suite google-analogies,wordsim353', or leave out --check",
            )

    def look(self, run: Run, file: str, vectors: Vectors, report: Report) -> list[BesideGensim]:
        """Score every set by gensim, and by w2v under gensim's rules."""
        given, lines, keyed = run.files[file], list[BesideGensim](), None
        for name, task in run.tasks().items():
            if not task.gensim_scores_it:
                continue
            ours = evaluate_suite(
                vectors, run.sets[name], convention="gensim", restrict_vocab=run.restrict_vocab, progress=run.progress
            )
            if keyed is None:
                run.progress.phase("gensim is reading the vectors")
                keyed = _keyed_vectors(vectors, None if isinstance(given, Vectors) else given)
            run.progress.phase(f"gensim is evaluating {name}")
            lines += task.beside_gensim(keyed, ours, find(manifest_of(name), run.data_dir))
        return lines

    def conclude(self, run: Run, reports: Mapping[str, Report], seen: Mapping[str, Any]) -> GensimCheck:
        """Return the lines of all files."""
        return GensimCheck(seen)

    def forms(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return the JSON Schema of the result, and of its parts."""
        own = forms_beside(__file__)
        return own["value"], own["forms"]


def _keyed_vectors(vectors: Vectors, file: str | os.PathLike[str] | None) -> Any:
    """Return gensim's KeyedVectors, from the file where gensim can read it."""
    from gensim.models import KeyedVectors

    options = None if file is None else recognise(Path(file)).gensim
    if file is not None and options is not None:
        return KeyedVectors.load_word2vec_format(os.fspath(file), **options)
    keyed = KeyedVectors(vectors.dim)
    keyed.add_vectors(vectors.words, vectors.matrix)
    return keyed


STUDY = GensimStudy()
