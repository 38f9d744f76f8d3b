"""Intervals of scores: scipy's, their coverage by simulation, and what they say where all is right or wrong."""

from __future__ import annotations

import json
import math
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from scipy import stats

from w2v.cli import main
from w2v.evaluation import evaluate
from w2v.evaluation.statistics.intervals import clustered_interval, independent_trials, share_interval, student
from w2v.evaluation.statistics.pigeonhole import Pigeonhole
from w2v.evaluation.tasks.analogies.sets import read_own_analogies
from w2v.formats import write
from w2v.vectors import Vectors


@pytest.mark.parametrize(("right", "trials"), [(1, 30), (7, 30), (15, 30), (29, 30), (3, 2000)])
def test_a_share_is_scipys_wilson(right: int, trials: int) -> None:
    found = share_interval(right / trials, trials)
    expected = stats.binomtest(right, trials).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize("trials", [1, 8, 500])
def test_all_or_none_is_scipys_exact_interval(trials: int) -> None:
    for right in (0, trials):
        found = share_interval(right / trials, trials)
        expected = stats.binomtest(right, trials).proportion_ci(method="exact")
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_as_many_trials_as_the_error_is_worth() -> None:
    """The error of 50 trials makes 50 of 1,000 items; one that is too small to be true makes no more than the items."""
    assert independent_trials(0.2, math.sqrt(0.2 * 0.8 / 50), 1000) == pytest.approx(50)
    assert independent_trials(0.2, 1e-9, 1000) == independent_trials(0.2, 0.0, 1000) == pytest.approx(1000)


@pytest.mark.parametrize("freedom", [2, 4, 10, 30, 300])
def test_student(freedom: int) -> None:
    assert student(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), abs=0.05 if freedom < 4 else 0.002)


def pairs_world(pairs: int, truth: float, spread: float, likeness: float, seed: int) -> Pigeonhole:
    """Questions between all pairs, whose chance of being right depends on both: hard pairs are so in both roles.

    truth: the chance over all pairs there could be.
    """
    rng = np.random.default_rng(seed)
    asking = rng.normal(size=pairs)
    asked = likeness * asking + math.sqrt(1 - likeness**2) * rng.normal(size=pairs)
    noise = rng.normal(size=(pairs, pairs))
    ease = NormalDist().inv_cdf(truth) * math.sqrt(1 + 2 * spread**2)
    right = ease + spread * (asking[:, None] + asked) + noise > 0
    first, second = np.nonzero(~np.eye(pairs, dtype=bool))
    return pigeonhole(np.column_stack([first, second]), right[first, second], replicates=200)


def pigeonhole(sides: Any, right: Any, sections: Any = None, replicates: int = 10) -> Pigeonhole:
    """Of questions [N, 2] between pairs that are one word twice."""
    section_of = np.zeros(len(right), dtype=np.int64) if sections is None else np.array(sections)
    flags = np.column_stack([right, np.ones(len(right))]).astype(float)
    questions = np.repeat(np.array(sides).reshape(-1, 2), 2, axis=1)
    return Pigeonhole(questions, section_of, flags, int(section_of.max(initial=0)) + 1, replicates)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("truth", "spread", "likeness", "most"),
    [
        (0.69, 0.05, 0.0, 1.0),
        (0.69, 1.0, 0.0, 0.98),
        (0.69, 1.0, 0.9, 0.98),
        (0.002, 1.0, 0.9, 1.0),
        (0.01, 1.0, 0.9, 1.0),
        (0.99, 1.0, 0.9, 1.0),
    ],
    ids=["weak", "strong", "both", "none right", "few right", "few wrong"],
)
def test_coverage(truth: float, spread: float, likeness: float, most: float) -> None:
    """Nominal 95 % holds the truth in at least 92 %: of 20 pairs that differ little, much, and much in both roles.

    Where pairs hardly differ it over-covers, which the module says. Where nearly all is right or wrong, share ± error
    holds it in 58 to 76 %.
    """
    held = 0
    for seed in range(300):
        interval = pairs_world(20, truth, spread, likeness, seed).interval(0, [0])
        assert interval is not None
        held += interval.low <= truth <= interval.high
    assert 0.92 <= held / 300 <= most


@pytest.mark.parametrize("truth", [0.01, 0.5, 0.97])
def test_coverage_of_clusters(truth: float) -> None:
    """Eight topics of eight outliers, as in the published set, some topics being harder."""
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(1000):
        ease = NormalDist().inv_cdf(truth) * math.sqrt(2) + rng.normal(size=8)
        right = (ease[:, None] + rng.normal(size=(8, 8)) > 0).sum(axis=1)
        interval = clustered_interval(right, np.full(8, 8))
        assert interval is not None
        held += interval.low <= truth <= interval.high
    assert held / 1000 >= 0.92


def test_all_or_none_counts_pairs_and_not_questions() -> None:
    """20 pairs in 380 questions are 20 trials; in ten questions of their own they are ten."""
    every = [(first, second) for first in range(20) for second in range(20) if first != second]
    for right in (0, 1):
        assert pigeonhole(every, np.full(380, right)).interval(0, [0]) == share_interval(right, 20)
        own = pigeonhole(np.arange(20).reshape(10, 2), np.full(10, right)).interval(0, [0])
        assert own == share_interval(right, 10)


def test_sections_of_unlike_size_count_as_the_one_with_fewest_trials() -> None:
    """90 questions of 10 pairs and 12 of 4, all wrong: little more than 10 trials, and not 14."""
    sections = [(0, 10), (10, 14)]
    sides = [(a, b) for low, high in sections for a in range(low, high) for b in range(low, high) if a != b]
    found = pigeonhole(sides, np.zeros(102), [0] * 90 + [1] * 12)
    together = found.interval(0, [0, 1])
    assert together is not None
    assert together.high == pytest.approx(share_interval(0, 102 * 10 / 90).high)
    assert found.interval(0, [1]) == share_interval(0, 4)


def test_too_few_pairs_or_topics_have_no_interval() -> None:
    assert pigeonhole([(0, 1), (1, 0)], [1, 1]).interval(0, [0]) is None
    nothing = Pigeonhole(np.empty((0, 4), dtype=np.int64), np.empty(0, dtype=np.int64), np.empty((0, 2)), 2)
    assert nothing.interval(0, [0, 1]) is None
    assert clustered_interval(np.array([8, 8, 0]), np.array([8, 8, 0])) is None
    assert clustered_interval(np.array([8, 8, 2]), np.array([8, 8, 2])) == share_interval(1.0, 18 / 8)


@pytest.fixture
def certain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vectors:
    """Vectors by which one relation is all right, one all wrong, and cosines follow ratings; in files, as the sets."""
    monkeypatch.chdir(tmp_path)
    pairs = range(6)
    matrix = [*np.eye(7)[:6], *(np.eye(7)[i] + 0.1 * (i + 1) * np.eye(7)[6] for i in pairs), *-np.eye(7)[:6]]
    vectors = Vectors([f"{name}{i}" for name in "abz" for i in pairs], np.array(matrix, dtype=np.float32))
    asked = [(i, j) for i in pairs for j in pairs if i != j]
    right, wrong = ("".join(f"a{i} b{i} a{j} {name}{j}\n" for i, j in asked) for name in "bz")
    Path("own.txt").write_text(f": right\n{right}: wrong\n{wrong}")
    Path("rated.txt").write_text("".join(f"a{i} b{i} {9 - i}\n" for i in pairs))
    write(vectors, "vectors.txt")
    return vectors


def test_every_form_says_how_far_all_or_none_may_be_from_the_truth(
    certain: Vectors, capsys: pytest.CaptureFixture[str]
) -> None:
    """Six pairs all right: 54.1 to 100 %. Twelve all wrong: 0 to 26.5 %. A rho of 1 has no interval: nothing varies."""
    asked = ["eval", "vectors.txt", "--analogies", "own.txt", "--pairs", "rated.txt"]
    assert main([*asked, "--json", "--report", "page.html", "--report", "page.md"]) == 0
    analogies, rated = json.loads(capsys.readouterr().out)["files"][0]["suites"]
    for section, share, pairs in zip(analogies["sections"], (1, 0), (6, 12), strict=True):
        expected = share_interval(share, pairs)
        for found in (section, section["methods"][0]):
            assert (found["accuracy"], found["low"], found["high"]) == (share, expected.low, expected.high)
    assert 0 < analogies["total"]["low"] < 0.5 < analogies["total"]["high"] < 1
    assert (rated["spearman"], rated["low"], rated["high"]) == (1, None, None)
    page = Path("page.md").read_text("utf-8")
    assert "| right | 100.0 % | 54.1–100.0 | 30/30 |" in page
    assert "| wrong | 0.0 % | 0.0–26.5 | 0/30 |" in page
    assert "| rated | 1.0000 | – | 1.0" not in page
    html = Path("page.html").read_text("utf-8")
    assert "54.1" in html
    assert "26.5" in html
    assert main(asked) == 0
    lines = [line.split("  ") for line in capsys.readouterr().out.splitlines() if line.startswith("rated ")]
    _, line = lines  # at a glance, and in the section
    assert [cell.strip() for cell in line if cell][:3] == ["rated", "1.0000", "–, too few"]


def test_answers_that_do_not_vary_have_no_interval_of_differences(certain: Vectors) -> None:
    """The same answers differ by 0 with p = 1; all right beside all wrong is no p of 1."""
    swapped = Vectors([word.translate(str.maketrans("bz", "zb")) for word in certain.words], certain.matrix)
    Path("right.txt").write_text(Path("own.txt").read_text().partition(": wrong")[0])
    suite = read_own_analogies(Path("right.txt"))
    compared = evaluate({"a": certain, "b": certain, "c": swapped}, suite).studies["comparison"].suites
    same, other, _ = compared[0].differences
    assert (same.difference, same.p, same.low, same.detectable) == (0, 1.0, None, None)
    assert (other.difference, other.p, other.low, other.detectable) == (-1, None, None, None)
