"""The folder for token caches, and the one to use where nothing can be kept there; and how long caches stay.

Not here: caches (cache.py).
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from w2v.errors import OutputError, SettingsError
from w2v.files.caches import cache_base, user_cache
from w2v.files.private import make_private, why_unsafe
from w2v.files.whole import check_writable
from w2v.progress import Progress
from w2v.settings import bytes_in

if TYPE_CHECKING:
    from w2v.tokens.sharding import Spread

__all__ = ["CacheChoice", "CacheFolder", "Caching", "chosen_folder", "temporary_instead", "writable_folder"]

LIMIT = 2_000_000_000  # bytes of all token caches in the user's cache folder
DAYS = 30.0  # without use, after which a token cache goes
ROOM = 1 << 20  # bytes; where fewer are free, the disk is full


@dataclass(frozen=True)
class Caching:
    """Whether token caches are kept, where, and for how long. What is None is taken from the environment, or usual.

    folder: None is the user's cache folder. keep: whether a cache is used that an earlier run has left, and one is left
    for the next run. limit: bytes of all token caches in the user's cache folder; the least recently used ones go.
    days: after which a cache there goes, if it was not used. In a folder that the user names nothing is removed.
    spread: who counts and encodes several sources, each into a shard of its own; None: this process, into one file.
    """

    folder: str | os.PathLike[str] | None = None
    keep: bool = True
    limit: int | None = None
    days: float | None = None
    spread: Spread | None = None

    @classmethod
    def of(cls, choice: CacheChoice) -> Caching:
        """Return what a `choice` means: a folder, or None for the usual one, or already this."""
        return choice if isinstance(choice, Caching) else cls(choice)

    @property
    def is_kept(self) -> bool:
        """Whether caches are kept; $W2V_NO_CACHE forbids it."""
        return self.keep and os.environ.get("W2V_NO_CACHE", "").lower() not in ("1", "true", "yes", "on")

    @property
    def limit_in_force(self) -> int:
        """The limit in bytes: as set, or $W2V_CACHE_LIMIT, or 2 GB."""
        named = os.environ.get("W2V_CACHE_LIMIT")
        if self.limit is not None or not named:
            return LIMIT if self.limit is None else self.limit
        size = bytes_in(named)
        if size is None:
            raise SettingsError(f"W2V_CACHE_LIMIT is {named!r}", hint="give a size such as 500MB or 2GB")
        return size

    @property
    def days_in_force(self) -> float:
        """The days: as set, or $W2V_CACHE_DAYS, or 30."""
        if self.days is not None:
            return self.days
        named = os.environ.get("W2V_CACHE_DAYS")
        try:
            return DAYS if not named else float(named)
        except ValueError as error:
            raise SettingsError(f"W2V_CACHE_DAYS is {named!r}", hint="give a number of days, such as 30") from error


CacheChoice = str | os.PathLike[str] | Caching | None


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


def chosen_folder(choice: CacheChoice) -> CacheFolder | None:
    """Return the folder that the user has named, or `user_cache("tokens")`; None where the user has no home folder."""
    named = Caching.of(choice).folder
    if named is not None:
        return CacheFolder(Path(named), Path(named))
    usual, base = user_cache("tokens"), cache_base()
    return None if usual is None or base is None else CacheFolder(usual, base)


def writable_folder(choice: CacheChoice, progress: Progress) -> tuple[Path, bool]:
    """Return the folder for caches, made where it is missing, and whether files may be kept there for the next run.

    choice: the user's; an OutputError is raised if nothing can be written there. Without a choice it is
    `user_cache("tokens")`, or, after a warning, the folder for temporary files, where nothing is kept. Nor is anything
    kept, after a warning, in a folder that other users can write to.
    """
    named, folder = Caching.of(choice).folder, chosen_folder(choice)
    if named is None and not Caching.of(choice).is_kept:
        return temporary_folder(), False
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


def temporary_folder() -> Path:
    """Return the system's folder for temporary files."""
    return Path(tempfile.gettempdir())


def temporary_instead(error: OutputError, progress: Progress) -> Path:
    """Return the folder for temporary files, and warn that it is used because of `error`; raise that if there is none.

    What is written there goes when the run ends.
    """
    with contextlib.suppress(FileNotFoundError):  # no folder for temporary files either
        temporary = temporary_folder()
        progress.message(
            f"{error.message}: what is kept there goes to {temporary} until this run ends "
            "(--cache-dir names another folder; --no-cache keeps nothing)",
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
