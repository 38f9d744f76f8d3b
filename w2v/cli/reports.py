"""How the results of `w2v eval` and `w2v bias` are handed on: two more formats, and files. Not here: what they hold."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.output import emit, written_as
from w2v.cli.paths import keep_apart
from w2v.cli.types import OutputPath
from w2v.errors import SettingsError
from w2v.files.whole import check_writable, replacing
from w2v.progress import Progress

if TYPE_CHECKING:
    from rich.console import RenderableType

    from w2v.evaluation.document import Document

__all__ = ["Result", "check_reports", "report_options"]

MORE = ("markdown", "html")
ENDINGS = {".html": "html", ".md": "markdown", ".json": "json", ".jsonl": "jsonl", ".csv": "csv", ".tsv": "tsv"}
HELP = (
    "Also write the result into a file, by its ending: .html is one page that needs nothing else, with error bars and "
    "every question to search; .md, .json, .jsonl, .csv, .tsv. May be given again."
)


def report_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--format` with all formats, `--json`, and `--report`: the function receives `output_format` and `reports`."""
    from w2v.cli.options import formats

    path = OutputPath(dir_okay=False)
    option = click.option("--report", "reports", type=path, metavar="FILE", multiple=True, help=HELP)
    both: Callable[..., Any] = option(formats(*MORE)(function))
    return both


def check_reports(paths: Sequence[Path], read: Iterable[Path]) -> None:
    """Refuse what cannot be written, now and not when the work is done; and what is read."""
    sources = {Path(os.path.realpath(path)) for path in read}
    for path in paths:
        if path.suffix.lower() not in ENDINGS:
            raise SettingsError(f"--report {path}: no format has that ending", hint=f"use {', '.join(ENDINGS)}")
        if Path(os.path.realpath(path)) in sources:
            raise SettingsError(f"--report {path} would replace a file that is read", hint="choose another name")
        check_writable(path)
    keep_apart({"--report": paths})


@dataclass(frozen=True)
class Result:
    """One result and the ways to show it; `table` and `document` are made only where they are wanted."""

    schema: str
    payload: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]]
    table: Callable[[], RenderableType]
    document: Callable[[], Document]

    def emit(self, output_format: str) -> None:
        """Print it."""
        emit(output_format, self.schema, self.payload, self.rows, self.table, self.document)

    def write(self, paths: Iterable[Path], progress: Progress) -> None:
        """Write it into files, each whole or not at all."""
        for path in paths:
            progress.phase(f"writing {path.name}")
            form = ENDINGS[path.suffix.lower()]
            text = written_as(form, self.schema, self.payload, self.rows, self.table, self.document)
            data = text.encode("utf-8", "backslashreplace")  # a path may hold bytes that are no text
            with replacing(path) as file:
                file.write(data)
            progress.message(f"wrote {path}: {len(data):,} bytes")
