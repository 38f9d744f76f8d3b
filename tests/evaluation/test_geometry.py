"""Geometry and health: by hand, against numpy and scipy on whole matrices, on clouds whose shape is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from w2v import formats
from w2v.evaluation import evaluate, gather
from w2v.evaluation.studies.sensitivity import sensitivity
from w2v.evaluation.tasks.geometry.measuring import evaluate_geometry, iso_score
from w2v.transforms import all_but_the_top, centred
from w2v.vectors import Vectors


def cloud(rows: int = 400, dim: int = 12, seed: int = 0, lean: float = 0.5) -> Vectors:
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(rows, dim)) * np.linspace(1, 3, dim) + lean
    return Vectors([f"w{number}" for number in range(rows)], matrix.astype(np.float32), rng.integers(1, 99, rows))


def test_every_number_on_whole_matrices() -> None:
    vectors = cloud()
    report = evaluate_geometry(vectors)
    matrix = vectors.matrix.astype(np.float64)
    length = np.linalg.norm(matrix, axis=1)
    cosines = (matrix @ matrix.T) / np.outer(length, length)
    pairs = cosines[np.triu_indices(len(matrix), 1)]
    variances = np.linalg.eigvalsh(np.cov(matrix.T, bias=True))[::-1]
    assert report.mean_norm == pytest.approx(length.mean())
    assert report.norm_frequency == pytest.approx(stats.spearmanr(length, vectors.counts).statistic)
    assert report.mean_cosine == pytest.approx(pairs.mean())
    mean = matrix.mean(axis=0)
    assert report.mean_share == pytest.approx(mean @ mean / (matrix**2).sum(axis=1).mean())
    assert dict(report.shares) == pytest.approx({n: variances[:n].sum() / variances.sum() for n in (1, 2, 3, 10)})
    assert report.participation == pytest.approx(variances.sum() ** 2 / (variances**2).sum())
    np.fill_diagonal(cosines, -np.inf)
    near = np.bincount(np.argsort(-cosines, axis=1)[:, :10].reshape(-1), minlength=len(matrix))
    assert report.hub_skewness == pytest.approx(stats.skew(near))
    assert [hub.near for hub in report.hubs] == sorted(near.tolist(), reverse=True)[:5]
    assert [report.hubs[0].word] == [vectors.words[int(near.argmax())]]
    assert report.health.sound
    assert (report.warning, report.counted) == ("", True)


def test_iso_score_of_known_shapes() -> None:
    """1 for a ball, 0 for a line, and (k − 1) / (n − 1) for k of n directions used alike (Rudman et al. 2022)."""
    assert iso_score(np.ones(7)) == pytest.approx(1.0)
    assert iso_score(np.eye(7)[0]) == pytest.approx(0.0, abs=1e-12)
    for used in range(1, 9):
        variances = np.r_[np.full(used, 2.5), np.zeros(9 - used)]
        assert iso_score(variances) == pytest.approx((used - 1) / 8, abs=1e-9)
    assert iso_score(np.arange(1.0, 6)) == iso_score(3 * np.arange(1.0, 6))


def test_a_cloud_that_leans_and_one_that_does_not() -> None:
    leaning, even = evaluate_geometry(cloud(lean=6.0)), evaluate_geometry(centred(cloud(lean=6.0)))
    assert leaning.mean_cosine is not None
    assert even.mean_cosine is not None
    assert leaning.mean_cosine > 0.8
    assert abs(even.mean_cosine) < 0.02
    assert even.mean_share == pytest.approx(0.0, abs=1e-9)
    assert even.iso_score == pytest.approx(leaning.iso_score, abs=1e-5)  # of the shape about the mean


def test_broken_rows_are_counted_named_and_left_out() -> None:
    vectors = cloud()
    sound = evaluate_geometry(Vectors(vectors.words[20:], vectors.matrix[20:], vectors.counts[20:]))  # type: ignore[index]
    matrix = vectors.matrix.copy()
    matrix[0, 3] = np.nan
    matrix[1, 0] = np.inf
    matrix[2:20] = 0.0
    matrix[4, 1] = -0.0
    report = evaluate_geometry(Vectors.unchecked(vectors.words, matrix, vectors.counts))
    health = report.health
    assert (health.not_finite, health.zero, health.repeated) == (2, 18, 0)
    assert health.not_finite_words == ("w0", "w1")
    assert health.zero_words == ("w2", "w3", "w4", "w5", "w6")
    assert {
        name: value for name, value in report.metrics().items() if name not in ("geometry.not-finite", "geometry.zero")
    } == {
        name: pytest.approx(value)
        for name, value in sound.metrics().items()
        if name not in ("geometry.not-finite", "geometry.zero")
    }
    matrix = vectors.matrix.copy()
    matrix[7] = matrix[300] = matrix[2]
    matrix[9, 4], matrix[11] = 0.0, matrix[9]
    matrix[9, 4], matrix[11, 4] = 0.0, -0.0
    repeated = evaluate_geometry(Vectors(vectors.words, matrix)).health
    assert (repeated.repeated, repeated.repeated_words) == (3, ("w7", "w11", "w300"))


@pytest.mark.parametrize("matrix", [np.zeros((5, 3)), np.full((5, 3), np.nan), np.ones((5, 3)), np.eye(2)])
def test_clouds_without_a_shape(matrix: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> None:
    report = evaluate_geometry(Vectors.unchecked([f"w{n}" for n in range(len(matrix))], matrix.astype(np.float32)))
    assert report.iso_score is None
    assert report.warning or report.mean_cosine == pytest.approx(1.0)
    assert report.to_dict()["kind"] == "geometry"
    assert len(report.rows()) == len(report.metrics())


@pytest.mark.slow
def test_all_but_the_top_takes_out_the_first_components() -> None:
    vectors = cloud(dim=150, rows=600)
    changed = all_but_the_top(vectors)
    matrix = vectors.matrix.astype(np.float64)
    matrix -= matrix.mean(axis=0)
    _, _, components = np.linalg.svd(matrix, full_matrices=False)
    np.testing.assert_allclose(changed.matrix, matrix - matrix @ components[:2].T @ components[:2], atol=1e-4)
    np.testing.assert_allclose(centred(vectors).matrix, matrix, atol=1e-5)
    assert changed.words == vectors.words
    assert vectors.matrix is not changed.matrix


@pytest.mark.slow
def test_sensitivity_is_the_scores_of_the_changed_clouds(shared: Path) -> None:
    vectors = formats.read(shared / "eval_sets" / "vectors" / "ref-enwiki100MB-sg100-top10k.bin")
    names = ["wordsim353", "simlex999"]
    sets, _ = gather(names)
    report = evaluate(vectors, names).report
    shifts = {line.name: line for line in sensitivity(vectors, report, sets)}
    assert set(shifts) == set(report.metrics())
    moved = shifts["wordsim353"]
    assert moved.plain == pytest.approx(0.67393, abs=5e-6)
    assert moved.centred == evaluate(centred(vectors), "wordsim353").metrics()["wordsim353"]
    assert moved.all_but_the_top == evaluate(all_but_the_top(vectors), "wordsim353").metrics()["wordsim353"]
    assert moved.centred is not None
    assert moved.centred > 0.69  # as Mu & Viswanath found: it rises


def test_the_suite_and_its_limit() -> None:
    vectors = cloud()
    report = evaluate(vectors, "geometry", restrict_vocab=50)
    first = Vectors(vectors.words[:50], vectors.matrix[:50], vectors.counts[:50])  # type: ignore[index]
    assert report.metrics() == pytest.approx(evaluate_geometry(first).metrics())
    assert next(iter(report.metrics())) == "geometry.iso-score"
