"""Single words: the analogy WORD − man + woman, with and without its inputs, and how a word relates to two groups.

By custom an analogy's inputs cannot be its answer, so that it cannot say "the same word" (Nissim, van Noord & van der
Goot 2020): man is to doctor as woman is to *doctor*, and only if doctor is excluded, to *nurse*. Both answers are given
here, and where the word lies among words of its frequency.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from w2v.evaluation.report import LEAST_COVERAGE
from w2v.evaluation.tasks.bias.controls import WINDOW, Commonness
from w2v.evaluation.tasks.bias.lists import GroupDesign
from w2v.evaluation.tasks.bias.lookup import Finder
from w2v.evaluation.tasks.bias.weat import single_category
from w2v.lookup import Found, How
from w2v.vectors import Neighbour, Vectors

__all__ = ["WordByAnalogy", "ask_words"]


@dataclass(frozen=True)
class WordByAnalogy:
    """What the analogy word − minus + plus answers, and the word's association with two groups.

    word: as it was asked; found: as the vectors spell it; how: the step that found it. neighbours: best first, inputs
    flagged, at their true rank. association: SC-WEAT, more being nearer to the first group; None where too few words of
    the groups are in the vocabulary, and `warning` says how many. below: the share of the words nearest in frequency
    whose association is lower; 0.5 is the middle. It is None for a composed word, which has no frequency.
    """

    word: str
    found: str
    minus: str
    plus: str
    neighbours: tuple[Neighbour, ...]
    groups: tuple[str, str]
    association: float | None
    below: float | None
    warning: str = ""
    how: How = "exact"

    @property
    def formula(self) -> str:
        """The analogy as a formula."""
        return f"{self.found} − {self.minus} + {self.plus}"

    @property
    def honest(self) -> Neighbour:
        """The nearest word of all."""
        return self.neighbours[0]

    @property
    def customary(self) -> tuple[Neighbour, ...]:
        """The nearest words that are none of the three inputs: what is usually quoted."""
        return tuple(near for near in self.neighbours if not near.is_input)

    def to_dict(self) -> dict[str, Any]:
        """Return the word as JSON has it."""
        return {**asdict(self), "formula": self.formula, "honest": asdict(self.honest)}


def ask_words(
    vectors: Vectors,
    words: Sequence[str],
    groups: GroupDesign | None,
    *,
    minus: str = "man",
    plus: str = "woman",
    topn: int = 10,
    restrict_vocab: int | None = None,
) -> tuple[WordByAnalogy, ...]:
    """Return the analogy of each word, and its association with `groups` where there are any.

    Words are looked for in other cases and forms and as phrases, too, and are composed where the vectors can do that.
    Raise `UnknownWordsError` for all that are not found.
    """
    finder = Finder(vectors)
    places = {word: _find(finder, word) for word in (minus, plus, *words)}
    there = {word: place for word, place in places.items() if place is not None}
    if len(there) < len(places):
        raise vectors.lookup.unknown(word for word in places if word not in there)
    from_word, to_word = (vectors.lookup.alone(there[word]) for word in (minus, plus))
    standing = None if groups is None else _Standing(finder, groups)
    found = []
    for word in words:
        place = there[word]
        association, below = (None, None) if standing is None else standing.of(place)
        positive = [vectors.lookup.alone(place), to_word]
        found.append(
            WordByAnalogy(
                word=word,
                found=place.word,
                minus=str(from_word),
                plus=str(to_word),
                neighbours=vectors.neighbours(positive, [from_word], topn=topn, restrict_vocab=restrict_vocab),
                groups=("", "") if groups is None else (groups.groups[0].title, groups.groups[1].title),
                association=association,
                below=below,
                warning="" if standing is None else standing.warning,
                how=place.how,
            )
        )
    return tuple(found)


def _find(finder: Finder, word: str) -> Found | None:
    """Return what a word is taken for, by any step; None where there is nothing with a direction."""
    row = finder.row(word)
    found = finder.vectors.lookup.find(word)
    if row >= 0 and (found is None or found.row != row):
        return Found(word, finder.vectors.stored_words[row], row, "case")
    if found is None or found.row is None:
        return found if found is not None and found.vector is not None and found.vector.any() else None
    return found if finder.directed[found.row] else None


class _Standing:
    """The associations of words with two groups, and of the words of like frequency."""

    def __init__(self, finder: Finder, design: GroupDesign) -> None:
        self.finder = finder
        self.common = Commonness(finder)
        self.design = design
        self.rows = [finder.find(group).rows for group in design.groups]
        self.sides = [finder.unit(rows) for rows in self.rows]

    @property
    def warning(self) -> str:
        """Why there is no association: too few words of a list are in the vocabulary; "" where there are enough."""
        listed = [
            (len(rows), len(group.words), group.title)
            for rows, group in zip(self.rows, self.design.groups, strict=True)
        ]
        if all(known >= max(2, LEAST_COVERAGE * total) for known, total, _ in listed):
            return ""
        counts = " and ".join(f"{known} of {total} {title}" for known, total, title in listed)
        return f"no association: only {counts} are in the vocabulary"

    def of(self, found: Found) -> tuple[float | None, float | None]:
        """Return the association of a word, and the share of words of its frequency with a lower one."""
        if self.warning:
            return None, None
        row = found.row
        if row is None:
            assert found.vector is not None
            vector = found.vector.astype(np.float64)[None]
            return float(single_category(vector / np.linalg.norm(vector), *self.sides)[0]), None
        own = single_category(self.finder.unit([row]), *self.sides)[0]
        pool = self.common.pool(np.concatenate([*self.rows, [row]]))
        if not np.isfinite(own) or not len(pool):
            return None, None
        place = int(np.searchsorted(-self.common.value[pool], -self.common.value[row]))
        start = int(np.clip(place - WINDOW // 2, 0, max(0, len(pool) - WINDOW)))
        others = single_category(self.finder.unit(pool[start : start + WINDOW]), *self.sides)
        return float(own), float((others < own).mean())
