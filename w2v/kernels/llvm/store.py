"""Keep compiled kernels on disk: one file for each kernel and types of arguments, in a folder that only this user can
write to.

A kept kernel is a pickle that contains machine code: whoever can change it can run code. So a folder is used only if
nobody else can have written to it (files/private.py), and a file is loaded only if it is whole. Kernels may also come
with the program (`installed`): that folder must belong to those who could change the program itself.

A file is the SHA-256 of its own name and the pickle (32 bytes), then the pickle that Numba makes; so a copy of it under
another name is not taken for another kernel. The file is written under another name, synced and renamed, so after a
power cut it is whole or absent. There is no index: the name of a file is a hash of what the kernel was compiled from.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from w2v.files.private import open_installed

__all__ = ["KernelCache"]

HASH = 32  # bytes


class KernelCache:
    """A replacement for the cache of Numba's dispatcher, which asks it for compiled code.

    identity: a text that is the same in every process for the same code, and different for different code. folder:
    where compiled code is kept, None where it cannot be. installed: a folder of kernels that came with the program.
    damaged: the names of files that were not whole; their kernels are compiled again. failures: why kernels could not
    be kept. missing: the names of the kernels that had to be compiled.
    """

    damaged: list[str] = []  # noqa: RUF012 (one list for all kernels)
    failures: list[str] = []  # noqa: RUF012
    missing: list[str] = []  # noqa: RUF012

    def __init__(self, name: str, identity: str, folder: Path | None, installed: Path | None = None) -> None:
        self.name, self.identity, self.folder, self.installed = name, identity, folder, installed

    @property
    def cache_path(self) -> str:
        """The folder, as Numba's statistics of the cache show it."""
        return str(self.folder or self.installed)

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        """Return the compiled code for these types of arguments, or None: then Numba compiles it."""
        target_context.refresh()
        file = self._file(signature, target_context.codegen())
        for folder, read in ((self.folder, Path.read_bytes), (self.installed, _read_installed)):
            if folder is None:
                continue
            path = folder / file
            try:
                data = read(path)
            except (OSError, ValueError):
                continue
            if len(data) > HASH and _hash(path, data[HASH:]) == data[:HASH]:
                return CompileResult._rebuild(target_context, *pickle.loads(data[HASH:]))
            self.damaged.append(str(path))
        self.missing.append(self.name)
        return None

    def save_overload(self, signature: Any, result: Any) -> None:
        """Keep compiled code. If that is impossible, nothing is raised, and the next process compiles it again."""
        if self.folder is None or result.library.has_dynamic_globals or result.lifted:
            return
        content = dumps(result._reduce())
        path = self.folder / self._file(signature, result.codegen)
        beside = path.with_name(f"{path.name}.{secrets.token_hex(8)}.tmp")
        try:
            try:
                with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(_hash(path, content) + content)
                    file.flush()
                    os.fsync(file.fileno())
                beside.replace(path)
            finally:
                with suppress(OSError):
                    beside.unlink(missing_ok=True)
        except OSError as error:  # a full or failing disk below the cache must not stop training
            self.failures.append((error.strerror or str(error)).lower())

    def _file(self, signature: Any, codegen: Any) -> str:
        key = repr((str(signature), codegen.magic_tuple(), self.identity))
        return f"{self.name}-{hashlib.sha256(key.encode()).hexdigest()[:32]}.kernel"


def _read_installed(path: Path) -> bytes:
    with open_installed(path, Path(__file__)) as file:
        return file.read()


def _hash(path: Path, content: bytes) -> bytes:
    return hashlib.sha256(path.name.encode() + b"\0" + content).digest()
