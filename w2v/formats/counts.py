"""`OUT.vocab.txt`: how often each word occurred, `word count` a line, beside text and binary files (gensim's fvocab).

Counts are an extra: where the file is missing there are none, and where it does not fit the vectors a warning says so
and there are none either.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from w2v.arrays import I64
from w2v.formats.format import letters
from w2v.progress import Progress

__all__ = ["ENDING", "are_counts", "bytes_of_counts", "counts_path", "read_counts", "write_counts"]

ENDING = ".vocab.txt"
LONGEST_LINE = 1 << 17


def counts_path(path: Path) -> Path:
    """Return the path of the counts of a vector file."""
    return path.with_name(path.name + ENDING)


def are_counts(path: Path) -> bool:
    """Return whether a file begins as counts do: each of its first lines is a word and its count."""
    try:
        with path.open("rb") as file:
            lines = file.read(LONGEST_LINE).splitlines(keepends=True)
    except OSError:
        return False
    return bool(lines) and all(_is_count(line) for line in lines[: -1 if len(lines) > 1 else None])


def _is_count(line: bytes) -> bool:
    word, _, count = line.rstrip(b"\r\n").rpartition(b" ")
    return bool(word) and count.isdigit() and len(count) <= 18


def read_counts(path: Path, words: Sequence[str], progress: Progress) -> I64 | None:
    """Return the counts [V] of `words`, in their order; None where the file lacks some. It may have more words."""
    beside = counts_path(path)
    if not beside.is_file():
        return None
    try:
        return _counts_of(words, beside)
    except (OSError, ValueError) as error:
        progress.message(f"counts left out: {beside} does not fit the vectors ({error})", "warning")
        return None


def _counts_of(words: Sequence[str], path: Path) -> I64:
    """Raises ValueError where a line is not `word count` or a word has none."""
    index = {word: row for row, word in enumerate(words)}
    counts = np.full(len(words), -1, dtype=np.int64)
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), start=1):
            word, _, count = line.rstrip(b"\r\n").rpartition(b" ")
            if not _is_count(line) or len(line) == LONGEST_LINE:
                raise ValueError(f"line {number:,} is not a word and its count")
            row = index.get(word.decode())
            if row is not None:
                if counts[row] >= 0:
                    raise ValueError(f"line {number:,} counts a word again")
                counts[row] = int(count)
    missing = int(np.count_nonzero(counts < 0))
    if missing:
        raise ValueError(f"{missing:,} of the {len(words):,} words are not in it")
    return counts


def write_counts(words: list[str], counts: I64, file: BinaryIO) -> None:
    """Write a line for each word."""
    lines = [f"{word} {count}\n" for word, count in zip(words, counts.tolist(), strict=True)]
    file.write("".join(lines).encode())


def bytes_of_counts(words: Sequence[str]) -> int:
    """Estimate the size of the file."""
    return letters(words) + 9 * len(words)
