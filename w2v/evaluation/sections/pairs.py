"""Rated pairs as a section: Spearman's ρ of each set, what people rated, and every pair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from w2v.evaluation.sections.base import Headline, Shown, rounded, titled, words_at
from w2v.evaluation.sections.scores import headline_of, scores_section
from w2v.evaluation.sets import PairSuite
from w2v.evaluation.similarity import SimilarityReport
from w2v.evaluation.statistics import average_ranks
from w2v.report.blocks import Items, ItemsColumn, Note, Section
from w2v.report.numbers import decimal

__all__ = ["headline", "sections"]

Pairs = Shown[SimilarityReport, PairSuite]


def headline(report: SimilarityReport) -> Headline:
    """Spearman's ρ."""
    return headline_of(report, "Spearman ρ", decimal, report.ceiling)


def sections(suites: Sequence[Pairs]) -> Iterator[Section]:
    """One section for all sets."""
    yield scores_section(suites, "Similarity", "Pearson r", headline, _items, _ratings(suites))


def _ratings(suites: Sequence[Pairs]) -> Iterator[Note]:
    """What people rated, how well they agree, and which pairs are there twice."""
    kinds: dict[str, list[str]] = {}
    for suite in suites:
        if suite.first.measures:
            kinds.setdefault(suite.first.measures, []).append(suite.name)
    ceilings = [f"{decimal(suite.first.ceiling)} ({suite.name})" for suite in suites if suite.first.ceiling]
    repeated = [f"{suite.first.repeated} ({suite.name})" for suite in suites if suite.first.repeated]
    parts = {
        "people rated": [f"{what} ({', '.join(names)})" for what, names in kinds.items()],
        "people agree with each other by": ceilings,
        "pairs that the set holds twice:": repeated,
    }
    said = "; ".join(f"{name} {', '.join(found)}" for name, found in parts.items() if found)
    if said:
        yield Note((f"{said[0].upper()}{said[1:]}.",))


def _items(suite: Pairs) -> Iterator[Items]:
    """Each pair with its rating and cosine, and by how many ranks the vectors see it nearer than people do."""
    asked = suite.asked
    if asked is None:
        return
    columns = [
        ItemsColumn("word", "word", words_at(asked.words, asked.pairs[:, 0])),
        ItemsColumn("and", "word", words_at(asked.words, asked.pairs[:, 1])),
        ItemsColumn("people's rating", "number", rounded(asked.scores, 4), 2),
    ]
    for label, report in suite.reports.items():
        apart = np.full(len(asked), np.nan)
        scored = np.isfinite(report.cosines)
        apart[scored] = average_ranks(report.cosines[scored]) - average_ranks(report.ratings[scored])
        columns += [
            ItemsColumn(titled("cosine", label, suite.reports), "number", rounded(report.cosines, 4), 4),
            ItemsColumn("ranks too near", "number", rounded(apart, 1), 1),
        ]
    yield Items(f"Every pair of {suite.name}", suite.name, tuple(columns))
