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
    """A rate that falls from `start` at the first token of the first epoch to `end` at the last of the last.

    end: None takes word2vec.c's: the rate falls towards 0, but not below FLOOR·start.
    """

    start: float
    tokens: int
    epochs: int
    end: float | None = None

    @property
    def slope(self) -> float:
        """How much the rate falls from one token to the next."""
        return (self.start - (self.end or 0.0)) / max(self.tokens * self.epochs, 1)

    @property
    def floor(self) -> float:
        return self.start * FLOOR if self.end is None else self.end

    def at(self, epoch: int, token: int = 0) -> float:
        """Return the rate at a token of an epoch (both from 0)."""
        return max(self.start - self.slope * (epoch * self.tokens + token), self.floor)
