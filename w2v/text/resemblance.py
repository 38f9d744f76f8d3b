"""What a file that is read as plain text looks like, so that nobody trains on tags or ids without knowing it.

Only the first bytes are looked at, and nothing is decided: training goes on. Vectors are refused (vector_files.py).
"""

from __future__ import annotations

import re

from w2v.text.compression import without_suffix
from w2v.text.kind import recognise

__all__ = ["resemblance"]

_SEQUENCE = re.compile(r"[A-Za-z*-]{20,}")


def resemblance(head: bytes, name: str) -> str:
    """Return what a file looks like and which option reads it, as half a sentence; empty for text.

    head: its first bytes, decompressed, in UTF-8.
    """
    lines = head.decode(errors="ignore").lstrip("\ufeff").split("\n")
    if _is_fasta(lines):
        return "looks like FASTA: split its sequences into words with blanks first, such as k-mers, or each is one word"
    kind = recognise(head, name)
    return "" if kind is None else f"looks like {kind.title}: {kind.advice(head, without_suffix(name))}"


def _is_fasta(lines: list[str]) -> bool:
    sequences = [line.strip() for line in lines[1:4] if not line.startswith((">", ";"))]
    return lines[0].startswith(">") and bool(sequences) and _SEQUENCE.fullmatch(sequences[0]) is not None
