"""Pairs of words that mean the same in two vocabularies: from a file, or found without one.

A file has a pair a line: the word of the first file, and its translation in the second, with a tab between them (or
spaces, a semicolon, a comma). A word may have several lines. A first line such as "source, target" names the columns
and is no pair; most published dictionaries have none. Without a file, words that are spelt alike in both
vocabularies, or numerals alone, can stand for pairs.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from w2v.arrays import I64
from w2v.errors import DataError, SettingsError
from w2v.files.column_names import are_names
from w2v.files.small import read_small, text_of
from w2v.lookup import Rules
from w2v.vectors import Vectors

__all__ = ["Pairs", "PairsRead", "Seeds", "identical_words", "numerals", "read_pairs", "seeds_of"]

Pairs = Sequence[tuple[str, str]]
"""Words of the first file with their translations."""

BY_ROWS = Rules(composed=False)
LETTERS = 4  # of a word at least that counts as the same word in both files: shorter ones are so by chance
NUMERAL = re.compile(r"[0-9]+([.,:/-][0-9]+)*")
FEWEST = 10  # pairs; fewer say nothing about a hundred dimensions
TURNED = 1.5  # times as many pairs the other way round: the dictionary is in the wrong direction
SHOWN = 3
IN_A_LINE = "write in each line a word of the first file, a tab, and its translation"


@dataclass(frozen=True)
class Seeds:
    """The pairs that an alignment begins with.

    kind: "dictionary", "identical", "numerals" or "none". listed: distinct pairs that the file has, or that were found.
    rows: int64 [P, 2], the pairs with both words in the vocabularies, as rows of both, each pair once. without_source,
    without_target: how many listed pairs lack the word of the first, or of the second file (a pair may lack both).
    not_read: lines of the file that are no pair. file: its name.
    """

    kind: str
    listed: int
    rows: I64 = field(repr=False)
    without_source: int = 0
    without_target: int = 0
    not_read: int = 0
    file: str = ""

    def __len__(self) -> int:
        """The number of pairs that both vocabularies have."""
        return len(self.rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the seeds as JSON has them, without the pairs."""
        return {
            "kind": self.kind,
            "file": self.file or None,
            "listed": self.listed,
            "used": len(self),
            "without_source": self.without_source,
            "without_target": self.without_target,
            "lines_not_read": self.not_read,
        }


class PairsRead(NamedTuple):
    """What a dictionary has: its pairs, each once; how many lines are no pair; the names of columns, if it has any."""

    pairs: list[tuple[str, str]]
    not_read: int
    names: tuple[str, str] | None = None


def read_pairs(path: str | os.PathLike[str]) -> PairsRead:
    """Read a dictionary.

    Empty lines, and lines that begin with # and hold no pair, are comments. Raises DataError where the file cannot be
    read, or most of its lines are no pairs.
    """
    name = Path(path)
    lines = [line for line in text_of(read_small(name, DataError), name, DataError).splitlines() if line.strip()]
    if not lines:
        raise DataError(f"{name} is empty", hint=IN_A_LINE)
    read = [_pair_of(line) for line in lines]
    given = [pair for pair in read if pair is not None]
    names = given.pop(0) if given and are_names({"word1": given[0][0], "word2": given[0][1]}) else None
    pairs = list(dict.fromkeys(given))
    comments = sum(pair is None and line.startswith("#") for pair, line in zip(read, lines, strict=True))
    wrong = sum(pair is None for pair in read) - comments
    if names is not None and not pairs:
        raise DataError(f"{name} has no pairs below the names of its columns", hint=IN_A_LINE)
    if not pairs or wrong > len(lines) / 2:
        raise DataError(
            f"{name} is no dictionary: {wrong:,} of its {len(lines):,} lines are no pairs of words",
            hint=IN_A_LINE,
        )
    return PairsRead(pairs, wrong, names)


def _pair_of(line: str) -> tuple[str, str] | None:
    """The two words of a line: by the first of tab, semicolon and comma that it has, or by white space."""
    delimiter = next((each for each in ("\t", ";", ",") if each in line), None)
    if delimiter is None:
        fields = line.split()
    else:
        try:
            fields = [each.strip() for each in next(csv.reader([line], delimiter=delimiter))]
        except (csv.Error, StopIteration):
            return None
    fields = fields[:2] if delimiter == "\t" else fields  # a third column may hold anything, as a part of speech
    return (fields[0], fields[1]) if len(fields) == 2 and all(fields) else None


def seeds_of(pairs: Pairs, source: Vectors, target: Vectors, *, not_read: int = 0, file: str = "") -> Seeds:
    """Return the pairs of a dictionary whose words are in both vocabularies, as rows of both.

    Words are found as spelt, else in another case, as a phrase with _, or in the other Unicode form. Raises
    SettingsError where the dictionary is in the wrong direction, or where too few pairs are found.
    """
    named = file or "the dictionary"
    listed = list(dict.fromkeys(pairs))
    forth = [_rows_of([pair[side] for pair in listed], each) for side, each in enumerate((source, target))]
    both = np.flatnonzero((forth[0] >= 0) & (forth[1] >= 0))
    if len(both) < len(listed) / 2:
        back = [_rows_of([pair[side] for pair in listed], each) for side, each in enumerate((target, source))]
        turned = int(((back[0] >= 0) & (back[1] >= 0)).sum())
        if turned >= FEWEST and turned > TURNED * len(both):
            raise SettingsError(
                f"{named} is in the other direction: of its {len(listed):,} pairs, both files have {len(both):,} as "
                f"they stand, and {turned:,} if the first words are those of {target.name}",
                hint="name the two vector files the other way round, or exchange the columns of the dictionary",
            )
    rows = np.stack([side[both] for side in forth], axis=1)
    seeds = Seeds(
        kind="dictionary",
        listed=len(listed),
        rows=_each_once(rows),
        without_source=int((forth[0] < 0).sum()),
        without_target=int((forth[1] < 0).sum()),
        not_read=not_read,
        file=file,
    )
    if len(seeds) < FEWEST:
        raise SettingsError(
            f"{named} has too few pairs whose words are in both vocabularies: {len(seeds):,} of {len(listed):,} "
            f"({_missing(listed, forth[0], 0, source)}; {_missing(listed, forth[1], 1, target)})",
            hint=f"at least {FEWEST} are needed; look at case and spelling, or begin with words that are spelt alike: "
            "--dictionary identical",
        )
    return seeds


def identical_words(source: Vectors, target: Vectors, limit: int) -> Seeds:
    """Return words of at least four letters that are spelt alike in both vocabularies, whatever their case.

    limit: only the first so many words of each are looked at. Raises SettingsError where there are too few.
    """

    def is_wanted(word: str) -> bool:
        return len(word) >= LETTERS and any(map(str.isalpha, word))

    return _alike("identical", "words of four letters or more that are spelt alike", is_wanted, source, target, limit)


def numerals(source: Vectors, target: Vectors, limit: int) -> Seeds:
    """Return the numerals that both vocabularies have. Arguments and errors as of `identical_words`."""

    def is_wanted(word: str) -> bool:
        return NUMERAL.fullmatch(word) is not None

    return _alike("numerals", "numerals", is_wanted, source, target, limit)


def _alike(kind: str, called: str, is_wanted: Any, source: Vectors, target: Vectors, limit: int) -> Seeds:
    first: dict[str, int] = {}
    for row, word in enumerate(target.words[:limit]):
        first.setdefault(word.casefold(), row)
    seen: set[str] = set()
    found = []
    for row, word in enumerate(source.words[:limit]):
        folded = word.casefold()
        if folded in first and folded not in seen and is_wanted(word):
            seen.add(folded)
            found.append((row, first[folded]))
    if len(found) < FEWEST:
        cure = "--dictionary FILE, or --dictionary none" if kind == "identical" else "--dictionary FILE or identical"
        raise SettingsError(
            f"{source.name} and {target.name} share too few {called}: {len(found):,} among the first {limit:,} words",
            hint=f"begin with {cure}",
        )
    return Seeds(kind, len(found), np.array(found, dtype=np.int64))


def _rows_of(words: Iterable[str], vectors: Vectors) -> I64:
    """The row of each word, [n]; −1 for words that the vectors do not have."""
    lookup, known = vectors.lookup, dict[str, int]()
    for word in words:
        if word not in known:
            found = lookup.find(word, BY_ROWS)
            known[word] = -1 if found is None or found.row is None else found.row
    return np.fromiter((known[word] for word in words), dtype=np.int64)


def _each_once(rows: I64) -> I64:
    return np.array(list(dict.fromkeys(map(tuple, rows.tolist()))), dtype=np.int64).reshape(-1, 2)


def _missing(listed: Pairs, rows: I64, side: int, vectors: Vectors) -> str:
    lacking = np.flatnonzero(rows < 0)
    some = ", ".join(repr(listed[at][side]) for at in lacking[:SHOWN].tolist())
    return f"{vectors.name} lacks {len(lacking):,}" + (f", as {some}" if some else "")
