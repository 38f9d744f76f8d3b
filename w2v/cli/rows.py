"""The options that say which rows of a vector file are read, and what becomes of rows that cannot be used.

A command that reads vectors has `@row_options` and reads with `read_vectors`. What the options do is in
w2v/formats/rows.py.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.options import Session
from w2v.errors import FormatError

if TYPE_CHECKING:
    from w2v.progress import Progress
    from w2v.vectors import Vectors

__all__ = ["chosen_rows", "read_vectors", "row_filters", "row_options", "unfiltered", "words_in_file"]

KEY = "w2v.rows"
KEPT = 6  # vector files that a prompt keeps in memory
FILTERS = ("limit", "only_words", "only_matching")
READ_AGAIN = 200 << 20  # bytes of a file that may be read a second time, to say why a word is not there


def _store(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    if value is not None:
        ctx.meta.setdefault(KEY, {})[param.name] = value


def row_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command --bad-rows, --only-words, --only-matching and --limit; its function does not receive them."""
    options = (
        click.option(
            "--limit",
            type=click.IntRange(1),
            metavar="N",
            expose_value=False,
            callback=_store,
            help="Read the first N rows only.",
        ),
        click.option(
            "--only-words",
            type=click.Path(path_type=Path),
            expose_value=False,
            callback=_store,
            help="Keep only rows whose word is in this file, which has one word a line.",
        ),
        click.option(
            "--only-matching",
            metavar="REGEX",
            expose_value=False,
            callback=_store,
            help="Keep only rows whose word matches this regular expression, such as '^[a-z]+$'.",
        ),
        click.option(
            "--bad-rows",
            type=click.Choice(["error", "skip", "replace"]),
            metavar="error|skip|replace",
            default="error",
            expose_value=False,
            callback=_store,
            help="Stop at rows that cannot be used, leave them out, or mend them: _ for a missing word, 0 for NaN.",
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


def words_in_file(path: Path) -> list[str]:
    """Return the lines of a text file, `-` for standard input, without those that are empty."""
    from w2v.files.small import read_small, text_of

    if str(path) == "-":
        with click.open_file("-", "rb") as stdin:
            data, name = stdin.read(), "standard input"
    else:
        data, name = read_small(path, FormatError), str(path)
    lines = text_of(data, name, FormatError).split("\n")
    return [line.rstrip("\r") for line in lines if line.strip()]


def chosen_rows() -> dict[str, Any]:
    """Return what the options say, as arguments of `formats.read`."""
    chosen = dict(click.get_current_context().meta.get(KEY, {}))
    if "only_words" in chosen:
        chosen["only_words"] = words_in_file(chosen["only_words"])
    return chosen


def row_filters() -> str:
    """Return the options that leave out rows, as they were given; "" where there is none."""
    chosen = click.get_current_context().meta.get(KEY, {})
    given = (f"--{name.replace('_', '-')} {quote(str(chosen[name]))}" for name in FILTERS if name in chosen)
    return " and ".join(given)


def unfiltered(path: Path) -> Vectors | None:
    """Return all rows of a vector file; None where reading it again takes long."""
    from w2v import formats

    if not path.is_file() or path.stat().st_size > READ_AGAIN:
        return None
    bad_rows = click.get_current_context().meta.get(KEY, {}).get("bad_rows", "error")
    return formats.read(path, bad_rows=bad_rows, progress=False)


def read_vectors(path: Path, progress: Progress, *, check_all: bool = False) -> Vectors:
    """Read the rows of a vector file that the options ask for.

    At a prompt, a file that has not changed is read once; the vectors of a few files are kept.
    """
    from w2v import formats

    loaded = click.get_current_context().ensure_object(Session).loaded
    rows = chosen_rows()
    if loaded is None or check_all:
        return formats.read(path, check_all=check_all, progress=progress, **rows)
    key = (str(path), *_stamp(path), repr(rows))
    vectors: Vectors | None = loaded.pop(key, None)
    if vectors is None:
        vectors = formats.read(path, progress=progress, **rows)
    loaded[key] = vectors  # the last one of the dictionary is the one that was used last
    while len(loaded) > KEPT:
        del loaded[next(iter(loaded))]
    return vectors


def _stamp(path: Path) -> tuple[int, ...]:
    """What changes when a file is written again; nothing for what is no file, which reading will say."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_size, found.st_mtime_ns, found.st_ino
