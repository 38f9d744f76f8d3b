"""How texts are cut into words: as in training, and what is decided where the vectors do not say it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from pooling.conftest import RUNNING, made

from w2v.errors import SettingsError
from w2v.pooling.rules import rules_of
from w2v.record import RunRecord
from w2v.vectors import Vectors

LOWERED = [f"word{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
ATTACHED = [f"{word}," for word in LOWERED] + LOWERED
CASED = [word.capitalize() for word in LOWERED]
PLAIN = {"tokenizer": "whitespace", "lowercase": False, "normalize": "none", "keep_tags": False, "locale": None}


def of(words: list[str], settings: dict[str, Any] | None, **given: Any) -> tuple[str, bool, str | None, bool]:
    record = None if settings is None else RunRecord("sgns", settings)
    vectors = Vectors(words, np.ones((len(words), 2), dtype=np.float32), record=record, name="v.bin")
    rules = rules_of(vectors, given)
    return rules.config.tokenizer, rules.config.lowercase, rules.config.normalize, bool(rules.decided)


def test_the_record_of_the_run_decides() -> None:
    assert of(LOWERED, RUNNING) == ("words", True, "nfc", False)
    assert of(CASED, {**RUNNING, "lowercase": False}) == ("words", False, "nfc", False)
    assert of(ATTACHED, PLAIN) == ("whitespace", False, "none", False)
    rules = rules_of(made({**RUNNING, "keep_tags": True, "locale": "tr"}), {})
    assert rules.config.keep_tags
    assert rules.config.locale == "tr"


def test_text_that_was_prepared_before_training_is_prepared_here_too() -> None:
    assert of(LOWERED, PLAIN) == ("words", True, "nfc", True)
    assert of(CASED, PLAIN) == ("words", False, "nfc", True)
    assert of(LOWERED, {**RUNNING, "lowercase": False}) == ("words", True, "nfc", True)


def test_without_a_record_words_are_found_and_lowered_as_the_vocabulary_is() -> None:
    assert of(LOWERED, None) == ("words", True, "nfc", True)
    assert of(CASED, None) == ("words", False, "nfc", True)


def test_what_is_given_decides() -> None:
    assert of(LOWERED, PLAIN, tokenizer="whitespace")[:2] == ("whitespace", False)
    assert of(CASED, None, lowercase=True)[:2] == ("words", True)
    assert of(LOWERED, RUNNING, normal_form="nfkc")[2] == "nfkc"
    assert of(LOWERED, {**RUNNING, "locale": "tr"}, lowercase=False)[1] is False
    with pytest.raises(SettingsError, match="no setting 'normalise'"):
        of(LOWERED, None, normalise=True)


def test_a_record_of_another_version_is_no_obstacle() -> None:
    assert of(LOWERED, {"tokenizer": "of the future", "lowercase": 3})[0] == "words"


def test_phrases_are_looked_for_where_they_were_joined_in_training() -> None:
    assert rules_of(made({**RUNNING, "phrases": 2}), {}).joins_phrases
    assert not rules_of(made(RUNNING), {}).joins_phrases
    assert rules_of(made(None), {}).joins_phrases


def test_clitics_of_vectors_that_have_them_apart() -> None:
    words = ["'s", "n't", "dog", "do", "s", "t", "can", "i", "n"]
    apart = Vectors(words, np.eye(9), np.arange(9, 0, -1))
    texts = ["The dog's s", "I don't, I DON’T", "can 't dog 's", "n't o'do i'll"]
    wanted = [["dog", "s"], ["i", "do", "n't", "i", "do", "n't"], ["can", "dog"], ["n't", "i"]]
    encoder = apart.encoder("mean", progress=False)
    for many in (texts, texts * 30_000):
        (first, *_) = encoder.words(many)
        bounds = first.bounds.tolist()
        found = [[words[row] for row in first.ids[a:b].tolist() if row >= 0] for a, b in pairwise(bounds[:5])]
        assert found == wanted
    for other in ([*words, "it's"], words[1:]):
        assert not Vectors(other, np.eye(len(other))).encoder("mean", progress=False).rules.splits_clitics
    assert not apart.encoder("mean", progress=False, tokenizer="whitespace").rules.splits_clitics
    trained = Vectors(words, np.eye(9), tokenizer={"tokenizer": "words"})
    assert not trained.encoder("mean", progress=False).rules.splits_clitics
