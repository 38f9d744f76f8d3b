"""word2vec's binary format: a first line `words dimensions`, then rows of `word`, a space, D little-endian float32.

Not here: the counts beside it (counts.py). word2vec.c puts a line end after every row, gensim does not: none is
written, one is accepted.
"""

from __future__ import annotations

from typing import BinaryIO

import numpy as np

from w2v.formats.contents import Contents
from w2v.formats.format import Format, has_white_space
from w2v.formats.header import read_header
from w2v.formats.source import Source, text_of
from w2v.progress import Progress
from w2v.vectors import Vectors

__all__ = ["LONGEST_WORD", "WORD2VEC_BINARY"]

BLOCK = 1 << 20
LONGEST_WORD = 1 << 16
MISALIGNED = "the rows do not fit the first line: fetch or write the file again"


def read(source: Source, limit: int | None, progress: Progress) -> Contents:
    """The rows of a binary file, the first `limit` of them."""
    total, dim = read_header(source, value=4, row=2)
    rows = _Rows(source, dim)
    for _ in range(total if limit is None else min(total, limit)):
        rows.take()
        if len(rows.words) % 65_536 == 0:
            progress.update(source.done)
    if len(rows.words) == total:
        rows.expect_end()
    matrix = np.frombuffer(rows.values, dtype="<f4").astype(np.float32, copy=False).reshape(-1, dim)
    return Contents(rows.words, matrix)


class _Rows:
    """Words and values so far; memory grows with what the file really holds, not with what it claims."""

    def __init__(self, source: Source, dim: int) -> None:
        self.source = source
        self.width = 4 * dim
        self.words: list[str] = []
        self.values = bytearray()
        self.block = b""
        self.at = 0

    def _more(self) -> bool:
        data = self.source.read(max(BLOCK, self.width))
        self.block = self.block[self.at :] + data
        self.at = 0
        return bool(data)

    def _fault(self, what: str) -> Exception:
        return self.source.fault(f"row {len(self.words) + 1:,} {what}", MISALIGNED)

    def take(self) -> None:
        """Read one row."""
        if self.at == len(self.block) and not self._more():
            raise self._fault("is missing: the file ends before it")
        if self.block[self.at] == ord("\n") and self.words:
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
        self.values += self.block[self.at : self.at + self.width]
        self.at += self.width
        self.words.append(self._decoded(word))

    def _decoded(self, word: bytes) -> str:
        if not word:
            raise self._fault("has an empty word")
        if b"\n" in word:
            raise self._fault(f"has a line end in its word {text_of(word)}")
        try:
            return word.decode()
        except UnicodeDecodeError as error:
            raise self.source.fault(
                f"row {len(self.words) + 1:,} has a word that is not UTF-8: {text_of(word)}",
                "if the words are in another encoding, load the file in gensim with encoding= or "
                "unicode_errors='replace', and save it again",
            ) from error

    def expect_end(self) -> None:
        """Nothing but one line end may follow the last row."""
        surplus = len(self.block) - self.at
        while surplus <= 1 and self._more():
            surplus = len(self.block) - self.at
        if surplus > 1 or (surplus == 1 and self.block[self.at] != ord("\n")):
            raise self.source.fault(
                f"more bytes follow the {len(self.words):,} rows that the first line says", MISALIGNED
            )


def write(vectors: Vectors, file: BinaryIO) -> None:
    """The first line, then the rows with nothing between them."""
    file.write(f"{len(vectors)} {vectors.dim}\n".encode())
    step = max(1, BLOCK // (4 * vectors.dim))
    for start in range(0, len(vectors), step):
        rows = vectors.matrix[start : start + step].astype("<f4", copy=False)
        words = vectors.words[start : start + step]
        file.write(b"".join([word.encode() + b" " + row.tobytes() for word, row in zip(words, rows, strict=True)]))


WORD2VEC_BINARY = Format(
    name="word2vec-binary",
    title="word2vec binary",
    suffixes=(".bin",),
    compressible=True,
    counts_beside=True,
    read=read,
    write=write,
    refuses=has_white_space,
    refusal="they hold white space",
)
