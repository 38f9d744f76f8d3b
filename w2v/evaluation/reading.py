"""What the readers of all kinds of sets share: lines with the file's hash, columns, numbers, words by number."""

from __future__ import annotations

import csv
import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from w2v.errors import DataError
from w2v.files.small import read_small, text_of

__all__ = ["OwnLines", "WordNumbers", "lines_of", "number_of", "own_lines", "table_rows", "words_in"]

DELIMITERS = ("\t", ";", ",", "|", None)  # None: white space


class WordNumbers:
    """Gives each distinct word a number, in the order in which they come."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def of(self, words: Iterable[str]) -> list[int]:
        """Return the number of each word."""
        return [self.numbers.setdefault(word, len(self.numbers)) for word in words]

    @property
    def words(self) -> tuple[str, ...]:
        """The words, by number."""
        return tuple(self.numbers)


def lines_of(path: Path, encoding: str) -> tuple[str, Iterator[tuple[int, str]]]:
    """Return a file's sha256, and its lines with their numbers. Only a line feed ends a line, whatever Unicode says."""
    data = read_small(path, DataError)
    text = text_of(data, path, DataError, encoding)
    return hashlib.sha256(data).hexdigest(), enumerate(text.split("\n"), start=1)


def number_of(text: str) -> float | None:
    """Return a finite number; None for any other text, and for Python's own notation with _."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in text else None


def table_rows(path: Path, lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """Yield the rows of a csv file. Raise `DataError` for a field that no such file has."""
    rows = csv.reader(lines, delimiter=delimiter)
    try:
        yield from rows
    except csv.Error as error:
        raise DataError(f"{path}, row {rows.line_num:,}: {error}", hint="check the quotes and the columns") from error


@dataclass(frozen=True)
class OwnLines:
    """A user's file: its digest, and its lines, numbered, comments and empty ones left out."""

    digest: str
    lines: list[tuple[int, str]]
    delimiter: str | None

    def split(self, line: str) -> list[str]:
        """Return the columns of a line."""
        return _split(line, self.delimiter)


def own_lines(path: Path, least: int) -> OwnLines:
    """Read a user's file; its delimiter is the one that gives the most lines at least `least` columns, as many each."""
    digest, lines = lines_of(path, "utf-8")
    kept = [(number, line.rstrip("\r")) for number, line in lines if line.strip() and not line.startswith("#")]

    def fitting(delimiter: str | None) -> int:
        widths = Counter(len(_split(line, delimiter)) for _, line in kept if not line.startswith(": "))
        return max((lines for width, lines in widths.items() if width >= least), default=0)

    return OwnLines(digest, kept, max(DELIMITERS, key=fitting))


def words_in(text: str) -> list[str]:
    """Return the words of a list, by the first of the delimiters that it has."""
    delimiter = next((delimiter for delimiter in DELIMITERS if delimiter and delimiter in text), None)
    return [word.strip() for word in text.split(delimiter) if word.strip()]


def _split(line: str, delimiter: str | None) -> list[str]:
    if delimiter is None:
        return line.split()
    try:
        return [part.strip() for part in next(csv.reader([line], delimiter=delimiter))]
    except csv.Error:  # a field of more than 131,072 characters
        return [line]
