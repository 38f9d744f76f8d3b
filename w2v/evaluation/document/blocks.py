"""What a document is made of, whatever it is written as. Not here: what stands in it (`outline`), and how it looks.

A figure keeps its exact value beside the text that is shown, so that a page can be read by machines and checked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from w2v.evaluation.statistics import Interval
from w2v.evaluation.wording import NONE

__all__ = [
    "NEUTRAL",
    "Block",
    "Cell",
    "Column",
    "Document",
    "Figure",
    "Items",
    "ItemsColumn",
    "Mark",
    "Note",
    "Row",
    "Scale",
]
__all__ += ["Section", "Table", "figure", "pieces_of", "text", "text_of"]


NEUTRAL = 5
"""The colour of marks that belong to no single file."""


@dataclass(frozen=True)
class Figure:
    """A number: as it is shown, and as it is."""

    text: str
    value: float


Piece = str | Figure


@dataclass(frozen=True)
class Cell:
    """What stands in a table's cell; `below`: in small, under it; strong: a figure that can be quoted, or is sure."""

    pieces: tuple[Piece, ...]
    below: tuple[Piece, ...] = ()
    strong: bool = False


@dataclass(frozen=True)
class Mark:
    """A figure as it is drawn in a row: a bar or a dot at `value`, an error bar from `low` to `high`.

    band: what chance gives, as a shade behind; reference: a figure to hold it against, as a tick (people's agreement).
    faint: a figure that should not be quoted.
    """

    value: float
    low: float | None = None
    high: float | None = None
    band: tuple[float, float] | None = None
    reference: float | None = None
    faint: bool = False


@dataclass(frozen=True)
class Scale:
    """Where a table's marks are drawn: `low` to `high` with a line at every `step`; bars begin at 0, else dots.

    says: what the drawing shows, for the head of its column. hollow, upright, shaded: what a faint mark, a reference
    and a band mean, for below the table where there is one.
    """

    says: str
    low: float
    high: float
    step: float
    show: Callable[[float], str]
    bars: bool = False
    hollow: str = ""
    upright: str = ""
    shaded: str = ""


@dataclass(frozen=True)
class Column:
    """The head of a column; series: the number of the vector file whose figures stand in it."""

    title: str
    numeric: bool = True
    series: int | None = None


@dataclass(frozen=True)
class Row:
    """A line of a table; marks: one a vector file, None where it has no figure; last: a rule is drawn below."""

    cells: tuple[Cell, ...]
    marks: tuple[Mark | None, ...] = ()
    last: bool = False
    quiet: bool = False


@dataclass(frozen=True)
class Table:
    """A table; its marks are drawn after column number `drawn`, where there is a scale, from the colour `series` on."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    scale: Scale | None = None
    drawn: int = 1
    series: int = 0


@dataclass(frozen=True)
class Note:
    """A paragraph: a remark, a doubt about figures above it, or a protocol."""

    pieces: tuple[Piece, ...]
    kind: Literal["plain", "remark", "doubt"] = "remark"


@dataclass(frozen=True)
class ItemsColumn:
    """A column of `Items`: words as they are, numbers, or marks (1 right, 0 wrong, None not answered)."""

    title: str
    kind: Literal["word", "number", "mark"]
    values: Sequence[str | float | int | None]
    digits: int = 0


@dataclass(frozen=True)
class Items:
    """Every single question of a set with what became of it: too much to read, and there to be searched."""

    title: str
    name: str
    columns: tuple[ItemsColumn, ...]
    filter: str = ""
    """The title of a column of words with few values, by which items are chosen."""


Block = Table | Note | Items


@dataclass(frozen=True)
class Section:
    """A chapter with its blocks, and sections below it."""

    title: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Document:
    """files: the names of the vector files, in the order of their series; facts: a line on each."""

    title: str
    files: tuple[str, ...]
    facts: tuple[str, ...]
    notes: tuple[Note, ...]
    sections: tuple[Section, ...]
    version: str


def figure(value: float | None, show: Callable[[float | None], str]) -> Piece:
    """A figure, or the sign for none."""
    return show(None) if value is None else Figure(show(value), float(value))


def text(*pieces: Piece, strong: bool = False) -> Cell:
    return Cell(pieces, strong=strong)


def pieces_of(interval: Interval | None, show: Callable[[float | None], str]) -> tuple[Piece, ...]:
    """An interval: both ends, the unit said once."""
    if interval is None:
        return (NONE,)
    return (
        Figure(show(interval.low).removesuffix(" %"), interval.low),
        " to ",
        Figure(show(interval.high), interval.high),
    )


def text_of(pieces: Sequence[Piece]) -> str:
    """Pieces as plain text."""
    return "".join(piece if isinstance(piece, str) else piece.text for piece in pieces)
