"""What the readers of published sets share: lines with the file's hash, rows, numbers, words by number."""

from __future__ import annotations

import csv
import hashlib
import math
from collections.abc import Iterable, Iterator
from pathlib import Path

from w2v.errors import DataError
from w2v.files.small import read_small, text_of

__all__ = ["WordNumbers", "lines_of", "number_of", "table_rows"]

LONGEST_FIELD = 131_072  # characters, as in Python's csv


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
        for row in rows:
            if max(map(len, row), default=0) > LONGEST_FIELD:  # the limit of csv itself may have been raised
                raise csv.Error(f"field larger than field limit ({LONGEST_FIELD})")
            yield row
    except csv.Error as error:
        raise DataError(f"{path}, row {rows.line_num:,}: {error}", hint="check the quotes and the columns") from error
