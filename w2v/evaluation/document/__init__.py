"""Reports to hand on: Markdown, and one HTML page that needs nothing else. Not here: figures; all come from reports.

`outline` puts suites into sections of tables and notes (`blocks`), `Findings.document` makes a document of all of them,
and `markdown` and `html` write it down; `items` holds every question for the page's tables that are searched.
"""

from __future__ import annotations

from w2v.evaluation.document.blocks import Document
from w2v.evaluation.document.html import to_html
from w2v.evaluation.document.markdown import to_markdown
from w2v.evaluation.document.outline import words_document

__all__ = ["Document", "to_html", "to_markdown", "words_document"]
