"""Vectors for the embedding projector of TensorFlow and TensorBoard: vectors.tsv, and metadata.tsv beside it.

vectors.tsv has the values of a row on each line, without a head. metadata.tsv has the words in the same order; with
counts it has two columns, and then a head, which the projector wants only there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from w2v.errors import OutputError
from w2v.files.rows import parts_of
from w2v.files.whole import replacing_folder
from w2v.formats.decimals import format_values
from w2v.given import path_given, rows_not_finite
from w2v.progress import ProgressChoice, reporting
from w2v.vectors import Vectors

__all__ = ["METADATA", "VECTORS", "export_projector"]

VECTORS, METADATA = "vectors.tsv", "metadata.tsv"
PART = 1 << 20  # bytes of rows that are written together
BREAKS = re.compile(r"[\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")  # a word may hold any of them, and a line none
BYTES_A_VALUE = 13
EMPTY = "·"  # the projector takes an empty line for the end


def export_projector(vectors: Vectors, path: str | os.PathLike[str], *, progress: ProgressChoice = None) -> Path:
    """Write a folder with both files, whole or not at all, and return its path. Tabs and ends of lines in words become
    blanks.

    Raise `OutputError` for what cannot be written.
    """
    target = path_given(path)
    bad = rows_not_finite(vectors.stored)
    if bad.size:
        raise OutputError(
            f"cannot write {target}: {bad.size:,} rows hold NaN or infinity", hint="check the file with 'w2v verify'"
        )
    size = len(vectors) * (vectors.dim * BYTES_A_VALUE + 20)
    with reporting(progress) as heard, replacing_folder(target, size) as folder:
        heard.phase(f"writing {target.name}")
        with (folder / VECTORS).open("wb") as values:
            values.writelines(_lines(vectors))
        with (folder / METADATA).open("w", encoding="utf-8", newline="\n", errors="replace") as file:
            file.writelines(_words(vectors))
    return target


def _lines(vectors: Vectors) -> Iterator[bytes]:
    for rows in parts_of(vectors.stored, PART):
        text, lengths = format_values(np.ascontiguousarray(rows).ravel())
        ends = lengths.reshape(rows.shape).sum(axis=1).cumsum().tolist()
        for begin, end in zip([0, *ends[:-1]], ends, strict=True):
            yield text[begin:end].strip().replace(b" ", b"\t") + b"\n"


def _words(vectors: Vectors) -> Iterator[str]:
    words = (BREAKS.sub(" ", word) or EMPTY for word in vectors.stored_words)
    if vectors.counts is None:
        yield from (f"{word}\n" for word in words)
        return
    yield "word\tcount\n"
    yield from (f"{word}\t{count}\n" for word, count in zip(words, vectors.counts.tolist(), strict=True))
