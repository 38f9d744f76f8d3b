"""Postings that are gathered block by block are those of all texts at once."""

from __future__ import annotations

import tempfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2v.search import postings
from w2v.search.bm25 import count_terms

TERMS = 9
BLOCKS = st.lists(st.lists(st.lists(st.integers(0, TERMS - 1), max_size=6), max_size=4), max_size=5)


def flat(texts: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    bounds = np.concatenate([[0], np.cumsum([len(each) for each in texts])]).astype(np.int64)
    return bounds, np.array([term for each in texts for term in each], dtype=np.int32)


@settings(deadline=None)
@given(BLOCKS, st.integers(1, 50))
def test_blocks_give_what_all_texts_give(blocks, entries):
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryFile() as file:
        patch.setattr(postings, "RANGE", entries)
        writer = postings.PostingsWriter(file)
        for block in blocks:
            writer.add(*flat(block))
        expected = count_terms(*flat([text for block in blocks for text in block]), TERMS + 2)
        assert writer.offsets(TERMS + 2).tolist() == expected.offsets.tolist()
        assert writer.lengths().tolist() == expected.lengths.tolist()
        for name, found in (("documents", writer.documents), ("counts", writer.counts)):
            joined = [number for part in found(TERMS + 2) for number in part.tolist()]
            assert joined == getattr(expected, name).tolist()
        assert writer.entries == len(expected.documents)
