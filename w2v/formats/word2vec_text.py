"""word2vec's text format: a first line `words dimensions`, then a line for each word.

fastText's .vec files are in it too. The counts stand beside the file (counts.py); how lines are read and written is
in text_rows.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from w2v.formats.contents import Contents
from w2v.formats.format import Claim, FileFormat, has_white_space
from w2v.formats.header import header_of, read_header
from w2v.formats.rows import RowChoice, Rows
from w2v.formats.source import HEAD, Source, Start
from w2v.formats.text_rows import TextRows, bytes_of_rows, trailing_numbers, write_rows
from w2v.progress import Progress
from w2v.vectors import Vectors

__all__ = ["Word2vecText"]

LOOKED_AT = 20  # after that many rows that fit, there is no doubt left
IN_NUMBERS = frozenset(b"0123456789+-.eEnaifNIFT \t\r")


class Word2vecText(FileFormat):
    counts = "beside"
    gzip_share = 0.6
    refusal = "they hold white space"
    gensim = {"binary": False}  # noqa: RUF012

    def claims(self, start: Start) -> Claim:
        header = header_of(start.first_line)
        if header is None:
            return Claim.NO
        words, dim = header
        if _rows_fit(start.rest, words, dim, start.whole):
            return Claim.FITS
        by_name = start.name.endswith(self.entry.suffixes) and b"\0" not in start.rest[:4096]
        return Claim.LIKELY if by_name or _begins_with_numbers(start.rest, dim) else Claim.NO

    def read(self, source: Source, choice: RowChoice, progress: Progress) -> Contents:
        total, dim = read_header(source, value=2, row=2)
        rows = Rows(source, choice, dim)
        wanted = rows.left(total) or 0
        TextRows(source, rows, line=2).read(wanted if wanted < total else total + 1, progress)
        if wanted == total and rows.seen != total and (rows.fault is None or choice.bad_rows != "error"):
            found = f"only {rows.seen:,}" if rows.seen < total else "more"
            raise source.fault(
                f"the first line says {total:,} words, but {found} rows follow",
                "the file was cut short, or its first line is wrong: correct it, or fetch or write the file again",
            )
        return Contents.of(rows)

    def write(self, vectors: Vectors, target: BinaryIO) -> None:
        target.write(f"{len(vectors)} {vectors.dim}\n".encode())
        write_rows(vectors, target)

    def bytes_for(self, words: Sequence[str], dim: int) -> int:
        return 40 + bytes_of_rows(words, dim)

    def refuses(self, word: str) -> bool:
        return has_white_space(word)


def _rows_fit(rows: bytes, words: int, dim: int, whole: bool) -> bool:
    """Whether the first rows are lines of a word and `dim` numbers, and, if all of them are seen, `words` lines."""
    *lines, rest = rows.split(b"\n", LOOKED_AT)
    if whole and len(lines) < LOOKED_AT:
        lines.append(rest)
        while lines and not lines[-1].strip():
            lines.pop()
        if len(lines) != words:
            return False
    return bool(lines) and all(not line[:1].isspace() and trailing_numbers(line) == dim for line in lines[:words])


def _begins_with_numbers(rows: bytes, dim: int) -> bool:
    """Whether nothing but numbers follows the first word, for as long as its first values may be."""
    _, _, values = rows[: HEAD // 2].replace(b"\t", b" ").partition(b" ")
    values = values[: 4 * min(max(dim, 1), HEAD)].partition(b"\n")[0]
    return bool(values) and IN_NUMBERS.issuperset(values)
