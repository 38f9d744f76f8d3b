"""Methods, baselines and ranks of analogies: known figures and a naive twin. Not here: intervals (`test_intervals`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reference.analogies import ranks

from w2v import formats
from w2v.evaluation import AnalogyReport, evaluate, evaluate_suite, load
from w2v.evaluation.tasks.analogies.methods import METHODS
from w2v.evaluation.tasks.analogies.sets import read_analogies, read_own_analogies
from w2v.vectors import Vectors

NAMES = {"3cosadd": "add", "3cosmul": "mul", "pair-direction": "pairdir", "only-b": "b", "ignore-a": "sumonly"}


@pytest.fixture(scope="module")
def known(shared: Path) -> tuple[AnalogyReport, dict[str, Any]]:
    """The report on real vectors, and figures computed apart, by numpy, with each method."""
    folder = shared / "eval_sets" / "vectors"
    report = evaluate(formats.load(folder / "ref-enwiki100MB-sg100-top10k.bin"), "google-analogies")["google-analogies"]
    assert isinstance(report, AnalogyReport)
    return report, json.loads((folder / "ref-expected.json").read_text())


@pytest.mark.shared
@pytest.mark.parametrize(
    ("method", "correct"), list(zip(METHODS, (2723, 2574, 874, 891, 957), strict=True)), ids=METHODS
)
def test_known_figures_of_methods(known: tuple[AnalogyReport, dict[str, Any]], method: str, correct: int) -> None:
    report, expected = known
    [found] = [each for each in report.total.methods if each.method == method]
    figures, honest = (expected["numpy"][NAMES[method] + suffix] for suffix in ("", "_honest"))
    assert found.correct == figures["correct"] == correct
    assert found.allowing_inputs == honest["correct"]
    assert found.mrr == pytest.approx(figures["mrr"], abs=1e-6)
    assert found.hits[5] == round(figures["hit5"] * 5265)
    assert found.hits[1] == correct


@pytest.mark.shared
def test_lift_and_interval(known: tuple[AnalogyReport, dict[str, Any]]) -> None:
    """The lift is over the better baseline; the interval is several times the binomial one of ±1.35 points."""
    report, _ = known
    assert report.total.lift == pytest.approx((2723 - 957) / 5265)
    assert report.metrics()["google-analogies.lift"] == report.total.lift
    assert report.total.interval is not None
    assert report.total.interval.low < 2723 / 5265 < report.total.interval.high
    assert report.total.interval.high - report.total.interval.low > 3 * 2 * 0.0135


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_naive_twin_of_ranks(tmp_path: Path, seed: int) -> None:
    """Every method, several accepted answers, answers among the inputs, unknown words, more than one block."""
    rng = np.random.default_rng(seed)
    words = [f"w{number}" for number in range(1300)]
    vectors = Vectors(words, rng.normal(size=(1300, 6)).astype(np.float32))
    asked = [*words[:40], *words[1000:1020], "unknown", "absent"]
    lines = []
    for number in range(150):
        a, b, c, *answers = rng.choice(asked, size=4 + number % 4)
        lines.append(f"{a} {b} {c} {'/'.join(answers)}")
    path = tmp_path / "own.txt"
    path.write_text("\n".join(lines) + "\n")
    suite = read_own_analogies(path)
    report = evaluate_suite(vectors, suite)
    assert isinstance(report, AnalogyReport)
    assert report.details is not None
    for method in METHODS:
        expected = ranks(words, vectors.matrix, [line.split() for line in lines], method)
        assert [rank is not None for rank in expected] == report.details.scored.tolist()
        found = report.details.rank[method][report.details.scored]  # type: ignore[index]
        assert found.tolist() == [rank for rank in expected if rank is not None], method
        assert np.array_equal(found == 1, report.details.right[method][report.details.scored])  # type: ignore[index]


@pytest.mark.slow
def test_duplicates_count_as_often_as_they_are_asked() -> None:
    suite = load("google-analogies")
    assert isinstance(suite.words, tuple)
    vectors = Vectors(list(suite.words), np.random.default_rng(0).normal(size=(len(suite.words), 4)).astype(np.float32))
    report = evaluate_suite(vectors, suite)
    assert isinstance(report, AnalogyReport)
    assert report.total.scored == 19544


def test_other_conventions_have_3cosadd_alone(tmp_path: Path) -> None:
    path = tmp_path / "set.txt"
    path.write_text(": one\na b c d\n")
    vectors = Vectors(["a", "b", "c", "d"], np.eye(4, dtype=np.float32))
    for convention in ("gensim", "word2vec", "glove"):
        report = evaluate_suite(vectors, read_analogies(path), convention=convention)  # type: ignore[arg-type]
        assert isinstance(report, AnalogyReport)
        assert [each.method for each in report.total.methods] == ["3cosadd"]
        assert report.total.allowing_inputs is None
