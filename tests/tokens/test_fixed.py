"""A fixed table of words: each word has the id of its place, other words have −1, and nothing is added."""

from __future__ import annotations

import numpy as np
import pytest

from w2v.text.decoding import PADDING
from w2v.tokens import fixed
from w2v.tokens.fixed import FixedEncoder, table_of


@pytest.mark.slow
def test_words_have_their_places_and_others_minus_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixed, "STEP", 1_000)
    chance = np.random.default_rng(3)
    words = list(
        dict.fromkeys(
            "".join(chr(97 + letter) for letter in chance.integers(0, 26, size=size))
            for size in chance.integers(1, 40, size=70_000).tolist()
        )
    )
    table = table_of(words)
    before = table.state.copy()
    text = [*words[::7], *(word + "é" for word in words[:500]), "x" * 17, "y" * 16]
    chance.shuffle(text)
    data = " ".join(text).encode()
    index = {word: place for place, word in enumerate(words)}
    encoder = FixedEncoder(table, "whitespace", keep_tags=False)
    found = np.concatenate(
        [span.ids.copy() for span in encoder.spans(np.frombuffer(data + PADDING, np.uint8), len(data))]
    )
    assert found.tolist() == [index.get(word, -1) for word in text]
    assert np.array_equal(table.state, before)
