"""3CosAvg and LRCos against their slow twins: every pair left out in turn, scipy's minimiser for the regression."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize

from w2v.evaluation import AnalogyReport, evaluate_suite
from w2v.evaluation.conventions import CONVENTIONS
from w2v.evaluation.lookup import RowFinder
from w2v.evaluation.tasks.analogies.learned import _left_out as left_out
from w2v.evaluation.tasks.analogies.learned import answer_pairs
from w2v.evaluation.tasks.analogies.sets import AnalogySuite, read_bats
from w2v.progress import NullProgress
from w2v.vectors import Vectors


@pytest.fixture
def world(tmp_path: Path) -> tuple[AnalogySuite, Vectors]:
    """Two relations of eight pairs, some with several answers, one with an unknown word; vectors nearly follow them."""
    rng = np.random.default_rng(3)
    for relation in "xy":
        lines = [
            f"{relation}a{n}\t{relation}b{n}" + ("/other/" + f"{relation}c{n}" if n % 3 == 0 else "") for n in range(8)
        ]
        (tmp_path / f"{relation}.txt").write_text("\n".join([*lines, f"{relation}a9\tunknown"]) + "\n")
    words = [f"{relation}{side}{n}" for relation in "xy" for side in "abc" for n in range(10)]
    words += [f"filler{n}" for n in range(300)]
    matrix = rng.normal(size=(len(words), 12))
    for number, word in enumerate(words):
        if word[1] == "b" and not word.startswith("f"):
            matrix[number] = matrix[number - 10] + 2.0 * (word[0] == "x") + rng.normal(size=12) * 0.8
    suite = read_bats(tmp_path, "own", "Own", ["x.txt", "y.txt"], {}, "0")
    return suite, Vectors(words, matrix.astype(np.float32))


def test_3cosavg_against_its_twin(world: tuple[AnalogySuite, Vectors]) -> None:
    suite, vectors = world
    found = answer_pairs(vectors, suite, RowFinder(vectors.words, len(vectors), CONVENTIONS["w2v"]), NullProgress())
    assert found.scored.tolist() == ([True] * 8 + [False]) * 2
    unit = vectors.unit.astype(np.float64)
    for section, relation in enumerate("xy"):
        for left in range(8):
            rows = [(vectors.index[f"{relation}a{n}"], vectors.index[f"{relation}b{n}"]) for n in range(8) if n != left]
            offset = np.mean([unit[b] - unit[a] for a, b in rows], axis=0)
            own = vectors.index[f"{relation}a{left}"]
            scores = unit @ (unit[own] + offset)
            scores[own] = -np.inf
            answers = [vectors.index[f"{relation}{side}{left}"] for side in ("bc" if left % 3 == 0 else "b")]
            best = scores[answers].max()
            scores[answers] = -np.inf
            assert found.rank["3cosavg"][9 * section + left] == 1 + (scores > best).sum()


def test_lrcos_leaves_out_as_if_fitted_anew() -> None:
    rng = np.random.default_rng(0)
    a, b, random = (rng.normal(size=(count, 10)) + shift for count, shift in ((9, 0.0), (9, 0.7), (27, 0.0)))
    weights, intercepts = left_out(a, b, random)
    for left in range(9):
        rows = np.vstack([np.delete(b, left, 0), np.delete(a, left, 0), random])
        signs = np.where(np.arange(len(rows)) < 8, 1.0, -1.0)

        def loss(solution: np.ndarray, rows: np.ndarray = rows, signs: np.ndarray = signs) -> float:
            margins = signs * (rows @ solution[:-1] + solution[-1])
            return float(0.5 * solution[:-1] @ solution[:-1] + np.logaddexp(0, -margins).sum())

        expected = minimize(loss, np.zeros(11), method="BFGS", options={"gtol": 1e-7}).x
        assert np.append(weights[left], intercepts[left]) == pytest.approx(expected, abs=1e-3)


def test_the_report_counts_pairs(world: tuple[AnalogySuite, Vectors]) -> None:
    """The learning methods stand beside the others with their own number of items; there is none for other sets."""
    suite, vectors = world
    report = evaluate_suite(vectors, suite)
    assert isinstance(report, AnalogyReport)
    methods = {each.method: each for each in report.total.methods}
    assert (methods["3cosadd"].scored, methods["lrcos"].scored, methods["3cosavg"].scored) == (2 * 8 * 7, 16, 16)
    assert len(suite) == 2 * 9 * 8
    assert {each.method: each.scored for each in report.sections[0].methods}["lrcos"] == 8
    assert report.metrics()["own.3cosavg"] == methods["3cosavg"].accuracy
