"""Texts as ids of words become vectors: phrases are joined, and the rows of the words are averaged.

Whatever the kind of pooling is, its weights are in the rows already (w2v/pooling/folding.py), so one kernel serves all:

    v(t) = (1/n) Σ rows[id]     over the n words of text t that have a row

tests/reference/pooling.py has the naive twins.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from w2v.arrays import F32, F64, I32, I64, U8, Flags
from w2v.kernels.llvm.bits import LEAN, Integer
from w2v.kernels.llvm.compilation import FASTMATH, kernel
from w2v.kernels.llvm.emit import LINE
from w2v.kernels.llvm.simd import LANES, add, address_of, broadcast, load, prefetch, store

__all__ = ["PhraseTree", "find_texts", "join_phrases", "lacks_a_row", "pool", "put_children"]

_RUN = 128  # words whose rows are added up in single precision, before the sum goes into one of double precision
_AHEAD = 12  # words between the prefetch of a row and its use, at least
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio (Knuth, The Art of Computer Programming 3, 6.4)


@kernel(**LEAN)
def find_texts(starts: I64, begins: I64, bounds: I64) -> None:
    """Write which words belong to which text: words bounds[t] up to and without bounds[t + 1] are those of text t.

    starts: int64 [words], rising, where each word begins in the block. begins: int64 [texts], rising, where each text
    begins. bounds: int64 [texts + 1].
    """
    word = 0
    for text in range(len(begins)):
        while word < len(starts) and starts[word] < begins[text]:
            word += 1
        bounds[text] = word
    bounds[len(begins)] = len(starts)


@kernel(**LEAN)
def lacks_a_row(ids: I32, made: Flags) -> bool:
    """Return whether a word has an id in the vocabulary [V] whose row is not made. ids: int32 [n]. made: bool [V]."""
    missing = False
    for at in range(len(ids)):
        row = np.int64(ids[at])
        if 0 <= row < len(made) and not made[row]:
            missing = True
    return missing


class PhraseTree(NamedTuple):
    """All phrases as a tree: from a node, the next word leads to another node.

    keys: int64 [slots], a power of two; node << 32 | id of a word, −1 in free slots. nodes: int32 [slots], where the
    key leads. phrases: int32 [nodes], the id of the phrase that ends at a node; −1 if none does. begins: uint8 [ids], 1
    for words with which a phrase begins. The root is node 0.
    """

    keys: I64
    nodes: I32
    phrases: I32
    begins: U8


@kernel(**LEAN)
def put_children(keys: I64, nodes: I32, tree: PhraseTree) -> None:
    """Put all steps from a node to a next one into the tree. keys: int64 [n], nodes: int32 [n], as in `PhraseTree`."""
    last = len(tree.keys) - 1
    for child in range(len(keys)):
        slot = np.int64((np.uint64(keys[child]) * _SPREAD) >> np.uint64(32)) & last
        while tree.keys[slot] != -1:
            slot = (slot + 1) & last
        tree.keys[slot] = keys[child]
        tree.nodes[slot] = nodes[child]


@kernel(**LEAN)
def _next(tree: PhraseTree, node: int, word: int) -> Integer:
    """Return the node to which a word leads, 0 if there is none."""
    key = np.int64(node) << 32 | np.int64(word)
    last = len(tree.keys) - 1
    slot = np.int64((np.uint64(key) * _SPREAD) >> np.uint64(32)) & last
    while tree.keys[slot] != -1:
        if tree.keys[slot] == key:
            return np.int64(tree.nodes[slot])
        slot = (slot + 1) & last
    return np.int64(0)


@kernel(**LEAN)
def join_phrases(ids: I32, bounds: I64, tree: PhraseTree) -> None:
    """Replace phrases by their ids, in place: from left to right, at each word the longest phrase that begins there.

    ids: int32 [words], −1 for unknown words. bounds: int64 [texts + 1], as `find_texts` writes them; both are
    shortened, and ids[bounds[-1]:] means nothing afterwards. No phrase goes beyond a text.
    """
    out = np.int64(0)
    begin = bounds[0]
    for text in range(len(bounds) - 1):
        end = bounds[text + 1]
        bounds[text] = out
        at = begin
        while at < end:
            word = np.int64(ids[at])
            length, phrase = np.int64(1), word
            if 0 <= word < len(tree.begins) and tree.begins[word]:
                node, ahead = np.int64(0), at
                while ahead < end and ids[ahead] >= 0:
                    node = _next(tree, node, np.int64(ids[ahead]))
                    if node == 0:
                        break
                    ahead += 1
                    if tree.phrases[node] >= 0:
                        length, phrase = ahead - at, np.int64(tree.phrases[node])
            ids[out] = phrase
            out += 1
            at += length
        begin = end
    bounds[len(bounds) - 1] = out


@kernel(**LEAN)
def _sum_rows(ids: I32, first: int, count: int, rows: F32, mean: F32) -> None:
    """Write the sum of rows[ids[first + i]] for each i < count to `mean`, all of them float32 [P] wide.

    Four vectors of the sum at a time stay in registers while all rows are read. The last four may overlap with those
    before, whose sums are then computed twice.
    """
    matrix, sums = address_of(rows), address_of(mean)
    stride = 4 * rows.shape[1]
    vectors = rows.shape[1] // LANES
    if vectors < 4:
        for place in range(vectors):
            total = broadcast(np.float32(0))
            for at in range(first, first + count):
                total = add(total, load(matrix + np.int64(ids[at]) * stride + place * 4 * LANES))
            store(sums + place * 4 * LANES, total)
        return
    for place in range(0, vectors, 4):
        offset = min(place, vectors - 4) * 4 * LANES
        a, b = broadcast(np.float32(0)), broadcast(np.float32(0))
        c, d = broadcast(np.float32(0)), broadcast(np.float32(0))
        for at in range(first, first + count):
            row = matrix + np.int64(ids[at]) * stride + offset
            a, b = add(a, load(row)), add(b, load(row + 4 * LANES))
            c, d = add(c, load(row + 8 * LANES)), add(d, load(row + 12 * LANES))
        store(sums + offset, a)
        store(sums + offset + 4 * LANES, b)
        store(sums + offset + 8 * LANES, c)
        store(sums + offset + 12 * LANES, d)


@kernel(fastmath=FASTMATH, **LEAN)
def pool(
    ids: I32, bounds: I64, rows: F32, more: F32, normalize: bool, total: F64, mean: F32, out: F32, words: I32
) -> None:
    """Write the mean of the rows of each text, at length 1 if `normalize`; zeros for a text without any row.

    ids: int32 [n]; id i is a row of `rows` [V, P] float32, from V on a row of `more` [M, D] float32, and of nothing
    from V + M on or below 0; changed. P is D, rounded up to a multiple of 16: whole cache lines and vectors. bounds:
    int64 [texts + 1]. total: float64 [D], mean: float32 [P], both for use inside this kernel. out: float32 [texts, D],
    may hold anything before. words: int32 [texts], is set to the number of words that have a row.
    """
    vocabulary, extra, size = rows.shape[0], more.shape[0], out.shape[1]
    matrix, stride = address_of(rows), 4 * rows.shape[1]
    last = bounds[len(bounds) - 1]
    for text in range(len(bounds) - 1):
        begin, end = bounds[text], bounds[text + 1]
        one_run = end - begin <= _RUN and extra == 0
        if not one_run:
            total[:] = 0.0
        found = np.int64(0)
        mean[:] = np.float32(0)
        for first in range(begin, end, _RUN):
            known = np.int64(0)
            for at in range(first, min(first + _RUN, end)):
                if at + _AHEAD < last:
                    ahead = np.int64(ids[at + _AHEAD])
                    ahead = ahead if 0 <= ahead < vocabulary else np.int64(0)
                    for place in range(0, stride, LINE):
                        prefetch(matrix + ahead * stride + place, 1)
                row = np.int64(ids[at])
                if vocabulary <= row < vocabulary + extra:
                    found += 1
                    for column in range(size):
                        total[column] += more[row - vocabulary, column]
                ids[first + known] = row  # the rows of the run come to its front
                known += 0 <= row < vocabulary
            if known:
                _sum_rows(ids, first, known, rows, mean)
                found += known
                if not one_run:
                    for column in range(size):
                        total[column] += mean[column]
        words[text] = found
        result = out[text]
        if found == 0:
            result[:] = np.float32(0)
            continue
        if not one_run:
            for column in range(size):
                mean[column] = np.float32(total[column] / found)
        scale = np.float32(1)
        if normalize:
            square = np.float64(0)
            for column in range(size):
                square += np.float64(mean[column]) * np.float64(mean[column])
            if square > 0:
                scale = np.float32(1.0 / np.sqrt(square))
        elif one_run:
            scale = np.float32(1.0 / found)
        for column in range(size):
            result[column] = mean[column] * scale
