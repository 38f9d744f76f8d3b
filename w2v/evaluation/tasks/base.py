"""What a kind of suite must say of itself: `Task`. Studies and commands know kinds only through it.

A new kind is a file beside this one with a `Task`, and an entry in `registry`. `similarity` is a short example.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from inspect import getfile
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from w2v import lazy
from w2v.arrays import I64, Flags
from w2v.data.manifest import Manifest
from w2v.evaluation.conventions import Convention
from w2v.evaluation.forms import forms_beside
from w2v.evaluation.own import GUESSED, OwnChoices
from w2v.evaluation.own_tables import OwnItems
from w2v.evaluation.report import Score, SuiteReport
from w2v.evaluation.showing import Shown
from w2v.evaluation.statistics import Paired
from w2v.evaluation.suite import Suite
from w2v.evaluation.tasks.registry import TASKS, Listed
from w2v.progress import NullProgress, Progress
from w2v.report.blocks import Section
from w2v.vectors import Vectors

__all__ = ["BesideGensim", "GridRow", "Task", "task_of", "tasks"]

S = TypeVar("S", bound=Suite)
R = TypeVar("R", bound=SuiteReport)


@dataclass(frozen=True)
class GridRow:
    """A score among the first `vocabulary` words: by w2v's rules, and with one of them changed at a time.

    allowing_inputs: the words of a question may answer it; unknown_wrong: questions with unknown words count as wrong;
    unnormalised: of the vectors as they are, the largest inner product answers.
    """

    suite: str
    vocabulary: int
    scored: int
    total: int
    accuracy: float | None
    allowing_inputs: float | None
    unknown_wrong: float | None
    unnormalised: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON has it."""
        return asdict(self)


@dataclass(frozen=True)
class BesideGensim:
    """One line of figures, w2v's and gensim's, in the order of `names`."""

    suite: str
    name: str
    names: tuple[str, ...]
    ours: tuple[float | None, ...]
    gensim: tuple[float | None, ...]

    @property
    def equal(self) -> bool:
        """Whether counts are alike, and correlations nearer than 1e-6."""
        return all(
            mine == theirs or (mine is not None and theirs is not None and abs(mine - theirs) <= 1e-6)
            for mine, theirs in zip(self.ours, self.gensim, strict=True)
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the line as JSON has it."""
        return {**asdict(self), "equal": self.equal}


class Task(ABC, Generic[S, R]):
    """A kind of suite: how its sets are read, how vectors are scored on them, how results are compared and shown.

    kind: its name in `registry.TASKS`, in manifests and in results. title: the heading of its suites in a report.
    example: a small file of a user's own, for documentation and tests, where the kind reads such files. has_grid:
    whether `grid` can score its sets by the conventions of papers. cites: the works that its scores and intervals are
    from, by their keys in `w2v/data/references.toml`. gensim_scores_it: whether gensim has an evaluator
    for it. composes: unknown words of its sets are also scored composed. asks_other_vectors: whether the answers are
    words of a second file (`Suite.answered_by`).
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    example: ClassVar[str] = ""
    has_grid: ClassVar[bool] = False
    cites: ClassVar[tuple[str, ...]] = ()
    gensim_scores_it: ClassVar[bool] = False
    composes: ClassVar[bool] = False
    asks_other_vectors: ClassVar[bool] = False

    @property
    def listed(self) -> Listed:
        """The entry of the kind in the registry."""
        return TASKS[self.kind]

    @abstractmethod
    def evaluate(self, vectors: Vectors, suite: S, rules: Convention, limit: int | None, progress: Progress) -> R:
        """Score the first `limit` rows (None: all) of `vectors` on a set, by the rules of a convention."""

    @abstractmethod
    def sections(self, suites: Sequence[Shown[R, S]]) -> Iterable[Section]:
        """Return the sections of a document on some suites of this kind."""

    def forms(self) -> Mapping[str, Any]:
        """Return the JSON Schemas of results, by name; that of a report has the name of the kind.

        They lie beside the module of the task, in a file of its name that ends in .schema.json.
        """
        return forms_beside(getfile(type(self)))

    def read(self, manifest: Manifest, path: Path) -> S:
        """Read a published set: the file at `path`, as its manifest describes it."""
        raise NotImplementedError

    def read_own(self, path: Path | OwnItems, choices: OwnChoices = GUESSED) -> S:
        """Read a user's own file or items, and say in `Suite.own` how they were read (`own_tables` reads tables).

        Raise `DataError`, with what a line should look like, where it holds no item.
        """
        raise NotImplementedError

    def unscored(self, suite: S, report: R) -> Sequence[str]:
        """Return the items of a set that were not scored, as they are written; the set is a user's own."""
        return ()

    def words_of_items(self, suite: S) -> tuple[Sequence[str], I64] | None:
        """Return the distinct words of a set, and the words of each item as numbers of these, [N, k].

        Return None where items have no words of their own, as in a measure: then nothing is said about rare words.
        """
        return None

    def score_of(self, suite: S, report: R, chosen: Flags) -> Score | None:
        """Return the score on some of the items, chosen [N], as `SuiteReport.primary` is the score on all of them.

        `Score.total` counts those of the chosen items that were scored. Only for kinds with `words_of_items`.
        """
        return None

    def measure(self, data_dir: str | os.PathLike[str] | None) -> S:
        """Return what a measure asks of vectors, if the registry lists the kind as one."""
        raise NotImplementedError

    def score_names(self, suite: S, rules: Convention) -> Sequence[str]:
        """Return what the scores of a set are called: those of vectors that have none of its words."""
        nothing = Vectors(["\0"], [[0.0]])
        return list(self.evaluate(nothing, suite, rules, None, NullProgress()).metrics())

    def paired(self, reports: Sequence[R]) -> Paired | None:
        """Score the items that all reports share, resampled together; None where nothing can be paired."""
        return None

    def paired_parts(self, reports: Sequence[R]) -> Mapping[str, Paired]:
        """Return the same for each part of a set that has a score of its own, as the sections of analogies, by name."""
        return {}

    def grid(self, vectors: Vectors, suite: S, progress: Progress) -> Sequence[GridRow]:
        """Score a set by the conventions of papers, side by side, if `has_grid`."""
        raise NotImplementedError

    def beside_gensim(self, keyed: Any, report: R, path: Path) -> Sequence[BesideGensim]:
        """Return a report by gensim's rules beside gensim's own figures, if `gensim_scores_it`.

        keyed: the vectors as gensim's KeyedVectors. path: the file of the set.
        """
        raise NotImplementedError


@cache
def _found(place: str) -> Task[Any, Any]:
    task: Task[Any, Any] = lazy.find(place)
    return task


def task_of(kind: str) -> Task[Any, Any]:
    """Return the task of a kind of suite."""
    return _found(TASKS[kind].place)


def tasks() -> Mapping[str, Task[Any, Any]]:
    """Return every task, by its kind."""
    return {kind: _found(listed.place) for kind, listed in TASKS.items()}
