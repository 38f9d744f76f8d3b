"""The rules of `--tokenizer words`: the kernel against its twin, words of real kinds, and what is left out."""

from __future__ import annotations

from collections import Counter
from unicodedata import category

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reference.tokenise import character_class, running_words

from w2v.kernels import tokenise
from w2v.kernels.tokenise import PADDING, Rules, Tally, split_words
from w2v.text import word_rules
from w2v.text.characters import character_classes, emoticons, transitions

PIECES = [
    *"aé9ש東🍕🇩👍🏽+#@_.&\"'-·/,;:。 ",
    *["C++", "C#", "3.14", "AT&T", 'צה"ל', "new_york", "👨\u200d👩", "🇩🇪", "1\ufe0f\u20e3", ":)", ":-("],
    *["<3", "e\u0301", "km/h", "\u200d", "\u200c"],
]  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=2)), max_size=40).map("".join)


def new_tally() -> Tally:
    left, apart, seen, points = (np.zeros(0x110000, dtype=np.int64) for _ in range(4))
    return Tally(left, apart, seen, points, np.zeros((tokenise.EXAMPLES, 3), dtype=np.int64), np.array([1, 0, 0, 0, 0]))


def split(text: str, *, keep_tags: bool = False, capacity: int = 4096, tally: Tally | None = None) -> list[str]:
    data = text.encode()
    block = np.frombuffer(data + b" " * PADDING, dtype=np.uint8)
    starts, ends = np.empty(capacity, dtype=np.int64), np.empty(capacity, dtype=np.int64)
    breaks = np.empty(capacity + 1, dtype=np.int64)
    rules = Rules(character_classes(), transitions(keep_tags=keep_tags), emoticons())
    tally = tally or new_tally()
    found: list[str] = []
    at = 0
    while at < len(data):
        at, words, _ = split_words(block, len(data), at, rules, starts, ends, breaks, tally)
        found += [data[starts[word] : ends[word]].decode() for word in range(words)]
    return found


@pytest.mark.slow
@settings(max_examples=500, deadline=None)
@example(text="a++b a+++ C#7 x# #a a#b ##a", keep_tags=True, capacity=4)
@given(text=texts, keep_tags=st.booleans(), capacity=st.integers(2, 40))
def test_twin(text: str, keep_tags: bool, capacity: int) -> None:
    text = text.encode("utf-8", "replace").decode()
    assert split(text, keep_tags=keep_tags, capacity=capacity) == running_words(text, keep_tags=keep_tags)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(text=texts)
def test_every_character_is_in_a_word_or_counted(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    tally = new_tally()
    found = split(text, tally=tally)
    expected = Counter(letter for letter in text if not letter.isspace()) - Counter("".join(found))
    assert {chr(point): int(tally.left[point]) for point in np.flatnonzero(tally.left)} == dict(expected)


def test_numbers_of_classes_and_states_are_those_of_the_tables() -> None:
    classes, states = word_rules.CLASSES, list(word_rules.STATES)
    assert (classes[tokenise.SPACE], classes[tokenise.LETTER], classes[tokenise.HEBREW]) == (
        "space",
        "letter",
        "hebrew",
    )
    first = tokenise.FIRST_STATE
    assert tuple(states[: tokenise.FIRST_TRAILING - first]) == word_rules.ENDS
    assert tuple(states[tokenise.FIRST_TRAILING - first : tokenise.FIRST_PENDING - first]) == word_rules.ENDS_BEFORE
    assert states[tokenise.FIRST_SINGLE - first] == "single"
    assert states[tokenise.EMOJI_JOINT - first] == "emoji_joint"
    assert sum(1 << classes.index(name) for name in word_rules.NO_END_BEFORE) == tokenise.NO_END_BEFORE
    assert all(len(each) <= 8 and each.isascii() for each in word_rules.EMOTICONS.split())


@pytest.mark.slow
def test_classes_by_name() -> None:
    """All of Unicode, classified by blocks in w2v and by names in the twin."""
    letters = dict(zip(' o,wdhmj_.&"+#@sefz', range(19), strict=True))
    classes = character_classes()
    wrong = [
        f"U+{point:04X} {category(chr(point))}"
        for point in range(0x110000)
        if not 0xD800 <= point < 0xE000 and classes[point] != letters[character_class.__wrapped__(chr(point))]
    ]
    assert wrong == []


REAL = [
    ("tweet", "new_york #food @user_name 🍕🍕 :) <3 so good!!", "new_york food user_name 🍕 🍕 :) <3 so good"),
    ("faces", "👨\u200d👩\u200d👧 👍🏽 ❤\ufe0f", "👨\u200d👩\u200d👧 👍🏽 ❤\ufe0f"),
    ("flags", "🇩🇪🇫🇷 1\ufe0f\u20e3", "🇩🇪 🇫🇷 1\ufe0f\u20e3"),
    ("code", "C++ and C#, not F#; x++ a+b", "C++ and C# not F# x++ a b"),
    ("numbers", "3.14 1,000.50 v2.0. 10:30", "3.14 1,000.50 v2.0 10 30"),
    ("product ids", "SKU-12_b/44 (A-77.2)", "SKU-12_b 44 A-77.2"),
    ("firms", "AT&T, R&D and Q&A; x&1", "AT&T R&D and Q&A x 1"),
    ("Catalan", "col·legi paral·lel l'aigua", "col·legi paral·lel l'aigua"),
    ("Hebrew", 'צה״ל צה"ל "שלום" ג׳ירפה', 'צה״ל צה"ל שלום ג׳ירפה'),
    ("Arabic", "السَّلامُ عليكم، ٣٫١٤", "السَّلامُ عليكم ٣٫١٤"),
    ("Persian", "می\u200cخواهم", "می\u200cخواهم"),
    ("Hindi", "हिन्दी भाषा। क्\u200dष", "हिन्दी भाषा क्\u200dष"),
    ("Turkish", "İstanbul'da ığdır", "İstanbul'da ığdır"),
    ("chemistry", "2,4-dinitrophenol H₂O Na+ (CH3)2", "2,4-dinitrophenol H₂O Na+ CH3 2"),
    ("genes", "BRCA1 HLA-DRB1*15:01 TP53_mut", "BRCA1 HLA-DRB1 15 01 TP53_mut"),
    ("FASTA", ">seq1 ACGT\n", "seq1 ACGT"),
    ("walks", "n1 n_2 3", "n1 n_2 3"),
    ("Chinese", "東京、2020年：", "東 京 2020 年"),
    ("leading marks", "__init__ _x -y 'z", "init x y z"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), [row[1:] for row in REAL], ids=[row[0] for row in REAL])
def test_words_that_people_use(text: str, words: str) -> None:
    """Case 07, and more of its kind."""
    assert split(text) == words.split()


def test_tags_where_they_are_asked_for() -> None:
    assert split("#food @user_name a#b x@y.org #1 # (@me)", keep_tags=True) == (
        ["#food", "@user_name", "a", "b", "x", "y", "org", "#1", "@me"]
    )


def test_places_where_words_are_taken_apart() -> None:
    tally = new_tally()
    split("km/h und/oder z.B. (a)b a -- b 東/京 x, y", tally=tally)
    assert {chr(point): int(tally.apart[point]) for point in np.flatnonzero(tally.apart)} == {"/": 2, ".": 1, ")": 1}
    assert [chr(row[0]) for row in tally.firsts[: tally.carry[1]]] == ["/", ".", ")"]
