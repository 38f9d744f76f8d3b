"""Compiled kernels kept on disk: one file for each specialisation, and a folder that nobody else can write to.

A kept kernel is a pickle with machine code in it: loading it runs it. So a folder is used only if this user owns it and
nobody else can write to it, or to any folder above it up to the base; and an entry is loaded only if it is whole. An
entry is its SHA-256 (32 bytes), then the pickle that Numba makes; it is written beside, synced and renamed, so that a
power cut leaves it whole or absent. There is no index: the name of an entry is the hash of what it was compiled from.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

__all__ = ["KernelCache", "make_private", "why_unsafe"]

OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
HASH = 32  # bytes


def make_private(folder: Path, base: Path) -> None:
    """Make `folder` and what is missing above it; folders below `base` are for this user alone. Raises OSError."""
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    for each in (*reversed(folder.parents), folder):
        if each != base and each.is_relative_to(base):
            with suppress(FileExistsError):
                each.mkdir(mode=0o700)


def why_unsafe(folder: Path, base: Path) -> str:
    """Return why code in `folder` must not be loaded; "" where it may be.

    The base itself may be a place for all, such as /tmp, if it is sticky: there nobody can replace what another owns.
    Raises OSError where a folder cannot be looked at.
    """
    user = os.geteuid()
    for each in (folder, *folder.parents):
        found = os.lstat(os.path.realpath(each) if each == base else each)
        if not stat.S_ISDIR(found.st_mode):
            return f"{each} is no folder"
        if each == base:
            if found.st_mode & OTHERS_WRITE and not found.st_mode & stat.S_ISVTX:
                return f"other users can write to {each}"
            return "" if found.st_uid in (user, 0) else f"{each} belongs to another user"
        if found.st_uid != user:
            return f"{each} belongs to another user"
        if found.st_mode & OTHERS_WRITE:
            return f"other users can write to {each}"
    return f"{folder} does not lie in {base}"


class KernelCache:
    """What Numba's dispatcher asks for compiled code, in place of its own cache.

    identity: the same in every process for the same code, and different for different code. damaged: names of entries
    that were not whole; they are compiled again.
    """

    damaged: list[str] = []  # noqa: RUF012 (one list for all kernels)

    def __init__(self, name: str, identity: str, folder: Path) -> None:
        self.name, self.identity, self.folder = name, identity, folder

    @property
    def cache_path(self) -> str:
        """The folder, as Numba's statistics show it."""
        return str(self.folder)

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        """Return the code for these types, or None: then Numba compiles it."""
        target_context.refresh()
        path = self._path(signature, target_context.codegen())
        try:
            data = path.read_bytes()
        except OSError:
            return None
        if len(data) <= HASH or hashlib.sha256(data[HASH:]).digest() != data[:HASH]:
            self.damaged.append(str(path))
            return None
        return CompileResult._rebuild(target_context, *pickle.loads(data[HASH:]))

    def save_overload(self, signature: Any, result: Any) -> None:
        """Keep what was compiled, unless that cannot be done: then it is compiled again in the next process."""
        if result.library.has_dynamic_globals or result.lifted:
            return
        content = dumps(result._reduce())
        path = self._path(signature, result.codegen)
        beside = path.with_name(f"{path.name}.{secrets.token_hex(8)}.tmp")
        with suppress(OSError):  # a disk that is full or fails under the cache stops no work
            try:
                with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(hashlib.sha256(content).digest() + content)
                    file.flush()
                    os.fsync(file.fileno())
                beside.replace(path)
            finally:
                beside.unlink(missing_ok=True)

    def _path(self, signature: Any, codegen: Any) -> Path:
        key = repr((str(signature), codegen.magic_tuple(), self.identity))
        return self.folder / f"{self.name}-{hashlib.sha256(key.encode()).hexdigest()[:32]}.kernel"
