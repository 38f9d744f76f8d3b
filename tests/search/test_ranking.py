"""Scores made comparable, combined and ranked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference import search as reference
from w2v.search.ranking import combine, top, z

SCORES = st.lists(st.integers(-9, 9), min_size=1, max_size=9)


@settings(deadline=None)
@given(SCORES)
def test_z_is_that_of_the_slow_twin(scores):
    assert z(np.array(scores, dtype=np.float32)) == pytest.approx(reference.z(scores))


def test_z_is_zero_where_all_scores_are_equal():
    assert z(np.full(7, np.float32(0.1))).tolist() == [0] * 7
    assert z(np.empty(0, dtype=np.float32)).tolist() == []


def test_both_scores_count_by_their_weights():
    words, meaning = np.array([0.0, 1.0], np.float32), np.array([4.0, 2.0], np.float32)
    assert combine(words, meaning) == pytest.approx([-0.7 + 0.3, 0.7 - 0.3])
    assert combine(words, meaning, (0.0, 1.0)) == pytest.approx([1, -1])
    assert combine(np.zeros(2, np.float32), meaning) == pytest.approx([0.3, -0.3])


def test_equal_scores_keep_their_order():
    assert top(np.array([1.0, 3.0, 3.0, 2.0]), 3).tolist() == [1, 2, 3]
    assert top(np.array([1.0, 1.0]), 5).tolist() == [0, 1]
    assert top(np.array([1.0]), 0).tolist() == []
    assert top(np.empty(0), 3).tolist() == []
