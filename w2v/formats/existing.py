"""Which existing files may be replaced: vectors and counts of words. A file of another kind is somebody's work.

Nobody may have meant to name that file: its name can come from a file of settings, from a mistake in typing, or, for
counts, from the name of the vectors beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from w2v.errors import FormatError, OutputError
from w2v.formats.counts import are_counts, counts_path
from w2v.formats.reading import read
from w2v.formats.registry import FORMATS, load
from w2v.formats.source import look_at
from w2v.vectors import Vectors

__all__ = ["check_companions_replaceable", "check_counts_replaceable", "check_replaceable"]

ROWS = 3  # that are read of a file: more tell nothing new


def check_replaceable(path: Path) -> None:
    """Raise OutputError where a file lies at `path` that holds something other than vectors. It may be empty."""
    if not _holds_something(path) or _holds_vectors(path):
        return
    raise OutputError(
        f"{path} is a file that holds no vectors, so it is not replaced",
        hint="choose another name, or remove that file first",
    )


def check_counts_replaceable(path: Path) -> None:
    """Raise OutputError where something other than counts lies beside the vectors at `path`, under the counts' name."""
    beside = counts_path(path)
    if _holds_something(beside) and not are_counts(beside):
        raise OutputError(
            f"the counts of words would replace {beside}, which holds something else",
            hint=f"choose another name than {path.name}, or remove {beside.name} first",
        )


def check_companions_replaceable(path: Path, companions: Iterable[Path]) -> None:
    """Raise OutputError where a further file of the vectors at `path` is there, but no file at `path` that it is of."""
    for companion in companions:
        if _holds_something(companion) and not path.is_file():
            raise OutputError(
                f"{path.name} would replace {companion}, which belongs to no {path.name}",
                hint=f"choose another name than {path.name}, or remove {companion.name} first",
            )


def _holds_something(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _holds_vectors(path: Path) -> bool:
    """Whether the first rows of a file can be read as vectors. Two words with one number each could be anything."""
    try:
        found: Vectors = read(path, limit=ROWS, progress=False)
    except FormatError:
        return _is_own(path)
    return found.dim > 1 or found.record is not None


def _is_own(path: Path) -> bool:
    """Whether w2v wrote a file that cannot be read, because a further file is missing."""
    try:
        start = look_at(path)
    except FormatError:
        return False
    return any(load(entry).is_own(start) for entry in FORMATS.values())
