"""Ctrl-C, SIGTERM, SIGHUP: an exception wherever the program stands, and its end within two seconds whatever it does.

The exception may not come through: compilers do not look up for seconds, and other people's code, callbacks above all,
drops exceptions. So it is remembered: who reports progress is told again, and if nobody takes notice, a thread ends the
process. Whoever has noticed and begins a phase, which is to write a checkpoint, is left alone, unless there is another
signal. Not here: exit codes and messages (`w2v.cli.main`).
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
GRACE = 1.6  # seconds
SHOW_CURSOR = b"\x1b[?25h"


class Terminated(KeyboardInterrupt):
    """SIGTERM arrived, or SIGHUP as the terminal went: what cleans up after Ctrl-C cleans up now as well."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def exit_code(stop: BaseException | None) -> int:
    """128 and the number of the signal, as shells have it."""
    return 128 + (stop.number if isinstance(stop, Terminated) else signal.SIGINT)


@contextmanager
def stopping(session: Session, *, to_the_end: bool = False) -> Iterator[None]:
    """Handle the signals inside the block, SIGHUP unless it is ignored (nohup). For the main thread.

    to_the_end: the process ends with the block, and what arrives while it does comes too late to change anything.
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
    threading.Thread(target=_watch, args=(reading, session, over), daemon=True).start()
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


def _forget(terminals: list[int]) -> None:
    """Write nowhere instead of to a terminal that is gone: there it would fail, and stop what keeps the state."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in terminals:
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def notice(session: Session, *, begins: bool) -> None:
    """Called with whatever progress is reported: raise the exception again if it has been dropped.

    begins: whether a phase begins; if the exception is being handled just now, that is work on purpose.
    """
    if session.stop is None:
        return
    if not isinstance(sys.exc_info()[1], KeyboardInterrupt):
        raise session.stop
    if begins:
        session.noticed.set()


def _watch(reading: int, session: Session, over: threading.Event) -> None:
    """End the process if a signal is not noticed in time. The signal comes through the pipe at once, whatever runs."""
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        while numbers := pipe.read(1):
            if numbers[0] in SIGNALS:
                if not over.is_set() and not session.noticed.wait(GRACE):
                    with suppress(OSError):  # the terminal may be gone
                        os.write(2, SHOW_CURSOR * sys.stderr.isatty() + b"Interrupted.\n")
                    os._exit(128 + numbers[0])
                session.noticed.clear()  # for the next one; not before, where it may have been noticed already
