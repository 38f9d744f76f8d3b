"""A progress that keeps what it is told, for tests of messages."""

from __future__ import annotations

from w2v.progress import Level, NullProgress


class Listening(NullProgress):
    """It keeps phases, and messages: as text, and with their levels."""

    def __init__(self) -> None:
        self.phases: list[str] = []
        self.messages: list[str] = []
        self.levels: list[tuple[Level, str]] = []

    def phase(self, name: str, total: int | None = None, unit: str = "", done: int = 0) -> None:
        self.phases.append(name)

    def message(self, text: str, level: Level = "info") -> None:
        self.messages.append(text)
        self.levels.append((level, text))

    def said(self, level: Level) -> list[str]:
        """The messages of a level."""
        return [text for each, text in self.levels if each == level]

    @property
    def warnings(self) -> list[str]:
        """The messages that are warnings."""
        return self.said("warning")

    @property
    def everything(self) -> str:
        """All messages, a line each."""
        return "\n".join(self.messages)
