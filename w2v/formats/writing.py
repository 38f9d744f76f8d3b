"""Writing vectors to a file or folder: whole or not at all, in the format of the name's suffix or of `format=`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from copy import copy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from w2v.errors import OutputError, SettingsError
from w2v.files.whole import check_writable, locked, replacing, restoring, sync
from w2v.formats.counts import bytes_of_counts, counts_path, write_counts
from w2v.formats.existing import check_companions_replaceable, check_counts_replaceable, check_replaceable
from w2v.formats.format import Format
from w2v.formats.numbers import rounded
from w2v.formats.registry import READ_ONLY, format_named, load, suffixes
from w2v.formats.times import without_times
from w2v.formats.unwritable import Unwritable
from w2v.given import path_given, rows_not_finite
from w2v.progress import Progress, ProgressChoice, reporting
from w2v.vectors import Vectors

__all__ = ["check_output", "output_bytes", "save", "write"]

AnyPath = str | os.PathLike[str]


def write(
    vectors: Vectors,
    path: AnyPath,
    *,
    format: str | None = None,  # noqa: A002
    times: bool = True,
    unwritable: Unwritable = "error",
    dtype: str = "float32",
    progress: ProgressChoice = None,
) -> tuple[Path, ...]:
    """Write vectors, whole or not at all, and return all files written: some formats have the counts in a second file.

    format: a name of `FORMATS`; without it the suffix of `path` decides, after which may follow .gz if the format can
    be compressed.
    times: whether the run record is stored with its date and durations. Without them, or where the environment has
        SOURCE_DATE_EPOCH, two runs with equal results give the very same bytes.
    unwritable: what becomes of words that the format cannot hold: "error" writes nothing, "skip" leaves their rows out,
        "escape" writes `_` for their white space. `progress` hears how many they are.
    dtype: how numbers are stored: "float32", or in fewer bytes and less exactly "float16" or "int8", in formats that
        can (`Format.dtypes`). They are float32 again when they are read.

    Raises `SettingsError` for a suffix that names no format, `OutputError` for what cannot be written: words that the
    format cannot hold, NaN, a full disk, a file that another run is writing, a folder that is not empty.
    """
    target = path_given(path)
    if not isinstance(vectors, Vectors):
        raise SettingsError(
            f"vectors are wanted, and not {type(vectors).__name__}", hint="for example w2v.Vectors(words, matrix)"
        )
    chosen, compressed = _format_for(target, format)
    chosen.check_dtype(dtype)
    with reporting(progress) as heard:
        vectors = chosen.fit(vectors, unwritable, heard)
        vectors = _with_subwords(vectors, target, chosen, heard)
        if vectors.contexts is not None and not chosen.holds_contexts:
            heard.message(f"not written to {target}: the vectors as contexts ({chosen.title} cannot store them)")
    chosen.check_words(vectors.stored_words)
    bad = rows_not_finite(vectors.stored)
    if bad.size:
        raise OutputError(
            f"cannot write {target}: {bad.size:,} rows hold NaN or infinity, that of {vectors.words[bad[0]]!r} first",
            hint="the training diverged: train again with a lower learning rate",
        )
    vectors = _dated(rounded(vectors, dtype), times)
    beside = counts_path(target)
    counted = chosen.counts == "beside" and (target.is_file() or not target.exists())
    size = 0 if compressed or dtype != "float32" else chosen.bytes_for(vectors.stored_words, vectors.dim)
    if vectors.subwords is not None:
        rows, buckets = len(vectors.subwords.buckets), vectors.subwords.ngrams.buckets
        size += chosen.bytes_for_ngrams(rows, buckets, vectors.dim) if size else 0
    companions = chosen.companions(target)
    if counted:
        check_counts_replaceable(target)
    check_companions_replaceable(target, companions)
    with ExitStack() as files:
        files.enter_context(locked(target))
        written = [target]
        opened: list[BinaryIO] = []
        if counted and vectors.counts is not None:
            opened.append(files.enter_context(replacing(beside)))
            write_counts(vectors.stored_words, vectors.counts, opened[0])
            written.append(beside)
        for companion in companions:
            files.enter_context(restoring(companion))
        out = files.enter_context(chosen.replacing(target, size))
        chosen.put(vectors, out, compressed=compressed, dtype=dtype)
        for companion, put in companions.items():  # these get their names first: the vectors tell whether they fit
            opened.append(files.enter_context(replacing(companion)))
            put(vectors, opened[-1])
            written.append(companion)
        if opened or counted:
            # A full disk leaves all old files as they were; a kill leaves no counts beside vectors of another run.
            for file in opened:
                sync(file)
            chosen.sync(out)
        if counted:
            beside.unlink(missing_ok=True)
    return tuple(written)


def _with_subwords(vectors: Vectors, target: Path, chosen: Format[Any, Any], progress: Progress) -> Vectors:
    """Return vectors whose n-grams the format can hold, or vectors without them; `progress` hears of what is left out.

    Raises OutputError for rows of n-grams that are not finite, and for vectors that have these alone.
    """
    subwords = vectors.subwords
    if subwords is None:
        return vectors
    if not len(vectors):
        raise OutputError(
            f"cannot write {target}: {vectors.name} has n-grams and no list of words",
            hint="name the words that should have rows: --only-words FILE, in Python only_words=[...]",
        )
    if rows_not_finite(subwords.rows).size:
        raise OutputError(
            f"cannot write {target}: its rows of n-grams hold NaN or infinity",
            hint="the training diverged: train again with a lower learning rate",
        )
    if chosen.holds_ngrams(subwords.ngrams):
        return vectors
    progress.message(
        f"not written to {target}: the n-grams that unknown words are made of ({chosen.title} cannot store them)"
    )
    without = copy(vectors)
    without.subwords = None
    return without


def _dated(vectors: Vectors, times: bool) -> Vectors:
    """The vectors, with a record that says no more of times than is asked for."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if vectors.record is None or (times and not epoch.isdecimal()):
        return vectors
    started = datetime.fromtimestamp(int(epoch), UTC).isoformat(timespec="seconds") if times else ""
    dated = copy(vectors)
    dated.record = without_times(vectors.record, started)
    return dated


def check_output(
    path: AnyPath,
    *,
    format: str | None = None,  # noqa: A002
    size: int = 0,
) -> Format[Any, Any]:
    """Return the format that `write` to `path` would write, and raise now what it would raise after hours of work.

    Raises OutputError also where a file that holds no vectors would be replaced, which `write` does not.

    size: what the file will take, in bytes.
    """
    target = path_given(path)
    chosen, _ = _format_for(target, format)
    chosen.check_packages()
    check_writable(target, size, folder=chosen.is_folder)
    if not chosen.is_folder:
        check_replaceable(target)
    if chosen.counts == "beside":
        check_writable(counts_path(target))
        check_counts_replaceable(target)
    companions = chosen.companions(target)
    for companion in companions:
        check_writable(companion)
    check_companions_replaceable(target, companions)
    return chosen


def output_bytes(
    path: AnyPath,
    words: Sequence[str],
    dim: int,
    *,
    ngrams: tuple[int, int] = (0, 0),
    format: str | None = None,  # noqa: A002
) -> int:
    """Estimate what vectors of these words will take on the disk, counts included: seldom too little.

    ngrams: how many rows of n-grams the vectors have beside those of words, and of how many buckets.
    """
    chosen, compressed = _format_for(Path(path), format)
    size = chosen.bytes_for(words, dim) * (chosen.gzip_share if compressed else 1.0)
    size += chosen.bytes_for_ngrams(*ngrams, dim)
    return int(size) + (bytes_of_counts(words) if chosen.counts == "beside" else 0)


def _format_for(path: Path, name: str | None) -> tuple[Format[Any, Any], bool]:
    """The format to write, and whether to compress."""
    ending = path.name.lower()
    compressed = ending.endswith(".gz")
    ending = ending.removesuffix(".gz")
    known = suffixes()
    fitting = [suffix for suffix in known if ending.endswith(suffix)]
    if name is not None:
        chosen = format_named(name, to_write=True)
    elif fitting:
        chosen = load(known[max(fitting, key=len)])
    elif path.is_dir():
        raise OutputError(f"cannot write {path}: it is a folder", hint="name a file in it")
    else:
        only_read = next((entry for entry in READ_ONLY.values() if ending.endswith(entry.suffixes or ("\0",))), None)
        told = "does not say which format to write" if only_read is None else f"is that of {only_read.title}"
        instead = "" if only_read is None else ", which w2v reads and does not write"
        raise SettingsError(f"the name of {path} {told}{instead}", hint=f"end it in {', '.join(known)}")
    if compressed and not chosen.entry.compressible:
        raise SettingsError(f"{path}: {chosen.title} is not compressed", hint="leave out .gz")
    return chosen, compressed


save = write
