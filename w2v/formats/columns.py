"""What a reader has that takes all words, all rows and all counts of a file at once, each as one column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from w2v.arrays import I64, Array
from w2v.errors import FormatError
from w2v.formats.contents import Contents
from w2v.formats.npy import as_float32
from w2v.formats.rows import RowChoice, Rows
from w2v.formats.source import Origin

__all__ = ["contents_of"]


def contents_of(
    source: Origin, choice: RowChoice, words: Sequence[str], rows: Array, counts: I64 | None = None
) -> Contents:
    """Return the words [V], the rows [V, D] of any floating-point type, and the counts [V] as contents.

    Empty words, and words with half of a pair of letters, which UTF-8 cannot hold, are refused, left out or mended as
    the caller wants; the counts of such a file are left out.
    """
    wanted = min(len(words), choice.limit or len(words))
    words, rows = words[:wanted], rows[:wanted]
    counts = None if counts is None else counts[:wanted]
    if not all(words) or not _is_utf8("".join(words)):
        return _one_by_one(source, choice, words, rows)
    if choice.takes_all:
        return Contents(words, as_float32(rows), counts)
    kept = np.array([row for row, word in enumerate(words) if choice.takes(word)], dtype=np.intp)
    some = None if counts is None else counts[kept]
    return Contents([words[row] for row in kept.tolist()], as_float32(rows[kept]), some)


def _one_by_one(source: Origin, choice: RowChoice, words: Sequence[str], rows: Array) -> Contents:
    kept = Rows(source, choice, rows.shape[1])
    for number, (word, row) in enumerate(zip(words, rows, strict=True), 1):
        values = as_float32(row[np.newaxis]).tobytes()
        if word and _is_utf8(word):
            kept.add(word, values)
        else:
            kept.refuse(_fault(source, number, word), word.encode(errors="replace"), values)
    return Contents.of(kept)


def _fault(source: Origin, number: int, word: str) -> FormatError:
    if not word:
        return source.fault(f"the word of row {number:,} is empty", "another program wrote it: write the file again")
    return source.fault(
        f"the word of row {number:,} is not UTF-8: {word!r:.60}", "decode the text with errors='replace'"
    )


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
