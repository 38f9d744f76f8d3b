"""MurmurHash64A of many texts at once: the numbers by which spaCy names its strings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from w2v.arrays import U64

__all__ = ["murmur_hashes"]

SEED = 1
M = np.uint64(0xC6A4A7935BD1E995)
R = np.uint64(47)


def murmur_hashes(texts: Sequence[str]) -> U64:
    """Return the hash of each text's UTF-8, uint64 [n], with the seed that spaCy uses; those of one length together."""
    encoded = [text.encode("utf-8", "replace") for text in texts]
    lengths = np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded))
    hashes = np.zeros(len(encoded), dtype=np.uint64)
    order = np.argsort(lengths, kind="stable")
    bounds = np.flatnonzero(np.diff(lengths[order], prepend=-1))
    for start, end in zip(bounds, [*bounds[1:], len(order)], strict=True):
        places = order[start:end]
        length = int(lengths[places[0]])
        data = np.frombuffer(b"".join(encoded[place] for place in places.tolist()), np.uint8)
        hashes[places] = _of_equal_length(data.reshape(len(places), length))
    return hashes


def _of_equal_length(data: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> U64:
    """The hashes of rows of bytes, [n, length]."""
    number, length = data.shape
    with np.errstate(over="ignore"):
        found: U64 = np.full(number, np.uint64(SEED) ^ (np.uint64(length) * M), dtype=np.uint64)
        blocks = length // 8
        words = np.ascontiguousarray(data[:, : 8 * blocks]).view("<u8")
        for block in range(blocks):
            word = words[:, block] * M
            word ^= word >> R
            found = (found ^ (word * M)) * M
        rest = data[:, 8 * blocks :]
        if rest.shape[1]:
            tail = np.zeros(number, dtype=np.uint64)
            for place in range(rest.shape[1]):
                tail |= rest[:, place].astype(np.uint64) << np.uint64(8 * place)
            found = (found ^ tail) * M
        found = (found ^ (found >> R)) * M
        return found ^ (found >> R)
