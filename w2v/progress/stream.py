"""Progress on a text stream: one changing line on a terminal, a line every few seconds elsewhere.

Of a function that ends soon nothing is seen. An update costs a few microseconds, so a kernel's driver may report often.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TextIO

from w2v.progress.phase import Phase, amount
from w2v.progress.reports import Level
from w2v.progress.wrapping import fitted, is_terminal
from w2v.report.characters import ONE_LINE

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.live import Live

__all__ = ["Line", "StreamProgress"]

PLAIN_EVERY = 10.0  # seconds between lines if the stream is no terminal
PATIENCE = 0.4  # seconds before a phase is shown on a terminal, so that short phases do not flicker
BAR = 24  # characters; fewer on a narrow terminal
COLOURS = {"hint": "\x1b[36m", "warning": "\x1b[33m"}  # cyan, yellow
BOLD, PLAIN = "\x1b[1m", "\x1b[0m"


class StreamProgress:
    """A `Progress` that shows what it is told on a text stream."""

    def __init__(self, stream: TextIO, *, colours: bool, quiet: bool = False, verbose: bool = False) -> None:
        """Keep how to show it. quiet: show warnings alone. verbose: also details, and how long each phase took."""
        self.stream, self.colours, self.quiet, self.verbose = stream, colours, quiet, verbose
        self.terminal = is_terminal(stream)
        self.current: Phase | None = None
        self.live: Live | None = None
        self.shown = 0.0

    def phase(self, name: str, total: int | None = None, unit: str = "", done: int = 0) -> None:
        """Begin a phase, and the line."""
        self._finish_phase()
        self.current = Phase(name, total, unit, done)
        self.shown = self.current.started
        self._note("phase")
        if self.terminal and not self.quiet and self.live is None:
            self._start_live()

    def update(self, done: int, **fields: float | str) -> None:
        """Keep what is done; the line on a terminal changes by itself."""
        phase = self.current
        if phase is None:
            return
        phase.done, phase.fields = done, fields
        self._note("update")
        if self.terminal or self.quiet:
            return
        now = time.monotonic()
        if now - self.shown >= PLAIN_EVERY:
            self._print(f"{phase.shown_name}  {phase.facts()}")
            self.shown = now

    def message(self, text: str, level: Level = "info") -> None:
        """Print a line above the changing one."""
        self._note("message", level=level, text=text)
        if (self.quiet and level != "warning") or (level == "detail" and not self.verbose):
            return
        text = text.translate(ONE_LINE)
        label = "" if level in ("detail", "info") else f"{level.capitalize()}:"
        lines = fitted(f"{label} {text}".lstrip(), self.stream)
        painted = f"{COLOURS.get(level, '')}{BOLD}{label}{PLAIN}" if label and self.colours else label
        self._print(f"{painted}{lines[len(label) :]}")

    def close(self) -> None:
        """Take the line away."""
        self._finish_phase()
        if self.live is not None:
            self.live.stop()
            self.live = None

    def _note(self, event: str, **facts: Any) -> None:
        """Hear of each event; for a class that also keeps a log."""

    def _finish_phase(self) -> None:
        phase = self.current
        if phase is None:
            return
        self._note("end", seconds=round(phase.seconds, 3))
        self.current = None
        if self.verbose and not self.quiet:
            done = f", {amount(phase.done, phase.unit)}" if phase.done else ""
            self._print(fitted(f"{phase.shown_name}: {phase.seconds:.2f} s{done}", self.stream))

    def _print(self, line: str) -> None:
        if self.live is not None:
            from rich.text import Text

            self.live.console.print(Text.from_ansi(line), soft_wrap=True)
        else:
            self.stream.write(f"{line}\n")
            self.stream.flush()

    def _start_live(self) -> None:
        from rich.console import Console
        from rich.live import Live

        console = Console(file=self.stream, no_color=not self.colours, force_terminal=True, highlight=False)
        self.live = Live(Line(self), console=console, refresh_per_second=5, transient=True, redirect_stdout=False)
        self.live.start()


class Line:
    """The line on a terminal: name, bar and facts of the current phase. It appears after PATIENCE seconds."""

    def __init__(self, progress: StreamProgress) -> None:
        self.progress = progress

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give rich the line as it is now."""
        from rich.text import Text

        phase = self.progress.current
        if phase is None or phase.seconds < PATIENCE:
            return
        line = Text(phase.shown_name, no_wrap=True, overflow="ellipsis")
        facts = f"  {phase.facts()}"
        width = min(BAR, options.max_width - line.cell_len - len(facts) - 2)
        if phase.total and width > 3:
            filled = min(width, width * phase.done // phase.total)
            rest = "" if console.no_color else "dim"
            line.append("  ").append("━" * filled, "cyan").append("━" * (width - filled), rest)
        yield line.append(facts)
