"""Find the vectors of listed words. The lists are in `lists.py`, what is computed from the vectors in other files.

A word is looked up as w2v looks up any word of a set (exact case, else the most frequent case variant); one with spaces
is tried with underscores and joined too, and one with underscores or hyphens only as it stands. Rows without a
direction (zeros, NaN) count as unknown, and two words of a list that find the same row count once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from w2v.arrays import F32, F64, I64, Flags
from w2v.evaluation.tasks.bias.lists import WordList
from w2v.files.rows import FileRows
from w2v.lookup import Rules, phrase_forms
from w2v.vectors import Vectors

__all__ = ["Finder", "Found"]

BY_CASE = Rules(normal_form=False, phrase=False, composed=False)


@dataclass(frozen=True, eq=False)
class Found:
    """The words of a list that have a vector: `words` as listed, `rows` [n], `ratings` [n] or empty; and the others.

    other_case: words that the vectors have in another case only, and how the vectors spell them.
    """

    list: WordList
    words: tuple[str, ...]
    rows: I64
    ratings: F64
    missing: tuple[str, ...]
    other_case: tuple[tuple[str, str], ...]

    def __len__(self) -> int:
        return len(self.words)


def _forms(word: str) -> tuple[str, ...]:
    """The word, and if it has spaces, the ways to write it as one word."""
    return (word, *phrase_forms(word)) if " " in word else (word,)


class Finder:
    """Rows and directions of words in some vectors."""

    def __init__(self, vectors: Vectors) -> None:
        self.vectors = vectors
        self.directed: Flags = np.isfinite(vectors.norms) & (vectors.norms > 0)

    def row(self, word: str) -> int:
        """Return the row of a word or phrase; -1 where there is none, or none with a direction."""
        for form in _forms(word):
            found = self.vectors.lookup.find(form, BY_CASE)
            if found is not None and found.row is not None and self.directed[found.row]:
                return found.row
        return -1

    def find(self, listed: WordList) -> Found:
        """Return the words of a list that are in the vocabulary, each row once."""
        known: dict[int, int] = {}
        missing: list[str] = []
        for number, word in enumerate(listed.words):
            row = self.row(word)
            if row < 0:
                missing.append(word)
            else:
                known.setdefault(row, number)
        numbers = list(known.values())
        words = tuple(listed.words[number] for number in numbers)
        spelt = [self.vectors.stored_words[row] for row in known]
        ratings = [listed.ratings[number] for number in numbers] if listed.ratings else []
        return Found(
            listed,
            words,
            np.array(list(known), dtype=np.int64),
            np.array(ratings, dtype=np.float64),
            tuple(missing),
            tuple(pair for pair in zip(words, spelt, strict=True) if pair[1] not in _forms(pair[0])),
        )

    @cached_property
    def unit_matrix(self) -> F32 | FileRows:
        """All rows, of length 1 where they have a direction, [V, D]."""
        with np.errstate(invalid="ignore"):  # infinity times 0, in rows that nobody looks at
            return self.vectors.units

    def unit(self, rows: I64 | Sequence[int]) -> F64:
        """Return rows of length 1 in double precision, [n, D]."""
        chosen = self.vectors.stored[np.asarray(rows, dtype=np.int64)].astype(np.float64)
        units: F64 = chosen / np.linalg.norm(chosen, axis=1, keepdims=True)
        return units
