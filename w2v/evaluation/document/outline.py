"""What was found, as a document: which sections in which order. Not here: what stands in each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from w2v.evaluation.bias.words import WordProbe
from w2v.evaluation.document import contrasts, probes, scores
from w2v.evaluation.document.blocks import Document, Note, Section
from w2v.evaluation.findings import Findings
from w2v.evaluation.report import Report
from w2v.version import __version__

__all__ = ["document_of", "words_document"]


def document_of(findings: Findings, title: str = "Evaluation of word vectors") -> Document:
    """All of it: scores at a glance, how files differ, every suite, and what else was asked for."""
    labels = findings.labels
    reports = {labels[file]: report for file, report in findings.reports.items()}
    first = next(iter(reports.values()))
    sections = [glance] if (glance := scores.overview(reports)) else []
    if findings.comparison:
        sections.append(contrasts.comparison_section(findings.comparison, labels))
    if findings.replicates is not None:
        sections.append(contrasts.replicates_section(findings.replicates))
    sections += _by_kind(reports)
    if any(findings.grids.values()):
        sections.append(contrasts.grids_section(findings.grids, labels))
    if findings.shifts:
        sections.append(contrasts.shifts_section(findings.shifts, labels, list(first.suites)))
    if findings.checks:
        sections.append(contrasts.checks_section(findings.checks, labels))
    notes = []
    if first.missing:
        missing = ", ".join(first.missing)
        notes.append(Note((f"Not on this computer, and left out: {missing} ('w2v data list').",), "doubt"))
    return Document(title, tuple(reports), _facts(list(reports.values())), tuple(notes), tuple(sections), __version__)


def _by_kind(reports: scores.Reports) -> list[Section]:
    """The suites' own sections, neighbours of one kind together."""
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


def _facts(reports: Sequence[Report]) -> tuple[str, ...]:
    return tuple(f"{len(each.words):,} words × {each.dim:,} dimensions" if each.words else "" for each in reports)


def words_document(found: Sequence[WordProbe], file: str, note: str) -> Document:
    """The analogy probe of single words."""
    section = Section("The analogy probe", (probes.words_table(found), Note((note,))))
    return Document("Associations of words", (file,), ("",), (), (section,), __version__)
