"""Many texts as ids of a vocabulary that does not grow: a table of words that several threads read at the same time.

Counting gives ids to words as they are met (counting.py), so its tables grow with the text. Here memory does not depend
on the text: a word that is not in the vocabulary has the id −1.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np

from w2v.arrays import I32, U8
from w2v.kernels.wordtable import WordTable, find
from w2v.tokens.counting import Encoder, Words
from w2v.tokens.settings import Tokenizer

__all__ = ["FixedEncoder", "ids_of", "table_of", "table_of_packed"]

STEP = 1 << 16  # words that are put into the table at a time


def table_of(words: Sequence[str]) -> WordTable:
    """Return a table in which each of these different words has its place in the list as its id."""
    encoder = Encoder("whitespace", keep_tags=False)
    rest = iter(words)
    while part := list(islice(rest, STEP)):
        encoder.add(part)
    return encoder.table


def table_of_packed(words: Words) -> WordTable:
    """Return the same of words that are packed; no strings are made."""
    encoder = Encoder("whitespace", keep_tags=False)
    for _ in encoder.ids(words):
        pass
    return encoder.table


def ids_of(words: Words, table: WordTable) -> I32:
    """Return of different words [n] their ids in a table, int32 [n]; −1 for words that it does not have."""
    parts = list(FixedEncoder(table, "whitespace", keep_tags=False).ids(words))
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int32)


class FixedEncoder(Encoder):
    """Yields the words of blocks of text with the ids of a table, −1 for others; only one thread at a time may use it.

    spans: as in `Encoder`; nothing is counted, and the table is not changed.
    """

    def __init__(self, table: WordTable, tokenizer: Tokenizer, keep_tags: bool) -> None:
        super().__init__(tokenizer, keep_tags)
        self.table = table

    def _look_up(self, text: U8, words: int, size: int) -> None:
        find(text, self._starts[:words], self._ends[:words], self.table, self._ring, self._ids[:words])
