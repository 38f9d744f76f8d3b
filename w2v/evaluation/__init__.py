"""Scores with their protocols: analogies and rated pairs, by w2v's rules or to the letter of another tool's.

Not here: reading vectors (w2v.io) and printing (w2v.cli). `evaluate` is the way in; `reference` runs gensim's own
evaluators for comparison, and is imported only when it is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from w2v.errors import SettingsError
from w2v.evaluation.analogies import evaluate_analogies
from w2v.evaluation.conventions import ConventionName, convention_of
from w2v.evaluation.report import AnalogyReport, Protocol, Report, SimilarityReport, Tally
from w2v.evaluation.similarity import evaluate_pairs
from w2v.evaluation.suites import DEFAULT_SUITES, GROUPS, AnalogySuite, PairSuite, Suite, expand, load
from w2v.progress import NullProgress, Progress
from w2v.vectors import Vectors

__all__ = [
    "DEFAULT_SUITES",
    "GROUPS",
    "AnalogyReport",
    "AnalogySuite",
    "ConventionName",
    "PairSuite",
    "Protocol",
    "Report",
    "SimilarityReport",
    "Suite",
    "Tally",
    "evaluate",
    "evaluate_suite",
    "expand",
    "load",
]


def evaluate(
    vectors: Vectors,
    suite: str | Suite | Sequence[str | Suite] = DEFAULT_SUITES,
    *,
    convention: ConventionName = "w2v",
    restrict_vocab: int | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Report:
    """Score `vectors` on one or several sets, named as in `w2v data list`, or by group (`analogies`, `similarity`).

    suite: names, or sets that are in memory already (`suites.load`, `suites.read_analogies`, `suites.read_pairs`).
    convention: whose rules: "w2v", "gensim" (evaluate_word_analogies and evaluate_word_pairs) or "word2vec"
        (compute-accuracy.c); see `w2v.evaluation.conventions`.
    restrict_vocab: look at the first so many rows only; None for the convention's own limit (none, 300,000, 30,000), 0
        for no limit.
    data_dir: a folder to look for the sets in, before the installed packages.

    Raises `DataError` where a set is unknown, missing or altered, `SettingsError` for an impossible setting.
    """
    wanted = [suite] if isinstance(suite, (str, AnalogySuite, PairSuite)) else suite
    suites = [
        load(name, data_dir) if isinstance(name, str) else name
        for each in wanted
        for name in (expand([each]) if isinstance(each, str) else [each])
    ]
    reports = [
        evaluate_suite(vectors, each, convention=convention, restrict_vocab=restrict_vocab, progress=progress)
        for each in suites
    ]
    return Report({report.suite: report for report in reports})


def evaluate_suite(
    vectors: Vectors,
    suite: Suite,
    *,
    convention: ConventionName = "w2v",
    restrict_vocab: int | None = None,
    progress: Progress | None = None,
) -> AnalogyReport | SimilarityReport:
    """As `evaluate`, on one set that is in memory already."""
    rules = convention_of(convention)
    if restrict_vocab is not None and restrict_vocab < 0:
        raise SettingsError(f"restrict_vocab is {restrict_vocab}", hint="give a number of words, or 0 for no limit")
    limit = (rules.restrict_vocab if restrict_vocab is None else restrict_vocab) or None
    if isinstance(suite, PairSuite):
        return evaluate_pairs(vectors, suite, rules, limit)
    return evaluate_analogies(vectors, suite, rules, limit, progress or NullProgress())
