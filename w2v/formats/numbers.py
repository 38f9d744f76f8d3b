"""How exactly the numbers of a file are stored: float32 as they are, float16, or int8 with one scale for a matrix.

float16 keeps eleven binary digits of each value and halves a file; int8 makes a quarter of it. For int8 a matrix has
one scale s, and a value is stored as the nearest of −127 s, …, 127 s. The largest value of the matrix gives s, which
has so few digits that q · s is exact in float32: what is read back and written again is the same, byte for byte.

Formats say in `Format.dtypes` which of these they hold. Whatever is stored, it is float32 when it is read.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from w2v.arrays import F32, Array
from w2v.errors import OutputError, SettingsError
from w2v.files.made import MadeRows
from w2v.files.rows import SMALL, FileRows, parts_of
from w2v.given import rows_not_finite
from w2v.record import RunRecord
from w2v.vectors import Vectors

__all__ = ["CODES", "DTYPES", "decoded", "encoded", "rounded", "scale_of"]

DTYPES = ("float32", "float16", "int8")
CODES = {"float32": "F32", "float16": "F16", "int8": "I8"}
"""What safetensors calls them."""

LARGEST = 127
DIGITS = 17  # of a scale, so that 7 digits of an integer times these fit into the 24 of a float32
PART = 1 << 22  # bytes that are looked at together
SMALLEST = 2.0**-100


def scale_of(matrix: F32 | FileRows) -> float:
    """Return the scale of a matrix [V, D] for int8: the largest absolute value / 127, rounded up to 17 digits."""
    most = max((float(np.abs(part).max(initial=0.0)) for part in parts_of(matrix, PART)), default=0.0)
    if most < SMALLEST:
        return 1.0
    fraction, exponent = math.frexp(most / LARGEST)
    return math.ldexp(math.ceil(math.ldexp(fraction, DIGITS)), exponent - DIGITS)


def encoded(rows: Array, dtype: str, scale: float) -> Array:
    """Return rows [n, D] as they are stored: float16, or int8 in units of the scale."""
    if dtype == "float16":
        with np.errstate(over="ignore"):
            half: Array = rows.astype("<f2")
        return half
    whole: Array = np.clip(np.rint(rows / np.float64(scale)), -LARGEST, LARGEST).astype(np.int8)
    return whole


def decoded(rows: Array, dtype: str, scale: float) -> F32:
    """Return stored rows [n, D] as float32."""
    values: F32 = rows.astype(np.float32)
    if dtype == "int8":
        values *= np.float32(scale)
    return values


def rounded(vectors: Vectors, dtype: str) -> Vectors:
    """Return vectors with the values that are left when they are stored in this type, and a record that says so.

    The vectors as contexts are left out. Raise `SettingsError` for a type that there is not, and `OutputError` for
    values that are too large for it.
    """
    if dtype not in DTYPES:
        raise SettingsError(f"there is no type of numbers {dtype!r}", hint=f"choose one of {', '.join(DTYPES)}")
    if dtype == "float32":
        return vectors
    matrix = _rounded(vectors.stored, dtype, vectors)
    subwords = vectors.subwords
    if subwords is not None:
        subwords = replace(subwords, rows=_rounded(subwords.rows, dtype, vectors))
    made = Vectors.unchecked(
        vectors.stored_words,
        matrix,
        vectors.counts,
        _told(vectors.record, dtype),
        name=vectors.name,
        tokenizer=vectors.tokenizer,
        subwords=subwords,
    )
    finite = np.isfinite(made.norms)
    if not finite.all() or (subwords is not None and rows_not_finite(subwords.rows).size):
        raise OutputError(
            f"some values of {vectors.name} are too large for {dtype}", hint="write int8, or leave out --dtype"
        )
    if isinstance(matrix, FileRows):
        matrix.is_finite = True
    return made


def _rounded(rows: F32 | FileRows, dtype: str, owner: Vectors) -> F32 | FileRows:
    scale = scale_of(rows) if dtype == "int8" else 1.0

    def make(part: Array) -> F32:
        return decoded(encoded(part, dtype, scale), dtype, scale)

    found = MadeRows(rows, make, rows.shape[1], owner=owner)
    return found if found.nbytes > SMALL else found[:]


def _told(record: RunRecord | None, dtype: str) -> RunRecord | None:
    if record is None:
        return None
    told = {"transform": "dtype", "dtype": dtype, "in_words": f"numbers rounded to {dtype}"}
    return replace(record, transforms=(*record.transforms, told))
