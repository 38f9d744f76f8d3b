"""floret's table `.floret`: rows of n-grams and no words. It is read, and not written.

The first line is `rows dimensions shortest longest hashes seed begin end`: the number of rows, and which n-grams have
which of them (w2v/bloom.py). Each further line is the number of a row, from 0, and its values. The vector of any word
is the mean of the rows of its n-grams, the whole word being one of them.

A table has no list of words. So the words of `--only-words FILE` are its vocabulary, in the order of that file, and all
others are composed when they are asked for; without such a list the vocabulary is empty.
"""

from __future__ import annotations

import re
from itertools import chain, islice

import numpy as np

from w2v.arrays import F32
from w2v.bloom import BloomNgrams, bloom_told
from w2v.formats.contents import Contents
from w2v.formats.format import Claim, ReadOnlyFile
from w2v.formats.rows import RowChoice, Rows
from w2v.formats.source import Source, Start, text_of
from w2v.formats.text_rows import TextRows, trailing_numbers
from w2v.given import rows_not_finite
from w2v.progress import Progress
from w2v.subwords import Subwords

__all__ = ["Floret"]

HEADER = re.compile(
    rb"(-?\d{1,18}) (-?\d{1,18}) (-?\d{1,18}) (-?\d{1,18}) (-?\d{1,18}) (-?\d{1,18}) (\S+) (\S+)[ \r]*\Z"
)
LONGEST_HEADER = 1_000
MOST_DIM = 100_000
REPORT = 1_000  # words between two reports of progress


class Floret(ReadOnlyFile):
    counts = "nowhere"
    holds_subwords = True
    gzip_share = 0.6

    def claims(self, start: Start) -> Claim:
        if not HEADER.match(start.first_line[:LONGEST_HEADER]):
            return Claim.PERHAPS if start.name.endswith(self.entry.suffixes) else Claim.NO
        first, _, _ = start.rest.partition(b"\n")
        return Claim.CERTAIN if first.startswith(b"0 ") and trailing_numbers(first) else Claim.LIKELY

    def read(self, source: Source, choice: RowChoice, progress: Progress) -> Contents:
        ngrams, dim = _header(source)
        table = _table(source, ngrams.buckets, dim, progress)
        subwords = Subwords(ngrams, np.arange(ngrams.buckets), table)
        wanted = (word for word in choice.in_order if word and choice.takes(word))
        words = list(dict.fromkeys(islice(wanted, choice.limit)))
        if choice.in_order and not words:
            raise source.fault("none of the words that were asked for is wanted", "check the list and the pattern")
        if not words:
            progress.message(
                f"{source.path}: a table of n-grams without words: any word is composed when it is asked for, and "
                "--only-words FILE gives it a vocabulary",
                "detail",
            )
        return Contents(words=words, matrix=_composed(words, ngrams, table, progress), subwords=subwords)


def _header(source: Source) -> tuple[BloomNgrams, int]:
    """Read the first line: which n-grams there are, and the dimensions. Raises FormatError."""
    line = source.read_line(LONGEST_HEADER).rstrip(b"\n")
    match = HEADER.match(line)
    if match is None:
        raise source.fault(
            f"the first line is {text_of(line)}, not floret's rows, dimensions, lengths of n-grams, hashes, seed, marks"
        )
    rows, dim, shortest, longest, hashes, seed = (int(number) for number in match.groups()[:6])
    if not (1 <= rows < 1 << 31 and 1 <= dim <= MOST_DIM):
        raise source.fault(f"the first line says {rows:,} rows of {dim:,} dimensions, which cannot be")
    needed, there = rows * (2 + 2 * dim), source.longest - len(line)
    if needed > there + 2:  # the last line may lack its end
        raise source.fault(
            f"the first line says {rows:,} rows of {dim:,} dimensions, which take at least {needed:,} bytes, but what "
            f"follows holds {max(there, 0):,} at most",
            "the file was cut short or its first line is wrong: fetch or write it again",
        )
    try:
        marks = {"begin": match[7].decode(), "end": match[8].decode()}
        told = {"shortest": shortest, "longest": longest, "buckets": rows, "hashes": hashes, "seed": seed, **marks}
        found = bloom_told(told)
    except UnicodeDecodeError as error:
        raise source.fault("the marks of its words are not UTF-8", "train on UTF-8 text") from error
    except ValueError as error:
        raise source.fault(str(error)) from error
    return found, dim


def _table(source: Source, number: int, dim: int, progress: Progress) -> F32:
    """Read the rows, float32 [number, dim]. Raises FormatError: none of them can be left out, whatever is wrong."""
    rows = Rows(source, RowChoice(), dim)
    TextRows(source, rows, line=2).read(number + 1, progress)
    if rows.fault is not None:
        raise rows.fault
    if rows.seen != number:
        found = f"only {rows.seen:,}" if rows.seen < number else "more"
        raise source.fault(
            f"the first line says {number:,} rows, but {found} follow",
            "the file was cut short, or its first line is wrong: fetch or write it again",
        )
    wrong = next((row for row, word in enumerate(rows.words) if word != str(row)), None)
    if wrong is not None:
        raise source.fault(f"line {wrong + 2:,} should be row {wrong:,}, and begins {rows.words[wrong]!r:.50}")
    matrix = rows.matrix()
    bad = rows_not_finite(matrix)
    if bad.size:
        raise source.fault(
            f"row {bad[0]:,} of n-grams holds NaN or infinity; {bad.size:,} of {number:,} rows cannot be used",
            "the training that made the file diverged: train again",
        )
    return matrix


def _composed(words: list[str], ngrams: BloomNgrams, table: F32, progress: Progress) -> F32:
    """Return the vectors of words, float32 [n, dim], zeros for a word without n-grams; each n-gram is hashed once.

    table: float32 [N, dim], the rows of n-grams.
    """
    matrix = np.zeros((len(words), table.shape[1]), dtype=np.float32)
    known: dict[str, list[int]] = {}
    for number, word in enumerate(words):
        pieces = ngrams.of(word)
        known.update((piece, ngrams.rows_of(piece)) for piece in pieces if piece not in known)
        rows = list(chain.from_iterable(known[piece] for piece in pieces))
        if rows:
            matrix[number] = table[rows].mean(axis=0, dtype=np.float64)
        if not number % REPORT:
            progress.update(number)
    return matrix
