"""Vectors that figures are drawn of."""

from __future__ import annotations

import numpy as np
import pytest

from w2v.vectors import Vectors

SYLLABLES = ("ba", "do", "fen", "gri", "ka", "lor", "mi", "nu", "pel", "ra", "sto", "ti", "ver", "zo")
PEOPLE = ["king", "queen", "man", "woman", "prince", "princess", "he", "she", "boy", "girl"]


@pytest.fixture(scope="session")
def vectors() -> Vectors:
    """People, and a few hundred invented words of one to four syllables, the most frequent first."""
    rng = np.random.default_rng(5)
    words = dict.fromkeys(PEOPLE)
    while len(words) < 400:
        words["".join(rng.choice(SYLLABLES, size=rng.integers(1, 5)))] = None
    matrix = rng.normal(size=(len(words), 24))
    matrix[:10:2, 0] -= 2
    matrix[1:10:2, 0] += 2
    matrix[:6, 1] += 3
    return Vectors(list(words), matrix.astype(np.float32), counts=5 * np.arange(len(words), 0, -1), name="drawn")
