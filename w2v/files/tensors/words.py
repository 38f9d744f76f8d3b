"""How words are stored in w2v's own files: all in one tensor, and where each of them begins in another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from w2v.arrays import I64, U8, Array
from w2v.files.tensors.layout import Stream

__all__ = ["cut_words", "packed_words"]


def packed_words(words: Sequence[str]) -> dict[str, Array | Stream]:
    """Return the two tensors that hold words: "words", all of them in UTF-8, and "word_offsets", where each begins."""
    encoded = [word.encode() for word in words]
    offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
    np.cumsum([len(word) for word in encoded], out=offsets[1:])
    return {"word_offsets": offsets, "words": np.frombuffer(b"".join(encoded), dtype=np.uint8)}


def cut_words(text: U8, offsets: I64, *, unique: bool = True) -> list[str]:
    """Return the words [V] that `packed_words` has packed.

    Raises ValueError where they are not one for each row, or one is not UTF-8, or, if `unique`, occurs twice.
    """
    if len(offsets) < 1 or offsets[0] != 0 or offsets[-1] != len(text) or (np.diff(offsets) < 1).any():
        raise ValueError("its words are not one for each row")
    data = text.tobytes()
    try:
        whole = data.decode()
    except UnicodeDecodeError as error:
        row = int(np.searchsorted(offsets, error.start, side="right"))
        raise ValueError(f"the word of row {row:,} is not UTF-8") from error
    if len(whole) < len(data):
        offsets = _in_characters(text, offsets)
    words = [whole[begin:end] for begin, end in pairwise(offsets.tolist())]
    if unique and len(set(words)) < len(words):
        raise ValueError("a word stands twice in it")
    return words


def _in_characters(text: U8, offsets: I64) -> I64:
    """Offsets [V + 1] in bytes of UTF-8, given in characters."""
    continued = (text & 0xC0) == 0x80  # bytes behind the first of a character
    if continued[offsets[:-1]].any():
        row = int(np.flatnonzero(continued[offsets[:-1]])[0])
        raise ValueError(f"the word of row {row:,} is not UTF-8")
    lengths = np.diff(offsets) - np.add.reduceat(continued.view(np.uint8), offsets[:-1], dtype=np.int64)
    return np.concatenate(([0], np.cumsum(lengths)))
