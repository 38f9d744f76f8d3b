"""w2v's figures beside those of gensim's own evaluators, as a section: a table for each vector file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from w2v.evaluation.reference import Comparison
from w2v.report.blocks import Column, Note, Row, Section, Table
from w2v.report.numbers import precise
from w2v.report.tables import text

__all__ = ["gensim_section"]

NOTE = "Right / scored, or Spearman's ρ, Pearson's r and the scored pairs, by gensim's rules."
CORRELATIONS = ("Spearman ρ", "Pearson r", "scored")


def gensim_section(checks: Mapping[str, Sequence[Comparison]], labels: Mapping[str, str]) -> Section:
    """Every line of figures, ours and gensim's, and whether they are equal."""
    columns = (Column("section", numeric=False), Column("w2v"), Column("gensim"), Column("", numeric=False))
    tables = []
    for file, lines in checks.items():
        rows: list[Row] = []
        for suite, members in groupby(lines, key=lambda line: line.suite):
            own = [row for line in members for row in _rows(suite, line)]
            rows += [*own[:-1], Row(own[-1].cells, last=True)]
        tables.append(Table(labels[file], columns, tuple(rows)))
    return Section("Beside gensim's own evaluators", (*tables, Note((NOTE,))))


def _rows(suite: str, line: Comparison) -> Iterator[Row]:
    """One row for counts; one for each figure of a correlation."""
    equal = text("=" if line.equal else "≠ differs")
    if len(line.ours) == 2:
        name = f"{suite}, all" if line.name == "total" else line.name
        yield Row((text(name), text(_counts(line.ours)), text(_counts(line.gensim)), equal))
        return
    for label, ours, gensim in zip(CORRELATIONS, line.ours, line.gensim, strict=True):
        yield Row((text(f"{suite}, {label}"), text(_shown(ours)), text(_shown(gensim)), equal))


def _counts(values: Sequence[float | None]) -> str:
    return "/".join(map(_shown, values))


def _shown(value: float | None) -> str:
    return f"{value:,}" if isinstance(value, int) else precise(value)
