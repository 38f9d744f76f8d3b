"""Rated pairs: how well cosines agree with people's ratings. A whole kind of suite, and the example for others.

The cosines are computed as gensim computes them (unit vectors rounded to float32, then their float32 product), so that
even ties come out alike.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from w2v.arrays import F32, F64, I64, Flags
from w2v.data.manifest import Manifest
from w2v.errors import DataError
from w2v.evaluation.conventions import Convention
from w2v.evaluation.lookup import RowFinder
from w2v.evaluation.own import GUESSED, OwnChoices
from w2v.evaluation.own_tables import Columns, OwnItems, TableForm, decimal_of, read_table
from w2v.evaluation.protocol import Protocol
from w2v.evaluation.reading import WordNumbers, lines_of, number_of
from w2v.evaluation.report import Score
from w2v.evaluation.showing import Shown, rounded, words_at
from w2v.evaluation.statistics import (
    Paired,
    pearson,
    spearman,
)
from w2v.evaluation.suite import Suite
from w2v.evaluation.tasks.base import BesideGensim
from w2v.evaluation.tasks.rated import SPEARMAN, ranks_too_near
from w2v.evaluation.tasks.scored import ScoredReport, ScoredTask
from w2v.files.rows import FileRows
from w2v.progress import Progress
from w2v.report.blocks import ItemsColumn, Note
from w2v.report.numbers import decimal
from w2v.vectors import Vectors

__all__ = ["TASK", "PairSuite", "SimilarityReport", "cosines", "evaluate_pairs", "read_own_pairs", "read_pairs"]

PAIR_COLUMNS = ("word1", "word2", "score")
EXAMPLE = """cat,dog,8
cat,lion,7
bank,money,6.5
bank,cat,1
lion,money,0.5
king,lion,4
dog,lion,6
king,money,3
bank,king,2
dog,money,0.8
"""


@dataclass(frozen=True, eq=False)
class PairSuite(Suite):
    """Pairs of words with people's ratings.

    pairs: int64 [N, 2] as numbers of `words`. scores: float64 [N], the ratings. measures: what was rated (similarity,
    relatedness, rare words, verbs), "" where nobody says. ceiling: how well people agree with the ratings, as a
    correlation that the set's authors report, else None.
    """

    words: tuple[str, ...]
    pairs: I64
    scores: F64
    measures: str = ""
    ceiling: float | None = None
    kind: ClassVar[str] = "similarity"

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.pairs)


def _nothing() -> F64:
    return np.empty(0)


@dataclass(frozen=True)
class SimilarityReport(ScoredReport):
    """Agreement between cosines and people's ratings.

    spearman: rho with average ranks for ties. Its interval is by bootstrap over the pairs; a rho of 1 or −1 has none,
    because resampling cannot move it, and below FEWEST pairs
    there is none either. pearson: r. Both are None where fewer than two pairs are scored or all are equal.
    repeated: pairs that the set holds more than once (in either order); they are kept. measures, ceiling: see
    `PairSuite`. ratings, cosines: float64 [N], of each pair; the cosine is NaN where a word is not in the vocabulary.
    """

    spearman: float | None
    pearson: float | None
    repeated: int
    measures: str = ""
    ceiling: float | None = None
    ratings: F64 = field(default_factory=_nothing, repr=False, compare=False)
    cosines: F64 = field(default_factory=_nothing, repr=False, compare=False)
    kind: ClassVar[str] = "similarity"
    score_title: ClassVar[str] = "Spearman ρ"
    beside_title: ClassVar[str] = "Pearson r"
    items: ClassVar[str] = "pairs"
    in_rows: ClassVar[tuple[str, ...]] = ("ceiling",)

    @property
    def scores(self) -> dict[str, float | None]:
        """Spearman's rho and Pearson's r."""
        return {"spearman": self.spearman, "pearson": self.pearson}

    @property
    def primary(self) -> Score:
        """Spearman's rho, and how well people agree."""
        return replace(super().primary, ceiling=self.ceiling)

    def details(self) -> dict[str, Any]:
        """Return what the JSON of only this kind has."""
        return {"repeated": self.repeated, "measures": self.measures, "ceiling": self.ceiling}


class SimilarityTask(ScoredTask[PairSuite, SimilarityReport]):
    """Rated pairs as a kind of suite."""

    kind = "similarity"
    title = "Similarity"
    cites = ("spearman1904proof", "efron1979bootstrap")
    example = EXAMPLE
    gensim_scores_it = True
    every = "pair"
    composes = True

    def read(self, manifest: Manifest, path: Path) -> PairSuite:
        """Read a published set, whose manifest says which columns hold the words and the rating."""
        return read_pairs(
            path,
            manifest.name,
            manifest.title,
            manifest.columns or PAIR_COLUMNS,
            manifest.encoding,
            measures=manifest.measures,
            ceiling=manifest.ceiling,
        )

    def read_own(self, path: Path | OwnItems, choices: OwnChoices = GUESSED) -> PairSuite:
        """Read a user's own pairs."""
        return read_own_pairs(path, choices)

    def evaluate(
        self, vectors: Vectors, suite: PairSuite, rules: Convention, limit: int | None, progress: Progress
    ) -> SimilarityReport:
        """Correlate cosines with ratings."""
        return evaluate_pairs(vectors, suite, rules, limit)

    def unscored(self, suite: PairSuite, report: SimilarityReport) -> list[str]:
        """Return the pairs with a word that is not in the vocabulary."""
        pairs = suite.pairs[~np.isfinite(report.cosines)]
        return [" – ".join(suite.words[number] for number in pair) for pair in pairs.tolist()]

    def words_of_items(self, suite: PairSuite) -> tuple[Sequence[str], I64]:
        """Return the words of the set, and the two words of each pair."""
        return suite.words, suite.pairs

    def score_of(self, suite: PairSuite, report: SimilarityReport, chosen: Flags) -> Score:
        """Return Spearman's rho on some of the pairs."""
        scored = chosen & np.isfinite(report.cosines)
        ratings, found = report.ratings[scored], report.cosines[scored]
        rho, number = spearman(ratings, found), int(scored.sum())
        interval = SPEARMAN.interval(ratings, found)
        return replace(report.primary, value=rho, interval=interval, scored=number, total=number)

    def paired(self, reports: Sequence[SimilarityReport]) -> Paired | None:
        """Compare Spearman's rho on the pairs that all files score; pairs are drawn."""
        return SPEARMAN.paired(reports)

    def beside_gensim(self, keyed: Any, report: SimilarityReport, path: Path) -> Sequence[BesideGensim]:
        """Return rho, r and the number of scored pairs beside those of gensim's evaluate_word_pairs."""
        ours = (report.spearman, report.pearson, report.scored)
        theirs: tuple[float | None, ...]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                pearson, spearman, unknown = keyed.evaluate_word_pairs(
                    str(path), restrict_vocab=report.protocol.restrict_vocab
                )
        except ValueError:  # gensim's word for no known pair, and scipy's for a single one
            theirs = (None, None, report.scored if report.scored < 2 else None)
        else:
            scored = report.total - round(unknown / 100 * report.total)
            theirs = (_finite(spearman[0]), _finite(pearson[0]), scored)
        return [BesideGensim(report.suite, "total", ("Spearman ρ", "Pearson r", "scored"), ours, theirs)]

    def remarks(self, suites: Sequence[Shown[SimilarityReport, PairSuite]]) -> Iterator[Note]:
        """Yield what people rated, how well they agree, and which pairs the set holds twice."""
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

    def questions(self, asked: PairSuite) -> Iterator[ItemsColumn]:
        """Yield both words and the rating of each pair."""
        yield ItemsColumn("word", "word", words_at(asked.words, asked.pairs[:, 0]))
        yield ItemsColumn("and", "word", words_at(asked.words, asked.pairs[:, 1]))
        yield ItemsColumn("people's rating", "number", rounded(asked.scores, 4), 2)

    def outcomes(self, asked: PairSuite, report: SimilarityReport) -> Iterator[ItemsColumn]:
        """Yield the cosine of each pair, and by how many ranks the vectors see it nearer than people do."""
        yield ItemsColumn("cosine", "number", rounded(report.cosines, 4), 4)
        yield ranks_too_near(report)


TASK = SimilarityTask()


def read_pairs(
    path: Path,
    name: str = "",
    title: str = "",
    columns: Sequence[str] = PAIR_COLUMNS,
    encoding: str = "utf-8",
    *,
    measures: str = "",
    ceiling: float | None = None,
) -> PairSuite:
    """Read rated pairs, separated by tabs; `columns` names the columns of word1, word2 and score.

    Lines that begin with # are comments, and a first line without a number is a header. Raise `DataError` for a file
    that cannot be decoded, and for a file without any pair.
    """
    if set(PAIR_COLUMNS) - set(columns):
        raise DataError(f"{path}: its columns are {', '.join(columns)}", hint=f"name {', '.join(PAIR_COLUMNS)}")
    digest, lines = lines_of(path, encoding)
    places = [columns.index(column) for column in PAIR_COLUMNS]
    rows = [line.split("\t") for _, line in lines if line.strip() and not line.startswith("#")]
    suite = _pairs_of(rows, places, len(columns), digest, name or path.stem, title or path.stem, measures, ceiling)
    if not len(suite):
        raise DataError(f"{path} has no pairs", hint=f"each line is {', '.join(columns)}, separated by tabs")
    return suite


def read_own_pairs(path: Path | OwnItems, choices: OwnChoices = GUESSED) -> PairSuite:
    """Read a user's rated pairs: two words and a number a line, in whichever columns (`own_tables`).

    Raise `DataError` for a file without any pair, and for one of which most lines are none.
    """
    table = read_table(path, PAIRS, choices)
    rows = [[row.fields["word1"], row.fields["word2"], str(decimal_of(row.fields["score"]))] for row in table.rows]
    suite = _pairs_of(rows, (0, 1, 2), 3, table.digest, path.stem, path.name)
    return replace(suite, invalid=table.failed, own=replace(table.reading, words=suite.words))


def _guessed(columns: Columns) -> dict[str, int] | None:
    """Find the columns of a table without names.

    The words are the first two columns that are not numbers, the score is the first number after them, or else the last
    before: a number in front is a number of the line. Where there are more such columns, those that the vectors know
    count; and where there are not two, words may be numbers: those that the vectors know.
    """
    found = columns.without_numbers_of_lines(len(PAIR_COLUMNS))
    numeric = [at for at in found if columns.numeric(at)]
    words = [at for at in found if at not in numeric]
    if len(words) < 2:
        words = [at for at in found if at in words or columns.in_vocabulary(at) > 0]
    elif len(words) > 2:
        words = columns.likely_words(words, 2)
    scores = [at for at in numeric if at not in words[:2]]
    if len(words) < 2 or not scores:
        return None
    score = next((at for at in scores if at > words[1]), scores[-1])
    return {"word1": words[0], "word2": words[1], "score": score}


PAIRS = TableForm("rated pairs", PAIR_COLUMNS, _guessed, "word, word, number", numbers=frozenset({"score"}))


def _pairs_of(
    rows: Sequence[Sequence[str]],
    places: Sequence[int],
    width: int,
    digest: str,
    name: str,
    title: str,
    measures: str = "",
    ceiling: float | None = None,
) -> PairSuite:
    words, pairs, scores, invalid = WordNumbers(), [], [], 0
    for number, row in enumerate(rows):
        fields = [part.strip() for part in row]
        score = number_of(fields[places[2]]) if len(fields) == width else None
        if score is not None and fields[places[0]] and fields[places[1]]:
            pairs.append(words.of((fields[places[0]], fields[places[1]])))
            scores.append(score)
        else:
            invalid += number > 0
    return PairSuite(
        name=name,
        title=title,
        sha256=digest,
        words=words.words,
        pairs=np.array(pairs, dtype=np.int64).reshape(-1, 2),
        scores=np.array(scores, dtype=np.float64),
        invalid=invalid,
        measures=measures,
        ceiling=ceiling,
    )


def evaluate_pairs(vectors: Vectors, suite: PairSuite, rules: Convention, limit: int | None) -> SimilarityReport:
    """Return Spearman's rho, with its interval, and Pearson's r between the cosines of pairs and their ratings.

    limit: only the first so many rows are looked at; None for all. Pairs with a word that is not there are left out.
    """
    pairs = RowFinder(vectors.listed_words, limit, rules, phrases=suite.own is not None).rows(suite.words)[suite.pairs]
    known = (pairs >= 0).all(axis=1)
    found = cosines(vectors.stored, pairs[known])
    ratings = suite.scores[known]
    rho = spearman(ratings, found)
    every = np.full(len(suite), np.nan)
    every[known] = found
    return SimilarityReport(
        suite=suite.name,
        title=suite.title,
        protocol=Protocol.of(
            rules,
            suite,
            limit,
            len(vectors),
            method="cosine; Spearman's rho with average ranks for ties",
            unknown="pairs with an unknown word are left out",
        ),
        spearman=rho,
        pearson=pearson(ratings, found),
        scored=int(known.sum()),
        total=len(suite),
        repeated=len(suite) - len(np.unique(np.sort(suite.pairs, axis=1), axis=0)),
        interval=SPEARMAN.interval(ratings, found),
        measures=suite.measures,
        ceiling=suite.ceiling,
        ratings=suite.scores,
        cosines=every,
    )


def cosines(matrix: F32 | FileRows, pairs: I64) -> F64:
    """Return the cosine of each pair of rows, [N] for pairs [N, 2]; 0 where a vector is zero."""
    rows, position = np.unique(pairs, return_inverse=True)
    exact = matrix[rows].astype(np.float64)
    length = np.linalg.norm(exact, axis=1, keepdims=True)
    units = (exact * np.divide(1.0, length, out=np.ones_like(length), where=length > 0)).astype(np.float32)
    first, second = position.reshape(pairs.shape).T
    found: F64 = np.vecdot(units[first], units[second]).astype(np.float64)
    return found


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
