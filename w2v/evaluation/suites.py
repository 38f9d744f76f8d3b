"""Evaluation sets in memory: analogy questions and rated pairs, read from their files. Not here: scoring them.

A set keeps its distinct words once and refers to them by number, so that looking them up in a vocabulary costs one
dictionary access a word, whatever the number of questions.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from w2v.data import Manifest, find, manifest_of
from w2v.errors import DataError

__all__ = [
    "DEFAULT_SUITES",
    "GROUPS",
    "AnalogySuite",
    "PairSuite",
    "Suite",
    "expand",
    "load",
    "read_analogies",
    "read_pairs",
]

GROUPS: Mapping[str, tuple[str, ...]] = {
    "analogies": ("google-analogies",),
    "similarity": ("wordsim353", "simlex999"),
}
DEFAULT_SUITES = ("google-analogies", "wordsim353", "simlex999")
PAIR_COLUMNS = ("word1", "word2", "score")


@dataclass(frozen=True, eq=False)
class AnalogySuite:
    """Questions "a is to b as c is to d" in sections.

    words: the distinct words of the set, as they are written there.
    questions: int64 [N, 4], a, b, c, d as numbers of `words`.
    section_of: int64 [N], the section of each question as a number of `sections`.
    groups: names of sections by the name of their group (semantic, syntactic).
    invalid: lines that are neither a section's name nor four words; they are left out.
    """

    name: str
    title: str
    sha256: str
    words: tuple[str, ...]
    questions: npt.NDArray[np.int64]
    section_of: npt.NDArray[np.int64]
    sections: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    invalid: int = 0

    def __len__(self) -> int:
        return len(self.questions)


@dataclass(frozen=True, eq=False)
class PairSuite:
    """Pairs of words with a person's rating.

    pairs: int64 [N, 2] as numbers of `words`; scores: float64 [N]; invalid: lines that are no pair with a number.
    """

    name: str
    title: str
    sha256: str
    words: tuple[str, ...]
    pairs: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float64]
    invalid: int = 0

    def __len__(self) -> int:
        return len(self.pairs)


Suite = AnalogySuite | PairSuite


class _Numbering:
    """Gives each distinct word a number, in the order in which they come."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def of(self, words: Iterable[str]) -> list[int]:
        return [self.numbers.setdefault(word, len(self.numbers)) for word in words]


def expand(names: Iterable[str]) -> tuple[str, ...]:
    """Names of sets, with groups (`analogies`, `similarity`) replaced by what they hold, each set once."""
    return tuple(dict.fromkeys(suite for name in names for suite in GROUPS.get(name, (name,))))


def load(name: str, data_dir: str | os.PathLike[str] | None = None) -> Suite:
    """The set called `name`, from this computer, its hash checked.

    Raises `DataError` where there is no such set, where it is not an evaluation set, where its file is missing or has
    another hash, and where it does not hold the number of items that its manifest promises.
    """
    manifest = manifest_of(name)
    if manifest.kind == "corpus":
        raise DataError(f"{name} is a corpus, not an evaluation set", hint=f"'w2v train' reads it; {_known_suites()}")
    suite = _read(manifest, find(manifest, data_dir))
    if manifest.items not in (None, len(suite)):
        raise DataError(
            f"{name} has {len(suite):,} items, and its manifest promises {manifest.items:,}",
            hint="the set and its manifest do not belong together: reinstall w2v",
        )
    return suite


def _known_suites() -> str:
    return f"there are {', '.join(DEFAULT_SUITES)} and more in 'w2v data list'"


def _read(manifest: Manifest, path: Path) -> Suite:
    if manifest.kind == "analogy":
        return read_analogies(path, manifest.name, manifest.title, manifest.groups, manifest.encoding)
    return read_pairs(path, manifest.name, manifest.title, manifest.columns or PAIR_COLUMNS, manifest.encoding)


def read_analogies(
    path: Path,
    name: str = "",
    title: str = "",
    groups: Mapping[str, tuple[str, ...]] | None = None,
    encoding: str = "utf-8",
) -> AnalogySuite:
    """Questions in the form of questions-words.txt: `: section` opens a section, then four words a line.

    Raises `DataError` for a file that cannot be decoded, a question before the first section, and a file without any.
    """
    digest, lines = _lines(path, encoding)
    words, sections, questions, section_of, invalid = _Numbering(), [], [], [], 0
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
        words=tuple(words.numbers),
        questions=np.array(questions, dtype=np.int64),
        section_of=np.array(section_of, dtype=np.int64),
        sections=tuple(sections),
        groups=dict(groups or {}),
        invalid=invalid,
    )


def read_pairs(
    path: Path, name: str = "", title: str = "", columns: Sequence[str] = PAIR_COLUMNS, encoding: str = "utf-8"
) -> PairSuite:
    """Rated pairs, separated by tabs; `columns` says which are word1, word2 and score.

    Lines that begin with # are comments, and a first line without a number is a header. Raises `DataError` for a file
    that cannot be decoded, and for one without any pair.
    """
    digest, lines = _lines(path, encoding)
    first, second, rating = (columns.index(column) for column in PAIR_COLUMNS)
    words, pairs, scores, invalid, header = _Numbering(), [], [], 0, True
    for _, line in lines:
        if line.startswith("#") or not line.strip():
            continue
        fields = [part.strip() for part in line.split("\t")]
        score = _number(fields[rating]) if len(fields) == len(columns) else None
        if score is not None:
            pairs.append(words.of((fields[first], fields[second])))
            scores.append(score)
        elif not header:
            invalid += 1
        header = False
    if not pairs:
        raise DataError(f"{path} has no pairs", hint=f"each line is {', '.join(columns)}, separated by tabs")
    return PairSuite(
        name=name or path.stem,
        title=title or path.stem,
        sha256=digest,
        words=tuple(words.numbers),
        pairs=np.array(pairs, dtype=np.int64),
        scores=np.array(scores, dtype=np.float64),
        invalid=invalid,
    )


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _lines(path: Path, encoding: str) -> tuple[str, Iterator[tuple[int, str]]]:
    """The file's sha256, and its lines with their numbers. Lines end with a line feed alone, whatever Unicode says."""
    try:
        data = path.read_bytes()
        text = data.decode(encoding)
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}", hint="check the path") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not {encoding}: byte {error.start:,}", hint="convert it to UTF-8") from error
    return hashlib.sha256(data).hexdigest(), enumerate(text.removeprefix("\ufeff").split("\n"), start=1)
