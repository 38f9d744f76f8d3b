"""Rated pairs of texts: how well cosines of pooled texts agree with people's ratings. A whole kind of suite.

A text without any word that has a vector has a cosine of 0 with every other text, and its pair counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from w2v.arrays import F64, I64
from w2v.data.manifest import Manifest
from w2v.errors import DataError
from w2v.evaluation.conventions import Convention
from w2v.evaluation.own import GUESSED, OwnChoices
from w2v.evaluation.own_tables import Columns, OwnItems, TableForm, decimal_of
from w2v.evaluation.own_texts import read_texts
from w2v.evaluation.protocol import Protocol
from w2v.evaluation.reading import lines_of, number_of
from w2v.evaluation.report import Score
from w2v.evaluation.showing import Shown, rounded
from w2v.evaluation.statistics import (
    Paired,
    pearson,
    spearman,
)
from w2v.evaluation.tasks.pooled import TextSuite, WordCounts, pool, pooler
from w2v.evaluation.tasks.rated import PEARSON, ranks_too_near
from w2v.evaluation.tasks.scored import ScoredReport, ScoredTask
from w2v.progress import Progress
from w2v.report.blocks import Column, ItemsColumn, Note, Row, Section, Table
from w2v.report.numbers import decimal, percent
from w2v.report.tables import figure, text
from w2v.vectors import Vectors

__all__ = ["TASK", "TextPairReport", "TextPairSuite", "evaluate_text_pairs", "read_own_text_pairs", "read_text_pairs"]

USUAL = "sif"
ROLES = ("text1", "text2", "score")
EXAMPLE = """text1,text2,score
"a cat sleeps, by the fire",a cat lies near the warm fire,4.5
a cat sleeps by the fire,the king counts his money,0.2
the king counts his money,a queen has a lot of gold,2.5
the dog ran after a lion,a lion ran after the dog,3.5
the dog ran after a lion,the bank closes at five,0
the bank closes at five,money is kept at the bank,2.4
a boat on the river bank,fish swim in the river,2
fish swim in the river,there are fish in the water,4
it rains in the mountains,rain falls on the hills,4.2
it rains in the mountains,a child learns to read,0.1
a child learns to read,the boy is reading a book,3
the boy is reading a book,the bank closes at five,0.3
"""


@dataclass(frozen=True, eq=False)
class TextPairSuite(TextSuite):
    """Pairs of texts with people's ratings.

    first, second: the texts of each pair, [N]. scores: float64 [N], the ratings. ceiling: how well people agree with
    the ratings, as a correlation, else None. contrasts: what is different between pairs 2i and 2i + 1 of the same text,
    which mean the same and not the same, [N / 2]; () for most sets, whose pairs have nothing to do with each other.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    scores: F64
    ceiling: float | None = None
    contrasts: tuple[str, ...] = ()
    kind: ClassVar[str] = "text-similarity"

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.scores)

    @property
    def every_text(self) -> Sequence[str]:
        """All texts: those that stand first, then those that stand second."""
        return (*self.first, *self.second)


@dataclass(frozen=True)
class Contrast:
    """Texts whose pair of the same meaning differs in one way from another pair.

    right: of `total` texts, those that are nearer to the text of the same meaning than to the other one. same, other:
    the medians of both cosines.
    """

    name: str
    right: int
    total: int
    same: float
    other: float


@dataclass(frozen=True)
class TextPairReport(ScoredReport):
    """Agreement between cosines of texts and people's ratings.

    pearson: r, which the authors of the STS benchmark report; its interval is by bootstrap over the pairs. spearman:
    rho with average ranks for ties. Both are None where all cosines are equal. scored: pairs of which both texts have a
    word in the vocabulary; the other pairs count with a cosine of 0. pooling: how texts became vectors. without_words:
    texts without any word that has a vector. counts: of the words of all texts. contrasts: of a set that has them.
    ratings, cosines: float64 [N]. paired_texts: int64 [N], how many texts of a pair have a word.
    """

    pearson: float | None
    spearman: float | None
    pooling: str
    without_words: int
    counts: WordCounts
    ceiling: float | None = None
    contrasts: tuple[Contrast, ...] = ()
    ratings: F64 = field(repr=False, compare=False, kw_only=True)
    cosines: F64 = field(repr=False, compare=False, kw_only=True)
    paired_texts: I64 = field(repr=False, compare=False, kw_only=True)
    kind: ClassVar[str] = "text-similarity"
    score_title: ClassVar[str] = "Pearson r"
    beside_title: ClassVar[str] = "Spearman ρ"
    items: ClassVar[str] = "pairs"
    in_rows: ClassVar[tuple[str, ...]] = ("pooling", "ceiling")

    @property
    def scores(self) -> dict[str, float | None]:
        """Pearson's r and Spearman's rho."""
        return {"pearson": self.pearson, "spearman": self.spearman}

    @property
    def primary(self) -> Score:
        """Pearson's r, and how well people agree."""
        return replace(super().primary, ceiling=self.ceiling)

    def metrics(self) -> dict[str, float | None]:
        """Return every number by name, with the share of words that have a vector."""
        contrasts = {each.name: each.right / each.total if self.scored else None for each in self.contrasts}
        return {**super().metrics(), **self.named({"words": self.counts.share, **contrasts})}

    def details(self) -> dict[str, Any]:
        """Return what the JSON of only this kind has."""
        return {
            "pooling": self.pooling,
            "words": self.counts.words,
            "unknown_words": self.counts.unknown,
            "without_words": self.without_words,
            "ceiling": self.ceiling,
            "contrasts": [asdict(each) for each in self.contrasts if self.scored],
        }


class TextSimilarityTask(ScoredTask[TextPairSuite, TextPairReport]):
    """Rated pairs of texts as a kind of suite."""

    kind = "text-similarity"
    title = "Similarity of texts"
    cites = ("efron1979bootstrap",)
    example = EXAMPLE
    every = "pair"

    def read(self, manifest: Manifest, path: Path) -> TextPairSuite:
        """Read a published set, whose manifest says which columns hold the texts and the rating."""
        if manifest.type == "text-contrasts":
            return read_contrasts(path, manifest.name, manifest.title, manifest.encoding)
        return read_text_pairs(
            path,
            manifest.name,
            manifest.title,
            manifest.columns or ROLES,
            manifest.encoding,
            names_columns=manifest.type == "text-pairs-with-names",
            ceiling=manifest.ceiling,
        )

    def read_own(self, path: Path | OwnItems, choices: OwnChoices = GUESSED) -> TextPairSuite:
        """Read a user's own pairs of texts."""
        return read_own_text_pairs(path, choices)

    def evaluate(
        self, vectors: Vectors, suite: TextPairSuite, rules: Convention, limit: int | None, progress: Progress
    ) -> TextPairReport:
        """Correlate cosines with ratings."""
        return evaluate_text_pairs(vectors, suite, rules, limit, progress)

    def unscored(self, suite: TextPairSuite, report: TextPairReport) -> list[str]:
        """Return the pairs of which a text has no word in the vocabulary."""
        missing = np.flatnonzero(report.paired_texts < 2).tolist()
        return [f"{suite.first[at]} – {suite.second[at]}" for at in missing]

    def paired(self, reports: Sequence[TextPairReport]) -> Paired | None:
        """Compare Pearson's r; pairs are drawn."""
        return PEARSON.paired(reports)

    def sections(self, suites: Sequence[Shown[TextPairReport, TextPairSuite]]) -> Iterator[Section]:
        """Yield one section for all sets, with a table for contrasts where a set has them."""
        tables = [
            _contrasts_table(suite.name, label if suite.several else "", report.contrasts)
            for suite in suites
            for label, report in suite.reports.items()
            if report.contrasts and report.scored
        ]
        for section in super().sections(suites):
            first, *rest = section.blocks
            yield section._replace(blocks=(first, *tables, *rest))

    def remarks(self, suites: Sequence[Shown[TextPairReport, TextPairSuite]]) -> Iterator[Note]:
        """Yield how many words the vectors know, and how well people agree."""
        known = [
            f"{percent(report.counts.share)} of {report.counts.words + report.counts.unknown:,} ({name})"
            for suite in suites
            for label, report in suite.reports.items()
            for name in [", ".join([suite.name, *([label] if suite.several else [])])]
        ]
        empty = [
            f"{report.without_words:,} ({suite.name})"
            for suite in suites
            for report in suite.reports.values()
            if report.without_words
        ]
        ceilings = [f"{decimal(suite.first.ceiling)} ({suite.name})" for suite in suites if suite.first.ceiling]
        parts = {
            "words of the texts that have a vector:": known,
            "texts without such a word, whose cosines are 0:": empty,
            "people agree with each other by": ceilings,
        }
        said = "; ".join(f"{name} {', '.join(found)}" for name, found in parts.items() if found)
        yield Note((f"{said[0].upper()}{said[1:]}.",))

    def questions(self, asked: TextPairSuite) -> Iterator[ItemsColumn]:
        """Yield both texts and the rating of each pair."""
        yield ItemsColumn("text", "word", asked.first)
        yield ItemsColumn("and", "word", asked.second)
        yield ItemsColumn("people's rating", "number", rounded(asked.scores, 4), 2)

    def outcomes(self, asked: TextPairSuite, report: TextPairReport) -> Iterator[ItemsColumn]:
        """Yield the cosine of each pair, and by how many ranks the vectors see it nearer than people do."""
        yield ItemsColumn("cosine", "number", rounded(report.cosines, 4), 4)
        yield ranks_too_near(report)


TASK = TextSimilarityTask()


def read_text_pairs(
    path: Path,
    name: str = "",
    title: str = "",
    columns: Sequence[str] = ROLES,
    encoding: str = "utf-8",
    *,
    names_columns: bool = False,
    ceiling: float | None = None,
) -> TextPairSuite:
    """Read rated pairs of texts, separated by tabs; `columns` names the columns of text1, text2 and score.

    A quote is a part of a text, and nothing else. More columns may follow. names_columns: the first line names the
    columns. Raise `DataError` for a file that cannot be decoded, and for a file without any pair.
    """
    if set(ROLES) - set(columns):
        raise DataError(f"{path}: its columns are {', '.join(columns)}", hint=f"name {', '.join(ROLES)}")
    digest, lines = lines_of(path, encoding)
    rows = [line.rstrip("\r").split("\t") for _, line in lines if line.strip()][names_columns:]
    found: list[tuple[str, str, float]] = []
    for row in rows:
        fields = dict(zip(columns, map(str.strip, row), strict=False))
        score = number_of(fields.get("score", ""))
        if len(row) >= len(columns) and score is not None and fields["text1"] and fields["text2"]:
            found.append((fields["text1"], fields["text2"], score))
    if not found:
        raise DataError(f"{path} has no pairs of texts", hint=f"each line is {', '.join(columns)}, separated by tabs")
    suite = _suite_of(found, digest, name or path.stem, title or path.stem)
    return replace(suite, invalid=len(rows) - len(found), ceiling=ceiling)


def read_contrasts(path: Path, name: str, title: str, encoding: str = "utf-8") -> TextPairSuite:
    """Read texts with two others each, separated by tabs: what is contrasted, text, one of the same meaning, another.

    They become two pairs, with the ratings 1 and 0. The first line names the columns. Raise `DataError` for a file
    without any such line.
    """
    digest, lines = lines_of(path, encoding)
    rows = [line.split("\t") for _, line in lines if line.strip()][1:]
    found = [tuple(map(str.strip, row)) for row in rows if len(row) == 4]
    if not found:
        raise DataError(f"{path} has no contrasts", hint="each line is a name, and three texts, separated by tabs")
    pairs = [
        (text, second, score) for _, text, *others in found for second, score in zip(others, (1.0, 0.0), strict=True)
    ]
    suite = _suite_of(pairs, digest, name, title)
    return replace(suite, invalid=len(rows) - len(found), contrasts=tuple(name for name, *_ in found))


def read_own_text_pairs(path: Path | OwnItems, choices: OwnChoices = GUESSED) -> TextPairSuite:
    """Read a user's rated pairs of texts: two texts and a number a record, in whichever columns (`own_texts`).

    Raise `DataError` for a file without any pair, and for one of which most records are none.
    """
    table = read_texts(path, PAIRS, choices)
    rows = [(row.fields["text1"], row.fields["text2"], decimal_of(row.fields["score"]) or 0.0) for row in table.rows]
    suite = _suite_of(rows, table.digest, path.stem, path.name)
    return replace(suite, invalid=table.failed, own=table.reading)


def _guessed(columns: Columns) -> dict[str, int] | None:
    """Find the columns of a table without names: the two that hold the longest texts, and the first other number."""
    numeric = [at for at in range(columns.width) if columns.numeric(at)]
    texts = sorted((at for at in range(columns.width) if at not in numeric), key=lambda at: -_length(columns, at))[:2]
    scores = [at for at in numeric if not columns.counts(at)]
    if len(texts) < 2 or not scores:
        return None
    first, second = sorted(texts)
    return {"text1": first, "text2": second, "score": next((at for at in scores if at > second), scores[-1])}


def _length(columns: Columns, column: int) -> int:
    return sum(len(row[column]) for row in columns.rows)


PAIRS = TableForm("rated pairs of texts", ROLES, _guessed, "text, text, number", numbers=frozenset({"score"}))


def _suite_of(rows: Sequence[tuple[str, str, float]], digest: str, name: str, title: str) -> TextPairSuite:
    first, second, scores = zip(*rows, strict=True)
    return TextPairSuite(name, title, digest, first, second, np.array(scores, dtype=np.float64))


def evaluate_text_pairs(
    vectors: Vectors, suite: TextPairSuite, rules: Convention, limit: int | None, progress: Progress
) -> TextPairReport:
    """Return Pearson's r, with its interval, and Spearman's rho between the cosines of texts and their ratings.

    limit: only the first so many rows are looked at; None for all.
    """
    pooling = pooler(vectors, suite, USUAL, limit, progress)
    texts = pool(pooling, suite.every_text, progress)
    first, second = np.split(texts.vectors.astype(np.float64), 2)
    cosines: F64 = np.vecdot(first, second)
    both = (texts.known > 0).reshape(2, -1).sum(axis=0)
    r = pearson(suite.scores, cosines)
    return TextPairReport(
        suite=suite.name,
        title=suite.title,
        protocol=Protocol.of(
            rules,
            suite,
            limit,
            len(vectors),
            method=f"cosine of texts, pooled by {pooling.pooling}; Pearson's r",
            unknown=f"{pooling.unknown}; the cosine of a text without any word is 0",
            case=pooling.case,
        ),
        interval=None if r is None else PEARSON.interval(suite.scores, cosines),
        scored=int((both == 2).sum()),
        total=len(suite),
        pearson=r,
        spearman=spearman(suite.scores, cosines),
        pooling=pooling.pooling,
        without_words=int((texts.known == 0).sum()),
        counts=texts.counts,
        ceiling=suite.ceiling,
        ratings=suite.scores,
        cosines=cosines,
        paired_texts=both,
        contrasts=tuple(_contrasts(suite, cosines)),
    )


def _contrasts(suite: TextPairSuite, cosines: F64) -> Iterator[Contrast]:
    """Yield how often the text of the same meaning is nearer, for each way in which the other one differs."""
    same, other = cosines[0::2], cosines[1::2]
    for name in dict.fromkeys(suite.contrasts):
        own = np.array([each == name for each in suite.contrasts])
        medians = (float(np.median(same[own])), float(np.median(other[own])))
        yield Contrast(name, int((same > other)[own].sum()), int(own.sum()), *medians)


def _contrasts_table(name: str, label: str, contrasts: Sequence[Contrast]) -> Table:
    heads = ("same is nearer", "cosine, same", "cosine, other")
    rows = (
        Row(
            (
                text(each.name),
                text(f"{each.right:,} of {each.total:,}"),
                text(figure(each.same, decimal)),
                text(figure(each.other, decimal)),
            )
        )
        for each in contrasts
    )
    caption = (
        f"{name}: which text is nearer, the one of the same meaning? Medians of cosines{f', {label}' if label else ''}"
    )
    return Table(caption, (Column("different", numeric=False), *map(Column, heads)), tuple(rows))
