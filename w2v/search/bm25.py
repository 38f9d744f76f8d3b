"""BM25: how well the words of a document fit those of a query, by the words that both share.

    score(d) = Σ_t  idf(t) · f(t, d) · (k1 + 1) / (f(t, d) + k1 · (1 − b + b · |d| / mean |d|))
    idf(t) = ln(1 + (N − n(t) + ½) / (n(t) + ½))

t are the words of the query, a word that stands there twice counting twice; f(t, d) is how often t stands in d, |d| the
number of words of d, n(t) the number of documents with t, N that of all documents (Robertson & Zaragoza 2009, "The
Probabilistic Relevance Framework: BM25 and Beyond", equation 3.15; the 1 in the idf keeps it positive, as in Lucene).

Words are numbers of the collection's own table of words, because BM25 must also count words that no vectors know.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from w2v.arrays import F32, I32, I64, U16

__all__ = ["Bm25", "Counts", "Postings", "count_terms", "counts_of"]

MOST = 65_535  # of the counts that are kept: a word that stands in a document more often counts as this
POSITION_BITS = 32


class Postings(NamedTuple):
    """Which documents hold each term, and how often.

    offsets: int64 [T + 1]; entries offsets[t] up to and without offsets[t + 1] are those of term t. documents: int32
    [P], rising within a term. counts: uint16 [P]. lengths: int32 [N], the words of each document.
    """

    offsets: I64
    documents: I32
    counts: U16
    lengths: I32


@dataclass(frozen=True, eq=False)
class Bm25:
    """BM25 over a collection of documents.

    k1: how fast more of the same word stops to count. b: how far long documents are marked down, 0 to 1.
    """

    postings: Postings
    k1: float = 1.2
    b: float = 0.75

    @classmethod
    def build(cls, offsets: I64, ids: I32, terms: int, k1: float = 1.2, b: float = 0.75) -> Bm25:
        """Count the words of documents.

        offsets: int64 [N + 1]; words offsets[d] up to and without offsets[d + 1] of ids are those of document d. ids:
        int32 [words], each from 0 to terms − 1; negative ones are no terms, but count in the length of the document.
        """
        return cls(count_terms(offsets, ids, terms), k1, b)

    @property
    def documents(self) -> int:
        """The number of documents, N."""
        return len(self.postings.lengths)

    @property
    def terms(self) -> int:
        """The number of terms, T."""
        return len(self.postings.offsets) - 1

    def holding(self, term: int) -> int:
        """Return how many documents hold a term."""
        return int(self.postings.offsets[term + 1] - self.postings.offsets[term])

    def idf(self, term: int) -> float:
        """Return the weight of a term: high for one that few documents hold."""
        found = self.holding(term)
        return float(np.log1p((self.documents - found + 0.5) / (found + 0.5)))

    def scores(self, query_ids: I32) -> F32:
        """Return the score of each document, float32 [N]; 0 for one that shares no word with the query.

        query_ids: int32 [words]; numbers that are no terms are passed over, as words that no document holds.
        """
        total = np.zeros(self.documents, dtype=np.float32)
        for term, often in self.terms_in(query_ids):
            documents, shares = self.shares(term)
            total[documents] += np.float32(often) * shares
        return total

    def terms_in(self, query_ids: I32) -> list[tuple[int, int]]:
        """Return the terms of a query, rising, and how often each stands in it."""
        known = query_ids[(query_ids >= 0) & (query_ids < self.terms)].tolist()
        return sorted(Counter(known).items())

    def shares(self, term: int) -> tuple[I32, F32]:
        """Return the documents with a term, int32 [n], and what the term adds to the score of each, float32 [n]."""
        entries = slice(int(self.postings.offsets[term]), int(self.postings.offsets[term + 1]))
        documents = self.postings.documents[entries]
        shares = self.postings.counts[entries].astype(np.float32)
        below = shares + self._saturation[documents]
        shares *= np.float32(self.idf(term) * (self.k1 + 1))
        shares /= below
        return documents, shares

    def share_in(self, term: int, document: int) -> float:
        """Return what a term adds to the score of a document; 0 where the document does not hold it."""
        entries = slice(int(self.postings.offsets[term]), int(self.postings.offsets[term + 1]))
        at = int(np.searchsorted(self.postings.documents[entries], document))
        if at == entries.stop - entries.start or self.postings.documents[entries.start + at] != document:
            return 0.0
        count = float(self.postings.counts[entries.start + at])
        return self.idf(term) * (self.k1 + 1) * count / (count + float(self._saturation[document]))

    @cached_property
    def _saturation(self) -> F32:
        """k1 · (1 − b + b · |d| / mean |d|) of each document, float32 [N]; above 0."""
        lengths = self.postings.lengths
        mean = float(lengths.mean(dtype=np.float64)) if len(lengths) else 0.0
        relative = lengths.astype(np.float32) / np.float32(mean or 1.0)
        saturation: F32 = np.float32(self.k1 * (1 - self.b)) + np.float32(self.k1 * self.b) * relative
        return saturation


class Counts(NamedTuple):
    """How often terms stand in documents, ordered by term, then by document.

    terms, documents: int32 [n]. counts: uint16 [n].
    """

    terms: I32
    documents: I32
    counts: U16


def counts_of(offsets: I64, ids: I32, first: int = 0) -> Counts:
    """Count the terms of documents; arguments as for `Bm25.build`. first: the number of the first document."""
    lengths = np.diff(offsets)
    documents = np.repeat(np.arange(first, first + len(lengths), dtype=np.int64), lengths)
    keys = ids[int(offsets[0]) : int(offsets[-1])].astype(np.int64) << POSITION_BITS | documents
    keys = np.sort(keys[keys >= 0])
    begins = np.flatnonzero(np.diff(keys, prepend=-1))
    counts = np.minimum(np.diff(begins, append=len(keys)), MOST).astype(np.uint16)
    found = keys[begins]
    inside = (found & ((1 << POSITION_BITS) - 1)).astype(np.int32)
    return Counts((found >> POSITION_BITS).astype(np.int32), inside, counts)


def count_terms(offsets: I64, ids: I32, terms: int) -> Postings:
    """Return which documents hold each term; the arguments are those of `Bm25.build`."""
    found = counts_of(offsets, ids)
    in_terms = np.bincount(found.terms, minlength=terms)
    if len(in_terms) > terms:
        raise ValueError(f"a term is numbered {len(in_terms) - 1}, and there are {terms} terms")
    begins = np.zeros(terms + 1, dtype=np.int64)
    np.cumsum(in_terms, out=begins[1:])
    return Postings(begins, found.documents, found.counts, np.diff(offsets).astype(np.int32))
