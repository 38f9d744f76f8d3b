"""Score one set, or several, on vectors that are in memory. The way in from names and files is `evaluating`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from w2v.errors import FormatError
from w2v.evaluation.conventions import ConventionName, convention_of
from w2v.evaluation.language import called, guess_language
from w2v.evaluation.lookup import RowFinder
from w2v.evaluation.own import OwnUse
from w2v.evaluation.report import Report, SuiteReport
from w2v.evaluation.suite import Suite
from w2v.evaluation.tasks.base import task_of
from w2v.given import number_given
from w2v.machine import one_blas_thread
from w2v.progress import NullProgress, Progress
from w2v.vectors import Vectors

R = TypeVar("R", bound=SuiteReport)
HARDLY_ANY = 0.1  # of the items of a set

__all__ = ["evaluate_sets", "evaluate_suite", "with_language"]


def evaluate_sets(
    vectors: Vectors,
    sets: Mapping[str, Suite],
    missing: Sequence[str] = (),
    *,
    convention: ConventionName = "w2v",
    restrict_vocab: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """Score vectors on the sets that `suites.gather` found, by name; missing: what it did not find."""
    reports = {
        name: evaluate_suite(vectors, suite, convention=convention, restrict_vocab=restrict_vocab, progress=progress)
        for name, suite in sets.items()
    }
    guess = guess_language(vectors.listed_words)
    return Report(
        reports,
        tuple(dict.fromkeys(missing)),
        sets,
        vectors.listed_words,
        vectors.dim,
        vectors.record,
        language="" if guess is None else guess.code,
    )


def evaluate_suite(
    vectors: Vectors,
    suite: Suite,
    *,
    convention: ConventionName = "w2v",
    restrict_vocab: int | None = None,
    progress: Progress | None = None,
) -> SuiteReport:
    """Score vectors on one set, by the rules of a convention.

    restrict_vocab: look at the first so many rows only; None for the convention's own limit, 0 for none. A measure
    knows no convention: None is all rows for it. Raise `FormatError` for rows that are not finite, but for measures.
    """
    task, rules = task_of(suite.kind), convention_of(convention)
    if restrict_vocab is not None:
        number_given("restrict_vocab", restrict_vocab, 0, "give a number of words, or 0 for no limit")
    is_measure = task.listed.is_measure
    if not is_measure:
        _check_finite(vectors)
    own_limit = None if is_measure else rules.restrict_vocab
    limit = (own_limit if restrict_vocab is None else restrict_vocab) or None
    with one_blas_thread():
        report: SuiteReport = task.evaluate(vectors, suite, rules, limit, progress or NullProgress())
    report = with_language(report, suite, vectors)
    if suite.own is None:
        return report
    rows = RowFinder(vectors.listed_words, limit, rules, phrases=True).rows(suite.own.words)
    unknown = tuple(word for word, row in zip(suite.own.words, rows, strict=True) if row < 0)
    return replace(report, own=OwnUse(suite.own, unknown, tuple(task.unscored(suite, report)), report.items))


def with_language(report: R, suite: Suite, vectors: Vectors) -> R:
    """Return a report that says of which language its set is, and whether the vectors may be of another.

    They may be where their frequent words show another language, or show none and hardly any item is scored.
    """
    if not suite.language:
        return report
    guess, known = guess_language(vectors.listed_words), report.metrics().get(f"{report.suite}.coverage")
    same = known is None or known >= HARDLY_ANY if guess is None else guess.code == suite.language
    if same:
        return replace(report, language=suite.language)
    own = task_of(suite.kind).listed.own_file
    cure = f"use {own.flag} FILE for other languages" if own else "use lists of your own for other languages"
    return replace(report, language=suite.language, foreign=f"the set is {called(suite.language)}: {cure}")


def _check_finite(vectors: Vectors) -> None:
    broken = int((~np.isfinite(vectors.norms)).sum())
    if broken:
        raise FormatError(
            f"{vectors.name} hold NaN or infinity in {broken:,} of {len(vectors):,} rows",
            hint="remove those rows; --suite geometry names the first of them",
        )
