"""The registry of the kinds of texts: one line a kind, by the name that `--input-format` takes.

The order matters where a kind has to be recognised: the first kind that claims a file gets it. How a new kind is added:
a file in this folder with a subclass of `w2v.text.kind.Kind`, and a line here.
"""

from __future__ import annotations

__all__ = ["KINDS", "PLAIN"]

PLAIN = "plain"

KINDS: dict[str, str] = {
    PLAIN: "w2v.text.plain:PLAIN_TEXT",
    "pdf": "w2v.text.pdf:PDF",
    "html": "w2v.text.html:HTML",
    "json": "w2v.text.json_records:JSON",
    "tsv": "w2v.text.delimited:TSV",
    "csv": "w2v.text.delimited:CSV",
}
