"""Find the rows of a set's words, by the rules of a convention (`conventions`). A user's words: `w2v.lookup`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from w2v.arrays import I64
from w2v.evaluation.conventions import Convention
from w2v.files.tensors import MANY, Key, PackedWords, WordHashes
from w2v.lookup import phrase_forms

__all__ = ["RowFinder"]


class RowFinder:
    """Finds words among the first `limit` rows of a vocabulary (None: all), by a convention's rules.

    phrases: also look for a phrase with `_` between its words, and joined, where the convention does so.
    size: the number of these rows. has_groups: whether the convention takes several rows for the same word.
    """

    def __init__(self, words: Sequence[str], limit: int | None, rules: Convention, *, phrases: bool = False) -> None:
        self.size = min(limit or len(words), len(words))
        self.has_groups = rules.merge is not None
        self._rules = rules
        self._phrases = phrases and rules.finds_phrases
        self._found_by: _Hashed | _Listed
        if isinstance(words, PackedWords) and self.size > MANY:
            self._found_by = _Hashed(words, self.size)
        else:
            self._found_by = _Listed(words[:limit])

    @cached_property
    def group(self) -> I64:
        """The row that stands for each row, int64 [limit]: itself, or the first row that the convention takes for the
        same word."""
        merge = self._rules.merge
        return np.arange(self.size, dtype=np.int64) if merge is None else self._found_by.groups(merge)

    def rows(self, words: Sequence[str]) -> I64:
        """Return the row of each word, [len(words)]; -1 where the vocabulary does not have it."""
        return np.fromiter((self._found(word) for word in words), dtype=np.int64, count=len(words))

    def _found(self, word: str) -> int:
        row = self._row(word)
        if row < 0 and self._phrases:
            return next((found for form in phrase_forms(word) if (found := self._row(form)) >= 0), -1)
        return row

    def _row(self, word: str) -> int:
        if self._rules.merge is not None:
            return self._found_by.first(word, self._rules.merge)
        exact = self._found_by.first(word.lower() if self._rules.lowercases_questions else word, None)
        return self._found_by.first(word, str.casefold) if exact < 0 and self._rules.folds_case else exact


class _Listed:
    """Finds words in dictionaries of a list of words."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._first_of: dict[Key | None, dict[str, int]] = {}

    def first(self, word: str, key: Key | None) -> int:
        """Return the first row with a word, or with its key; −1 where there is none."""
        return self._rows(key).get(word if key is None else key(word), -1)

    def groups(self, key: Key) -> I64:
        """Return for each row the first one with the same key."""
        first = self._rows(key)
        return np.fromiter((first[key(word)] for word in self._words), dtype=np.int64, count=len(self._words))

    def _rows(self, key: Key | None) -> dict[str, int]:
        if key not in self._first_of:
            keys = self._words if key is None else [key(word) for word in self._words]
            first: dict[str, int] = {}
            for row, each in enumerate(keys):
                first.setdefault(each, row)
            self._first_of[key] = first
        return self._first_of[key]


class _Hashed:
    """Finds words among very many packed ones, by hashes that all who look for words share."""

    def __init__(self, words: PackedWords, size: int) -> None:
        self._words, self._size = words, size

    def first(self, word: str, key: Key | None) -> int:
        """Return the first row with a word, or with its key; −1 where there is none."""
        row = WordHashes.of(self._words, key).row_of(word)
        return -1 if row is None or row >= self._size else row

    def groups(self, key: Key) -> I64:
        """Return for each row the first one with the same key."""
        return WordHashes.of(self._words, key).first_rows()[: self._size]
