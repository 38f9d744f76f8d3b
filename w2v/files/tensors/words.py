"""How words are stored in w2v's own files: all in one tensor, and where each of them begins in another.

`cut_words` makes strings of all of them. `PackedWords` does so for the few that are asked for: of three million words
one query needs a dozen, and strings of all would take a second and half a gigabyte. How words are found among millions
of packed ones is in `index.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, overload

import numpy as np

from w2v.arrays import I64, U8, U64, Array
from w2v.files.tensors.layout import Stream

__all__ = [
    "Packed",
    "PackedWords",
    "cut_words",
    "hash_of_bytes",
    "hashes_of",
    "packed",
    "packed_words",
    "whole_text",
]

MULTIPLIER = 0x9E3779B97F4A7C15  # of the hash of words: the golden ratio, as in Knuth's multiplicative hash
WHOLE = (1 << 64) - 1  # the bits of a hash
CUT = 1 << 16  # words that are cut together
HITS = 500  # places where the bytes of a word stand that are looked at one by one


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
    """The words [V] that `packed_words` has packed, each decoded when it is asked for.

    indexes: what others have computed of all words and keep here, by what it is for (`index.py`).
    """

    def __init__(self, text: U8, offsets: I64) -> None:
        """Raises ValueError where there is not one for each row, or one is not UTF-8."""
        self._data = text.tobytes()
        self.text: U8 = np.frombuffer(self._data, dtype=np.uint8)
        self.offsets = offsets
        self.lengths = np.diff(offsets)
        self.indexes: dict[Any, Any] = {}
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


def hashes_of(text: U8, offsets: I64) -> U64:
    """Return a number for each of some packed words [n], the same for the same word: of its length and bytes."""
    eights = np.concatenate([text, np.zeros(24 - len(text) % 8, dtype=np.uint8)]).view("<u8")
    places, lengths = offsets[:-1], np.diff(offsets)
    multiplier = np.uint64(MULTIPLIER)
    hashes = lengths.astype(np.uint64) * multiplier
    rows = np.arange(len(hashes))
    while rows.size:
        first, shift = places >> 3, ((places & 7) << 3).astype(np.uint64)
        values = (eights[first] >> shift) | (eights[first + 1] << (np.uint64(63) - shift) << np.uint64(1))
        values <<= (8 * np.maximum(0, 8 - lengths)).astype(np.uint64)  # without bytes of the next word
        mixed = (hashes[rows] ^ values) * multiplier
        hashes[rows] = mixed ^ (mixed >> np.uint64(29))
        longer = np.flatnonzero(lengths > 8)
        rows, places, lengths = rows[longer], places[longer] + 8, lengths[longer] - 8
    return hashes


def hash_of_bytes(word: bytes) -> int:
    """Return the same number for one word, in UTF-8."""
    found = len(word) * MULTIPLIER & WHOLE
    for start in range(0, len(word), 8):
        value = int.from_bytes(word[start : start + 8].rjust(8, b"\0"), "little")
        found = (found ^ value) * MULTIPLIER & WHOLE
        found ^= found >> 29
    return found


def _in_characters(text: U8, offsets: I64) -> I64:
    """Offsets [V + 1] in bytes of UTF-8, given in characters."""
    continued = (text & 0xC0) == 0x80  # bytes behind the first of a character
    lengths = np.diff(offsets) - np.add.reduceat(continued.view(np.uint8), offsets[:-1], dtype=np.int64)
    return np.concatenate(([0], np.cumsum(lengths)))
