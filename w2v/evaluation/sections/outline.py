"""What the parts of a document are made from: the sections of all suites, facts on vector files, what to cite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from w2v.data import manifest_of
from w2v.errors import SettingsError
from w2v.evaluation.bias.words import WordProbe
from w2v.evaluation.report import Report
from w2v.evaluation.sections.base import Headline, Shown
from w2v.evaluation.sections.bias import words_section
from w2v.evaluation.sections.kinds import KINDS
from w2v.evaluation.sections.overview import overview
from w2v.report.blocks import Document, Fact, Section
from w2v.vectors import Vectors

__all__ = ["citations", "facts", "report_sections", "scores_at_a_glance", "words_document"]

Reports = Mapping[str, Report]  # by the label of the vector file
SETTINGS = ("window", "epochs", "negative", "sample", "x_max", "seed")
"""Settings of a run record that a report names, where the record has them."""


def scores_at_a_glance(reports: Reports) -> Section | None:
    """The first score of every suite that has one; None for fewer than two."""
    return overview(list(reports), _headlines(reports))


def _headlines(reports: Reports) -> Iterator[tuple[str, list[Headline]]]:
    """The scores of every suite that has one, by its name."""
    for report in next(iter(reports.values())):
        headline = KINDS[report.kind].headline
        if headline is not None:
            yield report.suite, [headline(whole[report.suite]) for whole in reports.values()]


def report_sections(reports: Reports, *, each_word: bool = False) -> Iterator[Section]:
    """The sections of all suites, those of a kind together, in the order in which the kinds come first."""
    by_kind: dict[str, list[Shown[Any, Any]]] = {}
    first = next(iter(reports.values()))
    words = {label: whole.words for label, whole in reports.items()}
    for report in first:
        own = {label: whole[report.suite] for label, whole in reports.items()}
        shown: Shown[Any, Any] = Shown(report.suite, own, first.sets.get(report.suite), words, each_word)
        by_kind.setdefault(report.kind, []).append(shown)
    for kind, suites in by_kind.items():
        yield from KINDS[kind].sections(suites)


def words_document(found: Sequence[WordProbe], vectors: Vectors, file: str) -> Document:
    """The analogies and associations of single words."""
    known = facts(Report({}, words=vectors.words, dim=vectors.dim, record=vectors.record))
    return Document("Associations of words", (words_section(found),), (file,), (known,))


def facts(report: Report) -> tuple[Fact, ...]:
    """What is known of a vector file: its size, and from its run record how it was trained."""
    known = {"words": f"{len(report.words):,}", "dimensions": f"{report.dim:,}"} if report.words else {}
    record = report.record
    if record is not None:
        known["model"] = record.model
        known |= {name: str(record.settings[name]) for name in SETTINGS if record.settings.get(name) is not None}
        known["threads"] = str(record.threads)
        sources, tokens = record.corpus.get("sources", ()), record.corpus.get("tokens")
        known |= {"corpus": _some(list(map(str, sources)))} if sources else {}
        known |= {"tokens": f"{tokens:,}"} if isinstance(tokens, int) else {}
        known["begun"] = record.started
    return tuple(known.items())


def _some(names: Sequence[str], most: int = 3) -> str:
    """The first few names, and how many more there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def citations(report: Report) -> Iterator[Fact]:
    """What to cite for each set that has a manifest; own files that are called like one have another hash."""
    for name, suite in report.sets.items():
        with suppress(SettingsError):
            manifest = manifest_of(name)
            if suite is not None and suite.sha256 == manifest.sha256:
                yield f"Cite for {name}", manifest.citation
