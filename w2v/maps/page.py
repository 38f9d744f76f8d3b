"""The page of a map: HTML, style, script and the packed words in one text, which asks for nothing from anywhere.

The page's own policy lets a browser run this script and use this style, each by its hash, and nothing else. Words are
data: they lie in the page deflated and in base 64, and the script only ever sets them as text. What else comes from
files, as their names, is escaped.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from w2v.maps.packing import Points, packed
from w2v.report.characters import HARMLESS, ONE_LINE
from w2v.version import __version__

__all__ = ["page_of"]

SCRIPTS = ("unpack", "points", "labels", "view", "search", "panel", "page")
"""The parts of the script in browser/, in the order in which they stand in the page."""

_IN_SCRIPT = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


@lru_cache(maxsize=1)
def _resources() -> tuple[str, str, str]:
    """The page, its style and its script."""
    folder = files("w2v.maps").joinpath("browser")

    def read(name: str) -> str:
        return folder.joinpath(name).read_text("utf-8")

    parts = "\n".join(read(f"{name}.js") for name in SCRIPTS)
    return read("page.html"), read("page.css"), f'(() => {{\n"use strict";\n{parts}}})();\n'


def page_of(
    points: Points, groups: Sequence[tuple[str, int]], *, of: str, dim: int, layout: str, kept: str, sentence: str
) -> str:
    """Return the page as a whole.

    groups: name and size of each group. of, dim: name and dimensions of the vectors. layout: how the places were found.
    kept, sentence: how much of the full space the map shows, in brief and as a sentence.
    """
    template, style, script = _resources()
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    facts = {
        "words": len(points.words),
        "layout": layout,
        "neighbours": int(points.neighbours.shape[1]),
        "groups": [{"name": _harmless(name), "size": size} for name, size in groups],
    }
    arrays = (
        f'<script type="application/octet-stream" id="data-{name}">{data}</script>'
        for name, data in packed(points).items()
    )
    parts = {
        "POLICY": policy,
        "VERSION": _escaped(__version__),
        "OF": _escaped(of),
        "SIZE": f"{len(points.words):,}",
        "DIM": f"{dim:,}",
        "BEYOND": _escaped(points.beyond.describe()),
        "LAYOUT": _escaped(layout),
        "KEPT": _escaped(kept).replace(" %", "\N{NO-BREAK SPACE}%"),
        "SENTENCE": _escaped(f"{sentence[0].upper()}{sentence[1:]}.").replace(" %", "\N{NO-BREAK SPACE}%"),
        "STYLE": style,
        "FACTS": json.dumps(facts, ensure_ascii=False, separators=(",", ":")).translate(_IN_SCRIPT),
        "ARRAYS": "\n".join(arrays),
        "SCRIPT": script,
    }
    pieces = template.split("@@")  # text, name, text, name, …, text
    return "".join(parts[piece] if number % 2 else piece for number, piece in enumerate(pieces))


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _harmless(text: str) -> str:
    """Text on one line without what could steer the direction of text, and without halves of characters."""
    return text.translate(ONE_LINE).encode("utf-8", "replace").decode()


def _escaped(text: str) -> str:
    return html.escape(text.translate(HARMLESS).encode("utf-8", "replace").decode())
