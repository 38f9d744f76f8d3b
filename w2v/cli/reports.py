"""The option `--report FILE`: the result of a command, also written into files, each in the format of its ending."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from w2v.cli.output import Result, written_as
from w2v.cli.paths import keep_apart
from w2v.cli.types import OutputPath
from w2v.errors import OutputError, SettingsError
from w2v.files.whole import check_writable, replacing
from w2v.progress import Progress

__all__ = ["check_reports", "has_pages", "report_option", "write_reports"]

ENDINGS = {".html": "html", ".md": "markdown", ".json": "json", ".jsonl": "jsonl", ".csv": "csv", ".tsv": "tsv"}
ENDINGS |= {".tex": "latex", ".bib": "bibtex"}
SHORT = {"table", "csv", "tsv", "jsonl", "latex", "bibtex"}
LOOK = 1 << 13  # bytes of a file that say whether w2v has written it
COLUMNS = {  # the first two of each table
    (b"vectors", b"suite"),
    (b"suite", b"level"),
    (b"suite", b"name"),
    (b"word", b"formula"),
    (b"word", b"sense"),
    (b"word", b"count"),
    (b"first", b"second"),
    (b"trainer", b"metric"),
    (b"method", b"r_squared"),
    (b"word", b"vectors"),
    (b"word", b"rank"),
    (b"axis", b"word"),
    (b"number", b"pairs"),
}
HELP = (
    "Also write the result into a file, in the format of its ending: .html is one page that needs nothing else, with "
    "error bars and a search in all questions; .tex is a table for a paper (booktabs), .bib what to cite; .md, .json, "
    ".jsonl, .csv, .tsv. May be given more than once."
)

report_option: Callable[[Any], Any] = click.option(
    "--report",
    "reports",
    type=OutputPath(dir_okay=False),
    metavar="FILE",
    multiple=True,
    help=HELP,
)


def check_reports(paths: Sequence[Path], read: Iterable[Path], corpus: Iterable[str] = ()) -> None:
    """Refuse, before the work begins, paths that cannot be written, or that would replace a file that is read, or one
    that w2v has not written.

    corpus: as the command line names it.
    """
    sources = {Path(os.path.realpath(path)) for path in read}
    for path in paths:
        if path.suffix.lower() not in ENDINGS:
            raise SettingsError(f"--report {path}: no format has that ending", hint=f"use {', '.join(ENDINGS)}")
        if Path(os.path.realpath(path)) in sources:
            raise SettingsError(f"--report {path} would replace a file that is read", hint="choose another name")
        check_writable(path)
        if _holds_something_else(path):
            raise OutputError(
                f"--report {path} would replace a file that is no report of w2v",
                hint="choose another name, or remove that file first",
            )
    if paths:
        keep_apart({"--report": paths}, corpus)


def has_pages(output_format: str, reports: Iterable[Path]) -> bool:
    """Return whether one of the outputs has what a terminal and flat rows leave out: JSON, Markdown, HTML."""
    return not {output_format, *(ENDINGS[path.suffix.lower()] for path in reports)} <= SHORT


def _holds_something_else(path: Path) -> bool:
    """Whether there is a file that does not begin, and end, as a report in the format of its ending does."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        begin = file.read(LOOK)
        file.seek(max(0, file.seek(0, os.SEEK_END) - LOOK))
        end = file.read(LOOK)
    return bool(begin) and not _looks_written(begin, end, ENDINGS[path.suffix.lower()])


def _looks_written(begin: bytes, end: bytes, output_format: str) -> bool:
    if output_format == "html":
        return begin.startswith(b"<!doctype html>") and b'<meta name="generator" content="w2v ' in begin
    if output_format == "markdown":
        return begin.startswith(b"# ") and b"- Made by: w2v " in end
    if output_format in ("latex", "bibtex"):
        return begin.startswith(b"% Made by w2v ")
    if output_format in ("json", "jsonl"):
        return re.match(rb'\{\s*"schema": "w2v\.', begin) is not None
    names = re.split(rb"[,\t]", begin.partition(b"\n")[0])
    return tuple(names[:2]) in COLUMNS


def write_reports(result: Result, paths: Iterable[Path], progress: Progress) -> None:
    """Write a result into files, each whole or not at all."""
    for path in paths:
        progress.phase(f"writing {path.name}")
        text = written_as(result, ENDINGS[path.suffix.lower()])
        data = text.encode("utf-8", "backslashreplace")  # a path may hold bytes that are no text
        with replacing(path) as file:
            file.write(data)
        progress.message(f"wrote {path}: {len(data):,} bytes")
