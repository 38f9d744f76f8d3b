"""Which sections the suites of an evaluation have, in which order. Not here: what stands in each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from w2v.evaluation.bias.words import WordProbe
from w2v.evaluation.document import probes, scores
from w2v.evaluation.document.blocks import Document, Note, Section
from w2v.evaluation.report import Report
from w2v.version import __version__

__all__ = ["by_kind", "facts", "words_document"]


def by_kind(reports: scores.Reports) -> list[Section]:
    """Return the suites' own sections, neighbours of one kind together."""
    first = next(iter(reports.values()))
    sections = []
    for kind, suites in groupby(first, key=lambda report: report.kind):
        names = [report.suite for report in suites]
        if kind == "bias":
            sections += [probes.bias_section(reports, name) for name in names]
        elif kind == "geometry":
            sections += [probes.geometry_section(reports, name) for name in names]
        elif kind == "analogy":
            below = tuple(scores.analogy_sections(reports, name) for name in names)
            sections.append(Section("Analogies", (), below))
        else:
            sections.append(scores.small_section(reports, names, kind))
    return sections


def facts(reports: Sequence[Report]) -> tuple[str, ...]:
    """A line about each vector file."""
    return tuple(f"{len(each.words):,} words × {each.dim:,} dimensions" if each.words else "" for each in reports)


def words_document(found: Sequence[WordProbe], file: str, note: str) -> Document:
    """The analogy probe of single words."""
    section = Section("The analogy probe", (probes.words_table(found), Note((note,))))
    return Document("Associations of words", (file,), ("",), (), (section,), __version__)
