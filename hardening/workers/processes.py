"""The processes and connections of a run, found in /proc: its workers, their age, and what they are connected to."""

from __future__ import annotations

import ctypes
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["connections", "cut", "is_alive", "is_stopped", "seconds_of", "workers_of"]

MODULE = b"w2v.training.cluster.dask.worker"
ESTABLISHED = {"tcp": "01", "tcp6": "01", "unix": "03"}
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
    """Return the file descriptors of all connections of a process to others, by TCP or by a Unix socket with a name."""
    established = _inodes(process)
    found = []
    for path in Path(f"/proc/{process}/fd").glob("*"):
        with suppress(OSError):
            kind = established.get(os.readlink(path))
            if kind == "tcp" or (kind == "unix" and _has_name(process, int(path.name))):
                found.append(int(path.name))
    return found


def _inodes(process: int) -> dict[str, str]:
    """Return the kind of each established connection that the process can see, by what a descriptor of it links to."""
    found = {}
    for name, state, inode in (("tcp", 3, 9), ("tcp6", 3, 9), ("unix", 5, 6)):
        with suppress(OSError):
            for line in Path(f"/proc/{process}/net/{name}").read_text().splitlines()[1:]:
                values = line.split()
                if values[state] == ESTABLISHED[name]:
                    found[f"socket:[{values[inode]}]"] = name.removesuffix("6")
    return found


def _has_name(process: int, descriptor: int) -> bool:
    """Return whether one of both ends of a Unix socket has a name; pairs within a process have none."""
    with _borrowed(process, descriptor) as connection:
        return connection is not None and bool(connection.getsockname() or connection.getpeername())


def cut(process: int, descriptor: int) -> bool:
    """Cut a connection of another process in both directions; return whether it could be done (it needs Linux 5.6)."""
    with suppress(OSError), _borrowed(process, descriptor) as connection:
        if connection is not None:
            connection.shutdown(socket.SHUT_RDWR)
            return True
    return False


@contextmanager
def _borrowed(process: int, descriptor: int) -> Iterator[socket.socket | None]:
    """Yield a socket of another process; None where it has been closed."""
    libc = ctypes.CDLL(None, use_errno=True)
    handle = os.pidfd_open(process)
    try:
        ours = libc.syscall(PIDFD_GETFD, handle, descriptor, 0)
    finally:
        os.close(handle)
    if ours < 0:
        yield None
        return
    with socket.socket(fileno=ours) as connection:
        yield connection
