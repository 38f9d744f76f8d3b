"""Rows of n-grams by the number of their bucket: which ones words have, and where a file has them.

What training begins with: beginning.py. The rows that are trained: sgns/subwords.py.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from w2v.arrays import I64
from w2v.ngrams import Ngrams
from w2v.subwords import Subwords

__all__ = ["buckets_of", "find_buckets", "rows_of_words"]


def buckets_of(words: Sequence[str], ngrams: Ngrams) -> I64:
    """Return the buckets of the n-grams of some words, ascending and each once, int64 [n]."""
    from w2v.kernels.ngrams import ngram_buckets  # Numba is imported when it is first needed

    return np.unique(ngram_buckets(words, ngrams)[0]).astype(np.int64)


def find_buckets(among: I64, wanted: I64) -> tuple[I64, I64]:
    """Return (the places in `wanted` of buckets that are also in `among`, their places in `among`), int64 [n] each.

    among, wanted: buckets, ascending, int64 [any].
    """
    if not len(among):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    at = np.minimum(np.searchsorted(among, wanted), len(among) - 1)
    there = np.flatnonzero(among[at] == wanted)
    return there, at[there]


def rows_of_words(subwords: Subwords, words: Sequence[str]) -> Subwords:
    """Return the rows of the n-grams that some of the words have, without those of other n-grams.

    Files of fastText have a row for every bucket, though most buckets may be of no n-gram of any word.
    """
    buckets = buckets_of(words, subwords.ngrams)
    if len(buckets) >= len(subwords.buckets):
        return subwords
    _, at = find_buckets(subwords.buckets, buckets)
    return Subwords(subwords.ngrams, subwords.buckets[at], subwords.rows[at])
