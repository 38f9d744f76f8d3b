"""Neighbours of words side by side: which words are near in all vector files, and which in one file alone?

Scores say how good vectors are; neighbours show what is different. The words are those that were asked for. Otherwise
a few are taken from each of three bands of frequency, by a hash, so that the choice does not depend on anybody's taste
and is the same for files with the same vocabulary.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from w2v.evaluation.forms import forms_beside
from w2v.evaluation.report import Report
from w2v.evaluation.studies.base import Run, Study, StudyResult
from w2v.report.blocks import Cell, Column, Note, Row, Section, Table
from w2v.report.numbers import NONE
from w2v.report.tables import file_columns, text
from w2v.vectors import Vectors

__all__ = ["STUDY", "Neighbours", "SharedNeighbours", "WordNeighbours"]

TOPN = 10
BANDS = ((100, 1_000), (1_000, 5_000), (5_000, 20_000))  # ranks by frequency
ASKED = 15  # words of a band of which each file tells the neighbours
SHOWN = 3  # words of a band that are shown
SHORTEST = 3  # letters of a word that is chosen
CHOSEN = (
    f"The words are {SHOWN} of each band of frequency (ranks 100 to 1,000, to 5,000, to 20,000), chosen by a hash; "
    "--words chooses others."
)
HOW = f"The {TOPN} nearest words by cosine, the nearest first."


@dataclass(frozen=True)
class WordNeighbours:
    """A word in one vector file: its nearest words with their cosines; empty where it is not in the vocabulary."""

    known: bool
    words: tuple[str, ...] = ()
    cosines: tuple[float, ...] = ()


@dataclass(frozen=True)
class SharedNeighbours:
    """A word in all vector files, by file; common: the neighbours that all files have in which it is known."""

    word: str
    files: Mapping[str, WordNeighbours]
    common: tuple[str, ...]


@dataclass(frozen=True)
class Neighbours(StudyResult):
    """The neighbours of some words in every file. asked: whether somebody chose the words."""

    asked: bool
    words: tuple[SharedNeighbours, ...]

    @property
    def for_pages(self) -> bool:
        """Words that nobody asked for are for pages alone."""
        return not self.asked

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON has it."""
        return asdict(self)

    def section(self, labels: Mapping[str, str]) -> Section | None:
        """Return a row for each word: the neighbours that all files have, and those of each file alone."""
        if not self.words:
            return None
        files = list(self.words[0].files)
        several = len(files) > 1
        rows = tuple(Row((text(each.word), *_cells(each, several=several))) for each in self.words)
        every = (Column("in both" if len(files) == 2 else "in all", numeric=False),) if several else ()
        heads = (column._replace(numeric=False) for column in file_columns(labels[file] for file in files))
        own = (head._replace(title=f"only {head.title}" if several else "neighbours") for head in heads)
        table = Table("Neighbours of words", (Column("word", numeric=False), *every, *own), rows)
        notes = (HOW,) if self.asked else (HOW, CHOSEN)
        return Section("Neighbours side by side", (table, Note((" ".join(notes),))))


def _cells(word: SharedNeighbours, *, several: bool) -> Iterator[Cell]:
    if several:
        yield text(", ".join(word.common) or NONE)
    for own in word.files.values():
        alone = [each for each in own.words if not several or each not in word.common]
        yield text(", ".join(alone) or NONE) if own.known else text("not in the vocabulary", quiet=True)


def words_of_bands(words: Sequence[str]) -> dict[str, int]:
    """Return candidates of each band of frequency, with the number of their band; words: the most frequent first."""

    def order(word: str) -> int:
        return zlib.crc32(word.encode("utf-8", "surrogatepass"))

    found: dict[str, int] = {}
    for band, (low, high) in enumerate(BANDS):
        fitting = [word for word in words[low:high] if word.isalpha() and len(word) >= SHORTEST]
        found |= dict.fromkeys(sorted(fitting, key=order)[:ASKED], band)
    return found


def side_by_side(
    seen: Mapping[str, Mapping[str, WordNeighbours]], words: Sequence[str]
) -> tuple[SharedNeighbours, ...]:
    """Return the neighbours of words, by word; seen: by file, of each word that the file was asked for."""
    return tuple(
        _shared(word, {file: own.get(word, WordNeighbours(False)) for file, own in seen.items()}) for word in words
    )


def _shared(word: str, files: Mapping[str, WordNeighbours]) -> SharedNeighbours:
    known = [own for own in files.values() if own.known]
    common = tuple(each for each in known[0].words if all(each in own.words for own in known)) if known else ()
    return SharedNeighbours(word, files, common if len(known) > 1 else ())


class NeighboursStudy(Study):
    """Neighbours of the words that were asked for; of some words, wherever there are several files."""

    name = "neighbours"

    def applies(self, run: Run) -> bool:
        """Return whether words were asked for, or there are several files and somebody may see them side by side."""
        return bool(run.words) or (len(run.files) > 1 and not run.brief)

    def look(self, run: Run, file: str, vectors: Vectors, report: Report) -> dict[str, WordNeighbours]:
        """Find the neighbours of all words that may be shown."""
        if file not in _shown_files(run):
            return {}
        asked = list(run.words or words_of_bands(vectors.listed_words))
        known = [word for word in asked if word in vectors]
        found = vectors.neighbours_of_each(known, topn=TOPN) if known else []
        own = {}
        for word, near in zip(known, found, strict=True):
            others = [each for each in near if not each.is_input][:TOPN]
            own[word] = WordNeighbours(True, tuple(each.word for each in others), tuple(each.score for each in others))
        return own

    def conclude(self, run: Run, reports: Mapping[str, Report], seen: Mapping[str, Any]) -> Neighbours:
        """Choose the words that all files were asked for, and put the files side by side."""
        files = {file: seen[file] for file in _shown_files(run)}
        words = list(run.words) or _in_all(files, words_of_bands(next(iter(reports.values())).words))
        return Neighbours(bool(run.words), side_by_side(files, list(dict.fromkeys(words))))

    def forms(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return the JSON Schema of the result, and of its parts."""
        own = forms_beside(__file__)
        return own["value"], own["forms"]


def _shown_files(run: Run) -> list[str]:
    """Return the files that stand side by side: of each group of seeds the first one."""
    return [files[0] for files in run.groups.values()] or list(run.files)


def _in_all(files: Mapping[str, Mapping[str, WordNeighbours]], bands: Mapping[str, int]) -> list[str]:
    """Return the first few words of each band that every file was asked for."""
    shared = [word for word in bands if all(word in own for own in files.values())]
    return [word for band in range(len(BANDS)) for word in [each for each in shared if bands[each] == band][:SHOWN]]


STUDY = NeighboursStudy()
