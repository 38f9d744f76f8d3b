"""Read the tables that people write: find the delimiter and the columns, by names or by what the columns hold.

The same reader serves every kind of a user's own file (`TableForm`). Names in the first line decide; the columns that
a user names decide before them; where there are neither, the columns are guessed. A comment (#), a section (:) and a
quote are marks of the format only where the vectors do not know the text that they begin as a word.
"""

from __future__ import annotations

import csv
import hashlib
import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from w2v.errors import DataError, SettingsError
from w2v.evaluation.own import Known, OwnChoices, OwnReading, Tally, nothing_known
from w2v.evaluation.reading import number_of
from w2v.files.column_names import NAMES, plain_name
from w2v.files.small import read_small, text_of

__all__ = ["COMMENT", "Columns", "OwnItems", "OwnRow", "OwnTable", "TableForm", "columns_given", "columns_named"]
__all__ += ["decimal_of", "own_text", "read_table", "role_fields", "split_words"]

Delimiter = str | None
WIDE, WHITE = "  ", None
DELIMITERS: Mapping[Delimiter, str] = {
    "\t": "tabs",
    ";": "semicolons",
    ",": "commas",
    "|": "bars",
    WIDE: "two or more spaces",
    WHITE: "white space",
}
"""What may stand between columns, in the order of preference, and how it is called."""

LABELS = ("category", "role", "label", "part")  # roles that hold neither words nor numbers
DECIMAL = re.compile(r"([+-]?\d+),(\d+)")
MINUS_AND_COMMA = str.maketrans({"−": "-", "٫": "."})
INVISIBLE = "\u200e\u200f\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
QUOTED = re.compile(r'"([^"]*)"(?=\s|$)|(\S+)')
SAMPLE_LINES, SAMPLE_CHARACTERS, LONGEST = 2_000, 1 << 19, 100_000
MOST_GUESSED, FEW = 200, 5  # columns among which to guess; parts of speech
NOTATION = "marks of its own"  # as in a:b::c:d
COMMENT = "begins with #, which is taken as a comment"
UNKNOWN_NAMES = "is taken for names of columns that w2v does not know"


@dataclass(frozen=True)
class Columns:
    """A sample of lines as columns, for guessing: `rows` of `width` fields each, and what the vectors know."""

    rows: Sequence[Sequence[str]]
    width: int
    known: Known

    def without_numbers_of_lines(self, needed: int) -> list[int]:
        """The columns that may hold something: where there are more than needed, without one that numbers the lines."""
        found = list(range(min(self.width, MOST_GUESSED)))
        return [at for at in found if not self.counts(at)] if len(found) > needed else found

    def numeric(self, column: int) -> bool:
        """Whether more than half of the fields of a column are numbers."""
        return sum(decimal_of(row[column]) is not None for row in self.rows) > len(self.rows) / 2

    def counts(self, column: int) -> bool:
        """Whether a column numbers the lines: 0, 1, 2 … or 1, 2, 3 …; the first line may be missing."""
        fields = [row[column] for row in self.rows]
        return len(fields) > 2 and any(
            fields == list(map(str, range(start, start + len(fields)))) for start in (0, 1, 2)
        )

    def in_vocabulary(self, column: int) -> float:
        """The share of the distinct fields of a column that the vectors know as words."""
        fields = {row[column] for row in self.rows[:200]}
        return sum(map(self.known, fields)) / max(1, len(fields))

    def likely_words(self, candidates: Sequence[int], needed: int) -> list[int]:
        """Of more columns of text than are needed, those that the vectors know best, and that have many fields.

        A column of a part of speech has few; an identifier is no word.
        """
        few = max(1, min(FEW, len(self.rows) / 10)) if len(self.rows) > 1 else 0
        found = [at for at in candidates if self.distinct(at) > few]
        found = found if len(found) >= needed else list(candidates)
        if len(found) > needed:
            shares = {at: self.in_vocabulary(at) for at in found}
            least = sorted(shares.values())[-needed] / 2
            found = [at for at in found if shares[at] >= least]
        return found

    def distinct(self, column: int) -> int:
        """How many different fields a column has."""
        return len({row[column] for row in self.rows})


Guess = Callable[[Columns], Mapping[str, int] | None]


def _never(rows: Sequence[OwnRow]) -> bool:
    return False


@dataclass(frozen=True)
class TableForm:
    """What a kind of table holds.

    items: what its lines are called. roles: the columns that it needs, as `NAMES` of w2v/files/column_names.py has
    them; optional: those that it may have. numbers: roles that hold numbers. guess: returns the columns of the roles
    where nothing names them, or None. sections: whether lines `: name` open sections. line: how a line looks, for the
    hint of an error.
    begins_with_names: told all items, says whether the first one is a line of names that `NAMES` does not have.
    notation: another way to write a line, in which each group is the field of a role, in order; it is taken where at
        least half of the lines are written so.
    """

    items: str
    roles: tuple[str, ...]
    guess: Guess
    line: str
    optional: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()
    sections: bool = False
    begins_with_names: Callable[[Sequence[OwnRow]], bool] = _never
    notation: re.Pattern[str] | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The roles that hold words."""
        return tuple(role for role in self.roles if role not in self.numbers and role not in LABELS)

    @property
    def hint(self) -> str:
        """How a file should look."""
        names = ",".join(self.roles)
        return f"write in each line {self.line}; or name the columns in the first line, or by --columns {names}"


@dataclass(frozen=True)
class OwnRow:
    """An item of a table: its line's number, its fields by role, and the section that it stands in ("" for none)."""

    number: int
    fields: Mapping[str, str]
    section: str = ""


@dataclass(frozen=True)
class OwnTable:
    """A user's table: the file's digest, its items, how it was read (without its words)."""

    digest: str
    rows: list[OwnRow]
    reading: OwnReading
    failed: int


@dataclass(frozen=True)
class _Plan:
    """How lines become items. header: the number of the line that names columns; named: whether its names decided."""

    delimiter: Delimiter
    columns: Mapping[str, int] = field(default_factory=dict)
    width: int = 0
    header: int | None = None
    named: bool = False


class OwnItems(ABC):
    """A user's questions that come from Python, in place of the path of a file. name, stem: as of a path."""

    name: str

    @property
    @abstractmethod
    def stem(self) -> str:
        """The name of the set."""

    @abstractmethod
    def table(self, form: TableForm, choices: OwnChoices) -> OwnTable:
        """Return the items as `read_table` returns those of a file."""


def own_text(path: Path) -> tuple[str, list[tuple[int, str]]]:
    """Return the sha256 of a user's file, and its lines with their numbers, empty ones left out."""
    data = read_small(path, DataError)
    text = text_of(data, path, DataError, "utf-8")
    end = "\n" if "\n" in text or "\r" not in text else "\r"
    lines = ((number, line.rstrip("\r")) for number, line in enumerate(text.split(end), start=1))
    return hashlib.sha256(data).hexdigest(), [(number, line) for number, line in lines if line.strip()]


def decimal_of(text: str) -> float | None:
    """Return a finite number, also with a decimal comma or the Arabic mark, and before %; None for any other text."""
    plain = text.translate(MINUS_AND_COMMA).removesuffix("%").rstrip()
    found = number_of(plain)
    return number_of(DECIMAL.sub(r"\1.\2", plain)) if found is None and DECIMAL.fullmatch(plain) else found


def split_words(text: str, known: Known) -> list[str]:
    """Return the words of a list within a field, by the delimiter that the most known words result from.

    Where the vectors know no better, the first of tab, semicolon, comma and bar that the text has separates the words,
    or else white space.
    """
    candidates = [delimiter for delimiter in ("\t", ";", ",", "|") if delimiter in text] + [WHITE]
    found = [[word.strip() for word in text.split(delimiter) if word.strip()] for delimiter in candidates]
    if len(found) == 1 or not any(found):
        return found[0]
    return max(found, key=lambda words: sum(map(known, words)) / max(1, len(words)))


def read_table(path: Path | OwnItems, form: TableForm, choices: OwnChoices) -> OwnTable:
    """Read a user's table, from a file or from Python.

    Raise `DataError` where the file holds no item, or less than half of its lines do and that is not accepted, and
    `SettingsError` where the columns that the user names lack one that the table needs.
    """
    if isinstance(path, OwnItems):
        return path.table(form, choices)
    digest, lines = own_text(path)
    written = _in_columns(lines, form)
    is_notation, lines = written is not None, written or lines
    given = columns_given(form, choices.columns)
    plan = _plan(lines, form, given, choices.known)
    tally = Tally()
    rows = _rows(lines, plan, form, choices.known, tally)
    if plan.header is None and len(rows) > 1 and form.begins_with_names(rows):
        number = rows.pop(0).number
        tally.used -= 1
        tally.leave(UNKNOWN_NAMES, number, dict(lines)[number])
    tally.check(path, form.items, form.hint, choices)
    reading = OwnReading(
        lines_used=tally.used,
        not_used=tally.not_used,
        columns={role: plan.columns[role] + 1 for role in (*form.roles, *form.optional) if role in plan.columns},
        delimiter=NOTATION if is_notation else DELIMITERS[plan.delimiter],
        names_in_line=plan.header if plan.named else None,
    )
    return OwnTable(digest, rows, reading, tally.failed)


def _in_columns(lines: Sequence[tuple[int, str]], form: TableForm) -> list[tuple[int, str]] | None:
    """Return lines that are written in the notation of a form with tabs between the fields; None for other files."""
    if form.notation is None:
        return None
    found = [form.notation.fullmatch(line) if len(line) <= LONGEST else None for _, line in lines]
    if 2 * sum(match is not None for match in found) < max(1, len(lines)):
        return None
    return [
        (number, line if match is None else "\t".join(match.groups()))
        for (number, line), match in zip(lines, found, strict=True)
    ]


def columns_given(form: TableForm, columns: Sequence[str]) -> dict[str, int]:
    """Return the columns of the roles, by the names that the user gives; none without names.

    Raise `SettingsError` where a column that the table needs has no name.
    """
    if not columns:
        return {}
    found = columns_named(form, columns)
    missing = [role for role in form.roles if role not in found]
    if missing:
        raise SettingsError(
            f"the columns {','.join(columns)} lack {' and '.join(missing)}, which {form.items} need",
            hint=f"name them in order, with - for one that is not needed, as --columns {','.join(form.roles)}",
        )
    return found


def columns_named(form: TableForm, names: Sequence[str]) -> dict[str, int]:
    """Return the columns of the roles that names tell; each column has one role at most."""
    plain: dict[str, int] = {}
    for place, name in enumerate(names):
        plain.setdefault(plain_name(name), place)
    found: dict[str, int] = {}
    for role in (*form.roles, *form.optional):
        column: int | None = next((plain[name] for name in NAMES[role] if name in plain), None)
        if column is not None and column not in found.values():
            found[role] = column
    return found


def _split(line: str, delimiter: Delimiter, width: int, known: Known) -> list[str]:
    """The fields of a line; quotes are taken off where that gives the right number of fields, or is nothing else."""
    plain = _plainly(line, delimiter)
    if '"' not in line or delimiter == WIDE:
        return [_clean(part, known) for part in plain]
    quoted: list[str] = []
    if delimiter is WHITE:
        quoted = [found[1] if found[1] is not None else found[2] for found in QUOTED.finditer(line)]
    else:
        try:
            quoted = next(csv.reader([line], delimiter=delimiter, strict=True, skipinitialspace=True))
        except (csv.Error, StopIteration):  # a quote that is never closed, or a very long field
            starts = [part.strip() for part in plain if part.strip().startswith('"')]
            if not all(part == '"' or known(part) for part in starts):
                return []
    chosen = plain if len(plain) == width and len(quoted) != width else quoted or plain
    return [_clean(part, known) for part in chosen]


def _plainly(line: str, delimiter: Delimiter) -> list[str]:
    return re.split(r"\s{2,}", line.strip()) if delimiter == WIDE else line.split(delimiter)


def _clean(text: str, known: Known) -> str:
    """A field without white space around it, and without the invisible marks of direction, if no word has them."""
    text = text.strip()
    bare = text.strip(INVISIBLE).strip()
    return text if bare == text or known(text) else bare


def _plan(lines: Sequence[tuple[int, str]], form: TableForm, given: Mapping[str, int], known: Known) -> _Plan:
    """The delimiter and the columns by which the most lines of the beginning of a file are items."""
    sample = _sample(lines, form)
    plans: list[tuple[bool, int, _Plan]] = []
    for delimiter in DELIMITERS:
        if delimiter in (None, WIDE) or any(delimiter in line for _, line in sample):
            first = _first(lines, delimiter, form, known)
            for plan in _with(delimiter, first, sample, form, given, known):
                items = sum(_item(line, plan, form, known)[0] is not None for _, line in sample)
                plans.append((plan.named, items, plan))
    best = max(plans, key=lambda each: each[:2], default=(False, 0, _Plan(WHITE)))
    equal = [plan for named, items, plan in plans if (named, items) == best[:2]]
    return _likeliest(equal, sample, form, known) if len(equal) > 1 and best[1] else best[2]


def _sample(lines: Sequence[tuple[int, str]], form: TableForm) -> list[tuple[int, str]]:
    """Lines from the beginning of a file, without comments and sections unless most lines would be such."""
    some, characters = [], 0
    for number, line in lines[:SAMPLE_LINES]:
        if len(line) <= LONGEST:
            some.append((number, line))
            characters += len(line)
        if characters > SAMPLE_CHARACTERS:
            break
    marks = ("#", ":") if form.sections else ("#",)
    plain = [(number, line) for number, line in some if not line.startswith(marks)]
    return plain if 2 * len(plain) >= len(some) or (form.sections and plain) else some


def _likeliest(plans: Sequence[_Plan], sample: Sequence[tuple[int, str]], form: TableForm, known: Known) -> _Plan:
    """Of plans that read as many items, the first one of those that give the most known words."""

    def words(plan: _Plan) -> list[str]:
        found = (_item(line, plan, form, known)[0] for _, line in sample[:200])
        return [fields[role] for fields in found if fields is not None for role in form.words]

    read = [words(plan) for plan in plans]
    if all([word.rstrip(",; ") for word in each] == [word.rstrip(",; ") for word in read[0]] for each in read):
        return plans[0]
    shares = [sum(map(known, each)) / max(1, len(each)) for each in read]
    return plans[shares.index(max(shares))]


def _names_in(line: str, delimiter: Delimiter) -> list[str]:
    """The names of columns that a line may hold, also behind #."""
    return [] if len(line) > LONGEST else _split(line.removeprefix("#"), delimiter, 0, nothing_known)


def _first(lines: Sequence[tuple[int, str]], delimiter: Delimiter, form: TableForm, known: Known) -> tuple[int, str]:
    """The line that may name the columns: the first one that is no comment, or a comment that names all of them."""
    for number, line in lines[:SAMPLE_LINES]:
        if not line.startswith("#"):
            return number, line
        if set(form.roles) <= set(columns_named(form, _names_in(line, delimiter))):
            begun = _split(line, delimiter, 0, known)
            return (0, "") if begun and known(begun[0]) else (number, line)
    return 0, ""


def _with(
    delimiter: Delimiter,
    first: tuple[int, str],
    sample: Sequence[tuple[int, str]],
    form: TableForm,
    given: Mapping[str, int],
    known: Known,
) -> Iterator[_Plan]:
    """The plans for one delimiter: by the names, or for each of the two commonest numbers of columns."""
    number, head = first
    names = _names_in(head, delimiter)
    named = columns_named(form, names)
    full = set(form.roles) <= set(named)
    widths = Counter(len(_split(line, delimiter, 0, known)) for _, line in sample)
    least = max(given.values()) + 1 if given else len(form.roles)
    commonest = sorted((each for each in widths if each >= least), key=lambda each: -widths[each])[:2]
    if full and not given:
        yield _Plan(delimiter, named, len(names), number, named=True)
        return
    for width in commonest:
        if given:
            yield _Plan(delimiter, given, width, number if full else None)
        else:
            yield _guessed(delimiter, width, first, sample, form, known)


def _guessed(
    delimiter: Delimiter,
    width: int,
    first: tuple[int, str],
    sample: Sequence[tuple[int, str]],
    form: TableForm,
    known: Known,
) -> _Plan:
    """The plan for one number of columns, by names where some of them are known, and by what the columns hold."""
    number, head = first
    names = _names_in(head, delimiter)
    named = columns_named(form, names)
    parts = [(at, _split(line, delimiter, width, known)) for at, line in sample]
    rows = [row for _, row in parts if len(row) == width]
    body = [row for at, row in parts if len(row) == width and at != number]  # the first line may hold names
    columns = form.guess(Columns(body, width, known)) if body else None
    columns = dict(columns or form.guess(Columns(rows, width, known)) or {})
    partly = {role: at for role, at in named.items() if role in _exactly(names, named) and role in form.roles}
    no_item = _item(head, _Plan(delimiter, columns, width), form, known)[0] is None
    if partly and columns and len(names) == width and no_item:
        others = [at for role, at in columns.items() if role not in partly and at not in partly.values()]
        free = [role for role in form.roles if role not in partly]
        if len(others) >= len(free):
            return _Plan(delimiter, {**partly, **dict(zip(free, others, strict=False))}, width, number, named=True)
    return _Plan(delimiter, columns, width)


def _exactly(names: Sequence[str], named: Mapping[str, int]) -> set[str]:
    """The roles whose column has exactly the name of the role, as word1, and no other name for it."""
    return {role for role, at in named.items() if plain_name(names[at]) == role}


def _item(line: str, plan: _Plan, form: TableForm, known: Known) -> tuple[dict[str, str] | None, str]:
    """The fields of a line by role; or None, and why the line is no item."""
    if not plan.columns:
        return None, f"is not {form.line}"
    if len(line) > LONGEST:
        return None, f"is longer than {LONGEST:,} characters"
    fields = _split(line, plan.delimiter, plan.width, known)
    if not fields:
        return None, "has a quote that is not closed"
    while len(fields) > plan.width and not fields[-1]:
        fields.pop()
    if len(fields) > plan.width and not (form.numbers and plan.delimiter in ("\t", ";")):  # else a number shows a slip
        return _rejoined(fields, plan, form, known), f"has more than {plan.width:,} columns"
    needed = max(plan.columns[role] for role in form.roles) + 1
    if len(fields) < (plan.width if plan.delimiter in (WHITE, WIDE) else needed):
        return None, f"has fewer columns than {plan.width if plan.delimiter in (WHITE, WIDE) else needed:,}"
    return role_fields(fields, plan.columns, form)


def role_fields(
    fields: Sequence[str], columns: Mapping[str, int], form: TableForm
) -> tuple[dict[str, str] | None, str]:
    """Return the fields by role; or None, and what is missing.

    columns: the place of each role among the fields, from 0.
    """
    found = {role: fields[at] if at < len(fields) else "" for role, at in columns.items()}
    empty = next((role for role in form.roles if not found[role]), None)
    if empty is not None:
        return None, f"has nothing in the column of {empty}"
    wrong = next((role for role in form.numbers if role in found and decimal_of(found[role]) is None), None)
    return (
        (found, "") if wrong is None or wrong not in form.roles else (None, f"has no number in the column of {wrong}")
    )


def _rejoined(fields: Sequence[str], plan: _Plan, form: TableForm, known: Known) -> dict[str, str] | None:
    """The fields by role of a line in which delimiters are parts of words, if the vectors decide it.

    As many fields as there are columns are made by joining neighbours; exactly one way must give known words alone.
    """
    if plan.delimiter not in (WHITE, ",") or not 1 < plan.width <= FEW + 1 or len(fields) - plan.width > FEW:
        return None
    glue = " " if plan.delimiter is WHITE else ","
    found = []
    for cuts in combinations(range(1, len(fields)), plan.width - 1):
        ends = zip((0, *cuts), (*cuts, len(fields)), strict=True)
        item = role_fields([glue.join(fields[start:end]) for start, end in ends], plan.columns, form)[0]
        if item is not None and all(known(item[role]) for role in form.words):
            found.append(item)
    return found[0] if len(found) == 1 else None


def _rows(lines: Sequence[tuple[int, str]], plan: _Plan, form: TableForm, known: Known, tally: Tally) -> list[OwnRow]:
    """The items of all lines; what becomes of the others is told to the tally."""
    marks = {mark: _Mark(mark, lines, plan, form, known) for mark in (("#", ":") if form.sections else ("#",))}
    rows: list[OwnRow] = []
    section = ""
    first = _first(lines, plan.delimiter, form, known)[0] if plan.header is None else 0
    for number, line in lines:
        if plan.header == number:
            continue
        mark = marks.get(line[0])
        if mark is not None and not mark.is_word(line):
            if mark.mark == ":":
                section = line.lstrip(": ").strip()
            else:
                tally.leave(COMMENT, number, line)
            continue
        fields, reason = _item(line, plan, form, known)
        if fields is not None:
            rows.append(OwnRow(number, fields, section))
            tally.used += 1
        elif number == first and len(lines) > 1 and _may_be_names(line, plan, known):
            tally.leave(UNKNOWN_NAMES, number, line)
        else:
            tally.fail(reason, number, line)
    return rows


def _may_be_names(line: str, plan: _Plan, known: Known) -> bool:
    """Whether a line that is no item may hold names of columns: as many texts as there are columns, and no number."""
    fields = _split(line, plan.delimiter, plan.width, known) if plan.columns and len(line) <= LONGEST else []
    return len(fields) == plan.width and all(decimal_of(each) is None for each in fields)


class _Mark:
    """Whether # or : at the beginning of a line is a mark of the format, or belongs to a word.

    It belongs to a word where the line is an item, and the vectors know that word, or know such words of other lines
    and another word of this one. A mark that stands alone before white space, which also separates the columns, belongs
    to an item only if the vectors know all words of all such lines.
    """

    def __init__(self, mark: str, lines: Iterable[tuple[int, str]], plan: _Plan, form: TableForm, known: Known) -> None:
        self.mark = mark
        self._plan, self._form, self._known = plan, form, known
        self._some = self._alone = False
        begun = [line for number, line in lines if line.startswith(mark) and number != plan.header]
        if plan.columns and begun:
            items = [(line, self._words(line)) for line in begun]
            self._some = any(known(word) for line, words in items if words for word in self._begun(words))
            alone = [words for line, words in items if self._stands_alone(line)]
            self._alone = bool(alone) and all(words and all(map(known, words)) for words in alone)

    def is_word(self, line: str) -> bool:
        """Whether the line is an item."""
        words = self._words(line) if self._plan.columns else []
        if not words:
            return False
        if self._stands_alone(line):
            return self._alone
        begun = self._begun(words)
        others = (word for word in words if word not in begun)
        return any(map(self._known, begun)) or (self._some and (self.mark == "#" or any(map(self._known, others))))

    def _begun(self, words: Sequence[str]) -> list[str]:
        return [word for word in words if word.startswith(self.mark)]

    def _stands_alone(self, line: str) -> bool:
        return self._plan.delimiter is WHITE and line.split(maxsplit=1)[0] == self.mark

    def _words(self, line: str) -> list[str]:
        fields = _item(line, self._plan, self._form, self._known)[0]
        return [] if fields is None else [fields[role] for role in self._form.words]
