"""Sums of words: what is read, what is written and read again, and where an error says that the text goes wrong."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from w2v.errors import ExpressionError
from w2v.expressions import Term, parse, written

KNOWN = {"king", "man", "woman", "cat", "dog", "e-mail", "e", "mail", "x-ray", "new", "york", "12", "a:1", "c++"}
KNOWN |= {"-dash"}
PUZZLES = {"a", "b", "c", "a-b", "b-c"}


def term(word: str, weight: float = 1.0) -> Term:
    return Term(weight, (word,))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("king - man + woman", [term("king"), term("man", -1), term("woman")]),
        ("king − man – woman", [term("king"), term("man", -1), term("woman", -1)]),
        ("king-man+woman", [term("king"), term("man", -1), term("woman")]),
        ("king -man +woman", [term("king"), term("man", -1), term("woman")]),
        ("king- man+ woman", [term("king"), term("man", -1), term("woman")]),
        ("- man + king", [term("man", -1), term("king")]),
        ("king - x-ray", [term("king"), term("x-ray", -1)]),
        ("x-ray-king", [term("x-ray"), term("king", -1)]),
        ("c++ - king", [term("c++"), term("king", -1)]),
        ("king + -dash", [term("king"), term("-dash")]),
        ("king:1 man:-1 woman:0.5", [term("king"), term("man", -1), term("woman", 0.5)]),
        ("king:2 - man:.5", [term("king", 2), term("man", -0.5)]),
        ("king:1e-1 man:−2", [term("king", 0.1), term("man", -2)]),
        ("king - man:-1", [term("king"), term("man")]),
        ("king-man:2", [term("king"), term("man", -2)]),
        ("king:x5 - man:5x", [term("king:x5"), term("man:5x", -1)]),
        ("king - a:1", [term("king"), term("a:1", -1)]),
        ("new york - king", [term("new york"), term("king", -1)]),
        ("new york:2 king:1", [term("new york", 2), term("king")]),
        ("{cat dog} - king", [Term(1, ("cat", "dog"), True), term("king", -1)]),
        ("king -{cat dog}:0.5", [term("king"), Term(-0.5, ("cat", "dog"), True)]),
        ('{"new york" cat}', [Term(1, ("new york", "cat"), True)]),
        ('"king - man" + "a \\"b\\" \\\\c"', [term("king - man"), term('a "b" \\c')]),
        ("unknown-word + king", [term("unknown-word"), term("king")]),
        ("  king   +\tman ", [term("king"), term("man")]),
    ],
)
def test_what_is_read(text: str, terms: list[Term]) -> None:
    assert parse(text, KNOWN.__contains__) == tuple(terms)


@pytest.mark.parametrize(
    ("text", "position", "problem"),
    [
        ("", 0, "there are no words"),
        ("king -", 6, "at the end a word is missing"),
        ("king - + man", 7, "before '+' a word is missing"),
        ("king {cat dog}", 5, "before '{cat dog}' a + or - is missing"),
        ('"king" man', 7, "before 'man' a + or - is missing"),
        ("king + {cat dog", 7, "the group is not closed"),
        ("king + { }", 7, "the group is empty"),
        ("{cat {dog}}", 5, "there is a group within a group"),
        ("cat dog}", None, None),  # a word may end so
        ("cat + }", 6, "there is a } without a {"),
        ('king - "man', 7, 'the quote " is not closed'),
        ('king - ""', 7, "the quotes hold no word"),
        ('"king"man', 6, "'m' follows without a space"),
        ("{cat dog}king", 9, "'k' follows without a space"),
        ('{"cat":2 dog}', 1, "a word of a group has a weight"),
        ("king:1e999 man:1", 4, "the weight 1e999 is too large"),
    ],
)
def test_where_it_goes_wrong(text: str, position: int | None, problem: str | None) -> None:
    if problem is None:
        assert parse(text, KNOWN.__contains__)
        return
    with pytest.raises(ExpressionError) as caught:
        parse(text, KNOWN.__contains__)
    assert (caught.value.position, caught.value.text) == (position, text)
    assert f"{problem}, at character {position + 1}" in caught.value.message
    assert caught.value.hint


def test_two_readings_are_an_error() -> None:
    with pytest.raises(ExpressionError, match="'a-b-c' can be read as a - b-c or a-b - c") as caught:
        parse("c + a-b-c", PUZZLES.__contains__)
    assert caught.value.position == 4
    assert "spaces" in caught.value.hint


WORDS = st.text(min_size=1, max_size=6) | st.sampled_from(["-", "+", "a b", "king:1", "{x}", '"', "\\", "−", "e-mail"])
WEIGHTS = st.floats(-1e6, 1e6).filter(lambda weight: weight == 0 or abs(weight) > 1e-300) | st.sampled_from([1.0, -1.0])
TERMS = st.builds(lambda weight, word: Term(weight, (word,)), WEIGHTS, WORDS) | st.builds(
    lambda weight, words: Term(weight, tuple(words), True), WEIGHTS, st.lists(WORDS, min_size=1, max_size=3)
)


@given(st.lists(TERMS, min_size=1, max_size=4), st.booleans())
@example([Term(1.0, ("}",)), Term(1.0, ("a}",), True)], False)
def test_what_is_written_is_read_again(terms: list[Term], known: bool) -> None:
    words = {word for term in terms for word in term.words} if known else set()
    assert parse(written(terms), words.__contains__) == tuple(terms)


@given(st.text(st.sampled_from('ab-+− {}:1.e"\\\n') | st.characters(), max_size=25), st.sampled_from(["a", "ab", ""]))
def test_any_text_is_read_or_refused_at_a_position(text: str, known: str) -> None:
    terms: tuple[Term, ...] = ()
    error = None
    try:
        terms = parse(text, lambda word: word in known)
    except ExpressionError as raised:
        error = raised
    assert bool(terms) == (error is None)
    assert all(word for term in terms for word in term.words)
    assert error is None or (0 <= error.position <= len(text) and error.hint)


@pytest.mark.slow
def test_long_texts_are_read_in_no_time() -> None:
    """A piece with thousands of operators could be cut in more ways than there are atoms."""
    for text in ("a-" * 5_000, "a" * 100_000, "{" * 5_000, '"' * 5_001, "a + " * 5_000 + "a"):
        with suppress(ExpressionError):
            assert parse(text, lambda word: set(word) <= {"a", "-"})
