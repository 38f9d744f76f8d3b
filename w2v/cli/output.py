"""How results are printed: one object for each result, and every format is made from it.

Results go to stdout through `emit`, everything else to stderr. Words may come from anybody's file: characters that
would steer a terminal are shown as \\x1b and the like in tables, Markdown, pages, and in CSV on a terminal; JSON has
them as \\u001b, and CSV in files and pipes keeps them.
`w2v/cli/reports.py` writes the same texts into files.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

import click

from w2v.errors import OutputError, SettingsError
from w2v.progress.wrapping import fitted
from w2v.report.characters import HARMLESS, ONE_LINE, json_escaped

if TYPE_CHECKING:
    from datetime import date

    from w2v.report.blocks import Document

__all__ = [
    "ARGUMENTS",
    "FORMATS",
    "SAFE_CELLS",
    "Result",
    "colour_wanted",
    "emit",
    "paint",
    "print_line",
    "print_message",
    "show",
    "written_as",
]

FORMATS = ("table", "json", "jsonl", "csv", "tsv", "markdown", "html")
ARGUMENTS = "w2v.arguments"  # in ctx.meta: what was typed after `w2v`
SAFE_CELLS = "w2v.safe_cells"  # in ctx.meta: whether cells that a spreadsheet would run are written as text
FORMULA = tuple("=+-@\t\r＝＋－＠")  # what a cell begins with that a spreadsheet runs


@dataclass(frozen=True)
class Result:
    """One result and what its formats are made of.

    payload: the whole result, for json. rows: its items, for jsonl (each with the schema), csv and tsv. document: makes
    what a person reads, for table, markdown and html; it is called only for these. cells: the rows of csv and tsv,
    where these differ from those of jsonl.
    """

    schema: str
    payload: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]]
    document: Callable[[], Document]
    cells: Sequence[Mapping[str, Any]] | None = None


def emit(result: Result, output_format: str) -> None:
    """Print a result on stdout.

    Raises `OutputError` where stdout is closed or its disk is full.
    """
    _write(written_as(result, output_format, terminal=_open_stdout().isatty()))


def show(document: Document, prose: int) -> None:
    """Print a document on stdout as a table. Raises as `emit` does.

    prose: the columns of a paragraph at most, and of everything where there is no terminal.
    """
    _write(_drawn(document, prose))


def print_line(text: str) -> None:
    """Print a result that is one line in every format, as a path. Raises as `emit` does."""
    _write(f"{text.translate(HARMLESS) if _open_stdout().isatty() else text}\n")


def written_as(result: Result, output_format: str, *, terminal: bool = False) -> str:
    """Write a result as text in one of `FORMATS`. NaN and infinity are null in JSON and empty in csv.

    terminal: whether it goes to a terminal, where cells of csv must be harmless.
    """
    if output_format == "json":
        whole = {"schema": result.schema, **result.payload}
        return json_escaped(json.dumps(_finite(whole), ensure_ascii=False, indent=2)) + "\n"
    if output_format == "jsonl":
        lines = ({"schema": result.schema, **row} for row in result.rows)
        return "".join(json_escaped(json.dumps(_finite(line), ensure_ascii=False)) + "\n" for line in lines)
    if output_format in ("csv", "tsv"):
        rows = result.rows if result.cells is None else result.cells
        return _separated(rows, "," if output_format == "csv" else "\t", terminal=terminal)
    if output_format == "markdown":
        from w2v.report.markdown import to_markdown

        return to_markdown(_signed(result.document()))
    if output_format == "latex":
        from w2v.report.latex import to_latex

        return to_latex(_signed(result.document()))
    if output_format == "bibtex":
        from w2v.report.latex import to_bibtex

        return to_bibtex(result.document())
    if output_format == "html":
        from w2v.report.html import to_html

        return to_html(_signed(result.document()))
    return _drawn(result.document())


def _finite(value: Any) -> Any:
    """The same value with None for NaN and infinity."""
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _separated(rows: Sequence[Mapping[str, Any]], delimiter: str, *, terminal: bool = False) -> str:
    safe = click.get_current_context().meta.get(SAFE_CELLS, False)

    def cell(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        text = f"'{value}" if safe and value.startswith(FORMULA) else value
        return text.translate(ONE_LINE) if terminal else text

    columns = list(dict.fromkeys(key for row in rows for key in row))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, delimiter=delimiter, lineterminator="\n")
    if columns:
        writer.writeheader()
    writer.writerows({key: cell(_finite(value)) for key, value in row.items()} for row in rows)
    return buffer.getvalue()


def _signed(document: Document) -> Document:
    """A document that will be handed on: it says when it was made, and by which command."""
    import shlex

    arguments = click.get_current_context().meta.get(ARGUMENTS, ())
    made = ("Date", _today().isoformat())
    return document._replace(about=(made, ("Command", shlex.join(["w2v", *arguments])), *document.about))


def _today() -> date:
    """The date of today, or that of SOURCE_DATE_EPOCH, which makes the same report again the same bytes."""
    from datetime import UTC, datetime

    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return datetime.now(UTC).date()
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date()
    except (ValueError, OverflowError, OSError):
        raise SettingsError(
            f"SOURCE_DATE_EPOCH is {epoch!r}", hint="give seconds since 1970, as 'git log -1 --format=%ct' prints"
        ) from None


def _drawn(document: Document, prose: int | None = None) -> str:
    """A document for the terminal, or for a file or pipe in place of one."""
    from shutil import get_terminal_size

    from w2v.cli.terminal import UNLIMITED, draw

    stdout = _open_stdout()
    asked = os.environ.get("COLUMNS", "")  # also holds for a pipe, where somebody has set it
    fits = stdout.isatty() or (asked.isascii() and asked.isdecimal() and int(asked) > 0)
    width = get_terminal_size().columns if fits else prose or UNLIMITED
    colour = colour_wanted(stdout, click.get_current_context().color)
    reports = click.get_current_context().params.get("reports") or ()
    has_page = any(path.suffix.lower() == ".html" for path in reports)
    return draw(document, width=width, colour=colour, prose=prose, has_page=has_page)


def colour_wanted(stream: TextIO, choice: bool | None) -> bool:
    """Whether `stream` gets colours: by `choice` (--color, NO_COLOR); None: if it is a terminal."""
    return stream.isatty() if choice is None else choice


def paint(text: str, stream: TextIO, choice: bool | None, **style: Any) -> str:
    """`text` in colour, where `stream` gets colours."""
    return click.style(text, **style) if colour_wanted(stream, choice) else text


def print_message(label: str, text: str, colour: str, choice: bool | None) -> None:
    """Print a message on stderr, its label in colour by `choice`: one line; on a terminal, lines that fit it."""
    shown = fitted(f"{label} {text}", sys.stderr).removeprefix(label)
    click.echo(f"{paint(label, sys.stderr, choice, fg=colour, bold=True)}{shown}", err=True, color=True)


def _open_stdout() -> TextIO:
    if sys.stdout is None:
        raise OutputError("cannot print the result: standard output is closed", hint="leave out '>&-'")
    return sys.stdout


def _write(text: str) -> None:
    stdout = _open_stdout()
    try:
        stdout.write(text)
        stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(f"cannot print the result: {reason}", hint="check where the output goes") from error
