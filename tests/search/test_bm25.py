"""BM25 from token ids, against a slow twin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference import search as reference
from w2v.search.bm25 import Bm25

TERMS = 6
TEXTS = st.lists(st.lists(st.integers(0, TERMS - 1), max_size=8), min_size=1, max_size=8)


def built(documents: list[list[int]], terms: int = TERMS) -> Bm25:
    offsets = np.concatenate([[0], np.cumsum([len(each) for each in documents])]).astype(np.int64)
    ids = np.array([word for each in documents for word in each], dtype=np.int32)
    return Bm25.build(offsets, ids, terms)


@settings(deadline=None)
@given(TEXTS.filter(any), st.lists(st.integers(0, TERMS - 1), max_size=5))
def test_scores_are_those_of_the_slow_twin(documents, query):
    found = built(documents).scores(np.array(query, dtype=np.int32))
    assert found.dtype == np.float32
    assert found == pytest.approx(reference.bm25(documents, query), rel=1e-5, abs=1e-6)


def test_a_word_that_stands_in_many_documents_counts_less():
    scores = built([[0, 1], [0, 2], [0, 3]]).scores(np.array([0, 1], dtype=np.int32))
    assert scores[0] > 2 * scores[1] > 0
    assert scores[1] == scores[2]


def test_words_that_are_no_terms_are_passed_over():
    bm25 = built([[0, 1], [2]])
    assert bm25.scores(np.array([-1, TERMS, 5], dtype=np.int32)).tolist() == [0, 0]
    assert bm25.scores(np.array([], dtype=np.int32)).tolist() == [0, 0]


def test_unnumbered_words_count_in_the_length_alone():
    long, short = built([[0, -1, -1], [0]]).scores(np.array([0], dtype=np.int32))
    assert 0 < long < short


def test_no_documents_have_no_scores():
    assert len(built([]).scores(np.array([0], dtype=np.int32))) == 0
    assert built([[], []]).scores(np.array([0], dtype=np.int32)).tolist() == [0, 0]


def test_a_term_beyond_the_last_one_is_refused():
    with pytest.raises(ValueError, match="numbered 6"):
        built([[TERMS]])
