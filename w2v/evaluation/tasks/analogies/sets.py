"""Sets of analogies: what one is in memory, and how published files, BATS and a user's own are read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

import numpy as np

from w2v.arrays import I64
from w2v.errors import DataError
from w2v.evaluation.own import GUESSED, Known, OwnChoices
from w2v.evaluation.own_tables import Columns, OwnItems, TableForm, read_table
from w2v.evaluation.reading import WordNumbers, lines_of
from w2v.evaluation.suite import Suite

__all__ = ["AnalogySuite", "read_analogies", "read_bats", "read_own_analogies"]


MOST_SECTIONS = 0.7  # names of sections in a column that is taken for theirs, as a share of the questions


def _no_answers() -> I64:
    return np.empty((0, 2), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class AnalogySuite(Suite):
    """Questions "a is to b as c is to d" in sections.

    words: the distinct words of the set, as they are written there.
    questions: int64 [N, 4], a, b, c, d as numbers of `words`.
    section_of: int64 [N], the section of each question as a number of `sections`.
    groups: names of sections by the name of their group (semantic, syntactic).
    also: int64 [M, 2], further accepted answers: the number of a question, and of a word.
    paired: int64 [P, 2], the pairs of words that the questions are made of, where the set is a list of pairs (BATS);
        else empty. Methods that learn from all pairs of a section need them.
    pair_section: [P], the section of each pair. paired_also: [K, 2], further answers: a pair, a word.
    """

    words: tuple[str, ...]
    questions: I64
    section_of: I64
    sections: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    also: I64 = field(default_factory=_no_answers)
    paired: I64 = field(default_factory=_no_answers)
    pair_section: I64 = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    paired_also: I64 = field(default_factory=_no_answers)
    kind: ClassVar[str] = "analogy"

    def __len__(self) -> int:
        """Return the number of questions."""
        return len(self.questions)


def read_analogies(
    path: Path,
    name: str = "",
    title: str = "",
    groups: Mapping[str, tuple[str, ...]] | None = None,
    encoding: str = "utf-8",
) -> AnalogySuite:
    """Read questions in the form of questions-words.txt: `: section` opens a section, then four words a line.

    A section's name that comes twice is two sections. Raise `DataError` for a file that cannot be decoded, for a
    question before the first section, and for a file without questions.
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
    """Read the Bigger Analogy Test Set (Gladkova, Drozd & Matsuoka 2016): a file a relation, a pair of words a line.

    The second word of a pair may be several, separated by `/`: all are accepted as answers, the first one asks. Every
    pair asks about every other pair of its relation, 50 · 49 questions a relation.
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


def read_own_analogies(path: Path | OwnItems, choices: OwnChoices = GUESSED) -> AnalogySuite:
    """Read a user's questions: four words a line, in whichever columns (`own_tables`).

    Lines `: name` open sections, which are optional; a column may name each question's section, too. `/` separates
    several accepted answers. Raise `DataError` for a file without any question, and for one of which most lines are
    none.
    """
    table = read_table(path, QUESTIONS, choices)
    words, sections = WordNumbers(), WordNumbers()
    questions: list[list[int]] = []
    section_of: list[int] = []
    also: list[tuple[int, int]] = []
    for row in table.rows:
        *asked, answer = (row.fields[role] for role in QUESTIONS.roles)
        a, b, c, *accepted = words.of([*asked, *_answers(answer, asked, choices.known)])
        also += [(len(questions), each) for each in accepted[1:]]
        questions.append([a, b, c, accepted[0]])
        section_of += sections.of([row.fields.get("section") or row.section or path.stem])
    return AnalogySuite(
        name=path.stem,
        title=path.name,
        sha256=table.digest,
        words=words.words,
        questions=np.array(questions, dtype=np.int64),
        section_of=np.array(section_of, dtype=np.int64),
        sections=sections.words,
        invalid=table.failed,
        also=np.array(also, dtype=np.int64).reshape(-1, 2),
        own=replace(table.reading, words=words.words),
    )


def _answers(answer: str, asked: Sequence[str], known: Known) -> list[str]:
    """The accepted answers: several, separated by /, unless / belongs to the words of this question."""
    parts = answer.split("/")
    if len(parts) == 1 or not all(parts) or any("/" in word for word in asked) or known(answer):
        return [answer]
    return parts


def _guessed(columns: Columns) -> dict[str, int] | None:
    """Find the columns of a table without names: four, and a fifth before or behind them if it has few values."""
    found = columns.without_numbers_of_lines(4)
    if len(found) == 4:
        return dict(zip(QUESTIONS.roles, found, strict=True))
    if len(found) != 5:
        return None
    section = min((found[-1], found[0]), key=columns.distinct)
    if columns.distinct(section) > MOST_SECTIONS * len(columns.rows):
        return None
    found.remove(section)
    return {**dict(zip(QUESTIONS.roles, found, strict=True)), "section": section}


QUESTIONS = TableForm(
    "questions",
    ("word1", "word2", "word3", "word4"),
    _guessed,
    "four words: a is to b as c is to d",
    optional=("section",),
    sections=True,
    notation=re.compile(r"\s*{0}\s*:\s*{0}\s*::\s*{0}\s*:\s*{0}\s*".format(r"([^:\s](?:[^:]*[^:\s])?)")),  # a:b::c:d
)
