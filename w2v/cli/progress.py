"""Progress of the running command: shown on stderr as its options say, and written into a log file on request.

How the line looks is in w2v/progress/stream.py.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, TextIO

import click

from w2v.cli.options import Session
from w2v.cli.output import colour_wanted
from w2v.cli.signals import notice
from w2v.errors import OutputError, SettingsError
from w2v.progress import Progress
from w2v.progress.reports import Level
from w2v.progress.stream import StreamProgress
from w2v.report.characters import json_escaped

__all__ = ["ConsoleProgress", "console_progress"]

LOG_BEGINS = b'{"time": "'
LOG_EVERY = 1.0  # seconds between updates in the file of --log


@contextmanager
def console_progress() -> Iterator[Progress]:
    """Give a `Progress` for the running command that follows -q, -v, --color and --log; close it at the end.

    If the log can no longer be written, the work goes on, and an `OutputError` is raised at its end.
    """
    session = click.get_current_context().ensure_object(Session)
    with nullcontext() if session.log is None else _locked(session.log):
        progress = ConsoleProgress(session)
        try:
            yield progress
        finally:
            progress.close()
        if session.log is not None and progress.log_failure is not None:
            raise _lost_log(session.log, progress.log_failure)


def _locked(path: Path) -> AbstractContextManager[None]:
    from w2v.files.whole import locked  # here, because it takes a while, and no help page needs it

    return locked(path)


def _lost_log(path: Path, failure: OSError) -> OutputError:
    """Return the error to raise at the end; it must not look like a pipe of results that somebody has closed."""
    from w2v.files.whole import naming

    try:
        with naming(path):
            raise failure
    except OutputError as error:
        return OutputError(f"{error.message}; the log is not whole, the work is done", hint=error.hint)


class ConsoleProgress(StreamProgress):
    """A `Progress` that shows what it is told on stderr as the options of the command say, and writes the log."""

    def __init__(self, session: Session, stream: TextIO | None = None) -> None:
        stream = stream or sys.stderr
        colours = colour_wanted(stream, session.colour)
        super().__init__(stream, colours=colours, quiet=session.quiet, verbose=session.verbose)
        self.session = session
        self.log = _open_log(session.log)
        self.log_failure: OSError | None = None
        self.logged = 0.0

    def phase(self, name: str, total: int | None = None, unit: str = "", done: int = 0) -> None:
        notice(self.session, begins=True)
        super().phase(name, total, unit, done)

    def update(self, done: int, **fields: float | str) -> None:
        notice(self.session, begins=False)
        super().update(done, **fields)

    def message(self, text: str, level: Level = "info") -> None:
        """Print a line; of a script that `w2v ask` runs, a warning names the line that it is about."""
        at = f"line {self.session.line}: " if self.session.line and level == "warning" else ""
        super().message(at + text, level)

    def close(self) -> None:
        super().close()
        self._close_log()

    def _note(self, event: str, **facts: Any) -> None:
        """Write an event into the log; of the updates, one a second."""
        if self.log is None:
            return
        now = time.monotonic()
        if event == "update" and now - self.logged < LOG_EVERY:
            return
        if event in ("phase", "update"):
            self.logged = now
        self._write_log(event, **facts)

    def _write_log(self, event: str, **facts: Any) -> None:
        if self.log is None:
            return
        from datetime import UTC, datetime

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
