"""Keep a mapped file as it is while it is in use, even if another program cuts or changes it.

A process that reads a mapped file beyond its new end is killed by a signal (SIGBUS). So a read lease is taken (fcntl(2)
of Linux): a program that opens the file for writing, or cuts it, must then wait up to 45 seconds, or is refused if it
does not wait. In that time the file is copied to one without a name, and the copy is mapped in its place: at the same
addresses, so nobody who reads notices. Only the file's owner can have a lease, and file systems in a network may have
none; then nothing is kept, and what was cut is only noticed where that is in time. Nothing is needed against programs
that replace or remove the file: what is mapped stays.
"""

from __future__ import annotations

import mmap
import os
import signal
import threading
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import numpy as np

from w2v.errors import OutputError
from w2v.files.joined import map_over
from w2v.files.whole import scratch

__all__ = ["Guard"]

POLL = 0.1  # seconds between two looks
PIECE = 1 << 26  # bytes that are copied at once


class Guard:
    """The guard of one open file. Take it before the content is checked, so that it holds from then on.

    leased: whether there is a lease. failure: what to raise where the file cannot be kept as it is. copied: whether the
    file was copied, because another program wanted to change it.
    """

    def __init__(self, path: Path, file: BinaryIO) -> None:
        """Take the lease. file: open for reading only. Raises ValueError where another program has it for writing."""
        self.path, self.copied = path, False
        self.failure: OutputError | None = None
        self._descriptor = os.dup(file.fileno())
        self._before = self._state()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        try:
            self.leased = _take_lease(self._descriptor)
        except BaseException:
            os.close(self._descriptor)
            raise

    def watch(self, data: mmap.mmap) -> None:
        """Keep the bytes of a map of the file, until `close`."""
        address = np.frombuffer(data, np.uint8).ctypes.data
        self._thread = threading.Thread(target=self._watch, args=(address, len(data)), daemon=True)
        try:
            self._thread.start()
        except RuntimeError:  # no more threads are allowed
            self._thread = None

    def close(self) -> None:
        """Let other programs change the file."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        self._release()

    def _watch(self, address: int, size: int) -> None:
        while not self._over.wait(POLL):
            if self._is_asked():
                self._keep(address, size)
                return

    def _is_asked(self) -> bool:
        if not self.leased:
            return self._state()[0] < self._before[0]
        import fcntl

        return fcntl.fcntl(self._descriptor, fcntl.F_GETLEASE) != fcntl.F_RDLCK

    def _keep(self, address: int, size: int) -> None:
        """Map a copy in the place of the file. The lease is released only if that has succeeded."""
        try:
            with scratch(self.path.parent) as copy:
                _copy(self._descriptor, copy.fileno(), size)
                if self._state() != self._before:
                    raise OutputError("it has been changed")
                map_over(address, size, copy.fileno())
        except (OSError, OutputError) as error:
            reason = error.message if isinstance(error, OutputError) else (error.strerror or str(error)).lower()
            self.failure = OutputError(
                f"another program changes {self.path}, which is in use, and it cannot be copied: {reason}",
                hint="run again, with --resume if a checkpoint was written; --cache-dir names another folder",
            )
            return
        self.copied = True
        self._release()

    def _state(self) -> tuple[int, int]:
        found = os.fstat(self._descriptor)
        return found.st_size, found.st_mtime_ns

    def _release(self) -> None:
        """Give the lease back, once. Arrays may keep the file open, so closing it would not do that."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor < 0:
            return
        if self.leased:
            import fcntl

            with suppress(OSError):
                fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        os.close(descriptor)


def _take_lease(descriptor: int) -> bool:
    """Take a read lease; return False where there are none. Raises ValueError where a program has the file for writing.

    The lease is asked for several times a second whether it is still whole, so its signal should disturb nobody:
    SIGURG, which is ignored unless somebody has asked for it.
    """
    try:
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError as error:
        raise ValueError("another program is writing to it") from error
    except (OSError, ImportError, AttributeError):
        return False
    return True


def _copy(source: int, target: int, size: int) -> None:
    """Copy `size` bytes from the beginning of an open file. Raises OSError."""
    offset = 0
    while offset < size:
        data = os.pread(source, min(PIECE, size - offset), offset)
        if not data:
            return
        offset += len(data)
        while data:
            data = data[os.write(target, data) :]
