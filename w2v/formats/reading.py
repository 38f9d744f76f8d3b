"""Reading vector files of any format, and describing them. The content of a file decides its format, not its name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from w2v.errors import SettingsError
from w2v.formats.contents import Contents, settle
from w2v.formats.counts import read_counts
from w2v.formats.format import Format
from w2v.formats.inspection import FileInfo, describe
from w2v.formats.recognise import recognise
from w2v.formats.registry import format_named
from w2v.formats.source import Origin
from w2v.progress import NullProgress, Progress
from w2v.vectors import Vectors

__all__ = ["inspect", "load", "read"]

AnyPath = str | os.PathLike[str]


def read(
    path: AnyPath,
    *,
    format: str | None = None,  # noqa: A002
    limit: int | None = None,
    check_all: bool = False,
    progress: Progress | None = None,
) -> Vectors:
    """Read the vectors of a file or folder, with counts and run record where it has them.

    format: a name of `FORMATS`; without it the content of the file decides.
    limit: read only so many rows, the first ones.
    check_all: compare every byte of a large file of w2v's own with its hash, and not only those that are read to open
        it. Files of other formats are read whole in any case.

    Raises `FormatError` for a file that is missing, damaged or in no known format, with the line, row or byte and the
    cure. Where a word occurs more than once the first row is kept, and `progress` hears of the others.
    """
    return _read(path, format, limit, progress or NullProgress(), check_all)[0]


def inspect(
    path: AnyPath,
    *,
    format: str | None = None,  # noqa: A002
    progress: Progress | None = None,
) -> FileInfo:
    """Describe a vector file. It is read whole and checked; raises what `read` raises."""
    vectors, contents, source, chosen = _read(path, format, None, progress or NullProgress(), check_all=True)
    return describe(source, chosen, contents, vectors)


def _read(
    path: AnyPath, name: str | None, limit: int | None, progress: Progress, check_all: bool
) -> tuple[Vectors, Contents, Origin, Format[Any, Any]]:
    if limit is not None and limit < 1:
        raise SettingsError(f"limit is {limit}", hint="read at least one row")
    chosen = recognise(path) if name is None else format_named(name)
    with chosen.open(Path(path)) as source:
        progress.phase(f"reading {source.path.name}", source.size, "bytes")
        contents = settle(chosen.read(source, limit, progress, check_all=check_all), source, progress)
    counts = contents.counts
    if chosen.counts == "beside":
        counts = read_counts(source.path, contents.words, progress)
    vectors = Vectors(
        contents.words,
        contents.matrix,
        counts,
        contents.record,
        name=str(source.path),
        norms=contents.norms,
        contexts=contents.contexts,
        tokenizer=contents.tokenizer,
    )
    return vectors, contents, source, chosen


load = read
