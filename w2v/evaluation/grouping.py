"""Groups of seeds as one names them: patterns, folders and files become the vector files of each group."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from w2v.errors import FormatError, SettingsError
from w2v.formats.recognise import recognise
from w2v.formats.registry import readable_suffixes
from w2v.vectors import Vectors

__all__ = ["check_groups", "files_of", "files_of_groups", "vectors_of_groups"]

NAMED = 3  # files that a message names
TEXTS = (".txt", ".csv", ".tsv")  # endings that other files have too


def files_of_groups(given: Iterable[tuple[str, str]]) -> dict[str, tuple[Path, ...]]:
    """Return the files of each group; given: names of groups, each with a pattern, a file or a folder.

    A name that is given again adds to its group. Raise `SettingsError` for a pattern without a file, and for a file
    that is named twice.
    """
    groups: dict[str, list[Path]] = {}
    for name, pattern in given:
        groups.setdefault(name, []).extend(files_of(pattern))
    check_groups({name: list(map(str, files)) for name, files in groups.items()})
    return {name: tuple(files) for name, files in groups.items()}


def vectors_of_groups(groups: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the vectors, or their paths, of each group, as Python names them: one, a pattern, or a list of these.

    Raise `SettingsError` where there is no group, where one is empty, and for a file that is named twice.
    """
    if not groups:
        raise SettingsError(
            "groups= has no groups", hint="name groups, as groups={'sgns': ['sgns-1.bin', 'sgns-2.bin']}"
        )
    members: dict[str, list[Any]] = {}
    for name, given in groups.items():
        one = isinstance(given, (Vectors, str, os.PathLike)) or not isinstance(given, Iterable)
        listed = [given] if one else list(given)
        if not listed:
            raise SettingsError(f"the group {name!r} has no files", hint="give it one file or more")
        paths = [files_of(each) if isinstance(each, str) else [each] for each in listed]
        members[name] = [path for found in paths for path in found]
    check_groups({name: [str(each) for each in own if isinstance(each, (str, Path))] for name, own in members.items()})
    return members


def check_groups(groups: dict[str, list[str]]) -> None:
    """Raise `SettingsError` where a file is named twice."""
    owner: dict[str, str] = {}
    for name, files in groups.items():
        for file in files:
            real = os.path.realpath(file)
            if real in owner:
                where = f"twice in the group {name!r}" if owner[real] == name else f"in {owner[real]!r} and in {name!r}"
                raise SettingsError(f"{file} is {where}", hint="name each file in one group, once")
            owner[real] = name


def files_of(pattern: str) -> list[Path]:
    """Return the files that a pattern such as 'sgns-*.safetensors' fits, or those of a folder; by name, 2 before 10."""
    path = Path(pattern).expanduser()
    if path.is_dir():
        return _files_in(path)
    if path.exists():
        return [path]
    found = [Path(each) for each in glob.glob(str(path), recursive=True)]
    if not found:
        raise _no_file(pattern)
    return sorted((each for each in found if not each.is_dir() or _is_vectors(each)), key=_by_number)


def _is_vectors(path: Path) -> bool:
    try:
        recognise(path)
    except FormatError:
        return False
    return True


def _files_in(folder: Path) -> list[Path]:
    """Return a folder that is a vector file in itself, or the vector files in it, told by their endings."""
    if _is_vectors(folder):
        return [folder]
    endings = readable_suffixes()
    ending = [each for each in folder.iterdir() if each.is_file() and each.name.endswith(tuple(endings))]
    found = [each for each in ending if not each.name.removesuffix(".gz").endswith(TEXTS) or _is_vectors(each)]
    if not found:
        raise SettingsError(
            f"no vector file is in {folder}", hint=f"their names end in {', '.join(readable_suffixes())}"
        )
    return sorted(found, key=_by_number)


def _may_hold(path: Path) -> bool:
    """Whether a file holds vectors: by its ending, or by its content where other files have that ending too."""
    return not path.name.endswith(TEXTS) or _is_vectors(path)


def _by_number(path: Path) -> list[tuple[bool, int | str]]:
    """Return a key by which seed-2 comes before seed-10."""
    parts = re.split(r"(\d+)", str(path))
    return [(not part.isdecimal(), int(part) if part.isdecimal() else part) for part in parts if part]


def _no_file(pattern: str) -> SettingsError:
    folder = Path(pattern).parent
    if not folder.is_dir():
        return SettingsError(f"no file fits {pattern!r}: there is no folder {folder}", hint="check the path")
    here = sorted(
        each.name for each in folder.iterdir() if each.name.endswith(tuple(readable_suffixes())) and _may_hold(each)
    )
    near = get_close_matches(Path(pattern).name, here, NAMED, 0.4) or here[:NAMED]
    where = "this folder" if str(folder) == "." else str(folder)
    hint = f"{where} has {', '.join(near)}" if near else f"{where} has no vector files"
    return SettingsError(f"no file fits {pattern!r}", hint=hint)
