"""`OUT.vocab.txt`: how often each word occurred, `word count` a line, beside text and binary files (gensim's fvocab).

Counts are an extra: where the file is missing there are none, and where it does not fit the vectors a warning says so
and there are none either.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from w2v.arrays import I64, U8
from w2v.files.tensors import PackedWords
from w2v.formats.format import letters
from w2v.progress import Progress

__all__ = ["ENDING", "are_counts", "bytes_of_counts", "counts_path", "read_counts", "write_counts"]

ENDING = ".vocab.txt"
LONGEST_LINE = 1 << 17
PIECE = 1 << 22  # bytes that are looked at together
MOST_DIGITS = 18
LINES = 1 << 16  # that are written together


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
    return bool(word) and count.isdigit() and len(count) <= MOST_DIGITS


def read_counts(path: Path, words: Sequence[str], progress: Progress) -> I64 | None:
    """Return the counts [V] of `words`, in their order; None where the file lacks some. It may have more words."""
    beside = counts_path(path)
    if not beside.is_file():
        return None
    try:
        in_order = _counts_in_order(words, beside) if isinstance(words, PackedWords) else None
        return _counts_of(words, beside) if in_order is None else in_order
    except (OSError, ValueError) as error:
        progress.message(f"counts left out: {beside} does not fit the vectors ({error})", "warning")
        return None


def _counts_in_order(words: PackedWords, path: Path) -> I64 | None:
    """The counts [V] of very many words, if the file has a line for each of them, in their order; otherwise None."""
    counts = np.zeros(len(words), dtype=np.int64)
    row, rest = 0, b""
    with path.open("rb") as file:
        while data := file.read(PIECE):
            whole, end, after = (rest + data).rpartition(b"\n")
            lines, rest = whole + end, after
            number = lines.count(b"\n")
            if row + number > len(words) or len(rest) > LONGEST_LINE:
                return None
            found = _counts_in(np.frombuffer(lines, dtype=np.uint8), words, row)
            if found is None:
                return None
            counts[row : row + number] = found
            row += number
    return counts if row == len(words) and not rest else None


def _counts_in(text: U8, words: PackedWords, first: int) -> I64 | None:
    """The counts [n] in whole lines; None if they are not those of the words from a first one on, and nothing else."""
    ends = np.flatnonzero(text == ord("\n"))
    starts = np.concatenate([[0], ends[:-1] + 1])[: len(ends)]
    lengths = words.lengths[first : first + len(ends)]
    spaces = starts + lengths
    digits = ends - spaces - 1
    if ((digits < 1) | (digits > MOST_DIGITS)).any() or (text[spaces] != ord(" ")).any():
        return None
    is_word = np.zeros(len(text) + 1, dtype=np.int8)
    is_word[starts] = 1
    is_word[spaces] -= 1
    of_words = text[np.cumsum(is_word[:-1], dtype=np.int8).view(np.bool_)]
    begin, end = words.offsets[first], words.offsets[first + len(ends)]
    if not np.array_equal(of_words, words.text[begin:end]):
        return None
    counts = np.zeros(len(ends), dtype=np.int64)
    for place in range(1, int(digits.max(initial=0)) + 1):
        there = np.flatnonzero(digits >= place)
        values = text[spaces[there] + place] - np.uint8(ord("0"))
        if (values > 9).any():
            return None
        counts[there] = counts[there] * 10 + values
    return counts


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


def write_counts(words: Sequence[str], counts: I64, file: BinaryIO) -> None:
    """Write a line for each word."""
    for start in range(0, len(words), LINES):
        some = slice(start, start + LINES)
        lines = [f"{word} {count}\n" for word, count in zip(words[some], counts[some].tolist(), strict=True)]
        file.write("".join(lines).encode())


def bytes_of_counts(words: Sequence[str]) -> int:
    """Estimate the size of the file."""
    return letters(words) + 9 * len(words)
