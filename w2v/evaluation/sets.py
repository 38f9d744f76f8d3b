"""Evaluation sets in memory, one class a kind. Not here: their files (`readers`), their names (`suites`), their scores.

A set keeps its distinct words once and refers to them by number, so that looking them up in a vocabulary costs one
dictionary access a word, whatever the number of questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from w2v.arrays import F64, I64

__all__ = ["AnalogySuite", "CategorySuite", "OutlierSuite", "PairSuite", "Suite", "WordNumbers"]


def _no_answers() -> I64:
    return np.empty((0, 2), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class AnalogySuite:
    """Questions "a is to b as c is to d" in sections.

    words: the distinct words of the set, as they are written there.
    questions: int64 [N, 4], a, b, c, d as numbers of `words`.
    section_of: int64 [N], the section of each question as a number of `sections`.
    groups: names of sections by the name of their group (semantic, syntactic).
    invalid: lines that are neither a section's name nor four words; they are left out.
    also: int64 [M, 2], further accepted answers: the number of a question, and of a word.
    paired: int64 [P, 2], the pairs of words that the questions are made of, with their sections `pair_section` [P] and
        further answers `paired_also` [K, 2] (a pair, a word), where the set is a list of pairs (BATS); else empty.
        Methods that learn from all pairs of a section need them.
    """

    name: str
    title: str
    sha256: str
    words: tuple[str, ...]
    questions: I64
    section_of: I64
    sections: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    invalid: int = 0
    also: I64 = field(default_factory=_no_answers)
    paired: I64 = field(default_factory=_no_answers)
    pair_section: I64 = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    paired_also: I64 = field(default_factory=_no_answers)

    def __len__(self) -> int:
        return len(self.questions)


@dataclass(frozen=True, eq=False)
class PairSuite:
    """Pairs of words with a person's rating.

    pairs: int64 [N, 2] as numbers of `words`; scores: float64 [N]; invalid: lines that are no pair with a number.
    measures: what the ratings are of (similarity, relatedness, rare words, verbs); ceiling: how well people agree with
    the ratings, as a correlation that the set's authors report. "" and None where nobody says.
    """

    name: str
    title: str
    sha256: str
    words: tuple[str, ...]
    pairs: I64
    scores: F64
    invalid: int = 0
    measures: str = ""
    ceiling: float | None = None

    def __len__(self) -> int:
        return len(self.pairs)


@dataclass(frozen=True, eq=False)
class CategorySuite:
    """Words, each with the category that it belongs to: `category_of` int64 [N] for `words` [N], all distinct."""

    name: str
    title: str
    sha256: str
    words: tuple[str, ...]
    categories: tuple[str, ...]
    category_of: I64
    invalid: int = 0

    def __len__(self) -> int:
        return len(self.words)


@dataclass(frozen=True, eq=False)
class OutlierSuite:
    """Topics: words that belong together, and words of which none belongs to them, as numbers of `words`."""

    name: str
    title: str
    sha256: str
    words: tuple[str, ...]
    topics: tuple[str, ...]
    members: tuple[tuple[int, ...], ...]
    outliers: tuple[tuple[int, ...], ...]
    invalid: int = 0

    def __len__(self) -> int:
        return sum(map(len, self.outliers))


Suite = AnalogySuite | PairSuite | CategorySuite | OutlierSuite


class WordNumbers:
    """Gives each distinct word a number, in the order in which they come."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def of(self, words: Iterable[str]) -> list[int]:
        return [self.numbers.setdefault(word, len(self.numbers)) for word in words]

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(self.numbers)
