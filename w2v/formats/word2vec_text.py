"""word2vec's text format: a first line `words dimensions`, then rows of text. fastText's .vec files are the same.

Not here: rows (text_rows.py) and the counts beside the file (counts.py).
"""

from __future__ import annotations

from typing import BinaryIO

from w2v.formats.contents import Contents
from w2v.formats.format import Format, has_white_space
from w2v.formats.header import read_header
from w2v.formats.source import Source
from w2v.formats.text_rows import TextRows, write_rows
from w2v.progress import Progress
from w2v.vectors import Vectors

__all__ = ["WORD2VEC_TEXT"]


def read(source: Source, limit: int | None, progress: Progress) -> Contents:
    """The rows of a text file, the first `limit` of them; there must be as many as its first line says."""
    total, dim = read_header(source, value=2, row=2)
    wanted = total if limit is None else min(total, limit)
    rows = TextRows(source, dim, line=2)
    rows.read(wanted if wanted < total else total + 1, progress)
    there = len(rows.words)
    if wanted == total and there != total:
        raise source.fault(
            f"the first line says {total:,} words, but {f'only {there:,}' if there < total else 'more'} rows follow",
            "the file was cut short, or its first line is wrong: correct it, or fetch or write the file again",
        )
    return Contents(rows.words[:wanted], rows.matrix(wanted))


def write(vectors: Vectors, file: BinaryIO) -> None:
    """The first line, then one line a word."""
    file.write(f"{len(vectors)} {vectors.dim}\n".encode())
    write_rows(vectors, file)


WORD2VEC_TEXT = Format(
    name="word2vec-text",
    title="word2vec text",
    suffixes=(".txt", ".vec"),
    compressible=True,
    counts_beside=True,
    read=read,
    write=write,
    refuses=has_white_space,
    refusal="they hold white space",
)
