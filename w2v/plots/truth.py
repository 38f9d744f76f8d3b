"""How much of the full space a picture of a few words shows: neighbours that are kept, and variance."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from w2v.arrays import F64

__all__ = ["Kept", "neighbours_kept", "share"]

NEAREST = 5


class Kept(NamedTuple):
    """How many of the nearest words of a word, among the words of a picture, are also the nearest there.

    share: from 0 to 1. nearest: how many were compared. chance: what places at random would keep.
    """

    share: float
    nearest: int
    chance: float

    @property
    def sentence(self) -> str:
        """Say it."""
        by_chance = f"(by chance {share(self.chance)})"
        if self.nearest == 1:
            return (
                f"For {share(self.share)} of them, the nearest word among these is also the nearest here {by_chance}."
            )
        return (
            f"Of each word's {self.nearest} nearest words among these, {share(self.share)} are among its "
            f"{self.nearest} nearest here {by_chance}."
        )


def neighbours_kept(units: F64, places: F64) -> Kept | None:
    """Compare the nearest of unit vectors [n, D], by cosine, with those of places [n, 2], by distance.

    None for fewer than four words, of which too much is kept in any case.
    """
    size = len(units)
    if size < 4:
        return None
    nearest = min(NEAREST, max(1, (size - 1) // 3))
    far = -(units @ units.T)
    flat = ((places[:, None] - places[None]) ** 2).sum(axis=2)
    kept = 0
    for row in range(size):
        others = np.delete(np.arange(size), row)
        full = others[np.argsort(far[row, others], kind="stable")][:nearest]
        seen = others[np.argsort(flat[row, others], kind="stable")][:nearest]
        kept += len(set(full.tolist()) & set(seen.tolist()))
    return Kept(kept / (size * nearest), nearest, nearest / (size - 1))


def share(value: float) -> str:
    """Write a share of 1 as a percentage."""
    percent = 100 * value
    return f"{percent:.0f} %" if percent >= 9.95 or percent == 0 else f"{percent:.1f} %"
