"""Vector files in and out: `read`, `write`, `inspect`, `check_output`, and `FORMATS`, one module each.

Not here: what is asked of vectors (w2v.vectors). A file is read in the format that its bytes are in, whatever its name,
and written in the format of its suffix or of `format=`. Loading runs no code of the file: nothing is ever unpickled.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, cast

import numpy as np

from w2v.errors import OutputError, SettingsError
from w2v.files.whole import check_writable, locked, replacing, sync
from w2v.formats.contents import Contents, settle
from w2v.formats.counts import counts_path, read_counts, write_counts
from w2v.formats.format import Format
from w2v.formats.glove_text import GLOVE_TEXT
from w2v.formats.inspection import FileInfo, describe
from w2v.formats.native import NATIVE
from w2v.formats.recognise import recognise
from w2v.formats.source import Source
from w2v.formats.word2vec_binary import WORD2VEC_BINARY
from w2v.formats.word2vec_text import WORD2VEC_TEXT
from w2v.progress import NullProgress, Progress
from w2v.vectors import Vectors

__all__ = ["FORMATS", "FileInfo", "Format", "check_output", "inspect", "load", "read", "save", "write"]

FORMATS: Mapping[str, Format] = MappingProxyType(
    {each.name: each for each in (NATIVE, WORD2VEC_BINARY, WORD2VEC_TEXT, GLOVE_TEXT)}
)
COMPRESSION = 1  # a higher level takes four times as long for a tenth less: digits of vectors are noise
AnyPath = str | os.PathLike[str]


def read(
    path: AnyPath,
    *,
    format: str | None = None,  # noqa: A002
    limit: int | None = None,
    progress: Progress | None = None,
) -> Vectors:
    """The vectors of a file, with counts and run record where it has them; with `limit`, its first rows alone.

    `format` is a name of `FORMATS`; without it the bytes decide. Raises `FormatError` for a file that is missing,
    damaged or none of these, with the line, row or byte and the cure. Of words that occur more than once the first row
    is kept, and `progress` hears of the others.
    """
    return _read(path, format, limit, progress or NullProgress())[0]


def inspect(
    path: AnyPath,
    *,
    format: str | None = None,  # noqa: A002
    progress: Progress | None = None,
) -> FileInfo:
    """Facts on a vector file: it is read whole and checked as `read` does, and raises what `read` raises."""
    vectors, contents, source, name = _read(path, format, None, progress or NullProgress())
    return describe(source, name, contents, vectors)


def _read(
    path: AnyPath, name: str | None, limit: int | None, progress: Progress
) -> tuple[Vectors, Contents, Source, str]:
    if limit is not None and limit < 1:
        raise SettingsError(f"limit is {limit}", hint="read at least one row")
    if name is None:
        with Source(path) as start:
            name = recognise(start)
    chosen = _named(name)
    with Source(path) as source:
        progress.phase(f"reading {source.path.name}", source.size, "bytes")
        contents = settle(chosen.read(source, limit, progress), source, progress)
    counts = contents.counts
    if chosen.counts_beside:
        counts = read_counts(source.path, contents.words, progress)
    vectors = Vectors(contents.words, contents.matrix, counts, contents.record, name=str(source.path))
    return vectors, contents, source, name


def write(
    vectors: Vectors,
    path: AnyPath,
    *,
    format: str | None = None,  # noqa: A002
) -> tuple[Path, ...]:
    """Write vectors, whole or not at all; returns all files written: counts stand beside text and binary files.

    The suffix chooses the format (.safetensors, .bin, .txt or .vec, .glove.txt; all but the first may end in .gz),
    or `format`, a name of `FORMATS`. Raises `SettingsError` for a suffix that says nothing, `OutputError` for what
    cannot be written: words that the format cannot hold, NaN, a full disk, a file that another run is writing.
    """
    target = Path(path)
    chosen, compressed = _for_output(target, format)
    chosen.check_words(vectors.words)
    finite = np.isfinite(vectors.matrix)
    if not finite.all():
        bad = np.flatnonzero(~finite.all(axis=1))
        raise OutputError(
            f"cannot write {target}: {bad.size:,} rows hold NaN or infinity, that of {vectors.words[bad[0]]!r} first",
            hint="the training diverged: train again with a lower learning rate",
        )
    beside = counts_path(target)
    counted = chosen.counts_beside and (target.is_file() or not target.exists())
    with ExitStack() as files:
        files.enter_context(locked(target))
        written = [target]
        opened: list[BinaryIO] = []
        if counted and vectors.counts is not None:
            opened.append(files.enter_context(replacing(beside)))
            write_counts(vectors.words, vectors.counts, opened[0])
            written.append(beside)
        file = files.enter_context(replacing(target, 0 if compressed else vectors.matrix.nbytes))
        if compressed:
            with gzip.GzipFile(filename="", mode="wb", compresslevel=COMPRESSION, fileobj=file, mtime=0) as packed:
                chosen.write(vectors, cast(BinaryIO, packed))
        else:
            chosen.write(vectors, file)
        if counted:
            # A full disk leaves both old files as they were; a kill leaves no counts beside vectors of another run.
            for each in (*opened, file):
                sync(each)
            beside.unlink(missing_ok=True)
    return tuple(written)


def check_output(
    path: AnyPath,
    *,
    format: str | None = None,  # noqa: A002
    size: int = 0,
) -> Format:
    """Raise now what `write` to `path` would raise after hours of work; `size` is what it will take, in bytes.

    Returns the format that will be written.
    """
    target = Path(path)
    chosen, _ = _for_output(target, format)
    check_writable(target, size)
    return chosen


def _named(name: str) -> Format:
    if name not in FORMATS:
        raise SettingsError(f"there is no format {name!r}", hint=f"choose one of {', '.join(FORMATS)}")
    return FORMATS[name]


def _for_output(path: Path, name: str | None) -> tuple[Format, bool]:
    """The format to write and whether to compress."""
    ending = path.name.lower()
    compressed = ending.endswith(".gz")
    ending = ending.removesuffix(".gz")
    suffixes = {suffix: each for each in FORMATS.values() for suffix in each.suffixes}
    fitting = [suffix for suffix in suffixes if ending.endswith(suffix)]
    if name is not None:
        chosen = _named(name)
    elif fitting:
        chosen = suffixes[max(fitting, key=len)]
    else:
        raise SettingsError(
            f"the name of {path} does not say which format to write",
            hint=f"end it in {', '.join(suffixes)}, or name a format: {', '.join(FORMATS)}",
        )
    if compressed and not chosen.compressible:
        raise SettingsError(f"{path}: {chosen.title} is not compressed", hint="leave out .gz")
    return chosen, compressed


load = read
save = write
