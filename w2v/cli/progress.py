"""Show progress: one changing line on a terminal, a line every few seconds elsewhere, and a log file on request.

The library reports amounts to a `Progress` (w2v/progress.py); here rates and the time left are computed from the
amounts. All output goes to stderr. An update costs a few microseconds, so a kernel's driver may report often.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from w2v.cli.options import Session
from w2v.cli.output import colour_wanted, paint
from w2v.cli.signals import notice
from w2v.errors import OutputError, SettingsError
from w2v.files.whole import locked, naming
from w2v.progress import Level, Progress
from w2v.report.characters import ONE_LINE, json_escaped

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.live import Live

__all__ = ["ConsoleProgress", "Phase", "console_progress"]

LOG_BEGINS = b'{"time": "'
PLAIN_EVERY = 10.0  # seconds between lines if stderr is not a terminal
LOG_EVERY = 1.0  # seconds between updates in the file of --log
PATIENCE = 0.4  # seconds before a phase is shown on a terminal, so that short phases do not flicker
BAR = 24  # characters; fewer on a narrow terminal
SHORT = {"learning_rate": "lr"}
COLOURS = {"hint": "cyan", "warning": "yellow"}


@contextmanager
def console_progress() -> Iterator[Progress]:
    """Give a `Progress` for the running command that follows -q, -v, --color and --log; close it at the end.

    If the log can no longer be written, the work goes on, and an `OutputError` is raised at its end.
    """
    session = click.get_current_context().ensure_object(Session)
    with nullcontext() if session.log is None else locked(session.log):
        progress = ConsoleProgress(session)
        try:
            yield progress
        finally:
            progress.close()
        if session.log is not None and progress.log_failure is not None:
            raise _lost_log(session.log, progress.log_failure)


def _lost_log(path: Path, failure: OSError) -> OutputError:
    """Return the error to raise at the end; it must not look like a pipe of results that somebody has closed."""
    try:
        with naming(path):
            raise failure
    except OutputError as error:
        return OutputError(f"{error.message}; the log is not whole, the work is done", hint=error.hint)


class Phase:
    """One phase of the work: how much is done, the rate, and the time left."""

    def __init__(self, name: str, total: int | None, unit: str, before: int = 0) -> None:
        self.name, self.total, self.unit, self.before = name, total, unit, before
        self.started = time.monotonic()
        self.done = before
        self.fields: dict[str, float | str] = {}

    @property
    def shown_name(self) -> str:
        """The name without characters that would steer a terminal: it may name a file."""
        return self.name.translate(ONE_LINE)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    @property
    def rate(self) -> float | None:
        """Units per second in this run, without those that an earlier run did; None before anything is done."""
        done = self.done - self.before
        return done / self.seconds if done and self.seconds > 0 else None

    @property
    def left(self) -> float | None:
        """Seconds to the end; in "epoch 2/5", to the end of epoch 5, as if all epochs took the same time."""
        if not self.total or not self.rate:
            return None
        numbers = re.search(r"(\d+)/(\d+)$", self.name)
        to_come = int(numbers[2]) - int(numbers[1]) if numbers else 0
        return max(0.0, (self.total * (1 + to_come) - self.done) / self.rate)

    def facts(self) -> str:
        """Return a text such as `41 %  1.24 M words/s  loss 0.231  lr 0.0148  ETA 0:42`, without what is unknown."""
        parts = []
        if self.total:
            parts.append(f"{min(100, 100 * self.done // self.total):.0f} %")
        elif self.done:
            parts.append(amount(self.done, self.unit))
        if self.rate and self.unit:
            parts.append(f"{amount(self.rate, self.unit)}/s")
        parts += [f"{SHORT.get(name, name)} {_brief(value)}" for name, value in self.fields.items()]
        if self.left is not None:
            parts.append(f"ETA {clock(self.left)}")
        return "  ".join(parts)


def amount(number: float, unit: str) -> str:
    """Return a number with three digits and a prefix: `1.24 M words`, `17.3 MB`."""
    for factor, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= factor * 0.9995:
            digits, sign = _brief(number / factor), prefix
            break
    else:
        digits, sign = f"{number:.0f}", ""
    if unit == "bytes":
        return f"{digits} {sign}B"
    return " ".join(part for part in (digits, sign, unit) if part)


def clock(seconds: float) -> str:
    """Return a duration as `0:42`, `12:05` or `3:00:10`."""
    minutes, whole = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{whole:02}" if hours else f"{minutes}:{whole:02}"


def _brief(value: float | str) -> str:
    return value.translate(ONE_LINE) if isinstance(value, str) else f"{value:#.3g}".removesuffix(".")


class ConsoleProgress:
    """A `Progress` that shows what it is told on stderr, and writes the log."""

    def __init__(self, session: Session, stream: TextIO | None = None) -> None:
        self.session = session
        self.stream = stream or sys.stderr
        self.terminal = self.stream.isatty() and os.environ.get("TERM") != "dumb"
        self.current: Phase | None = None
        self.live: Live | None = None
        self.log = _open_log(session.log)
        self.log_failure: OSError | None = None
        self.shown = self.logged = 0.0

    def phase(self, name: str, total: int | None = None, unit: str = "", done: int = 0) -> None:
        notice(self.session, begins=True)
        self._finish_phase()
        self.current = Phase(name, total, unit, done)
        self.shown = self.logged = self.current.started
        self._write_log("phase")
        if self.terminal and not self.session.quiet and self.live is None:
            self._start_live()

    def update(self, done: int, **fields: float | str) -> None:
        notice(self.session, begins=False)
        phase = self.current
        if phase is None:
            return
        phase.done, phase.fields = done, fields
        now = time.monotonic()
        if self.log and now - self.logged >= LOG_EVERY:
            self._write_log("update")
            self.logged = now
        if not self.terminal and not self.session.quiet and now - self.shown >= PLAIN_EVERY:
            self._print(f"{phase.shown_name}  {phase.facts()}")
            self.shown = now

    def message(self, text: str, level: Level = "info") -> None:
        self._write_log("message", level=level, text=text)
        if (self.session.quiet and level != "warning") or (level == "detail" and not self.session.verbose):
            return
        text = text.translate(ONE_LINE)
        label = paint(f"{level.capitalize()}:", self.stream, self.session.colour, fg=COLOURS.get(level), bold=True)
        self._print(text if level in ("detail", "info") else f"{label} {text}")

    def close(self) -> None:
        self._finish_phase()
        if self.live is not None:
            self.live.stop()
            self.live = None
        self._close_log()

    def _finish_phase(self) -> None:
        phase, self.current = self.current, None
        if phase is None:
            return
        self.current = phase
        self._write_log("end", seconds=round(phase.seconds, 3))
        self.current = None
        if self.session.verbose and not self.session.quiet:
            done = f", {amount(phase.done, phase.unit)}" if phase.done else ""
            self._print(f"{phase.shown_name}: {phase.seconds:.2f} s{done}")

    def _print(self, line: str) -> None:
        if self.live is not None:
            from rich.text import Text

            self.live.console.print(Text.from_ansi(line), soft_wrap=True)
        else:
            click.echo(line, file=self.stream, color=colour_wanted(self.stream, self.session.colour))

    def _start_live(self) -> None:
        from rich.console import Console
        from rich.live import Live

        colours = colour_wanted(self.stream, self.session.colour)
        console = Console(file=self.stream, no_color=not colours, force_terminal=True, highlight=False)
        self.live = Live(_Line(self), console=console, refresh_per_second=5, transient=True, redirect_stdout=False)
        self.live.start()

    def _write_log(self, event: str, **facts: Any) -> None:
        if self.log is None:
            return
        entry: dict[str, Any] = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event}
        if self.current is not None:
            phase = self.current
            entry |= {"phase": phase.name, "done": phase.done, "total": phase.total, "unit": phase.unit}
            entry |= {"rate": phase.rate, "seconds_left": phase.left, **phase.fields}
        try:
            self.log.write(json_escaped(json.dumps(entry | facts, ensure_ascii=False)) + "\n")
            self.log.flush()
        except OSError as error:
            self.log_failure = error
            self._close_log()

    def _close_log(self) -> None:
        log, self.log = self.log, None
        if log is not None:
            try:
                log.close()
            except OSError as error:
                self.log_failure = self.log_failure or error


def _open_log(path: Path | None) -> TextIO | None:
    if path is None:
        return None
    try:
        if path.is_file():
            with path.open("rb") as before:
                start = before.read(len(LOG_BEGINS))
            if start and start != LOG_BEGINS:
                raise SettingsError(f"--log {path} would replace a file that is not a log", hint="choose another path")
        return path.open("w", encoding="utf-8", errors="backslashreplace")  # paths in the log may not be valid UTF-8
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(f"cannot write {path}: {reason}", hint="choose another path for --log") from error


class _Line:
    """The line on a terminal: name, bar and facts of the current phase. It appears after PATIENCE seconds."""

    def __init__(self, progress: ConsoleProgress) -> None:
        self.progress = progress

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text

        phase = self.progress.current
        if phase is None or phase.seconds < PATIENCE:
            return
        line = Text(phase.shown_name, no_wrap=True, overflow="ellipsis")
        facts = f"  {phase.facts()}"
        width = min(BAR, options.max_width - line.cell_len - len(facts) - 2)
        if phase.total and width > 3:
            filled = min(width, width * phase.done // phase.total)
            line.append("  ").append("━" * filled, "cyan").append("━" * (width - filled), "bright_black")
        yield line.append(facts)
