"""Small vectors whose words, counts and rules a test can oversee."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from w2v.record import RunRecord
from w2v.vectors import Vectors

WORDS = ["the", "of", "a", "cat", "dog", "king", "queen", "new", "york", "city", "new_york", "los_angeles", "don't"]
WORDS += ["café", "c++", "red", "shoe", "x" * 40, "ß", "東", "👍", "3.5"]
RUNNING = {"tokenizer": "words", "lowercase": True, "normalize": "nfc"}


def made(settings: dict[str, Any] | None, *, counts: bool = True, dim: int = 16) -> Vectors:
    rng = np.random.default_rng(3)
    matrix = rng.normal(size=(len(WORDS), dim)).astype(np.float32) + 0.3
    record = None if settings is None else RunRecord(model="sgns", settings=settings)
    return Vectors(WORDS, matrix, np.arange(len(WORDS), 0, -1) ** 3 if counts else None, record, name="v.safetensors")


@pytest.fixture(scope="session")
def vectors() -> Vectors:
    """With phrases, a record, and counts."""
    return made({**RUNNING, "phrases": 1})


def random_texts(number: int, seed: int = 1) -> list[str]:
    chance = random.Random(seed)
    pieces = [
        *WORDS,
        "New York",
        "LOS ANGELES",
        "unknown",
        "los",
        "Cat,",
        "(dog)",
        "\n",
        "\r\n",
        "cafe\u0301",
        "\u00a0",
        "!",
    ]
    return [" ".join(chance.choices(pieces, k=chance.choice([0, 1, 3, 12, 400]))) for _ in range(number)]
