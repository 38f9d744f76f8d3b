"""Which process is writing a file: locks that end with their process, and files that killed processes have left.

Two kinds of hidden files lie beside the file NAME that they belong to. `.NAME.w2v.lock` keeps NAME for one run, and
NAME is written to `.NAME.MACHINE-RANDOM.w2v.tmp`, a file or a folder. A run holds both by flock(2) for as long as it
lives, however it ends: if nobody holds one, its run is dead. On file systems without locking (NFS, by its options),
concurrent writers are not detected and stale files are not removed; where other machines do not see the locks, what
another machine made counts as stale only after a day without a write.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import time
import zlib
from collections.abc import Callable
from pathlib import Path

__all__ = [
    "ALIVE",
    "keep",
    "link_temporary",
    "make_temporary",
    "make_temporary_folder",
    "release",
    "remove_stale",
    "remove_stale_folders",
]

LOCK, TEMPORARY = ".w2v.lock", ".w2v.tmp"
RANDOM = re.compile(r"\.[0-9a-f]{8}-[0-9a-f]{8}\.w2v\.tmp\Z")  # how the name of a temporary folder ends
LONGEST = 180  # bytes of a file's name that stand in those of its hidden files; file systems take 255 in all
A_DAY = 86_400
ALIVE = "run"  # what a run keeps in a temporary folder of its own
LOOKS = 5  # at a lock that is held, before it is believed


def _hold(descriptor: int, *, wait: bool = False) -> bool | None:
    """Lock an open file until it is closed. False where another process holds it, None where there is no locking."""
    import fcntl  # not on Windows, where files can be read all the same

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _is_there(descriptor: int, path: Path) -> bool:
    """Whether the open file still has this name: it may have been removed before it was locked."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def keep(final: Path, on_wait: Callable[[str], None]) -> int | None:
    """Take the lock of `final` and return its descriptor, for `release`; None where there can be no lock.

    Where another run holds the lock, on_wait("process 123 on somewhere") is called, which may raise an exception; then
    this waits for that run. Raises OSError where nothing can be written there.
    """
    path = _hidden(final, LOCK)
    looks = LOOKS
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        except PermissionError:
            if path.exists():  # another user's, who is at work or was killed: nobody can tell
                return None
            raise
        try:
            held = _hold(descriptor, wait=not looks)
            if held is False:
                looks -= 1
                if looks:
                    time.sleep(0.02)  # perhaps it is held for a moment only, by somebody who asks whether it is dead
                else:
                    on_wait(os.pread(descriptor, 100, 0).decode(errors="replace") or "unknown")
            elif held is None:
                path.unlink(missing_ok=True)
            elif _is_there(descriptor, path):
                with contextlib.suppress(OSError):  # a full disk: nobody will know who it is
                    os.ftruncate(descriptor, 0)
                    os.pwrite(descriptor, f"process {os.getpid()} on {os.uname().nodename}".encode(), 0)
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        if held is None:
            return None


def release(final: Path, descriptor: int) -> None:
    """Remove the lock file of `final`, and only then unlock it: whoever waits for it sees that it has been removed."""
    with contextlib.suppress(OSError):
        _hidden(final, LOCK).unlink()
    os.close(descriptor)


def make_temporary(final: Path) -> tuple[int, Path]:
    """Make a new file beside `final` and lock it. What dead runs have left there is removed.

    Returns its descriptor, open for reading and writing, and its path. Raises OSError.
    """
    remove_stale(final.parent)
    while True:
        path = _hidden(final, f".{_machine()}-{os.urandom(4).hex()}{TEMPORARY}")
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        _hold(descriptor, wait=True)
        if _is_there(descriptor, path):  # and not taken for a dead run's just before it was locked
            return descriptor, path
        os.close(descriptor)


def link_temporary(final: Path) -> tuple[int, Path]:
    """Give the file `final` a temporary name besides its own, and lock it: the file stays when `final` is replaced.

    Returns a descriptor, which holds the lock, and the second name. Raises OSError where there are no hard links.
    """
    remove_stale(final.parent)
    while True:
        path = _hidden(final, f".{_machine()}-{os.urandom(4).hex()}{TEMPORARY}")
        os.link(final, path)
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        _hold(descriptor, wait=True)
        if _is_there(descriptor, path):
            return descriptor, path
        os.close(descriptor)


def make_temporary_folder(final: Path) -> tuple[int, Path]:
    """Make a new folder beside `final` and lock it. What dead runs have left there is removed.

    Returns the descriptor that holds the lock, and the path. Raises OSError.
    """
    remove_stale(final.parent)
    while True:
        path = _hidden(final, f".{_machine()}-{os.urandom(4).hex()}{TEMPORARY}")
        path.mkdir(mode=0o700)
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except FileNotFoundError:  # taken for a dead run's just before it was opened
            continue
        _hold(descriptor, wait=True)
        if _is_there(descriptor, path):
            return descriptor, path
        os.close(descriptor)


def remove_stale(folder: Path) -> None:
    """Remove the locks, temporary files and temporary folders that dead runs have left in a folder."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") and entry.name.endswith((LOCK, TEMPORARY)):
                with contextlib.suppress(OSError):
                    _remove_if_dead(Path(entry.path))


def remove_stale_folders(pattern: Path) -> None:
    """Remove the folders of this user whose names fit `pattern` and in which a run that is dead held the lock ALIVE."""
    for folder in pattern.parent.glob(pattern.name):
        with contextlib.suppress(OSError):
            descriptor = os.open(_hidden(folder / ALIVE, LOCK), os.O_RDWR | os.O_NOFOLLOW)
            try:
                if folder.lstat().st_uid == os.getuid() and _hold(descriptor):
                    shutil.rmtree(folder)
            finally:
                os.close(descriptor)


def _remove_if_dead(path: Path) -> None:
    is_folder = stat.S_ISDIR(path.lstat().st_mode)
    if is_folder and not RANDOM.search(path.name):
        return  # somebody else's
    descriptor = os.open(path, (os.O_RDONLY if is_folder else os.O_RDWR) | os.O_NOFOLLOW)
    try:
        foreign = path.name.endswith(TEMPORARY) and f".{_machine()}-" not in path.name
        fresh = time.time() - os.fstat(descriptor).st_mtime < A_DAY
        if not (foreign and fresh) and _hold(descriptor) and _is_there(descriptor, path):
            if is_folder:
                shutil.rmtree(path)
            else:
                path.unlink()
    finally:
        os.close(descriptor)


def _hidden(final: Path, ending: str) -> Path:
    encoded = os.fsencode(final.name)
    shown = final.name if len(encoded) <= LONGEST else f"{zlib.crc32(encoded):08x}"
    return final.with_name(f".{shown}{ending}")


def _machine() -> str:
    return f"{zlib.crc32(os.uname().nodename.encode()):08x}"
