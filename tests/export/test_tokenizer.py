"""tokenizer.json cuts texts as w2v does. Its expressions are run by Python's `re` here."""

from __future__ import annotations

import json
import random
import re
from typing import Any
from unicodedata import category

import numpy as np
import pytest

from w2v import Vectors
from w2v.errors import SettingsError
from w2v.export.tokenizer import check_expressible, phrases_of, tokenizer_json
from w2v.export.word_pattern import WRITTEN_FOR, final_sigma_pattern, whitespace_pattern, word_pattern
from w2v.pooling.rules import rules_of
from w2v.text.word_rules import VERSION
from w2v.text.word_splitting import words_in

ALPHABET = [
    *"aB1א 2_-'.,&+#@\":)(<3/D=^>\u0301\u200d\ufe0f👍🏽🇩🇪東。、\t\n\u00a0٣·\u200c״ק",
    "C++",
    "C#",
    ":)",
    " :-) ",
    "\x00",
]


def compiled(pattern: str) -> re.Pattern[str]:
    """The expression as Python spells it."""
    return re.compile(re.sub(r"\\x\{([0-9A-F]+)\}", lambda code: f"\\U{int(code[1], 16):08x}", pattern))


def test_the_expression_follows_the_rules_of_today() -> None:
    assert WRITTEN_FOR == VERSION


@pytest.mark.slow
def test_every_assigned_code_point_is_cut_alike() -> None:
    words = compiled(word_pattern(keep_tags=False))
    for point in range(0x110000):
        letter = chr(point)
        if category(letter) not in ("Cn", "Cs"):
            text = f"a{letter}b {letter} {letter}1."
            assert words.findall(text) == words_in(text), hex(point)


def test_strings_of_odd_letters_are_cut_alike() -> None:
    words, chance = compiled(word_pattern(keep_tags=False)), random.Random(0)
    for _ in range(5_000):
        text = "".join(chance.choice(ALPHABET) for _ in range(chance.randint(1, 14)))
        assert words.findall(text) == words_in(text), text


def test_white_space_is_that_of_python() -> None:
    pattern = compiled(whitespace_pattern())
    for point in [*range(0x3100), 0xFEFF, 0x1F44D]:
        text = f"a{chr(point)}b {chr(point)}"
        assert pattern.findall(text) == text.split()


def test_a_sigma_at_the_end_of_a_word() -> None:
    """Unicode's rule as Python follows it; `re` has no \\K, so here a group takes its place."""
    before, _, behind = final_sigma_pattern().partition(r"\K")
    pattern, chance = compiled(f"({before}){behind}"), random.Random(0)
    letters = [*"ΑσςaΣΣΣ. ’'·:0-\u0301\u0345\u00adʰ\u200d", "\U000e0100", "İ"]
    texts = ["ΟΔΟΣ", "ΟΔΟΣ'", "ΟΔΟ'Σ", "Α'Σ'Α", "Σ", "ΑΣ\u0301", "Α\u0301\u0308'Σ, ΑΣ"]
    texts += ["".join(chance.choice(letters) for _ in range(chance.randint(1, 9))) for _ in range(2_000)]
    for text in texts:
        one_by_one = "".join(letter.lower() for letter in pattern.sub(r"\1ς", text))
        assert one_by_one == text.lower(), ascii(text)


def vectors(*words: str, **tokenizer: Any) -> Vectors:
    return Vectors(words, np.eye(len(words)), tokenizer=tokenizer or None)


def made(some: Vectors, **settings: Any) -> tuple[dict[str, Any], list[int]]:
    rules = rules_of(some, settings)
    found = tokenizer_json(some.words, phrases_of(some.words, rules), rules)
    return json.loads(found.json), found.rows


def test_words_have_the_numbers_of_their_rows() -> None:
    found, rows = made(vectors("king", "queen", "[UNK]", tokenizer="words", lowercase=True))
    assert found["model"]["vocab"] == {"king": 0, "queen": 1, "[UNK]": 2, "[[UNK]]": 3}
    assert (found["model"]["unk_token"], rows) == ("[[UNK]]", [0, 1, 2, -1])
    assert found["added_tokens"] == []
    steps = [step["type"] for step in found["normalizer"]["normalizers"]]
    assert steps == ["NFC", "Replace", "Lowercase", "NFC"]
    assert found["pre_tokenizer"]["pattern"]["Regex"] == word_pattern(keep_tags=False)


def test_as_it_was_in_training() -> None:
    found, _ = made(vectors("a,", "b.", "c!", tokenizer="whitespace"))
    assert found["normalizer"] is None
    assert found["pre_tokenizer"]["pattern"]["Regex"] == whitespace_pattern()
    found, _ = made(vectors("#A", "b", tokenizer="words", keep_tags=True, normalize="nfkc"))
    assert found["pre_tokenizer"]["pattern"]["Regex"] == word_pattern(keep_tags=True)
    assert [step["type"] for step in found["normalizer"]["normalizers"]] == ["NFKC"]


def test_phrases_have_a_second_spelling() -> None:
    found, rows = made(vectors("new", "york", "new_york", "a_", tokenizer="words", phrases=1))
    assert found["model"]["vocab"]["new york"] == 5
    assert rows == [0, 1, 2, 3, -1, 2]
    (added,) = found["added_tokens"]
    assert (added["id"], added["content"], added["single_word"], added["normalized"]) == (5, "new york", True, True)


@pytest.mark.parametrize(
    ("tokenizer", "fault", "cure"),
    [
        ({"tokenizer": "icu"}, "ICU's dictionaries", "--tokenizer words"),
        ({"tokenizer": "mine.cut"}, r"a function \(mine\.cut\)", "--tokenizer words"),
        ({"tokenizer": "words", "lowercase": True, "locale": "tr"}, r"one language \(tr\)", "lowercase=False"),
    ],
)
def test_what_cannot_be_expressed(tokenizer: dict[str, Any], fault: str, cure: str) -> None:
    some = vectors("a", "b", **tokenizer)
    with pytest.raises(SettingsError, match=fault) as caught:
        check_expressible(some, rules_of(some, {}), given=False)
    assert cure in caught.value.hint
