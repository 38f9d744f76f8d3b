"""Score one set, or several, on vectors that are in memory. The way in from names and files is `evaluating`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from w2v import lazy
from w2v.errors import FormatError, SettingsError
from w2v.evaluation.analogies import evaluate_analogies
from w2v.evaluation.analogy_report import AnalogyReport
from w2v.evaluation.categorization import CategoryReport, evaluate_categories
from w2v.evaluation.conventions import ConventionName, convention_of
from w2v.evaluation.outliers import OutlierReport, evaluate_outliers
from w2v.evaluation.report import Report, SuiteReport
from w2v.evaluation.sets import CategorySuite, OutlierSuite, PairSuite, Suite
from w2v.evaluation.similarity import SimilarityReport, evaluate_pairs
from w2v.evaluation.suites import PROBES
from w2v.machine import one_blas_thread
from w2v.progress import NullProgress, Progress
from w2v.vectors import Vectors

__all__ = ["evaluate_probe", "evaluate_sets", "evaluate_suite"]


def evaluate_sets(
    vectors: Vectors,
    sets: Mapping[str, Suite | None],
    missing: Sequence[str] = (),
    *,
    convention: ConventionName = "w2v",
    restrict_vocab: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """As `evaluate`, on what `gather` found: sets that are in memory by name, None for the probe of that name."""
    reports = {
        name: evaluate_probe(vectors, name, restrict_vocab=restrict_vocab, progress=progress)
        if suite is None
        else evaluate_suite(vectors, suite, convention=convention, restrict_vocab=restrict_vocab, progress=progress)
        for name, suite in sets.items()
    }
    return Report(reports, tuple(dict.fromkeys(missing)), sets, vectors.words, vectors.dim, vectors.record)


def evaluate_probe(
    vectors: Vectors, name: str, *, restrict_vocab: int | None = None, progress: Progress | None = None
) -> SuiteReport:
    """As `evaluate`, by a probe of `suites.PROBES`; it has no convention, and None is all rows."""
    probe = lazy.find(PROBES[name])
    with one_blas_thread():
        report: SuiteReport = probe(vectors, restrict_vocab=restrict_vocab or None, progress=progress or NullProgress())
    return report


def evaluate_suite(
    vectors: Vectors,
    suite: Suite,
    *,
    convention: ConventionName = "w2v",
    restrict_vocab: int | None = None,
    progress: Progress | None = None,
) -> AnalogyReport | SimilarityReport | CategoryReport | OutlierReport:
    """As `evaluate`, on one set that is in memory already. Raises `FormatError` for rows that are not finite."""
    rules = convention_of(convention)
    if restrict_vocab is not None and restrict_vocab < 0:
        raise SettingsError(f"restrict_vocab is {restrict_vocab}", hint="give a number of words, or 0 for no limit")
    broken = int((~np.isfinite(vectors.norms)).sum())
    if broken:
        raise FormatError(
            f"{vectors.name} hold NaN or infinity in {broken:,} of {len(vectors):,} rows",
            hint="remove those rows; --suite geometry names the first of them",
        )
    limit = (rules.restrict_vocab if restrict_vocab is None else restrict_vocab) or None
    with one_blas_thread():
        if isinstance(suite, PairSuite):
            return evaluate_pairs(vectors, suite, rules, limit)
        if isinstance(suite, CategorySuite):
            return evaluate_categories(vectors, suite, rules, limit)
        if isinstance(suite, OutlierSuite):
            return evaluate_outliers(vectors, suite, rules, limit)
        return evaluate_analogies(vectors, suite, rules, limit, progress or NullProgress())
