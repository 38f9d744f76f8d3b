"""Lines that a person types at a prompt, with history and completion where Python has readline; else lines of a file.

The history is a file in the user's cache folder that only this user can read. What the lines mean is in ask.py.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

from w2v.files.caches import cache_base, user_cache
from w2v.files.private import make_private, open_private, why_unsafe

__all__ = ["Complete", "is_prompt", "lines_of"]

PROMPT = "w2v> "
REMEMBERED = 1000  # lines of history
DELIMITERS = " \t\n\"'{}+="  # between what is completed; a hyphen may be part of a word

Complete = Callable[[str, str], Sequence[str]]
"""Returns what may be meant by the last word of a line: it gets the line up to that word, and the word."""


def is_prompt() -> bool:
    """Return whether a person types the lines."""
    return sys.stdin is not None and sys.stdin.isatty()


def lines_of(complete: Complete, *, remember: bool, interrupted: Callable[[], None]) -> Iterator[str]:
    """Yield the lines of standard input: what is typed at a prompt, or the lines of a file or a pipe.

    remember: whether the lines are kept for the next prompt. interrupted: called after Ctrl-C, which begins a new line.
    """
    if sys.stdin is None:
        return
    if not is_prompt():
        yield from iter(sys.stdin.readline, "")  # iterating over the stream itself would close it at the end
        return
    with _line_editing(complete, remember=remember, interrupted=interrupted):
        while True:
            try:
                yield _typed()
            except EOFError:
                print(file=sys.stderr)
                return
            except KeyboardInterrupt:
                print(file=sys.stderr)
                interrupted()


def _typed() -> str:
    if sys.stdout is not None and sys.stdout.isatty():
        return input(PROMPT)
    sys.stderr.write(PROMPT)  # the results go to a file, and the prompt does not belong there
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line


@contextmanager
def _line_editing(complete: Complete, *, remember: bool, interrupted: Callable[[], None]) -> Iterator[None]:
    """Let readline edit, complete and remember the lines; do without it where this Python has none."""
    try:
        import readline
    except ImportError:
        yield
        return
    readline.set_completer_delims(DELIMITERS)
    readline.set_completer(_completer(readline, complete, interrupted))
    is_libedit = "libedit" in (readline.__doc__ or "")
    readline.parse_and_bind("bind ^I rl_complete" if is_libedit else "tab: complete")
    readline.set_auto_history(True)
    path = history_file() if remember else None
    readline.clear_history()
    for line in [] if path is None else _remembered(path):
        readline.add_history(line)
    try:
        yield
    finally:
        readline.set_completer(None)
        if path is not None:
            with suppress(OSError):
                _remember(
                    path, [readline.get_history_item(at + 1) for at in range(readline.get_current_history_length())]
                )


def _completer(
    readline: ModuleType, complete: Complete, interrupted: Callable[[], None]
) -> Callable[[str, int], str | None]:
    found: list[str] = []

    def completer(text: str, state: int) -> str | None:
        try:
            if state == 0:
                found[:] = complete(readline.get_line_buffer()[: readline.get_begidx()], text)
            return found[state] if state < len(found) else None
        except KeyboardInterrupt:  # readline drops exceptions, so nobody else would notice; the line stays
            interrupted()
            return None

    return completer


def history_file() -> Path | None:
    """Return the file of the history; None where the user has no home folder, or where others could write to it."""
    folder, base = user_cache("ask"), cache_base()
    if folder is None or base is None:
        return None
    with suppress(OSError):
        make_private(folder, base)
        if not why_unsafe(folder, base):
            return folder / "history"
    return None


def _remembered(path: Path) -> list[str]:
    with suppress(OSError, ValueError), open_private(path) as file:
        return file.read().decode(errors="replace").splitlines()[-REMEMBERED:]
    return []


def _remember(path: Path, lines: Sequence[str]) -> None:
    from w2v.files.whole import replacing

    data = "".join(f"{line}\n" for line in lines[-REMEMBERED:] if line.strip()).encode(errors="replace")
    with replacing(path, len(data), private=True) as file:
        file.write(data)
