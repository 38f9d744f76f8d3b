"""A document as one HTML page that needs nothing else: no network, no other file, and JavaScript only for searching.

Words come from anybody's files: everything is escaped, and the page's own policy lets no script run but ours, by its
hash, and lets nothing be fetched. Every question of a set lies in the page compressed, and is unpacked when it is
asked for.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files

from w2v.data.references import entries_of
from w2v.report.blocks import (
    HOLLOW,
    Block,
    Cell,
    Column,
    Document,
    Facts,
    Figure,
    Folded,
    Items,
    ItemsColumn,
    Lines,
    Marked,
    Note,
    Piece,
    Plot,
    Row,
    Scale,
    Section,
    Table,
    legend_of,
)
from w2v.report.characters import HARMLESS
from w2v.report.charts import SERIES, is_beyond, strip
from w2v.report.plots import plot
from w2v.report.tables import common_facts, facts_table, stacked

__all__ = ["to_html"]

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
FOOTER = (
    "Figures are rounded; <code>data</code> elements hold the exact values, and <code>--json</code> prints all of them."
)
BEYOND = "Arrow: the figure or its interval goes on beyond the axis."


def to_html(document: Document) -> str:
    """Write a document as a page; the same document gives the same bytes."""
    style, script = (_resource(name) for name in ("page.css", "page.js"))
    policy = f"{POLICY}; script-src '{_hash(script)}'"
    title = ": ".join(filter(None, (document.title, ", ".join(document.files))))
    sections = (*document.sections, *document.appendix, *_references(document))
    names = {id(section): f"section-{number}" for number, section in enumerate(_chapters(sections), start=1)}
    main = [
        '<main id="main">',
        *_about_files(document),
        *(_note(note) for note in document.notes),
        *(_section(section, names, 2) for section in sections),
        *(_note(Note((line,))) for line in legend_of(sections)),
        *map(_note, document.closing),
        "</main>",
    ]
    parts = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f'<meta name="generator" content="w2v {_plain(document.version)}">',
        f"<title>{_plain(title)}</title>",
        f"<style>{style}</style>",
        "</head>",
        "<body>",
        '<a class="skip" href="#main">Skip to the figures</a>',
        _header(document),
        *(['<div class="columns">', _contents(sections, names), *main, "</div>"] if names else main),
        _footer(document),
        f"<script>{script}</script>",
        "</body>",
        "</html>",
    ]
    return "\n".join(parts) + "\n"


def _resource(name: str) -> str:
    return files("w2v.report").joinpath(name).read_text("utf-8")


def _hash(script: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _plain(words: str) -> str:
    """Escape words for text and for attributes."""
    return html.escape(words.translate(HARMLESS))


def _pieces(pieces: Iterable[Piece]) -> str:
    return "".join(map(_piece, pieces))


def _piece(piece: Piece) -> str:
    if isinstance(piece, Figure):
        return f'<data value="{piece.value!r}">{_plain(piece.text)}</data>'
    if isinstance(piece, Marked):
        tag = "u" if piece.near else "b"
        return f"<{tag}>{_plain(piece.text)}</{tag}>"
    return _plain(piece)


def _header(document: Document) -> str:
    several = len(document.files) > 1
    lines = (
        f"<li>{_swatch(number) if several else ''}<b>{_plain(file)}</b></li>"
        for number, file in enumerate(document.files)
    )
    named = f'<ul class="files">{"".join(lines)}</ul>' if document.files else ""
    return f"<header><h1>{_plain(document.title)}</h1>{named}</header>"


def _references(document: Document) -> Iterator[Section]:
    """What to cite, as a section."""
    if document.references:
        facts = tuple((each.used_for, each.text) for each in document.references)
        entries = entries_of(each.bibtex for each in document.references).values()
        folded = (Folded("BibTeX", (), tuple(line for entry in entries for line in (*entry.split("\n"), ""))),)
        yield Section("References", (Facts(facts), *(folded if entries else ())))


def _about_files(document: Document) -> Iterator[str]:
    """What is known of the vector files: a list for one file, else a table with a column for each."""
    if len(document.facts) == 1:
        yield _facts(Facts(document.facts[0]))
    elif any(document.facts):
        table = facts_table(document)
        yield "" if table is None else _table(table)
        common = ", ".join(f"{name} {value}" for name, value in common_facts(document))
        yield _note(Note((f"All: {common}.",))) if common else ""


def _footer(document: Document) -> str:
    about = "".join(f"<p>{_plain(name)}: {_plain(value)}</p>" for name, value in document.about)
    return f"<footer><p>Made by w2v {_plain(document.version)}. {FOOTER}</p>{about}</footer>"


def _swatch(series: int) -> str:
    return f'<span class="key s{series % SERIES}" aria-hidden="true">●&nbsp;</span>'


def _chapters(sections: Iterable[Section]) -> Iterable[Section]:
    """The sections that have a title, in the order of reading."""
    for section in sections:
        if section.title:
            yield section
        yield from _chapters(section.sections)


def _contents(sections: Sequence[Section], names: dict[int, str]) -> str:
    def listed(level: Sequence[Section]) -> str:
        lines = (
            f'<li><a href="#{names[id(each)]}">{_plain(each.title)}</a>{listed(each.sections)}</li>'
            for each in level
            if each.title
        )
        return f"<ul>{''.join(lines)}</ul>" if level else ""

    return f'<nav aria-label="Contents">{listed(sections)}</nav>'


def _section(section: Section, names: dict[int, str], level: int) -> str:
    below = level + bool(section.title)
    body = "\n".join([*map(_block, section.blocks), *(_section(each, names, below) for each in section.sections)])
    if not section.title:
        return body
    name = names[id(section)]
    head = f'<h{level} id="{name}-title">{_plain(section.title)}</h{level}>'
    return f'<section id="{name}" aria-labelledby="{name}-title">\n{head}\n{body}\n</section>'


def _block(block: Block) -> str:
    match block:
        case Table():
            return _table(block)
        case Note():
            return _note(block)
        case Facts():
            return _facts(block)
        case Lines():
            return f"<pre>{_plain(chr(10).join(block.lines))}</pre>"
        case Items():
            return _items(block)
        case Plot():
            return plot(block)
        case Folded():
            return _folded(block)


def _folded(folded: Folded) -> str:
    lines = f"<pre>{_plain(chr(10).join(folded.lines).strip())}</pre>" if folded.lines else ""
    size = f' <span class="fact">{len(folded.tables[0].rows):,}</span>' if folded.tables else ""
    body = "".join(map(_table, folded.tables))
    return f'<details class="folded"><summary>{_plain(folded.title)}{size}</summary>{body}{lines}</details>'


def _note(note: Note) -> str:
    said = _pieces(note.pieces).replace(" %", "\N{NO-BREAK SPACE}%")
    return f'<p class="{note.kind}">{said}</p>'


def _facts(facts: Facts) -> str:
    lines = (f"<dt>{_plain(name)}</dt><dd>{_plain(value)}</dd>" for name, value in facts.facts)
    return f'<dl class="facts">{"".join(lines)}</dl>'


def _table(table: Table) -> str:
    table = stacked(table)
    heads = [_head(column) for column in table.columns]
    if table.scale is not None:
        heads.insert(table.drawn + 1, _axis(table.scale))
    rows = "\n".join(_row(row, table) for row in table.rows)
    caption = _plain(table.caption)
    named = f"<caption><span>{caption}</span></caption>\n" if caption else ""
    label = f' role="region" aria-label="{caption}"' if caption else ""
    return (
        f'<div class="scroll"{label} tabindex="0"><table>\n{named}<thead><tr>{"".join(heads)}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody></table></div>{_key(table)}"
    )


def _key(table: Table) -> str:
    """How to read what is drawn: only what there is."""
    if table.scale is None:
        return ""
    scale, marks = table.scale, [mark for row in table.rows for mark in row.marks if mark]
    said = {
        HOLLOW: any(mark.faint for mark in marks),
        f"Upright line: {scale.upright}.": any(mark.reference is not None for mark in marks),
        f"Shaded: {scale.shaded}.": any(mark.band is not None for mark in marks),
        BEYOND: any(is_beyond(mark, scale) for mark in marks),
    }
    shown = " ".join(line for line, drawn in said.items() if drawn)
    return f"\n{_note(Note((shown,)))}" if shown else ""


def _head(column: Column) -> str:
    key = "" if column.series is None else _swatch(column.series)
    kind = ' class="number"' if column.numeric else ""
    under = "".join(f"<small>{_plain(line)}</small>" for line in column.under)
    return f'<th scope="col"{kind}>{key}{_plain(column.title)}{under}</th>'


def _spaces(scale: Scale) -> int:
    """How many spaces there are between the lines of an axis."""
    return round((scale.high - scale.low) / scale.step)


def _axis(scale: Scale) -> str:
    lines = (scale.low + scale.step * number for number in range(_spaces(scale) + 1))
    *shown, last = (scale.show(round(line, 9) + 0.0) for line in lines)
    labels = [*(each.removesuffix(" %") for each in shown), last]  # the unit once
    ticks = "".join(f"<span>{_plain(label)}</span>" for label in labels)
    return (
        f'<th scope="col" class="drawn">{_plain(scale.label)}<span class="axis" aria-hidden="true">{ticks}</span></th>'
    )


def _row(row: Row, table: Table) -> str:
    cells = [
        _cell(cell, column, head=number == 0)
        for number, (cell, column) in enumerate(zip(row.cells, table.columns, strict=True))
    ]
    if table.scale is not None:
        drawn = strip(row.marks, table.scale, table.series, table.colours)
        style = f'style="--spaces:{_spaces(table.scale)}"'
        cells.insert(table.drawn + 1, f'<td class="drawn" {style}>{drawn}</td>' if drawn else "<td></td>")
    return f"<tr{_classes(last=row.last, quiet=row.quiet)}>{''.join(cells)}</tr>"


def _classes(**on: bool) -> str:
    named = " ".join(name for name, is_on in on.items() if is_on)
    return f' class="{named}"' if named else ""


def _cell(cell: Cell, column: Column, *, head: bool) -> str:
    body = _pieces(cell.pieces)
    body = f"<b>{body}</b>" if cell.strong else body
    body += "".join(f"<small>{_pieces(line)}</small>" for line in cell.below)
    classes = _classes(number=column.numeric and not head, quiet=cell.quiet)
    if column.series is not None and not head:
        classes = f' class="series s{column.series % SERIES}{" number" * column.numeric}{" quiet" * cell.quiet}"'
    if head:
        return f'<th scope="row"{classes}>{body}</th>'
    heads = ", ".join(filter(None, (column.title, *(column.under if cell.below else ()))))
    named = f' data-head="{_plain(heads)}"' if heads else ""
    inside = f'<div class="cell">{body}</div>' if body else ""
    return f"<td{classes}{named}>{inside}</td>"


def _items(items: Items) -> str:
    size = len(items.columns[0].values)
    return (
        f'<details class="items" data-packed="{pack(items)}"><summary>{_plain(items.title)} '
        f'<span class="fact">{size:,}</span></summary>'
        "<noscript><p>They lie in this page compressed, and need JavaScript to be shown.</p></noscript></details>"
    )


def pack(items: Items) -> str:
    """Items as JSON by columns, words by number, deflated, in base 64: the form that the page's script unpacks."""
    words: dict[str, int] = {}

    def packed(column: ItemsColumn) -> list[float | int | None]:
        if column.kind != "word":
            return list(column.values)  # type: ignore[arg-type]
        return [None if word is None else words.setdefault(str(word), len(words)) for word in column.values]

    columns = [
        {"title": each.title, "kind": each.kind, "digits": each.digits, "values": packed(each)}
        for each in items.columns
    ]
    content = {"title": items.title, "filter": items.filter, "columns": columns, "words": list(words)}
    packed_text = json.dumps(content, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(zlib.compress(packed_text.encode(), 9)).decode()
