"""Find the rows of a set's words, by the rules of a convention (`conventions`). A user's words: `w2v.lookup`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from w2v.arrays import I64
from w2v.evaluation.conventions import Convention
from w2v.lookup import phrase_forms

__all__ = ["RowFinder"]


class RowFinder:
    """Finds words among the first `limit` rows of a vocabulary (None: all), by a convention's rules.

    phrases: also look for a phrase with `_` between its words, and joined, where the convention does so.
    group: int64 [limit], the row that stands for each row: itself, or the first row that the convention takes for the
        same word.
    """

    def __init__(self, words: Sequence[str], limit: int | None, rules: Convention, *, phrases: bool = False) -> None:
        candidates = words[:limit]
        merge = rules.merge
        keys = candidates if merge is None else [merge(word) for word in candidates]
        first: dict[str, int] = {}
        self.group: I64 = np.fromiter(
            (first.setdefault(key, row) for row, key in enumerate(keys)), dtype=np.int64, count=len(keys)
        )
        self._first = first
        self._merge = merge
        self._rules = rules
        self._phrases = phrases and rules.finds_phrases
        self._folded: dict[str, int] | None = None
        if merge is None:
            self.group = np.arange(len(candidates), dtype=np.int64)

    def rows(self, words: Sequence[str]) -> I64:
        """Return the row of each word, [len(words)]; -1 where the vocabulary does not have it."""
        return np.fromiter((self._found(word) for word in words), dtype=np.int64, count=len(words))

    def _found(self, word: str) -> int:
        row = self._row(word)
        if row < 0 and self._phrases:
            return next((found for form in phrase_forms(word) if (found := self._row(form)) >= 0), -1)
        return row

    def _row(self, word: str) -> int:
        if self._merge is not None:
            return self._first.get(self._merge(word), -1)
        exact = self._first.get(word.lower() if self._rules.lowercases_questions else word, -1)
        return self._fold(word) if exact < 0 and self._rules.folds_case else exact

    def _fold(self, word: str) -> int:
        if self._folded is None:
            self._folded = {}
            for known, row in self._first.items():  # by falling frequency: the first variant is the most frequent
                self._folded.setdefault(known.casefold(), row)
        return self._folded.get(word.casefold(), -1)
