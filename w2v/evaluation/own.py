"""What became of the lines of a user's own file of questions: used, not used and why; and the words that are unknown.

How such files are read is in `own_tables`, and in the tasks whose files are no tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from w2v.errors import DataError

__all__ = ["GUESSED", "Known", "NotUsed", "OwnChoices", "OwnReading", "OwnUse", "Tally", "nothing_known"]

Known = Callable[[str], bool]
NAMED = 10  # unknown words on the terminal; JSON has all
NAMED_ITEMS = 5
WIDEST = 12  # columns that are told in a row
SHOWN = 60  # characters of a line that is shown as an example


def nothing_known(word: str) -> bool:
    """Return False: the vocabulary of no vectors."""
    return False


@dataclass(frozen=True)
class OwnChoices:
    """How a user's own files are to be read.

    columns: names of the columns, in order, as word1, word2, score; "-" for a column that is not needed. Without them
    the names of the first line decide, or a guess. accept_partial: also take a file of which less than half of the
    lines can be read. known: whether the vectors have a word, as a phrase too; marks of the format such as # and / are
    marks only where the vectors do not know them as (parts of) words.
    """

    columns: tuple[str, ...] = ()
    accept_partial: bool = False
    known: Known = nothing_known


GUESSED = OwnChoices()


@dataclass(frozen=True)
class NotUsed:
    """Lines that were not used, for one reason.

    reason: what such a line is or has, as the rest of a sentence: "has fewer columns than 4". first_line: its number,
    from 1. example: how that line begins. unit: "line", or "item" where there is no file.
    """

    reason: str
    lines: int
    first_line: int
    example: str
    unit: str = "line"

    def to_dict(self) -> dict[str, Any]:
        """Return the reason as JSON has it."""
        return {
            "reason": self.reason,
            "lines": self.lines,
            "first_line": self.first_line,
            "example": self.example,
        }

    def __str__(self) -> str:
        if self.lines == 1:
            return f"{self.unit} {self.first_line:,} ({self.example!r}) {self.reason}"
        first = f"the first is {self.unit} {self.first_line:,}: {self.example!r}"
        return f"each of {self.lines:,} {self.unit}s ({first}) {self.reason}"


@dataclass(frozen=True)
class OwnReading:
    """How a user's file was read.

    lines_used: lines that hold items. not_used: all other lines but empty ones, by reason. columns: the number, from 1,
    of the column of each role; empty where the file is no table. delimiter: in words. names_in_line: the number of the
    line that names the columns; None where there is none. words: all distinct words of the items. unit: "line", or
    "item" where there is no file.
    """

    lines_used: int
    not_used: tuple[NotUsed, ...] = ()
    columns: Mapping[str, int] = field(default_factory=dict)
    delimiter: str = ""
    names_in_line: int | None = None
    words: tuple[str, ...] = field(default=(), repr=False)
    unit: str = "line"


@dataclass(frozen=True)
class OwnUse:
    """How a user's file was read, and which of its words the vectors do not know.

    unscored: the items that were not scored for want of words, as they are written. items: what items are called.
    """

    reading: OwnReading
    unknown_words: tuple[str, ...]
    unscored: tuple[str, ...] = ()
    items: str = "items"

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as JSON has it."""
        return {
            "lines_used": self.reading.lines_used,
            "not_used": [each.to_dict() for each in self.reading.not_used],
            "columns": dict(self.reading.columns),
            "delimiter": self.reading.delimiter,
            "names_in_line": self.reading.names_in_line,
            "unknown_words": list(self.unknown_words),
            "unscored": list(self.unscored),
        }

    def read(self) -> str:
        """Say how the file was read, in a sentence without a full stop."""
        lines, columns = self.reading.lines_used, self.reading.columns
        used = f"{lines:,} {self.reading.unit}{'' if lines == 1 else 's'} used"
        if not columns:
            return used
        last = max(columns.values())
        by_number = {number: role for role, number in columns.items()}
        told = ",".join(by_number.get(number, "-") for number in range(1, last + 1))
        if last > WIDEST:
            told = ", ".join(f"{role} in column {number:,}" for role, number in columns.items())
        named = f", named in line {self.reading.names_in_line:,}" if self.reading.names_in_line else ""
        between = f", with {self.reading.delimiter} between" if self.reading.delimiter else ""
        return f"{used}; columns {told}{named}{between}"

    def not_used(self) -> str:
        """Say which lines were not used and why; nothing where all were."""
        return "; ".join(map(str, self.reading.not_used))

    def unknown(self) -> str:
        """Name the first unknown words, and say how many there are; nothing where there are none."""
        return _first(self.unknown_words, NAMED)

    def not_scored(self) -> str:
        """Name the first items that were not scored, and say how many there are; nothing where there are none."""
        return _first(self.unscored, NAMED_ITEMS)


def _first(names: Sequence[str], most: int) -> str:
    """Return how many names there are, and the first of them; nothing where there are none."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return f"({len(names):,}): {', '.join(names[:most])}{more}" if names else ""


class Tally:
    """Counts the lines of a file that are used, and those that are not, by reason."""

    def __init__(self, unit: str = "line") -> None:
        self.unit = unit
        self.used = 0
        self.failed = 0
        self._found: dict[str, NotUsed] = {}

    def fail(self, reason: str, number: int, line: str) -> None:
        """Count a line that should hold an item and does not."""
        self.failed += 1
        self.leave(reason, number, line)

    def leave(self, reason: str, number: int, line: str) -> None:
        """Count a line that need not hold an item, as a comment."""
        before = self._found.get(reason)
        if before is None:
            self._found[reason] = NotUsed(reason, 1, number, line.strip()[:SHOWN], self.unit)
        else:
            self._found[reason] = replace(before, lines=before.lines + 1)

    @property
    def not_used(self) -> tuple[NotUsed, ...]:
        """The reasons, in the order in which they came."""
        return tuple(self._found.values())

    def check(self, path: object, items: str, form: str, choices: OwnChoices) -> None:
        """Raise `DataError` where less than half of the lines could be read, unless that is accepted.

        path: what errors call the file. items: what the lines should hold, as "rated pairs". form: what a line looks
        like.
        """
        why = "".join(f"; {each}" for each in self.not_used[:2])
        if not self.used:
            raise DataError(f"{path} has no {items}{why}", hint=form)
        if self.used < self.failed and not choices.accept_partial:
            raise DataError(
                f"{path}: only {self.used:,} of {self.used + self.failed:,} {self.unit}s can be read as {items}{why}",
                hint=f"{form}; --accept-partial takes what can be read",
            )
