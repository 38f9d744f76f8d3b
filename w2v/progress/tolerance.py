"""A standard error stream that may fail: if progress can no longer be shown, the work goes on all the same.

Results go to standard output, by w2v/cli/output.py.
"""

from __future__ import annotations

import io
from contextlib import suppress
from typing import Any, TextIO

__all__ = ["tolerant"]


class _Tolerant(io.TextIOBase):
    """A text stream that ignores errors of the stream below it, which may be closed, full, or no longer read."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):  # ValueError: the stream is closed
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()

    def isatty(self) -> bool:
        with suppress(OSError, ValueError):
            return self._stream.isatty()
        return False

    def fileno(self) -> int:
        return self._stream.fileno()

    def writable(self) -> bool:
        return True

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._stream.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        return self._stream.errors

    @property
    def buffer(self) -> Any:
        return self._stream.buffer

    def close(self) -> None:
        """Do nothing: the stream below stays open, because it belongs to the process."""


def tolerant(stream: TextIO | None) -> TextIO:
    """Return a text stream that writes to `stream` as long as possible. None: the process began without the stream."""
    return io.StringIO() if stream is None else _Tolerant(stream)  # type: ignore[return-value]
