"""A document as GitHub-flavoured Markdown: headings, tables, notes. Not here: what is drawn, and single questions.

Words come from anybody's files: every character that Markdown or HTML gives a meaning is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from w2v.evaluation.document.blocks import Cell, Document, Note, Section, Table, text_of
from w2v.evaluation.wording import CONTROLS

__all__ = ["to_markdown"]

MEANT = re.compile(r"([\\`*_{}\[\]<>|~#&@])")


def to_markdown(document: Document) -> str:
    """The text, with all tables; a figure's interval stands in brackets where the page has it below."""
    parts = [f"# {_plain(document.title)}", "\n".join(_files(document))]
    parts += [_note(note) for note in document.notes]
    for section in document.sections:
        parts += _section(section, 2)
    parts.append(f"Made by w2v {_plain(document.version)}.")
    return "\n\n".join(parts) + "\n"


def _plain(words: str) -> str:
    return MEANT.sub(r"\\\1", words.translate(CONTROLS))


def _files(document: Document) -> Iterator[str]:
    for file, fact in zip(document.files, document.facts, strict=True):
        yield f"- **{_plain(file)}**" + (f": {_plain(fact)}" if fact else "")


def _section(section: Section, level: int) -> Iterator[str]:
    yield f"{'#' * level} {_plain(section.title)}"
    for block in section.blocks:
        if isinstance(block, Table):
            yield from _table(block)
        elif isinstance(block, Note):
            yield _note(block)
    for each in section.sections:
        yield from _section(each, level + 1)


def _note(note: Note) -> str:
    said = _plain(text_of(note.pieces))
    return f"> {said}" if note.kind == "doubt" else said


def _table(table: Table) -> Iterator[str]:
    yield f"**{_plain(table.caption)}**"
    lines = [_line([_plain(column.title) for column in table.columns])]
    lines.append(_line(["---:" if column.numeric else "---" for column in table.columns]))
    lines += [_line([_cell(cell) for cell in row.cells]) for row in table.rows]
    yield "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell) -> str:
    said = _plain(text_of(cell.pieces))
    said = f"**{said}**" if cell.strong else said
    return f"{said} ({_plain(text_of(cell.below))})" if cell.below else said
