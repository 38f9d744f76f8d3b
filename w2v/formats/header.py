"""The first line of word2vec files, `words dimensions`, and whether the file can be as long as it claims.

The check comes before any allocation: a header of a hundred bytes may claim 10^12 rows.
"""

from __future__ import annotations

import re

from w2v.formats.source import Source, text_of

__all__ = ["header_of", "is_header", "read_header"]

LONGEST_HEADER = 256
HEADER = re.compile(rb"(?:\xef\xbb\xbf)?[ \t]*([+-]?\d+)[ \t]+([+-]?\d+)[ \t\r]*\n?\Z")


def is_header(line: bytes) -> bool:
    """Say whether a line is exactly two integers."""
    return HEADER.match(line) is not None


def header_of(line: bytes) -> tuple[int, int] | None:
    """Return words and dimensions from the first line of a file; None where it is no header.

    The numbers may be impossible, and only their first 18 digits count: `read_header` checks them.
    """
    match = HEADER.match(line)
    return None if match is None else (int(match[1][:18]), int(match[2][:18]))


def read_header(source: Source, *, value: int, row: int) -> tuple[int, int]:
    """Read the first line of `source` and return the number of words and of dimensions.

    A row takes at least `row` bytes, and at least `value` more for each dimension. Raises `FormatError` where the file
    is too short for so many rows, for numbers below one, and for a line that is no header.
    """
    line = source.read_line(LONGEST_HEADER)
    match = HEADER.match(line)
    if match is None:
        raise source.fault(
            f"the first line is {text_of(line.rstrip())}, not the number of words and of dimensions",
            "without such a line a text file is GloVe's: read it as glove-text",
        )
    if max(map(len, match.groups())) > 18:
        raise source.fault(f"the first line {text_of(line.rstrip())} holds impossible numbers")
    words, dim = int(match[1]), int(match[2])
    if words < 1 or dim < 1:
        raise source.fault(f"the first line says {words:,} words of {dim:,} dimensions; both must be at least 1")
    needed = words * (row + value * dim)
    there = source.longest - len(line)
    if needed > there + 1:  # the last line of a text may lack its end
        held = f"can hold {there:,} at most" if source.compressed else f"holds {there:,}"
        raise source.fault(
            f"the first line says {words:,} words of {dim:,} dimensions, which take at least {needed:,} bytes, "
            f"but what follows {held}",
            "the file was cut short or its first line is wrong: fetch or write it again",
        )
    return words, dim
