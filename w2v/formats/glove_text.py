"""GloVe's text format: a line for each word and nothing else. Words may hold spaces, as some of the published files do.

Without a first line the number of dimensions comes from the rows: of those at the start of the file, what most of them
have, so that one damaged row is an error and not a different reading of the rest. The counts stand beside the file
(counts.py); how lines are read and written is in text_rows.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import BinaryIO

from w2v.formats.contents import Contents
from w2v.formats.format import Claim, FileFormat
from w2v.formats.header import is_header
from w2v.formats.rows import RowChoice, Rows
from w2v.formats.source import Source, Start, text_of
from w2v.formats.text_rows import NUMBER, TextRows, bytes_of_rows, trailing_numbers, write_rows
from w2v.progress import Progress
from w2v.vectors import Vectors

__all__ = ["GloveText"]

LONGEST_FIRST_LINE = 1 << 20
LOOKED_AT = 50
ROWS = "each line must be a word and its values"


class GloveText(FileFormat):
    counts = "beside"
    gzip_share = 0.6
    refusal = "they hold white space other than a space inside, or a number behind a space"
    unchecked = ("the number of rows: the format does not say it",)

    def claims(self, start: Start) -> Claim:
        text = not is_header(start.first_line) and trailing_numbers(start.first_line) > 0
        return Claim.LIKELY if text else Claim.NO

    def read(self, source: Source, choice: RowChoice, progress: Progress) -> Contents:
        with Source(source.path) as start:
            dim = _dimensions(start)
        rows = Rows(source, choice, dim)
        TextRows(source, rows, line=1).read(choice.limit, progress)
        return Contents.of(rows)

    def write(self, vectors: Vectors, target: BinaryIO) -> None:
        write_rows(vectors, target)

    def bytes_for(self, words: Sequence[str], dim: int) -> int:
        return bytes_of_rows(words, dim)

    def refuses(self, word: str) -> bool:
        """A plain space inside a word is read back rightly, unless a number follows it; other white space never is."""
        pieces = word.split(" ")
        return any(piece.split() != [piece] for piece in pieces) or (
            len(pieces) > 1 and NUMBER.match(pieces[-1].encode()) is not None
        )


def _dimensions(source: Source) -> int:
    """Values a row, from the first lines. Reads from `source`; raises `FormatError` where they end in no numbers."""
    first = line = source.read_line(LONGEST_FIRST_LINE)
    if len(first) == LONGEST_FIRST_LINE:
        raise source.fault(f"the first line is longer than {LONGEST_FIRST_LINE:,} bytes", ROWS)
    votes: Counter[int] = Counter()
    while line.endswith(b"\n") and votes.total() < LOOKED_AT and source.taken < LONGEST_FIRST_LINE:
        votes[trailing_numbers(line)] += 1
        line = source.read_line(LONGEST_FIRST_LINE)
    dim = votes.most_common(1)[0][0] if votes else trailing_numbers(first)
    if not dim:
        raise source.fault(f"the rows do not end in numbers; the file begins {text_of(first.rstrip())}", ROWS)
    return dim
