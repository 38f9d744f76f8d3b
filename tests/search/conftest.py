"""Vectors with subjects: words of one subject are near each other; and texts about these."""

from __future__ import annotations

import random

import numpy as np
import pytest

from w2v.record import RunRecord
from w2v.vectors import Vectors

SUBJECTS = {
    "computers": "laptop computer slow speed ram upgrade windows software",
    "kitchens": "bread recipe oven flour bake cake salt pan",
    "gardens": "tomato plant soil seed water rose grow leaf",
}
FUNCTION_WORDS = ["the", "of", "and", "how", "to", "a", "in", "is"]
CONTENT = [word for words in SUBJECTS.values() for word in words.split()]
WORDS = [*FUNCTION_WORDS, "fix", *CONTENT]


def made(seed: int = 1) -> Vectors:
    rng = np.random.default_rng(seed)
    directions = dict(zip(SUBJECTS, rng.normal(size=(len(SUBJECTS), 16)) * 2, strict=True))
    of = {word: directions[subject] for subject, words in SUBJECTS.items() for word in words.split()}
    matrix = [of.get(word, 0) + rng.normal(size=16) + 0.3 for word in WORDS]
    counts = np.array([30_000 // (row + 1) for row in range(len(WORDS))])
    record = RunRecord(model="sgns", settings={"tokenizer": "words", "lowercase": True, "normalize": "nfc"})
    return Vectors(WORDS, np.array(matrix, dtype=np.float32), counts, record, name="vectors.safetensors")


@pytest.fixture(scope="session")
def vectors() -> Vectors:
    return made()


def some_texts(number: int, seed: int = 1) -> list[str]:
    """Texts of several subjects, with words that have no vector."""
    chance = random.Random(seed)
    lists = [words.split() for words in SUBJECTS.values()]
    return [
        " ".join(chance.choices([*chance.choice(lists), *FUNCTION_WORDS, "Unheard", "of-it"], k=chance.randint(1, 12)))
        for _ in range(number)
    ]
