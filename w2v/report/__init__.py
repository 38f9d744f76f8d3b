"""Documents that people read: built once from plain blocks, and drawn in the terminal, as Markdown or as one HTML page.

blocks      what a document is made of: sections, tables, figures, notes
numbers     numbers as people read them
tables      helpers for tables of scores: cells, columns, marks and their axes
characters  characters that must not reach a terminal or a page as they are
markdown    a document as Markdown
html        a document as one HTML page; charts draws its marks

The terminal's drawing is in `w2v/cli/terminal.py`, because only the command line may import rich.
"""

from __future__ import annotations

from w2v.lazy import hand_on

__all__ = ["Document", "to_html", "to_markdown"]

__getattr__, __dir__ = hand_on(
    __name__,
    {"Document": "w2v.report.blocks", "to_html": "w2v.report.html", "to_markdown": "w2v.report.markdown"},
)
