"""Keep files to this user: folders that nobody else can enter, and what was put there by this user alone.

Caches and checkpoints hold the whole text of a corpus, and compiled kernels are code. So their folders are made with
mode 0700 and their files with mode 0600, whatever the umask; and what lies there is used only if this user owns it and
nobody else can write to it, or to a folder between it and the base. The base is the user's or the system's own.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

__all__ = [
    "belongs_to_another",
    "make_private",
    "open_installed",
    "open_private",
    "why_not_installed",
    "why_unsafe",
    "why_unsafe_alone",
]

OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def make_private(folder: Path, base: Path) -> None:
    """Make `folder` and the missing folders above it; only this user can enter those from `base` on. Raises OSError."""
    for each in (*reversed(folder.parents), folder):
        if each == base or each.is_relative_to(base):
            with suppress(FileExistsError):
                each.mkdir(mode=0o700, parents=each == base)
                each.chmod(0o700)  # the umask may have taken rights from the user as well


def why_unsafe(folder: Path, base: Path) -> str:
    """Return why the content of `folder` must not be used, or "" if it may be used.

    All users may write to the base itself, such as /tmp, if it has the sticky bit: then nobody can replace what another
    user owns. Raises OSError if a folder cannot be examined.
    """
    for each in (folder, *folder.parents):
        found = os.lstat(os.path.realpath(each) if each == base else each)
        if not stat.S_ISDIR(found.st_mode):
            return f"{each} is not a folder"
        if each == base:
            if found.st_mode & OTHERS_WRITE and not found.st_mode & stat.S_ISVTX:
                return f"other users can write to {each}"
            return "" if found.st_uid in (os.geteuid(), 0) else f"{each} belongs to another user"
        reason = _why_not_ours(found)
        if reason:
            return f"{each} belongs to another user" if reason == ANOTHERS else f"other users can write to {each}"
    return f"{folder} is not inside {base}"


ANOTHERS = "it belongs to another user"


def why_unsafe_alone(path: Path) -> str:
    """Return why a file or folder must not be used, whatever lies above it, or "" if it may be. Raises OSError."""
    return _why_not_ours(path.stat())


def belongs_to_another(path: Path) -> bool:
    """Return whether another user owns what lies at a path, if anything does."""
    with suppress(OSError):
        return path.lstat().st_uid != os.geteuid()
    return False


def open_private(path: Path) -> BinaryIO:
    """Open a file for reading that only this user could have written.

    Raises OSError where it cannot be opened, ValueError for a file of another user or one that others can write to.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    found = os.fstat(descriptor)
    reason = "it is not a regular file" if not stat.S_ISREG(found.st_mode) else _why_not_ours(found)
    if reason:
        os.close(descriptor)
        raise ValueError(reason)
    return os.fdopen(descriptor, "rb")


def why_not_installed(folder: Path, base: Path, program: Path) -> str:
    """Return why code in `folder` must not be run, or "" if it comes from whoever has installed the program.

    That is so where `folder`, and each folder above it up to `base`, belongs to this user, to root, or to the owner of
    `program`, and nobody else can write there: these three could change the program itself. Raises OSError.
    """
    owners = _installers(program)
    for each in (folder, *folder.parents):
        found = os.lstat(each)
        if not stat.S_ISDIR(found.st_mode):
            return f"{each} is not a folder"
        if found.st_uid not in owners:
            return f"{each} belongs to another user"
        if found.st_mode & OTHERS_WRITE:
            return f"other users can write to {each}"
        if each == base:
            return ""
    return f"{folder} is not inside {base}"


def open_installed(path: Path, program: Path) -> BinaryIO:
    """Open a file for reading that only this user, root, or the owner of `program` could have written.

    Raises OSError where it cannot be opened, ValueError for a file that others could have written.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_uid not in _installers(program) or found.st_mode & OTHERS_WRITE:
        os.close(descriptor)
        raise ValueError("others could have written it")
    return os.fdopen(descriptor, "rb")


def _installers(program: Path) -> set[int]:
    return {0, os.geteuid(), program.stat().st_uid}


def _why_not_ours(found: os.stat_result) -> str:
    if found.st_uid != os.geteuid():
        return ANOTHERS
    return "other users can write to it" if found.st_mode & OTHERS_WRITE else ""
