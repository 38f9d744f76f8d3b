"""A document drawn for the terminal with rich, at any width: titles, tables, notes, lists of facts.

No line is ever longer than the terminal is wide, and no figure is left out. A table that does not fit becomes more
compact step by step: heads over several lines, narrower gaps, intervals under their figures, names over several lines,
and at last several tables. Drawings and single questions are for the page; a line says how to get the questions.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from w2v.report.blocks import (
    BOLD,
    FEW,
    GREY,
    Cell,
    Column,
    Document,
    Fact,
    Facts,
    Folded,
    Items,
    Lines,
    Marked,
    Note,
    Plot,
    Section,
    Table,
    legend_of,
    text_of,
)
from w2v.report.characters import ONE_LINE
from w2v.report.tables import stacked

__all__ = ["UNLIMITED", "draw"]

UNLIMITED = 10_000
"""The width where there is no terminal: tables are as wide as their content, and a paragraph is one line."""

PROSE = 100  # columns of a paragraph on a wide terminal: longer lines are hard to read
NARROWEST = 24  # a terminal that says that it is narrower is not believed
MOST_BEFORE = 10  # lines on the vector files that may stand before the first table
GAPS = (3, 2)  # spaces between columns
SHORT_WORD = 12  # characters below which a word is never broken; a longer one only where nothing else fits
STYLES = {"plain": "", "remark": "dim", "warning": "yellow"}
ALL_ITEMS = "Every single question with its outcome: --report FILE.html."


def draw(document: Document, *, width: int, colour: bool, prose: int | None = None, has_page: bool = False) -> str:
    """Draw a document in so many columns.

    colour: with escape codes, else plain text. prose: the columns of a paragraph, if not as many as are good to read.
    has_page: the page with every single question is written too, so that no line says how to get it.
    """
    console = Console(
        file=io.StringIO(),
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        width=max(width, NARROWEST),
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    _Drawing(console, prose, has_page).document(document)
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    return "".join(line.rstrip() + "\n" for line in lines)


def _safe(words: str) -> str:
    return words.translate(ONE_LINE)


class _Drawing:
    """Draws blocks one after the other, with a blank line before each title and table."""

    def __init__(self, console: Console, prose: int | None, has_page: bool) -> None:
        self.console = console
        self.has_page = has_page
        self.width = console.width
        self.prose = min(self.width, prose or (PROSE if self.width < UNLIMITED else UNLIMITED))
        self.is_apart = True  # whether nothing stands directly above

    def document(self, document: Document) -> None:
        known = list(_files(document))
        before = sum(len(_wrapped(_safe(line), self.prose)) for line in known)
        first = document.sections[: int(before > MOST_BEFORE)]  # else no score is seen without scrolling
        for section in first:
            self._section(section)
        if first:
            self._blank()
        for line in known:
            self._paragraph(line, "")
        for note in document.notes:
            self._note(note)
        for section in document.sections[len(first) :]:
            self._section(section)
        styled = (BOLD, GREY) if self.console.is_terminal else ()  # without colours there is neither
        legend = [line for line in legend_of(document.sections) if line == FEW or line in styled]
        asked = not self.has_page and any(_has_items(section) for section in document.sections)
        more = [ALL_ITEMS] if asked else []
        if legend or more:
            self._blank()
        for line in (*legend, *more):
            self._paragraph(line, "dim")
        if document.closing:
            self._blank()
        for note in document.closing:
            self._note(note)

    def _print(self, what: Text | Grid | Padding) -> None:
        self.console.print(what)
        self.is_apart = False

    def _blank(self) -> None:
        if not self.is_apart:
            self.console.print()
            self.is_apart = True

    def _paragraph(self, words: str, style: str) -> None:
        lines = _wrapped(_safe(words).replace(" %", "\N{NO-BREAK SPACE}%"), self.prose)
        self._print(Text("\n".join(lines).replace("\N{NO-BREAK SPACE}%", " %"), style=style, overflow="fold"))

    def _title(self, words: str) -> None:
        self._blank()
        if words:
            self._print(Text(_safe(words), style="bold", overflow="fold"))

    def _section(self, section: Section) -> None:
        """A section's title stands in one line with the caption of its first table."""
        blocks = list(section.blocks)
        if section.title and blocks:
            caption = blocks[0].caption if isinstance(blocks[0], Table) else ""
            self._title(" · ".join(filter(None, (section.title, caption if caption != section.title else ""))))
            if isinstance(blocks[0], Table):
                self._table(blocks.pop(0))  # type: ignore[arg-type]
        facts = (fact for block in blocks if isinstance(block, Facts) for fact in block.facts)
        names = max((cell_len(_safe(name)) for name, _ in facts), default=0)
        for block in blocks:
            match block:
                case Table():
                    self._title(block.caption)
                    self._table(block)
                case Note():
                    self._note(block)
                case Facts():
                    self._blank()
                    self._facts(block, names)
                case Lines():
                    text = Text("\n".join(map(_safe, block.lines)), "bold" if block.strong else "italic")
                    self._blank()
                    self._print(Padding(text, (0, 0, 0, 4)))
                    if block is not blocks[-1]:
                        self._blank()
                case Items() | Plot() | Folded():
                    pass
        for each in section.sections:
            self._section(each)

    def _note(self, note: Note) -> None:
        self._paragraph(text_of(note.pieces), STYLES[note.kind])

    def _facts(self, block: Facts, names: int) -> None:
        grid = Grid.grid(padding=(0, 3, 0, 0), pad_edge=False)
        grid.add_column(style="dim", width=min(names, self.width // 2), overflow="fold")
        grid.add_column(overflow="fold")
        for name, value in block.facts:
            grid.add_row(_safe(name), _safe(value))
        self._print(grid)

    def _table(self, table: Table) -> None:
        for number, part in enumerate(_parts(table, self.width)):
            if number:
                self._title(f"{table.caption} (continued)".lstrip())
            self._print(_grid(part))


def _files(document: Document) -> Iterator[str]:
    """What is known of the vector files, a line each; what is the same for all of them is said once."""
    known = dict(zip(document.files, document.facts, strict=False))
    alike = set.intersection(*map(set, known.values())) if len(known) > 1 else set()
    if alike:
        yield _known("All files", [fact for fact in document.facts[0] if fact in alike])
    for file, facts in known.items():
        own = [fact for fact in facts if fact not in alike]
        if own:
            yield _known(file, own)


def _known(name: str, facts: Sequence[Fact]) -> str:
    return f"{name}: {', '.join(f'{fact} {value}' for fact, value in facts)}."


def _has_items(section: Section) -> bool:
    return any(isinstance(block, Items) for block in section.blocks) or any(map(_has_items, section.sections))


@dataclass(frozen=True)
class _Part:
    """A table, or some of its columns, with the width of each and the gap between them."""

    table: Table
    widths: tuple[int, ...]
    gap: int


def _parts(table: Table, width: int) -> Iterator[_Part]:
    """The least compact form of a table that fits; several parts, where the columns only fit one after another."""
    compact = stacked(table)
    for form, folding, gap in (
        (table, 0, GAPS[0]),
        (table, 1, GAPS[0]),
        (table, 1, GAPS[1]),
        (compact, 1, GAPS[0]),
        (compact, 1, GAPS[1]),
        (compact, 2, GAPS[1]),
        (compact, 3, GAPS[1]),
    ):
        widths = _fitted(form, folding, width - gap * (len(form.columns) - 1))
        if widths is not None:
            return iter([_Part(form, widths, gap)])
    return _split(compact, width)


def _split(table: Table, width: int) -> Iterator[_Part]:
    """The first column with as many of the others as fit, then again with the next ones."""
    rest = list(range(1, len(table.columns)))
    gap = GAPS[1]
    while rest:
        size = len(rest)
        while size > 1 and _fitted(_only(table, rest[:size]), 3, width - gap * size) is None:
            size -= 1
        part = _only(table, rest[:size])
        yield _Part(part, _fitted(part, 3, width - gap * size) or (width // 2, width - width // 2 - gap), gap)
        rest = rest[size:]


def _only(table: Table, chosen: Sequence[int]) -> Table:
    """The first column of a table and the chosen ones."""
    numbers = (0, *chosen)
    rows = (row._replace(cells=tuple(row.cells[number] for number in numbers)) for row in table.rows)
    return table._replace(columns=tuple(table.columns[number] for number in numbers), rows=tuple(rows))


def _fitted(table: Table, folding: int, room: int) -> tuple[int, ...] | None:
    """The widths of the columns in so much room, or None.

    folding: of nothing (0), of heads (1), of names too (2), each between words, and of long words as well (3).
    """
    longest = SHORT_WORD if folding == 3 else room
    natural, least = [], []
    for number, column in enumerate(table.columns):
        heads = [_safe(title) for title in (column.title, *column.under)]
        head = max(map(cell_len, heads))
        content = max((cell_len(line) for row in table.rows for line in _lines(row.cells[number])), default=0)
        word = max(cell_len(part.strip(" ")) for title in heads for part in _title_parts(title))
        natural.append(min(max(head, content), max(room, 1)))
        folds = folding >= 2 and not (column.numeric or column.whole)
        parts = (part for row in table.rows for line in _lines(row.cells[number]) for part in _title_parts(line))
        kept = min(max((cell_len(part.strip(" ")) for part in parts), default=0), longest) if folds else content
        least.append(max(kept, min(word, longest)) if folding else max(head, content))
    if sum(least) > room:
        return None
    while sum(natural) > room:  # the widest that may be narrower gives way
        widest = max((size, number) for number, size in enumerate(natural) if size > least[number])[1]
        natural[widest] -= 1
    return tuple(natural)


def _lines(cell: Cell) -> Iterator[str]:
    return (_safe(text_of(line)) for line in (cell.pieces, *cell.below))


def _grid(part: _Part) -> Grid:
    columns = part.table.columns
    grid = Grid(
        box=SIMPLE_HEAD,
        header_style="dim",
        border_style="dim",
        show_edge=False,
        pad_edge=False,
        padding=(0, part.gap - 1, 0, 0),
        show_header=any(column.title for column in columns),
    )
    heads = [_head(column, size) for column, size in zip(columns, part.widths, strict=True)]
    deepest = max(map(len, heads))
    for column, size, lines in zip(columns, part.widths, heads, strict=True):
        head = "\n".join([*[""] * (deepest - len(lines)), *lines])
        grid.add_column(head, justify="right" if column.numeric else "left", width=size, overflow="fold")
    for row in part.table.rows:
        cells = map(_cell, row.cells, part.widths)
        grid.add_row(*cells, style="dim" if row.quiet else None, end_section=row.last)
    return grid


def _head(column: Column, size: int) -> list[str]:
    return [line for title in (column.title, *column.under) for line in _title_lines(_safe(title), size)]


def _wrapped(words: str, size: int) -> list[str]:
    """Words in lines of so many columns; rich breaks what is still too long, as words of wide characters are."""
    return wrap(words, size, break_on_hyphens=False) if cell_len(words) > size else [words]


def _title_lines(title: str, size: int) -> list[str]:
    """A head in lines of so many columns: broken between words, and names of files after their dots and hyphens."""
    if cell_len(title) <= size:
        return [title]
    lines = [""]
    for part in _title_parts(title):
        if lines[-1] and cell_len(lines[-1] + part.rstrip(" ")) > size:
            lines.append("")
        lines[-1] += part
    return [line for part in lines for line in _wrapped(part.strip(" "), size)]


def _cell_lines(line: str, size: int) -> list[str]:
    """A line of a cell in lines of so many columns; a word that is longer is broken after its dots and hyphens."""
    if cell_len(line) <= size:
        return [line]
    found = [""]
    for word in line.split(" "):
        longer = f"{found[-1]} {word}" if found[-1] else word
        if cell_len(longer) <= size:
            found[-1] = longer
        else:
            found = [*found, *_title_lines(word, size)] if found[-1] else _title_lines(word, size)
    return found


def _title_parts(title: str) -> list[str]:
    return re.findall(r"[^ ._/-]*[ ._/-]*", title)


def _cell(cell: Cell, size: int) -> Text:
    """A cell in so many columns, its lines broken between words."""
    first, *below = ("\n".join(_cell_lines(line, size)) for line in _lines(cell))
    text = Text(first, style="bold" if cell.strong else "dim" if cell.quiet else "")
    at = 0
    for piece in cell.pieces:
        if isinstance(piece, Marked):  # lines break between words, so each stands there as it is, after the last one
            begin = first.find(_safe(piece.text), at)
            at = begin + len(_safe(piece.text)) if begin >= 0 else at
            if begin >= 0:
                text.stylize("underline" if piece.near else "bold", begin, at)
    return Text("\n").join([text, *(Text(line, style="dim") for line in below)]) if below else text
