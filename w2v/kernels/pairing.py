"""Sort the pairs (centre, context) of a batch of chunks into buckets, for training by rotation.py.

The vocabulary is partitioned into P parts. Bucket k·P + j of a batch has the pairs whose centre is in part k and whose
context is in part j, in the order of the corpus. As in sgns.py, the random numbers of subsampling and of the window
widths depend on the chunk only. So the pairs can be counted in a first pass and written in a second pass, and both
passes find the same pairs. Naive twin: tests/reference/rotation.py.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from w2v.arrays import F64, I32, I64, U8, U32
from w2v.kernels.llvm.compilation import kernel
from w2v.kernels.negative_sampling import CHUNK, SENTENCE
from w2v.kernels.rng import STEP, alias_table, below, mix
from w2v.kernels.work_items import take

__all__ = ["Batch", "Parts", "partition", "sort_pairs"]


_32 = np.uint64(32)
_AS_THEY_STAND = np.empty(0, dtype=np.int32)


class Parts(NamedTuple):
    """A vocabulary of V words, partitioned into P parts, and the tables of the noise words of each part.

    of: uint8 [V], the part of each word. words: int32 [V], the words of part 0, then those of part 1, and so on. first:
    int64 [P + 1], where each part begins in `words`. threshold: uint32 [V] and alias: int32 [V], in the order of
    `words`, an alias table for each part (`rng.alias_table`). weight: float64 [P], the factor by which a noise word of
    the part counts.
    """

    of: U8
    words: I32
    first: I64
    threshold: U32
    alias: I32
    weight: F64


class Batch(NamedTuple):
    """The chunks whose pairs are in memory at the same time: `chunks` of them, from chunk `first` on.

    chunk_seed, bucket_seed: the first random states for the chunks of the epoch and for the buckets of the batch. In
    each bucket, the learning rate begins at `rate` and falls by `slope` for each chunk, but not below `floor`.
    The width of a centre's window is drawn from least..window. order: int32 [chunks of the corpus], the chunks in the
    order of the epoch, in which `first` then counts; empty: in the order of the corpus.
    """

    chunk_seed: np.uint64
    bucket_seed: np.uint64
    first: int
    chunks: int
    window: int
    rate: float
    slope: float
    floor: float
    least: int = 1
    order: I32 = _AS_THEY_STAND


def partition(noise: F64, parts: int, rng: np.random.Generator) -> Parts:
    """Partition the words of a noise distribution, float64 [V], into parts of equal size, at random.

    The noise words of a centre come from the centre's own part k only, which has the share Q_k of the distribution. Two
    different words are in the same part with the probability s = Σ n_k (n_k − 1) / (V (V − 1)), where n_k are the sizes
    of the parts. So each noise word counts with the factor Q_k / s: over all random partitions, every word then has
    the same expected weight as a noise word as if it came from the whole distribution.
    """
    words = len(noise)
    of = (rng.permutation(words) % parts).astype(np.uint8)
    sizes = np.bincount(of, minlength=parts)
    order = np.argsort(of, kind="stable").astype(np.int32)
    first = np.concatenate(([0], np.cumsum(sizes)))
    together = (sizes * (sizes - 1)).sum() / (words * (words - 1)) if words > 1 else 1.0
    threshold, alias = np.empty(words, dtype=np.uint32), np.empty(words, dtype=np.int32)
    weight = np.zeros(parts)
    for part in range(parts):
        mine = slice(first[part], first[part + 1])
        threshold[mine], alias[mine] = alias_table(noise[order[mine]])
        weight[part] = noise[order[mine]].sum() / together
    return Parts(of, order, first, threshold, alias, weight)


@kernel
def sort_pairs(
    tokens: I32,
    keep: U32,
    of: U8,
    parts: int,
    batch: Batch,
    starts: I64,
    pairs: I32,
    done: I64,
    shared: I64,
) -> None:
    """Take chunks of a batch until none is left or a stop is requested, and write their pairs into the buckets.

    tokens: int32 [n], −1 ends a sentence. keep: uint32 [V], as in `sgns.Noise`. of: uint8 [V], as in `Parts`. starts:
    int64 [chunks, P²], where the pairs of each chunk begin in each bucket; after the call, where they end. pairs: int32
    [n, 2], centre and context; if it is empty, the pairs are only counted. done: int64 [8], done[0] counts words.
    shared: int64 [8], the chunks of the batch, from 0, as work items (work_items.py).
    """
    laying = pairs.shape[0] > 0
    sentence = np.empty(SENTENCE, dtype=np.int32)
    part = np.empty(SENTENCE, dtype=np.int64)
    while not shared[0]:
        chunk = take(shared)
        if chunk < 0:
            return
        where = batch.first + chunk
        if batch.order.size:
            where = np.int64(batch.order[where])
        position = where * CHUNK
        stop = min(position + CHUNK, tokens.size)
        state = mix(batch.chunk_seed + np.uint64(where) * STEP)
        place = starts[chunk]
        while position < stop:
            length = 0
            while position < stop and length < SENTENCE:
                word = tokens[position]
                position += 1
                if word < 0:
                    if length:
                        break
                    continue
                done[0] += 1
                sentence[length] = word
                part[length] = of[word]
                length += (mix(state) >> _32) <= np.uint64(keep[word])
                state += STEP
            for centre in range(length):
                width = batch.least + below(mix(state), batch.window - batch.least + 1)
                state += STEP
                row = part[centre] * parts
                for other in range(max(centre - width, 0), min(centre + width, length - 1) + 1):
                    if other == centre:
                        continue
                    bucket = row + part[other]
                    slot = place[bucket]
                    place[bucket] = slot + 1
                    if laying:
                        pairs[slot, 0] = sentence[centre]
                        pairs[slot, 1] = sentence[other]
