"""Rated pairs of words in context: how near are two words in these texts? A whole kind of suite.

Huang, Socher, Manning & Ng (2012), SCWS. The vector of a word in a text is its own vector plus half of the vector of
its context, both at length 1; beside this stands the score of the words alone, which is what the context adds to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

import numpy as np

from w2v.arrays import F64
from w2v.data.manifest import Manifest
from w2v.errors import DataError
from w2v.evaluation.conventions import Convention
from w2v.evaluation.lookup import RowFinder
from w2v.evaluation.own import GUESSED, OwnChoices
from w2v.evaluation.own_tables import Columns, OwnItems, TableForm, decimal_of
from w2v.evaluation.own_texts import read_texts
from w2v.evaluation.protocol import Protocol
from w2v.evaluation.reading import lines_of, number_of
from w2v.evaluation.showing import rounded
from w2v.evaluation.statistics import (
    Paired,
    spearman,
)
from w2v.evaluation.tasks.in_context import InText, PairsInTexts, contexts_of, cosines_of
from w2v.evaluation.tasks.rated import SPEARMAN, ranks_too_near
from w2v.evaluation.tasks.scored import ScoredReport, ScoredTask
from w2v.progress import Progress
from w2v.report.blocks import ItemsColumn
from w2v.transforms.moments import unit_rows
from w2v.vectors import Vectors

__all__ = ["TASK", "RatedInContextReport", "RatedInContextSuite", "evaluate_rated_in_context", "marked"]

A = 1e-3
WINDOW = 10
HALF = 0.5
ROLES = ("text1", "text2", "score")
NO_PAIRS = "rated pairs of words in context"
EXAMPLE = "text1,text2,score\n" + "".join(
    f"{first},{second},{score}\n"
    for first, second, score in (
        ("the river <b>bank</b> is green", "the <b>shore</b> of the river", 9),
        ("the <b>bank</b> closes at five", "the <b>shore</b> of the river", 1),
        ("the <b>bank</b> closes at five", "he counts his <b>money</b>", 6),
        ("the river <b>bank</b> is green", "he counts his <b>money</b>", 0.5),
        ("a <b>cat</b> sleeps by the fire", "the <b>dog</b> ran after a lion", 7),
        ("a <b>cat</b> sleeps by the fire", "a <b>saw</b> cuts the wood", 0.2),
        ("he <b>saw</b> the lion", "she <b>looked</b> at the dog", 8),
        ("a <b>saw</b> cuts the wood", "she <b>looked</b> at the dog", 0.8),
        ("the <b>king</b> counts his money", "a <b>queen</b> has a lot of gold", 8.5),
        ("the <b>king</b> counts his money", "it <b>rains</b> in the mountains", 0.1),
        ("birds <b>fly</b> over the house", "a <b>bird</b> sat in the tree", 5),
    )
)


@dataclass(frozen=True, eq=False)
class RatedInContextSuite(PairsInTexts):
    """Pairs of words in texts with people's ratings.

    scores: float64 [N], the ratings.
    """

    scores: F64
    kind: ClassVar[str] = "contextual-similarity"

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.scores)


@dataclass(frozen=True)
class RatedInContextReport(ScoredReport):
    """Agreement with people's ratings of words in context.

    spearman: rho of the cosines of words with half of their contexts. word_alone: of the words. Both are None where
    fewer than two pairs are scored or all are equal. ratings, cosines, alone: float64 [N], NaN for a pair with a word
    that is not in the vocabulary.
    """

    spearman: float | None
    word_alone: float | None
    ratings: F64 = field(repr=False, compare=False)
    cosines: F64 = field(repr=False, compare=False)
    alone: F64 = field(repr=False, compare=False)
    kind: ClassVar[str] = "contextual-similarity"
    score_title: ClassVar[str] = "Spearman ρ"
    beside_title: ClassVar[str] = "word alone"
    items: ClassVar[str] = "pairs"

    @property
    def scores(self) -> dict[str, float | None]:
        """Spearman's rho with the contexts, and of the words alone."""
        return {"spearman": self.spearman, "word-alone": self.word_alone}


class ContextualSimilarityTask(ScoredTask[RatedInContextSuite, RatedInContextReport]):
    """Rated pairs of words in context as a kind of suite."""

    kind = "contextual-similarity"
    title = "Similarity in context"
    cites = ("spearman1904proof", "efron1979bootstrap")
    example = EXAMPLE
    every = "pair"

    def read(self, manifest: Manifest, path: Path) -> RatedInContextSuite:
        """Read a published set."""
        return read_rated_in_context(path, manifest.name, manifest.title, manifest.columns, manifest.encoding)

    def read_own(self, path: Path | OwnItems, choices: OwnChoices = GUESSED) -> RatedInContextSuite:
        """Read a user's own pairs."""
        return read_own_rated_in_context(path, choices)

    def evaluate(
        self, vectors: Vectors, suite: RatedInContextSuite, rules: Convention, limit: int | None, progress: Progress
    ) -> RatedInContextReport:
        """Correlate cosines with ratings."""
        return evaluate_rated_in_context(vectors, suite, rules, limit, progress)

    def unscored(self, suite: RatedInContextSuite, report: RatedInContextReport) -> list[str]:
        """Return the pairs with a word that is not in the vocabulary."""
        missing = np.flatnonzero(~np.isfinite(report.cosines)).tolist()
        return [f"{suite.first[at].word} – {suite.second[at].word}" for at in missing]

    def paired(self, reports: Sequence[RatedInContextReport]) -> Paired | None:
        """Compare Spearman's rho on the pairs that all files score; pairs are drawn."""
        return SPEARMAN.paired(reports)

    def questions(self, asked: RatedInContextSuite) -> Iterator[ItemsColumn]:
        """Yield both words and the rating of each pair."""
        yield ItemsColumn("word", "word", [each.word for each in asked.first])
        yield ItemsColumn("and", "word", [each.word for each in asked.second])
        yield ItemsColumn("people's rating", "number", rounded(asked.scores, 4), 2)

    def outcomes(self, asked: RatedInContextSuite, report: RatedInContextReport) -> Iterator[ItemsColumn]:
        """Yield both cosines of each pair."""
        yield ItemsColumn("cosine with contexts", "number", rounded(report.cosines, 4), 4)
        yield ItemsColumn("words alone", "number", rounded(report.alone, 4), 4)
        yield ranks_too_near(report)


TASK = ContextualSimilarityTask()


def marked(text: str) -> InText | None:
    """Return the word of a text that stands between the first <b> and the </b> after it; None where there is none."""
    before, _, rest = text.partition("<b>")
    word, end, after = rest.partition("</b>")
    if not end or not word.split():
        return None
    words = before.split()
    return InText((*words, "_".join(word.split()), *after.split()), len(words))


def read_rated_in_context(
    path: Path, name: str, title: str, columns: Sequence[str], encoding: str = "utf-8"
) -> RatedInContextSuite:
    """Read rated pairs, separated by tabs; `columns` names the columns of text1, text2 and score, more may follow.

    Raise `DataError` for a file that cannot be decoded, and for a file without any pair.
    """
    if set(ROLES) - set(columns):
        raise DataError(f"{path}: its columns are {', '.join(columns)}", hint=f"name {', '.join(ROLES)}")
    digest, lines = lines_of(path, encoding)
    rows = [line.rstrip("\r").split("\t") for _, line in lines if line.strip()]
    items = [_item(*(row[columns.index(role)] if len(row) >= len(columns) else "" for role in ROLES)) for row in rows]
    suite = _suite_of(items, digest, name, title)
    if not len(suite):
        raise DataError(f"{path} has no {NO_PAIRS}", hint="each word stands between <b> and </b> in its text")
    return suite


def read_own_rated_in_context(path: Path | OwnItems, choices: OwnChoices = GUESSED) -> RatedInContextSuite:
    """Read a user's rated pairs: two texts, each with its word between <b> and </b>, and a number, in columns.

    Raise `DataError` for a file without any pair.
    """
    table = read_texts(path, RATED, choices)
    items = [_item(*(row.fields[role] for role in ROLES)) for row in table.rows]
    suite = _suite_of(items, table.digest, path.stem, path.name)
    if not len(suite):
        raise DataError(f"{path} has no {NO_PAIRS}", hint=RATED.hint)
    own = replace(table.reading, lines_used=len(suite))
    return replace(suite, invalid=suite.invalid + table.failed, own=own)


def _guessed(columns: Columns) -> dict[str, int] | None:
    """Find the columns of a table without names: texts have marks, and the first other number is the rating."""
    texts = [at for at in range(columns.width) if any(marked(row[at]) for row in columns.rows)][:2]
    scores = [at for at in range(columns.width) if at not in texts and columns.numeric(at) and not columns.counts(at)]
    if len(texts) < 2 or not scores:
        return None
    return {"text1": texts[0], "text2": texts[1], "score": next((at for at in scores if at > texts[1]), scores[-1])}


RATED = TableForm(
    NO_PAIRS, ROLES, _guessed, "text with <b>word</b>, text with <b>word</b>, number", numbers=frozenset({"score"})
)


def _item(text1: str, text2: str, score: str) -> tuple[InText, InText, float] | None:
    first, second = marked(text1), marked(text2)
    rating = number_of(score) if number_of(score) is not None else decimal_of(score)
    return None if first is None or second is None or rating is None else (first, second, rating)


def _suite_of(
    items: Sequence[tuple[InText, InText, float] | None], digest: str, name: str, title: str
) -> RatedInContextSuite:
    sound = [each for each in items if each is not None]
    return RatedInContextSuite(
        name,
        title,
        digest,
        tuple(first for first, _, _ in sound),
        tuple(second for _, second, _ in sound),
        np.array([score for _, _, score in sound], dtype=np.float64),
        invalid=len(items) - len(sound),
    )


def evaluate_rated_in_context(
    vectors: Vectors, suite: RatedInContextSuite, rules: Convention, limit: int | None, progress: Progress
) -> RatedInContextReport:
    """Return Spearman's rho between ratings and the cosines of words with half of their contexts, and of words alone.

    limit: only the first so many rows are looked at; None for all. Pairs with a word that is not there are left out.
    """
    places = (*suite.first, *suite.second)
    rows = RowFinder(vectors.listed_words, limit, rules).rows([each.word for each in places])
    words = np.zeros((len(places), vectors.dim))
    words[rows >= 0] = vectors.units[rows[rows >= 0]]
    found = contexts_of(vectors, places, rules, limit, progress, a=A, window=WINDOW)
    halves = HALF * unit_rows(found.vectors)
    known = (rows.reshape(2, -1) >= 0).all(axis=0)
    both, alone = (np.where(known, cosines_of(*np.split(each, 2)), np.nan) for each in (words + halves, words))
    rho = spearman(suite.scores[known], both[known])
    weights = f"words weighted by a / (a + p), a = {A:g}" if found.weighted else "all words weighted alike"
    return RatedInContextReport(
        suite=suite.name,
        title=suite.title,
        protocol=Protocol.of(
            rules,
            suite,
            limit,
            len(vectors),
            method=f"cosine of word + ½ context, each at length 1; context: the sum of the words up to {WINDOW} places "
            f"away, {weights}; Spearman's rho with average ranks for ties",
            unknown="pairs with an unknown word are left out, unknown words of contexts as well",
        ),
        interval=SPEARMAN.interval(suite.scores[known], both[known]),
        scored=int(known.sum()),
        total=len(suite),
        spearman=rho,
        word_alone=spearman(suite.scores[known], alone[known]),
        ratings=suite.scores,
        cosines=both,
        alone=alone,
    )
