"""The folder for token caches, and the one to use where nothing can be kept there. Not here: caches (cache.py)."""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from w2v.errors import OutputError
from w2v.files.caches import cache_base, user_cache
from w2v.files.private import make_private, why_unsafe
from w2v.files.whole import check_writable
from w2v.progress import Progress

__all__ = ["CacheFolder", "chosen_folder", "temporary_instead", "writable_folder"]

ROOM = 1 << 20  # bytes; where fewer are free, the disk is full


@dataclass(frozen=True)
class CacheFolder:
    """A folder that may keep caches. base: the folder from which on it must belong to this user alone."""

    path: Path
    base: Path

    def why_unsafe(self) -> str:
        """Return why caches in it must not be used, or "" if they may be used, or if there is no such folder."""
        try:
            return why_unsafe(self.path, self.base)
        except OSError:  # an error of the folder is reported when the folder is written to
            return ""


def chosen_folder(named: str | os.PathLike[str] | None) -> CacheFolder | None:
    """Return the folder that the user has named, or `user_cache("tokens")`; None where the user has no home folder."""
    if named is not None:
        return CacheFolder(Path(named), Path(named))
    usual, base = user_cache("tokens"), cache_base()
    return None if usual is None or base is None else CacheFolder(usual, base)


def writable_folder(named: str | os.PathLike[str] | None, progress: Progress) -> tuple[Path, bool]:
    """Return the folder for caches, made where it is missing, and whether files may be kept there for the next run.

    named: the user's choice; an OutputError is raised if nothing can be written there. Without a choice it is
    `user_cache("tokens")`, or, after a warning, the folder for temporary files, where nothing is kept. Nor is anything
    kept, after a warning, in a folder that other users can write to.
    """
    folder = chosen_folder(named)
    try:
        if folder is None:
            raise OutputError("there is no home folder for caches", hint="set HOME or XDG_CACHE_HOME")
        _make(folder)
        unsafe = folder.why_unsafe()
        if named is not None:
            if unsafe:
                progress.message(f"{unsafe}: no token cache in {named} is used, and none is kept there", "warning")
            return Path(named), not unsafe
        if unsafe:
            raise OutputError(unsafe, hint="")
        check_writable(folder.path / "tokens", ROOM)
    except OutputError as error:
        if named is not None:
            raise
        return temporary_instead(error, progress), False
    return folder.path, True


def temporary_instead(error: OutputError, progress: Progress) -> Path:
    """Return the folder for temporary files, and warn that it is used because of `error`; raise that if there is none.

    What is written there goes when the run ends.
    """
    with contextlib.suppress(FileNotFoundError):  # no folder for temporary files either
        temporary = Path(tempfile.gettempdir())
        progress.message(
            f"{error.message}: what is kept there goes to {temporary} until this run ends "
            "(--cache-dir names another folder)",
            "warning",
        )
        return temporary
    raise error


def _make(folder: CacheFolder) -> None:
    try:
        make_private(folder.path, folder.base)
        if not folder.path.is_dir():
            raise NotADirectoryError(20, "not a directory")
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else str(error)
        raise OutputError(
            f"cannot make the cache folder {folder.path}: {reason}", hint="choose another folder"
        ) from error
