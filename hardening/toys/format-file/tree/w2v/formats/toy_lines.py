"""A toy format of one file: a mark, the number of rows, and a line of JSON for each word."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import BinaryIO

import numpy as np

from w2v.formats.contents import Contents
from w2v.formats.format import Claim, FileFormat, letters
from w2v.formats.rows import RowChoice
from w2v.formats.source import Source, Start
from w2v.progress import Progress
from w2v.vectors import Vectors

__all__ = ["ToyLines"]

MARK = b"toy lines\n"
LONGEST = 1 << 20


def row_of(line: bytes) -> tuple[str, list[float]]:
    """A word and its values. Raises ValueError."""
    row = json.loads(line)
    if not isinstance(row, list) or len(row) != 2 or not isinstance(row[0], str) or not isinstance(row[1], list):
        raise ValueError
    return row[0], [float(value) for value in row[1]]


class ToyLines(FileFormat):
    """A mark, the number of rows, and a line of JSON for each word."""

    counts = "beside"
    gzip_share = 0.7

    def claims(self, start: Start) -> Claim:
        return Claim.CERTAIN if start.head.startswith(MARK) else Claim.NO

    def read(self, source: Source, choice: RowChoice, progress: Progress) -> Contents:
        source.read_line(LONGEST)
        try:
            total = int(source.read_line(40))
            if total < 1:
                raise ValueError
            rows = [row_of(source.read_line(LONGEST)) for _ in range(min(total, choice.limit or total))]
            if len(rows) == total and source.read(1):
                raise ValueError
            matrix = np.array([values for _, values in rows], dtype=np.float32)
            if matrix.ndim != 2 or not matrix.shape[1] or any(not word for word, _ in rows):
                raise ValueError
        except (ValueError, TypeError, RecursionError, OverflowError) as error:
            raise source.fault("a row is not a word and its values") from error
        return Contents([word for word, _ in rows], matrix)

    def write(self, vectors: Vectors, target: BinaryIO) -> None:
        target.write(MARK + b"%d\n" % len(vectors))
        for word, row in zip(vectors.words, vectors.matrix.tolist(), strict=True):
            target.write(json.dumps([word, row], ensure_ascii=False).encode() + b"\n")

    def bytes_for(self, words: Sequence[str], dim: int) -> int:
        return 40 + letters(words) + (16 + 24 * dim) * len(words)
