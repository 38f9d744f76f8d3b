"""The nearest rows against a full sort of all rows: ties, exclusions, blocks of any size, broken rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference.neighbours import nearest as sorted_rows

from w2v import neighbours
from w2v.neighbours import best, nearest


def lengths_inverted(matrix: np.ndarray) -> np.ndarray:
    norms = np.sqrt((matrix.astype(np.float64) ** 2).sum(axis=1))
    return np.divide(1.0, norms, out=np.zeros(len(matrix)), where=norms > 0)


def check(matrix: np.ndarray, queries: np.ndarray, k: int, **options: Any) -> None:
    found = nearest(matrix, queries, k, **options)
    among = np.arange(len(matrix)) if options.get("among") is None else options["among"]
    without = options.get("without")
    size = min(k, len(set(among.tolist())))
    assert found.rows.shape == found.scores.shape == (len(queries), size)
    for number, query in enumerate(queries):
        barred = [] if without is None else without[number].tolist()
        rows, scores = sorted_rows(matrix, query, k, options.get("scale"), among, barred)
        missing = size - len(rows)
        assert found.rows[number].tolist() == rows + [-1] * missing
        assert found.scores[number].tolist() == scores + [float("-inf")] * missing


@pytest.mark.slow
@given(data=st.data())
def test_the_same_as_a_full_sort(data: st.DataObject) -> None:
    """Small whole numbers make many ties; blocks of a few scores make many blocks."""
    dim = data.draw(st.integers(1, 5))
    values = st.integers(-2, 2)
    matrix = np.array(
        data.draw(st.lists(st.lists(values, min_size=dim, max_size=dim), min_size=1, max_size=30)), np.float32
    )
    count = data.draw(st.integers(0, 5))
    queries = np.array(
        data.draw(st.lists(st.lists(values, min_size=dim, max_size=dim), min_size=count, max_size=count)), np.float64
    ).reshape(count, dim)
    rows = st.integers(0, len(matrix) - 1)
    options: dict[str, Any] = {"scale": lengths_inverted(matrix)}
    if data.draw(st.booleans()):
        options["among"] = np.array(data.draw(st.lists(rows, min_size=1, max_size=10)))
    if data.draw(st.booleans()):
        width = data.draw(st.integers(0, 4))
        barred = data.draw(
            st.lists(
                st.lists(st.integers(-1, len(matrix) - 1), min_size=width, max_size=width),
                min_size=count,
                max_size=count,
            )
        )
        options["without"] = np.array(barred, dtype=np.int64).reshape(count, width)
    if data.draw(st.booleans()):
        options["precision"] = np.float64
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(neighbours, "SCORES", data.draw(st.sampled_from([1, 7, 1 << 20])))
        patched.setattr(neighbours, "COPIED", data.draw(st.sampled_from([1, 9, 1 << 20])))
        patched.setattr(neighbours, "QUERIES", data.draw(st.sampled_from([1, 2, 256])))
        check(matrix, queries, data.draw(st.integers(0, 35)), **options)


@pytest.mark.slow
@pytest.mark.parametrize("lean", [0.0, 5.0])
def test_many_queries_of_many_rows(lean: float) -> None:
    """Also where all rows lean one way, so that cosines differ by little more than single precision can tell."""
    rng = np.random.default_rng(3)
    matrix = (rng.standard_normal((5_000, 40)) + lean).astype(np.float32)
    matrix[100:140] = matrix[7]
    matrix[200:240] = matrix[7] * 2
    scale = lengths_inverted(matrix)
    asked = np.concatenate([[7, 120], rng.choice(5_000, 40, replace=False)])
    check(matrix, matrix[asked] * scale[asked, None], 12, scale=scale, without=asked[:, None])


def test_one_query_and_many_give_the_same_bits() -> None:
    rng = np.random.default_rng(4)
    matrix = rng.standard_normal((3_000, 30)).astype(np.float32)
    scale = lengths_inverted(matrix)
    queries = matrix[:300] * scale[:300, None]
    together = nearest(matrix, queries, 9, scale=scale)
    for number in range(0, 300, 50):
        alone = nearest(matrix, queries[number : number + 1], 9, scale=scale)
        assert np.array_equal(alone.rows[0], together.rows[number])
        assert np.array_equal(alone.scores[0], together.scores[number])


def test_what_is_not_finite_is_near_to_nothing() -> None:
    matrix = np.array([[1, 0], [np.nan, 1], [0, 1], [np.inf, 0], [1, 1], [0, 0]], np.float32)
    with np.errstate(all="ignore"):
        scale = lengths_inverted(matrix)
    found = nearest(matrix, np.array([[1.0, 0.0], [np.nan, 0.0], [np.inf, 0.0]]), 6, scale=scale)
    assert found.rows.tolist() == [[0, 4, 2, 5, -1, -1], [-1] * 6, [-1] * 6]
    assert nearest(matrix, np.array([[1.0, 0.0]]), 2, scale=scale).rows.tolist() == [[0, 4]]


def test_the_best_of_scores_keep_their_order() -> None:
    assert best(np.array([1.0, 3.0, 2.0, 3.0, 2.0]), 3).tolist() == [1, 3, 2]
    assert best(np.array([1.0, 3.0]), 9).tolist() == [1, 0]
    assert best(np.array([1.0, 3.0]), 0).tolist() == []
