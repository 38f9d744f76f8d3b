"""How results are printed: one object, every format. Not here: what is in them.

Results go to stdout through `emit`, everything else to stderr. Tables are made with rich, which is imported only for
them; on anything but a terminal they hold no escape codes and are as wide as their content. Words may come from
anybody's file, so control characters in a table are shown as \\x1b and the like; the other formats keep them.
"""

from __future__ import annotations

import csv
import io
import json
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

import click

from w2v.errors import OutputError

if TYPE_CHECKING:
    from rich.console import ConsoleOptions, RenderableType
    from rich.segment import Segment
    from rich.table import Table

    from w2v.evaluation.document import Document

__all__ = ["CONTROLS", "colour_wanted", "emit", "new_table", "paint", "print_line", "written_as"]

CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) != "\n"}


def colour_wanted(stream: TextIO, choice: bool | None) -> bool:
    """Whether `stream` gets colours: by `choice` (--color, NO_COLOR); None: if it is a terminal."""
    return stream.isatty() if choice is None else choice


def paint(text: str, stream: TextIO, choice: bool | None, **style: Any) -> str:
    """`text` in colour, where `stream` gets colours."""
    return click.style(text, **style) if colour_wanted(stream, choice) else text


def emit(
    output_format: str,
    schema: str,
    payload: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    table: Callable[[], RenderableType],
    document: Callable[[], Document] | None = None,
) -> None:
    """Print one result on stdout, as `written_as` has it.

    Raises `OutputError` where stdout is closed or its disk is full.
    """
    _write(written_as(output_format, schema, payload, rows, table, document))


def written_as(
    output_format: str,
    schema: str,
    payload: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    table: Callable[[], RenderableType],
    document: Callable[[], Document] | None = None,
) -> str:
    """One result as text.

    `payload` is the whole result, for json; `rows` are its items, for jsonl (each with the schema), csv and tsv;
    `table` makes what a person reads, and is called for that alone; so does `document`, for markdown and html, where
    the command has them. NaN and infinity are null in JSON and empty in csv.
    """
    if output_format in ("markdown", "html") and document is not None:
        from w2v.evaluation.document import to_html, to_markdown

        return (to_html if output_format == "html" else to_markdown)(document())
    if output_format == "json":
        return json.dumps(_clean({"schema": schema, **payload}), ensure_ascii=False, indent=2) + "\n"
    if output_format == "jsonl":
        return "".join(json.dumps(_clean({"schema": schema, **row}), ensure_ascii=False) + "\n" for row in rows)
    if output_format in ("csv", "tsv"):
        return _separated(rows, "," if output_format == "csv" else "\t")
    return _rendered(table())


def print_line(text: str) -> None:
    """Print a result that is one line in every format, as a path. Raises `OutputError` as `emit` does."""
    _write(f"{text}\n")


def new_table(title: str) -> Table:
    """An empty table in the house style; title and cells are plain text, never markup."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    return Table(
        title=Text(title.translate(CONTROLS), style="bold"),
        title_justify="left",
        box=SIMPLE_HEAD,
        header_style="dim",
        border_style="dim",
        show_edge=False,
        pad_edge=False,
    )


def _clean(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _separated(rows: Sequence[Mapping[str, Any]], delimiter: str) -> str:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, delimiter=delimiter, lineterminator="\n")
    if columns:
        writer.writeheader()
    writer.writerows(_clean(row) for row in rows)
    return buffer.getvalue()


def _rendered(table: RenderableType) -> str:
    from rich.console import Console
    from rich.text import Text

    class Harmless(Console):
        def render_str(self, text: str, *args: Any, **options: Any) -> Text:
            """Cells that are strings come through here before they are measured."""
            return super().render_str(text.translate(CONTROLS), *args, **options)

        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
            """Everything comes through here before it is coloured."""
            for segment in super().render(renderable, options):
                yield segment._replace(text=segment.text.translate(CONTROLS))

    stdout = _open_stdout()
    colours = colour_wanted(stdout, click.get_current_context().color)
    console = Harmless(
        file=io.StringIO(),
        force_terminal=colours,
        no_color=not colours,
        color_system="standard" if colours else None,
        width=None if stdout.isatty() else 10_000,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(table)
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    return "".join(line.rstrip() + "\n" for line in lines)


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
