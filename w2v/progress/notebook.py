"""Progress in the output of a notebook's cell: one line that is updated in place, with the messages above it.

IPython is there already, because the notebook's kernel runs this code. The page's own colours are used, so the line can
be read in light and dark themes. If the page cannot be reached, the work goes on.
"""

from __future__ import annotations

import time
from contextlib import suppress
from importlib import import_module
from typing import Any

from w2v.display import escaped
from w2v.progress.phase import Phase, clock
from w2v.progress.reports import Level
from w2v.report.characters import ONE_LINE

__all__ = ["NotebookProgress"]

EVERY = 0.25  # seconds between updates of the page
PATIENCE = 0.4  # seconds before a phase of known size is shown
LEAST = 1.0  # seconds that a function must have taken for its last line to stay
STYLE = "font-family: var(--jp-code-font-family, monospace); font-size: 0.9em; white-space: pre-wrap"


class NotebookProgress:
    """A `Progress` that shows what it is told below the cell that is running."""

    def __init__(self) -> None:
        """Show nothing so far."""
        self.current: Phase | None = None
        self.messages: list[str] = []
        self.begun = time.monotonic()
        self.drawn = 0.0
        self._handle: Any = None

    def phase(self, name: str, total: int | None = None, unit: str = "", done: int = 0) -> None:
        """Begin a phase. One of unknown size may report nothing before it ends, so it is shown at once."""
        self.current = Phase(name, total, unit, done)
        if total is None or self._handle is not None:
            self._draw()

    def update(self, done: int, **fields: float | str) -> None:
        """Show what is done, a few times a second."""
        phase = self.current
        if phase is None:
            return
        phase.done, phase.fields = done, fields
        if phase.seconds >= PATIENCE and time.monotonic() - self.drawn >= EVERY:
            self._draw()

    def message(self, text: str, level: Level = "info") -> None:
        """Show a line above the changing one."""
        if level != "detail":
            label = "" if level == "info" else f"{level.capitalize()}: "
            self.messages.append(f"{label}{text.translate(ONE_LINE)}")
            self._draw()

    def close(self) -> None:
        """Leave the last line, with the time that all of it took; of a short run, the messages alone."""
        phase, seconds = self.current, time.monotonic() - self.begun
        self.current = None
        if self._handle is None:
            return
        last = ""
        if phase is not None and seconds >= LEAST:
            last = "  ".join([phase.shown_name, *_without_eta(phase.facts()), f"{clock(seconds)} in all"])
        self._show(last, "")

    def _draw(self) -> None:
        phase = self.current
        line = "" if phase is None else f"{phase.shown_name}  {phase.facts()}"
        bar = ""
        if phase is not None and phase.total:
            bar = f'<progress value="{min(phase.done, phase.total)}" max="{phase.total}"></progress> '
        self._show(line, bar)

    def _show(self, line: str, bar: str) -> None:
        self.drawn = time.monotonic()
        lines = [escaped(each) for each in self.messages]
        body = "<br>".join([*lines, bar + escaped(line)] if line else lines)
        data = {"text/plain": "\n".join(filter(None, [*self.messages, line])), "text/html": ""}
        data["text/html"] = f'<div style="{STYLE}">{body}</div>' if body else ""
        with suppress(Exception):  # a page that is gone must not end hours of training
            if self._handle is None:
                display = import_module("IPython.display").display
                self._handle = display(data, raw=True, display_id=True)
            else:
                self._handle.update(data, raw=True)


def _without_eta(facts: str) -> list[str]:
    """The parts of a phase's facts that still matter when it has ended."""
    return [part for part in facts.split("  ") if part and not part.startswith("ETA ")]
