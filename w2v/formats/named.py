"""Pretrained vectors by name: `glove-6b-50` in place of a file, wherever vectors are read.

`w2v data get NAME` downloads them (w2v/data); reading never does. A file or folder with that name comes first.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path

__all__ = ["file_of", "near_names"]

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST = 60


def file_of(path: Path) -> Path:
    """Return the file that a path or name means: the path itself, unless it is a name of vectors and no file.

    Raise `DataError`, with the way to get them, for the name of vectors that are not on this computer.
    """
    name = str(path)
    if len(name) > LONGEST or not NAME.fullmatch(name) or path.exists():
        return path
    from w2v.data import find, vectors_named  # here: most paths are files

    manifest = vectors_named(name)
    return path if manifest is None else find(manifest)


def near_names(path: Path) -> list[str]:
    """Return the names of pretrained vectors that a path, at which there is nothing, is like."""
    if not re.fullmatch(r"[\w.-]{4,60}", str(path)):
        return []
    from w2v.data import manifests

    names = [name for each in manifests() if each.kind == "vectors" for name in (each.name, *each.aliases)]
    return get_close_matches(str(path).lower(), names, 2, 0.75)
