"""Which file may be meant by a path where there is none: one that is still being made, the same name with an ending, or
one that is spelt alike.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path

__all__ = ["cure_of_missing", "cure_of_unfinished", "is_address"]

LIKE = 0.8  # how alike two names are of which one may be a misspelling of the other, from 0 to 1
LOOKED_AT = 10_000  # names in a folder at most
NAMED = 3  # files that a hint offers
UNFINISHED = {".checkpoint": "", ".run": " --workers N"}
"""Folders beside a file that is still being trained, and the option that goes on with it beside --resume."""
NO_DOWNLOADS = "w2v downloads nothing but what 'w2v data get' names: fetch the file first, and name it here"


def is_address(path: str | os.PathLike[str]) -> bool:
    """Return whether a path is an address on the web; `Path` makes one slash of two."""
    return re.match(r"(https?|ftp|s3|gs|hf):/", os.fspath(path), re.IGNORECASE) is not None


def cure_of_missing(path: str | os.PathLike[str], endings: Collection[str], otherwise: str = "check the path") -> str:
    """Return the hint for a path where there is no file.

    endings: those that a file of this kind has; a file is offered if it has one of them.
    """
    if is_address(path):
        return NO_DOWNLOADS
    if (unfinished := cure_of_unfinished(path)) is not None:
        return unfinished
    wanted = Path(path)
    try:
        with os.scandir(wanted.parent) as entries:
            names = [entry.name for entry, _ in zip(entries, range(LOOKED_AT), strict=False) if entry.is_file()]
    except (OSError, ValueError):
        return otherwise
    there = sorted(name for name in names if name.endswith(tuple(endings)))
    longer = [name for name in there if name.startswith(f"{wanted.name}.")]
    near = (longer or get_close_matches(wanted.name, there, NAMED, LIKE))[:NAMED]
    return f"did you mean {' or '.join(str(wanted.parent / name) for name in near)}?" if near else otherwise


def cure_of_unfinished(path: str | os.PathLike[str]) -> str | None:
    """Return the hint for a path where there is no file yet, because 'w2v train' has not finished it; else None."""
    for ending, more in UNFINISHED.items():
        folder = f"{os.fspath(path)}{ending}"
        if os.path.isdir(folder):
            go_on = f"w2v train --resume{more} -o {shlex.quote(os.fspath(path))}"
            return f"its training was not finished, and {folder} has a checkpoint: go on with '{go_on}'"
    return None
