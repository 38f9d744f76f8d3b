"""The interval of a difference of groups, over seeds and items: exact cases, and how often it holds the truth."""

from __future__ import annotations

import numpy as np
import pytest

from w2v.evaluation.statistics import Paired, difference_of, paired_means
from w2v.evaluation.statistics.grouped import difference_of_groups, mean_and_spread
from w2v.evaluation.statistics.paired import Difference


def exact(right: np.ndarray) -> Paired:
    """Scores of files [F] on items, right [F, N], with the standard errors that resampling only estimates."""
    items = right.shape[1]

    def spread(first: int, second: int) -> tuple[float | None, int]:
        return float((right[second] - right[first]).std(ddof=1) / np.sqrt(items)), items - 1

    return Paired("accuracy", items, items, tuple(right.mean(axis=1)), spread)


def answers(
    rng: np.random.Generator, items: int, seeds: tuple[int, int], of_seeds: float, of_models: float
) -> np.ndarray:
    """Whether each file of two groups is right on each item, [files, N].

    Items are of unlike difficulty, some are easier for one model, and some seeds are luckier. No group is better.
    """
    hard, own = rng.normal(0, 1, items), rng.normal(0, of_models, items)
    files = []
    for group, number in enumerate(seeds):
        luck = rng.normal(0, of_seeds, (number, 1))
        files.append(hard + (own if group else -own) / 2 + luck + rng.normal(0, 1, (number, items)) > 0)
    return np.concatenate(files).astype(float)


def test_mean_and_spread() -> None:
    found = mean_and_spread([0.25, 0.5, 0.75])
    assert (found.mean, found.sd, found.seeds) == (0.5, 0.25, 3)
    assert mean_and_spread([0.25]).sd is None


def test_groups_of_one_are_a_paired_test() -> None:
    values = list(np.random.default_rng(1).normal(size=(2, 50)))
    paired = paired_means("mean", values, np.arange(50))
    assert paired is not None
    alone, whole = difference_of(paired, 0, 1), difference_of_groups(paired, [0], [1])
    for name in ("size", "low", "high", "p", "detectable"):
        assert getattr(whole, name) == pytest.approx(getattr(alone, name))


def test_the_spread_over_seeds_widens_the_interval() -> None:
    """Seeds with the same answers add nothing, whatever their number; seeds that differ do."""
    rng = np.random.default_rng(2)
    first, second = rng.normal(size=(2, 100))
    alike = difference_of_groups(exact(np.array([first, first, second, second])), [0, 1], [2, 3])
    once = difference_of_groups(exact(np.array([first, second])), [0], [1])
    assert alike.low == pytest.approx(once.low)
    lucky = difference_of_groups(exact(np.array([first, first + 1, second, second - 1])), [0, 1], [2, 3])
    assert lucky.high is not None
    assert alike.high is not None
    assert lucky.high - lucky.size > 2 * (alike.high - alike.size)


def test_where_little_can_be_told() -> None:
    few = exact(np.random.default_rng(3).normal(size=(4, 9)))
    size = few.scores[2] / 2 + few.scores[3] / 2 - few.scores[0] / 2 - few.scores[1] / 2
    found = difference_of_groups(few, [0, 1], [2, 3])
    assert found == Difference(pytest.approx(size))  # type: ignore[arg-type]
    same = exact(np.tile(np.arange(20.0) % 2, (4, 1)))
    assert difference_of_groups(same, [0, 1], [2, 3]) == Difference(0.0, p=1.0)


CASES = [
    # items, seeds of each group, spread of seeds, of models
    (100, (3, 3), 0.0, 0.5),
    (100, (5, 5), 0.2, 0.0),
    (1000, (2, 2), 0.05, 0.0),
    (1000, (3, 3), 0.05, 0.5),
    (1000, (3, 3), 0.2, 0.5),
    (1000, (5, 5), 0.0, 0.0),
    (300, (3, 10), 0.1, 0.3),
]


def held(items: int, seeds: tuple[int, int], of_seeds: float, of_models: float, trials: int) -> float:
    """The share of trials whose interval holds the true difference, which is 0."""
    rng = np.random.default_rng([items, *seeds, int(100 * of_seeds), int(100 * of_models)])
    first, second = range(seeds[0]), range(seeds[0], sum(seeds))
    count = 0
    for _ in range(trials):
        paired = exact(answers(rng, items, seeds, of_seeds, of_models))
        found = difference_of_groups(paired, list(first), list(second))
        assert found.low is not None
        assert found.high is not None
        count += found.low <= 0 <= found.high
    return count / trials


@pytest.mark.slow
@pytest.mark.parametrize(("items", "seeds", "of_seeds", "of_models"), CASES)
def test_coverage(items: int, seeds: tuple[int, int], of_seeds: float, of_models: float) -> None:
    """Nominal 95 % holds the truth in 93 % or more of 500 trials, and in 99.5 % at most."""
    assert 0.93 <= held(items, seeds, of_seeds, of_models, 500) <= 0.995


if __name__ == "__main__":  # the table of docs/evaluation.md
    for case in CASES:
        print(f"| {case[0]:,} | {case[1][0]} and {case[1][1]} | {case[2]:g} | {case[3]:g} | {held(*case, 2000):.1%} |")
