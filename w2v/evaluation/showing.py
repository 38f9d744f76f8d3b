"""What the sections of all kinds of suites share: what they are made from, warnings, and protocols in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from w2v.arrays import F32, F64, I64, Flags
from w2v.evaluation.records import changes_of
from w2v.evaluation.report import Report, Score, SuiteReport
from w2v.evaluation.statistics import FEWEST, Interval
from w2v.report.blocks import Cell, Fact, Mark, Note
from w2v.report.numbers import Show, decimal, percent
from w2v.report.tables import Range, mark_of, named, score_cells, text

__all__ = ["Shown", "cells_of_score", "facts", "flags", "protocols", "range_of", "rounded", "score_mark", "scored_cell"]
__all__ += ["own_files", "show_of", "titled", "warnings", "words_at"]

R = TypeVar("R", bound=SuiteReport)
S = TypeVar("S")


SETTINGS = ("window", "epochs", "negative", "sample", "x_max", "seed")
"""Settings of a run record that a report names, where the record has them."""


@dataclass(frozen=True)
class Shown(Generic[R, S]):
    """A suite as it is to be shown.

    reports: its reports by the label of the vector file. asked: the set itself, None where it is not at hand. words:
    the vocabulary of each file. each_word: also list every word of a test.
    """

    name: str
    reports: Mapping[str, R]
    asked: S | None = None
    words: Mapping[str, Sequence[str]] | None = None
    each_word: bool = False

    @property
    def first(self) -> R:
        """The report of the first file."""
        return next(iter(self.reports.values()))

    @property
    def several(self) -> bool:
        """Whether several vector files stand side by side."""
        return len(self.reports) > 1


def range_of(interval: Interval | None) -> Range:
    """Return the two ends of an interval."""
    return None if interval is None else (interval.low, interval.high)


def show_of(score: Score) -> Show:
    """Return how a score is written."""
    return percent if score.as_percent else decimal


def score_mark(report: SuiteReport) -> Mark | None:
    """Return the score of a report as it is drawn."""
    score = report.primary
    if score is None:
        return None
    return mark_of(score.value, range_of(score.interval), reference=score.ceiling, faint=bool(report.warning))


def cells_of_score(report: SuiteReport) -> tuple[Cell, ...]:
    """Return the score of a report and its interval as they are written."""
    score = report.primary
    if score is None:
        return ()
    few = score.scored < FEWEST
    return score_cells(score.value, range_of(score.interval), show_of(score), strong=not report.warning, few=few)


def scored_cell(scores: Sequence[Score]) -> Cell:
    """Return how many items were scored: once where all files have the same number, else a line for each file."""
    counts = [f"{each.scored:,} of {each.total:,}" for each in scores]
    return named(*counts) if len(set(counts)) > 1 else text(counts[0])


def warnings(suites: Sequence[Shown[Any, Any]]) -> Iterator[Note]:
    """Yield why the scores of some suites and files should not be quoted."""
    for suite in suites:
        for label, report in suite.reports.items():
            if report.warning:
                where = _where(suite, label, suites)
                line = f"{where}: {report.warning}" if where else f"{report.warning[0].upper()}{report.warning[1:]}"
                yield Note((f"{line}.",), "warning")


def own_files(suites: Sequence[Shown[Any, Any]]) -> Iterator[Note]:
    """How a user's own files were read: lines used, lines not used and why, and unknown words."""
    for suite in suites:
        use = suite.first.own
        if use is None:
            continue
        yield Note((f"{suite.first.title}: {use.read()}.",))
        if use.not_used():
            yield Note((f"{suite.first.title}, not used: {use.not_used()}.",), "warning")
        for label, report in suite.reports.items():
            unknown = "" if report.own is None else report.own.unknown()
            if unknown:
                where = f", {label}" if suite.several else ""
                yield Note((f"{suite.first.title}{where}, words not in the vocabulary {unknown}.",))
            unscored = "" if report.own is None else report.own.not_scored()
            if unscored:
                where = f", {label}" if suite.several else ""
                yield Note((f"{suite.first.title}{where}, {report.items} not scored {unscored}.",))


def protocols(suites: Sequence[Shown[Any, Any]], *, counted: bool = True) -> Iterator[Note]:
    """How own files were read; the rules of each score, once for all that have the same; the hashes of the sets.

    counted: name the number of words that were looked at, where a suite has one vector file.
    """
    yield from own_files(suites)
    found: dict[str, list[str]] = {}
    for suite in suites:
        for label, report in suite.reports.items():
            rules = report.protocol.rules(counted=counted and not suite.several)
            found.setdefault(rules, []).append(_where(suite, label, suites))
    for rules, places in found.items():
        where = "" if len(found) == 1 else f"{'; '.join(places)}: "
        yield Note((f"{where}{rules[0].upper()}{rules[1:]}.",))
    hashes = ", ".join(f"{suite.name} {suite.first.protocol.sha256[:12]}" for suite in suites)
    yield Note((f"sha256 of the set{'s' * (len(suites) > 1)}: {hashes}.",))


def _where(suite: Shown[Any, Any], label: str, suites: Sequence[Shown[Any, Any]]) -> str:
    """Return which of several suites, of which of several files."""
    return ", ".join(([suite.name] if len(suites) > 1 else []) + ([label] if suite.several else []))


def titled(title: str, label: str, reports: Mapping[str, Any]) -> str:
    """Return the title of a column of items, with the file's name where there are several."""
    return title if len(reports) == 1 else f"{title}: {label}"


def words_at(words: Sequence[str], numbers: I64) -> tuple[str, ...]:
    """Return the words of these numbers [N]."""
    return tuple(words[number] for number in numbers.tolist())


def rounded(values: F64 | F32, digits: int) -> tuple[float | None, ...]:
    """Return values [N] as plain numbers, None for what is not finite."""
    return tuple(round(value, digits) if np.isfinite(value) else None for value in values.tolist())


def flags(right: Flags, scored: Flags) -> tuple[int | None, ...]:
    """Return marks of items [N]: 1 right, 0 wrong, None where the item was not scored."""
    return tuple(int(yes) if known else None for yes, known in zip(right.tolist(), scored.tolist(), strict=True))


def facts(report: Report) -> tuple[Fact, ...]:
    """Return what is known of a vector file: its size, and from its run record how it was trained."""
    known = {"words": f"{len(report.words):,}", "dimensions": f"{report.dim:,}"} if report.words else {}
    record = report.record
    known |= changes_of(record)
    if record is not None and record.is_of_training:
        known["model"] = record.model
        known |= {name: str(record.settings[name]) for name in SETTINGS if record.settings.get(name) is not None}
        known["threads"] = str(record.threads)
        sources, tokens = record.corpus.get("sources", ()), record.corpus.get("tokens")
        known |= {"corpus": _some(list(map(str, sources)))} if sources else {}
        known |= {"tokens": f"{tokens:,}"} if isinstance(tokens, int) else {}
        known["begun"] = record.started
    return tuple(known.items())


def _some(names: Sequence[str], most: int = 3) -> str:
    """Return the first few names, and how many more there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"
