"""Whole files or none: a file appears under its final name only once every byte of it is on the disk.

Not here: what is in the files. Bytes go to a temporary file in the same folder, which is synced, renamed over the final
name, and the folder is synced. Whatever fails before the rename leaves the old file as it was and no temporary file.
Nothing is written through mmap: there a full disk would be a signal instead of an error.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from w2v.errors import OutputError

__all__ = ["check_writable", "replacing", "scratch"]

_CURES = {
    errno.ENOSPC: "free some space, or choose another disk",
    errno.EDQUOT: "free some of your quota, or choose another disk",
    errno.EACCES: "choose a folder that you may write to",
    errno.EPERM: "choose a folder that you may write to",
    errno.EROFS: "that file system is read-only: choose another folder",
    errno.ENOENT: "create the folder first",
    errno.ENOTDIR: "a part of that path is a file, not a folder",
    errno.EISDIR: "that is a folder: name a file in it",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EFBIG: "the file system or a limit of the shell (ulimit -f) does not allow files of that size",
}


def _output_error(path: Path, error: OSError, written: int | None = None) -> OutputError:
    reason = os.strerror(error.errno).lower() if error.errno else str(error)
    facts = ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        with contextlib.suppress(OSError):
            facts = f" after {written or 0:,} bytes; {shutil.disk_usage(path.parent).free:,} bytes are free there"
    hint = _CURES.get(error.errno or 0, "check the disk and the path")
    return OutputError(f"cannot write {path}: {reason}{facts}", hint=hint)


def check_writable(path: str | os.PathLike[str], size: int = 0) -> None:
    """Raise `OutputError` now if `path` could not be written later; `size` is what it will take, in bytes.

    Called before long work, so that a typing mistake in an output path costs seconds, not hours.
    """
    target = Path(path)
    if target.is_dir():
        raise _output_error(target, OSError(errno.EISDIR, ""))
    if target.exists() and not target.is_file():
        return  # a device or a pipe: it has no folder to prepare
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".tmp", dir=target.parent)
    except OSError as error:
        raise _output_error(target, error) from error
    os.close(descriptor)
    os.unlink(name)
    free = shutil.disk_usage(target.parent).free
    if size > free:
        raise OutputError(
            f"cannot write {target}: it needs {size:,} bytes, and {free:,} are free there",
            hint=_CURES[errno.ENOSPC],
        )


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A binary file, open for writing and seeking, that becomes `path` when the block ends without an exception.

    Raises `OutputError` for every failure of the file system, with the path, the reason and the cure.
    """
    target = Path(path)
    if target.is_dir():
        raise _output_error(target, OSError(errno.EISDIR, ""))
    if target.exists() and not target.is_file():  # /dev/stdout, a named pipe: nothing to replace
        try:
            with target.open("wb") as device:
                yield device
        except OSError as error:
            raise _output_error(target, error) from error
        return
    final = Path(os.path.realpath(target))  # through a link, the file it points to is replaced, not the link
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{final.name[:100]}.", suffix=".tmp", dir=final.parent)
    except OSError as error:
        raise _output_error(target, error) from error
    temporary = Path(name)
    file = os.fdopen(descriptor, "w+b")
    try:
        yield file
        file.flush()
        mode = final.stat().st_mode & 0o777 if final.exists() else 0o666 & ~_umask()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())
        file.close()
        os.replace(temporary, final)
        _sync_folder(final.parent)
    except OSError as error:
        written = temporary.stat().st_size if temporary.exists() else None
        raise _output_error(target, error, written) from error
    finally:
        with contextlib.suppress(OSError):
            file.close()
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()


@contextlib.contextmanager
def scratch(folder: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A file without a name in `folder`, open for reading and writing, gone when the block ends, however it ends.

    Raises `OutputError` for every failure of the file system, as `replacing` does.
    """
    written = 0
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            try:
                yield file
            finally:
                written = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise _output_error(Path(folder) / "(temporary file)", error, written) from error


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
