"""How the library reports what it is doing. It never prints; who shows the reports is chosen in `choosing`.

A function that takes long has a parameter `progress`. The function reports three things to that object: that a phase
begins, how much of the phase is done, and messages for the user. `NullProgress` ignores all reports, so a function can
always report, whether or not somebody wants to see it.
"""

from __future__ import annotations

from typing import Literal, Protocol

__all__ = ["Level", "NullProgress", "Progress", "Remembering", "Renaming"]

Level = Literal["detail", "info", "hint", "warning"]


class Progress(Protocol):
    """What an object must have for functions to report to it, as `w2v.train(…, progress=object)`."""

    def phase(self, name: str, total: int | None = None, unit: str = "", done: int = 0) -> None:
        """Begin a phase ("reading corpus.txt", "epoch 2/5"), which ends when the next phase begins, or at `close`.

        total: the amount of work, counted in `unit` ("words", "bytes"); None if it is not known beforehand. done: the
        part of `total` that an earlier run did.
        """

    def update(self, done: int, **fields: float | str) -> None:
        """Report that `done` units of this phase are done, with `fields` to be shown (loss=, learning_rate=)."""

    def message(self, text: str, level: Level = "info") -> None:
        """Give the user one line: a "detail" (for --verbose), a fact ("info"), advice ("hint") or a likely problem
        ("warning").
        """

    def close(self) -> None:
        """End the report: the work is done, or has failed."""


class NullProgress:
    """A `Progress` that ignores all reports."""

    def phase(self, name: str, total: int | None = None, unit: str = "", done: int = 0) -> None:
        pass

    def update(self, done: int, **fields: float | str) -> None:
        pass

    def message(self, text: str, level: Level = "info") -> None:
        pass

    def close(self) -> None:
        pass


class Remembering:
    """A `Progress` that hands all reports on to another one, and keeps the warnings in `warnings`."""

    def __init__(self, progress: Progress) -> None:
        self.phase, self.update, self.close = progress.phase, progress.update, progress.close
        self.progress = progress
        self.warnings: list[str] = []

    def message(self, text: str, level: Level = "info") -> None:
        if level == "warning":
            self.warnings.append(text)
        self.progress.message(text, level)


class Renaming:
    """A `Progress` that hands all reports on to another one; phases that begin with `old` are called `new` there."""

    def __init__(self, progress: Progress, old: str, new: str) -> None:
        self.update, self.message, self.close = progress.update, progress.message, progress.close
        self.progress, self.old, self.new = progress, old, new

    def phase(self, name: str, total: int | None = None, unit: str = "", done: int = 0) -> None:
        self.progress.phase(self.new if name.startswith(self.old) else name, total, unit, done)
