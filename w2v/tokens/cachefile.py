"""The file of a token cache: the words of a corpus, and the corpus as the ids of these words.

The file has the layout of w2v's own files (files/tensors.py) with the tensors of `LAYOUT`; its bytes depend on the text
and the settings alone. Where the file lies, and what its metadata mean, is up to cache.py and preparing.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path
from typing import BinaryIO

import numpy as np

from w2v.arrays import I32, I64
from w2v.errors import FormatError
from w2v.files import tensors
from w2v.files.own import OWN_FILES

__all__ = [
    "FORMAT",
    "LAYOUT",
    "REMOVE",
    "CacheFile",
    "check_ids",
    "counts_in",
    "damaged",
    "read",
    "read_numbers",
    "write",
]

FORMAT = "w2v.tokens/1"
LAYOUT = {
    "counts": tensors.Tensor("I64", ("V",), "how often each word occurs"),
    "word_offsets": tensors.Tensor("I64", ("V+1",), "where each word begins in `words`"),
    "tokens": tensors.Tensor("I32", ("N",), "the words of the corpus in order, as their numbers; -1 ends a sentence"),
    "words": tensors.Tensor("U8", ("L",), "all words in UTF-8, one after another"),
}
_PIECE = 1 << 22


@dataclass(frozen=True)
class CacheFile:
    """What a file holds: words [V], counts int64 [V], tokens int32 [N] (mapped, not read), metadata of the caller.

    size: the bytes of the file. map: these bytes, which `tokens` are a view of.
    """

    words: list[str]
    counts: I64
    tokens: I32
    metadata: Mapping[str, str]
    size: int
    map: mmap


def write(
    file: BinaryIO,
    words: Sequence[str],
    counts: I64,
    parts: Iterable[I32],
    metadata: Mapping[str, str],
) -> None:
    """Write a cache. `parts` are the tokens in order, in as many arrays as one likes, so they need not be in memory."""
    tokens = tensors.Stream(LAYOUT["tokens"].dtype, parts)
    arrays = {"counts": np.asarray(counts, dtype=np.int64), "tokens": tokens, **tensors.packed_words(words)}
    tensors.write(file, FORMAT, {name: arrays[name] for name in LAYOUT}, metadata)


def read(path: Path, file: BinaryIO | None = None, *, check: bool | None = None) -> CacheFile:
    """Map a cache. Raises FormatError for a file that is damaged, cut short, or no token cache.

    file: the file, where it is open already; it may have no name. check: whether all of it is read and compared with
    its hashes; by default only where `file` is None. What this process has just written needs no such check.
    """
    check = file is None if check is None else check
    try:
        found = tensors.read(path, FORMAT, LAYOUT, file, check=check)
        words = tensors.cut_words(found.arrays["words"], found.arrays["word_offsets"])
        counts, tokens = counts_in(found), found.arrays["tokens"]
        if check:
            check_ids(tokens, len(words))
    except (OSError, ValueError) as error:
        raise tensors.unreadable(path, OWN_FILES["tokens"].noun, error, REMOVE) from error
    return CacheFile(words, counts, tokens, found.metadata, found.size, found.map)


def read_numbers(path: Path) -> tuple[I64, I32, Mapping[str, str]]:
    """Map a cache that another process of this run has checked; return counts [V], tokens [N] and the metadata.

    No word is read. Raises FormatError.
    """
    try:
        with path.open("rb") as file:
            found = tensors.read(path, FORMAT, LAYOUT, file, check=False)
    except (OSError, ValueError) as error:
        raise tensors.unreadable(path, OWN_FILES["tokens"].noun, error, REMOVE) from error
    return np.array(found.arrays["counts"]), found.arrays["tokens"], found.metadata


def counts_in(found: tensors.TensorFile) -> I64:
    """Return how often each word occurs, as a file says it. Raises ValueError for what cannot be."""
    counts = np.array(found.arrays["counts"])
    if (counts < 1).any():
        raise ValueError("its counts are not all positive")
    return counts


def check_ids(tokens: I32, words: int) -> None:
    """Raise ValueError for ids of no word: kernels do not look again."""
    for begin in range(0, len(tokens), _PIECE):
        piece = tokens[begin : begin + _PIECE]
        if piece.min() < -1 or piece.max() >= words:
            raise ValueError("it has ids without a word")


REMOVE = "remove it: it will be made again"


def damaged(path: Path, reason: str) -> FormatError:
    """Return the error to raise for what is wrong with a cache."""
    return tensors.unreadable(path, OWN_FILES["tokens"].noun, ValueError(reason), REMOVE)
