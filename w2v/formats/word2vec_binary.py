"""word2vec's binary format: a first line `words dimensions`, then rows of `word`, a space, D little-endian float32.

word2vec.c puts a line end after every row, gensim does not: none is written, and one is accepted. The counts stand
beside the file (counts.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

import numpy as np

from w2v.arrays import Array
from w2v.errors import FormatError
from w2v.files.rows import SMALL, parts_of
from w2v.files.tensors import Packed, packed
from w2v.formats.binary_rows import LONGEST_WORD, find_rows
from w2v.formats.contents import Contents
from w2v.formats.format import Claim, FileFormat, has_white_space, letters
from w2v.formats.header import header_of, read_header
from w2v.formats.rows import RowChoice, Rows
from w2v.formats.source import Source, Start, text_of
from w2v.progress import Progress
from w2v.vectors import Vectors

__all__ = ["Word2vecBinary"]

BLOCK = 1 << 20  # bytes that are read, and rows that are written, together
LOOKED_AT = 20  # after that many rows that fit, there is no doubt left
CONTROLS = bytes(set(range(32)) - set(b"\t\n\r"))
OTHER_ENCODING = (
    "if the words are in another encoding, load the file in gensim with encoding= or unicode_errors='replace', and "
    "save it again"
)
MISALIGNED = "the rows do not fit the first line: fetch or write the file again"


class Word2vecBinary(FileFormat):
    counts = "beside"
    gzip_share = 0.97
    refusal = "they hold white space"
    gensim = {"binary": True}  # noqa: RUF012

    def claims(self, start: Start) -> Claim:
        header = header_of(start.first_line)
        if header is None:
            return Claim.NO
        words, dim = header
        if not _rows_fit(start.rest, words, dim, start.whole):
            return Claim.PERHAPS
        named = start.name.endswith(self.entry.suffixes)
        return Claim.VERY_LIKELY if not named and _could_be_text(start.rest[:4096]) else Claim.FITS

    def read(self, source: Source, choice: RowChoice, progress: Progress) -> Contents:
        total, dim = read_header(source, value=4, row=2)
        if not source.compressed:
            contents = _sound_rows(source, choice, total, dim, progress)
            if contents is not None:
                return contents
        rows = Rows(source, choice, dim)
        file = _BinaryRows(source, rows)
        for _ in range(rows.left(total) or 0):
            file.take()
            if rows.seen % 65_536 == 0:
                progress.update(source.done)
        if rows.seen == total:
            file.expect_end()
        return Contents.of(rows)

    def write(self, vectors: Vectors, target: BinaryIO) -> None:
        target.write(f"{len(vectors)} {vectors.dim}\n".encode())
        row = 0
        for rows in parts_of(vectors.stored, BLOCK):
            target.write(_lines(packed(vectors.stored_words, row, row + len(rows)), rows))
            row += len(rows)

    def bytes_for(self, words: Sequence[str], dim: int) -> int:
        return 40 + letters(words) + (1 + 4 * dim) * len(words)

    def refuses(self, word: str) -> bool:
        return has_white_space(word)


def _lines(words: Packed, rows: Array) -> memoryview:
    """The bytes of some rows [n, D]: before each its word and a space."""
    lengths, width = np.diff(words.offsets), 4 * rows.shape[1]
    ends = np.cumsum(lengths + 1 + width)
    lines = np.full(ends[-1], ord(" "), dtype=np.uint8)
    before = ends - width - 1 - lengths - words.offsets[:-1]  # what is added to a place among the words
    lines[np.repeat(before, lengths) + np.arange(len(words.text))] = words.text
    values = np.ascontiguousarray(rows, dtype="<f4").view(f"V{width}").reshape(-1)
    places: Array = np.ndarray((len(lines) - width + 1,), dtype=f"V{width}", buffer=lines, strides=(1,))
    places[ends - width] = values
    return lines.data


def _sound_rows(source: Source, choice: RowChoice, total: int, dim: int, progress: Progress) -> Contents | None:
    """Read a file of which every row is sound; of a large one the values stay in the file.

    Return None for a file with a row that cannot be used, or that does not fit its first line: `_BinaryRows` then says
    what is wrong with it.
    """
    wanted = min(total, choice.limit or total)
    found = find_rows(source, wanted, total, dim, progress)
    if found is None:
        return None
    words, rows, norms = found
    if rows.nbytes <= SMALL:
        return Contents(list(words), rows[:], norms=norms, has_own_norms=True)
    rows.is_finite = bool(np.isfinite(norms).all())
    return Contents(words, rows, norms=norms, has_own_norms=True)


class _BinaryRows:
    """Reads the rows of a file, one after the other, into `rows`."""

    def __init__(self, source: Source, rows: Rows) -> None:
        self.source = source
        self.rows = rows
        self.width = 4 * rows.dim
        self.block = b""
        self.at = 0

    def _more(self) -> bool:
        data = self.source.read(max(BLOCK, self.width))
        self.block = self.block[self.at :] + data
        self.at = 0
        return bool(data)

    def _fault(self, what: str, cure: str = MISALIGNED) -> FormatError:
        return self.source.fault(f"row {self.rows.seen + 1:,} {what}", cure)

    def take(self) -> None:
        """Read one row."""
        if self.at == len(self.block) and not self._more():
            raise self._fault("is missing: the file ends before it")
        if self.block[self.at] == ord("\n") and self.rows.seen:
            self.at += 1
        while (space := self.block.find(b" ", self.at, self.at + LONGEST_WORD)) < 0:
            if len(self.block) - self.at >= LONGEST_WORD:
                raise self._fault(f"has no space after its word within {LONGEST_WORD:,} bytes")
            if not self._more():
                raise self._fault("is cut off in its word: the file ends there")
        word = self.block[self.at : space]
        skipped = len(word) + 1
        while len(self.block) - self.at - skipped < self.width:
            if not self._more():
                held = (len(self.block) - self.at - skipped) // 4
                raise self._fault(f"({text_of(word)}) is cut off: {held:,} of {self.width // 4:,} values are there")
        self.at += skipped
        values = self.block[self.at : self.at + self.width]
        self.at += self.width
        self._row(word, values)

    def _row(self, word: bytes, values: bytes) -> None:
        fault = self._fault("has an empty word")
        if b"\n" in word:
            fault = self._fault(f"has a line end in its word {text_of(word)}")
        elif word:
            try:
                self.rows.add(word.decode(), values)
                return
            except UnicodeDecodeError:
                fault = self._fault(f"has a word that is not UTF-8: {text_of(word)}", OTHER_ENCODING)
        self.rows.refuse(fault, word, values)

    def expect_end(self) -> None:
        """Raise `FormatError` if anything but one line end follows the last row."""
        surplus = len(self.block) - self.at
        while surplus <= 1 and self._more():
            surplus = len(self.block) - self.at
        if surplus > 1 or (surplus == 1 and self.block[self.at] != ord("\n")):
            raise self.source.fault(
                f"more bytes follow the {self.rows.seen:,} rows that the first line says", MISALIGNED
            )


def _rows_fit(rows: bytes, words: int, dim: int, whole: bool) -> bool:
    """Whether the first rows are words and 4 × `dim` bytes, and, if all of them are seen, nothing follows the last."""
    at = seen = 0
    while seen < min(words, LOOKED_AT):
        at += seen > 0 and rows[at : at + 1] == b"\n"
        space = rows.find(b" ", at, at + LONGEST_WORD)
        if space < 0 and len(rows) - at >= LONGEST_WORD:
            return False
        if space < 0 or space + 1 + 4 * dim > len(rows):
            return seen > 0 and not whole
        if space == at or b"\n" in rows[at:space] or not _is_utf8(rows[at:space]):
            return False
        at = space + 1 + 4 * dim
        seen += 1
    return seen > 0 and (seen < words or rows[at:] in (b"", b"\n"))


def _could_be_text(rows: bytes) -> bool:
    """Whether rows hold nothing that text does not: then a small file may be text as well."""
    return rows.translate(None, CONTROLS) == rows and (
        _is_utf8(rows) or any(_is_utf8(rows[:-cut]) for cut in (1, 2, 3))
    )


def _is_utf8(word: bytes) -> bool:
    try:
        word.decode()
    except UnicodeDecodeError:
        return False
    return True
