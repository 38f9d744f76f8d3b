"""The processes and connections of a run, found in /proc: its workers, their age, and what they are connected to."""

from __future__ import annotations

import ctypes
import os
import socket
from contextlib import suppress
from pathlib import Path

__all__ = ["connections", "cut", "is_alive", "is_stopped", "seconds_of", "workers_of"]

MODULE = b"w2v.training.cluster.dask.worker"
ESTABLISHED = "01"
PIDFD_GETFD = 438  # the number of this system call on every architecture
TICKS = os.sysconf("SC_CLK_TCK")


def workers_of(process: int) -> list[int]:
    """Return the worker processes of a run."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == process and MODULE in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


def seconds_of(process: int) -> float:
    """Return the age of a process; infinity where it has ended."""
    with suppress(OSError, IndexError, ValueError):
        began = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19]) / TICKS
        return float(Path("/proc/uptime").read_text().split()[0]) - began
    return float("inf")


def is_stopped(process: int) -> bool:
    """Return whether SIGSTOP has stopped a process."""
    return _state(process) == "T"


def is_alive(process: int) -> bool:
    """Return whether there is a process, and not only its exit code, for which nobody has asked."""
    return _state(process) not in ("", "Z", "X")


def _state(process: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    return ""


def connections(process: int) -> list[int]:
    """Return the file descriptors of all TCP connections of a process."""
    established = set()
    for name in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in Path(f"/proc/{process}/net/{name}").read_text().splitlines()[1:]:
                values = line.split()
                if values[3] == ESTABLISHED:
                    established.add(f"socket:[{values[9]}]")
    found = []
    for path in Path(f"/proc/{process}/fd").glob("*"):
        with suppress(OSError):
            if os.readlink(path) in established:
                found.append(int(path.name))
    return found


def cut(process: int, descriptor: int) -> bool:
    """Cut a connection of another process in both directions; return whether it could be done (it needs Linux 5.6)."""
    libc = ctypes.CDLL(None, use_errno=True)
    with suppress(OSError):
        handle = os.pidfd_open(process)
        try:
            ours = libc.syscall(PIDFD_GETFD, handle, descriptor, 0)
        finally:
            os.close(handle)
        if ours >= 0:
            with socket.socket(fileno=ours) as connection:
                connection.shutdown(socket.SHUT_RDWR)
            return True
    return False
