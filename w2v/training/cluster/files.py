"""The files of a run folder: in a local folder, or at a URL that fsspec knows, such as s3://…; each is whole or absent.

Which files there are: run_folder.py.
"""

from __future__ import annotations

import io
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import numpy as np

from w2v.arrays import F32
from w2v.errors import FormatError, OutputError, SettingsError
from w2v.files.whole import naming, replacing

__all__ = ["LostBlockError", "is_url", "names_in", "read_block", "read_text", "remove", "write_block", "write_text"]


class LostBlockError(FormatError):
    """A block of a checkpoint cannot be read any more, or has other bytes than it had."""


def is_url(path: str) -> bool:
    """Return whether a name is a URL, and no local path."""
    return "://" in path


def write_block(path: str, block: F32) -> None:
    """Write an array in the format .npy. Raises OutputError."""
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, np.lib.format.header_data_from_array_1_0(block))
    _write(path, buffer.getvalue(), block.data)


def read_block(path: str) -> F32:
    """Read an array in the format .npy. Raises LostBlockError."""
    try:
        with _opened(path) if is_url(path) else open(path, "rb") as file:
            return np.asarray(np.load(file, allow_pickle=False))
    except (OSError, ValueError, EOFError) as error:
        raise LostBlockError(_unreadable(path, error), hint="the checkpoint before it may be whole") from error


def write_text(path: str, text: str) -> None:
    """Write a small file. Raises OutputError."""
    _write(path, text.encode())


def read_text(path: str) -> str | None:
    """Read a small file; return None where there is none. Raises FormatError."""
    try:
        with _opened(path) if is_url(path) else open(path, "rb") as file:
            return cast("str", file.read().decode())
    except FileNotFoundError:
        return None
    except (NotADirectoryError, PermissionError) as error:
        raise OutputError(_unreadable(path, error), hint="name another folder as --run-dir") from error
    except (OSError, ValueError) as error:
        raise FormatError(_unreadable(path, error), hint="start again with --no-resume") from error


def names_in(folder: str) -> list[str]:
    """Return the names of what is in a folder; none where it cannot be read."""
    with suppress(OSError):
        if not is_url(folder):
            return os.listdir(folder)
        system, name = _system(folder)
        return [each.rstrip("/").rpartition("/")[2] for each in system.ls(name, detail=False)]
    return []


def remove(path: str) -> None:
    """Remove a file, or a folder with all that is in it, if that is possible."""
    with suppress(OSError):
        if is_url(path):
            system, name = _system(path)
            system.rm(name, recursive=True)
        elif os.path.isdir(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)


def _write(path: str, *parts: Any) -> None:
    if not is_url(path):
        with naming(Path(path)):
            Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with replacing(path, sum(len(memoryview(part).cast("B")) for part in parts), private=True) as local:
            for part in parts:
                local.write(part)
        return
    try:
        system, name = _system(path)
        system.makedirs(name.rpartition("/")[0], exist_ok=True)
        with system.open(name, "wb") as file:
            for part in parts:
                file.write(part)
    except OSError as error:
        remove(path)  # where a part of a file can be seen, unlike in an object store
        raise OutputError(f"cannot write {path}: {error}", hint="name another --run-dir") from error


def _opened(path: str) -> Any:
    system, name = _system(path)
    return system.open(name, "rb")


def _system(path: str) -> tuple[Any, str]:
    """Return the file system of a URL, and the name in it. Raises SettingsError."""
    try:
        from fsspec.core import url_to_fs

        system, name = url_to_fs(path)
    except ImportError as error:
        raise SettingsError(
            f"cannot use {path}: a package for this kind of URL is missing ({error})",
            hint="install that package with pip, or name a folder as --run-dir",
        ) from error
    except ValueError as error:
        raise SettingsError(f"cannot use {path}: {error}", hint="name a folder as --run-dir") from error
    return system, str(name)


def _unreadable(path: str, error: Exception) -> str:
    reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)
    return f"{path}: it cannot be read ({reason})"
