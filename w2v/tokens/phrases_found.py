"""The phrases that were found, as columns: a large text has tens of thousands of them, and people look at a few.

How phrases are found: w2v/tokens/phrases.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np

from w2v.arrays import F64, I32, I64

__all__ = ["FoundPhrases", "Phrase"]


@dataclass(frozen=True)
class Phrase:
    """A phrase as a pass found it: how often the pair and its two parts occurred in the text of that pass; its score.

    A pair is counted wherever it stands, so it may occur more often than it is joined: of "new york new york" the pair
    "york new" is counted, too. A phrase of the user's list has the pass 0 and no score, its first and its last word as
    the parts, and the number of places where it was joined as its count.
    """

    phrase: str
    count: int
    first: str
    first_count: int
    second: str
    second_count: int
    score: float | None
    found_in_pass: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values by the names of the fields."""
        return dict(vars(self))


@dataclass(frozen=True, eq=False)
class FoundPhrases(Sequence[Phrase]):
    """Phrases in some order; each becomes a `Phrase` when it is asked for.

    names: the phrases, [n]. counts, first_counts, second_counts: int64 [n]. first, second: int64 [n], ids of the parts.
    scores: float64 [n], NaN for a phrase of the user's list. passes: int32 [n]. spell: returns the word of an id.
    """

    names: Sequence[str]
    counts: I64
    first: I64
    first_counts: I64
    second: I64
    second_counts: I64
    scores: F64
    passes: I32
    spell: Callable[[int], str]

    def __len__(self) -> int:
        return len(self.counts)

    @overload
    def __getitem__(self, at: int) -> Phrase: ...

    @overload
    def __getitem__(self, at: slice) -> FoundPhrases: ...

    def __getitem__(self, at: int | slice) -> Phrase | FoundPhrases:
        """Return one phrase, or some of them in the same order."""
        if isinstance(at, slice):
            return self.in_order(np.arange(len(self))[at])
        score = float(self.scores[at])
        return Phrase(
            phrase=self.names[at],
            count=int(self.counts[at]),
            first=self.spell(int(self.first[at])),
            first_count=int(self.first_counts[at]),
            second=self.spell(int(self.second[at])),
            second_count=int(self.second_counts[at]),
            score=None if score != score else score,
            found_in_pass=int(self.passes[at]),
        )

    def in_order(self, places: I64) -> FoundPhrases:
        """Return the phrases of these places [n], in the order of the places."""
        return FoundPhrases(
            [self.names[place] for place in places.tolist()],
            self.counts[places],
            self.first[places],
            self.first_counts[places],
            self.second[places],
            self.second_counts[places],
            self.scores[places],
            self.passes[places],
            self.spell,
        )

    def by_score(self) -> FoundPhrases:
        """Return the phrases by falling score, those of the user's list first, and those of one score by name."""
        by_name = np.array(sorted(range(len(self)), key=self.names.__getitem__), dtype=np.int64)
        keys = np.where(np.isnan(self.scores), -np.inf, -self.scores)[by_name]
        return self.in_order(by_name[np.argsort(keys, kind="stable")])

    def by_rising_score(self) -> FoundPhrases:
        """Return the phrases just above the threshold first; phrases of one score keep their order."""
        return self.in_order(np.argsort(np.nan_to_num(self.scores, nan=0.0), kind="stable"))

    def by_count(self) -> FoundPhrases:
        """Return the most frequent phrases first; those of one count keep their order."""
        return self.in_order(np.argsort(-self.counts, kind="stable"))

    @staticmethod
    def together(parts: Sequence[FoundPhrases], spell: Callable[[int], str]) -> FoundPhrases:
        """Return the phrases of all parts, one part after the other."""

        def joined(name: str, kind: type[np.int64 | np.float64 | np.int32]) -> Any:
            return np.concatenate([np.empty(0, dtype=kind), *(getattr(part, name) for part in parts)])

        return FoundPhrases(
            names=[name for part in parts for name in part.names],
            counts=joined("counts", np.int64),
            first=joined("first", np.int64),
            first_counts=joined("first_counts", np.int64),
            second=joined("second", np.int64),
            second_counts=joined("second_counts", np.int64),
            scores=joined("scores", np.float64),
            passes=joined("passes", np.int32),
            spell=spell,
        )
