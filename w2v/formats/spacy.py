"""spaCy's vectors, in the folder `vocab` of a pipeline: only read.

    vectors         a numpy matrix [rows, D], as numpy saves it
    key2row         MessagePack: the row of each key; a key is the hash of a word (murmur.py)
    strings.json    a list of strings, among them the words

Several words may share a row. Words are in the order of the rows. Pipelines whose vectors.cfg says "floret" have rows
of n-grams only and no words; they are refused. Each file may also lie in a folder below, as `NAME/vocab`.
"""

from __future__ import annotations

import json
from pathlib import PurePosixPath

import numpy as np

from w2v.arrays import I64, U64
from w2v.errors import FormatError
from w2v.formats.columns import contents_of
from w2v.formats.contents import Contents
from w2v.formats.format import Claim, ReadOnlyFolder
from w2v.formats.murmur import murmur_hashes
from w2v.formats.npy import matrix_in
from w2v.formats.rows import RowChoice
from w2v.formats.source import Folder, Source, Start
from w2v.progress import Progress

__all__ = ["Spacy"]

MATRIX, ROWS, STRINGS, CONFIG = "vectors", "key2row", "strings.json", "vectors.cfg"
AGAIN = "copy the folder again, with all its files"
LONGEST_JSON = 1 << 30


class Spacy(ReadOnlyFolder):
    counts = "nowhere"
    unchecked = ("changed values, as it carries no checksum",)

    def claims(self, start: Start) -> Claim:
        return Claim.CERTAIN if _home(start.files) is not None else Claim.NO

    def read(self, source: Folder, choice: RowChoice, progress: Progress) -> Contents:
        home = _home(source.names)
        if home is None:
            raise source.fault(f"there are no {MATRIX}, {ROWS} and {STRINGS} in it", AGAIN)
        if f"{home}{CONFIG}" in source.names and b'"floret"' in _bytes(source, f"{home}{CONFIG}"):
            raise source.fault(
                "its vectors are of n-grams (floret), and of no words", "have spaCy write the vectors of your words"
            )
        with source.file(f"{home}{MATRIX}") as opened:
            matrix = matrix_in(opened)
        keys, rows = _keys(source, f"{home}{ROWS}")
        strings = _strings(source, f"{home}{STRINGS}")
        if len(rows) and (rows.max() >= len(matrix) or rows.min() < -1):
            raise source.fault(f"{ROWS} names rows that {MATRIX} does not have", AGAIN)
        order = np.argsort(rows, kind="stable")
        order = order[rows[order] >= 0]
        of_hash = dict(zip(murmur_hashes(strings).tolist(), strings, strict=True))
        words = [of_hash.get(key) for key in keys[order].tolist()]
        found = [place for place, word in enumerate(words) if word]
        if not found:
            raise source.fault(f"none of the keys of {ROWS} is that of a string in {STRINGS}", AGAIN)
        if len(found) < len(words):
            missing = len(words) - len(found)
            progress.message(f"{source.path}: {missing:,} rows have no word in {STRINGS} and are left out", "warning")
        taken = rows[order][found]
        known = [word for word in words if word]
        whole = len(taken) == len(matrix) and np.array_equal(taken, np.arange(len(matrix)))
        return contents_of(source, choice, known, matrix if whole else matrix[taken])


def _home(names: tuple[str, ...]) -> str | None:
    """The folder of the three files, "" or with / at its end; None where there is not just one."""
    there = set(names)
    homes = [
        name.removesuffix(ROWS)
        for name in names
        if PurePosixPath(name).name == ROWS
        and {name.removesuffix(ROWS) + other for other in (MATRIX, STRINGS)} <= there
    ]
    return homes[0] if len(homes) == 1 else None


def _bytes(source: Folder, name: str) -> bytes:
    with source.file(name) as opened:
        if opened.compressed or opened.size > LONGEST_JSON:
            raise opened.fault("it is not what spaCy writes", AGAIN)
        return opened.read(opened.size)


def _strings(source: Folder, name: str) -> list[str]:
    try:
        found = json.loads(_bytes(source, name))
    except (ValueError, RecursionError) as error:
        raise source.fault(f"{name} is no JSON", AGAIN) from error
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise source.fault(f"{name} is no list of strings", AGAIN)
    return found


def _keys(source: Folder, name: str) -> tuple[U64, I64]:
    """The keys, uint64 [n], and the row of each, int64 [n]."""
    with source.file(name) as opened:
        data = _bytes(source, name)
        pairs = _Numbers(opened, data).pairs()
    keys = np.fromiter((key for key, _ in pairs), dtype=np.uint64, count=len(pairs))
    return keys, np.fromiter((row for _, row in pairs), dtype=np.int64, count=len(pairs))


NUMBERS = {0xCC + power: (1 << power, False) for power in range(4)} | {
    0xD0 + power: (1 << power, True) for power in range(4)
}
"""The first byte of a whole number in MessagePack: the bytes that follow, and whether it may be negative."""


class _Numbers:
    """MessagePack, as far as it is a map of whole numbers to whole numbers."""

    def __init__(self, source: Source, data: bytes) -> None:
        self.source, self.data, self.at = source, data, 0

    def pairs(self) -> list[tuple[int, int]]:
        number = self._length()
        if 2 * number > len(self.data) - self.at:
            raise self._fault(f"it is said to have {number:,} keys")
        found = [(self._number(), self._number()) for _ in range(number)]
        if self.at != len(self.data):
            raise self._fault(f"{len(self.data) - self.at:,} bytes follow its end")
        if any(not 0 <= key < 1 << 64 or not -1 <= row < 1 << 40 for key, row in found):
            raise self._fault("a key or a row in it is impossible")
        return found

    def _length(self) -> int:
        first = self._take(1, signed=False)
        if first & 0xF0 == 0x80:
            return first & 0x0F
        if first not in (0xDE, 0xDF):
            raise self._fault("it is no map of keys and rows")
        return self._take(2 if first == 0xDE else 4, signed=False)

    def _number(self) -> int:
        first = self._take(1, signed=False)
        if first < 0x80:
            return first
        if first >= 0xE0:
            return first - 0x100
        if first not in NUMBERS:
            raise self._fault(f"byte {self.at - 1:,} begins no whole number")
        width, signed = NUMBERS[first]
        return self._take(width, signed=signed)

    def _take(self, size: int, *, signed: bool) -> int:
        piece = self.data[self.at : self.at + size]
        if len(piece) < size:
            raise self._fault("it was cut short")
        self.at += size
        return int.from_bytes(piece, "big", signed=signed)

    def _fault(self, what: str) -> FormatError:
        return self.source.fault(what, AGAIN)
