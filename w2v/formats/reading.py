"""Reading vector files of any format, and describing them. The content of a file decides its format, not its name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from weakref import finalize

from w2v.errors import SettingsError
from w2v.formats.contents import Contents, settle
from w2v.formats.counts import read_counts
from w2v.formats.format import Format
from w2v.formats.named import file_of
from w2v.formats.recognise import recognise
from w2v.formats.registry import format_named
from w2v.formats.rows import BadRows, RowChoice
from w2v.formats.source import Origin
from w2v.given import path_given
from w2v.progress import NullProgress, Progress, ProgressChoice, reporting
from w2v.vectors import Vectors

if TYPE_CHECKING:
    from w2v.formats.inspection import FileInfo

__all__ = ["inspect", "load", "read"]

AnyPath = str | os.PathLike[str]


def read(
    path: AnyPath,
    *,
    format: str | None = None,  # noqa: A002
    limit: int | None = None,
    only_words: Iterable[str] | None = None,
    only_matching: str | re.Pattern[str] | None = None,
    bad_rows: BadRows = "error",
    check_all: bool = False,
    progress: ProgressChoice = None,
) -> Vectors:
    """Read the vectors of a file or folder, with counts and run record where it has them.

    path: a file or folder, or the name of pretrained vectors that `w2v data get` has downloaded, such as glove-6b-50.
    format: a name of `FORMATS`; without it the content of the file decides.
    limit: read only so many rows, the first ones. only_words, only_matching: of these, keep only the rows with one of
    some words, and only those of whose word a part matches a regular expression.
    bad_rows: what becomes of rows that cannot be used (a word that is missing or is not UTF-8, a value that is no
    number, NaN): "error" refuses the file and says how many such rows it has, "skip" leaves them out, and "replace"
    mends what can be mended (`_` for a missing word, U+FFFD for bytes that are no letters, 0 for NaN).
    check_all: compare every byte of a large file of w2v's own with its hash, and not only those that are read to open
        it. Files of other formats are read whole in any case.

    Raises `FormatError` for a file that is missing, damaged or in no known format, with the line, row or byte and the
    cure. Where a word occurs more than once the first row is kept. `progress`, as for `w2v.train`, hears of all rows
    that are left out.
    """
    choice = _choice(bad_rows, only_words, only_matching, limit, check_all)
    with reporting(progress) as heard:
        return _read(path, format, choice, heard)[0]


def inspect(
    path: AnyPath,
    *,
    format: str | None = None,  # noqa: A002
    limit: int | None = None,
    only_words: Iterable[str] | None = None,
    only_matching: str | re.Pattern[str] | None = None,
    bad_rows: BadRows = "error",
    progress: Progress | None = None,
) -> FileInfo:
    """Describe a vector file. It is read whole and checked; arguments as of `read`, and raises the same."""
    from w2v.formats.inspection import describe  # here, because questions to vectors need no description

    choice = _choice(bad_rows, only_words, only_matching, limit, True)
    vectors, contents, source, chosen = _read(path, format, choice, progress or NullProgress())
    return describe(source, chosen, contents, vectors)


def _choice(
    bad_rows: BadRows,
    only_words: Iterable[str] | None,
    only_matching: str | re.Pattern[str] | None,
    limit: int | None,
    check_all: bool,
) -> RowChoice:
    words = _words(only_words)
    wanted = None if words is None else frozenset(words)
    return RowChoice(bad_rows, wanted, _pattern(only_matching), limit, check_all, tuple(words or ()))


def _words(given: Iterable[str] | None) -> list[str] | None:
    if given is None:
        return None
    words = [given] if isinstance(given, (str, bytes)) or not isinstance(given, Iterable) else list(given)
    if isinstance(given, (str, bytes)) or not all(isinstance(word, str) for word in words):
        raise SettingsError("only_words is no list of words", hint="for example only_words=['king', 'queen']")
    return words


def _pattern(given: str | re.Pattern[str] | None) -> re.Pattern[str] | None:
    try:
        return None if given is None else re.compile(given)
    except (re.error, TypeError) as error:
        raise SettingsError(
            f"only_matching is no regular expression ({error})", hint="for example '^[a-z]+$', or 'king|queen'"
        ) from error


def _read(
    path: AnyPath, name: str | None, choice: RowChoice, progress: Progress
) -> tuple[Vectors, Contents, Origin, Format[Any, Any]]:
    given = path_given(path)
    path = file_of(given)
    chosen = recognise(path) if name is None else format_named(name)
    with chosen.open(path) as source:
        progress.phase(f"reading {source.path.name}", source.size, "bytes")
        found = chosen.read(source, choice, progress)
        try:
            contents = settle(found, source, choice, progress)
        except BaseException:
            if found.guard is not None:
                found.guard.close()
            raise
    counts = contents.counts
    if chosen.counts == "beside" and counts is None:
        counts = read_counts(source.path, contents.words, progress)
    vectors = Vectors.unchecked(
        contents.words,
        contents.matrix,
        counts,
        contents.record,
        name=str(given),
        norms=contents.norms,
        contexts=contents.contexts,
        tokenizer=contents.tokenizer,
        subwords=contents.subwords,
    )
    if contents.guard is not None:
        finalize(vectors, contents.guard.close)
    return vectors, contents, source, chosen


load = read
