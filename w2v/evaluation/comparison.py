"""Vectors side by side: is one better, on what all of them answer? Not here: the scores themselves.

Two files that know different words are asked different questions, so their totals do not compare. Here every score is
computed again on the items that all files answer, and differences are paired: both scores are resampled together, by
the pairs that analogies are made of, by rated pairs, words, or topics. With several comparisons, p is adjusted by
Holm's method (1979). The detectable difference says what the set could have shown at all: below it, "no difference" is
no news.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from w2v.evaluation.analogy_report import AnalogyReport
from w2v.evaluation.categorization import CategoryReport
from w2v.evaluation.outliers import OutlierReport
from w2v.evaluation.report import Report, SuiteReport
from w2v.evaluation.similarity import SimilarityReport
from w2v.evaluation.statistics import (
    Paired,
    Pigeonhole,
    holm,
    paired_means,
    paired_replicates,
    resampled,
    spearman,
    spearman_replicates,
    tested,
)

__all__ = ["Difference", "SuiteComparison", "compare"]


@dataclass(frozen=True)
class Difference:
    """second − first, on the items that all files answer.

    low, high: its 95 % interval; p: two-sided, of no difference, by Student's t of the resampled standard error;
    adjusted: by Holm's method over all differences of the table; detectable: the difference that the test would find
    with a chance of 80 %. None where there are too few items, or too few pairs, to tell, or where nothing varies, as
    between all right and all wrong; p is 1 for the same answers.
    """

    first: str
    second: str
    difference: float
    low: float | None = None
    high: float | None = None
    p: float | None = None
    adjusted: float | None = None
    detectable: float | None = None


@dataclass(frozen=True)
class SuiteComparison:
    """A suite's score (accuracy, spearman, purity) of each file, on the `items` of `total` that all of them answer."""

    suite: str
    score: str
    items: int
    total: int
    scores: Mapping[str, float]
    differences: tuple[Difference, ...]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def compare(reports: Mapping[str, Report]) -> tuple[SuiteComparison, ...]:
    """Every suite that all reports have and that can be paired, every two files; reports by the names of the files."""
    files = list(reports)
    found: list[SuiteComparison] = []
    for suite in reports[files[0]].suites:
        paired = _paired([report[suite] for report in reports.values()])
        if paired is None or not paired.items:
            continue
        found.append(
            SuiteComparison(
                suite=suite,
                score=paired.score,
                items=paired.items,
                total=paired.total,
                scores=dict(zip(files, paired.scores, strict=True)),
                differences=tuple(
                    _difference(files[first], files[second], paired, first, second)
                    for first, second in combinations(range(len(files)), 2)
                ),
            )
        )
    return _adjusted(found)


def _difference(first: str, second: str, paired: Paired, a: int, b: int) -> Difference:
    found = tested(paired, a, b)
    return Difference(first, second, found.size, found.low, found.high, found.p, detectable=found.detectable)


def _adjusted(found: Sequence[SuiteComparison]) -> tuple[SuiteComparison, ...]:
    every = [difference for each in found for difference in each.differences if difference.p is not None]
    adjusted = iter(holm([difference.p for difference in every if difference.p is not None]))

    def with_adjusted(each: Difference) -> Difference:
        return each if each.p is None else Difference(**{**asdict(each), "adjusted": next(adjusted)})

    return tuple(
        SuiteComparison(**{**vars(each), "differences": tuple(map(with_adjusted, each.differences))}) for each in found
    )


def _paired(reports: Sequence[SuiteReport]) -> Paired | None:
    first = reports[0]
    if isinstance(first, AnalogyReport):
        return _analogies([each for each in reports if isinstance(each, AnalogyReport)])
    if isinstance(first, SimilarityReport):
        return _similarity([each for each in reports if isinstance(each, SimilarityReport)])
    if isinstance(first, CategoryReport):
        fitting = [each.fitting for each in reports if isinstance(each, CategoryReport)]
        return paired_means("purity", fitting, np.arange(len(fitting[0])))
    if isinstance(first, OutlierReport):
        found = [each for each in reports if isinstance(each, OutlierReport)]
        last = [np.where(np.isfinite(each.positions), each.positions == 1.0, np.nan) for each in found]
        return paired_means("accuracy", last, first.topic_of)
    return None


def _analogies(reports: Sequence[AnalogyReport]) -> Paired | None:
    details = [report.details for report in reports if report.details is not None]
    if len(details) < len(reports):
        return None
    suite = details[0].suite
    common = np.logical_and.reduce([each.known for each in details])
    right = [next(iter(each.right.values()))[common] for each in details]
    flags = np.column_stack([*right, common[common]]).astype(np.float64)
    sections = range(len(suite.sections))
    pigeonhole = Pigeonhole(suite.questions[common], suite.section_of[common], flags, len(suite.sections))

    def spread(first: int, second: int) -> tuple[float | None, int]:
        return pigeonhole.spread({first: -1.0, second: 1.0}, sections)

    scores = tuple(float(each.mean()) if len(each) else 0.0 for each in right)
    return Paired("accuracy", int(common.sum()), len(suite), scores, spread)


def _similarity(reports: Sequence[SimilarityReport]) -> Paired | None:
    common = np.logical_and.reduce([np.isfinite(report.cosines) for report in reports])
    ratings, items = reports[0].ratings[common], int(common.sum())
    scores = [spearman(ratings, report.cosines[common]) for report in reports]
    if items < 2 or any(score is None for score in scores):
        return None
    replicates = [resampled(items, partial(spearman_replicates, ratings, report.cosines[common])) for report in reports]
    known = [score for score in scores if score is not None]
    return paired_replicates("spearman", items, reports[0].total, known, replicates, items)
