"""What the kinds of suites of texts share: sets whose texts become vectors by pooling (w2v/pooling).

How the words of a text are found does not follow from a convention: texts are cut into words as the vectors' own text
was, which is what `w2v encode` does too. So that is what the protocol says.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from w2v.arrays import F32, I64
from w2v.errors import SettingsError
from w2v.evaluation.suite import Suite
from w2v.pooling.encoder import TextEncoder
from w2v.pooling.registry import pooling_named
from w2v.progress import Progress
from w2v.text.word_splitting import words_in
from w2v.vectors import Vectors

__all__ = ["PooledTexts", "TextSuite", "WordCounts", "pool", "pooler"]

COMPOSED = "words without a row are composed of their parts"
LEFT_OUT = "unknown words are left out"
GUESSED = "how often words occur is guessed from their order"


@dataclass(frozen=True, eq=False)
class TextSuite(Suite):
    """A set of texts. pooling: how their words are put together; "" for what is usual for the kind."""

    pooling: str = field(default="", kw_only=True)

    def pooled_by(self, pooling: str) -> TextSuite:
        """Return the same set, with its texts to be pooled in this way; raise `SettingsError` where there is none."""
        return replace(self, pooling=pooling_named(pooling).name)

    @property
    @abstractmethod
    def every_text(self) -> Sequence[str]:
        """All texts of the set."""

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The distinct words of the texts, in lower case."""
        return tuple(dict.fromkeys(word for text in self.every_text for word in words_in(text.lower())))


class WordCounts(NamedTuple):
    """How many words of texts have a vector, and how many are unknown."""

    words: int
    unknown: int

    @property
    def share(self) -> float | None:
        """The share of words that have a vector; None without any word."""
        total = self.words + self.unknown
        return self.words / total if total else None


@dataclass(frozen=True, eq=False)
class PooledTexts:
    """Texts as vectors of length 1, float32 [N, D]; zeros for a text without any word that has a vector.

    known: int64 [N], the words of each text that have a vector. counts: of the words of all texts.
    """

    vectors: F32
    known: I64
    counts: WordCounts


@dataclass(frozen=True)
class Pooler:
    """An encoder for texts, and what a protocol says of it. pooling: the kind. case, unknown: rules, in words."""

    encoder: TextEncoder
    pooling: str
    case: str
    unknown: str


def pooler(vectors: Vectors, suite: TextSuite, usual: str, limit: int | None, progress: Progress) -> Pooler:
    """Return what makes vectors of the texts of a set, by its kind of pooling, or by the `usual` one.

    limit: only the first so many rows are there; None for all. If nobody chose a kind and nothing tells how often words
    occur, texts are pooled by their mean, and a warning says so.
    """
    rows = vectors if limit is None or limit >= len(vectors) else vectors.only(range(limit))
    chosen = suite.pooling or usual
    try:
        encoder = rows.encoder(chosen, progress=False)
    except SettingsError as error:
        if suite.pooling or chosen == "mean":
            raise
        progress.message(f"{error.message}; the texts of {suite.name} are pooled by their mean", "warning")
        chosen = "mean"
        encoder = rows.encoder(chosen, progress=False)
    guessed = [sentence for level, sentence in encoder.notes if level == "warning"]
    for sentence in guessed:
        progress.message(sentence, "warning")
    unknown = LEFT_OUT if rows.compose is None else COMPOSED
    return Pooler(encoder, chosen, f"texts as {encoder.rules}{f'; {GUESSED}' if guessed else ''}", unknown)


def pool(pooler: Pooler, texts: Sequence[str], progress: Progress) -> PooledTexts:
    """Return texts as vectors, in order."""
    encoded = pooler.encoder.encode(texts, progress=progress)
    counts = WordCounts(int(encoded.words.sum()), int(encoded.unknown.sum()))
    return PooledTexts(encoded.vectors, encoded.words.astype(np.int64), counts)
