"""A document as GitHub-flavoured Markdown: headings, tables, notes. Drawings and single questions are left out.

Words come from anybody's files, so every character that Markdown or HTML gives a meaning is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from w2v.report.blocks import (
    GREY,
    Block,
    Cell,
    Document,
    Facts,
    Items,
    Lines,
    Note,
    Section,
    Table,
    legend_of,
    text_of,
)
from w2v.report.characters import HARMLESS
from w2v.report.tables import facts_table

__all__ = ["to_markdown"]

MEANT = re.compile(r"([\\`*_{}\[\]<>|~#&@])")


def to_markdown(document: Document) -> str:
    """Write a document as Markdown; where a cell has a second line, that stands in brackets."""
    parts = [f"# {_plain(document.title)}", *_files(document)]
    parts += (_note(note) for note in document.notes)
    for section in document.sections:
        parts += _section(section, 2)
    parts += (line for line in legend_of(document.sections) if line != GREY)
    parts += map(_note, document.closing)
    about = (("Made by", f"w2v {document.version}"), *document.about)
    parts.append("\n".join(f"- {_plain(name)}: {_plain(value)}" for name, value in about))
    return "\n\n".join(parts) + "\n"


def _plain(words: str) -> str:
    return MEANT.sub(r"\\\1", words.replace("\n", " ").translate(HARMLESS))


def _files(document: Document) -> Iterator[str]:
    """The vector files and what is known of them."""
    if document.files:
        yield "\n".join(f"- **{_plain(file)}**" for file in document.files)
    if len(document.facts) == 1:
        yield from _block(Facts(document.facts[0]))
    elif any(document.facts):
        yield from _table(facts_table(document))


def _section(section: Section, level: int) -> Iterator[str]:
    if section.title:
        yield f"{'#' * level} {_plain(section.title)}"
    for block in section.blocks:
        yield from _block(block)
    for each in section.sections:
        yield from _section(each, level + bool(section.title))


def _block(block: Block) -> Iterator[str]:
    match block:
        case Table():
            yield from _table(block)
        case Note():
            yield _note(block)
        case Facts():
            rows = (f"| {_plain(name)} | {_plain(value)} |" for name, value in block.facts)
            yield "\n".join(["| | |", "| --- | --- |", *rows])
        case Lines():
            yield "\n".join(f"    {line.translate(HARMLESS)}" for line in block.lines)
        case Items():
            pass


def _note(note: Note) -> str:
    said = _plain(text_of(note.pieces))
    return f"> {said}" if note.kind == "warning" else said


def _table(table: Table) -> Iterator[str]:
    if table.caption:
        yield f"**{_plain(table.caption)}**"
    lines = [_line([_plain(column.title) for column in table.columns])]
    lines.append(_line(["---:" if column.numeric else "---" for column in table.columns]))
    lines += [_line([_cell(cell) for cell in row.cells]) for row in table.rows]
    yield "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell) -> str:
    said = _plain(text_of(cell.pieces))
    said = f"**{said}**" if cell.strong and said else said
    below = "; ".join(_plain(text_of(line)) for line in cell.below)
    return f"{said} ({below})" if below else said
