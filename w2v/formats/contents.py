"""What every reader hands over, and what is checked whatever the format: finite values, words that occur once.

Rows with NaN or infinity are refused. Where a word occurs more than once its first row is kept, as gensim does with the
published files that have such words, and the others are counted in a warning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from w2v.arrays import F32, F64, I64, Places
from w2v.formats.source import Origin
from w2v.progress import Progress
from w2v.record import RunRecord

__all__ = ["Contents", "rows_not_finite", "settle", "some"]

BLOCK = 1 << 20  # values looked at together: what fits in the processor's caches


@dataclass(frozen=True)
class Contents:
    """The words [V] and the matrix [V, D] of a file, and what else it holds.

    contexts: the vectors of the words as contexts [V, D]. norms: the lengths of the rows [V].
    tokenizer: the rules by which the text was cut into words, as plain JSON.
    verified: the file carried hashes of itself, and all of them were right; None where the format has none, or not all
    of the file was compared. content_sha256: a hash that is equal for equal content, where the file carries one.
    is_unread: the matrix is mapped, has not been read, and its values are not looked at either.
    dropped: the number of rows left out because their word had occurred before.
    """

    words: list[str]
    matrix: F32
    counts: I64 | None = None
    record: RunRecord | None = None
    contexts: F32 | None = None
    norms: F64 | None = None
    tokenizer: Mapping[str, Any] | None = None
    verified: bool | None = None
    content_sha256: str | None = None
    is_unread: bool = False
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
    looked_at = () if contents.is_unread else (matrix, contents.contexts)
    for array in (array for array in looked_at if array is not None):
        bad = rows_not_finite(array)
        if bad.size:
            raise source.fault(
                f"row {bad[0] + 1:,} ({words[bad[0]]!r}) holds NaN or infinity; {bad.size:,} of {len(words):,} rows do",
                "the training that made the file diverged: train again, or remove those rows",
            )
    if len(set(words)) == len(words):
        return contents
    first: dict[str, int] = {}
    for row, word in enumerate(words):
        first.setdefault(word, row)
    kept = np.fromiter(first.values(), dtype=np.intp, count=len(first))
    repeated = list(dict.fromkeys(word for row, word in enumerate(words) if first[word] != row))
    dropped = len(words) - len(first)
    progress.message(
        f"{source.path}: {dropped:,} rows repeat a word ({some(repeated)}); the first row of each word is kept",
        "warning",
    )
    taken = {
        name: array[kept]
        for name in ("matrix", "counts", "contexts", "norms")
        if (array := getattr(contents, name)) is not None
    }
    return replace(contents, words=list(first), dropped=dropped, **taken)


def some(words: list[str], shown: int = 3) -> str:
    """Return the first few of a list of words, for a message."""
    return ", ".join(map(repr, words[:shown])) + (", …" if len(words) > shown else "")
