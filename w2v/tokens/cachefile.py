"""The file of a token cache. Not here: what the numbers mean, and where the file lies.

A tensor file (w2v.files.tensors): other tools can read it, and it carries its own hash.

    counts   I64 [V]      occurrences of each word
    offsets  I64 [V + 1]  where each word begins in `words`
    tokens   I32 [N]      ids in the order of the corpus, -1 after each sentence
    words    U8           all words, UTF-8, one after the other

The bytes of a cache depend on the text and the settings alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from w2v.arrays import I32, I64
from w2v.errors import FormatError
from w2v.files import tensors

__all__ = ["FORMAT", "CacheFile", "damaged", "read", "write"]

FORMAT = "w2v.tokens/3"
_LAYOUT = {"counts": "<i8", "offsets": "<i8", "tokens": "<i4", "words": "u1"}
_PIECE = 1 << 22


@dataclass(frozen=True)
class CacheFile:
    """What a file holds: words [V], counts int64 [V], tokens int32 [N] (mapped, not read), metadata of the caller.

    size: its bytes.
    """

    words: list[str]
    counts: I64
    tokens: I32
    metadata: Mapping[str, str]
    size: int


def write(
    file: BinaryIO,
    words: list[str],
    counts: I64,
    parts: Iterable[I32],
    metadata: Mapping[str, str],
) -> None:
    """Write a cache; `parts` are the tokens in order, of any number, so that they need not be in memory."""
    spelt = [word.encode() for word in words]
    arrays: dict[str, Iterable[tensors.Array]] = {
        "counts": [counts],
        "offsets": [np.cumsum([0, *map(len, spelt)], dtype=np.int64)],
        "tokens": parts,
        "words": [np.frombuffer(b"".join(spelt), dtype=np.uint8)],
    }
    tensors.write(file, FORMAT, _LAYOUT, arrays, metadata)


def read(path: Path, file: BinaryIO | None = None) -> CacheFile:
    """Map a cache. Raises FormatError for a file that is damaged, cut short, or no token cache.

    Without `file`, all of it is read and its SHA-256 compared. What this process has just written needs no such check:
    `file` is the same while it is still open, and may have no name.
    """
    try:
        found = tensors.read(path, FORMAT, _LAYOUT, file)
        arrays = found.arrays
        words = tensors.cut_words(arrays["words"], arrays["offsets"])
        counts = np.array(arrays["counts"])
        if len(counts) != len(words) or (counts < 1).any():
            raise ValueError("its counts are not one positive number for each word")
        if file is None:
            _check_ids(arrays["tokens"], len(words))
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else str(error)
        raise damaged(path, reason) from error
    return CacheFile(words, counts, arrays["tokens"], found.metadata, found.size)


def _check_ids(tokens: I32, words: int) -> None:
    """Kernels do not look again."""
    for begin in range(0, len(tokens), _PIECE):
        piece = tokens[begin : begin + _PIECE]
        if piece.min() < -1 or piece.max() >= words:
            raise ValueError("it has ids without a word")


def damaged(path: Path, reason: str) -> FormatError:
    """The error to raise for what is wrong with a cache."""
    return FormatError(f"{path}: damaged token cache ({reason})", hint="remove it: it will be made again")
