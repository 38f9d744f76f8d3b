"""Find words among packed ones: a few by their bytes, many in a dictionary, and very many by their hashes.

Ten million words as strings in a dictionary take 1.5 GB. Their hashes in order, with the row of each, take 12 bytes a
word: 120 MB. A hash says where a word may stand, and the word that stands there decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np

from w2v.arrays import I32, I64, U8, U64, Places
from w2v.files.tensors.words import Packed, PackedWords, hash_of_bytes, hashes_of, packed

__all__ = ["MANY", "Key", "PackedIndex", "WordHashes", "are_distinct"]

Key = Callable[[str], str]
"""Maps a word to what counts as the same word, such as `str.casefold`. A word of ASCII letters must be mapped letter by
letter, to as many of them."""

MANY = 1 << 20  # words; of more of them no dictionary is made
HASHED = 1 << 15  # words whose hashes are computed together: they stay in the cache
SCANS = 64  # words that are looked for one by one, before there is a dictionary, or hashes


class WordHashes:
    """The hashes of words [V] in ascending order, and their rows; of equal hashes the first rows come first."""

    def __init__(self, words: Sequence[str], key: Key | None = None) -> None:
        """Hash all words, which are mostly packed, or their keys. key: None keeps all words apart."""
        self.words, self.key = words, key
        hashes = hashes_of_all(words, key)
        order = np.argsort(hashes, kind="stable")
        self.rows: I32 = order.astype(np.int32)
        self.hashes: U64 = hashes[order]

    @classmethod
    def of(cls, words: PackedWords, key: Key | None = None) -> WordHashes:
        """Return the hashes of packed words, which are computed once."""
        if key not in words.indexes:
            words.indexes[key] = cls(words, key)
        found: WordHashes = words.indexes[key]
        return found

    def row_of(self, word: str) -> int | None:
        """Return the first row with a word, or with its key; None where there is none."""
        wanted = word if self.key is None else self.key(word)
        try:
            number = np.uint64(hash_of_bytes(wanted.encode()))
        except UnicodeEncodeError:
            return None
        place = int(np.searchsorted(self.hashes, number))
        while place < len(self.hashes) and self.hashes[place] == number:
            row = int(self.rows[place])
            if self._key_of(row) == wanted:
                return row
            place += 1
        return None

    def first_rows(self) -> I64:
        """Return for each row the first one with the same word, or with the same key, [V]."""
        found = np.arange(len(self.rows), dtype=np.int64)
        starts, ends = self._repeats()
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            first: dict[str, int] = {}
            for row in self.rows[start:end].tolist():
                found[row] = first.setdefault(self._key_of(row), row)
        return found

    def _repeats(self) -> tuple[Places, Places]:
        """Where the hashes begin and end that stand more than once."""
        ends = np.append(np.flatnonzero(self.hashes[1:] != self.hashes[:-1]) + 1, len(self.hashes))
        starts = np.concatenate([ends[:1] * 0, ends[:-1]])
        several = ends - starts > 1
        return starts[several], ends[several]

    def _key_of(self, row: int) -> str:
        word = self.words[row]
        return word if self.key is None else self.key(word)


def hashes_of_all(words: Sequence[str], key: Key | None = None) -> U64:
    """Return the hash of each word, or of its key, [V]."""
    hashes = np.empty(len(words), dtype=np.uint64)
    for start in range(0, len(words), HASHED):
        some = packed(words, start, min(start + HASHED, len(words)))
        hashes[start : start + HASHED] = hashes_of(*(some if key is None else keys_of(some, key)))
    return hashes


def keys_of(words: Packed, key: Key) -> Packed:
    """Return the keys of packed words. Those of all words of ASCII letters are made at once."""
    text, offsets = words
    plain = np.maximum.reduceat(text, offsets[:-1]) < 0x80
    if plain.all():
        return Packed(_in_letters(text, key), offsets)
    whole, lengths = text.tobytes(), np.diff(offsets)
    others = [
        key(whole[begin:end].decode()).encode()
        for begin, end in zip(offsets[:-1][~plain].tolist(), offsets[1:][~plain].tolist(), strict=True)
    ]
    letters = _in_letters(text[np.repeat(plain, lengths)], key)
    lengths[~plain] = [len(each) for each in others]
    new_offsets = np.zeros_like(offsets)
    np.cumsum(lengths, out=new_offsets[1:])
    made: U8 = np.empty(new_offsets[-1], dtype=np.uint8)
    is_plain = np.repeat(plain, lengths)
    made[is_plain], made[~is_plain] = letters, np.frombuffer(b"".join(others), dtype=np.uint8)
    return Packed(made, new_offsets)


def _in_letters(text: U8, key: Key) -> U8:
    return np.frombuffer(key(text.tobytes().decode("ascii")).encode(), dtype=np.uint8)


class PackedIndex(Mapping[str, int]):
    """The row of each of some packed words. A few words are looked for; then a dictionary is made, or hashes."""

    def __init__(self, words: PackedWords) -> None:
        self.words = words
        self._scans = 0
        self._found: dict[str, int | None] = {}

    def __len__(self) -> int:
        return len(self.words)

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __getitem__(self, word: str) -> int:
        if "rows" in self.__dict__ or (self._scans >= SCANS and len(self.words) <= MANY):
            return self.rows[word]
        if word not in self._found:
            row = self._row_of(word) if isinstance(word, str) else None
            if row is None and self._scans > SCANS:
                raise KeyError(word)  # unknown words of long texts are not kept
            self._found[word] = row
        row = self._found[word]
        if row is None:
            raise KeyError(word)
        return row

    def _row_of(self, word: str) -> int | None:
        self._scans += 1
        if self._scans <= SCANS and None not in self.words.indexes:
            return self.words.row_of(word)
        return WordHashes.of(self.words).row_of(word)

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
    if not isinstance(words, PackedWords):
        return len(set(words)) == len(words)
    in_order = hashes_of_all(words)
    in_order.sort()
    twice = in_order[1:][in_order[1:] == in_order[:-1]]
    if not twice.size:
        return True
    suspects = [words[row] for row in np.flatnonzero(np.isin(hashes_of_all(words), twice)).tolist()]
    return len(set(suspects)) == len(suspects)
