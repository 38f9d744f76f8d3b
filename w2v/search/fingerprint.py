"""What tells vectors from others: a hash of their words, counts and numbers, whatever file they are in.

An index answers only queries that were made with its own vectors. Vectors that were trained again, even on the same
text, put the same words elsewhere; a query's vector would then point anywhere, and every answer would look like one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from w2v.files.tensors import PackedWords
from w2v.pooling.source import WordRows

__all__ = ["fingerprint_of"]

VALUES = 1 << 23  # numbers that are looked at: all of them, or those of evenly spaced blocks of rows
BLOCKS = 128
WORDS_AT_ONCE = 1 << 16


def fingerprint_of(vectors: WordRows) -> str:
    """Return the fingerprint of vectors, 64 hexadecimal digits: equal for equal words, counts and rows.

    Of a matrix of more than 8 million numbers, 128 evenly spaced blocks of rows are looked at.
    """
    rows = vectors.stored
    size, dim = rows.shape
    digest = hashlib.blake2b(f"{size} {dim}".encode(), digest_size=32)
    _add_words(digest, vectors.lookup.words)
    if vectors.counts is not None:
        digest.update(np.ascontiguousarray(vectors.counts, dtype="<i8").data)
    for start, stop in _blocks(size, dim):
        digest.update(np.ascontiguousarray(rows[start:stop], dtype="<f4").data)
    return digest.hexdigest()


def _add_words(digest: hashlib.blake2b, words: Sequence[str]) -> None:
    if isinstance(words, PackedWords):
        digest.update(words.text.data)
        digest.update(np.ascontiguousarray(words.lengths, dtype="<i8").data)
        return
    lengths = np.zeros(len(words), dtype="<i8")
    for start in range(0, len(words), WORDS_AT_ONCE):
        spelt = [word.encode() for word in words[start : start + WORDS_AT_ONCE]]
        lengths[start : start + len(spelt)] = [len(word) for word in spelt]
        digest.update(b"".join(spelt))
    digest.update(lengths.data)


def _blocks(size: int, dim: int) -> list[tuple[int, int]]:
    if size * dim <= VALUES:
        return [(0, size)]
    step = max(1, VALUES // (BLOCKS * dim))
    starts = np.linspace(0, size - step, BLOCKS).astype(np.int64).tolist()
    return [(start, start + step) for start in starts]
