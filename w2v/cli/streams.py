"""Standard error that may break: what can no longer be told stops no work. Results on standard output: output.py."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import Any, TextIO

__all__ = ["tolerant"]


class _Tolerant(io.TextIOBase):
    """A text stream that goes on when the stream below it is closed, full, or has lost its reader."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):  # ValueError: closed
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
        """Leave the stream below open: it belongs to the process."""


def tolerant(stream: TextIO | None) -> TextIO:
    """Return a stream that writes to `stream` while that works, else nowhere; None was closed from the start."""
    return io.StringIO() if stream is None else _Tolerant(stream)  # type: ignore[return-value]
