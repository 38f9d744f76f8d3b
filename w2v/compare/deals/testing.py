"""The test of change between two vector files, whose texts are given: which words moved by more than chance explains.

*Moved*: the word's place among all words is another one. The scores are Procrustes on the vectors of words and, where
the model has them, of contexts, and second-order. *Its neighbourhood moved*: the words near it are others, or lie
otherwise (local); that is also so where they have moved, and the word has not. A small q says that the use of a word
differs between the texts, their subjects included; not that its meaning has changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from w2v.arrays import F64, I64
from w2v.compare.deals.calibration import FEWEST, Calibrated, calibrated, combined
from w2v.compare.deals.dealing import key_of, train_deals, words_under_test
from w2v.compare.deals.kept import KeptDeals, deal_folder
from w2v.compare.deals.pool import Pool, pool_of
from w2v.compare.deals.recipe import Recipe, check_corpus, recipe_of
from w2v.compare.deals.scores import DealScores
from w2v.compare.spaces import MIN_COUNT
from w2v.errors import SettingsError, VocabularyError
from w2v.given import number_given
from w2v.progress import Progress, ProgressChoice, reporting
from w2v.text.python_texts import Corpus
from w2v.tokens import prepare
from w2v.tokens.folder import CacheChoice
from w2v.vectors import Vectors

__all__ = ["DEALS", "LEVEL", "MOVED", "DriftTest", "calibrated_drift", "judged"]

DEALS = 10
LEVEL = 0.05  # of q: so many of the words found are false, on average
MOVED = (("procrustes",), ("contexts",), ("second_order",))
"""The scores that are combined for *moved*, where the model gives them, by their view: all views weigh alike."""
LEAST_WORDS = 20  # shared words; of fewer nothing can be pooled


@dataclass(frozen=True, eq=False)
class DriftTest:
    """What the test says of S words, the most frequent first.

    names: of the two files. words: [S]. counts: int64 [2, S], how often each occurs in each text. distances: the
    scores of the texts, trained anew by the same recipe as all deals. moved, neighbourhood: the two tests.
    procrustes: what chance gives for Procrustes' score alone, in logs. measures: the scores in `moved`. deals, seed,
    min_count: as asked for. documents: of each text; block: tokens of a document, 0 where each line is one.
    """

    names: tuple[str, str]
    words: tuple[str, ...] = field(repr=False)
    counts: I64 = field(repr=False)
    distances: DealScores = field(repr=False)
    moved: Calibrated = field(repr=False)
    neighbourhood: Calibrated = field(repr=False)
    procrustes: Calibrated = field(repr=False)
    measures: tuple[str, ...]
    deals: int
    seed: int
    min_count: int
    documents: tuple[int, int]
    block: int

    def __len__(self) -> int:
        """The number of words under test."""
        return len(self.words)

    @property
    def tested(self) -> int:
        """How many words were tested. The others are missing in a half of some deal: they stand in few documents."""
        return int(np.isfinite(self.moved.p).sum())

    @property
    def order(self) -> I64:
        """The words in the order in which they are listed, int64 [S]: by the z of *moved*, words not tested last."""
        return np.argsort(-np.nan_to_num(self.moved.z, nan=-np.inf), kind="stable")

    def found(self, which: Calibrated, level: float = LEVEL) -> I64:
        """Return the words with a q below a level, int64 [n], in the order of `order`. which: one of the two tests."""
        order = self.order
        return order[np.nan_to_num(which.q[order], nan=1.0) < level]

    def of(self, word: str) -> dict[str, Any] | None:
        """Return what is known of a word, as plain JSON values; None for a word that is not under test."""
        return None if word not in self.words else self.row(self.words.index(word))

    def row(self, at: int) -> dict[str, Any]:
        """Return what is known of a word by its number, as plain JSON values."""
        values: dict[str, Any] = {
            "word": self.words[at],
            "counts": self.counts[:, at].tolist(),
            "procrustes": _number(self.distances.procrustes[at]),
            "usual": _number(np.exp(self.procrustes.usual[at])),
            "high": _number(np.exp(self.procrustes.high[at])),
        }
        for name, which in (("moved", self.moved), ("neighbourhood", self.neighbourhood)):
            values[name] = {key: _number(getattr(which, key)[at]) for key in ("z", "p", "q")}
        return values

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the rows of words, as plain JSON values."""
        return {
            "deals": self.deals,
            "seed": self.seed,
            "min_count": self.min_count,
            "block": self.block,
            "documents": list(self.documents),
            "words": len(self),
            "tested": self.tested,
            "level": LEVEL,
            "measures": list(self.measures),
            "moved": len(self.found(self.moved)),
            "neighbourhood": len(self.found(self.neighbourhood)),
        }


def calibrated_drift(
    vectors: Sequence[Vectors],
    corpora: Sequence[Corpus],
    *,
    deals: int = DEALS,
    seed: int = 1,
    min_count: int = MIN_COUNT,
    block: int | None = None,
    threads: int | None = None,
    run_dir: Path | None = None,
    cache_dir: CacheChoice = None,
    progress: ProgressChoice = None,
) -> DriftTest:
    """Test which words moved between two files by more than chance explains.

    vectors: two, the older first, with the records of their trainings. corpora: the text that each was trained on.
    deals: how often the documents of both are dealt anew; each deal takes two trainings. min_count: the least number of
    occurrences in each text. block: tokens of a document, 0 for lines, None for records or blocks of 1,000 tokens.
    threads: how many trainings go on side by side, None for one a core. run_dir: a folder in which finished deals are
    kept, in place of the user's cache folder. cache_dir: for the token caches of the texts. progress: as in `train`.

    Raises SettingsError, CorpusError, VocabularyError, OutputError, TrainingError.
    """
    number_given("deals", deals, FEWEST, f"give {FEWEST} deals or more; {DEALS} are usual")
    if len(vectors) != 2 or len(corpora) != 2:
        raise SettingsError(
            f"{len(vectors)} files and {len(corpora)} text{'s' * (len(corpora) != 1)} were given for a test of change",
            hint="the test compares two files, and needs the text of each: --corpus OLD.txt --corpus NEW.txt",
        )
    with reporting(progress) as heard:
        recipe = recipe_of(vectors)
        pool = _pool(vectors, corpora, recipe, block, threads, cache_dir, heard)
        words, counts = words_under_test(pool, recipe, min_count)
        if len(words) < LEAST_WORDS:
            raise VocabularyError(
                f"{len(words):,} words occur at least {min_count:,} times in each text: too few for a test",
                hint="give more text, or a smaller --min-count",
            )
        key = key_of(pool, recipe, words, seed)
        kept = KeptDeals(deal_folder(run_dir, key, heard), key, heard)
        scores = train_deals(pool, recipe, words, kept, deals=deals, seed=seed, threads=threads, progress=heard)
        in_documents = pool.documents_with(words)
    names = (vectors[0].name, vectors[1].name)
    listed = tuple(pool.words[word] for word in words.tolist())
    documents = (pool.first, pool.documents - pool.first)
    return judged(
        names,
        listed,
        counts,
        in_documents,
        scores,
        seed=seed,
        min_count=min_count,
        documents=documents,
        block=pool.block,
    )


def judged(
    names: tuple[str, str],
    words: tuple[str, ...],
    counts: I64,
    in_documents: I64,
    scores: Sequence[DealScores],
    *,
    seed: int,
    min_count: int,
    documents: tuple[int, int],
    block: int,
) -> DriftTest:
    """Return what the scores of the texts, and then those of the deals, say of the words.

    words: [S]. counts: int64 [2, S]. in_documents: in how many documents of both texts each word stands, int64 [S].
    scores: of the texts and of R deals.
    """
    columns = {name: _stacked(scores, name) for name in DealScores.measures()}
    views = [[(name, column) for name in view if (column := columns[name]) is not None] for view in MOVED]
    total = combined([[column for _, column in view] for view in views])
    logs = {name: np.log(np.maximum(column, 1e-12)) for name, column in columns.items() if column is not None}
    return DriftTest(
        names=names,
        words=words,
        counts=counts,
        distances=scores[0],
        moved=calibrated(total[0], total[1:], in_documents),
        neighbourhood=calibrated(logs["local"][0], logs["local"][1:], in_documents),
        procrustes=calibrated(logs["procrustes"][0], logs["procrustes"][1:], in_documents),
        measures=tuple(name for view in views for name, _ in view),
        deals=len(scores) - 1,
        seed=seed,
        min_count=min_count,
        documents=documents,
        block=block,
    )


def _pool(
    vectors: Sequence[Vectors],
    corpora: Sequence[Corpus],
    recipe: Recipe,
    block: int | None,
    threads: int | None,
    cache_dir: CacheChoice,
    progress: Progress,
) -> Pool:
    """The documents of both texts. Raises CorpusError where a text is not the one that its file was trained on."""
    caches = []
    for each, corpus in zip(vectors, corpora, strict=True):
        cache = prepare(corpus, recipe.of_pool(each), cache_dir=cache_dir, threads=threads, progress=progress)
        check_corpus(each, cache)
        caches.append(cache)
    pool = pool_of(caches, block)
    for cache in caches:
        cache.close()
    return pool


def _stacked(scores: Sequence[DealScores], name: str) -> F64 | None:
    """One score of the texts and of all deals, [1 + R, S]; None where the model does not give it."""
    rows = [getattr(each, name) for each in scores]
    return None if any(row is None for row in rows) else np.stack(rows)


def _number(value: float) -> float | None:
    """A number as JSON can hold it: None for NaN."""
    return float(value) if np.isfinite(value) else None
