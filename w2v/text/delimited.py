"""Tables as text: CSV, and TSV with tabs. A row is a record, and one column holds the texts.

Quoted fields may hold delimiters and line breaks (RFC 4180). The delimiter of CSV is found from the first rows: comma,
semicolon, tab or bar. A line break inside of a field becomes a blank, because a record is one sentence.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from w2v.errors import CorpusError
from w2v.text.kind import Kind, Text, on_one_line
from w2v.text.opening import LONGEST_TEXT, Opened, lines
from w2v.text.reading import did_you_mean

__all__ = ["CSV", "TSV", "Dialect", "find_dialect"]

_SAMPLE = 1 << 16  # characters that tell the delimiter
_ROWS = 50  # rows that tell it
_SHOWN = 20  # names of columns in a message
_CONVINCING = 5  # rows that make a table of a file whose name does not say so
_CURE = 'inside of a quoted field, write a quote as ""; a quoted field ends with a quote and the delimiter'


@dataclass(frozen=True)
class Dialect:
    """How the rows of a file are written.

    delimiter: between fields. quoting: whether fields may be in quotes. width: the number of fields in most of the
    first rows. rows: the first rows. is_valid: whether all quotes in them are in the right places.
    """

    delimiter: str
    quoting: bool
    width: int
    rows: tuple[tuple[str, ...], ...]
    is_valid: bool

    @property
    def consistent(self) -> bool:
        """Whether all of the first rows are valid and have the same number of fields."""
        return self.is_valid and all(len(row) == self.width for row in self.rows)


def find_dialect(sample: str, delimiters: str, *, whole: bool = False) -> Dialect:
    """Return the dialect in which most of the first rows have the same number of fields.

    sample: the beginning of a file; whole: whether it is the whole file, so that its last row is complete too.
    Among equals the one with more fields wins, then the delimiter that stands first in `delimiters`.
    """
    found = [_dialect(sample, delimiter, True, whole) for delimiter in delimiters]
    if "\t" in delimiters:
        found.append(_dialect(sample, "\t", False, whole))
    return max(found, key=_score)


def _score(dialect: Dialect) -> tuple[bool, bool, float, float, int]:
    """How well a dialect fits. A quote within a field, and a blank before one, say that it is cut in wrong places."""
    count = max(len(dialect.rows), 1)
    fitting = sum(len(row) == dialect.width for row in dialect.rows)
    signs = sum('"' in field or field.startswith(" ") for row in dialect.rows for field in row)
    return dialect.width > 1, dialect.is_valid, fitting / count, -signs / count, dialect.width


def _dialect(sample: str, delimiter: str, quoting: bool, whole: bool) -> Dialect:
    """The sample in one dialect. A row that the sample cuts is left out."""
    text = list(lines([sample], ""))
    rows: list[tuple[str, ...]] = []
    is_valid = True
    marks: Literal[0, 3] = csv.QUOTE_MINIMAL if quoting else csv.QUOTE_NONE
    reader = csv.reader(iter(text), delimiter=delimiter, quoting=marks, strict=True)
    try:
        for row in reader:
            if row and (whole or reader.line_num < len(text)):
                rows.append(tuple(row))
            if len(rows) == _ROWS:
                break
    except csv.Error as error:
        is_valid = not whole and "unexpected end of data" in str(error)  # the sample ends inside of a field
    width = Counter(map(len, rows)).most_common(1)[0][0] if rows else 0
    return Dialect(delimiter, quoting, width, tuple(rows), is_valid)


class _Delimited(Kind):
    """CSV or TSV. delimiters: those that are tried."""

    takes_column = True

    def __init__(self, name: str, title: str, suffixes: tuple[str, ...], delimiters: str) -> None:
        self.name, self.title, self.suffixes, self.delimiters = name, title, suffixes, delimiters

    def texts(self, opened: Opened) -> Iterator[Text]:
        csv.field_size_limit(max(csv.field_size_limit(), LONGEST_TEXT))  # of the process; it is never lowered again
        characters = opened.characters()
        first = next(characters, "")
        sample = first[:_SAMPLE]
        dialect = find_dialect(sample, self.delimiters, whole=len(sample) == len(first))
        rows = _rows(lines(chain([first], characters), opened.name), dialect, opened.name)
        yield from _texts(rows, opened, dialect.rows)

    def claims(self, head: bytes, name: str) -> bool:
        if self.has_suffix(name):
            return True
        dialect = find_dialect(head.decode(errors="ignore"), self.delimiters)
        least = 2 if dialect.delimiter == "\t" else 3  # commas also stand in sentences
        return dialect.consistent and dialect.width >= least and len(dialect.rows) >= _CONVINCING

    def advice(self, head: bytes, name: str) -> str:
        dialect = find_dialect(head.decode(errors="ignore"), self.delimiters, whole=True)
        names = _listed([field.strip() for field in dialect.rows[0]]) if dialect.rows else "none"
        return f"--column NAME or --column NUMBER reads one of its columns ({names})"


def _rows(source: Iterator[str], dialect: Dialect, name: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not empty, with the number of its first line."""
    begin = 1
    taken = 0  # characters of the row that is being read

    def of_bearable_length() -> Iterator[str]:
        nonlocal taken
        for line in source:
            taken += len(line)
            if taken > LONGEST_TEXT:
                raise CorpusError(
                    f"{name}: the row that begins in line {begin:,} is longer than {LONGEST_TEXT:,} characters",
                    hint=f"does a quoted field not end? {_CURE}",
                )
            yield line

    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if dialect.quoting else csv.QUOTE_NONE
    reader = csv.reader(of_bearable_length(), delimiter=dialect.delimiter, quoting=quoting, strict=True)
    while True:
        begin, taken = reader.line_num + 1, 0
        try:
            row = next(reader, None)
        except csv.Error as error:
            reason = (
                "a quoted field does not end" if "unexpected end of data" in str(error) else f"wrong quotes ({error})"
            )
            raise CorpusError(f"{name}: line {begin:,}: {reason}", hint=_CURE) from error
        if row is None:
            return
        if row:
            yield begin, row


def _texts(rows: Iterator[tuple[int, list[str]]], opened: Opened, sample: Sequence[Sequence[str]]) -> Iterator[Text]:
    reading, name, tally = opened.reading, opened.name, opened.tally
    _, first = next(rows, (0, []))
    if not first:
        return
    header = [field.strip() for field in first]
    likely = _likely_text(header, sample)
    column, by_name = _place(reading.column, header, name, "column", likely=likely)
    identity, also_by_name = (
        (None, False) if reading.id_column is None else _place(reading.id_column, header, name, "id_column")
    )
    width = len(first)
    if not (by_name or also_by_name):  # the first line is a record like the others
        rows = chain([(1, first)], rows)
    for line, row in rows:
        if len(row) > width and any(row[width:]):
            raise CorpusError(
                f"{name}: line {line:,} has {len(row):,} fields, and the first line has {width:,}",
                hint="put fields that hold the delimiter in double quotes",
            )
        text = on_one_line(row[column]) if column < len(row) else ""
        if not text.strip():
            tally.without_text += 1
            if not reading.keep_empty:
                continue
        tally.texts += 1
        given = row[identity].strip() if identity is not None and identity < len(row) else ""
        yield Text(given or f"{name}:{line}", text)


def _likely_text(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The name of the column whose fields are longest, which holds a text if any does; "" where there are no rows."""
    sizes = [sum(len(row[place]) for row in rows[1:] if place < len(row)) for place in range(len(header))]
    return header[sizes.index(max(sizes))] if any(sizes) else ""


def _place(column: str | None, header: Sequence[str], name: str, setting: str, *, likely: str = "") -> tuple[int, bool]:
    """Where a column stands in a row, from 0, and whether the first line holds its name.

    likely: the column to propose where none is chosen.
    """
    option = setting.replace("_", "-")
    if column is None:
        if len(header) == 1:
            return 0, False
        raise CorpusError(
            f"{name}: it has {len(header):,} columns ({_listed(header)}), and none is chosen",
            hint=f"choose one by its name or its number: --{option} {_quoted(likely or header[0])}",
        )
    matches = [place for place, field in enumerate(header) if field == column.strip()]
    if len(matches) == 1:
        return matches[0], True
    if matches:
        numbers = " or ".join(f"--{option} {place + 1}" for place in matches)
        raise CorpusError(f"{name}: {len(matches)} columns have the name {column!r}", hint=f"use a number: {numbers}")
    if column.isdecimal() and 1 <= int(column) <= len(header):
        return int(column) - 1, False
    several = [part.strip() for part in column.split(",")]
    if len(several) > 1 and all(part in header for part in several):
        raise CorpusError(
            f"{name}: {column!r} names {len(several)} columns, and the texts are those of one",
            hint=f"name one, as --{option} {_quoted(several[0])}; or write a file that has them in one column",
        )
    raise CorpusError(
        f"{name}: it has no column {column!r}: its first line holds {_listed(header)}",
        hint=did_you_mean(column, header) or f"choose one by its name, or by its number from 1 to {len(header):,}",
    )


def _listed(header: Sequence[str]) -> str:
    shown = ", ".join(field if len(field) <= 40 else f"{field[:40]}…" for field in header[:_SHOWN])
    return f"{shown}, …" if len(header) > _SHOWN else shown


def _quoted(field: str) -> str:
    return repr(field) if " " in field else field


CSV = _Delimited("csv", "CSV", (".csv",), ",;\t|")
TSV = _Delimited("tsv", "TSV", (".tsv", ".tab"), "\t")
