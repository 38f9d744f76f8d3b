"""How the library reports what it is doing. Not here: anything that prints; that is the command line's.

A function that takes long accepts a `Progress` and tells it three things: that a phase begins, how far it is, and what
a user should know. `NullProgress` hears all of it and does nothing, so library code never asks whether anybody listens.
"""

from __future__ import annotations

from typing import Literal, Protocol

__all__ = ["Level", "NullProgress", "Progress"]

Level = Literal["detail", "info", "hint", "warning"]


class Progress(Protocol):
    def phase(self, name: str, total: int | None = None, unit: str = "", done: int = 0) -> None:
        """A phase begins ("reading corpus.txt", "epoch 2/5"); it ends when the next begins or at `close`.

        `total` is the amount of work in `unit`s ("words", "bytes"), None where nobody knows it beforehand; `done` of it
        has been done by an earlier run.
        """

    def update(self, done: int, **fields: float | str) -> None:
        """`done` of `total` units so far in this phase; `fields` are shown beside it (loss=, learning_rate=)."""

    def message(self, text: str, level: Level = "info") -> None:
        """One line for the user: for the curious (detail), a fact (info), advice (hint), a likely fault (warning)."""

    def close(self) -> None:
        """The work has ended, well or badly."""


class NullProgress:
    """Hears everything, does nothing."""

    def phase(self, name: str, total: int | None = None, unit: str = "", done: int = 0) -> None:
        pass

    def update(self, done: int, **fields: float | str) -> None:
        pass

    def message(self, text: str, level: Level = "info") -> None:
        pass

    def close(self) -> None:
        pass
