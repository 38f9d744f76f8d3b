"""Scores with their protocols: analogies and rated pairs, by w2v's rules or to the letter of another tool's.

Not here: reading vectors (w2v.formats) and printing (w2v.cli). `evaluate` is the way in; `reference` runs gensim's own
evaluators for comparison, and is imported only when it is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import numpy as np

from w2v import formats, lazy
from w2v.errors import FormatError, SettingsError
from w2v.evaluation.analogies import evaluate_analogies
from w2v.evaluation.analogy_report import AnalogyReport, Tally
from w2v.evaluation.categorization import CategoryReport, evaluate_categories
from w2v.evaluation.conventions import ConventionName, convention_of
from w2v.evaluation.outliers import OutlierReport, evaluate_outliers
from w2v.evaluation.protocol import Protocol
from w2v.evaluation.report import Report, SuiteReport
from w2v.evaluation.sets import AnalogySuite, CategorySuite, OutlierSuite, PairSuite, Suite
from w2v.evaluation.similarity import SimilarityReport, evaluate_pairs
from w2v.evaluation.suites import DEFAULT_SUITES, GROUPS, PROBES, expand, gather, load
from w2v.machine import one_blas_thread
from w2v.progress import NullProgress, Progress
from w2v.vectors import Vectors

__all__ = [
    "DEFAULT_SUITES",
    "GROUPS",
    "PROBES",
    "AnalogyReport",
    "AnalogySuite",
    "CategoryReport",
    "CategorySuite",
    "ConventionName",
    "OutlierReport",
    "OutlierSuite",
    "PairSuite",
    "Protocol",
    "Report",
    "SimilarityReport",
    "Suite",
    "SuiteReport",
    "Tally",
    "evaluate",
    "evaluate_probe",
    "evaluate_sets",
    "evaluate_suite",
    "expand",
    "gather",
    "load",
]


def evaluate(
    vectors: Vectors | str | os.PathLike[str],
    suite: str | Suite | Sequence[str | Suite] = DEFAULT_SUITES,
    *,
    convention: ConventionName = "w2v",
    restrict_vocab: int | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Report:
    """Score `vectors` on one or several sets, named as in `w2v data list`, or by group (`suites.GROUPS`, `all`).

    vectors: in memory, or the path of their file.
    suite: names, or sets that are in memory already (`suites.load`, `suites.read_analogies`, `suites.read_pairs`).
        What a group holds and this computer has not is left out, and named in the report.
    convention: whose rules: "w2v", "gensim" (evaluate_word_analogies and evaluate_word_pairs), "word2vec"
        (compute-accuracy.c) or "glove" (evaluate.py); see `w2v.evaluation.conventions`.
    restrict_vocab: look at the first so many rows only; None for the convention's own limit (none, 300,000, 30,000), 0
        for no limit.
    data_dir: a folder to look for the sets in, before the installed packages.

    Raises `DataError` where a set is missing or altered, `SettingsError` where there is none of that name, and for an
    impossible setting.
    """
    if isinstance(vectors, (str, os.PathLike)):
        vectors = formats.read(vectors, progress=progress or NullProgress())
    if not isinstance(vectors, Vectors):
        raise SettingsError(
            f"vectors are wanted, and not {type(vectors).__name__}", hint="w2v.load(path) reads them from a file"
        )
    wanted: Sequence[str | Suite] = [suite] if isinstance(suite, str) or not isinstance(suite, Sequence) else suite
    sets: dict[str, Suite | None] = {}
    missing: list[str] = []
    for each in wanted:
        found, absent = gather([each], data_dir) if isinstance(each, str) else ({each.name: each}, ())
        sets.update(found)
        missing += absent
    return evaluate_sets(
        vectors, sets, missing, convention=convention, restrict_vocab=restrict_vocab, progress=progress
    )


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
    return Report(reports, tuple(dict.fromkeys(missing)), sets, vectors.words, vectors.dim)


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
