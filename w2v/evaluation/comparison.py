"""Vectors side by side: is one better, on what all of them answer? Not here: the scores themselves.

Two files that know different words are asked different questions, so their totals do not compare. Here every score is
computed again on the items that all files answer, and differences are paired: both scores are resampled together, by
the pairs that analogies are made of, by rated pairs, words, or topics. With several comparisons, p is adjusted by
Holm's method (1979). The detectable difference says what the set could have shown at all: below it, "no difference" is
no news.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from w2v.arrays import F64, I64
from w2v.evaluation.analogy_report import AnalogyReport
from w2v.evaluation.categorization import CategoryReport
from w2v.evaluation.outliers import OutlierReport
from w2v.evaluation.pigeonhole import Pigeonhole
from w2v.evaluation.report import Report, SuiteReport
from w2v.evaluation.similarity import SimilarityReport, spearman
from w2v.evaluation.statistics import NOTHING, holm, mean_replicates, resampled, spearman_replicates

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


@dataclass(frozen=True)
class _Paired:
    """Scores [F] on the common items, and the standard error and degrees of freedom of the difference of two files."""

    score: str
    items: int
    total: int
    scores: tuple[float, ...]
    spread: Callable[[int, int], tuple[float | None, int]]


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


def _difference(first: str, second: str, paired: _Paired, a: int, b: int) -> Difference:
    from scipy.stats import t

    size = paired.scores[b] - paired.scores[a]
    error, freedom = paired.spread(a, b)
    if error is None or freedom < 2 or not np.isfinite(error):
        return Difference(first, second, size)
    if error < NOTHING:
        return Difference(first, second, size, p=1.0 if size == 0 else None)
    reach = float(t.ppf(0.975, freedom))
    return Difference(
        first=first,
        second=second,
        difference=size,
        low=size - reach * error,
        high=size + reach * error,
        p=float(2 * t.sf(abs(size) / error, freedom)),
        detectable=(reach + float(t.ppf(0.8, freedom))) * error,
    )


def _adjusted(found: Sequence[SuiteComparison]) -> tuple[SuiteComparison, ...]:
    every = [difference for each in found for difference in each.differences if difference.p is not None]
    adjusted = iter(holm([difference.p for difference in every if difference.p is not None]))

    def with_adjusted(each: Difference) -> Difference:
        return each if each.p is None else Difference(**{**asdict(each), "adjusted": next(adjusted)})

    return tuple(
        SuiteComparison(**{**vars(each), "differences": tuple(map(with_adjusted, each.differences))}) for each in found
    )


def _paired(reports: Sequence[SuiteReport]) -> _Paired | None:
    first = reports[0]
    if isinstance(first, AnalogyReport):
        return _analogies([each for each in reports if isinstance(each, AnalogyReport)])
    if isinstance(first, SimilarityReport):
        return _similarity([each for each in reports if isinstance(each, SimilarityReport)])
    if isinstance(first, CategoryReport):
        fitting = [each.fitting for each in reports if isinstance(each, CategoryReport)]
        return _means("purity", fitting, np.arange(len(fitting[0])))
    if isinstance(first, OutlierReport):
        found = [each for each in reports if isinstance(each, OutlierReport)]
        last = [np.where(np.isfinite(each.positions), each.positions == 1.0, np.nan) for each in found]
        return _means("accuracy", last, first.topic_of)
    return None


def _analogies(reports: Sequence[AnalogyReport]) -> _Paired | None:
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
    return _Paired("accuracy", int(common.sum()), len(suite), scores, spread)


def _similarity(reports: Sequence[SimilarityReport]) -> _Paired | None:
    common = np.logical_and.reduce([np.isfinite(report.cosines) for report in reports])
    ratings, items = reports[0].ratings[common], int(common.sum())
    scores = [spearman(ratings, report.cosines[common]) for report in reports]
    if items < 2 or any(score is None for score in scores):
        return None
    replicates = [resampled(items, partial(spearman_replicates, ratings, report.cosines[common])) for report in reports]
    return _Paired(
        "spearman",
        items,
        reports[0].total,
        tuple(score for score in scores if score is not None),
        _spread(replicates, items),
    )


def _means(score: str, values: Sequence[F64], cluster: I64) -> _Paired | None:
    """Means over the items that are numbers in all; clusters of items are drawn together."""
    common = np.logical_and.reduce([np.isfinite(each) for each in values])
    if not common.any():
        return None
    clusters, owner = np.unique(cluster[common], return_inverse=True)

    def means(each: F64, weights: F64) -> F64:
        return mean_replicates(each[common], weights[:, owner])

    replicates = [resampled(len(clusters), partial(means, each)) for each in values]
    scores = tuple(float(each[common].mean()) for each in values)
    return _Paired(score, int(common.sum()), len(common), scores, _spread(replicates, len(clusters)))


def _spread(replicates: Sequence[F64], things: int) -> Callable[[int, int], tuple[float | None, int]]:
    def spread(first: int, second: int) -> tuple[float | None, int]:
        differences = replicates[second] - replicates[first]
        known = differences[np.isfinite(differences)]
        error = float(known.std() * np.sqrt(things / (things - 1))) if len(known) > 1 and things > 1 else None
        return error, things - 1

    return spread
