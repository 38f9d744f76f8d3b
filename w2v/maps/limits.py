"""How many words and groups a map has. Nothing is imported, so that help texts can name these numbers."""

from __future__ import annotations

__all__ = ["FEWEST", "GROUPS", "MOST", "MOST_GROUPS", "WORDS"]

FEWEST, MOST = 3, 70_000  # words
WORDS = 10_000  # where nothing else is asked for
GROUPS = 8  # as many as the page has colours
MOST_GROUPS = 255  # a byte for each word
