"""CSLS: the known hub, and the fast search against the slow table of all pairs."""

from __future__ import annotations

import numpy as np
import pytest

from tests.reference.csls import csls_table, mutual_pairs
from w2v.arrays import F32
from w2v.compare.csls import best_by_cosine, best_by_csls, mean_of_nearest, mutual_nearest

COSINES = np.array([[0.8, 0.84], [0.6, 0.9]])  # of two sources with two targets; the second target is near both
CSLS = np.array([[-0.04, -0.06], [-0.5, 0.0]])


def unit(rows: int, dim: int, seed: int) -> F32:
    found = np.random.default_rng(seed).normal(size=(rows, dim)) + 0.5  # the mean makes some rows hubs
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def hub() -> tuple[F32, F32]:
    """Rows at length 1 with those cosines."""
    gram = np.eye(4)
    gram[:2, 2:], gram[2:, :2] = COSINES, COSINES.T
    gram[0, 1] = gram[1, 0] = gram[2, 3] = gram[3, 2] = 0.75
    values, basis = np.linalg.eigh(gram)
    assert values.min() > 0
    rows = (basis * np.sqrt(values)).astype(np.float32)
    return rows[:2], rows[2:]


def test_the_slow_table_gives_the_known_answer() -> None:
    assert csls_table(COSINES, 1) == pytest.approx(CSLS)


def test_a_hub_is_turned_down(hub: tuple[F32, F32]) -> None:
    x, y = hub
    assert best_by_cosine(x, y, 1).rows[:, 0].tolist() == [1, 1]
    r_of_x, r_of_y = mean_of_nearest(x, y, 1), mean_of_nearest(y, x, 1)
    found = best_by_csls(x, y, r_of_y, 2)
    assert found.rows[:, 0].tolist() == [0, 1]
    scores = np.take_along_axis(CSLS, found.rows, axis=1)
    assert found.scores - r_of_x[:, None] == pytest.approx(scores, abs=1e-6)
    pairs, csls = mutual_nearest(x, y, 1)
    assert pairs.tolist() == [[0, 0], [1, 1]]
    assert csls == pytest.approx([-0.04, 0.0], abs=1e-6)


@pytest.mark.parametrize(("n", "m", "k"), [(150, 90, 10), (40, 200, 3), (7, 5, 10), (1, 1, 1)])
def test_it_equals_the_slow_table(n: int, m: int, k: int) -> None:
    x, y = unit(n, 8, 1), unit(m, 8, 2)
    table = csls_table(x.astype(np.float64) @ y.T.astype(np.float64), k)
    r_of_x, r_of_y = mean_of_nearest(x, y, k), mean_of_nearest(y, x, k)
    found = best_by_csls(x, y, r_of_y, 3)
    assert found.scores - r_of_x[:, None] == pytest.approx(np.take_along_axis(table, found.rows, axis=1), abs=1e-6)
    assert (found.rows[:, 0] == table.argmax(axis=1)).all()
    assert list(map(tuple, mutual_nearest(x, y, k)[0].tolist())) == mutual_pairs(table)


def test_threads_change_no_number() -> None:
    x, y = unit(5_000, 6, 3), unit(300, 6, 4)
    r_of_y = mean_of_nearest(y, x, threads=1)
    assert (r_of_y == mean_of_nearest(y, x, threads=3)).all()
    one, three = (best_by_csls(x, y, r_of_y, 2, threads=threads) for threads in (1, 3))
    assert (one.rows == three.rows).all()
    assert (one.scores == three.scores).all()
