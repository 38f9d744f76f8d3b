"""What a figure is made of: words with their vectors, in groups or not, and what else was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from w2v.arrays import F64
from w2v.errors import SettingsError
from w2v.lookup import Found, Rules
from w2v.vectors import Vectors

__all__ = ["Request"]


@dataclass(frozen=True)
class Request:
    """The words of a figure.

    found: each word once, in the order in which they were asked for. groups: names. group_of: the number of a word's
    group; words without one are not there. neighbours: also show so many of the nearest words of each. restrict_vocab:
    only so many of the first rows may be such neighbours, or the answer of an analogy. rules: the steps by which
    further words are looked for.
    """

    vectors: Vectors
    found: tuple[Found, ...]
    rules: Rules
    groups: tuple[str, ...] = ()
    group_of: Mapping[str, int] | None = None
    neighbours: int = 0
    restrict_vocab: int | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The words, as the vectors have them."""
        return tuple(each.word for each in self.found)

    def group(self, word: str) -> int | None:
        """Return the number of a word's group; None for none."""
        return (self.group_of or {}).get(word)

    def rank(self, found: Found) -> int:
        """Return the place of a word by frequency, as far as that is known; 0 is the most frequent."""
        if found.row is None:
            return len(self.vectors)
        counts = self.vectors.counts
        return found.row if counts is None else int(np.count_nonzero(counts > counts[found.row]))

    def units(self, found: Sequence[Found] | None = None) -> F64:
        """Return the vectors of words at length 1, [n, D]. Raise `SettingsError` for a vector without a direction."""
        listed = self.found if found is None else found
        rows = np.zeros((len(listed), self.vectors.dim))
        for number, each in enumerate(listed):
            rows[number] = each.vector if each.row is None else self.vectors.stored[each.row]
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        for each, length in zip(listed, lengths[:, 0], strict=True):
            if not (np.isfinite(length) and length > 0):
                raise SettingsError(f"the vector of {each.word!r} has no direction", hint="leave this word out")
        units: F64 = rows / lengths
        return units

    def at_least(
        self, number: int, what: str, hint: str = "name more words; --neighbours 10 adds those nearest to each"
    ) -> None:
        """Raise `SettingsError` if there are fewer words."""
        if len(self.found) < number:
            raise SettingsError(
                f"{what} needs at least {number} word{'s' * (number != 1)}, and got {len(self.found)}", hint=hint
            )

    def nearest(self) -> tuple[Found, ...]:
        """Return the nearest words of all words, each once and without the words themselves."""
        if not self.neighbours:
            return ()
        lookup = self.vectors.lookup
        readings = [lookup.alone(each) for each in self.found]
        asked = set(self.words)
        near = self.vectors.neighbours_of_each(
            readings, topn=self.neighbours + len(asked), restrict_vocab=self.restrict_vocab
        )
        words: dict[str, None] = {}
        for of in near:
            words.update(dict.fromkeys([each.word for each in of if each.word not in asked][: self.neighbours]))
        return tuple(lookup.find_all(words))
