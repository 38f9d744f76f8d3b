"""Check what Python code gives as words, vectors, counts and numbers, so that mistakes show at once and with a cure.

What files hold is checked by `w2v.formats`, what settings of training hold by `w2v.settings`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from numbers import Integral
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from w2v.arrays import F32, I64, Places
from w2v.errors import SettingsError, VocabularyError

__all__ = [
    "check_number",
    "counts_given",
    "first_repeated",
    "matrix_given",
    "number_given",
    "path_given",
    "rows_not_finite",
    "vectors_given",
    "words_given",
]

BLOCK = 1 << 18  # values looked at together: what fits in the processor's caches


def words_given(words: Any) -> list[str]:
    """Return words as a list. Raise `SettingsError` for what is no list of words, `VocabularyError` for a repeat."""
    if isinstance(words, (str, bytes, Mapping)) or not isinstance(words, Iterable):
        raise SettingsError(
            f"words are a list of strings, and not {type(words).__name__}", hint="for example ['king', 'queen']"
        )
    listed = list(words)
    for row, word in enumerate(listed):
        if not isinstance(word, str):
            raise SettingsError(
                f"word {row + 1} is {word!r:.60}, of the type {type(word).__name__}",
                hint="words are strings: [str(word) for word in words], or word.decode() of bytes",
            )
    if not listed:
        raise VocabularyError("there are no words", hint="vectors need at least one word")
    if "" in listed:
        raise VocabularyError(f"row {listed.index('') + 1} has an empty word", hint="give every row a word")
    repeated = first_repeated(listed)
    if repeated is not None:
        raise VocabularyError(f"the word {repeated!r} stands for more than one row", hint="make the words unique")
    return [str(word) for word in listed]


def check_number(words: list[str], rows: int) -> None:
    """Raise `VocabularyError` unless there is one row for each word."""
    if len(words) != rows:
        raise VocabularyError(f"{len(words):,} words and {rows:,} rows do not match", hint="give a row for each word")


def first_repeated(words: list[str]) -> str | None:
    """Return the first word that has occurred before; None if all are different."""
    if len(set(words)) == len(words):
        return None
    seen: set[str] = set()
    return next(word for word in words if word in seen or seen.add(word))  # type: ignore[func-returns-value]


def matrix_given(matrix: Any, words: list[str], what: str = "matrix") -> F32:
    """Return a matrix [V, D] as float32. Raise `SettingsError` for other shapes and types, and for NaN and infinity."""
    try:
        array = np.asarray(matrix)
    except ValueError as error:
        raise SettingsError(
            f"the rows of the {what} have different lengths", hint="give every word D values"
        ) from error
    if array.ndim != 2 or array.shape[1] < 1:
        raise SettingsError(
            f"the {what} must have two dimensions [words, values], not the shape {array.shape}",
            hint="give a row of D numbers for each word",
        )
    if array.dtype.kind not in "fiu":
        raise SettingsError(
            f"the {what} must hold real numbers, not {array.dtype}", hint="for example matrix.astype('float32')"
        )
    check_number(words, len(array))
    with np.errstate(over="ignore"):
        floats: F32 = np.ascontiguousarray(array, dtype=np.float32)
    bad = rows_not_finite(floats)
    if bad.size:
        row = int(bad[0])
        value = array[row][~np.isfinite(floats[row])][0]
        large = ", too large for float32" if np.isfinite(value) else ""
        several = f"; {bad.size:,} of {len(words):,} rows hold such values" if bad.size > 1 else ""
        raise SettingsError(
            f"row {row + 1:,} of the {what} ({words[row]!r}) holds {value}{large}{several}",
            hint="leave such rows out, or put numbers there: numpy.nan_to_num(matrix)",
        )
    return floats


def counts_given(counts: Any, words: list[str]) -> I64:
    """Return counts [V] as int64. Raise `SettingsError` for what are no counts of these words."""
    array = np.asarray(counts)
    if array.shape != (len(words),):
        raise SettingsError(
            f"counts have the shape {array.shape}, not ({len(words)},)", hint="give a count for each word"
        )
    whole = array.dtype.kind in "iu" or (array.dtype.kind == "f" and bool((array == np.floor(array)).all()))
    if not whole or (array < 0).any() or (array >= 2.0**63).any():
        raise SettingsError("counts are not all whole numbers from 0 on", hint="say how often each word occurs")
    return array.astype(np.int64)


def number_given(name: str, value: Any, least: int, hint: str) -> int:
    """Return a whole number of at least `least`. Raise `SettingsError` for anything else."""
    if isinstance(value, bool) or not isinstance(value, Integral) or int(value) < least:
        raise SettingsError(f"{name} is {value!r:.60}", hint=hint)
    return int(value)


def vectors_given(vectors: Any) -> None:
    """Raise `SettingsError` for what are no word vectors, such as the name of their file."""
    if not hasattr(vectors, "stored"):
        named = isinstance(vectors, (str, os.PathLike))
        given = f"the name {os.fspath(vectors)!r:.100}" if named else f"of the type {type(vectors).__name__}"
        raise SettingsError(
            f"vectors are {given}",
            hint=f"load them: w2v.load({(os.fspath(vectors) if named else 'vectors.safetensors')!r:.100})",
        )


def path_given(path: Any, what: str = "a file") -> Path:
    """Return a path. Raise `SettingsError` for what is none."""
    if not isinstance(path, (str, os.PathLike)) or isinstance(os.fspath(path), bytes):
        raise SettingsError(
            f"the name of {what} is wanted, and not {type(path).__name__}", hint="for example 'vectors.bin'"
        )
    return Path(path)


class SomeRows(Protocol):
    """A matrix [V, D] of which rows can be taken: an array, or rows in a file."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    def __getitem__(self, chosen: slice, /) -> F32: ...


def rows_not_finite(matrix: SomeRows) -> Places:
    """Return the numbers of the rows of [V, D] that hold NaN or infinity."""
    if getattr(matrix, "is_finite", False):
        return np.empty(0, dtype=np.intp)
    step = max(1, BLOCK // matrix.shape[1])
    bad = [np.empty(0, dtype=np.intp)]
    with np.errstate(all="ignore"):
        for start in range(0, matrix.shape[0], step):
            rows = matrix[start : start + step]
            if not np.isfinite(rows.sum()):  # also where finite values are too large for their sum
                bad.append(start + np.flatnonzero(~np.isfinite(rows).all(axis=1)))
    return np.concatenate(bad)
