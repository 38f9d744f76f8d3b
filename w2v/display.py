"""Small tables for the output of a notebook's cell, as HTML without colours of its own: the notebook's theme decides.

Words come from anybody's files, so all text is escaped. Whole reports are pages of w2v/report/html.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from w2v.report.characters import ONE_LINE

__all__ = ["Cell", "escaped", "table"]

LEFT, QUIET = "text-align: left", "; opacity: 0.65"
RIGHT = "text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums"
_ESCAPED = {**ONE_LINE, **str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})}
NOTE = "margin: 0.3em 0; max-width: 60em"


class Cell(NamedTuple):
    """The text of a cell. quiet: it is pale, because it is an aside, or should not be quoted."""

    text: str
    quiet: bool = False


def table(
    title: str, heads: Sequence[str], rows: Iterable[Sequence[str | Cell]], *, words: int = 1, notes: Iterable[str] = ()
) -> str:
    """Return a table as HTML.

    title: a line above it; "" for none. heads: of the columns; none for a table without a head. rows: a cell for each
    column. words: so many columns hold text and stand left; numbers stand right. notes: sentences below.
    """
    aligned = [LEFT if at < words else RIGHT for at in range(len(heads) or words + 1)]
    parts = ["<div>", *([f'<p style="{NOTE}"><b>{escaped(title)}</b></p>'] if title else []), "<table>"]
    if heads:
        cells = (
            f'<th scope="col" style="{style}">{escaped(head)}</th>' for style, head in zip(aligned, heads, strict=True)
        )
        parts.append(f"<thead><tr>{''.join(cells)}</tr></thead>")
    parts += ["<tbody>", *(f"<tr>{''.join(map(_cell, aligned, row))}</tr>" for row in rows), "</tbody>"]
    parts += ["</table>", *(f'<p style="{NOTE}">{escaped(note)}</p>' for note in notes), "</div>"]
    return "\n".join(parts)


def _cell(style: str, cell: str | Cell) -> str:
    text, quiet = cell if isinstance(cell, Cell) else (cell, False)
    return f'<td style="{style}{QUIET * quiet}">{escaped(text)}</td>'


def escaped(text: str) -> str:
    """Return text for a page, on one line, without what could steer the page or the direction of its text."""
    return text.translate(_ESCAPED)
