"""How words are stored in w2v's own files: all in one tensor, and where each of them begins in another.

`cut_words` makes strings of all of them. `PackedWords` and `PackedIndex` do so for the few that are asked for: of three
million words one query needs a dozen, and strings of all would take a second and half a gigabyte.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, overload

import numpy as np

from w2v.arrays import I64, U8, U64, Array, Places
from w2v.files.tensors.layout import Stream

__all__ = ["Packed", "PackedIndex", "PackedWords", "are_distinct", "cut_words", "packed", "packed_words", "whole_text"]

MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # of the hash of words: the golden ratio, as in Knuth's multiplicative hash
CUT = 1 << 16  # words that are cut together
HASHED = 1 << 15  # words whose hashes are computed together: they stay in the cache
HITS = 500  # places where the bytes of a word stand that are looked at one by one
SCANS = 64  # words that are looked for one by one, before a dictionary of all is made


def packed_words(words: Sequence[str]) -> dict[str, Array | Stream]:
    """Return the two tensors that hold words: "words", all of them in UTF-8, and "word_offsets", where each begins."""
    text, offsets = packed(words)
    return {"word_offsets": offsets, "words": text}


def packed(words: Sequence[str], start: int = 0, stop: int | None = None) -> Packed:
    """Return words, or some of them, in UTF-8, one behind the other; of packed words no strings are made."""
    if isinstance(words, PackedWords):
        offsets = words.offsets[start : len(words) + 1 if stop is None else stop + 1]
        return Packed(words.text[offsets[0] : offsets[-1]], offsets - offsets[0])
    words = words if stop is None and not start else words[start:stop]
    whole = "".join(words)
    text = whole.encode()
    lengths = map(len, words) if len(text) == len(whole) else (len(word.encode()) for word in words)
    offsets = np.zeros(len(words) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(lengths, dtype=np.int64, count=len(words)), out=offsets[1:])
    return Packed(np.frombuffer(text, dtype=np.uint8), offsets)


def whole_text(words: Sequence[str]) -> str:
    """Return all words one behind the other."""
    return words.text.tobytes().decode() if isinstance(words, PackedWords) else "".join(words)


class Packed(NamedTuple):
    """The bytes of words [L], one behind the other, and where each begins, and the last ends [V + 1]."""

    text: U8
    offsets: I64


def cut_words(text: U8, offsets: I64, *, unique: bool = True) -> list[str]:
    """Return the words [V] that `packed_words` has packed.

    Raises ValueError where they are not one for each row, or one is not UTF-8, or, if `unique`, occurs twice.
    """
    words = list(PackedWords(text, offsets))
    if unique and len(set(words)) < len(words):
        raise ValueError("a word stands twice in it")
    return words


class PackedWords(Sequence[str]):
    """The words [V] that `packed_words` has packed, each decoded when it is asked for."""

    def __init__(self, text: U8, offsets: I64) -> None:
        """Raises ValueError where there is not one for each row, or one is not UTF-8."""
        self._data = text.tobytes()
        self.text: U8 = np.frombuffer(self._data, dtype=np.uint8)
        self.offsets = offsets
        self.lengths = np.diff(offsets)
        if len(offsets) < 1 or offsets[0] != 0 or offsets[-1] != len(text) or (self.lengths < 1).any():
            raise ValueError("its words are not one for each row")
        if self._data.isascii():
            return
        try:
            self._data.decode()
        except UnicodeDecodeError as error:
            row = int(np.searchsorted(offsets, error.start, side="right"))
            raise ValueError(f"the word of row {row:,} is not UTF-8") from error
        cut = np.flatnonzero((text[offsets[:-1]] & 0xC0) == 0x80)  # in the midst of a character
        if cut.size:
            raise ValueError(f"the word of row {cut[0]:,} is not UTF-8")

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> list[str]: ...
    def __getitem__(self, row: int | slice) -> str | list[str]:
        if isinstance(row, slice):
            begin, end, step = row.indices(len(self))
            return self._cut(begin, end) if step == 1 else [self[each] for each in range(begin, end, step)]
        row = range(len(self))[row]
        return self._data[self.offsets[row] : self.offsets[row + 1]].decode()

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self), CUT):
            yield from self._cut(start, min(start + CUT, len(self)))

    def _cut(self, start: int, stop: int) -> list[str]:
        """The words from one row on up to another."""
        if stop <= start:
            return []
        text, offsets = packed(self, start, stop)
        whole = text.tobytes().decode()
        in_characters = offsets if len(whole) == len(text) else _in_characters(text, offsets)
        return [whole[begin:end] for begin, end in pairwise(in_characters.tolist())]

    def row_of(self, word: str) -> int | None:
        """Return the first row with a word, None if there is none."""
        try:
            wanted = word.encode()
        except UnicodeEncodeError:
            return None
        place = -1
        for _ in range(HITS if wanted else 0):
            place = self._data.find(wanted, place + 1)
            if place < 0:
                return None
            row = int(np.searchsorted(self.offsets, place))
            if self.offsets[row] == place and self.lengths[row] == len(wanted):
                return row
        return self._row_by_length(wanted) if wanted else None

    def _row_by_length(self, wanted: bytes) -> int | None:
        """The same for what stands in very many words: by its length, then byte by byte."""
        rows = np.flatnonzero(self.lengths == len(wanted))
        places = self.offsets[rows]
        for number, byte in enumerate(wanted):
            same = self.text[places + number] == byte
            rows, places = rows[same], places[same]
        return int(rows[0]) if rows.size else None

    def repeated(self) -> Places:
        """Return the rows of all words that may stand twice: those whose hash does."""
        in_order = self._hashes()
        in_order.sort()
        twice = in_order[1:][in_order[1:] == in_order[:-1]]
        return np.flatnonzero(np.isin(self._hashes(), twice)) if twice.size else np.empty(0, dtype=np.intp)

    def _hashes(self) -> U64:
        """A number for each word [V], the same for the same word: of its length, and of its bytes by eights."""
        hashes = np.empty(len(self), dtype=np.uint64)
        for start in range(0, len(self), HASHED):
            text, offsets = packed(self, start, min(start + HASHED, len(self)))
            eights = np.concatenate([text, np.zeros(24 - len(text) % 8, dtype=np.uint8)]).view("<u8")
            hashes[start : start + HASHED] = _hashed(eights, offsets[:-1], np.diff(offsets))
        return hashes


def _hashed(eights: U64, places: I64, lengths: I64) -> U64:
    """The hashes of words [n] that begin at places of a text [L / 8], which has two numbers more than it needs."""
    hashes = lengths.astype(np.uint64) * MULTIPLIER
    rows = np.arange(len(hashes))
    while rows.size:
        first, shift = places >> 3, ((places & 7) << 3).astype(np.uint64)
        values = (eights[first] >> shift) | (eights[first + 1] << (np.uint64(63) - shift) << np.uint64(1))
        values <<= (8 * np.maximum(0, 8 - lengths)).astype(np.uint64)  # without bytes of the next word
        mixed = (hashes[rows] ^ values) * MULTIPLIER
        hashes[rows] = mixed ^ (mixed >> np.uint64(29))
        longer = np.flatnonzero(lengths > 8)
        rows, places, lengths = rows[longer], places[longer] + 8, lengths[longer] - 8
    return hashes


class PackedIndex(Mapping[str, int]):
    """The row of each of some packed words. The first few words are looked for, then a dictionary is made."""

    def __init__(self, words: PackedWords) -> None:
        self.words = words
        self._scans = 0
        self._found: dict[str, int | None] = {}

    def __len__(self) -> int:
        return len(self.words)

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __getitem__(self, word: str) -> int:
        if "rows" in self.__dict__ or self._scans >= SCANS:
            return self.rows[word]
        if word not in self._found:
            self._scans += 1
            self._found[word] = self.words.row_of(word) if isinstance(word, str) else None
        row = self._found[word]
        if row is None:
            raise KeyError(word)
        return row

    @cached_property
    def rows(self) -> dict[str, int]:
        """All rows."""
        found = dict(zip(self.words, range(len(self.words)), strict=True))
        if len(found) < len(self.words):  # the first row of a word that stands twice
            words = list(self.words)
            found = dict(zip(reversed(words), range(len(words) - 1, -1, -1), strict=True))
        return found


def are_distinct(words: Sequence[str]) -> bool:
    """Return whether no word occurs twice; of packed words only those are compared whose hashes are equal."""
    if isinstance(words, PackedWords):
        suspects = [words[row] for row in words.repeated().tolist()]
        return len(set(suspects)) == len(suspects)
    return len(set(words)) == len(words)


def _in_characters(text: U8, offsets: I64) -> I64:
    """Offsets [V + 1] in bytes of UTF-8, given in characters."""
    continued = (text & 0xC0) == 0x80  # bytes behind the first of a character
    lengths = np.diff(offsets) - np.add.reduceat(continued.view(np.uint8), offsets[:-1], dtype=np.int64)
    return np.concatenate(([0], np.cumsum(lengths)))
