"""What every reader hands over, and what is checked whatever the format: finite values, words that occur once.

Rows with NaN or infinity are refused. Where a word occurs more than once its first row is kept, as gensim does with the
published files that have such words, and the others are counted in a warning.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from w2v.arrays import F32, I64, Places
from w2v.formats.source import Origin
from w2v.progress import Progress
from w2v.record import RunRecord

__all__ = ["Contents", "rows_not_finite", "settle", "some"]

BLOCK = 1 << 20  # values looked at together: what fits in the processor's caches


@dataclass(frozen=True)
class Contents:
    """The words [V] and the matrix [V, D] of a file, and what else it holds.

    verified: the file carried its own hash, and it was right; None where the format has none or not all was read.
    dropped: rows left out because their word had occurred before.
    """

    words: list[str]
    matrix: F32
    counts: I64 | None = None
    record: RunRecord | None = None
    verified: bool | None = None
    dropped: int = 0


def rows_not_finite(matrix: F32) -> Places:
    """Return the numbers of the rows that hold NaN or infinity."""
    step = max(1, BLOCK // matrix.shape[1])
    bad = [
        start + np.flatnonzero(~finite.all(axis=1))
        for start in range(0, len(matrix), step)
        if not (finite := np.isfinite(matrix[start : start + step])).all()
    ]
    return np.concatenate(bad) if bad else np.empty(0, dtype=np.intp)


def settle(contents: Contents, source: Origin, progress: Progress) -> Contents:
    """Refuse NaN and infinity (`FormatError`), and keep the first row of each word."""
    words, matrix = contents.words, contents.matrix
    bad = rows_not_finite(matrix)
    if bad.size:
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
    """Return the first few of a list of words, for a message."""
    return ", ".join(map(repr, words[:shown])) + (", …" if len(words) > shown else "")
