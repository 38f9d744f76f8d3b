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
    Folded,
    Items,
    Lines,
    Note,
    Plot,
    Section,
    Table,
    legend_of,
    text_of,
)
from w2v.report.characters import HARMLESS
from w2v.report.tables import common_facts, facts_table

__all__ = ["to_markdown"]

MEANT = re.compile(r"([\\`*_{}\[\]<>|~#&@])")


def to_markdown(document: Document) -> str:
    """Write a document as Markdown; where a cell has a second line, that stands in brackets."""
    parts = [f"# {_plain(document.title)}", *_files(document)]
    parts += (_note(note) for note in document.notes)
    sections = (*document.sections, *document.appendix)
    for section in sections:
        parts += _section(section, 2)
    parts += (line for line in legend_of(sections) if line != GREY)
    parts += map(_note, document.closing)
    parts += _references(document)
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
        table = facts_table(document)
        yield from () if table is None else _table(table)
        common = ", ".join(f"{name} {value}" for name, value in common_facts(document))
        yield from (f"All: {_plain(common)}.",) if common else ()


def _section(section: Section, level: int) -> Iterator[str]:
    if section.title:
        yield f"{'#' * level} {_plain(section.title)}"
    for block in section.blocks:
        yield from _block(block)
    for each in section.sections:
        yield from _section(each, level + bool(section.title))


def _references(document: Document) -> Iterator[str]:
    """What to cite."""
    if document.references:
        yield "## References"
        yield "\n".join(f"- {_plain(each.used_for)}: {_plain(each.text)}" for each in document.references)


def _curves(plot: Plot) -> Iterator[str]:
    """The first and the last value of each curve."""
    lines = (f"- {_plain(each.name)}: {each.points[0][1]:.4g} → {each.points[-1][1]:.4g}" for each in plot.curves)
    yield f"**{_plain(plot.title)}**"
    yield "\n".join(lines)


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
        case Plot():
            yield from _curves(block)
        case Folded():
            if block.tables:
                yield f"**{_plain(block.title)}**"
            for table in block.tables:
                yield from _table(table)
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
