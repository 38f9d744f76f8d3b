"""Whether the text was enough for the settings: with too little training, all vectors point in nearly one direction.

Such vectors look fine and answer every question, but the nearest words of any word are then frequent words, all with
a cosine near 1. The rule below was found by measuring (docs/guides/what-to-expect.md). Not here: whether anything was
learnt at all (outcome.py).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from w2v.arrays import F32
from w2v.files.rows import FileRows
from w2v.training.state import Trained

__all__ = ["advice_on_little_text", "nearest_cosine"]

NEAREST = 10  # neighbours of a word
WORDS = 300  # whose neighbours are looked at,
AMONG = 5_000  # among the most frequent words
LEAST = 100  # with fewer words, ten neighbours are a large part of all of them
ALIKE = 0.8  # the mean cosine of the nearest words, from which on words are hardly told apart
PAIRS = 2_000  # for each word: with more, words are alike because the text uses them alike
# What helped with 10,000 to 1,000,000 words of text: the first value, or the next one where that is set already.
HELPFUL = {"epochs": (15, 50), "window": (10,), "dim": (50,)}
SMALLER = ("dim",)


def nearest_cosine(matrix: F32 | FileRows) -> float | None:
    """Return the mean cosine of words with their ten nearest words; None where there are too few words to tell.

    matrix: float32 [V, D], the most frequent word first. Some hundred of the 5,000 most frequent words are looked at.
    """
    rows = np.asarray(matrix[:AMONG], dtype=np.float32)
    if len(rows) < LEAST:
        return None
    units = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-30))
    some = np.linspace(0, len(rows) - 1, min(WORDS, len(rows))).astype(np.int64)
    cosines = units[some] @ units.T
    cosines[np.arange(len(some)), some] = -2  # a word is no neighbour of its own
    best = np.partition(cosines, -NEAREST, axis=1)[:, -NEAREST:]
    return float(best.mean(dtype=np.float64))


def advice_on_little_text(trained: Trained, settings: Any) -> str | None:
    """Return a warning with advice, where the text was too little for the settings; None where it was enough.

    settings: those of the model; advice is given for the settings that the model has.
    """
    if trained.pairs >= PAIRS * len(trained.matrix):
        return None
    alike = nearest_cosine(trained.matrix)
    if alike is None or alike < ALIKE:
        return None
    cures = [f"--{name} {value}" for name in HELPFUL if (value := _better(name, getattr(settings, name, None)))]
    cure = f"train with {' '.join(cures)}, or with more text" if cures else "train on more text"
    return (
        f"too little text for these settings: the ten nearest words of a word have a cosine of {alike:.2f} on average, "
        f"so words are hardly told apart; {cure}"
    )


def _better(name: str, now: object) -> int | None:
    """Return the value of a setting that would help more than the present one; None if there is none."""
    if not isinstance(now, int):
        return None
    return next((value for value in HELPFUL[name] if (value < now if name in SMALLER else value > now)), None)
