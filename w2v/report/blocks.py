"""What a document is made of, whatever it is drawn as: the terminal, Markdown, or an HTML page.

A figure keeps its exact value beside the text that is shown, so that a page can be read by machines and checked. The
parts are named tuples: making fourteen data classes would cost every command ten milliseconds.
Bold, grey and hollow have one meaning each, in every table of w2v; BOLD, GREY and HOLLOW are its wording.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from w2v.version import __version__

__all__ = ["BOLD", "FEW", "GREY", "HOLLOW", "NEUTRAL", "Block", "Cell", "Column", "Document", "Fact", "Facts", "Figure"]
__all__ += [
    "Curve",
    "Folded",
    "Items",
    "ItemsColumn",
    "Lines",
    "Mark",
    "Marked",
    "Note",
    "Piece",
    "Plot",
    "Reference",
    "Row",
    "Scale",
]
__all__ += ["TOO_FEW", "Section", "Table"]
__all__ += ["legend_of", "tables_in", "text_of"]

BOLD = "Bold figures may be quoted: enough items were scored, and chance alone does not explain them."
GREY = "Grey figures are for comparison only."
HOLLOW = "Hollow marks are not to be quoted: too few items were scored, or chance alone may explain them."

TOO_FEW = "–, too few"
FEW = "Too few: below 10 items an interval would be guesswork."

NEUTRAL = 5
"""The colour of marks that belong to no single vector file."""


class Figure(NamedTuple):
    """A number: as it is shown, and its exact value."""

    text: str
    value: float


class Marked(NamedTuple):
    """A word of a text that is to be seen at once: bold, or underlined where only its meaning is near (`near`)."""

    text: str
    near: bool = False


Piece = str | Figure | Marked


class Cell(NamedTuple):
    """A cell of a table.

    below: lines that stand in small letters under it. strong: bold. quiet: grey.
    """

    pieces: tuple[Piece, ...]
    below: tuple[tuple[Piece, ...], ...] = ()
    strong: bool = False
    quiet: bool = False


class Mark(NamedTuple):
    """A figure as the page draws it in a row: a bar or a dot at `value`, an error bar from `low` to `high`.

    band: the range that chance gives, drawn as a shade behind. reference: a figure to compare with, drawn as an upright
    line (how well people agree). faint: drawn hollow.
    """

    value: float
    low: float | None = None
    high: float | None = None
    band: tuple[float, float] | None = None
    reference: float | None = None
    faint: bool = False


class Scale(NamedTuple):
    """The axis of a table's marks: from `low` to `high`, with a line at every `step`.

    label: what is drawn, for the head of the column. bars: marks are bars from 0, else dots. upright, shaded: what a
    mark's reference and its band are, for the key below the table.
    """

    label: str
    low: float
    high: float
    step: float
    show: Callable[[float], str]
    bars: bool = False
    upright: str = ""
    shaded: str = ""


class Column(NamedTuple):
    """The head of a column.

    series: the number of the vector file whose figures stand in the column. below: the cells of this column may go
    under those of the column before (`tables.stacked`): on the page always, in the terminal where there is no room
    beside them. under: what then stands in small letters in the head. whole: the words of the column are not broken
    over lines, because they are there to be copied.
    """

    title: str
    numeric: bool = True
    series: int | None = None
    below: bool = False
    under: tuple[str, ...] = ()
    whole: bool = False


class Row(NamedTuple):
    """A row of a table.

    marks: one for each vector file, None where there is nothing to draw. last: a rule is drawn below the row. quiet:
    grey.
    """

    cells: tuple[Cell, ...]
    marks: tuple[Mark | None, ...] = ()
    last: bool = False
    quiet: bool = False


class Table(NamedTuple):
    """A table with a caption, which may be empty.

    drawn: where there is a scale, the page draws marks after the column of this number. series: the colour of the first
    mark of a row, the next mark has the next one. colours: the colours of marks by their number, where they are others
    than these.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    scale: Scale | None = None
    drawn: int = 1
    series: int = 0
    colours: tuple[int, ...] = ()


class Note(NamedTuple):
    """A paragraph: plain text, a remark in small letters, or a warning about figures."""

    pieces: tuple[Piece, ...]
    kind: Literal["plain", "remark", "warning"] = "remark"


Fact = tuple[str, str]
"""A name and its value."""


class Facts(NamedTuple):
    """A list of names with their values."""

    facts: tuple[Fact, ...]


class Lines(NamedTuple):
    """Lines that are shown as they are: commands to copy, sentences of a text."""

    lines: tuple[str, ...]
    strong: bool = False


class ItemsColumn(NamedTuple):
    """A column of `Items`: words, numbers, or marks (1 right, 0 wrong, None not scored)."""

    title: str
    kind: Literal["word", "number", "mark"]
    values: Sequence[str | float | int | None]
    digits: int = 0


class Items(NamedTuple):
    """Every single question of a set with its outcome, for the page, where they can be searched.

    filter: the title of a column of words with few different values, by which items can be chosen.
    """

    title: str
    name: str
    columns: tuple[ItemsColumn, ...]
    filter: str = ""


class Curve(NamedTuple):
    """A line of a `Plot` through points (x, y).

    series: the number of the vector file. dashed: drawn as a broken line.
    """

    name: str
    series: int
    points: tuple[tuple[float, float], ...]
    dashed: bool = False


class Plot(NamedTuple):
    """Curves over one axis, as losses by epoch. The page draws them; Markdown gives the first and the last value.

    across, up: what the axes show.
    """

    title: str
    across: str
    up: str
    curves: tuple[Curve, ...]


class Folded(NamedTuple):
    """Tables and lines that few people need, behind one line that opens them on the page."""

    title: str
    tables: tuple[Table, ...]
    lines: tuple[str, ...] = ()


Block = Table | Note | Facts | Lines | Items | Plot | Folded


class Section(NamedTuple):
    """A chapter: its blocks, then the sections below it. Without a title it is no chapter, only its blocks."""

    title: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()


class Reference(NamedTuple):
    """Something to cite.

    used_for: what it stands behind, as the name of a set. text: as a reader sees it. bibtex: an entry of BibTeX, or "".
    """

    used_for: str
    text: str
    bibtex: str = ""


class Document(NamedTuple):
    """A whole document.

    files: the names of the vector files, in the order of their series. facts: what is known of each file. notes: stand
    before all sections. about: facts on the document itself (date, command). appendix: sections at the end. references:
    what to cite. Pages and Markdown have about, appendix and references, the terminal has not. paper: the one table
    that a paper can use, with notes on how it is read; LaTeX has it in place of all sections. closing: the
    last lines of all, the result in short.
    """

    title: str
    sections: tuple[Section, ...]
    files: tuple[str, ...] = ()
    facts: tuple[tuple[Fact, ...], ...] = ()
    notes: tuple[Note, ...] = ()
    about: tuple[Fact, ...] = ()
    appendix: tuple[Section, ...] = ()
    references: tuple[Reference, ...] = ()
    paper: tuple[Table, tuple[Note, ...]] | None = None
    closing: tuple[Note, ...] = ()
    version: str = __version__

    @classmethod
    def of(cls, title: str, *blocks: Block, file: str = "") -> Document:
        """A document of some blocks without chapters, about one file or none."""
        return cls(title, (Section("", blocks),), (file,) if file else ())


def text_of(pieces: Iterable[Piece]) -> str:
    """Pieces as plain text."""
    return "".join(piece if isinstance(piece, str) else piece.text for piece in pieces)


def tables_in(sections: Iterable[Section]) -> Iterator[Table]:
    """Every table of the sections and of those below them, in the order of reading."""
    for section in sections:
        yield from (block for block in section.blocks if isinstance(block, Table))
        yield from tables_in(section.sections)


def legend_of(sections: Iterable[Section]) -> list[str]:
    """Return what bold, grey and "too few" mean, as far as the tables of the sections use them.

    A column that is grey from top to bottom is explained where it stands, and needs no legend.
    """
    tables = list(tables_in(sections))
    rows = [row for table in tables for row in table.rows]
    cells = [cell for row in rows for cell in row.cells]
    quiet = any(row.quiet for row in rows) or any(map(_tells_by_grey, tables))
    few = any(TOO_FEW in line for cell in cells for line in (cell.pieces, *cell.below))
    used = {BOLD: any(cell.strong for cell in cells), GREY: quiet, FEW: few}
    return [line for line, shown in used.items() if shown]


def _tells_by_grey(table: Table) -> bool:
    """Return whether some cells of a column are grey and others are not."""
    columns = zip(*(row.cells for row in table.rows), strict=True)
    return any(len({cell.quiet for cell in column if cell.pieces}) > 1 for column in columns)
