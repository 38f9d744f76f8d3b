"""The contexts of one word, and how they part: what asking, judging and testing have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from w2v.arrays import F32, F64, I64
from w2v.word_senses.contexts import CorpusContexts
from w2v.word_senses.splitting import FEWEST, Split, split
from w2v.word_senses.whitening import Whitening

__all__ = ["Parted", "parted"]


@dataclass(frozen=True, eq=False)
class Parted:
    """Contexts of a word.

    sound: int64 [n], which of the places have a context with a vector. centred: float64 [n, D], the contexts without
    the mean of all contexts. directions: float32 [n, D], the same whitened, at length 1. split: None where there are
    fewer than `FEWEST` contexts, or not enough directions.
    """

    sound: I64
    centred: F64
    directions: F32
    split: Split | None


def parted(
    contexts: CorpusContexts, whitening: Whitening, positions: I64, barred: Sequence[int], k: int, seed: int
) -> Parted:
    """Return the contexts of some places in a text, split into k senses. barred: ids of words that add nothing."""
    rows = contexts.vectors_of(positions, barred)
    sound = np.flatnonzero(np.einsum("ij,ij->i", rows, rows) > 0)
    directions = whitening.directions(rows[sound])
    found = split(directions, k, seed) if len(sound) >= FEWEST else None
    return Parted(sound, rows[sound].astype(np.float64) - whitening.mean, directions, found)
