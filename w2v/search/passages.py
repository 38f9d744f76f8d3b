"""Long documents cut into passages: a vector of a whole book is about everything, and a hit in it says little.

A passage is as many whole paragraphs as fit into the wanted number of words. A paragraph that does not fit is cut into
sentences, a sentence that does not fit into runs of words. Words are counted between white space here, which needs no
tokenizer; for languages that are written without blanks, some characters count as a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["PASSAGE_WORDS", "passages_of"]

PASSAGE_WORDS = 300
"""The words of a passage at most; docs/guides/search.md says why."""

CHARACTERS = 12  # in one word, at most: what is longer has no blanks and counts as several words
SHORTEST = 2  # characters of a word and the blank behind it: a text of fewer characters has fewer words
_PARAGRAPHS = re.compile(r"\n[ \t\r]*\n\s*")
_LINES = re.compile(r"\n\s*")
_SENTENCES = re.compile(r"(?<=[.!?…。！？])[\"'”’)\]]*\s+|(?<=[。！？])")
_WORDS = re.compile(r"\S+\s*")
_CUTS = (_PARAGRAPHS, _LINES, _SENTENCES)


def passages_of(text: str, most: int = PASSAGE_WORDS) -> list[str]:
    """Return the passages of a text, in order: at least one, of at most `most` words each.

    Together they have all words of the text. A short text is one passage, as it stands.
    """
    if len(text) < SHORTEST * most or _size(text) <= most:
        return [text]
    found: list[str] = []
    begun: list[str] = []
    size = 0
    for piece, words in _pieces(text, most, 0):
        if begun and size + words > most:
            found.append("".join(begun).strip())
            begun, size = [], 0
        begun.append(piece)
        size += words
    found.append("".join(begun).strip())
    return [passage for passage in found if passage] or [text.strip()]


def _size(text: str) -> int:
    """The words of a text."""
    words = text.split()
    if len(text) <= CHARACTERS * len(words):
        return len(words)
    return sum(1 + (len(word) - 1) // CHARACTERS for word in words)


def _pieces(text: str, most: int, level: int) -> Iterator[tuple[str, int]]:
    """The text in pieces of at most `most` words, with the words of each; white space stays at their ends."""
    size = _size(text)
    if size <= most:
        yield text, size
    elif level < len(_CUTS):
        begin = 0
        for found in _CUTS[level].finditer(text):
            if found.end() > begin:
                yield from _pieces(text[begin : found.end()], most, level + 1)
                begin = found.end()
        if begin < len(text):
            yield from _pieces(text[begin:], most, level + 1)
    else:
        for found in _WORDS.finditer(text):
            word = found[0]
            step = most * CHARACTERS
            for begin in range(0, len(word), step):
                piece = word[begin : begin + step]
                yield piece, max(1, _size(piece))
