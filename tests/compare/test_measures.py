"""Procrustes and the four measures: known answers, and changes of a space that must change no score."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from w2v.arrays import F32, F64
from w2v.compare.measures import (
    CANDIDATES,
    Scores,
    anchors_of,
    cosine_distances,
    jaccard_distances,
    measure,
    nearest_words,
    profile_distances,
)
from w2v.compare.procrustes import linear_map, mapped, procrustes, r_squared
from w2v.compare.spaces import unit_centred_unit
from w2v.errors import SettingsError
from w2v.neighbours import nearest

UNCHANGED = 3e-7  # what float32 may do to a distance


def rotation(dim: int, seed: int = 7) -> F64:
    found: F64 = np.linalg.qr(np.random.default_rng(seed).standard_normal((dim, dim)))[0]
    return found


@pytest.fixture(scope="module")
def reflected() -> tuple[F64, F64, F64]:
    """200 rows, a reflection, and the rows that it makes, with rows 3 and 7 swapped."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((200, 10))
    q, _ = np.linalg.qr(rng.standard_normal((10, 10)))
    if np.linalg.det(q) > 0:
        q[:, 0] *= -1
    y = x @ q
    y[[3, 7]] = y[[7, 3]]
    return x, q, y


def test_a_reflection_is_recovered(reflected: tuple[F64, F64, F64]) -> None:
    x, q, y = reflected
    others = np.setdiff1d(np.arange(200), [3, 7])
    found = procrustes(x[others], y[others])
    assert np.linalg.det(found) == pytest.approx(-1)
    assert np.abs(found - q).max() < 1e-14
    distances = cosine_distances(mapped(x, found), y)
    assert distances[[3, 7]] == pytest.approx(0.665957258399152, abs=1e-14)
    assert np.delete(distances, [3, 7]).max() < 1e-14


def test_two_swapped_rows_do_not_turn_the_others(reflected: tuple[F64, F64, F64]) -> None:
    x, _, y = reflected
    found = procrustes(x, y)
    distances = cosine_distances(mapped(x, found), y)
    assert distances[[3, 7]] == pytest.approx(0.665957258399152, abs=1e-14)
    assert np.delete(distances, [3, 7]).max() < 1e-14
    residual = np.linalg.norm(mapped(x, found) - y)
    assert residual == pytest.approx(4.887663046020319, abs=1e-12)
    singular = np.linalg.svd(x.T @ y, compute_uv=False).sum()
    assert residual**2 == pytest.approx(23.88925005143301, abs=1e-10)
    assert (x**2).sum() + (y**2).sum() - 2 * singular == pytest.approx(23.88925005143301, abs=1e-10)


def test_r_squared_of_exact_unrelated_and_orthogonal_maps() -> None:
    rng = np.random.default_rng(1)
    x, by, noise = (rng.standard_normal(shape) for shape in ((1000, 8), (8, 8), (1000, 8)))
    y = x @ by

    def held_out(predict: Callable[[F64], F64], target: F64) -> float:
        return r_squared(predict(target), target[500:], target[:500].mean(axis=0))

    def linear(target: F64) -> F64:
        found = linear_map(x[:500], target[:500])
        return mapped(x[500:], found.matrix) + found.offset

    def orthogonal(target: F64) -> F64:
        return mapped(x[500:], procrustes(x[:500], target[:500]))

    assert held_out(linear, y) == pytest.approx(1.0, abs=1e-12)
    assert held_out(linear, noise) == pytest.approx(-0.013412561370433451, abs=1e-12)
    assert held_out(orthogonal, y) == pytest.approx(0.40070633351623974, abs=1e-12)
    assert held_out(orthogonal, noise) == pytest.approx(-0.9942054796585005, abs=1e-12)


def test_jaccard_and_local_on_paper() -> None:
    old, new = np.array([[1, 2, 3, 4, 5]]), np.array([[3, 4, 5, 6, 7]])
    assert 1 - jaccard_distances(old, new) == pytest.approx(0.42857142857142855)
    overlap = 3
    assert 1 - jaccard_distances(old, new) == pytest.approx(overlap / (2 * 5 - overlap))
    distances = profile_distances(np.array([[0.9, 0.8, 0.1]]), np.array([[0.2, 0.8, 0.7]]))
    assert distances == pytest.approx(0.3190414959394152, abs=1e-14)


def test_places_that_are_not_used_are_no_neighbours() -> None:
    old, new = np.array([[1, -1, -1], [-1, -1, -1]]), np.array([[1, 2, -1], [-1, -1, -1]])
    assert jaccard_distances(old, new).tolist() == [0.5, 0.0]


@pytest.fixture(scope="module")
def spaces() -> tuple[F32, F32]:
    """Rows of 900 words in two spaces that differ a little."""
    rng = np.random.default_rng(11)
    x = rng.standard_normal((900, 16)) + 1
    y = x + 0.4 * rng.standard_normal(x.shape)
    return tuple(unit_centred_unit(rows.astype(np.float32))[0] for rows in (x, y))  # type: ignore[return-value]


def four(scores: Scores) -> list[F64]:
    return [scores.procrustes, scores.local, scores.second_order, scores.neighbours]


CHANGES: dict[str, Callable[[F32], F64 | F32]] = {
    "rotation": lambda rows: rows @ rotation(16),
    "signs": lambda rows: rows * np.where(np.arange(16) % 3, 1, -1).astype(np.float32),
    "permutation": lambda rows: rows[:, np.random.default_rng(3).permutation(16)],
    "zeros": lambda rows: np.concatenate([rows, np.zeros((len(rows), 5), dtype=np.float32)], axis=1),
    "zeros between": lambda rows: np.insert(rows, [0, 7], 0.0, axis=1),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_changes_no_relation_changes_no_score(spaces: tuple[F32, F32], change: Callable[[F32], F64 | F32]) -> None:
    x, y = spaces
    moved = change(y).astype(np.float32)
    for plain, changed in zip(four(measure(x, y)), four(measure(x, moved)), strict=True):
        assert np.abs(plain - changed).max() <= UNCHANGED
    for distances in four(measure(y, moved)):
        assert distances.max() <= UNCHANGED


def test_a_space_with_itself_is_no_distance_away(spaces: tuple[F32, F32]) -> None:
    assert all(distances.max() <= UNCHANGED for distances in four(measure(spaces[0], spaces[0])))


def test_measures_follow_their_definitions_word_by_word(spaces: tuple[F32, F32]) -> None:
    x, y = spaces
    found = measure(x, y, studied=[100], local=5, shown=3)
    assert 100 not in found.anchors
    word = 80  # an anchor itself
    near = [[other for other in np.argsort(-(rows[word] @ rows.T)).tolist() if other != word][:5] for rows in (x, y)]
    assert [found.near_x[word].tolist(), found.near_y[word].tolist()] == near
    union = sorted(set(near[0]) | set(near[1]))
    a, b = (rows[union] @ rows[word] for rows in (x, y))
    assert found.local[word] == pytest.approx(1 - a @ b / np.linalg.norm(a) / np.linalg.norm(b), abs=1e-6)
    others = [anchor for anchor in found.anchors.tolist() if anchor != word]
    a, b = (rows[others] @ rows[word] for rows in (x, y))
    assert found.second_order[word] == pytest.approx(1 - np.corrcoef(a, b)[0, 1], abs=1e-6)
    same = len(set(near[0][:3]) & set(near[1][:3]))
    assert found.neighbours[word] == pytest.approx(1 - same / (6 - same))


def test_nearest_words_are_exact_and_the_same_with_any_number_of_threads(spaces: tuple[F32, F32]) -> None:
    x, _ = spaces
    exact = nearest(x, x, 6, without=np.arange(len(x))[:, None]).rows
    assert (nearest_words(x, 6) == exact).all()
    assert (nearest_words(x, 6, threads=1) == exact).all()
    assert nearest_words(x, 6, candidates=50).max() == 49


def test_few_words_have_few_neighbours() -> None:
    rows = np.eye(3, dtype=np.float32)
    assert nearest_words(rows, 5).tolist() == [[1, 2, -1, -1, -1], [0, 2, -1, -1, -1], [0, 1, -1, -1, -1]]
    assert np.isnan(measure(rows, rows).second_order).all()  # no correlation over so few anchors


def test_anchors_are_frequent_words_but_not_the_most_frequent() -> None:
    assert (anchors_of(CANDIDATES)[[0, -1]] == [200, 1199]).all()
    assert (anchors_of(240)[[0, -1]] == [20, 119]).all()
    assert 300 not in anchors_of(CANDIDATES, [300, 5])


def test_other_numbers_of_rows_are_refused() -> None:
    with pytest.raises(SettingsError, match="3 rows and 2 rows"):
        procrustes(np.eye(3), np.eye(3)[:2])
