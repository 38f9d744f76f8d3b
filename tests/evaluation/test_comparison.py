"""Paired tests, replicates, the grid of conventions, and sets without sections: known answers, scipy, by hand."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from w2v import formats
from w2v.evaluation import (
    AnalogySuite,
    CategoryReport,
    OutlierReport,
    PairSuite,
    Report,
    SimilarityReport,
    evaluate,
    evaluate_suite,
    load,
)
from w2v.evaluation.statistics import draws, holm, mean_replicates, resampled, spearman_replicates
from w2v.evaluation.studies.comparison import compare
from w2v.evaluation.studies.replicates import summarise
from w2v.evaluation.tasks.analogies.grid import conventions_grid
from w2v.evaluation.tasks.categories import CategorySuite, purity, v_measure
from w2v.evaluation.tasks.outliers import OutlierSuite
from w2v.vectors import Vectors


@pytest.fixture(scope="module")
def real(shared: Path) -> Vectors:
    return formats.load(shared / "eval_sets" / "vectors" / "ref-enwiki100MB-sg100-top10k.bin")


@pytest.mark.slow
@pytest.mark.shared
def test_known_correlations_of_the_shared_sets(real: Vectors, shared: Path) -> None:
    report = evaluate(real, "similarity", data_dir=shared / "eval_sets")
    assert not report.missing
    found = {name: report.metrics()[name] for name in ("wordsim353", "simlex999", "men", "rare-words", "simverb")}
    assert found == pytest.approx(
        {"wordsim353": 0.67393, "simlex999": 0.27994, "men": 0.70836, "rare-words": 0.47197, "simverb": 0.15393},
        abs=5e-6,
    )
    rare, men = report["rare-words"], report["men"]
    assert isinstance(rare, SimilarityReport)
    assert isinstance(men, SimilarityReport)
    assert (rare.scored, rare.headline, rare.measures) == (176, None, "rare words")
    assert men.ceiling is None
    assert report["mturk771"].to_dict()["ceiling"] == 0.8957
    assert men.interval is not None
    assert men.interval.low < 0.70836 < men.interval.high
    same = report["wordsim353"]
    assert isinstance(same, SimilarityReport)
    assert same.repeated == 2  # money and cash among them, with two scores


@pytest.mark.shared
def test_grid_of_known_figures(real: Vectors) -> None:
    suite = load("google-analogies")
    assert isinstance(suite, AnalogySuite)
    few, whole = conventions_grid(real, suite)
    assert [few.vocabulary, few.scored, whole.scored] == [5000, 2250, 5265]
    assert few.accuracy == 1456 / 2250
    assert whole.accuracy == 2723 / 5265
    assert whole.allowing_inputs == 739 / 5265
    assert whole.unknown_wrong == 2723 / 19544
    assert whole.unnormalised == pytest.approx(0.257, abs=0.0005)


@pytest.mark.slow
@pytest.mark.parametrize("things", [3, 1000, 2500])
def test_replicates_in_blocks_are_those_of_one(things: int) -> None:
    """However many items a set has, its weights are not all held at once; the draws stay the same."""
    values = np.random.default_rng(things).normal(size=things)
    found = resampled(things, lambda weights: mean_replicates(values, weights))
    assert found == pytest.approx(draws(things) @ values / things, abs=1e-12)
    tracemalloc.start()
    resampled(20_000, lambda weights: weights.sum(axis=1))
    assert tracemalloc.get_traced_memory()[1] < 100e6  # all weights are 160 MB
    tracemalloc.stop()


def test_spearman_replicates_are_scipys() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 6, 40).astype(float), rng.integers(0, 6, 40).astype(float)
    weights = draws(40, 20)
    found = spearman_replicates(x, y, weights)
    for row, rho in zip(weights.astype(int), found, strict=True):
        assert rho == pytest.approx(stats.spearmanr(np.repeat(x, row), np.repeat(y, row))[0], abs=1e-12)


def rated_world(seed: int, noise: tuple[float, ...], pairs: int = 120) -> list[SimilarityReport]:
    """The same rated pairs under several vectors, whose cosines follow the ratings with more or less noise."""
    rng = np.random.default_rng(seed)
    ratings = rng.normal(size=pairs)
    words = tuple(f"w{number}" for number in range(2 * pairs))
    suite = PairSuite("own", "Own", "0", words, np.arange(2 * pairs).reshape(-1, 2), ratings)
    reports = []
    for each in noise:
        angle = np.pi / (1 + np.exp(ratings + each * rng.normal(size=pairs)))
        matrix = np.zeros((2 * pairs, 2))
        matrix[0::2, 0] = 1
        matrix[1::2] = np.column_stack([np.cos(angle), np.sin(angle)])
        report = evaluate_suite(Vectors(list(words), matrix.astype(np.float32)), suite)
        assert isinstance(report, SimilarityReport)
        reports.append(report)
    return reports


@pytest.mark.slow
def test_paired_test_under_the_null_and_not() -> None:
    """p is below .05 in about 5 % of worlds without a difference; a true one is found; its interval has it."""
    p = []
    for seed in range(300):
        reports = {str(number): Report({"own": each}) for number, each in enumerate(rated_world(seed, (1.0, 1.0)))}
        [difference] = compare(reports)[0].differences
        assert difference.p is not None
        p.append(difference.p)
    assert 0.02 <= np.mean(np.array(p) < 0.05) <= 0.09
    first, second = rated_world(1, (2.0, 0.5))
    [found] = compare({"a": Report({"own": first}), "b": Report({"own": second})})
    [difference] = found.differences
    assert difference.adjusted is not None
    assert difference.adjusted < 0.001
    assert difference.difference == pytest.approx((second.spearman or 0) - (first.spearman or 0))
    assert difference.detectable is not None
    assert 0 < difference.detectable < abs(difference.difference)


@pytest.mark.slow
@pytest.mark.shared
def test_only_what_all_answer_is_compared(real: Vectors) -> None:
    """Against itself with words missing: the common items alone, no difference, and nothing that could vary."""
    half = Vectors(real.words[:5000], real.matrix[:5000])
    suites = ["google-analogies", "wordsim353"]
    found = evaluate({"whole": real, "half": half}, suites).studies["comparison"].suites
    analogies, pairs = found
    assert (analogies.items, analogies.total, analogies.score) == (2250, 19544, "accuracy")
    assert analogies.scores["half"] == 1456 / 2250
    assert pairs.differences[0].difference == 0
    assert pairs.differences[0].p == 1.0


def test_holm() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


@pytest.mark.slow
def test_replicates_of_one_model() -> None:
    rng = np.random.default_rng(0)
    suite = load("wordsim353")
    words = [*suite.words, *(f"w{number}" for number in range(1500))]
    base = rng.normal(size=(len(words), 20))
    seeds = [Vectors(words, (base + 0.1 * rng.normal(size=base.shape)).astype(np.float32)) for _ in range(3)]
    reports = {str(number): evaluate(each, "wordsim353").report for number, each in enumerate(seeds)}
    found = summarise(reports, seeds)
    scores = [report.metrics()["wordsim353"] for report in reports.values()]
    assert found.scores[0].mean == pytest.approx(np.mean(scores))
    assert found.scores[0].sd == pytest.approx(np.std(scores, ddof=1))
    assert [(band.first, band.last, band.words) for band in found.bands] == [(1, 1000, 200), (1001, len(words), 200)]
    assert all(0.5 < band.overlap < 1 for band in found.bands)
    assert all(band.overlap == 1 for band in summarise(dict.fromkeys("ab", reports["0"]), seeds[:1] * 2).bands)


def test_purity_and_v_measure_by_hand() -> None:
    """Manning, Raghavan & Schütze 2008, figure 16.4: purity 12/17, NMI with the arithmetic mean .36."""
    clusters = np.repeat([0, 1, 2], [6, 6, 5])
    categories = np.array([0] * 5 + [1] + [0] + [1] * 4 + [2] + [0] * 2 + [2] * 3)
    assert purity(categories, clusters) == 12 / 17
    assert v_measure(categories, clusters) == pytest.approx(0.3646, abs=5e-5)
    assert v_measure(categories, categories) == pytest.approx(1.0)
    assert v_measure(categories, np.zeros(17, dtype=np.int64)) == 0.0


def test_clear_categories_and_outliers_are_found() -> None:
    rng = np.random.default_rng(0)
    centres = 5 * rng.normal(size=(3, 10))
    words = tuple(f"w{number}" for number in range(30))
    matrix = np.repeat(centres, 10, axis=0) + 0.3 * rng.normal(size=(30, 10))
    vectors = Vectors(list(words), matrix.astype(np.float32))
    categories = CategorySuite(
        "own", "Own", "0", (*words, "unknown"), ("a", "b", "c"), np.array([*np.repeat([0, 1, 2], 10), 0])
    )
    report = evaluate_suite(vectors, categories)
    assert isinstance(report, CategoryReport)
    assert (report.purity, report.v_measure, report.clusters) == (1.0, pytest.approx(1.0), 3)
    assert (report.scored, report.total) == (30, 31)
    members, outliers = (tuple(range(8)),) * 2, ((10, 20, 8), (15,))
    found = evaluate_suite(vectors, OutlierSuite("own", "Own", "0", words, ("one", "two"), members, outliers))
    assert isinstance(found, OutlierReport)
    assert found.positions[[0, 1, 3]].tolist() == [1.0] * 3
    assert found.positions[2] < 1.0 or found.accuracy == 1.0
    nothing = evaluate_suite(Vectors(["x"], np.ones((1, 2))), categories)
    assert isinstance(nothing, CategoryReport)
    assert nothing.purity is None
    assert nothing.warning.startswith("no score")
