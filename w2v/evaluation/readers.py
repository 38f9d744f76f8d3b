"""The files of evaluation sets that manifests describe. Not here: which sets there are, and a user's own (`own`)."""

from __future__ import annotations

import csv
import hashlib
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from w2v.errors import DataError
from w2v.evaluation.sets import AnalogySuite, CategorySuite, OutlierSuite, PairSuite, WordNumbers
from w2v.files.small import read_small, text_of

__all__ = [
    "PAIR_COLUMNS",
    "lines_of",
    "number_of",
    "outliers_of",
    "pairs_of",
    "read_analogies",
    "read_bats",
    "read_categories",
    "read_outlier_lists",
    "read_pairs",
]

PAIR_COLUMNS = ("word1", "word2", "score")
QUOTED = re.compile(r"""'((?:[^'\\]|\\.)*+)'|"((?:[^"\\]|\\.)*+)\"""")
LISTED = re.compile(rf"\s*\[(?:\s*+(?:{QUOTED.pattern})\s*+,?)*+\s*\]\s*")
ESCAPED = re.compile(r"\\(.)")


def read_analogies(
    path: Path,
    name: str = "",
    title: str = "",
    groups: Mapping[str, tuple[str, ...]] | None = None,
    encoding: str = "utf-8",
) -> AnalogySuite:
    """Questions in the form of questions-words.txt: `: section` opens a section, then four words a line.

    A section's name that comes twice is two sections. Raises `DataError` for a file that cannot be decoded, a question
    before the first section, and a file without any.
    """
    digest, lines = lines_of(path, encoding)
    words, sections, questions, section_of, invalid = WordNumbers(), [], [], [], 0
    for number, line in lines:
        if line.startswith(": "):
            sections.append(line.lstrip(": ").strip())
            continue
        parts = line.split()
        if not parts:
            continue
        if not sections:
            raise DataError(f"{path}, line {number}: a question before the first section", hint="begin with ': name'")
        if len(parts) != 4:
            invalid += 1
            continue
        questions.append(words.of(parts))
        section_of.append(len(sections) - 1)
    if not questions:
        raise DataError(
            f"{path} has no questions", hint="each line is four words, under a line ': name of the section'"
        )
    astray = {section for group in (groups or {}).values() for section in group} - set(sections)
    if astray:
        raise DataError(f"{path} has no section {min(astray)!r}, which a group names", hint="correct [groups]")
    return AnalogySuite(
        name=name or path.stem,
        title=title or path.stem,
        sha256=digest,
        words=words.words,
        questions=np.array(questions, dtype=np.int64),
        section_of=np.array(section_of, dtype=np.int64),
        sections=tuple(sections),
        groups=dict(groups or {}),
        invalid=invalid,
    )


def read_bats(
    folder: Path,
    name: str,
    title: str,
    files: Sequence[str],
    groups: Mapping[str, tuple[str, ...]],
    sha256: str,
    encoding: str = "utf-8",
) -> AnalogySuite:
    """The Bigger Analogy Test Set (Gladkova, Drozd & Matsuoka 2016): a file a relation, a pair of words a line.

    The second word of a pair may be several, separated by `/`: all are accepted as answers, the first one asks. Every
    pair asks about every other of its relation, 50 · 49 questions a relation.
    """
    words, sections, invalid = WordNumbers(), [], 0
    paired: list[list[int]] = []
    pair_section: list[int] = []
    answers: list[list[int]] = []
    questions: list[tuple[int, ...]] = []
    section_of: list[int] = []
    also: list[tuple[int, int]] = []
    for section, file in enumerate(files):
        sections.append(Path(file).stem)
        first = len(paired)
        for _, line in lines_of(folder / file, encoding)[1]:
            parts = line.split()
            accepted = [answer for answer in parts[1].split("/") if answer] if len(parts) == 2 else []
            if not accepted:
                invalid += bool(parts)
                continue
            a, *rest = words.of([parts[0], *accepted])
            paired.append([a, rest[0]])
            answers.append(rest)
            pair_section.append(section)
        here = range(first, len(paired))
        for asking in here:
            for asked in here:
                if asking != asked:
                    also += [(len(questions), answer) for answer in answers[asked][1:]]
                    questions.append((*paired[asking], *paired[asked]))
                    section_of.append(section)
    return AnalogySuite(
        name=name,
        title=title,
        sha256=sha256,
        words=words.words,
        questions=np.array(questions, dtype=np.int64),
        section_of=np.array(section_of, dtype=np.int64),
        sections=tuple(sections),
        groups=dict(groups),
        invalid=invalid,
        also=np.array(also, dtype=np.int64).reshape(-1, 2),
        paired=np.array(paired, dtype=np.int64),
        pair_section=np.array(pair_section, dtype=np.int64),
        paired_also=np.array(
            [(pair, word) for pair, accepted in enumerate(answers) for word in accepted[1:]], dtype=np.int64
        ).reshape(-1, 2),
    )


def read_pairs(
    path: Path,
    name: str = "",
    title: str = "",
    columns: Sequence[str] = PAIR_COLUMNS,
    encoding: str = "utf-8",
    *,
    measures: str = "",
    ceiling: float | None = None,
) -> PairSuite:
    """Rated pairs, separated by tabs; `columns` says which are word1, word2 and score.

    Lines that begin with # are comments, and a first line without a number is a header. Raises `DataError` for a file
    that cannot be decoded, and for one without any pair.
    """
    if set(PAIR_COLUMNS) - set(columns):
        raise DataError(f"{path}: its columns are {', '.join(columns)}", hint=f"name {', '.join(PAIR_COLUMNS)}")
    digest, lines = lines_of(path, encoding)
    places = [columns.index(column) for column in PAIR_COLUMNS]
    rows = [line.split("\t") for _, line in lines if line.strip() and not line.startswith("#")]
    suite = pairs_of(rows, places, len(columns), digest, name or path.stem, title or path.stem, measures, ceiling)
    if not len(suite):
        raise DataError(f"{path} has no pairs", hint=f"each line is {', '.join(columns)}, separated by tabs")
    return suite


def pairs_of(
    rows: Sequence[Sequence[str]],
    places: Sequence[int],
    width: int,
    digest: str,
    name: str,
    title: str,
    measures: str = "",
    ceiling: float | None = None,
) -> PairSuite:
    words, pairs, scores, invalid = WordNumbers(), [], [], 0
    for number, row in enumerate(rows):
        fields = [part.strip() for part in row]
        score = number_of(fields[places[2]]) if len(fields) == width else None
        if score is not None and fields[places[0]] and fields[places[1]]:
            pairs.append(words.of((fields[places[0]], fields[places[1]])))
            scores.append(score)
        else:
            invalid += number > 0
    return PairSuite(
        name=name,
        title=title,
        sha256=digest,
        words=words.words,
        pairs=np.array(pairs, dtype=np.int64).reshape(-1, 2),
        scores=np.array(scores, dtype=np.float64),
        invalid=invalid,
        measures=measures,
        ceiling=ceiling,
    )


def read_categories(
    path: Path, name: str = "", title: str = "", encoding: str = "utf-8", *, suffix: str = ""
) -> CategorySuite:
    """Words and their categories: columns `word` and `category` (or `class`), separated by commas or tabs.

    `suffix` (a part of speech, as `_N`) is taken off the words. Empty words, which stand in published copies, are left
    out in silence; a word that comes twice is counted as invalid. Raises `DataError` where a column is missing.
    """
    digest, lines = lines_of(path, encoding)
    text = [line for _, line in lines if line.strip()]
    rows = _table(path, text, "\t" if text and "\t" in text[0] else ",")
    names = next(rows, [])
    column = next((name for name in ("category", "class") if name in names), None)
    if column is None or "word" not in names:
        raise DataError(f"{path} has no columns word and category", hint="its first line names the columns")
    found: dict[str, str] = {}
    invalid = 0
    for row in rows:
        fields = dict(zip(names, row, strict=False))
        word = fields.get("word", "").strip().removesuffix(suffix)
        category = fields.get(column, "").strip()
        if word:
            invalid += word in found or not category
            if category:
                found.setdefault(word, category)
    numbers = WordNumbers()
    category_of = numbers.of(found.values())
    return CategorySuite(
        name=name or path.stem,
        title=title or path.stem,
        sha256=digest,
        words=tuple(found),
        categories=numbers.words,
        category_of=np.array(category_of, dtype=np.int64),
        invalid=invalid,
    )


def read_outlier_lists(path: Path, name: str, title: str, encoding: str = "utf-8") -> OutlierSuite:
    """Topics as the csv of the 8-8-8 set has them: columns category, outliers, words, two as Python prints lists.

    Empty strings, of which the published copy has one a topic, are left out. Raises `DataError` where a column is
    missing, or is no such list.
    """
    digest, lines = lines_of(path, encoding)
    rows = _table(path, [line for _, line in lines if line.strip()], ",")
    names = next(rows, [])
    topics: dict[str, list[list[str]]] = {}
    for row in rows:
        fields = dict(zip(names, row, strict=False))
        sides = [_listed(fields.get(column, "")) for column in ("words", "outliers")]
        if not all(sides):
            raise DataError(
                f"{path}: topic {len(topics) + 1} ({' '.join(row)[:40]!r}) has no lists of words and outliers",
                hint="its columns are category, outliers, words, the last two as ['a', 'b']",
            )
        topics[fields.get("category", "")] = sides
    if not topics:
        raise DataError(f"{path} has no topics", hint="its first line names the columns category, outliers, words")
    return outliers_of(topics, 0, digest, name, title)


def _table(path: Path, lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """Rows of a csv file. Raises `DataError` for a field that no such file has."""
    rows = csv.reader(lines, delimiter=delimiter)
    try:
        yield from rows
    except csv.Error as error:
        raise DataError(f"{path}, row {rows.line_num:,}: {error}", hint="check the quotes and the columns") from error


def _listed(text: str) -> list[str]:
    """The strings of a list as Python prints it, without running Python; those that are empty left out."""
    if not LISTED.fullmatch(text):
        return []
    found = (ESCAPED.sub(r"\1", single or double) for single, double in QUOTED.findall(text))
    return [word for word in found if word.strip()]


def outliers_of(
    topics: Mapping[str, Sequence[Sequence[str]]], invalid: int, digest: str, name: str, title: str
) -> OutlierSuite:
    words = WordNumbers()
    members, outliers = ([tuple(words.of(lists[side])) for lists in topics.values()] for side in (0, 1))
    return OutlierSuite(name, title, digest, words.words, tuple(topics), tuple(members), tuple(outliers), invalid)


def number_of(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    if "_" in text:  # Python's own notation
        return None
    return value if math.isfinite(value) else None


def lines_of(path: Path, encoding: str) -> tuple[str, Iterator[tuple[int, str]]]:
    """The file's sha256, and its lines with their numbers. Lines end with a line feed alone, whatever Unicode says."""
    data = read_small(path, DataError)
    text = text_of(data, path, DataError, encoding)
    return hashlib.sha256(data).hexdigest(), enumerate(text.split("\n"), start=1)
