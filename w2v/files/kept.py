"""What w2v keeps on this computer to be faster the next time: a line for each kind, its entries, and how they go again.

Everything listed here can be made or downloaded again. An entry is a file, or a folder of files that belong together.
The time of an entry is that of its last use: whoever uses an entry again calls `mark_used`. Not here: where the folders
are (caches.py), and what stands in the files.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from w2v.files.caches import cache_base, environment_base, environment_folder, user_cache
from w2v.files.private import why_not_installed, why_unsafe

__all__ = ["KINDS", "CacheKind", "Entry", "entries", "kind_named", "mark_used", "remove", "trim"]


@dataclass(frozen=True)
class CacheKind:
    """A kind of what is kept.

    folder: its folder in the user's cache folder of w2v. pattern: of the names of its entries, a regular expression.
    title: what an entry is, for people. describes: a function of the path of an entry, as "module:function", that says
    in a few words what is in it; "" where `brief` does.
    """

    name: str
    folder: str
    pattern: str
    title: str
    describes: str = ""
    brief: str = ""


KINDS = (
    CacheKind(
        "tokens", "tokens", r".+\.(tokens|shards)", "a corpus as numbers of words", "w2v.tokens.cache_facts:in_brief"
    ),
    CacheKind("kernels", "kernels", "[0-9a-f]{16}", "compiled kernels of one version", brief="for one version of w2v"),
    CacheKind(
        "deals", "deals", "[0-9a-f]{32}", "texts dealt anew by 'w2v drift --deals'", "w2v.compare.deals.kept:in_brief"
    ),
    CacheKind("downloads", "data", r"[^.].*", "a corpus or set from 'w2v data get'", brief="a download"),
)


@dataclass(frozen=True)
class Entry:
    """Something that is kept. bytes: on the disk. used: when it was last used, in seconds since 1970."""

    kind: CacheKind
    path: Path
    bytes: int
    used: float
    in_environment: bool = False

    def days(self, now: float | None = None) -> float:
        """Return for how many days it has not been used."""
        return max(0.0, (time.time() if now is None else now) - self.used) / 86_400


def kind_named(name: str) -> CacheKind:
    """Return a kind by its name. Raises KeyError."""
    return {kind.name: kind for kind in KINDS}[name]


def entries(kinds: Sequence[CacheKind] = KINDS) -> list[Entry]:
    """Return what is kept, the kinds in their order, of each kind the last used first."""
    found = []
    for kind in kinds:
        usual = [Entry(kind, path, *_measured(path)) for path in _paths(kind, user_cache(kind.folder))]
        with_program = [
            Entry(kind, path, *_measured(path), in_environment=True)
            for path in _paths(kind, environment_folder(kind.folder))
        ]
        found += [*sorted(usual, key=lambda entry: -entry.used), *with_program]
    return found


def mark_used(path: Path) -> None:
    """Note that an entry is used now, if this user may."""
    with suppress(OSError):
        os.utime(path)


def remove(entry: Entry) -> str:
    """Remove an entry; return "" or the reason why it stays. What another user could have put there is left alone."""
    try:
        reason = _why_not_ours(entry)
        if reason:
            return reason
        if entry.path.is_dir():
            shutil.rmtree(entry.path)
        else:
            entry.path.unlink(missing_ok=True)
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return ""


def trim(kind: CacheKind, *, limit: int, days: float, in_use: Path | None = None) -> list[Entry]:
    """Remove entries of the user's cache that were not used for `days`, then the least recently used ones beyond
    `limit` bytes in all; return those removed.

    in_use: an entry that stays.
    """
    there = [entry for entry in entries([kind]) if not entry.in_environment]
    left = sum(entry.bytes for entry in there)
    removed = []
    for entry in reversed(there):  # the least recently used first
        if entry.path != in_use and (entry.days() > days or left > limit) and not remove(entry):
            left -= entry.bytes
            removed.append(entry)
    return removed


def _paths(kind: CacheKind, folder: Path | None) -> list[Path]:
    """Return the entries in a folder; none where it is not there, or not for this user to look into."""
    with suppress(OSError):
        if folder is not None and folder.is_dir() and not folder.is_symlink():
            there = [path for path in folder.iterdir() if re.fullmatch(kind.pattern, path.name)]
            return sorted(path for path in there if not path.is_symlink())
    return []


def _measured(path: Path) -> tuple[int, float]:
    """Return the bytes of a file or of all files in a folder, and when it was last used."""
    size, used = 0, 0.0
    with suppress(OSError):
        for each in (path, *path.rglob("*")) if path.is_dir() else (path,):
            found = each.lstat()
            size += 0 if stat.S_ISDIR(found.st_mode) else found.st_size
            used = max(used, found.st_mtime)
    return size, used


def _why_not_ours(entry: Entry) -> str:
    """Return why the folder of an entry is not this user's to clear, or ""."""
    if entry.in_environment:
        return why_not_installed(entry.path.parent, environment_base(), Path(__file__))
    base = cache_base()
    return "there is no home folder" if base is None else why_unsafe(entry.path.parent, base)
