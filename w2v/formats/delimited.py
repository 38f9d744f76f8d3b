"""Tables: a line for each word, with the word in the first column and its values in the others. `.tsv` and `.csv`.

CSV files are written with a line of names first (`word,1,2,…`) and quote words where they must, as spreadsheets do. TSV
files have neither. Both may have a first line of names when they are read. The counts stand beside the file
(counts.py).
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from io import StringIO
from typing import BinaryIO, ClassVar

from w2v.formats.contents import Contents
from w2v.formats.decimals import format_values, parse_values
from w2v.formats.format import Claim, FileFormat, letters
from w2v.formats.rows import RowChoice, Rows
from w2v.formats.source import Source, Start, text_of
from w2v.formats.text_rows import NUMBER, USUAL_VALUE
from w2v.progress import Progress
from w2v.vectors import Vectors

__all__ = ["Csv", "Tsv"]

LONGEST_FIRST_LINE = 1 << 20
LONGEST_WORD = 1 << 16
LONGEST_VALUE = 64
LOOKED_AT = 20  # after that many rows that fit, there is no doubt left
BLOCK = 1 << 18
REMOVE = "remove that line, or write the file again"
ROWS = "each line must be a word and its values"


class _Table(FileFormat):
    """A table with the columns separated by `mark`. Not a format by itself."""

    counts = "beside"
    gzip_share = 0.6
    unchecked = ("the number of rows: the format does not say it",)
    mark: ClassVar[str]

    def cells(self, line: str) -> list[str]:
        """Cut a line into its columns. Raises ValueError."""
        raise NotImplementedError

    def claims(self, start: Start) -> Claim:
        if not start.head or self.mark.encode() not in start.first_line:
            return Claim.NO
        lines = start.head.decode("utf-8", "replace").split("\n")
        whole = lines if start.whole else lines[:-1]
        found = [self._cells_or_none(line) for line in whole[:LOOKED_AT] if line.strip()]
        if len(found) > 1 and found[0] is not None and _is_names(found[0]):
            found = found[1:]
        dims = {len(cells) if cells is not None and _is_row(cells) else 0 for cells in found}
        if not any(dims):
            return Claim.NO
        return Claim.FITS if len(dims) == 1 else Claim.LIKELY

    def _cells_or_none(self, line: str) -> list[str] | None:
        try:
            return self.cells(line)
        except (ValueError, csv.Error):
            return None

    def read(self, source: Source, choice: RowChoice, progress: Progress) -> Contents:
        dim, has_names = self._shape(source)
        rows = Rows(source, choice, dim)
        longest = LONGEST_WORD + LONGEST_VALUE * dim
        number = blanks = 0
        if has_names:
            number, _ = 1, source.read_line(LONGEST_FIRST_LINE)
        while rows.left() != 0 and (line := source.read_line(longest)):
            number += 1
            if len(line) == longest:
                raise source.fault(f"line {number:,} is longer than a row of {dim:,} values can be")
            if not line.strip():
                blanks += 1
                continue
            for each in range(blanks):
                rows.refuse(source.fault(f"line {number - blanks + each:,} is empty, and rows follow it", REMOVE))
            blanks = 0
            self._take(rows, number, line)
            if not line.endswith(b"\n"):
                what = "the last line has no line end; its last value may have been cut"
                progress.message(f"{source.path}: {what}", "warning")
            if rows.seen % 4096 == 0:
                progress.update(source.done)
        if not rows.seen:
            raise source.fault("no rows follow the names of the columns", ROWS)
        return Contents.of(rows)

    def _shape(self, source: Source) -> tuple[int, bool]:
        """The number of values in a row, and whether the first line has the names of the columns."""
        with Source(source.path) as start:
            lines = [start.read_line(LONGEST_FIRST_LINE) for _ in range(LOOKED_AT)]
        found = [self._cells_or_none(_text(line)) for line in lines if line.strip()]
        has_names = bool(found) and found[0] is not None and _is_names(found[0])
        votes = Counter(len(cells) - 1 for cells in found[has_names:] if cells is not None and _is_row(cells))
        if not votes:
            raise source.fault(f"the rows do not end in numbers; the file begins {text_of(lines[0].rstrip())}", ROWS)
        return votes.most_common(1)[0][0], has_names

    def _take(self, rows: Rows, number: int, line: bytes) -> None:
        source = rows.source
        cells = self._cells_or_none(_text(line))
        if cells is None or len(cells) != rows.dim + 1:
            said = "cannot be cut into columns" if cells is None else f"has {len(cells) - 1:,} values, not {rows.dim:,}"
            rows.refuse(source.fault(f"line {number:,} {said}", REMOVE))
            return
        word, *fields = cells
        wrong = next((field for field in fields if not _is_value(field)), None)
        values = None if wrong is not None else parse_values(" ".join(fields).encode())
        if values is None or values.size != rows.dim:
            shown = text_of((wrong or "").encode("utf-8", "surrogateescape"))
            rows.refuse(source.fault(f"line {number:,}: {shown} is not a number"))
            return
        raw = word.encode("utf-8", "surrogateescape")
        if not word:
            rows.refuse(source.fault(f"line {number:,} has no word"), raw, values.tobytes())
        elif any("\ud800" <= letter <= "\udfff" for letter in word):
            what = f"the word {text_of(raw)} is not UTF-8"
            fault = source.fault(f"line {number:,}: {what}", "convert the file to UTF-8 (iconv -t UTF-8)")
            rows.refuse(fault, raw, values.tobytes())
        else:
            rows.add(word, values.tobytes())

    def quoted(self, word: str) -> str:
        """Return a word as it stands in the file."""
        return word

    def write(self, vectors: Vectors, target: BinaryIO) -> None:
        step = max(1, BLOCK // (8 * vectors.dim))
        mark = self.mark.encode()
        for start in range(0, len(vectors), step):
            rows = vectors.stored[start : start + step]
            text, lengths = format_values(rows.ravel())
            ends = lengths.reshape(rows.shape).sum(axis=1).cumsum().tolist()
            words = vectors.stored_words[start : start + step]
            target.write(
                b"".join(
                    [
                        self.quoted(word).encode() + text[a:b].replace(b" ", mark) + b"\n"
                        for word, a, b in zip(words, [0, *ends[:-1]], ends, strict=True)
                    ]
                )
            )

    def bytes_for(self, words: Sequence[str], dim: int) -> int:
        return 40 + letters(words) + 7 * dim + (3 + USUAL_VALUE * dim) * len(words)


class Tsv(_Table):
    """Columns separated by tabs, without quotes."""

    refusal = "they hold a tab or a line end"
    mark = "\t"

    def cells(self, line: str) -> list[str]:
        return line.rstrip("\r\n").split("\t")

    def refuses(self, word: str) -> bool:
        return any(letter in word for letter in "\t\r\n")


class Csv(_Table):
    """Columns separated by commas; words with a comma or a quote stand in quotes."""

    refusal = "they hold a line end"
    mark = ","

    def cells(self, line: str) -> list[str]:
        rows = list(csv.reader(StringIO(line, newline=""), strict=True))
        if len(rows) != 1:
            raise ValueError("not one row")
        return rows[0]

    def refuses(self, word: str) -> bool:
        return "\r" in word or "\n" in word

    def quoted(self, word: str) -> str:
        plain = not any(letter in word for letter in '",') and word == word.strip(" ")
        return word if plain else '"' + word.replace('"', '""') + '"'

    def write(self, vectors: Vectors, target: BinaryIO) -> None:
        target.write(",".join(["word", *map(str, range(1, vectors.dim + 1))]).encode() + b"\n")
        super().write(vectors, target)


def _text(line: bytes) -> str:
    return line.decode("utf-8", "surrogateescape")


def _is_value(field: str) -> bool:
    text = field.strip(" ")
    return NUMBER.match(text.encode("utf-8", "replace")) is not None or text.lower().lstrip("+-") in (
        "nan",
        "inf",
        "infinity",
    )


def _is_row(cells: list[str]) -> bool:
    return len(cells) > 1 and all(map(_is_value, cells[1:]))


def _is_names(cells: list[str]) -> bool:
    """Whether cells are the names of columns: no numbers, or the numbers of the columns from 0 or 1 on."""
    names = [cell.strip() for cell in cells[1:]]
    if not names:
        return False
    if not any(map(_is_value, names)):
        return True
    counted = {tuple(map(str, range(first, first + len(names)))) for first in (0, 1)}
    return cells[0].strip().lower() in ("", "word", "words", "token", "key", "index", "name", "id") and (
        tuple(names) in counted
    )
