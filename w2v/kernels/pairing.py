"""Sort the pairs (centre, context) of a batch of chunks into buckets, for training by rotation.py.

The vocabulary is partitioned into P parts. Bucket k·P + j of a batch has the pairs whose centre is in part k and whose
context is in part j, in the order of the corpus. As in sgns.py, the random numbers of subsampling and of the window
widths depend on the chunk only. So the pairs can be counted in a first pass and written in a second pass, and both
passes find the same pairs.

A part has at most 2^16 words, so a pair takes 4 bytes: the places of both words in their parts. The chunks are taken in
segments. The pairs of a segment lie together, sorted by bucket: so a worker writes to few bytes at a time, which stay
in its cache. A bucket then has a piece in each segment. Naive twin: tests/reference/rotation.py.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from w2v.arrays import F64, I32, I64, U32
from w2v.kernels.llvm.compilation import kernel
from w2v.kernels.llvm.simd import address_of, prefetch
from w2v.kernels.negative_sampling import CHUNK, SENTENCE
from w2v.kernels.rng import STEP, alias_table, below, mix
from w2v.kernels.work_items import take

__all__ = ["MOST_WORDS", "Batch", "Pairs", "Parts", "partition", "sort_pairs"]

MOST_WORDS = 1 << 16  # of a part

_32 = np.uint64(32)
_HIGH, _LOW = np.uint32(16), np.uint32(0xFFFF)
_AS_THEY_STAND = np.empty(0, dtype=np.int32)


class Parts(NamedTuple):
    """A vocabulary of V words, partitioned into P parts, and the tables of the noise words of each part.

    codes: uint32 [V], of each word 2^16 · its part + its place in the part. words: int32 [V], the words of part 0, then
    those of part 1, and so on. first: int64 [P + 1], where each part begins in `words`. threshold: uint32 [V] and
    alias: int32 [V], in the order of `words`, an alias table for each part (`rng.alias_table`). weight: float64 [P],
    the factor by which a noise word of the part counts.
    """

    codes: U32
    words: I32
    first: I64
    threshold: U32
    alias: I32
    weight: F64


class Batch(NamedTuple):
    """The chunks that are trained on together: `chunks` of them, from chunk `first` on.

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


class Pairs(NamedTuple):
    """The pairs of a batch, sorted.

    codes: uint32 [n], of each pair 2^16 · the place of the centre in its part + the place of the context in its part.
    starts: int64 [P² + 1, segments], where each bucket begins in each segment; it ends where the next one begins.
    """

    codes: U32
    starts: I64


def partition(noise: F64, parts: int, rng: np.random.Generator) -> Parts:
    """Partition the words of a noise distribution, float64 [V], into parts of equal size, at random.

    The noise words of a centre come from the centre's own part k only, which has the share Q_k of the distribution. Two
    different words are in the same part with the probability s = Σ n_k (n_k − 1) / (V (V − 1)), where n_k are the sizes
    of the parts. So each noise word counts with the factor Q_k / s: over all random partitions, every word then has
    the same expected weight as a noise word as if it came from the whole distribution.
    """
    words = len(noise)
    of = rng.permutation(words) % parts
    sizes = np.bincount(of, minlength=parts)
    order = np.argsort(of, kind="stable").astype(np.int32)
    first = np.concatenate(([0], np.cumsum(sizes)))
    codes = np.empty(words, dtype=np.uint32)
    codes[order] = np.arange(words) - np.repeat(first[:-1], sizes)
    codes += (of << 16).astype(np.uint32)
    together = (sizes * (sizes - 1)).sum() / (words * (words - 1)) if words > 1 else 1.0
    threshold, alias = np.empty(words, dtype=np.uint32), np.empty(words, dtype=np.int32)
    weight = np.zeros(parts)
    for part in range(parts):
        mine = slice(first[part], first[part + 1])
        threshold[mine], alias[mine] = alias_table(noise[order[mine]])
        weight[part] = noise[order[mine]].sum() / together
    return Parts(codes, order, first, threshold, alias, weight)


@kernel
def _count(row: I64, words: U32, widths: I32, length: int, window: int, number: int) -> None:
    """Count the pairs of a sentence by bucket, in row, int64 [P²].

    words: uint32, the codes of the sentence (`Parts`). widths: int32, of the windows of its centres. Both have `length`
    values. Words are taken distance by distance, because loops as short as a window often end where the processor does
    not expect it.
    """
    for distance in range(1, min(window, length - 1) + 1):
        for one in range(length - distance):
            other = one + distance
            first, second = np.int64(words[one] >> _HIGH), np.int64(words[other] >> _HIGH)
            row[first * number + second] += widths[one] >= distance
            row[second * number + first] += widths[other] >= distance


@kernel
def _write(row: I64, codes: U32, words: U32, first: int, last: int, centre: int, number: int) -> None:
    """Write the pairs of a centre to codes, uint32 [n]. row: int64 [P²], where the next pair of each bucket goes.

    words: uint32, the codes of a sentence (`Parts`). The next cache line of a bucket is prefetched: the processor
    cannot guess where so many buckets go on, and would wait for each line.
    """
    codes_at = address_of(codes)
    own, high = np.int64(words[centre] >> _HIGH) * number, words[centre] << _HIGH
    for other in range(first, last + 1):
        if other == centre:
            continue
        bucket = own + (words[other] >> _HIGH)
        slot = row[bucket]
        row[bucket] = slot + 1
        codes[slot] = high | (words[other] & _LOW)
        prefetch(codes_at + 4 * slot + 64, 1)


@kernel
def sort_pairs(
    tokens: I32,
    keep: U32,
    parts: Parts,
    batch: Batch,
    ends: I64,
    starts: I64,
    codes: U32,
    done: I64,
    shared: I64,
) -> None:
    """Take segments of a batch until none is left or a stop is requested, and sort the pairs of each.

    tokens: int32 [n], −1 ends a sentence. keep: uint32 [V], as in `sgns.Noise`. ends: int64 [segments], the chunks of
    the batch before the end of each segment. starts: int64 [P² + 1, segments], as in `Pairs`; codes: uint32 [n], into
    which the pairs are written. If it is empty, the pairs are only counted, in starts[bucket]. done: int64 [8], done[0]
    counts words. shared: int64 [8], the segments as work items (work_items.py).
    """
    number = parts.first.size - 1
    laying = codes.size > 0
    row = np.zeros(number * number, dtype=np.int64)
    words = np.empty(SENTENCE, dtype=np.uint32)
    widths = np.empty(SENTENCE, dtype=np.int32)
    while not shared[0]:
        segment = take(shared)
        if segment < 0:
            return
        for bucket in range(row.size):
            row[bucket] = starts[bucket, segment] if laying else 0
            if laying:
                prefetch(address_of(codes) + 4 * row[bucket], 1)
        begin = int(ends[segment - 1]) if segment else 0
        for chunk in range(batch.first + begin, batch.first + int(ends[segment])):
            where = chunk
            if batch.order.size:
                where = int(batch.order[chunk])
            position = where * CHUNK
            stop = min(position + CHUNK, tokens.size)
            state = mix(batch.chunk_seed + np.uint64(where) * STEP)
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
                    words[length] = parts.codes[word]
                    length += (mix(state) >> _32) <= np.uint64(keep[word])
                    state += STEP
                for centre in range(length):
                    widths[centre] = batch.least + below(mix(state), batch.window - batch.least + 1)
                    state += STEP
                if not laying:
                    _count(row, words, widths, length, batch.window, number)
                    continue
                for centre in range(length):
                    first, last = max(centre - widths[centre], 0), min(centre + widths[centre], length - 1)
                    _write(row, codes, words, first, last, centre, number)
        if not laying:
            for bucket in range(row.size):
                starts[bucket, segment] = row[bucket]
