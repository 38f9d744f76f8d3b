"""A document as one HTML page that needs nothing else: no network, no other file, and no JavaScript but for searching.

Words come from anybody's files: everything is escaped, and the page's own policy lets no script run but ours, by its
hash, and nothing be fetched. Every question of a set lies in the page compressed, and is unpacked when it is asked for.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import zlib
from collections.abc import Iterable, Sequence
from importlib.resources import files

from w2v.evaluation.document.blocks import (
    Block,
    Cell,
    Column,
    Document,
    Figure,
    Items,
    ItemsColumn,
    Note,
    Piece,
    Row,
    Scale,
    Section,
    Table,
)
from w2v.evaluation.document.charts import SERIES, strip
from w2v.evaluation.wording import CONTROLS

__all__ = ["to_html"]

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
FOOTER = (
    "Figures are rounded; <code>data</code> elements hold the exact values, and <code>--json</code> prints all of them."
)


def to_html(document: Document) -> str:
    """The page; the same document gives the same bytes."""
    style, script = (_resource(name) for name in ("page.css", "page.js"))
    policy = f"{POLICY}; script-src '{_hash(script)}'"
    title = f"{document.title}: {', '.join(document.files)}"
    names = {id(section): f"section-{number}" for number, section in enumerate(_walk(document.sections), start=1)}
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
        '<div class="columns">',
        _contents(document.sections, names),
        '<main id="main">',
        *(_note(note) for note in document.notes),
        *(_section(section, names, 2) for section in document.sections),
        "</main>",
        "</div>",
        f"<footer><p>Made by w2v {_plain(document.version)}. {FOOTER}</p></footer>",
        f"<script>{script}</script>",
        "</body>",
        "</html>",
    ]
    return "\n".join(parts) + "\n"


def _resource(name: str) -> str:
    return files("w2v.evaluation.document").joinpath(name).read_text("utf-8")


def _hash(script: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _plain(words: str) -> str:
    """Escaped for text and for attributes; control characters, which HTML forbids, as \\x1b and the like."""
    return html.escape(words.translate(CONTROLS))


def _pieces(pieces: Iterable[Piece]) -> str:
    return "".join(
        f'<data value="{piece.value!r}">{_plain(piece.text)}</data>' if isinstance(piece, Figure) else _plain(piece)
        for piece in pieces
    )


def _header(document: Document) -> str:
    lines = []
    for number, (file, fact) in enumerate(zip(document.files, document.facts, strict=True)):
        key = _swatch(number) if len(document.files) > 1 else ""
        about = f' <span class="fact">{_plain(fact)}</span>' if fact else ""
        lines.append(f"<li>{key}<b>{_plain(file)}</b>{about}</li>")
    return f'<header><h1>{_plain(document.title)}</h1><ul class="files">{"".join(lines)}</ul></header>'


def _swatch(series: int) -> str:
    return f'<span class="key s{series % SERIES}" aria-hidden="true">●&nbsp;</span>'


def _walk(sections: Iterable[Section]) -> Iterable[Section]:
    for section in sections:
        yield section
        yield from _walk(section.sections)


def _contents(sections: Sequence[Section], names: dict[int, str]) -> str:
    def listed(level: Sequence[Section]) -> str:
        lines = (
            f'<li><a href="#{names[id(each)]}">{_plain(each.title)}</a>{listed(each.sections)}</li>' for each in level
        )
        return f"<ul>{''.join(lines)}</ul>" if level else ""

    return f'<nav aria-label="Contents">{listed(sections)}</nav>'


def _section(section: Section, names: dict[int, str], level: int) -> str:
    name = names[id(section)]
    head = f'<h{level} id="{name}-title">{_plain(section.title)}</h{level}>'
    body = "\n".join([*map(_block, section.blocks), *(_section(each, names, level + 1) for each in section.sections)])
    return f'<section id="{name}" aria-labelledby="{name}-title">\n{head}\n{body}\n</section>'


def _block(block: Block) -> str:
    if isinstance(block, Table):
        return _table(block)
    return _items(block) if isinstance(block, Items) else _note(block)


def _note(note: Note) -> str:
    said = _pieces(note.pieces).replace(" %", "\N{NO-BREAK SPACE}%")
    return f'<p class="{note.kind}">{said}</p>'


def _table(table: Table) -> str:
    heads = [_head(column) for column in table.columns]
    if table.scale is not None:
        heads.insert(table.drawn + 1, _axis(table.scale))
    rows = "\n".join(_row(row, table) for row in table.rows)
    caption = _plain(table.caption)
    return (
        f'<div class="scroll" role="region" aria-label="{caption}" tabindex="0"><table>\n'
        f"<caption><span>{caption}</span></caption>\n<thead><tr>{''.join(heads)}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>{_key(table)}"
    )


def _key(table: Table) -> str:
    """How to read what is drawn: only what there is."""
    if table.scale is None:
        return ""
    marks = [mark for row in table.rows for mark in row.marks if mark]
    said = {
        f"Hollow: {table.scale.hollow}.": any(mark.faint for mark in marks),
        f"Upright: {table.scale.upright}.": any(mark.reference is not None for mark in marks),
        f"Shaded: {table.scale.shaded}.": any(mark.band is not None for mark in marks),
    }
    shown = " ".join(line for line, drawn in said.items() if drawn)
    return f'\n<p class="remark">{_plain(shown)}</p>' if shown else ""


def _head(column: Column) -> str:
    key = "" if column.series is None else _swatch(column.series)
    kind = ' class="number"' if column.numeric else ""
    return f'<th scope="col"{kind}>{key}{_plain(column.title)}</th>'


def _ticks(scale: Scale) -> list[float]:
    return [scale.low + scale.step * number for number in range(round((scale.high - scale.low) / scale.step) + 1)]


def _axis(scale: Scale) -> str:
    *shown, last = (scale.show(round(tick, 9) + 0.0) for tick in _ticks(scale))
    labels = [*(each.removesuffix(" %") for each in shown), last]  # the unit once
    ticks = "".join(f"<span>{_plain(label)}</span>" for label in labels)
    return (
        f'<th scope="col" class="drawn">{_plain(scale.says)}<span class="axis" aria-hidden="true">{ticks}</span></th>'
    )


def _row(row: Row, table: Table) -> str:
    cells = [
        _cell(cell, column, head=number == 0)
        for number, (cell, column) in enumerate(zip(row.cells, table.columns, strict=True))
    ]
    if table.scale is not None:
        spaces = len(_ticks(table.scale)) - 1
        drawn = strip(row.marks, table.scale, table.series)
        cells.insert(
            table.drawn + 1, f'<td class="drawn" style="--spaces:{spaces}">{drawn}</td>' if drawn else "<td></td>"
        )
    kinds = " ".join(name for name, on in (("last", row.last), ("quiet", row.quiet)) if on)
    named = f' class="{kinds}"' if kinds else ""
    return f"<tr{named}>{''.join(cells)}</tr>"


def _cell(cell: Cell, column: Column, *, head: bool) -> str:
    body = _pieces(cell.pieces)
    body = f"<b>{body}</b>" if cell.strong else body
    body += f"<small>{_pieces(cell.below)}</small>" if cell.below else ""
    if head:
        return f'<th scope="row">{body}</th>'
    return f'<td class="number">{body}</td>' if column.numeric else f"<td>{body}</td>"


def _items(items: Items) -> str:
    size = len(items.columns[0].values)
    return (
        f'<details class="items" data-packed="{pack(items)}"><summary>{_plain(items.title)} '
        f'<span class="fact">{size:,}</span></summary>'
        "<noscript><p>They lie in this page compressed, and need JavaScript to be shown.</p></noscript></details>"
    )


def pack(items: Items) -> str:
    """Items as JSON by columns, words by number, deflated, in base 64: what the page's script unpacks."""
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
    text = json.dumps(content, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()
