"""Scores of all passages for one query, and the exact best of them.

    words     BM25
    meaning   the cosine of the query's vector with that of the passage
    both      0.7 · z(BM25) + 0.3 · z(cosine), z over all passages

How it is fast and exact: the first look at all passages takes single precision, or a byte for each number of a row, and
has a known bound of its error. Passages that lie further than this bound below the n-th best cannot be among the n best
ones. The few others are computed again in double precision, which decides; equal scores keep the order of the passages.
The mean and the spread of all cosines, which z needs, follow exactly from sums that are in the index:

    mean = m · q    spread² = qᵀ M q − mean²        m = (1/N) Σ r,  M = (1/N) Σ r rᵀ
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from w2v.arrays import F32, F64, Places
from w2v.machine import available_threads, in_threads
from w2v.search.index_file import IndexFile
from w2v.search.ranking import WEIGHTS

__all__ = ["MODES", "Mode", "Scores"]

Mode = Literal["both", "meaning", "words"]
MODES: tuple[Mode, ...] = ("both", "meaning", "words")
EPSILON = float(np.finfo(np.float32).eps)
ROUNDINGS = 8  # added to the number of dimensions in the bound of the error
NO_SPREAD = 1e-6  # of cosines that are all equal, but for rounding
BLOCK = 256  # scores of which the highest is looked at first
EXACT_AT_ONCE = 1 << 14  # rows in double precision


class Scores:
    """All passages of an index, scored for one query.

    words: BM25, float32 [N]; None where words do not count. query: the query's vector of length 1 or 0, float64 [D];
    None where meaning does not count. Where only one of them counts, it is the score as it stands.
    """

    def __init__(self, index: IndexFile, words: F32 | None, query: F64 | None, *, coded: bool = False) -> None:
        """coded: whether the first look takes a byte for each number, which needs compiled code."""
        self.index, self.words, self.query = index, words, query
        self.both = words is not None and query is not None
        self._words_scale, self._words_mean = (1.0, 0.0) if words is None or not self.both else _of_words(words)
        self._meaning_scale, self._meaning_mean = 1.0, 0.0
        if query is not None and self.both:
            self._meaning_scale, self._meaning_mean = _of_query(index, query)
        self._approximate, self._error = self._first_look(coded)

    def top(self, k: int) -> tuple[Places, F64]:
        """Return the k best passages, the best first, of equal ones the first, and their scores; all if k is larger.

        Where only words count, passages without any word of the query are left out.
        """
        looked = self._approximate
        among = np.flatnonzero(looked > 0) if self.query is None else None
        if among is not None:
            looked = looked[among]
        k = min(k, len(looked))
        if k < 1:
            return np.empty(0, dtype=np.intp), np.empty(0)
        candidates = _reaching(looked, k, 2 * self._error)
        if among is not None:
            candidates = among[candidates]
        scores = self.exact(candidates)
        order = np.argsort(-scores, kind="stable")[:k]
        return candidates[order], scores[order]

    def exact(self, passages: Places) -> F64:
        """Return the scores of some passages in double precision, [n]."""
        words, meaning = self.parts(passages)
        total: F64 = words + meaning
        return total

    def parts(self, passages: Places) -> tuple[F64, F64]:
        """Return what words, and what meaning, add to the scores of passages, [n] each."""
        words, meaning = np.zeros(len(passages)), np.zeros(len(passages))
        if self.words is not None:
            words = self._words_scale * (self.words[passages].astype(np.float64) - self._words_mean)
        if self.query is not None:
            meaning = self._meaning_scale * (self.cosines(passages) - self._meaning_mean)
        return words, meaning

    def cosines(self, passages: Places) -> F64:
        """Return the cosines of passages with the query, [n]; zeros where meaning does not count."""
        cosines = np.zeros(len(passages))
        if self.query is not None:
            for start in range(0, len(passages), EXACT_AT_ONCE):
                some = slice(start, start + EXACT_AT_ONCE)
                wide = self.index.rows[passages[some]].astype(np.float64)
                wide *= self.query
                cosines[some] = wide.sum(axis=1)
        return cosines

    def _first_look(self, coded: bool) -> tuple[F32, float]:
        """The scores of all passages but for a constant, float32 [N], and the bound of their errors."""
        total: F32 = np.zeros(self.index.passages, dtype=np.float32)
        error, size = 0.0, 0.0
        if self.query is not None and self._meaning_scale and len(total):
            products, error = _coded(self.index, self.query) if coded else _plain(self.index, self.query)
            total = products * np.float32(self._meaning_scale)
            error *= self._meaning_scale
            size = 2 * self._meaning_scale
        if self.words is not None and len(total):
            total += np.float32(self._words_scale) * self.words
            size += self._words_scale * float(self.words.max())
        return total, error + 4 * EPSILON * size


def _reaching(scores: F32, k: int, below: float) -> Places:
    """The places of all scores that are at most `below` less than the k-th highest one, rising.

    The k-th highest of the maxima of blocks is no higher than the k-th highest of all. So only the few scores that
    reach it are sorted: sorting all of them takes long, above all where many are equal.
    """
    size = len(scores)
    blocks = size // BLOCK
    least = -np.inf
    if blocks > k:
        highest = scores[: blocks * BLOCK].reshape(blocks, BLOCK).max(axis=1)
        least = float(np.partition(highest, blocks - k)[blocks - k])
    some = scores[scores >= least] if np.isfinite(least) else scores
    rest = len(some) - min(k, len(some))
    limit = float(np.partition(some, rest)[rest]) - below
    return np.flatnonzero(scores >= np.nextafter(np.float32(limit), np.float32(-np.inf)))


def _of_words(words: F32) -> tuple[float, float]:
    """The factor and the mean that make a share of the score of BM25; the factor is 0 where all scores are equal."""
    if not len(words):
        return 0.0, 0.0
    mean = float(words.mean(dtype=np.float64))
    square = float(np.einsum("i,i->", words, words, dtype=np.float64))
    spread = math.sqrt(max(0.0, square / len(words) - mean * mean))
    return (WEIGHTS[0] / spread, mean) if spread > EPSILON * float(words.max()) else (0.0, mean)


def _of_query(index: IndexFile, query: F64) -> tuple[float, float]:
    """The same of the cosines with a query."""
    mean = float(index.mean @ query)
    spread = math.sqrt(max(0.0, float(query @ index.moments @ query) - mean * mean))
    return (WEIGHTS[1] / spread, mean) if spread > NO_SPREAD else (0.0, mean)


def _plain(index: IndexFile, query: F64) -> tuple[F32, float]:
    """The inner products of all rows with a query in single precision, and the bound of their errors."""
    with np.errstate(all="ignore"):
        products: F32 = index.rows @ query.astype(np.float32)
    return products, (index.dim + ROUNDINGS) * EPSILON


def _coded(index: IndexFile, query: F64) -> tuple[F32, float]:
    """The same from a byte for each number; the error is at most the length of what coding has left out."""
    from w2v.kernels.search import coded_products

    products: F32 = np.empty(index.passages, dtype=np.float32)
    narrow = query.astype(np.float32)
    threads = available_threads()
    share = -(-index.passages // threads)

    def part(number: int) -> None:
        first, last = number * share, min((number + 1) * share, index.passages)
        coded_products(index.coded, index.scales, narrow, first, last, products)

    in_threads([lambda number=number: part(number) for number in range(threads)])  # type: ignore[misc]
    slack = index.most_slack
    return products, slack + (index.dim + ROUNDINGS) * EPSILON * (1 + slack)
