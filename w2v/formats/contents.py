"""What every reader hands over, and what is done with it whatever the format.

Rows that are not wanted are left out. Rows with NaN or infinity cannot be used (rows.py). Where a word occurs more than
once its first row is kept, as gensim does with the published files that have such words, and a warning counts the
others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from w2v.arrays import F32, F64, I64, Places
from w2v.files.guard import Guard
from w2v.files.rows import FileRows, kept_rows, picked_rows
from w2v.files.tensors import are_distinct
from w2v.formats.rows import RowChoice, Rows, remedy
from w2v.formats.source import Origin
from w2v.given import rows_not_finite
from w2v.progress import Progress
from w2v.record import RunRecord
from w2v.subwords import Subwords

__all__ = ["Contents", "only", "settle", "some"]


@dataclass(frozen=True)
class Contents:
    """The words [V] and the matrix [V, D] of a file, and what else it holds.

    matrix: an array, or rows that stay in the file. contexts: the vectors of the words as contexts [V, D].
    norms: the lengths of the rows [V]. has_own_norms: the norms were computed when the values were read, and not
    claimed by the file; so a row holds NaN or infinity if its norm does.
    guard: keeps the bytes of the file where arrays are views of a map of it; to be closed after their last use.
    subwords: the rows of n-grams, of which unknown words are composed.
    tokenizer: the rules by which the text was cut into words, as plain JSON.
    verified: the file carried hashes of itself, and all of them were right; None where the format has none, or not all
    of the file was compared. content_sha256: a hash that is equal for equal content, where the file carries one.
    is_unread: the matrix is mapped and has not been read, and neither its values nor repeated words are looked for.
    dropped: the number of rows left out because their word had occurred before.
    skipped, replaced: the numbers of rows that could not be used, and were left out or mended; fault: what is wrong
    with the first of them.
    """

    words: Sequence[str]
    matrix: F32 | FileRows
    counts: I64 | None = None
    record: RunRecord | None = None
    contexts: F32 | FileRows | None = None
    norms: F64 | None = None
    has_own_norms: bool = False
    guard: Guard | None = None
    tokenizer: Mapping[str, Any] | None = None
    subwords: Subwords | None = None
    verified: bool | None = None
    content_sha256: str | None = None
    is_unread: bool = False
    dropped: int = 0
    skipped: int = 0
    replaced: int = 0
    fault: str = ""

    @classmethod
    def of(cls, rows: Rows) -> Contents:
        """Return what was collected. Raises `FormatError` for rows that cannot be used and were to be refused."""
        rows.finish()
        return cls(rows.words, rows.matrix(), skipped=rows.skipped, replaced=rows.replaced, fault=rows.first_fault)


def settle(contents: Contents, source: Origin, choice: RowChoice, progress: Progress) -> Contents:
    """Take the rows that are wanted, deal with those that cannot be used, and keep the first row of each word.

    `progress` hears how many rows are left out or mended. Raises `FormatError` where no row is left, and for NaN and
    infinity unless these rows are to be left out or mended.
    """
    contents = _wanted(contents, source, choice)
    if not contents.is_unread or choice.bad_rows != "error":
        contents = _finite(contents, source, choice)
    for number, done in ((contents.skipped, "left out"), (contents.replaced, "mended")):
        if number:
            rows = "1 row that cannot be used is" if number == 1 else f"{number:,} rows that cannot be used are"
            progress.message(f"{source.path}: {rows} {done} (the first: {contents.fault})", "warning")
    contents = _first_of_each(contents, source, progress)
    if not choice.takes_all:
        _tell_missing(contents, source, choice, progress)
    return contents


def _wanted(contents: Contents, source: Origin, choice: RowChoice) -> Contents:
    if choice.takes_all:
        return contents
    kept = [row for row, word in enumerate(contents.words) if choice.takes(word)]
    if not kept:
        raise source.fault("none of its rows has a word that is wanted", "check the list of words or the pattern")
    return contents if len(kept) == len(contents.words) else only(contents, np.array(kept))


def _tell_missing(contents: Contents, source: Origin, choice: RowChoice, progress: Progress) -> None:
    missing = len(choice.only_words.difference(contents.words)) if choice.only_words is not None else 0
    absent = f"; {missing:,} of the {len(choice.only_words or ()):,} words asked for have none" if missing else ""
    rows = "1 row has" if len(contents.words) == 1 else f"{len(contents.words):,} rows have"
    progress.message(f"{source.path}: {rows} a word that is wanted{absent}")


def _finite(contents: Contents, source: Origin, choice: RowChoice) -> Contents:
    """Deal with the rows that hold NaN or infinity."""
    if contents.has_own_norms and contents.norms is not None:
        bad = np.flatnonzero(~np.isfinite(contents.norms))
    else:
        bad = rows_not_finite(contents.matrix)
    if contents.contexts is not None:
        bad = np.union1d(bad, rows_not_finite(contents.contexts))
    if not bad.size:
        return contents
    words = contents.words
    what = f"row {bad[0] + 1:,} ({words[bad[0]]!r}) holds NaN or infinity"
    if choice.bad_rows == "error":
        fault = source.fault(what, "the training that made the file diverged: train again")
        raise remedy(fault, bad.size, len(words), bad.size, always=True)
    if choice.bad_rows == "skip" and bad.size == len(words):
        raise source.fault("every row holds NaN or infinity", "the training that made the file diverged: train again")
    if choice.bad_rows == "skip":
        kept = np.setdiff1d(np.arange(len(words)), bad)
        skipped = contents.skipped + bad.size
        return replace(only(contents, kept), skipped=skipped, fault=contents.fault or what)
    return replace(
        contents,
        matrix=_mended(contents.matrix),
        contexts=None if contents.contexts is None else _mended(contents.contexts),
        norms=None,
        is_unread=False,
        replaced=contents.replaced + bad.size,
        fault=contents.fault or what,
    )


def _mended(matrix: F32 | FileRows) -> F32 | FileRows:
    return matrix.mended() if isinstance(matrix, FileRows) else _zeroed(matrix)


def _zeroed(array: F32) -> F32:
    zeroed: F32 = np.nan_to_num(array, nan=0.0, posinf=0.0, neginf=0.0)
    return zeroed


def _first_of_each(contents: Contents, source: Origin, progress: Progress) -> Contents:
    words = contents.words
    if contents.is_unread or are_distinct(words):
        return contents
    first: dict[str, int] = {}
    for row, word in enumerate(words):
        first.setdefault(word, row)
    repeated = list(dict.fromkeys(word for row, word in enumerate(words) if first[word] != row))
    dropped = len(words) - len(first)
    progress.message(
        f"{source.path}: {dropped:,} rows repeat a word ({some(repeated)}); the first row of each word is kept",
        "warning",
    )
    return replace(only(contents, np.fromiter(first.values(), dtype=np.intp, count=len(first))), dropped=dropped)


def only(contents: Contents, kept: Places) -> Contents:
    """Some of the rows. They are no longer all that a hash of the file covers."""
    taken: dict[str, Any] = {
        name: kept_rows(array, kept) for name in ("counts", "norms") if (array := getattr(contents, name)) is not None
    }
    if contents.contexts is not None:
        taken["contexts"] = picked_rows(contents.contexts, kept)
    taken["matrix"] = picked_rows(contents.matrix, kept)
    return replace(contents, words=[contents.words[row] for row in kept.tolist()], content_sha256=None, **taken)


def some(words: list[str], shown: int = 3) -> str:
    """Return the first few of a list of words, for a message."""
    return ", ".join(map(repr, words[:shown])) + (", …" if len(words) > shown else "")
