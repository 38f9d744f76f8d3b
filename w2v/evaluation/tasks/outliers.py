"""Outliers: which of nine words does not belong with the others? A whole kind of suite.

Camacho-Collados & Navigli (2016): each outlier of a topic joins the topic's words in turn, and the words are ranked by
how close the others are to each other without them. The outlier should come last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from w2v.arrays import F32, F64, I64, Flags
from w2v.data.manifest import Manifest
from w2v.errors import DataError
from w2v.evaluation.conventions import Convention
from w2v.evaluation.lookup import RowFinder
from w2v.evaluation.own import GUESSED, Known, OwnChoices, OwnReading, Tally
from w2v.evaluation.own_tables import (
    COMMENT,
    Columns,
    OwnItems,
    TableForm,
    columns_named,
    own_text,
    read_table,
    split_words,
)
from w2v.evaluation.protocol import Protocol
from w2v.evaluation.reading import WordNumbers, lines_of, table_rows
from w2v.evaluation.report import Score
from w2v.evaluation.showing import flags, rounded
from w2v.evaluation.statistics import Paired, clustered_interval, paired_means
from w2v.evaluation.suite import Suite
from w2v.evaluation.tasks.scored import ScoredReport, ScoredTask
from w2v.progress import Progress
from w2v.report.blocks import ItemsColumn
from w2v.vectors import Vectors

__all__ = ["TASK", "OutlierReport", "OutlierSuite", "evaluate_outliers", "read_outlier_lists", "read_own_outliers"]

LEAST_MEMBERS = 2
LEAST_OUTLIERS = 20  # the published sets are small; what the interval says of them is wide
EXAMPLE = """fruit: pear plum fig | saw cat
tools: saw drill hammer | plum dog
animals: cat dog cow | fig drill
pets: cat dog | hammer pear
farm: cow horse pig | drill fig
"""
QUOTED = re.compile(r"""'((?:[^'\\]|\\.)*+)'|"((?:[^"\\]|\\.)*+)\"""")
LISTED = re.compile(rf"\s*\[(?:\s*+(?:{QUOTED.pattern})\s*+,?)*+\s*\]\s*")
ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, eq=False)
class OutlierSuite(Suite):
    """Topics: words that belong together, and words of which none belongs to them, as numbers of `words`."""

    words: tuple[str, ...]
    topics: tuple[str, ...]
    members: tuple[tuple[int, ...], ...]
    outliers: tuple[tuple[int, ...], ...]
    kind: ClassVar[str] = "outliers"

    def __len__(self) -> int:
        """Return the number of outliers."""
        return sum(map(len, self.outliers))


@dataclass(frozen=True)
class OutlierReport(ScoredReport):
    """How well vectors find the word that does not belong.

    accuracy: the share of outliers that come last. opp: their mean position, 1 being the last. members_missing: words
    of the topics that are not in the vocabulary. positions: float64 [N], of each outlier, NaN where it was not scored.
    topic_of: int64 [N].
    """

    accuracy: float | None
    opp: float | None
    members_missing: int
    positions: F64 = field(repr=False, compare=False)
    topic_of: I64 = field(repr=False, compare=False)
    kind: ClassVar[str] = "outliers"
    score_title: ClassVar[str] = "accuracy"
    beside_title: ClassVar[str] = "OPP"
    as_percent: ClassVar[bool] = True
    items: ClassVar[str] = "outliers"
    in_rows: ClassVar[tuple[str, ...]] = ("members_missing",)
    least: ClassVar[int] = LEAST_OUTLIERS

    @property
    def scores(self) -> dict[str, float | None]:
        """Accuracy and OPP."""
        return {"accuracy": self.accuracy, "opp": self.opp}

    def details(self) -> dict[str, Any]:
        """Return what the JSON of only this kind has."""
        return {"members_missing": self.members_missing}


class OutlierTask(ScoredTask[OutlierSuite, OutlierReport]):
    """Outliers as a kind of suite."""

    kind = "outliers"
    title = "Outliers"
    example = EXAMPLE
    composes = True
    every = "outlier"
    grouped_by = "topic"

    def read(self, manifest: Manifest, path: Path) -> OutlierSuite:
        """Read a published set."""
        return read_outlier_lists(path, manifest.name, manifest.title, manifest.encoding)

    def read_own(self, path: Path | OwnItems, choices: OwnChoices = GUESSED) -> OutlierSuite:
        """Read a user's own topics."""
        return read_own_outliers(path, choices)

    def evaluate(
        self, vectors: Vectors, suite: OutlierSuite, rules: Convention, limit: int | None, progress: Progress
    ) -> OutlierReport:
        """Find the outliers."""
        return evaluate_outliers(vectors, suite, rules, limit)

    def unscored(self, suite: OutlierSuite, report: OutlierReport) -> list[str]:
        """Return the outliers that could not be placed, with their topics."""
        outliers = [number for topic in suite.outliers for number in topic]
        missing = np.flatnonzero(~np.isfinite(report.positions)).tolist()
        return [f"{suite.words[outliers[at]]} in {suite.topics[report.topic_of[at]]}" for at in missing]

    def words_of_items(self, suite: OutlierSuite) -> tuple[Sequence[str], I64]:
        """Return the words of the set, and the word of each outlier: an item is as rare as its outlier."""
        outliers = [number for topic in suite.outliers for number in topic]
        return suite.words, np.array(outliers, dtype=np.int64).reshape(-1, 1)

    def score_of(self, suite: OutlierSuite, report: OutlierReport, chosen: Flags) -> Score:
        """Return accuracy on some of the outliers."""
        scored = chosen & np.isfinite(report.positions)
        last, number = report.positions == 1.0, int(scored.sum())
        topics = len(suite.topics)
        right, asked = (np.bincount(report.topic_of[some], minlength=topics) for some in (scored & last, scored))
        value = float(last[scored].mean()) if number else None
        interval = clustered_interval(right, asked)
        return replace(report.primary, value=value, interval=interval, scored=number, total=number)

    def paired(self, reports: Sequence[OutlierReport]) -> Paired | None:
        """Compare accuracy on the outliers that all files score; topics are drawn."""
        last = [np.where(np.isfinite(each.positions), each.positions == 1.0, np.nan) for each in reports]
        return paired_means("accuracy", last, reports[0].topic_of)

    def questions(self, asked: OutlierSuite) -> Iterator[ItemsColumn]:
        """Yield the topic and the outlier of each item."""
        topics = [name for name, topic in zip(asked.topics, asked.outliers, strict=True) for _ in topic]
        yield ItemsColumn("topic", "word", topics)
        yield ItemsColumn("outlier", "word", [asked.words[number] for topic in asked.outliers for number in topic])

    def outcomes(self, asked: OutlierSuite, report: OutlierReport) -> Iterator[ItemsColumn]:
        """Yield whether each outlier was found, and its place among the topic's words."""
        yield ItemsColumn("found", "mark", flags(report.positions == 1, np.isfinite(report.positions)))
        yield ItemsColumn("place (1 is last)", "number", rounded(report.positions, 3), 3)


TASK = OutlierTask()


def read_outlier_lists(path: Path, name: str, title: str, encoding: str = "utf-8") -> OutlierSuite:
    """Read topics as the csv of the 8-8-8 set has them: columns category, outliers, words, two as Python prints lists.

    Empty strings, of which the published copy has one a topic, are left out. Raise `DataError` where a column is
    missing, or is no such list.
    """
    digest, lines = lines_of(path, encoding)
    rows = table_rows(path, [line for _, line in lines if line.strip()], ",")
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
    return _outliers_of(topics, 0, digest, name, title)


def read_own_outliers(path: Path | OwnItems, choices: OwnChoices = GUESSED) -> OutlierSuite:
    """Read a user's topics, one a line: `name: word word word | outlier outlier`; the name may be left out.

    Tabs, semicolons, commas or white space separate the words. A table whose first line names the columns words and
    outliers (and category), in any order, is read too: its lists as Python prints them, or as in the lines above. Raise
    `DataError` for a file without any topic of two words and an outlier, and for one of which most lines are none.
    """
    digest, lines = ("", []) if isinstance(path, OwnItems) else own_text(path)
    if isinstance(path, OwnItems) or choices.columns or (lines and _names_columns(lines[0][1])):
        table = read_table(path, TOPICS, choices)
        digest = table.digest
        tally, topics, reading = Tally(table.reading.unit), dict[str, list[list[str]]](), table.reading
        for row in table.rows:
            sides = [_listed(row.fields[role]) or split_words(row.fields[role], choices.known) for role in TOPICS.roles]
            _add(topics, tally, row.number, ", ".join(row.fields.values()), row.fields.get("topic", ""), sides)
        tally.check(path, TOPICS.items, TOPICS.hint, choices)
        failed = table.failed + tally.failed
        reading = replace(reading, lines_used=tally.used, not_used=(*reading.not_used, *tally.not_used))
    else:
        tally, topics = _topics(lines, choices.known)
        tally.check(path, TOPICS.items, f"each line is {TOPICS.line}", choices)
        failed, reading = tally.failed, OwnReading(tally.used, tally.not_used)
    suite = _outliers_of(topics, failed, digest, path.stem, path.name)
    return replace(suite, own=replace(reading, words=suite.words))


def _names_columns(line: str) -> bool:
    names = re.split(r"[\t;,|]", line) if len(line) < 1000 else []
    return set(TOPICS.roles) <= set(columns_named(TOPICS, names))


def _topics(lines: Sequence[tuple[int, str]], known: Known) -> tuple[Tally, dict[str, list[list[str]]]]:
    """Read topics that are no table, line by line."""
    tally, topics = Tally(), dict[str, list[list[str]]]()
    for number, line in lines:
        name, rest = _name_of(line, known)
        sides = [split_words(side, known) for side in _sides(rest, known)]
        begun = line.split()[0]
        if line.startswith("#") and not (len(sides) == 2 and known(begun) and len(begun) > 1):
            tally.leave(COMMENT, number, line)
        else:
            _add(topics, tally, number, line, name, sides)
    return tally, topics


def _add(
    topics: dict[str, list[list[str]]], tally: Tally, number: int, line: str, name: str, sides: list[list[str]]
) -> None:
    if len(sides) != 2:
        tally.fail("has no single bar between the words and the outliers", number, line)
    elif len(sides[0]) < LEAST_MEMBERS or not sides[1]:
        tally.fail("has fewer than two words, or no outlier", number, line)
    else:
        topics[name if name and name not in topics else f"{name} {tally.unit} {number}".strip()] = sides
        tally.used += 1


def _name_of(line: str, known: Known) -> tuple[str, str]:
    """The name of a topic, up to the last colon before white space that does not end a word; and what is behind it."""
    ends = [found.end() for found in re.finditer(r"(?<!\S)\S*:(?=\s)", line) if not known(found[0])]
    bar = line.find("|")
    end = next((end for end in reversed(ends) if bar < 0 or end <= bar), 0)
    return line[: max(0, end - 1)].strip(), line[end:]


def _sides(text: str, known: Known) -> list[str]:
    """The words and the outliers: what stands before and after the bar that stands alone, or else the only bar."""
    alone = re.split(r"(?<!\S)\|(?!\S)", text)
    if len(alone) == 2:
        return alone
    words = [word for word in text.split() if "|" in word and not known(word)]
    if len(alone) == 1 and len(words) == 1 and words[0].count("|") == 1:
        before, found, after = text.partition(words[0])
        first, _, second = found.partition("|")
        return [f"{before}{first}", f"{second}{after}"]
    return [text]


def _unguessed(columns: Columns) -> None:
    """Guess nothing: a topic needs names of columns."""


TOPICS = TableForm(
    "topics", ("words", "outliers"), _unguessed, "'name: word word word | outlier outlier'", optional=("topic",)
)


def _outliers_of(
    topics: Mapping[str, Sequence[Sequence[str]]], invalid: int, digest: str, name: str, title: str
) -> OutlierSuite:
    words = WordNumbers()
    members, outliers = ([tuple(words.of(lists[side])) for lists in topics.values()] for side in (0, 1))
    return OutlierSuite(
        name, title, digest, words.words, tuple(topics), tuple(members), tuple(outliers), invalid=invalid
    )


def _listed(text: str) -> list[str]:
    """Return the strings of a list as Python prints it, without running Python; empty strings are left out."""
    if not LISTED.fullmatch(text):
        return []
    found = (ESCAPED.sub(r"\1", single or double) for single, double in QUOTED.findall(text))
    return [word for word in found if word.strip()]


def evaluate_outliers(vectors: Vectors, suite: OutlierSuite, rules: Convention, limit: int | None) -> OutlierReport:
    """Return accuracy (the outlier comes last) and OPP, the mean position of the outlier as a share of the last.

    Words of a topic that are not in the vocabulary are left out; an outlier is scored if it is in the vocabulary, and
    at least two words of its topic are. The interval is by topics, because outliers of a topic share eight words.
    `limit` as in `evaluate_pairs`.
    """
    row_of = RowFinder(vectors.listed_words, limit, rules, phrases=suite.own is not None).rows(suite.words)
    positions = np.full(len(suite), np.nan)
    topic_of = np.repeat(np.arange(len(suite.topics)), [len(each) for each in suite.outliers])
    number = missing = 0
    for members, outliers in zip(suite.members, suite.outliers, strict=True):
        rows = row_of[list(members)]
        known = rows[rows >= 0]
        missing += len(rows) - len(known)
        for outlier in outliers:
            row = row_of[outlier]
            if row >= 0 and len(known) >= LEAST_MEMBERS:
                positions[number] = _position(vectors.units[known], vectors.units[row])
            number += 1
    scored = np.isfinite(positions)
    last = positions == 1.0
    right, asked = (np.bincount(topic_of[flags], minlength=len(suite.topics)) for flags in (last, scored))
    return OutlierReport(
        suite=suite.name,
        title=suite.title,
        protocol=Protocol.of(
            rules,
            suite,
            limit,
            len(vectors),
            method="compactness of the others, by cosines",
            unknown="unknown outliers are skipped, unknown words of a topic left out",
        ),
        accuracy=float(last[scored].mean()) if scored.any() else None,
        interval=clustered_interval(right, asked),
        opp=float(positions[scored].mean()) if scored.any() else None,
        scored=int(scored.sum()),
        total=len(suite),
        members_missing=missing,
        positions=positions,
        topic_of=topic_of,
    )


def _position(members: F32, outlier: F32) -> float:
    """Return the outlier's position among the words, as a share of the last: 0..1.

    Words are ranked by how compact the others are without them, the most compact last: a word that is least like all
    others, by its sum of cosines, comes last. Of equal words the outlier comes first, so that identical vectors do not
    find it.
    """
    words = np.vstack([members, outlier]).astype(np.float64)
    likeness = words @ words.T
    closeness = likeness.sum(axis=1) - np.diag(likeness)
    return float((closeness[:-1] > closeness[-1]).sum() / len(members))
