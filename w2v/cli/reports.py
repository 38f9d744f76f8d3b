"""The option `--report FILE`: the result of a command, also written into files, each in the format of its ending."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from w2v.cli.output import Result, written_as
from w2v.cli.paths import keep_apart
from w2v.cli.types import OutputPath
from w2v.errors import SettingsError
from w2v.files.whole import check_writable, replacing
from w2v.progress import Progress

__all__ = ["check_reports", "report_option", "write_reports"]

ENDINGS = {".html": "html", ".md": "markdown", ".json": "json", ".jsonl": "jsonl", ".csv": "csv", ".tsv": "tsv"}
HELP = (
    "Also write the result into a file, in the format of its ending: .html is one page that needs nothing else, with "
    "error bars and every question to search; .md, .json, .jsonl, .csv, .tsv. May be given again."
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
    """Refuse, before the work begins, paths that cannot be written or that would replace a file that is read.

    corpus: as the command line names it.
    """
    sources = {Path(os.path.realpath(path)) for path in read}
    for path in paths:
        if path.suffix.lower() not in ENDINGS:
            raise SettingsError(f"--report {path}: no format has that ending", hint=f"use {', '.join(ENDINGS)}")
        if Path(os.path.realpath(path)) in sources:
            raise SettingsError(f"--report {path} would replace a file that is read", hint="choose another name")
        check_writable(path)
    if paths:
        keep_apart({"--report": paths}, corpus)


def write_reports(result: Result, paths: Iterable[Path], progress: Progress) -> None:
    """Write a result into files, each whole or not at all."""
    for path in paths:
        progress.phase(f"writing {path.name}")
        text = written_as(result, ENDINGS[path.suffix.lower()])
        data = text.encode("utf-8", "backslashreplace")  # a path may hold bytes that are no text
        with replacing(path) as file:
            file.write(data)
        progress.message(f"wrote {path}: {len(data):,} bytes")
