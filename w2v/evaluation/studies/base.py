"""What a study must say of itself: `Study`. A study asks a question of the scores of one file, or of several.

A new study is a file beside this one with a `Study`, and an entry in `registry`. Studies know suites only through their
task and their report. `conventions` is a short example.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Literal

from w2v import lazy
from w2v.errors import SettingsError
from w2v.evaluation.conventions import ConventionName
from w2v.evaluation.report import Report
from w2v.evaluation.studies.registry import STUDIES, Option
from w2v.evaluation.suite import Suite
from w2v.evaluation.tasks.base import Task, task_of
from w2v.progress import NullProgress, Progress
from w2v.report.blocks import Note, Section, Table
from w2v.vectors import Vectors

__all__ = ["Given", "Order", "Run", "Study", "StudyResult", "dims_given", "order_given", "studies", "study_of"]

Given = Vectors | str | os.PathLike[str]
Order = Literal["stored", "pca"]
ORDERS: tuple[Order, ...] = ("stored", "pca")


def dims_given(dims: Sequence[int]) -> tuple[int, ...]:
    """Return numbers of dimensions in ascending order, each once. Raise `SettingsError` for what is no such number."""
    for each in dims:
        if isinstance(each, bool) or not isinstance(each, int) or each < 1:
            raise SettingsError(
                f"{each!r} is no number of dimensions", hint="give numbers from 1 on, as --dims 25,50,100"
            )
    return tuple(sorted(set(dims)))


def order_given(order: str) -> Order:
    """Return the order of columns. Raise `SettingsError` for one that there is not."""
    found = next((each for each in ORDERS if each == order), None)
    if found is None:
        raise SettingsError(f"there is no order {order!r}", hint=f"choose {' or '.join(ORDERS)}")
    return found


@dataclass(frozen=True)
class Run:
    """What is evaluated, and how.

    files: vectors or their paths, by name. own: the names of a user's own sets. rows: arguments of `formats.read` that
    say what rows of the files are read. groups: the names of the files of each group of seeds. words: whose neighbours
    are shown. dims: which numbers of first columns are scored as vectors of their own, ascending; order: of these
    columns. brief: what stands on pages alone is not needed. left_out: sets of another
    language, which are not in `sets`. notes: what to say of languages. asked: the studies that somebody asked for.
    """

    files: Mapping[str, Given]
    sets: Mapping[str, Suite]
    own: Collection[str] = ()
    convention: ConventionName = "w2v"
    restrict_vocab: int | None = None
    data_dir: str | os.PathLike[str] | None = None
    rows: Mapping[str, Any] = field(default_factory=dict)
    progress: Progress = field(default_factory=NullProgress)
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    words: Sequence[str] = ()
    dims: Sequence[int] = ()
    order: Order = "stored"
    brief: bool = False
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    asked: Collection[str] = ()

    def tasks(self) -> dict[str, Task[Any, Any]]:
        """Return the task of each set."""
        return {name: task_of(suite.kind) for name, suite in self.sets.items()}


class StudyResult(ABC):
    """What a study found: a frozen dataclass from which every output is made.

    comes_first: its section stands before those of the suites. for_pages: its section stands at the end of pages, and
    not in the terminal. cites: keys of `w2v.data.references`.
    """

    comes_first: ClassVar[bool] = False
    cites: ClassVar[tuple[str, ...]] = ()

    @property
    def for_pages(self) -> bool:
        """Whether the section is for pages alone."""
        return False

    @abstractmethod
    def to_dict(self) -> Any:
        """Return the result as JSON has it, under `studies` and the name of the study."""

    @abstractmethod
    def section(self, labels: Mapping[str, str]) -> Section | None:
        """Return the result as a section of a document; None where there is nothing to show.

        labels: short names of the files, by path.
        """

    def verdicts(self, labels: Mapping[str, str]) -> Sequence[str]:
        """Return what the result says, in sentences.

        labels: as in `section`.
        """
        return ()

    def flat_rows(self) -> list[dict[str, Any]]:
        """Return flat rows for CSV and data frames, each with the keys "vectors", "suite" and "level"."""
        return []

    def paper(self) -> tuple[Table, tuple[Note, ...]] | None:
        """Return the one table that a paper can use, and how it is read; None where the study has none."""
        return None

    def groups(self) -> Mapping[str, Sequence[str]]:
        """Return the files of each group of seeds, where the result is of such groups.

        Its section then takes the place of the scores of single files.
        """
        return {}

    def summaries(self) -> Sequence[str]:
        """Return the last lines of a document, where the study has others than the scores of each file."""
        return ()

    def surely_best(self) -> Mapping[str, str]:
        """Return, by suite, the file or group that is better than every other one by a test, if there is one."""
        return {}

    def failure(self) -> tuple[str, str] | None:
        """Return why `w2v eval` should end with exit code 3, and the hint; None where all is well."""
        return None


class Study(ABC):
    """A question that is asked of scores.

    name: its name in `registry.STUDIES` and in results. replaces: studies that are not done beside this one.
    keeps_vectors: whether the study needs the vectors of all files in memory at once.
    """

    name: ClassVar[str]
    replaces: ClassVar[tuple[str, ...]] = ()
    keeps_vectors: ClassVar[bool] = False

    @property
    def option(self) -> Option | None:
        """The option of `w2v eval` that asks for the study."""
        return STUDIES[self.name].option

    def applies(self, run: Run) -> bool:
        """Return whether the study is done although nobody asked for it."""
        return False

    def check(self, run: Run) -> None:
        """Raise `SettingsError` where the study cannot be done, before any vectors are read."""
        return

    def check_vectors(self, vectors: Mapping[str, Vectors], progress: Progress) -> None:
        """Raise `SettingsError` where vectors do not fit the study, before they are scored; if `keeps_vectors`."""
        return

    def check_file(self, run: Run, file: str, vectors: Vectors) -> None:
        """Raise `SettingsError` where the vectors of a file do not fit the study, before they are scored."""
        return

    def look(self, run: Run, file: str, vectors: Vectors, report: Report) -> Any:
        """Look at one file while its vectors are in memory. What is returned is passed to `conclude`."""
        return None

    @abstractmethod
    def forms(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return the JSON Schema of the result, and those of the forms that the result refers to, by name."""

    @abstractmethod
    def conclude(self, run: Run, reports: Mapping[str, Report], seen: Mapping[str, Any]) -> StudyResult | None:
        """Return the result, or None where it turned out that there is nothing to say.

        reports: of every file; seen: what `look` returned for each file.
        """


@cache
def _found(place: str) -> Study:
    study: Study = lazy.find(place)
    return study


def study_of(name: str) -> Study:
    """Return the study of that name."""
    return _found(STUDIES[name].place)


def studies() -> Mapping[str, Study]:
    """Return every study, by its name."""
    return {name: _found(listed.place) for name, listed in STUDIES.items()}
