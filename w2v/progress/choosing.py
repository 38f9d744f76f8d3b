"""Choose whom a public function reports to: an object of the caller, a line in the notebook or on the terminal, nobody.

The library prints nothing into files and pipes. Nothing is drawn, and neither rich nor IPython is imported, before the
first report comes.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from w2v.errors import SettingsError
from w2v.progress.reports import NullProgress, Progress

__all__ = ["ProgressChoice", "reporting"]

ProgressChoice = Progress | bool | None
"""An object to report to; False: say nothing; True: also write lines where standard error is no terminal; None: show a
line in a notebook or on a terminal, and say nothing elsewhere."""

_shown = threading.Lock()  # one line at a time: two of them would overwrite each other


@contextmanager
def reporting(choice: ProgressChoice = None) -> Iterator[Progress]:
    """Give the object that a function reports to, and close it at the end, unless it is the caller's own.

    Without a choice, only the main thread of the main process shows a line. Raise `SettingsError` for what is no
    `Progress`.
    """
    if choice is not None and not isinstance(choice, bool):
        if not all(callable(getattr(choice, name, None)) for name in ("phase", "update", "message", "close")):
            raise SettingsError(
                f"progress is {choice!r:.60}", hint="give True, False, or an object like w2v.progress.Progress"
            )
        yield choice
        return
    is_wanted = choice or (choice is None and _is_main() and _somebody_looks())
    if not is_wanted or not _shown.acquire(blocking=False):
        yield NullProgress()
        return
    try:
        observer = _observer()
        try:
            yield observer
        finally:
            observer.close()
    finally:
        _shown.release()


def _observer() -> Progress:
    if _notebook() is not None:
        from w2v.progress.notebook import NotebookProgress

        return NotebookProgress()
    if sys.stderr is None:
        return NullProgress()
    from w2v.progress.stream import StreamProgress
    from w2v.progress.tolerance import tolerant

    return StreamProgress(tolerant(sys.stderr), colours=sys.stderr.isatty() and "NO_COLOR" not in os.environ)


def _somebody_looks() -> bool:
    if _notebook() is not None:
        return True
    try:
        return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    except ValueError:  # the stream is closed
        return False


def _is_main() -> bool:
    if threading.current_thread() is not threading.main_thread():
        return False
    processes = cast(Any, sys.modules.get("multiprocessing"))
    return processes is None or processes.parent_process() is None


def _notebook() -> object | None:
    """The kernel of a notebook that this code runs in; None elsewhere, in IPython on a terminal too."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
    kernel: object | None = getattr(shell, "kernel", None)
    return kernel
