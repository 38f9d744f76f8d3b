"""The folder for token caches, and the one to use where nothing can be written there. Not here: caches (cache.py)."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from w2v.errors import OutputError
from w2v.files.caches import user_cache
from w2v.files.whole import check_writable
from w2v.progress import Progress

__all__ = ["writable_folder"]


def writable_folder(named: str | os.PathLike[str] | None, progress: Progress) -> tuple[Path, bool]:
    """Return the folder for caches, made where it is missing, and whether files may be kept there for the next run.

    named: the user's choice; an OutputError is raised if nothing can be written there. Without a choice it is
    `user_cache("tokens")`, or, after a warning, the folder for temporary files, where nothing is kept.
    """
    if named is not None:
        _make(Path(named))
        return Path(named), True
    usual = user_cache("tokens")
    try:
        if usual is None:
            raise OutputError("there is no home folder for caches", hint="set HOME or XDG_CACHE_HOME")
        _make(usual)
        check_writable(usual / "tokens")
    except OutputError as error:
        with contextlib.suppress(FileNotFoundError):  # no folder for temporary files either
            temporary = Path(tempfile.gettempdir())
            progress.message(
                f"{error.message}: what is kept there goes to {temporary} until this run ends "
                "(--cache-dir names another folder)",
                "warning",
            )
            return temporary, False
        raise
    return usual, True


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else str(error)
        raise OutputError(f"cannot make the cache folder {folder}: {reason}", hint="choose another folder") from error
