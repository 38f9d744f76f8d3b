"""The self-test of `w2v align`: two halves of a text are trained as the file was, and words are found again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.compare.deals.conftest import Toy
from w2v.compare.cipher import ceiling_of
from w2v.errors import CorpusError, SettingsError
from w2v.progress import NullProgress
from w2v.vectors import Vectors

CHOICES: dict[str, Any] = {
    "pairs": 25,
    "rounds": 2,
    "method": "rotation",
    "refined": 500,
    "seed": 1,
    "threads": 1,
    "progress": NullProgress(),
}


def test_the_ceiling_of_a_text(toy: Toy) -> None:
    vectors, text = toy.vectors[0], toy.texts[0]
    ceiling = ceiling_of(vectors, text, **CHOICES)
    assert (ceiling.name, ceiling.pairs, ceiling.rounds) == (vectors.name, 25, 2)
    assert vectors.record is not None
    assert 0 < ceiling.tokens < vectors.record.corpus["tokens"]
    assert ceiling.asked == ceiling.words - 25
    assert 0 <= ceiling.csls[0] <= ceiling.csls[1] <= ceiling.csls[2] <= 1
    assert ceiling == ceiling_of(vectors, text, **CHOICES)


def test_what_is_refused(toy: Toy) -> None:
    vectors = toy.vectors[0]
    with pytest.raises(CorpusError, match="is not the text that"):
        ceiling_of(vectors, toy.texts[1], **CHOICES)
    with pytest.raises(SettingsError, match="does not say how it was trained"):
        ceiling_of(Vectors(vectors.words, vectors.matrix), toy.texts[0], **CHOICES)
