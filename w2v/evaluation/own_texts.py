"""Read a user's own tables of texts: comma-separated values, lines with tabs, or JSON lines.

Not here: tables of words (own_tables.py), where a delimiter or # may be part of a word and the vectors decide it. A
text may hold commas, quotes and ends of lines, so a table of texts is read by the rules of its kind of file alone:

    .jsonl, .ndjson     an object in each line
    with tabs           a record in each line; a quote is a quote, except around a whole field, as spreadsheets write it
    otherwise           comma-separated values, or values with semicolons; a field in quotes may hold ends of lines
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from w2v.errors import DataError
from w2v.evaluation.own import OwnChoices, OwnReading, Tally, nothing_known
from w2v.evaluation.own_tables import (
    DELIMITERS,
    Columns,
    OwnItems,
    OwnRow,
    OwnTable,
    TableForm,
    columns_given,
    columns_named,
    role_fields,
)
from w2v.files.small import read_small, text_of

__all__ = ["json_records", "read_texts"]

SAMPLE = 2_000  # records by which a table without names is understood
MOST_NAMES = 200  # of columns that are looked at in JSON
JSON_LINES = (".jsonl", ".ndjson")
WHOLE_FIELD = re.compile(r'"(?:[^"]|"")*"')
OBJECTS = "JSON lines"


class _Record(NamedTuple):
    """The fields of a record, and the number of the line in which it ends."""

    number: int
    fields: Sequence[str]


class _Table(NamedTuple):
    """A file as records. names: of the columns, where each record has them, as in JSON. delimiter: in words."""

    records: list[_Record]
    delimiter: str
    names: tuple[str, ...] = ()


def read_texts(path: Path | OwnItems, form: TableForm, choices: OwnChoices) -> OwnTable:
    """Read a table of texts, from a file or from Python.

    Columns are found by the names that the user gives (`choices`), by names in the first record, or by what they hold.
    Raise `DataError` where no record is an item, or less than half of them are and that is not accepted.
    """
    if isinstance(path, OwnItems):
        return path.table(form, choices)
    data = read_small(path, DataError)
    text = text_of(data, path, DataError, "utf-8").replace("\r\n", "\n")
    table = _json_table(path, text, form) if path.suffix.lower() in JSON_LINES else _plain_table(path, text, form)
    columns, header = _columns(table, form, choices)
    tally, rows = Tally(), list[OwnRow]()
    for record in table.records:
        if record.number == header:
            continue
        found, reason = role_fields(record.fields, columns, form) if columns else (None, f"is not {form.line}")
        if found is None:
            tally.fail(reason, record.number, " ".join(record.fields))
        else:
            tally.used += 1
            rows.append(OwnRow(record.number, found))
    tally.check(path, form.items, form.hint, choices)
    reading = OwnReading(
        lines_used=tally.used,
        not_used=tally.not_used,
        columns={role: columns[role] + 1 for role in (*form.roles, *form.optional) if role in columns},
        delimiter=table.delimiter,
        names_in_line=header,
    )
    return OwnTable(hashlib.sha256(data).hexdigest(), rows, reading, tally.failed)


def json_records(path: Path, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the objects of a text in JSON lines with the numbers of their lines. Raise `DataError` for other lines."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError(
                f"{path}, line {number:,} is no JSON: {error}", hint="write an object in each line"
            ) from error
        if not isinstance(found, dict):
            raise DataError(f"{path}, line {number:,} is no JSON object", hint="write an object in each line")
        yield number, found


def _json_table(path: Path, text: str, form: TableForm) -> _Table:
    found = list(json_records(path, text))
    every_name = dict.fromkeys(name for _, record in found[:SAMPLE] for name in record)
    names = tuple(islice(every_name, MOST_NAMES))
    records = [_Record(number, [_as_text(record.get(name)) for name in names]) for number, record in found]
    return _Table(records, OBJECTS, names)


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _plain_table(path: Path, text: str, form: TableForm) -> _Table:
    """Read the records by the delimiter that gives the columns that are needed, tabs before others."""
    first = text.partition("\n")[0]
    delimiters = ["\t"] if "\t" in first else [each for each in (",", ";") if each in first] or ["\t"]
    tables = [_Table(list(_records(path, text, each)), DELIMITERS[each]) for each in delimiters]
    return max(tables, key=lambda table: _fit(table, form))  # of equal ones the first


def _fit(table: _Table, form: TableForm) -> tuple[bool, float]:
    """Return whether the first record names the columns, and how many records have enough columns."""
    sample = table.records[:SAMPLE]
    names = sample[0].fields if sample else ()
    enough = sum(len(record.fields) >= len(form.roles) for record in sample)
    return set(form.roles) <= set(columns_named(form, names)), enough / max(1, len(sample))


def _records(path: Path, text: str, delimiter: str) -> Iterator[_Record]:
    if delimiter == "\t":
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                yield _Record(number, [_unquoted(part.strip()) for part in line.split("\t")])
        return
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    try:
        for fields in reader:
            if any(map(str.strip, fields)):
                yield _Record(reader.line_num, [part.strip() for part in fields])
    except csv.Error as error:
        raise DataError(
            f"{path}, line {reader.line_num:,}: {error}",
            hint="a field with a quote stands in quotes, with the quote doubled; or write tabs between the columns",
        ) from error


def _unquoted(field: str) -> str:
    """A field without the quotes that a spreadsheet writes around it."""
    return field[1:-1].replace('""', '"').strip() if WHOLE_FIELD.fullmatch(field) else field


def _columns(table: _Table, form: TableForm, choices: OwnChoices) -> tuple[Mapping[str, int], int | None]:
    """The column of each role, and the number of the line that names them; None where there is no such line."""
    first = table.records[0] if table.records else _Record(0, ())
    named = columns_named(form, table.names or first.fields)
    is_named = set(form.roles) <= set(named)
    header = first.number if is_named and not table.names else None
    if choices.columns:
        return columns_given(form, choices.columns), header
    if is_named:
        return named, header
    sample = list(islice(table.records, SAMPLE))
    width = Counter(len(record.fields) for record in sample).most_common(1)[0][0] if sample else 0
    rows = [record.fields for record in sample if len(record.fields) == width]
    return (form.guess(Columns(rows, width, nothing_known)) or {}) if width >= len(form.roles) else {}, None
