"""The pairs of a batch of chunks, sorted into buckets by the parts of their words. Not here: training on them.

The vocabulary is partitioned into P parts. Bucket k·P + j of a batch holds its pairs whose centre is in part k and
whose context is in part j, in the order of the corpus. As for kernels.sgns, what subsampling and the widths of windows
draw belongs to the chunk, so counting the pairs and laying them meet the same ones. Naive twin:
tests/reference/rotation.py.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from w2v.arrays import F64, I32, I64, U8, U32
from w2v.kernels.llvm.compilation import kernel
from w2v.kernels.rng import STEP, alias_table, below, mix
from w2v.kernels.sgns import CHUNK, SENTENCE
from w2v.kernels.work_items import take

__all__ = ["Batch", "Parts", "partition", "sort_pairs"]


_32 = np.uint64(32)


class Parts(NamedTuple):
    """A vocabulary of V words, partitioned into P parts, and the noise words of each.

    of: uint8 [V], the part of a word. words: int32 [V], those of part 0, then those of part 1, …; first: int64 [P + 1],
    where each begins. threshold, alias: [V], beside the words, an alias table for each part. weight: float64 [P], what
    a noise word of the part counts.
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
    """

    chunk_seed: np.uint64
    bucket_seed: np.uint64
    first: int
    chunks: int
    window: int
    rate: float
    slope: float
    floor: float


def partition(noise: F64, parts: int, rng: np.random.Generator) -> Parts:
    """Partition the words of a noise distribution [V] into parts of equal size, at random.

    A centre's noise words come from its own part k, which has the share Q_k of all noise. Another
    word is in that part with probability s = Σ n_k (n_k − 1) / V (V − 1), n_k its size; so counting each of these noise
    words Q_k / s gives every noise word the weight, in expectation over partitions, that the whole distribution gives.
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

    keep: uint32 [V], as in kernels.sgns.Noise. starts: int64 [chunks, P²], where the pairs of each chunk and bucket
    begin; it is moved to where they end. pairs: int32 [pairs, 2], centre and context; where it is empty, they are only
    counted. done[0] counts words, shared has the chunks, from 0, as `kernels.work_items`.
    """
    laying = pairs.shape[0] > 0
    sentence = np.empty(SENTENCE, dtype=np.int32)
    part = np.empty(SENTENCE, dtype=np.int64)
    while not shared[0]:
        chunk = take(shared)
        if chunk < 0:
            return
        position = (batch.first + chunk) * CHUNK
        stop = min(position + CHUNK, tokens.size)
        state = mix(batch.chunk_seed + np.uint64(batch.first + chunk) * STEP)
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
                width = 1 + below(mix(state), batch.window)
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
