"""What every reader hands over, and what is checked whatever the format: finite values, words that occur once.

Not here: bytes. Rows with NaN or infinity are refused. Of a word that occurs more than once the first row is kept, as
gensim does with the published files that have such words, and the rest are counted aloud.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from w2v.arrays import F32, I64
from w2v.formats.source import Source
from w2v.progress import Progress
from w2v.record import RunRecord

__all__ = ["Contents", "settle", "some"]


@dataclass(frozen=True)
class Contents:
    """The words [V] and matrix [V, D] float32 of a file, and what else it holds.

    verified: the file carried its own hash, and it was right; None where the format has none or only the first rows
    were read. dropped: rows left out because their word had occurred before.
    """

    words: list[str]
    matrix: F32
    counts: I64 | None = None
    record: RunRecord | None = None
    verified: bool | None = None
    dropped: int = 0


def settle(contents: Contents, source: Source, progress: Progress) -> Contents:
    """Refuse NaN and infinity (`FormatError`), keep the first row of each word."""
    words, matrix = contents.words, contents.matrix
    finite = np.isfinite(matrix)
    if not finite.all():
        bad = np.flatnonzero(~finite.all(axis=1))
        raise source.fault(
            f"row {bad[0] + 1:,} ({words[bad[0]]!r}) holds NaN or infinity; {bad.size:,} of {len(words):,} rows do",
            "the training that made the file diverged: train again, or remove those rows",
        )
    first: dict[str, int] = {}
    for row, word in enumerate(words):
        first.setdefault(word, row)
    if len(first) == len(words):
        return contents
    kept = np.fromiter(first.values(), dtype=np.intp, count=len(first))
    repeated = list(dict.fromkeys(word for row, word in enumerate(words) if first[word] != row))
    dropped = len(words) - len(first)
    progress.message(
        f"{source.path}: {dropped:,} rows repeat a word ({some(repeated)}); the first row of each word is kept",
        "warning",
    )
    counts = None if contents.counts is None else contents.counts[kept]
    return replace(contents, words=list(first), matrix=matrix[kept], counts=counts, dropped=dropped)


def some(words: list[str], shown: int = 3) -> str:
    """The first few of a list of words, for a message."""
    return ", ".join(map(repr, words[:shown])) + (", …" if len(words) > shown else "")
