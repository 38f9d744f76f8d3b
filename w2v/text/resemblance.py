"""What a file that is read as plain text looks like, so that nobody trains on tags, numbers or ids without knowing it.

Only the first bytes are looked at, and nothing is decided: training goes on.
"""

from __future__ import annotations

import re

from w2v.text.compression import without_suffix
from w2v.text.kind import recognise

__all__ = ["resemblance"]

_ROWS = 3  # lines that must look like vectors
_NUMBERS = 4  # in each of them
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE)
_SEQUENCE = re.compile(r"[A-Za-z*-]{20,}")


def resemblance(head: bytes, name: str) -> str:
    """Return what a file looks like and which option reads it, as half a sentence; empty for text.

    head: its first bytes, decompressed, in UTF-8.
    """
    lines = head.decode(errors="ignore").lstrip("\ufeff").split("\n")
    if _are_vectors(lines):
        return "looks like a file of word vectors, not like text: name the text that they were made from"
    if _is_fasta(lines):
        return "looks like FASTA: split its sequences into words with blanks first, such as k-mers, or each is one word"
    kind = recognise(head, name)
    return "" if kind is None else f"looks like {kind.title}: {kind.advice(head, without_suffix(name))}"


def _are_vectors(lines: list[str]) -> bool:
    """Whether the first lines, after a header of two numbers or without one, are a word and equally many numbers."""
    rows = [line.split() for line in lines[:-1] or lines]
    if rows and len(rows[0]) == 2 and all(map(str.isdecimal, rows[0])):
        rows = rows[1:]
        least = 1
    else:
        least = _ROWS
    rows = rows[:_ROWS]
    return (
        len(rows) >= least
        and len({len(row) for row in rows}) == 1
        and len(rows[0]) > _NUMBERS
        and all(_NUMBER.fullmatch(number) for row in rows for number in row[1:])
        and any("." in number for row in rows for number in row[1:])
    )


def _is_fasta(lines: list[str]) -> bool:
    sequences = [line.strip() for line in lines[1:4] if not line.startswith((">", ";"))]
    return lines[0].startswith(">") and bool(sequences) and _SEQUENCE.fullmatch(sequences[0]) is not None
