"""GloVe's text format: rows of text and nothing else. Words may hold spaces, as some of the published 840B file do.

Not here: rows (text_rows.py). Without a first line the number of dimensions comes from the rows: of those at the start
of the file, what most of them have, so that one damaged row is an error and not a different reading of the rest.
"""

from __future__ import annotations

from collections import Counter

from w2v.formats.contents import Contents
from w2v.formats.format import Format
from w2v.formats.source import Source, text_of
from w2v.formats.text_rows import NUMBER, TextRows, trailing_numbers, write_rows
from w2v.progress import Progress

__all__ = ["GLOVE_TEXT"]

LONGEST_FIRST_LINE = 1 << 20
LOOKED_AT = 50
ROWS = "each line must be a word and its values"


def dimensions(source: Source) -> int:
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


def read(source: Source, limit: int | None, progress: Progress) -> Contents:
    """The rows of a text file without a first line, the first `limit` of them."""
    with Source(source.path) as start:
        dim = dimensions(start)
    rows = TextRows(source, dim, line=1)
    rows.read(limit, progress)
    wanted = len(rows.words) if limit is None else limit
    return Contents(rows.words[:wanted], rows.matrix(wanted))


def refuses(word: str) -> bool:
    """A plain space inside a word is split off correctly unless a number follows it; other white space never is."""
    pieces = word.split(" ")
    return any(piece.split() != [piece] for piece in pieces) or (
        len(pieces) > 1 and NUMBER.match(pieces[-1].encode()) is not None
    )


GLOVE_TEXT = Format(
    name="glove-text",
    title="GloVe text",
    suffixes=(".glove.txt",),
    compressible=True,
    counts_beside=True,
    read=read,
    write=write_rows,
    refuses=refuses,
    refusal="they hold white space other than a space inside, or a number behind a space",
)
