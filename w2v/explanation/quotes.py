"""Quotes from a text: a word with what stands before and after it on its line, one quote for each context of the word.

The number of quotes in memory is limited. Where there are too many, those of the rarest contexts are dropped, since a
context that two words share is seldom one of these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from w2v.tokens.stream import Window

__all__ = ["Quote", "Quotes", "quote_at"]

SIDE = 90  # bytes before and after the word
MOST = 20_000  # quotes of one word in memory, of about 300 bytes each
LEAST = 2  # occurrences from which a context gets a quote
_LINE_ENDS = re.compile("[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


@dataclass(frozen=True)
class Quote:
    """A place in a text: the word, and what stands before and after it on the same line."""

    before: str
    word: str
    after: str


def quote_at(window: Window, place: int) -> Quote:
    """Return a quote of the word at a place in a window; blanks and tabs between its words become one blank."""
    start, end = int(window.starts[place]), int(window.ends[place])
    before = _decoded(window.text[max(0, start - SIDE) : start], whole=start <= SIDE, left=True)
    after = _decoded(window.text[end : end + SIDE], whole=end + SIDE >= len(window.text), left=False)
    return Quote(before, " ".join(window.text[start:end].decode().split()), after)


def _decoded(piece: bytes, *, whole: bool, left: bool) -> str:
    """The part of a piece of text that is on the line of the word, without a word that was cut."""
    text = piece.decode(errors="ignore")
    lines = _LINE_ENDS.split(text)
    line = lines[-1] if left else lines[0]
    if len(lines) == 1 and not whole:
        parts = line.split(maxsplit=1) if left else line.rsplit(maxsplit=1)
        line = (
            (parts[-1] if left else parts[0])
            if len(parts) == 2 and not line[:: 1 if left else -1][:1].isspace()
            else line
        )
    return " ".join(line.split())


class Quotes:
    """A quote for each context of one word: the place where the context is nearest to the word, the first of these."""

    def __init__(self) -> None:
        self._found: dict[int, tuple[int, Quote]] = {}
        self._least = LEAST

    def wants(self, context: int, count: int, distance: int) -> bool:
        """Return whether a quote is wanted for a context.

        count: how often the context was met so far. distance: words from the word to the context.
        """
        if count < self._least:
            return False
        found = self._found.get(context)
        return distance < found[0] if found else True

    def add(self, context: int, distance: int, quote: Quote, counts: dict[int, int]) -> None:
        """Keep a quote for a context. counts: how often each context was met."""
        self._found[context] = distance, quote
        while len(self._found) > MOST:
            self._least *= 2
            self._found = {each: kept for each, kept in self._found.items() if counts[each] >= self._least}

    def of(self, context: int) -> Quote | None:
        """Return the quote for a context; None where there is none."""
        found = self._found.get(context)
        return None if found is None else found[1]
