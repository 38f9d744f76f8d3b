"""Break a message into lines that fit a terminal: at blanks alone, and not inside a command that one may paste."""

from __future__ import annotations

import os
import re
from typing import TextIO

__all__ = ["NARROWEST", "fitted", "is_terminal"]

NARROWEST = 24  # columns; a terminal that says that it is narrower is not believed
COMMAND = re.compile(r"'w2v [^']*'|(?<=: )(?:w2v|iconv) .*")
WHOLE = {ord(" "): "\N{NO-BREAK SPACE}"}
BLANK = {ord("\N{NO-BREAK SPACE}"): " "}


def is_terminal(stream: TextIO) -> bool:
    """Return whether a stream is a terminal whose width is known."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def fitted(text: str, stream: TextIO) -> str:
    """Return a text in lines that fit the terminal of a stream; elsewhere as it is, in one line.

    A word or command that is longer than a line is left to the terminal, which breaks it in a way that can be copied.
    """
    if not is_terminal(stream):
        return text
    from shutil import get_terminal_size
    from textwrap import wrap

    width = max(get_terminal_size().columns, NARROWEST)
    whole = COMMAND.sub(lambda command: command[0].translate(WHOLE), text)
    lines = wrap(whole, width, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines).translate(BLANK) or text
