"""Handle Ctrl-C, SIGTERM and SIGHUP: raise an exception, and end the process within two seconds in any case.

The exception can get lost: compilers do not let it through for seconds, and other libraries, above all their callbacks,
sometimes drop exceptions. Therefore the exception is stored in the session. It is raised again at the next report of
progress, and if that does not happen in time, a thread ends the process. If the exception has been noticed and the code
that handles it begins a new phase, which means that it writes a checkpoint, the process may go on until the next
signal. The exit codes and messages are in `w2v.cli.main`.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from w2v.cli.options import Session

__all__ = ["Terminated", "exit_code", "notice", "stopping"]

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE = 1.6  # seconds from a signal until the process is ended
SHOW_CURSOR = b"\x1b[?25h"


class Terminated(KeyboardInterrupt):
    """SIGTERM has arrived, or SIGHUP because the terminal was closed. What cleans up after Ctrl-C cleans up now too."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def exit_code(stop: BaseException | None) -> int:
    """Return the exit code of a stopped process, as shells do: 128 + the number of the signal."""
    return 128 + (stop.number if isinstance(stop, Terminated) else signal.SIGINT)


@contextmanager
def stopping(session: Session, *, to_the_end: bool = False) -> Iterator[None]:
    """Handle the signals inside the `with` block, in the main thread; SIGHUP only if it is not ignored (nohup).

    to_the_end: the process ends after the block, so signals that arrive later are ignored.
    """

    def handle(number: int, frame: FrameType | None) -> None:
        if number == signal.SIGHUP:
            _forget(terminals)
        session.stop = KeyboardInterrupt() if number == signal.SIGINT else Terminated(number)
        raise session.stop

    terminals = [descriptor for descriptor in (1, 2) if os.isatty(descriptor)]
    over = threading.Event()
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    watcher = threading.Thread(target=_watch, args=(reading, session, over), daemon=True)
    watcher.start()
    woken = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    ignored = {signal.SIGHUP} if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else set()
    before = {number: signal.signal(number, handle) for number in SIGNALS if number not in ignored}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if to_the_end else handler)
        signal.set_wakeup_fd(woken)
        over.set()
        session.noticed.set()
        os.close(writing)
        watcher.join(1)


def _forget(terminals: list[int]) -> None:
    """Redirect output from a closed terminal to nowhere: writing to it would fail, and prevent the checkpoint."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in terminals:
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def notice(session: Session, *, begins: bool) -> None:
    """Raise the stored exception again if it got lost. To be called at every report of progress.

    begins: whether a phase begins. If it begins while the exception is being handled, the signal counts as noticed.
    """
    if session.stop is None:
        return
    if not isinstance(sys.exc_info()[1], KeyboardInterrupt):
        raise session.stop
    if begins:
        session.noticed.set()


def _watch(reading: int, session: Session, over: threading.Event) -> None:
    """End the process if a signal is not noticed in time. Signals come through the pipe at once, whatever code runs."""
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        while numbers := pipe.read(1):
            if numbers[0] in SIGNALS:
                in_time = over.is_set() or session.noticed.wait(GRACE)
                # Python may notice a Ctrl-C only at the next key. At a prompt nothing is lost by waiting for that.
                if not in_time and not (session.at_prompt and numbers[0] == signal.SIGINT):
                    with suppress(OSError):  # the terminal may be closed
                        os.write(2, SHOW_CURSOR * sys.stderr.isatty() + b"Interrupted.\n")
                    os._exit(128 + numbers[0])
                session.noticed.clear()  # for the next signal; not earlier, because this signal may be noticed already
