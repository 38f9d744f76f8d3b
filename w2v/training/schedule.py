"""The learning rate: linear in the position in the corpus, never in time. Not here: who trains at it.

word2vec.c lets it fall from its start to 1e-4 of that by words done over all epochs, counted by all threads together;
here it belongs to a place in the corpus, so that no thread's timing changes it.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FLOOR", "LinearRate"]

FLOOR = 1e-4  # of the start


@dataclass(frozen=True)
class LinearRate:
    """From `start` in the first epoch's first token down to FLOOR·start in the last one's last."""

    start: float
    tokens: int
    epochs: int

    @property
    def slope(self) -> float:
        """What the rate loses from one token to the next."""
        return self.start / max(self.tokens * self.epochs, 1)

    @property
    def floor(self) -> float:
        return self.start * FLOOR

    def at(self, epoch: int, token: int = 0) -> float:
        """The rate at a token of an epoch (both from 0)."""
        return max(self.start - self.slope * (epoch * self.tokens + token), self.floor)
