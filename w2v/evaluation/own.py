"""A user's own sets, which need no manifest: what separates their columns is found out, and a first line of names is
tolerated. Not here: the published sets' files (`readers`).
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from w2v.errors import DataError
from w2v.evaluation.readers import lines_of, number_of, outliers_of, pairs_of, read_outlier_lists
from w2v.evaluation.sets import AnalogySuite, OutlierSuite, PairSuite, WordNumbers

__all__ = ["read_own_analogies", "read_own_outliers", "read_own_pairs"]

DELIMITERS = ("\t", ";", ",", "|", None)  # None: white space
DECIMAL_COMMA = re.compile(r"([+-]?\d+),(\d+)")
QUESTIONS = (
    ("a", "b", "c", "d"),
    ("w1", "w2", "w3", "w4"),
    ("word1", "word2", "word3", "word4"),
    ("word1", "word2", "word3", "target"),
)
SECTIONS = ("section", "category", "relation", "type")


@dataclass(frozen=True)
class _Own:
    """A user's file: its digest, and its lines, numbered, comments and empty ones left out."""

    digest: str
    lines: list[tuple[int, str]]
    delimiter: str | None

    def split(self, line: str) -> list[str]:
        if self.delimiter is None:
            return line.split()
        try:
            return [part.strip() for part in next(csv.reader([line], delimiter=self.delimiter))]
        except csv.Error:  # a field of more than 131,072 characters
            return [line]


def _own(path: Path, least: int) -> _Own:
    """A user's file, with the delimiter that gives the most lines at least `least` columns, the same number each."""
    digest, lines = lines_of(path, "utf-8")
    kept = [(number, line.rstrip("\r")) for number, line in lines if line.strip() and not line.startswith("#")]

    def fitting(delimiter: str | None) -> int:
        widths = Counter(len(_Own("", [], delimiter).split(line)) for _, line in kept if not line.startswith(": "))
        return max((lines for width, lines in widths.items() if width >= least), default=0)

    return _Own(digest, kept, max(DELIMITERS, key=fitting))


def read_own_pairs(path: Path) -> PairSuite:
    """A user's rated pairs: two words and a number a line, in whichever columns; lines that begin with # are comments.

    Tabs, semicolons, commas, bars or white space separate the columns; where commas do not, they may mark decimals. The
    words are the first two columns that are not numbers, the rating is the first number after them, or else the last
    before: a number in front is a number of the line. Raises `DataError` for a file without any pair.
    """
    own = _own(path, 3)
    rows = [own.split(line) for _, line in own.lines]
    if own.delimiter != ",":
        rows = [
            [DECIMAL_COMMA.sub(r"\1.\2", field) if DECIMAL_COMMA.fullmatch(field) else field for field in row]
            for row in rows
        ]
    width = max(Counter(map(len, rows)).items(), key=lambda item: item[1], default=(0, 0))[0]
    body = [row for row in rows[1:] if len(row) == width] or rows
    numeric = [
        column
        for column in range(width)
        if sum(number_of(row[column]) is not None for row in body if len(row) == width) > len(body) / 2
    ]
    textual = sorted(set(range(width)) - set(numeric))
    if numeric and len(textual) >= 2:
        rating = next((column for column in numeric if column > textual[1]), numeric[-1])
        suite = pairs_of(rows, (*textual[:2], rating), width, own.digest, path.stem, path.name)
        if len(suite):
            return suite
    raise DataError(f"{path} has no rated pairs", hint="each line is word, word, number, with tabs or commas between")


def read_own_analogies(path: Path) -> AnalogySuite:
    """A user's questions: four words a line, separated by tabs, semicolons, commas, bars or white space.

    Lines `: name` open sections, which are optional; `/` separates several accepted answers. A first line may name the
    columns, as word1, word2, word3 and word4 or target; there may then be others, of which one called section,
    category, relation or type names each question's section. Lines that begin with # are comments. Raises `DataError`
    for a file without any question.
    """
    own = _own(path, 4)
    words, sections, section_of, invalid = WordNumbers(), [path.stem], [], 0
    questions: list[list[int]] = []
    also: list[tuple[int, int]] = []
    named: dict[str, int] = {}
    columns = _columns(own.split(own.lines[0][1])) if own.lines else None
    places, kind, width = columns or (range(4), None, 4)
    for _, line in own.lines[columns is not None :]:
        if line.startswith(":"):
            sections.append(line.lstrip(": ").strip())
            continue
        row = own.split(line)
        if len(row) != width or not all(row[place] for place in places):
            invalid += 1
            continue
        *asked, answer = (row[place] for place in places)
        answers = [each for each in answer.split("/") if each] or [answer]
        a, b, c, *accepted = words.of([*asked, *answers])
        also += [(len(questions), each) for each in accepted[1:]]
        questions.append([a, b, c, accepted[0]])
        if kind is None:
            section_of.append(len(sections) - 1)
            continue
        section_of.append(named.setdefault(row[kind], len(sections)))
        if section_of[-1] == len(sections):
            sections.append(row[kind])
    if not questions:
        raise DataError(f"{path} has no questions", hint="each line is four words: a is to b as c is to d")
    used = sorted(set(section_of))
    return AnalogySuite(
        name=path.stem,
        title=path.name,
        sha256=own.digest,
        words=words.words,
        questions=np.array(questions, dtype=np.int64),
        section_of=np.searchsorted(used, section_of).astype(np.int64),
        sections=tuple(sections[section] for section in used),
        invalid=invalid,
        also=np.array(also, dtype=np.int64).reshape(-1, 2),
    )


def _columns(first: Sequence[str]) -> tuple[Sequence[int], int | None, int] | None:
    """By the names in a first line: the columns of a, b, c and d, that of the section, and how many there are."""
    names = [name.casefold() for name in first]
    for form in QUESTIONS:
        if set(form) <= set(names):
            kind = next((names.index(name) for name in SECTIONS if name in names), None)
            return [names.index(name) for name in form], kind, len(names)
    return None


def read_own_outliers(path: Path) -> OutlierSuite:
    """A user's topics, one a line: `name: word word word | outlier outlier`; the name may be left out.

    The words are separated by tabs, semicolons, commas or white space. A csv with columns `outliers` and `words` is
    read as that of the 8-8-8 set. Raises `DataError` for a file without any topic of two words and an outlier.
    """
    digest, lines = lines_of(path, "utf-8")
    topics: dict[str, list[list[str]]] = {}
    invalid = 0
    for number, line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        if not topics and not invalid and {"outliers", "words"} <= set(line.strip().split(",")):
            return read_outlier_lists(path, path.stem, path.name)
        name, colon, rest = line.rpartition(": ")
        sides = [_words(side) for side in rest.split("|")]
        if len(sides) == 2 and len(sides[0]) >= 2 and sides[1]:
            title = name.strip() if colon and name.strip() not in topics else f"{name.strip()} line {number}".strip()
            topics[title] = sides
        else:
            invalid += 1
    if not topics:
        raise DataError(f"{path} has no topics", hint="each line is 'name: word word word | outlier outlier'")
    return outliers_of(topics, invalid, digest, path.stem, path.name)


def _words(text: str) -> list[str]:
    delimiter = next((delimiter for delimiter in DELIMITERS if delimiter and delimiter in text), None)
    return [word.strip() for word in text.split(delimiter) if word.strip()]
