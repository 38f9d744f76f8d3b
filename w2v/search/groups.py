"""Groups of the documents of an index: documents whose vectors are alike, named by the words with the most weight.

A document has the mean of the vectors of its passages. The groups are found as those of words are (clusters/kmeans.py).
The weight of a word in a group is p(w|g) · log(p(w|g) / p(w)), its share of what tells the words of the group from
those of all documents: words that are frequent here and rarer elsewhere. The words are those of the search by words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from w2v.arrays import F32, F64, I64
from w2v.clusters.groups import Groups, Typical
from w2v.clusters.words import STARTS, TOPN, groups_of_rows
from w2v.progress import ProgressChoice
from w2v.search.index_file import IndexFile

__all__ = ["group_documents"]

BLOCK = 1 << 13  # documents at a time


def group_documents(
    index: IndexFile,
    k: int,
    *,
    seed: int = 1,
    starts: int = STARTS,
    topn: int = TOPN,
    progress: ProgressChoice = None,
) -> Groups:
    """Return k groups of the documents of an index.

    Documents without a word that has a vector are in no group. Arguments and errors are those of `w2v.groups`.
    """
    ids = [index.id(document) for document in range(len(index))]
    found = groups_of_rows(
        _of_documents(index),
        ids,
        k,
        of=index.name,
        noun="documents",
        seed=seed,
        starts=starts,
        topn=topn,
        progress=progress,
    )
    words = _words(index, found.labels, topn)
    named = tuple(replace(group, typical=words[group.number]) for group in found.groups)
    return replace(found, groups=named)


def _of_documents(index: IndexFile) -> F32:
    """Return the sum of the rows of the passages of each document, [M, D]: the direction of their mean."""
    rows: F32 = np.zeros((len(index), index.dim), dtype=np.float32)
    first = index.first_passages
    for start in range(0, len(index), BLOCK):
        stop = min(start + BLOCK, len(index))
        begins = first[start:stop] - first[start]
        part = index.rows[first[start] : first[stop]].astype(np.float64)
        has = np.flatnonzero(np.diff(first[start : stop + 1]))
        if len(has):
            rows[start + has] = np.add.reduceat(part, begins[has], axis=0)
    return rows


def _words(index: IndexFile, labels: I64, topn: int) -> Mapping[int, tuple[Typical, ...]]:
    """Return the words with the most weight in each group, by its number; labels: of documents, 0 for no group."""
    postings = index.bm25.postings
    terms = len(postings.offsets) - 1
    term = np.repeat(np.arange(terms), np.diff(postings.offsets))
    group = np.repeat(labels, np.diff(index.first_passages))[postings.documents]
    overall = np.bincount(term, weights=postings.counts, minlength=terms)
    total = max(1.0, float(overall.sum()))
    names = index.terms.words
    found: dict[int, tuple[Typical, ...]] = {}
    for number in range(1, int(labels.max(initial=0)) + 1):
        here = group == number
        counts: F64 = np.bincount(term[here], postings.counts[here], terms).astype(np.float64)
        weights = _weights(counts, overall / total)
        best = np.argsort(-weights, kind="stable")[:topn]
        found[number] = tuple(Typical(names[each], float(weights[each])) for each in best.tolist() if weights[each] > 0)
    return found


def _weights(counts: F64, usual: F64) -> F64:
    """Return the weight of each word, given its counts in a group and its shares of all documents, [T] each."""
    shares = counts / max(1.0, float(counts.sum()))
    there = shares > 0
    weights = np.zeros(len(counts))
    weights[there] = shares[there] * np.log(shares[there] / usual[there])
    return weights
