"""Rows of text, `word v1 … vD`, one a line: what word2vec text and GloVe text have in common.

Blocks of regular lines are converted at once (decimals.py); a block with anything unusual in it goes line by line,
which also finds the line that an error has to name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import BinaryIO

from w2v.formats.decimals import format_values, parse_rows, parse_values
from w2v.formats.format import letters
from w2v.formats.rows import Rows
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
    """Reads the rows of a text file into `rows`. The next line to be read is number `line` of the file."""

    def __init__(self, source: Source, rows: Rows, line: int) -> None:
        self.source = source
        self.rows = rows
        self.dim = rows.dim
        self.line = line
        self.blank: int | None = None  # the first of some empty lines, which only empty lines may follow
        self.blanks = 0

    def read(self, most: int | None, progress: Progress) -> None:
        """Read to the end, or until at least `most` rows have been read."""
        longest = LONGEST_WORD + LONGEST_VALUE * self.dim
        step = max(BLOCK, 16 * self.dim)
        rest = b""
        while most is None or self.rows.seen < most:
            data = self.source.read(step)
            if not data:
                if rest:
                    self._block(rest + b"\n", most)
                    progress.message(
                        f"{self.source.path}: the last line has no line end; its last value may have been cut",
                        "warning",
                    )
                return
            end = data.rfind(b"\n") + 1
            if end:
                self._block(rest + data[:end], most)
                rest = data[end:]
            else:
                rest += data
            if len(rest) > longest:
                raise self.source.fault(f"line {self.line:,} is longer than a row of {self.dim:,} values can be")
            progress.update(self.source.done)

    def _block(self, block: bytes, most: int | None) -> None:
        block = block.replace(b"\r\n", b"\n").replace(b" \n", b"\n")
        parsed = None if self.blank else parse_rows(block, self.dim)
        if parsed is None:
            for line in block[:-1].split(b"\n"):
                if most is not None and self.rows.seen >= most:
                    return
                self._one(line)
                self.line += 1
            return
        taken = len(parsed[0]) if most is None else min(len(parsed[0]), most - self.rows.seen)
        words, matrix = parsed[0][:taken], parsed[1][:taken]
        try:
            self.rows.add_all([word.decode() for word in words], matrix)
            self.line += taken
        except UnicodeDecodeError:
            for word, row in zip(words, matrix, strict=True):
                self._row(word, row.tobytes())
                self.line += 1

    def _one(self, line: bytes) -> None:
        if not line.strip():
            self.blank, self.blanks = self.blank or self.line, self.blanks + 1
            return
        if self.blank:
            self._refuse_blanks()
        fields = line.split()
        if line[:1].isspace():
            values = parse_values(line) if len(fields) == self.dim else None
            self.rows.refuse(
                self.source.fault(f"line {self.line:,} begins with white space: its word is missing"),
                b"",
                None if values is None or values.size != self.dim else values.tobytes(),
            )
            return
        found = len(fields) - 1
        pieces = line.rsplit(None, self.dim)
        if found < self.dim or (found > self.dim and NUMBER.match(pieces[0].split()[-1])):
            what, cure = f"has {found:,} values, not {self.dim:,}", "remove that line, or write the file again"
            self.rows.refuse(self.source.fault(f"line {self.line:,} {what}", cure))
            return
        values = parse_values(b" ".join(pieces[1:]))
        if values is None or values.size != self.dim:
            wrong = next(piece for piece in pieces[1:] if (one := parse_values(piece)) is None or one.size != 1)
            self.rows.refuse(self.source.fault(f"line {self.line:,}: {text_of(wrong)} is not a number"))
            return
        self._row(pieces[0], values.tobytes())

    def _refuse_blanks(self) -> None:
        """Refuse empty lines that rows follow, each as a row: the first line of a file counts them too."""
        fault = self.source.fault(f"line {self.blank:,} is empty, and rows follow it", "remove the empty line")
        for _ in range(self.blanks):
            self.rows.refuse(fault)
        self.blank, self.blanks = None, 0

    def _row(self, word: bytes, values: bytes) -> None:
        """Take a row whose values are sound."""
        try:
            text = word.decode()
        except UnicodeDecodeError:
            what, cure = f"the word {text_of(word)} is not UTF-8", "convert the file to UTF-8 (iconv -t UTF-8)"
            self.rows.refuse(self.source.fault(f"line {self.line:,}: {what}", cure), word, values)
            return
        if WHITE_SPACE.search(word):
            what = f"its word {text_of(word)} holds a tab or a line end"
            self.rows.refuse(self.source.fault(f"line {self.line:,}: {what}"), word, values)
            return
        self.rows.add(text, values)


def write_rows(vectors: Vectors, file: BinaryIO) -> None:
    """Write each row as a line, its values as the shortest decimals that read back as the same float32."""
    step = max(1, BLOCK // (8 * vectors.dim))
    for start in range(0, len(vectors), step):
        rows = vectors.stored[start : start + step]
        text, lengths = format_values(rows.ravel())
        ends = lengths.reshape(rows.shape).sum(axis=1).cumsum().tolist()
        words = vectors.stored_words[start : start + step]
        begins = [0, *ends[:-1]]
        file.write(
            b"".join([word.encode() + text[a:b] + b"\n" for word, a, b in zip(words, begins, ends, strict=True)])
        )


def bytes_of_rows(words: Sequence[str], dim: int) -> int:
    """Estimate the size of all rows, of values as usual in vectors."""
    return letters(words) + (1 + USUAL_VALUE * dim) * len(words)
