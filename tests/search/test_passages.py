"""Long documents cut into passages."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2v.search.passages import passages_of


def test_a_short_text_is_one_passage_as_it_stands():
    assert passages_of("  a b\n\nc ", 3) == ["  a b\n\nc "]
    assert passages_of("", 3) == [""]


def test_paragraphs_stay_whole_where_they_fit():
    text = "one two three\n\nfour five\n\nsix seven eight nine"
    assert passages_of(text, 5) == ["one two three\n\nfour five", "six seven eight nine"]


def test_a_long_paragraph_is_cut_into_sentences_and_a_long_sentence_into_words():
    assert passages_of("One two. Three four! Five six? Seven.", 4) == ["One two. Three four!", "Five six? Seven."]
    assert passages_of("a b c d e f g", 3) == ["a b c", "d e f", "g"]


def test_text_without_blanks_is_cut_too():
    found = passages_of("字" * 100, 2)
    assert max(map(len, found)) <= 24
    assert "".join(found) == "字" * 100


@given(st.text(st.sampled_from("ab. \n!?\t字。")), st.integers(1, 9))
def test_nothing_is_lost(text, most):
    assert "".join(passages_of(text, most)).split() or not text.split()
    assert "".join("".join(passages_of(text, most)).split()) == "".join(text.split())


@pytest.mark.parametrize("text", ["a\n" * 300_000, "\n" * 300_000, "." * 300_000, "a " * 300_000, "x" * 300_000])
def test_cutting_takes_time_that_grows_with_the_text(text):
    begin = time.process_time()
    passages_of(text, 200)
    assert time.process_time() - begin < 20  # hours, if it grew with the square
