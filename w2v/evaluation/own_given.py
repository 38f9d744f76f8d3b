"""A user's own questions from Python, in place of a file: tuples, dictionaries, or a data frame of pandas or polars.

They are counted, checked and shown as the lines of a file are (`own_tables`), but nothing has to be guessed from marks:
a word may begin with # or hold commas.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from w2v.errors import SettingsError
from w2v.evaluation.own import OwnChoices, OwnReading, Tally
from w2v.evaluation.own_tables import (
    Columns,
    OwnItems,
    OwnRow,
    OwnTable,
    TableForm,
    columns_given,
    columns_named,
    role_fields,
)

__all__ = ["GivenItems", "OwnSet", "sources_of"]

OwnSet = Any
"""Questions of one's own: a path, tuples, dictionaries or a data frame; a list of paths or data frames; or a mapping
that gives names to tables."""

SAMPLE = 2_000  # items by which columns are guessed


@dataclass(frozen=True)
class GivenItems(OwnItems):
    """Items from Python, with the names of their columns where these have names."""

    name: str
    rows: Sequence[Sequence[str]]
    names: tuple[str, ...] = ()

    @property
    def stem(self) -> str:
        """The name of the set."""
        return self.name

    def __str__(self) -> str:
        """What errors call the items."""
        return self.name

    def table(self, form: TableForm, choices: OwnChoices) -> OwnTable:
        """Read the items as `read_table` reads lines, and raise the same."""
        columns, is_named = self._columns(form, choices)
        width = max(columns.values(), default=-1) + 1
        tally, rows = Tally("item"), list[OwnRow]()
        for number, fields in enumerate(self.rows, start=1):
            found, reason = role_fields(fields, columns, form) if columns else (None, f"is not {form.line}")
            if columns and len(fields) < width and found is None:
                reason = f"has fewer values than {width}"
            if found is None:
                tally.fail(reason, number, ", ".join(fields))
            else:
                tally.used += 1
                rows.append(OwnRow(number, found))
        names = ", ".join(form.roles)
        tally.check(self, form.items, f"give tuples of {form.line}; or a data frame with the columns {names}", choices)
        reading = OwnReading(
            lines_used=tally.used,
            not_used=tally.not_used,
            columns={role: columns[role] + 1 for role in (*form.roles, *form.optional) if role in columns},
            names_in_line=None,
            unit="item",
        )
        lines = "".join("\t".join(row) + "\n" for row in ([self.names, *self.rows] if is_named else self.rows))
        return OwnTable(hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest(), rows, reading, tally.failed)

    def _columns(self, form: TableForm, choices: OwnChoices) -> tuple[Mapping[str, int], bool]:
        """The column of each role: as the user says, by names, by what the columns hold, or in the form's order."""
        if choices.columns:
            return columns_given(form, choices.columns), False
        named = columns_named(form, self.names)
        if set(form.roles) <= set(named):
            return named, True
        widths = [len(row) for row in self.rows[:SAMPLE]]
        width = max(set(widths), key=lambda each: (widths.count(each), each), default=0)
        alike = [row for row in self.rows[:SAMPLE] if len(row) == width]
        found = form.guess(Columns(alike, width, choices.known)) if alike else None
        every = (*form.roles, *form.optional)
        if found is None and len(form.roles) <= width <= len(every):
            found = {role: place for place, role in enumerate(every[:width])}
        return found or {}, False


def sources_of(option: str, given: OwnSet) -> list[Path | OwnItems]:
    """Return the files and tables that an argument such as `pairs=` gives; none for None.

    option: the name of the argument, which is also that of a table without a name. Raise `SettingsError` for what is
    neither.
    """
    if given is None:
        return []
    if isinstance(given, (str, os.PathLike)):
        return [Path(given)]
    if _is_frame(given):
        return [_items(option, option, given)]
    if isinstance(given, Mapping):
        return [_items(option, str(name), table) for name, table in given.items()]
    if isinstance(given, (bytes, set, frozenset)) or not isinstance(given, Iterable):
        raise _refused(f"{option}= is of the type {type(given).__name__}")
    found = list(given)
    if found and not all(isinstance(each, (str, os.PathLike)) or _is_frame(each) for each in found):
        return [_items(option, option, found)]
    tables = 0
    sources: list[Path | OwnItems] = []
    for each in found:
        if isinstance(each, (str, os.PathLike)):
            sources.append(Path(each))
        else:
            tables += 1
            sources.append(_items(option, option if tables == 1 else f"{option} {tables}", each))
    return sources


def _is_frame(given: object) -> bool:
    return hasattr(given, "columns") and (hasattr(given, "itertuples") or hasattr(given, "iter_rows"))


def _items(option: str, name: str, table: Any) -> GivenItems:
    """Make a table of a data frame, of tuples, or of dictionaries that all have the same keys."""
    if _is_frame(table):
        names = tuple(map(str, table.columns))
        rows = table.itertuples(index=False, name=None) if hasattr(table, "itertuples") else table.iter_rows()
    else:
        if isinstance(table, (str, bytes, os.PathLike, Mapping, set, frozenset)) or not isinstance(table, Iterable):
            raise _refused(f"{option}= is {table!r:.60} for {name!r}")
        rows = list(table)
        names = tuple(map(str, rows[0])) if rows and isinstance(rows[0], Mapping) else ()
        if names:
            rows = [_values(option, row, number, rows[0]) for number, row in enumerate(rows, start=1)]
    return GivenItems(
        name, [_texts(option, row, number) for number, row in enumerate(rows, start=1)], names if rows else ()
    )


def _values(option: str, row: Any, number: int, first: Mapping[Any, Any]) -> list[Any]:
    if not isinstance(row, Mapping):
        raise _refused(f"item {number:,} of {option}= is {row!r:.60}, and those before it are dictionaries")
    return [row.get(key) for key in first]


def _texts(option: str, row: Any, number: int) -> list[str]:
    if isinstance(row, (str, bytes, Mapping)) or not isinstance(row, Iterable):
        raise _refused(f"item {number:,} of {option}= is {row!r:.60}")
    return [_text(option, value, number) for value in islice(row, 1_000)]


def _text(option: str, value: Any, number: int) -> str:
    """A value as the field of a line: numbers without loss, missing values empty, lists as Python prints them."""
    if isinstance(value, str):
        return value.strip()
    if value is None or (isinstance(value, Real) and value != value):  # NaN
        return ""
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real):
        return repr(float(value))
    if isinstance(value, bytes):
        raise _refused(f"item {number:,} of {option}= has {value!r:.60}, which are bytes")
    if isinstance(value, (list, tuple)) and all(isinstance(word, str) for word in value):
        quoted = (word.replace("\\", "\\\\").replace("'", "\\'") for word in value)
        return "[" + ", ".join(f"'{word}'" for word in quoted) + "]"
    return str(value)


def _refused(what: str) -> SettingsError:
    return SettingsError(what, hint="give the path of a file, a list of tuples, or a data frame")
