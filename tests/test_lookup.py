"""How words are found: each step, their order, what is said of them, and what helps where nothing is found."""

from __future__ import annotations

from unicodedata import normalize

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2v.errors import UnknownWordsError
from w2v.expressions import Term
from w2v.lookup import AS_SPELT, EVERY_STEP, Found, Lookup, Rules

WORDS = [
    "the", "Apple", "apple", "us", "US", "könig", normalize("NFD", "für"), "new_york", "new", "york", "icecream", "ice",
    "cream", "los angeles", "e-mail", "king", "man", "woman", "bank#1", "bank#2", "ΣΊΣΥΦΟΣ", "Straße", "kin", "wo-man",
    "c++", "12", "cordless", "drill",
]  # fmt: skip
LOOKUP = Lookup(WORDS, name="words.bin")


@pytest.mark.parametrize(
    ("asked", "word", "how"),
    [
        ("apple", "apple", "exact"),
        ("Apple", "Apple", "exact"),
        ("bank#1", "bank#1", "exact"),
        ("c++", "c++", "exact"),
        ("los angeles", "los angeles", "exact"),
        (normalize("NFD", "könig"), "könig", "normal form"),
        ("für", normalize("NFD", "für"), "normal form"),
        ("APPLE", "Apple", "case"),  # the most frequent of both
        ("Us", "us", "case"),
        ("FÜR", normalize("NFD", "für"), "case"),
        (normalize("NFD", "KÖNIG"), "könig", "case"),
        ("STRASSE", "Straße", "case"),
        ("σίσυφος", "ΣΊΣΥΦΟΣ", "case"),
        ("new york", "new_york", "phrase"),
        ("New  York", "new_york", "phrase"),
        ("ice cream", "icecream", "phrase"),
        ("ice_cream", "icecream", "phrase"),
        ("Los_Angeles", "los angeles", "phrase"),
    ],
)
def test_the_first_step_that_finds_a_word(asked: str, word: str, how: str) -> None:
    assert LOOKUP.find(asked) == Found(asked, word, WORDS.index(word), how)  # type: ignore[arg-type]


@pytest.mark.parametrize("asked", ["", " ", "_", "pear", "cordless drill", "the king", "_the", "\ud800", "x" * 100_000])
def test_what_no_step_finds(asked: str) -> None:
    assert LOOKUP.find(asked) is None


def test_rules_turn_steps_off() -> None:
    decomposed = normalize("NFD", "könig")
    none = Rules(normal_form=False, case=False, phrase=False, composed=False)
    for asked in (decomposed, "KÖNIG", "new york"):
        assert LOOKUP.find(asked, none) is None
    assert LOOKUP.find(decomposed, AS_SPELT) is not None
    assert LOOKUP.find("KÖNIG", AS_SPELT) is None
    only_case = Rules(normal_form=False, phrase=False, composed=False)
    assert LOOKUP.find("KÖNIG", only_case) is not None
    assert LOOKUP.find(normalize("NFD", "KÖNIG"), only_case) is None


def test_a_word_in_a_mixture_of_forms() -> None:
    mixed = "e\u0301" + "é"
    assert Lookup([mixed]).find("éé") == Found("éé", mixed, 0, "normal form")
    assert "(a mixed form)" in Found("éé", mixed, 0, "normal form").remark("v.bin")


def test_words_that_are_composed() -> None:
    def compose(word: str) -> np.ndarray | None:
        return np.ones(3, np.float32) if word.startswith("king") else None

    lookup = Lookup(WORDS, name="v.bin", compose=compose)
    found = lookup.find("kingly")
    assert found == Found("kingly", "kingly", None, "composed")
    assert found is not None
    assert found.vector is not None
    assert found.remark("v.bin") == "'kingly' is not in v.bin; its vector is composed from the parts of the word"
    assert lookup.find("KING") == Found("KING", "king", WORDS.index("king"), "case"), "composed is the last step"
    assert lookup.find("kingly", AS_SPELT) is None
    assert lookup.find("queenly") is None
    assert lookup.find("kings  crosss") == Found("kings  crosss", "kings_crosss", None, "composed"), "as phrases are"
    verbatim = AS_SPELT._replace(composed=True)
    assert lookup.find("kings crosss", verbatim) == Found("kings crosss", "kings crosss", None, "composed")
    assert [each.how for each in lookup.read("kingly - man").words] == ["composed", "exact"]
    assert lookup.read("king-man").terms == (Term(1.0, ("king",)), Term(-1.0, ("man",)))


def test_what_is_said_of_a_word() -> None:
    where = "de.safetensors"
    remarks = {asked: found.remark(where) for asked in ("apple", "New York", "KING") if (found := LOOKUP.find(asked))}
    assert remarks == {
        "apple": "",
        "New York": "'New York' is 'new_york' in de.safetensors",
        "KING": "'KING' is 'king' in de.safetensors",
    }
    found = LOOKUP.find(normalize("NFD", "könig"))
    assert found is not None
    assert found.remark(where).endswith("is in de.safetensors in another Unicode form (NFC); it looks the same")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("king", "king"),
        ("KING", "king"),
        ("e-mail", "e-mail"),
        ("wo-man", "wo-man"),
        ("king-man", "king − man"),
        ("King - MAN + wo-man", 'king − man + "wo-man"'),
        ("e - mail", None),  # spaces around it make it a difference, and 'mail' is unknown
        ("New York - us", "new_york − us"),
        ("{Apple ice  cream}:2 - new york", "{Apple ice cream}:2.0 − new_york"),
        ("12:30", None),  # a time, and not 30 times the word 12
        (" king ", "king"),
        ("- king", "− king"),
    ],
)
def test_reading_a_text(text: str, shown: str | None) -> None:
    if shown is None:
        with pytest.raises(UnknownWordsError):
            LOOKUP.read(text)
    else:
        assert str(LOOKUP.read(text)) == shown


def test_a_reading_says_what_each_word_was_taken_for() -> None:
    reading = LOOKUP.read("KING - man + New York")
    assert reading.text == "KING - man + New York"
    assert reading.word is None
    assert [(each.asked, each.word, each.how) for each in reading.words] == [
        ("KING", "king", "case"),
        ("man", "man", "exact"),
        ("New York", "new_york", "phrase"),
    ]
    word = LOOKUP.read("KING").word
    assert word is not None
    assert word.word == "king"


def test_all_unknown_words_at_once() -> None:
    with pytest.raises(UnknownWordsError) as caught:
        LOOKUP.read_all(["king", "pear - plum", "{fig pear}", "kingg"])
    assert caught.value.words == ("pear", "plum", "fig", "kingg")
    assert caught.value.suggestions["kingg"][0] == "king"
    readings, missing = LOOKUP.read_known(["king", "pear - plum", "kingg"])
    assert ([str(reading) for reading in readings], missing) == (["king"], ["pear", "plum", "kingg"])
    assert [found.row for found in LOOKUP.find_all(["the", "APPLE"])] == [0, 1]
    with pytest.raises(UnknownWordsError, match=r"'pear', 'fig' are not in words\.bin"):
        LOOKUP.find_all(["pear", "the", "fig"])


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("kign", "did you mean 'king' or 'kin'?"),
        ("cordless drill", "both words are there; ask for one at a time, or for both together: 'cordless + drill'"),
        ("the cordless drill", "all its words are there; ask for one at a time, or for all together: 'the + "),
        ("The Cordless", "both words are there; ask for one at a time, or for both together: 'The + Cordless'"),
        ("pear-king", "check the spelling; if + or - is meant, write spaces around it"),
        ("king-pear", "check the spelling; if + or - is meant, write spaces around it"),
        ("xqzzt", "check the spelling and the case of the words"),
    ],
)
def test_the_cure_fits_what_was_asked(asked: str, hint: str) -> None:
    with pytest.raises(UnknownWordsError) as caught:
        LOOKUP.read(asked)
    assert caught.value.hint.startswith(hint)


def test_suggestions_take_steps_that_the_rules_do_not_allow() -> None:
    with pytest.raises(UnknownWordsError) as caught:
        LOOKUP.read_all(["KING", "New York"], AS_SPELT)
    assert caught.value.hint == "did you mean 'king' for 'KING'; 'new_york' for 'New York'?"


@given(st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=20, unique=True), st.data())
def test_a_word_in_any_dress_is_found(words: list[str], data: st.DataObject) -> None:
    lookup = Lookup(words)
    word = data.draw(st.sampled_from(words))
    forms = [word, normalize("NFC", word), normalize("NFD", word), word.upper(), word.lower()]
    dressed = data.draw(st.sampled_from(forms))

    def bare(text: str) -> str:
        return normalize("NFD", normalize("NFD", text).casefold())

    found = lookup.find(dressed)
    if found is None:  # the upper case of ı is I, that of i
        assert bare(dressed) != bare(word)
        return
    assert found.row is not None
    assert words[found.row] == found.word
    assert bare(found.word) == bare(dressed) or found.how == "phrase"
    assert (found.how == "exact") == (found.word == dressed)


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    from w2v.errors import W2VError

    for rules in (EVERY_STEP, AS_SPELT):
        try:
            assert LOOKUP.read(text, rules).words
        except W2VError as error:
            assert error.hint  # noqa: PT017
