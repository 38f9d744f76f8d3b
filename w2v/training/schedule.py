"""The learning rate, which falls linearly with the position in the corpus, whatever the time.

In word2vec.c it falls from its start to 1e-4 of that by words done over all epochs, counted by all threads together;
here it belongs to a place in the corpus, so that the timing of threads does not change it.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FLOOR", "LinearRate"]

FLOOR = 1e-4  # of the start


@dataclass(frozen=True)
class LinearRate:
    """A rate that falls from `start` at the first token of the first epoch to FLOOR·start at the last of the last."""

    start: float
    tokens: int
    epochs: int

    @property
    def slope(self) -> float:
        """How much the rate falls from one token to the next."""
        return self.start / max(self.tokens * self.epochs, 1)

    @property
    def floor(self) -> float:
        return self.start * FLOOR

    def at(self, epoch: int, token: int = 0) -> float:
        """Return the rate at a token of an epoch (both from 0)."""
        return max(self.start - self.slope * (epoch * self.tokens + token), self.floor)
