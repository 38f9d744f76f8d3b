"""Which rows of a file are read, and what becomes of rows that cannot be used: the one place for all formats.

`RowChoice` is what the caller wants, `Rows` collects the rows of one file by it. A format hands over each row with
`add` or `add_all`, and with `refuse` what it finds wrong with a row; it never decides by itself to leave one out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from w2v.arrays import F32
from w2v.errors import FormatError, SettingsError
from w2v.formats.source import Origin
from w2v.given import number_given

__all__ = ["BAD_ROWS", "BadRows", "RowChoice", "Rows", "mended", "remedy"]

BadRows = Literal["error", "skip", "replace"]
BAD_ROWS: tuple[BadRows, ...] = get_args(BadRows)
WHITE_SPACE = re.compile(r"\s")
NAMELESS = "_"  # what an empty word is replaced by


@dataclass(frozen=True)
class RowChoice:
    """The rows that are wanted.

    bad_rows: "error" refuses a file with a row that cannot be used; "skip" leaves such rows out; "replace" mends what
    can be mended (letters of a word, values that are no finite numbers) and leaves out the others.
    only_words, only_matching: of the rows that are read, only those with one of these words, and only those of whose
    word a part matches the pattern. limit: only the first rows of the file are read, bad ones included.
    check_all: also check what need not be read to answer a question. in_order: the words of `only_words` in the order
    in which they were given, which is the vocabulary of a format that has none of its own.
    """

    bad_rows: BadRows = "error"
    only_words: frozenset[str] | None = None
    only_matching: re.Pattern[str] | None = None
    limit: int | None = None
    check_all: bool = False
    in_order: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.bad_rows not in BAD_ROWS:
            raise SettingsError(f"bad_rows is {self.bad_rows!r}", hint=f"choose one of {', '.join(BAD_ROWS)}")
        if self.limit is not None:
            number_given("limit", self.limit, 1, "read at least one row")
        if self.only_words is not None and not self.only_words:
            raise SettingsError("only_words is empty", hint="name at least one word")

    @property
    def takes_all(self) -> bool:
        """Whether every word is wanted."""
        return self.only_words is None and self.only_matching is None

    def takes(self, word: str) -> bool:
        """Say whether the row of a word is wanted."""
        if self.only_words is not None and word not in self.only_words:
            return False
        return self.only_matching is None or self.only_matching.search(word) is not None


class Rows:
    """Collects the rows of a file; memory grows with the rows that are wanted, not with what the file claims.

    seen: the number of rows of the file so far. words, values: of those that are kept, values as bytes of float32.
    skipped, replaced: the number of rows that could not be used as they are. fault: what is wrong with the first one.
    """

    def __init__(self, source: Origin, choice: RowChoice, dim: int) -> None:
        self.source, self.choice, self.dim = source, choice, dim
        self.seen = self.skipped = self.replaced = 0
        self.words: list[str] = []
        self.values = bytearray()
        self.fault: FormatError | None = None
        self._mendable = 0

    def left(self, total: int | None = None) -> int | None:
        """Return how many rows are still to be read, of `total` in the file; None for all that there are."""
        bounds = [bound - self.seen for bound in (total, self.choice.limit) if bound is not None]
        return max(0, min(bounds)) if bounds else None

    def add(self, word: str, values: bytes | memoryview) -> None:
        """Take a row: its word, and its values as bytes of float32."""
        self.seen += 1
        self._keep(word, values)

    def add_all(self, words: list[str], matrix: F32) -> None:
        """Take rows, [n, dim]."""
        self.seen += len(words)
        if self._only_counts:
            self._count_not_finite(matrix)
        elif self.choice.takes_all:
            self.words += words
            self.values += np.ascontiguousarray(matrix).data
        else:
            kept = [row for row, word in enumerate(words) if self.choice.takes(word)]
            self.words += [words[row] for row in kept]
            self.values += matrix[kept].tobytes()

    def refuse(self, fault: FormatError, word: bytes | None = None, values: bytes | memoryview | None = None) -> None:
        """Hand over a row that cannot be used. word, values: where its values are sound, and only its word is not."""
        self.seen += 1
        mendable = word is not None and values is not None
        if self.choice.bad_rows == "replace" and word is not None and values is not None:
            self.replaced += 1
            self.fault = self.fault or fault
            self._keep(mended(word.decode("utf-8", "replace")), values)
            return
        self.skipped += 1
        self._mendable += mendable
        if self.fault is None:
            self.fault = fault
            if self._only_counts:  # the file is refused in the end: nothing of it is kept any more
                self._count_not_finite(self.matrix())
                self.words, self.values = [], bytearray()

    def finish(self) -> None:
        """Raise the error for rows that cannot be used, where these are not to be left out, or where none is left."""
        if self.fault is None:
            return
        if self._only_counts:
            raise remedy(self.fault, self.skipped, self.seen, self._mendable)
        if not self.words and self.skipped == self.seen:
            raise self.source.fault(f"none of its {self.seen:,} rows can be used: {self.first_fault}", self.fault.hint)

    def matrix(self) -> F32:
        """Return the rows that are kept, [n, dim]."""
        return np.frombuffer(self.values, dtype=np.float32).reshape(-1, self.dim)

    @property
    def first_fault(self) -> str:
        """What is wrong with the first row that cannot be used, without the name of the file."""
        return "" if self.fault is None else self.fault.message.removeprefix(f"{self.source.path}: ")

    @property
    def _only_counts(self) -> bool:
        return self.fault is not None and self.choice.bad_rows == "error"

    def _count_not_finite(self, matrix: F32) -> None:
        bad = int(np.count_nonzero(~np.isfinite(matrix).all(axis=1)))
        self.skipped += bad
        self._mendable += bad

    def _keep(self, word: str, values: bytes | memoryview) -> None:
        if self._only_counts:
            self._count_not_finite(np.frombuffer(values, dtype=np.float32).reshape(1, self.dim))
        elif self.choice.takes_all or self.choice.takes(word):
            self.words.append(word)
            self.values += values


def mended(word: str) -> str:
    """Return a word with `_` for white space, which may also be all that there is."""
    return WHITE_SPACE.sub("_", word) or NAMELESS


def remedy(fault: FormatError, bad: int, rows: int, mendable: int, *, always: bool = False) -> FormatError:
    """Return the error for a file with rows that cannot be used: the first fault, how many rows, and the ways to go on.

    mendable: how many of the bad rows `replace` would keep. always: also say that it is one row.
    """
    several = f"; {bad:,} of {rows:,} rows cannot be used" if always or bad > 1 else ""
    replace = f", replace mends {mendable:,} of these" if mendable else ""
    left_out = "1 row" if bad == 1 else f"{bad:,} rows"
    return FormatError(
        f"{fault.message}{several}", hint=f"{fault.hint}; or go on: --bad-rows skip leaves out {left_out}{replace}"
    )
