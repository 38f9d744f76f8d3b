"""Retrieval: how well do vectors rank documents for queries, alone and together with BM25?

Three rankings: `words`, which is BM25 and needs no vectors; `meaning`, the cosine of pooled texts; and `both`, as
`w2v search` combines them. The score of vectors is that of `meaning`, because in `both` the words do most of the work.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from w2v.arrays import F64
from w2v.data.manifest import Manifest
from w2v.evaluation.conventions import Convention
from w2v.evaluation.own import GUESSED, OwnChoices
from w2v.evaluation.own_tables import OwnItems
from w2v.evaluation.protocol import Protocol
from w2v.evaluation.showing import Shown, protocols, range_of, rounded, titled, warnings
from w2v.evaluation.statistics import (
    FEWEST,
    Interval,
    Paired,
    bounds,
    interval_of,
    mean_replicates,
    paired_means,
    resampled,
)
from w2v.evaluation.statistics.retrieval import found_by
from w2v.evaluation.tasks.baseline import AgainstBaseline, against_baseline, sentence_of
from w2v.evaluation.tasks.pooled import WordCounts, pool, pooler
from w2v.evaluation.tasks.retrieval.sets import CollectionSuite, read_cranfield, read_own_collection
from w2v.evaluation.tasks.scored import ScoredReport, ScoredTask
from w2v.progress import Progress
from w2v.report.blocks import Column, Items, ItemsColumn, Note, Row, Section, Table
from w2v.report.numbers import decimal, points
from w2v.report.tables import figure, fitting_scale, mark_of, score_cells, text
from w2v.search.ranking import WEIGHTS, combine
from w2v.vectors import Vectors

__all__ = ["RANKINGS", "TASK", "CollectionReport", "Ranking", "evaluate_collection"]

USUAL = "sif"
WORDS, MEANING, BOTH = RANKINGS = ("words", "meaning", "both")
MEASURES = ("map", "ndcg@10", "recall@100")
METHOD = (
    "mean average precision; words: BM25 (k1 1.2, b 0.75); both: {words:g} z(BM25) + {meaning:g} z(cosine); meaning: "
    "cosine of texts, pooled by {pooling}"
)
TOPICS = (
    ("a pet that purrs", "a cat sleeps by the fire"),
    ("wild animals of africa", "the lion hunts at night"),
    ("where to keep money", "the bank opens at nine"),
    ("head of a country", "the king rules the land"),
    ("learning to read", "a child opens a book at school"),
    ("weather in the hills", "rain falls in the mountains"),
    ("fishing", "fish swim in the river"),
    ("trips by sea", "the ship sails to the coast"),
    ("baking", "bread from flour and water"),
    ("music", "she plays the violin"),
)
EXAMPLE = "query,document,relevance\n" + "".join(
    f"{query},{document},{grade}\n"
    for at, (query, _) in enumerate(TOPICS)
    for document, grade in ((TOPICS[at][1], 2), (TOPICS[at - 1][1], 0))
)


@dataclass(frozen=True, eq=False)
class Ranking:
    """How well one ranking finds what is relevant. values: float64 [measures, Q], of each query, as MEASURES has them.

    interval: of the mean average precision.
    """

    name: str
    values: F64
    interval: Interval | None

    def mean(self, measure: str) -> float:
        """Return the mean of a measure over the queries."""
        return float(self.values[MEASURES.index(measure)].mean())

    def to_dict(self) -> dict[str, Any]:
        """Return the means as JSON has them."""
        named = {measure.replace("@", "_at_"): self.mean(measure) for measure in MEASURES}
        return {"map": named.pop("map"), **bounds(self.interval), **named}


@dataclass(frozen=True)
class CollectionReport(ScoredReport):
    """How well vectors rank documents, beside BM25 and together with it.

    rankings: by name; that of `meaning` finds nothing for queries without any word that has a vector. against_words:
    mean average precision of `meaning` and of `both` minus that of `words`. scored: queries with such a word.
    """

    rankings: Mapping[str, Ranking] = field(repr=False, compare=False)
    against_words: tuple[AgainstBaseline, ...]
    documents: int
    pooling: str
    counts: WordCounts
    kind: ClassVar[str] = "retrieval"
    score_title: ClassVar[str] = "MAP of meaning"
    items: ClassVar[str] = "queries"

    def value(self, ranking: str, measure: str) -> float | None:
        """Return a measure of a ranking; None where the vectors know no word of the queries."""
        return self.rankings[ranking].mean(measure) if self.scored or ranking == WORDS else None

    @property
    def scores(self) -> dict[str, float | None]:
        """The measures of `meaning`, then those of the other two as `words.map`."""
        own = {measure: self.value(MEANING, measure) for measure in MEASURES}
        others = {f"{name}.{measure}": self.value(name, measure) for name in (WORDS, BOTH) for measure in MEASURES}
        return own | others

    @property
    def besides(self) -> Mapping[str, float | None]:
        """The same measure of the other two rankings."""
        return {"words (BM25)": self.value(WORDS, "map"), "both": self.value(BOTH, "map")}

    def metrics(self) -> dict[str, float | None]:
        """Return every number by name, with the share of words that have a vector."""
        return {**super().metrics(), **self.named({"word-coverage": self.counts.share})}

    def figures(self) -> dict[str, Any]:
        """Return the measures of `meaning`, as JSON has them."""
        named = {measure.replace("@", "_at_"): self.value(MEANING, measure) for measure in MEASURES}
        return {"map": named.pop("map"), **bounds(self.interval), **named}

    def details(self) -> dict[str, Any]:
        """Return what the JSON of only this kind has."""
        known = self.rankings if self.scored else {WORDS: self.rankings[WORDS]}
        return {
            "rankings": {name: ranking.to_dict() for name, ranking in known.items()},
            "against_words": [each.to_dict() for each in self.against_words],
            "documents": self.documents,
            "pooling": self.pooling,
            "words": self.counts.words,
            "unknown_words": self.counts.unknown,
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return a flat row for the score, and one for each ranking."""
        [total] = super().rows()
        counts = {"suite": self.suite, "level": "ranking", "scored": self.scored, "total": self.total}
        known = self.details()["rankings"]
        return [total, *({**counts, "name": name, **figures} for name, figures in known.items())]


class CollectionTask(ScoredTask[CollectionSuite, CollectionReport]):
    """Retrieval as a kind of suite."""

    kind = "retrieval"
    title = "Retrieval"
    cites = ("efron1979bootstrap",)
    example = EXAMPLE

    def read(self, manifest: Manifest, path: Path) -> CollectionSuite:
        """Read a published collection."""
        return read_cranfield(manifest, path)

    def read_own(self, path: Path | OwnItems, choices: OwnChoices = GUESSED) -> CollectionSuite:
        """Read a user's own collection."""
        return read_own_collection(path, choices)

    def evaluate(
        self, vectors: Vectors, suite: CollectionSuite, rules: Convention, limit: int | None, progress: Progress
    ) -> CollectionReport:
        """Rank the documents for each query."""
        return evaluate_collection(vectors, suite, rules, limit, progress)

    def paired(self, reports: Sequence[CollectionReport]) -> Paired | None:
        """Compare the mean average precision of meaning; queries are drawn."""
        values = [report.rankings[MEANING].values[0] for report in reports]
        return paired_means("map", values, np.arange(len(values[0]))) if all(each.scored for each in reports) else None

    def sections(self, suites: Sequence[Shown[CollectionReport, CollectionSuite]]) -> Iterator[Section]:
        """Yield one section for all collections: a table for each file with all rankings, what they say, rules."""
        labels = list(suites[0].reports)
        tables = (
            _table(label if len(labels) > 1 else "", {suite.name: suite.reports[label] for suite in suites}, series)
            for series, label in enumerate(labels)
        )
        every_item = (each for suite in suites for each in self.items(suite))
        said = self.remarks(suites)
        yield Section(self.title, (*tables, *warnings(suites), *said, *protocols(suites), *every_item))

    def remarks(self, suites: Sequence[Shown[CollectionReport, CollectionSuite]]) -> Iterator[Note]:
        """Yield whether meaning, and both, find more than words alone."""
        for suite in suites:
            for label, report in suite.reports.items():
                where = f"{suite.name}, {label}" if suite.several else suite.name
                for each in report.against_words:
                    yield Note((sentence_of(f"{where}, {each.name}", (each,), report.items, report.least),))

    def items(self, suite: Shown[CollectionReport, CollectionSuite]) -> Iterator[Items]:
        """Yield each query with the average precision of the rankings."""
        asked = suite.asked
        if asked is None:
            return
        columns = [ItemsColumn("query", "word", asked.queries)]
        for label, report in suite.reports.items():
            for name in RANKINGS if label == next(iter(suite.reports)) else (MEANING, BOTH):
                title = name if name == WORDS else titled(name, label, suite.reports)
                columns.append(ItemsColumn(title, "number", rounded(report.rankings[name].values[0], 4), 4))
        yield Items(f"Average precision of every query of {suite.name}", suite.name, tuple(columns))


TASK = CollectionTask()


def evaluate_collection(
    vectors: Vectors, suite: CollectionSuite, rules: Convention, limit: int | None, progress: Progress
) -> CollectionReport:
    """Return how well the three rankings find the relevant documents, with intervals over the queries.

    limit: only the first so many rows are looked at; None for all.
    """
    pooling = pooler(vectors, suite, USUAL, limit, progress)
    queries, documents = (pool(pooling, texts, progress) for texts in (suite.queries, suite.documents))
    bm25, query_words = suite.by_words
    values = {name: np.zeros((len(MEASURES), len(suite))) for name in RANKINGS}
    progress.phase(f"ranking the documents of {suite.name}", len(suite), "queries")
    for number, query in enumerate(queries.vectors):
        gains = suite.gains_of(number)
        by_words, by_meaning = bm25.scores(query_words[number]), documents.vectors @ query
        scores = {WORDS: by_words, MEANING: by_meaning, BOTH: combine(by_words, by_meaning)}
        for name, found in scores.items():
            if found.any():  # else the query has no word that counts, and finds nothing
                values[name][:, number] = found_by(found, gains)
        progress.update(number + 1)
    rankings = {name: Ranking(name, found, _interval(found[0])) for name, found in values.items()}
    has_words = queries.known > 0
    others = {name: values[name][0] for name in (MEANING, BOTH)} if has_words.any() else {}
    return CollectionReport(
        suite=suite.name,
        title=suite.title,
        protocol=Protocol.of(
            rules,
            suite,
            limit,
            len(vectors),
            method=METHOD.format(pooling=pooling.pooling, words=WEIGHTS[0], meaning=WEIGHTS[1]),
            unknown=f"{pooling.unknown}; a query without any word finds nothing",
            case=pooling.case,
        ),
        interval=rankings[MEANING].interval if has_words.any() else None,
        scored=int(has_words.sum()),
        total=len(suite),
        rankings=rankings,
        against_words=against_baseline("map", ("words alone (BM25)", values[WORDS][0]), others),
        documents=len(suite.documents),
        pooling=pooling.pooling,
        counts=WordCounts(*map(sum, zip(queries.counts, documents.counts, strict=True))),
    )


def _interval(values: F64) -> Interval | None:
    """Return the interval of the mean of values [Q] over the queries; None below FEWEST."""
    return interval_of(resampled(len(values), partial(mean_replicates, values))) if len(values) >= FEWEST else None


def _table(label: str, reports: Mapping[str, CollectionReport], series: int) -> Table:
    """The rankings of all collections with one file of vectors."""
    rows = [row for name, report in reports.items() for row in _rows(name, report)]
    drawn = (mark for row in rows for mark in row.marks)
    scale = fitting_scale("MAP and 95 % interval", drawn)
    columns = (
        Column("set", numeric=False, whole=True),
        Column("ranked by", numeric=False),
        Column("MAP"),
        Column("95 % interval", below=True),
        Column("− words"),
        Column("95 % interval", below=True),
        Column("nDCG@10"),
        Column("recall@100"),
    )
    caption = f"Rankings by words, meaning and both: {label}" if label else "Rankings by words, meaning and both"
    return Table(caption, columns, tuple(rows), scale, 2, series)


def _rows(name: str, report: CollectionReport) -> Iterator[Row]:
    against = dict(zip((MEANING, BOTH), report.against_words, strict=False))
    for ranking in RANKINGS:
        value = report.value(ranking, "map")
        interval = None if value is None else range_of(report.rankings[ranking].interval)
        strong, few = not report.warning and ranking == MEANING, report.total < FEWEST
        difference = against.get(ranking)
        ends = None
        if difference is not None and difference.low is not None and difference.high is not None:
            ends = (difference.low, difference.high)
        size = None if difference is None else difference.difference
        beside = score_cells(size, ends, points, few=few) if difference is not None else (text(), text())
        others = (text(figure(report.value(ranking, measure), decimal)) for measure in MEASURES[1:])
        cells = (*score_cells(value, interval, decimal, strong=strong, few=few), *beside, *others)
        mark = mark_of(value, interval, faint=bool(report.warning) and ranking != WORDS)
        first = text(name if ranking == WORDS else "")
        yield Row((first, text(ranking), *cells), (mark,), last=ranking == BOTH, quiet=ranking == WORDS)
