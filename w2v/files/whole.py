"""Whole files or none: a file or folder appears under its final name only once every byte of it is on the disk.

Bytes go to a temporary file (or folder) beside the final one, which is synced and renamed; then the folder above is
synced. Whatever fails before the rename leaves the old file as it was and no temporary file; that of a killed run is
removed by the next one (files/locks.py). Nothing is written through mmap: there a full disk would be a signal instead
of an error.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from w2v.errors import OutputError
from w2v.files.locks import (
    ALIVE,
    keep,
    link_temporary,
    make_temporary,
    make_temporary_folder,
    release,
    remove_stale_folders,
)

__all__ = [
    "check_writable",
    "locked",
    "naming",
    "publish",
    "replacing",
    "replacing_folder",
    "restoring",
    "scratch",
    "sync",
    "temporary_folder",
]

_CURES = {
    errno.ENOSPC: "free some space, or choose another disk",
    errno.EDQUOT: "free some of your quota, or choose another disk",
    errno.EACCES: "choose a folder that you may write to",
    errno.EPERM: "choose a folder that you may write to",
    errno.EROFS: "that file system is read-only: choose another folder",
    errno.ENOENT: "create the folder first",
    errno.ENOTDIR: "a part of that path is a file, not a folder",
    errno.EISDIR: "that is a folder: name a file in it",
    errno.ENOTEMPTY: "a folder that holds files is never replaced: remove it first, or name a new one",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EMFILE: "allow more open files: ulimit -n 256",
    errno.ENFILE: "close other programs: the system cannot open more files",
    errno.EFBIG: "the file system or a limit of the shell (ulimit -f) does not allow files of that size",
}


def _output_error(path: Path, error: OSError, written: int | None = None, size: int = 0) -> OutputError:
    """written: bytes so far. size: bytes in all, 0 where nobody knows."""
    reason = os.strerror(error.errno).lower() if error.errno else str(error)
    facts = ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT) and not _is_device(path):
        with contextlib.suppress(OSError):
            needed = f"{size:,} bytes" if size > (written or 0) else f"more than {written or 0:,} bytes"
            facts = f"; it needs {needed}, and {_free(path):,} are free there"
    hint = _CURES.get(error.errno or 0, "check the disk and the path")
    return OutputError(f"cannot write {path}: {reason}{facts}", hint=hint)


@contextlib.contextmanager
def naming(path: Path, size: int = 0) -> Iterator[None]:
    """Turn failures of the file system in the block into `OutputError` about `path`, which takes `size` bytes."""
    try:
        yield
    except OSError as error:
        raise _output_error(path, error, path.stat().st_size if path.is_file() else 0, size) from error


def _check_replaceable(final: Path) -> None:
    """Raise OSError for a file of another user in a folder such as /tmp, where only its owner may replace a file."""
    above = final.parent.stat()
    sticky = above.st_mode & stat.S_ISVTX and hasattr(os, "geteuid")
    if sticky and final.exists() and os.geteuid() not in (0, above.st_uid, final.stat().st_uid):
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))


def _free(path: Path) -> int:
    """Return the bytes that are free where a file lies or will lie; through a link, where that leads to."""
    return shutil.disk_usage(Path(os.path.realpath(path)).parent).free


def check_writable(path: str | os.PathLike[str], size: int = 0, *, folder: bool = False) -> None:
    """Raise `OutputError` now if `path` could not be written later; `size` is what it will take, in bytes.

    folder: whether it will be a folder. Called before long work, so that a typing mistake in an output path costs
    seconds, not hours.
    """
    target = Path(path)
    if folder:
        _check_free_for_folder(target)
    elif target.is_dir():
        raise _output_error(target, OSError(errno.EISDIR, ""))
    if _is_device(target):
        return
    try:
        final = Path(os.path.realpath(target))
        _check_replaceable(final)
        descriptor, temporary = make_temporary(final)
        temporary.unlink()
        os.close(descriptor)
        free = _free(target)
    except OSError as error:
        raise _output_error(target, error, size=size) from error
    if size > free:
        raise OutputError(
            f"cannot write {target}: it needs {size:,} bytes, and {free:,} are free there",
            hint=_CURES[errno.ENOSPC],
        )


@contextlib.contextmanager
def locked(path: str | os.PathLike[str], on_wait: Callable[[str], None] | None = None) -> Iterator[None]:
    """Lock `path` for this process until the block, or the process, ends.

    Where another run holds the lock, raises `OutputError`, which names that run; with `on_wait`, calls it with the name
    of that run and waits until the lock is free. Devices, and files on file systems without locking, are not locked.
    """
    target = Path(path)
    final = Path(os.path.realpath(target))
    if final in _kept or _is_device(target):
        yield
        return

    def refuse(owner: str) -> None:
        raise OutputError(
            f"cannot write {target}: another run ({owner}) is writing it",
            hint="wait until that has ended, or write to another file",
        )

    try:
        descriptor = keep(final, on_wait or refuse)
    except OSError as error:
        raise _output_error(target, error) from error
    _kept.add(final)
    try:
        yield
    finally:
        _kept.discard(final)
        if descriptor is not None:
            release(final, descriptor)


_kept: set[Path] = set()  # what this process has locked


def _is_device(path: Path) -> bool:
    """Whether it is /dev/stdout, a named pipe or the like, which is written to and not replaced."""
    return path.exists() and not path.is_file()


def publish(file: BinaryIO, temporary: Path, final: Path, *, private: bool = False, lasting: bool = True) -> None:
    """Sync a written file, rename it to its final name, replacing any file there, and close it. Raises OSError.

    private: only this user may read it. Otherwise it has the mode of the old file, or the one that the umask leaves.
    lasting: whether to sync it; what can be made again, and is checked before it is used, need not wait for the disk.
    """
    usual = final.stat().st_mode & 0o777 if final.exists() else 0o666 & ~_umask()
    os.fchmod(file.fileno(), 0o600 if private else usual)
    if lasting:
        sync(file)
    file.flush()
    os.replace(temporary, final)
    file.close()  # not before: what nobody holds is taken for a dead run's
    if lasting:
        _sync_folder(final.parent)


def sync(file: BinaryIO) -> None:
    """Flush a file and wait until it is on the disk. Raises OSError."""
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # this file system does not sync folders
            raise
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def replacing(
    path: str | os.PathLike[str], size: int = 0, *, private: bool = False, lasting: bool = True
) -> Iterator[BinaryIO]:
    """Yield a new binary file, open for writing and seeking. It becomes `path` if the block ends without an exception.

    size: the bytes that it will take, if known, for the message of a full disk. private: only this user may read it,
    whatever the umask and the mode of the old file. lasting: as of `publish`. Raises `OutputError` for every failure of
    the file system, with the path, the reason and the cure.
    """
    target = Path(path)
    if target.is_dir():
        raise _output_error(target, OSError(errno.EISDIR, ""))
    if _is_device(target):
        try:
            with target.open("wb") as device:
                yield device
        except OSError as error:
            raise _output_error(target, error) from error
        return
    final = Path(os.path.realpath(target))  # through a link, the file it points to is replaced, not the link
    try:
        descriptor, temporary = make_temporary(final)
    except OSError as error:
        raise _output_error(target, error, size=size) from error
    file = os.fdopen(descriptor, "w+b")
    try:
        yield file
        publish(file, temporary, final, private=private, lasting=lasting)
    except OSError as error:
        written = temporary.stat().st_size if temporary.exists() else None
        raise _output_error(target, error, written, size) from error
    finally:
        with contextlib.suppress(OSError):
            file.close()
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()


@contextlib.contextmanager
def restoring(path: str | os.PathLike[str]) -> Iterator[None]:
    """Bring the file at `path` back as it was, or its absence, if the block ends with an exception.

    For a file that gets its name before another one that belongs to it. Where the file system has no hard links, the
    new file stays. A killed run leaves the new file as well.
    """
    final = Path(os.path.realpath(path))
    old = final if final.exists() else None
    kept, descriptor = None, None
    if old is not None:
        with contextlib.suppress(OSError):
            descriptor, kept = link_temporary(final)
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            if kept is not None:
                os.replace(kept, final)
            elif old is None:
                final.unlink()
        raise
    finally:
        with contextlib.suppress(OSError):
            if kept is not None:
                kept.unlink()
        if descriptor is not None:
            os.close(descriptor)


@contextlib.contextmanager
def replacing_folder(path: str | os.PathLike[str], size: int = 0) -> Iterator[Path]:
    """Yield a new, empty folder. It is synced and becomes `path` if the block ends without an exception.

    `path` must not exist, or be an empty folder: whatever else lies there is never removed. size: the bytes that it
    will take, if known. Raises `OutputError` for every failure of the file system.
    """
    target = Path(path)
    _check_free_for_folder(target)
    final = Path(os.path.realpath(target))
    try:
        descriptor, temporary = make_temporary_folder(final)
    except OSError as error:
        raise _output_error(target, error, size=size) from error
    try:
        yield temporary
        _sync_tree(temporary)
        temporary.chmod(0o777 & ~_umask())
        os.replace(temporary, final)
        _sync_folder(final.parent)
    except OSError as error:
        raise _output_error(target, error, size=size) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        os.close(descriptor)


def _check_free_for_folder(path: Path) -> None:
    """Raise `OutputError` where a file lies, or a folder that is not empty."""
    try:
        if any(path.iterdir()):
            raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY))
    except FileNotFoundError:
        return
    except OSError as error:
        raise _output_error(path, error) from error


def _sync_tree(folder: Path) -> None:
    """Sync every file and folder below a folder, and the folder itself. Raises OSError."""
    for above, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(above, name), "rb") as file:
                os.fsync(file.fileno())
        _sync_folder(Path(above))


@contextlib.contextmanager
def scratch(folder: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Yield a file without a name in `folder`, open for reading and writing. It is gone when the block ends.

    Raises `OutputError` for every failure of the file system, as `replacing` does.
    """
    written = 0
    try:
        descriptor, temporary = make_temporary(Path(folder, "scratch"))
        with os.fdopen(descriptor, "w+b") as file:
            temporary.unlink()
            try:
                yield file
            finally:
                written = os.fstat(descriptor).st_size
    except OSError as error:
        raise _output_error(Path(folder, "(temporary file)"), error, written) from error


@contextlib.contextmanager
def temporary_folder(name: str, place: Path | None = None) -> Iterator[Path]:
    """Yield a new folder `w2v-NAME-RANDOM` among the temporary files; it is removed when the block ends.

    The folder is for this user alone. The folders that killed runs have left there are removed first. place: where it
    is made, if not in the system's folder for temporary files.

    Raises `OutputError` where the folder cannot be made.
    """
    place = place or Path(tempfile.gettempdir())
    remove_stale_folders(place / f"w2v-{name}-*")
    with naming(place):
        folder = Path(tempfile.mkdtemp(prefix=f"w2v-{name}-", dir=place))
        descriptor = keep(folder / ALIVE, lambda owner: None)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if descriptor is not None:
            os.close(descriptor)


def _umask() -> int:
    """Return the umask. Where it can only be read by setting it, other threads may see that for a moment."""
    with contextlib.suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/self/status").read_bytes().splitlines()
        return int(next(line for line in lines if line.startswith(b"Umask:")).split()[1], 8)
    with _asking:
        mask = os.umask(0o077)
        os.umask(mask)
        return mask


_asking = Lock()
