"""Rows of text, `word v1 … vD`, one a line: what word2vec text and GloVe text have in common.

Blocks of regular lines are converted at once (decimals.py); a block with anything unusual in it goes line by line,
which also finds the line that an error has to name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import BinaryIO

import numpy as np

from w2v.arrays import F32
from w2v.formats.decimals import format_values, parse_rows, parse_values
from w2v.formats.format import letters
from w2v.formats.source import Source, text_of
from w2v.progress import Progress
from w2v.vectors import Vectors

__all__ = ["NUMBER", "TextRows", "bytes_of_rows", "trailing_numbers", "write_rows"]

BLOCK = 1 << 18  # what fits in the processor's caches with everything that is made of it
LONGEST_WORD = 1 << 16
LONGEST_VALUE = 64
USUAL_VALUE = 13  # bytes of a value between 0.001 and 10 with its space, at most
WHITE_SPACE = re.compile(rb"[\t\r\v\f]")
NUMBER = re.compile(rb"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z")


def trailing_numbers(line: bytes) -> int:
    """Count the numbers at the end of a line. The first field is a word, whatever it looks like."""
    fields = line.split()[1:]
    for count, field in enumerate(reversed(fields)):
        if not NUMBER.match(field):
            return count
    return len(fields)


class TextRows:
    """Reads rows of `dim` values from `source`. The next line to be read is number `line` of the file."""

    def __init__(self, source: Source, dim: int, line: int) -> None:
        self.source = source
        self.dim = dim
        self.line = line
        self.words: list[str] = []
        self.values = bytearray()  # memory grows with what the file really holds
        self.blank: int | None = None  # an empty line, which only empty lines may follow

    def read(self, most: int | None, progress: Progress) -> None:
        """Read to the end, or until at least `most` rows have been read."""
        longest = LONGEST_WORD + LONGEST_VALUE * self.dim
        step = max(BLOCK, 16 * self.dim)
        rest = b""
        while most is None or len(self.words) < most:
            data = self.source.read(step)
            if not data:
                if rest:
                    self._block(rest + b"\n")
                    progress.message(
                        f"{self.source.path}: the last line has no line end; its last value may have been cut",
                        "warning",
                    )
                return
            end = data.rfind(b"\n") + 1
            if end:
                self._block(rest + data[:end])
                rest = data[end:]
            else:
                rest += data
            if len(rest) > longest:
                raise self.source.fault(f"line {self.line:,} is longer than a row of {self.dim:,} values can be")
            progress.update(self.source.done)

    def matrix(self, rows: int) -> F32:
        """Return the first `rows` rows, [rows, dim]."""
        return np.frombuffer(self.values, dtype=np.float32).reshape(-1, self.dim)[:rows]

    def _block(self, block: bytes) -> None:
        block = block.replace(b"\r\n", b"\n").replace(b" \n", b"\n")
        parsed = None if self.blank else parse_rows(block, self.dim)
        if parsed is None:
            for line in block[:-1].split(b"\n"):
                self._one(line)
            return
        words, matrix = parsed
        first = len(self.words)
        try:
            self.words += [word.decode() for word in words]
        except UnicodeDecodeError:
            del self.words[first:]
            for word in words:
                self._word(word)
        self.values += matrix.tobytes()
        self.line += len(words)

    def _one(self, line: bytes) -> None:
        if not line.strip():
            self.blank = self.blank or self.line
            self.line += 1
            return
        if self.blank:
            raise self.source.fault(f"line {self.blank:,} is empty, and rows follow it", "remove the empty line")
        if line[:1].isspace():
            raise self.source.fault(f"line {self.line:,} begins with white space: its word is missing")
        found = len(line.split()) - 1
        pieces = line.rsplit(None, self.dim)
        if found < self.dim or (found > self.dim and NUMBER.match(pieces[0].split()[-1])):
            raise self.source.fault(
                f"line {self.line:,} has {found:,} values, not {self.dim:,}",
                "remove that line, or write the file again",
            )
        values = parse_values(b" ".join(pieces[1:]))
        if values is None or values.size != self.dim:
            wrong = next(piece for piece in pieces[1:] if (one := parse_values(piece)) is None or one.size != 1)
            raise self.source.fault(f"line {self.line:,}: {text_of(wrong)} is not a number")
        if WHITE_SPACE.search(pieces[0]):
            raise self.source.fault(f"line {self.line:,}: its word {text_of(pieces[0])} holds a tab or a line end")
        self._word(pieces[0])
        self.values += values.tobytes()

    def _word(self, word: bytes) -> None:
        try:
            self.words.append(word.decode())
        except UnicodeDecodeError as error:
            raise self.source.fault(
                f"line {self.line:,}: the word {text_of(word)} is not UTF-8",
                "convert the file to UTF-8 (iconv -t UTF-8)",
            ) from error
        self.line += 1


def write_rows(vectors: Vectors, file: BinaryIO) -> None:
    """Write each row as a line, its values as the shortest decimals that read back as the same float32."""
    step = max(1, BLOCK // (8 * vectors.dim))
    for start in range(0, len(vectors), step):
        rows = vectors.matrix[start : start + step]
        text, lengths = format_values(rows.ravel())
        ends = lengths.reshape(rows.shape).sum(axis=1).cumsum().tolist()
        words = vectors.words[start : start + step]
        begins = [0, *ends[:-1]]
        file.write(
            b"".join([word.encode() + text[a:b] + b"\n" for word, a, b in zip(words, begins, ends, strict=True)])
        )


def bytes_of_rows(words: Sequence[str], dim: int) -> int:
    """Estimate the size of all rows, of values as usual in vectors."""
    return letters(words) + (1 + USUAL_VALUE * dim) * len(words)
