"""Skip-gram with negative sampling by rotation of blocks: the same bytes with any number of threads.

Both matrices are cut into P parts, and the pairs of a batch are sorted into P × P buckets (pairing.py). In round s of a
batch, bucket k has the output rows (centres and noise words) of part k and the input rows (contexts) of part
(k + s) mod P. Workers take buckets round after round (turns.py), so every row is trained with its pairs in one fixed
order, however many workers there are. No locks are needed, and no two threads change the same row at once.

Inside a bucket, PAIRS pairs of a centre and a context share their noise words. The equations are those of sgns.py.
Naive twin: tests/reference/rotation.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from w2v.arrays import F32, F64, I32, I64
from w2v.kernels.llvm.compilation import FASTMATH, kernel
from w2v.kernels.llvm.pair_tiles import dot_pairs, update_pairs
from w2v.kernels.llvm.simd import (
    LANES,
    add,
    address_of,
    broadcast,
    dot_tile,
    error,
    load,
    log2_product,
    poison,
    prefetch,
    probability,
    store,
)
from w2v.kernels.negative_sampling import Model
from w2v.kernels.pairing import Batch, Parts
from w2v.kernels.rng import STEP, below, draw, mix
from w2v.kernels.turns import leave, may_begin
from w2v.kernels.work_items import take

__all__ = ["PAIRS", "Counters", "rotation_kernel"]


PAIRS = 4  # pairs that share noise words
POOL = 512  # noise words that are drawn at once


class Counters(NamedTuple):
    """Numbers that a worker reports (done, loss), and arrays that all workers share.

    done: int64 [8]: [1] pairs, [3] is 1 if a score was not finite. loss: float64 [8]: [0] is the loss.
    shared: int64 [8]: [0] = 1 asks all workers to stop; then the buckets that no worker has taken. turns: int64 [2, P],
    the rounds that have left each part of the output rows and of the input rows (turns.py). losses: float64 [P²], the
    loss of each bucket.
    """

    done: I64
    loss: F64
    shared: I64
    turns: I64
    losses: F64


@kernel
def _finish(counters: Counters, stratum: int, bucket: int, pairs: int, loss: float) -> None:
    """Store the loss of a bucket, and leave its parts to other workers. A loss that is not finite stops all workers."""
    counters.losses[bucket] = loss
    counters.loss[0] += loss
    counters.done[1] += pairs
    parts = counters.turns.shape[1]
    if not math.isfinite(loss):
        counters.done[3] = 1
        counters.shared[0] = 1
    leave(counters.turns, stratum, bucket // parts, bucket % parts)


@kernel
def _lay_signs(signs: F32, targets: int, size: int, m: int, weight: np.float32) -> None:
    """Write the factor of each lane to signs, float32 [tiles, LANES]: 1 for the centre, −weight for noise, else 0."""
    signs[:] = 0.0
    for target in range(targets):
        for i in range(m):
            signs[target // size, i * size + target % size] = np.float32(1) if target == 0 else -weight


@kernel
def _lay_weights(
    weights: F32, signs: F32, rate: np.float32, centres: I64, targets: I64, count: int, negative: int
) -> None:
    """Write the signed learning rate of `count` pairs to weights, float32 [PAIRS // m, tiles, LANES].

    Two kinds of lanes are 0: noise words that are the centre itself (word2vec.c skips them), and lanes of missing pairs
    after the last pair. signs: what `_lay_signs` wrote.
    """
    groups, tiles, _ = weights.shape
    m = PAIRS // groups
    size = targets.size // tiles
    for group in range(groups):
        for tile in range(tiles):
            for lane in range(LANES):
                weights[group, tile, lane] = rate * signs[tile, lane]
    for i in range(count):
        for j in range(1, 1 + negative):
            if targets[j] == centres[i]:
                weights[i // m, j // size, i % m * size + j % size] = 0.0
    if count % m:
        weights[count // m, :, size:] = 0.0


@kernel
def _log_loss(totals: F32) -> float:
    """Return −log of a product of probabilities, or NaN if a score was not finite.

    totals: float32 [3, LANES]; [0] has mantissas and [1] exponents (`simd.log2_product`), [2] what `simd.poison` made
    of the scores.
    """
    loss = 0.0 * np.float64(totals[2].sum())
    for lane in range(LANES):
        loss -= math.log(np.float64(totals[0, lane])) + math.log(2.0) * np.float64(totals[1, lane])
    return loss


def rotation_kernel(dim: int, negative: int) -> Callable[..., bool]:
    """Return the kernel for rows of `dim` (padded) floats and `negative` noise words.

    Both numbers are constants in the compiled code.
    """
    VECTORS = dim // LANES
    STRIDE = dim * 4
    LINES = dim // 16
    TILES = -(-(1 + negative) // 8)  # the registers can hold at most 8 targets
    SIZE = -(-(1 + negative) // TILES)
    M = LANES // 8  # pairs of a tile: their scores with 8 targets fill one vector
    GROUPS = PAIRS // M
    BYTES = 4 * LANES

    @kernel
    def draw_pool(pool: I64, size: int, outputs: np.int64, part: int, parts: Parts, state: np.uint64) -> np.uint64:
        """Draw `size` noise words of a part; write the addresses of their rows to pool, int64; prefetch these rows."""
        first, end = parts.first[part], parts.first[part + 1]
        for i in range(size):
            place = draw(mix(state), parts.threshold[first:end], parts.alias[first:end])
            state += STEP
            pool[i] = outputs + np.int64(parts.words[first + place]) * STRIDE
            prefetch(pool[i], LINES)
        return state

    @kernel
    def lay_pairs(pairs: I32, block: int, outputs: np.int64, inputs: np.int64, centres: I64, contexts: I64) -> int:
        """Write the addresses of the rows of up to PAIRS pairs, and prefetch the rows of the next pairs.

        pairs: int32 [n, 2], centre and context. Returns the number of pairs.
        """
        count = min(PAIRS, pairs.shape[0] - block)
        for i in range(count):
            centres[i] = outputs + np.int64(pairs[block + i, 0]) * STRIDE
            contexts[i] = inputs + np.int64(pairs[block + i, 1]) * STRIDE
        for i in range(block + PAIRS, min(block + 2 * PAIRS, pairs.shape[0])):
            prefetch(outputs + np.int64(pairs[i, 0]) * STRIDE, LINES)
            prefetch(inputs + np.int64(pairs[i, 1]) * STRIDE, LINES)
        return count

    @kernel(fastmath=FASTMATH)
    def train_bucket(pairs: I32, part: int, model: Model, parts: Parts, batch: Batch, state: np.uint64) -> float:
        """Train on pairs, int32 [n, 2], with noise words of `part`; return the loss, NaN if a score was not finite."""
        inputs, outputs = address_of(model.input), address_of(model.output)
        nothing = (model.input.shape[0] - 1) * STRIDE
        centres = np.full(PAIRS, outputs + nothing, dtype=np.int64)
        contexts = np.full(PAIRS, inputs + nothing, dtype=np.int64)
        targets = np.full(TILES * SIZE, outputs + nothing, dtype=np.int64)
        pool = np.empty(POOL, dtype=np.int64)
        signs = np.empty((TILES, LANES), dtype=np.float32)
        weights = np.zeros((GROUPS, TILES, LANES), dtype=np.float32)
        gradient = np.zeros((GROUPS, TILES, LANES), dtype=np.float32)
        kept = np.zeros((PAIRS, LANES), dtype=np.float32)
        totals = np.empty((3, LANES), dtype=np.float32)
        centres_at, contexts_at, targets_at = address_of(centres), address_of(contexts), address_of(targets)
        weights_at, gradient_at, kept_at = address_of(weights), address_of(gradient), address_of(kept)
        _lay_signs(signs, 1 + negative, SIZE, M, np.float32(parts.weight[part]))
        size, rate = 0, np.float32(0)
        running, exponent, check = broadcast(np.float32(1)), broadcast(np.float32(0)), broadcast(np.float32(0))
        for block in range(0, pairs.shape[0], PAIRS):
            count = lay_pairs(pairs, block, outputs, inputs, centres, contexts)
            if block % (POOL * PAIRS) == 0:
                position = batch.chunks * (block / pairs.shape[0])
                rate = np.float32(max(batch.rate - batch.slope * position, batch.floor))
                size = min(POOL, max(negative // 5, 1) * -(-(pairs.shape[0] - block) // PAIRS))
                state = draw_pool(pool, size, outputs, part, parts, state)
            for j in range(1, 1 + negative):
                targets[j] = pool[below(mix(state), size)]
                state += STEP
            _lay_weights(weights, signs, rate, centres, targets, count, negative)
            for i in range(0, count, M):
                for tile in range(TILES):
                    place = BYTES * (i // M * TILES + tile)
                    weight = load(weights_at + place)
                    if tile == 0:
                        score = dot_pairs(contexts_at + 8 * i, centres_at + 8 * i, targets_at, VECTORS, M, SIZE)
                    else:
                        score = dot_tile(contexts_at + 8 * i, targets_at + 8 * SIZE * tile, VECTORS, M, SIZE)
                    right = probability(score, weight)
                    running, power = log2_product(running, right, weight)
                    exponent, check = add(exponent, power), poison(check, score)
                    store(gradient_at + place, error(weight, right))
            update_pairs(contexts_at, centres_at, count, targets_at, gradient_at, kept_at, VECTORS, M, SIZE, TILES)
        store(address_of(totals), running)
        store(address_of(totals) + BYTES, exponent)
        store(address_of(totals) + 2 * BYTES, check)
        # Keep both arrays alive until here: the loop holds raw addresses, and Numba frees an array after its last use.
        gradient[:], kept[:] = 0.0, 0.0
        return _log_loss(totals)

    @kernel(fastmath=FASTMATH)
    def train(
        pairs: I32, buckets: I64, model: Model, parts: Parts, batch: Batch, counters: Counters, held: I64
    ) -> bool:
        """Take buckets and train on them. Return True when no bucket is left or a stop is requested.

        Return False if the worker must wait for a part: the caller then pauses and calls again. pairs: int32 [n, 2],
        bucket after bucket. buckets: int64 [P² + 1], where each bucket begins. held: int64 [1], a bucket that this
        worker has taken and cannot begin yet, −1 if there is none.
        """
        number = parts.first.size - 1
        while not counters.shared[0]:
            if held[0] < 0:
                held[0] = take(counters.shared)
            if held[0] < 0:
                return True
            stratum, part = held[0] // number, held[0] % number
            input_part = (part + stratum) % number
            if not may_begin(counters.turns, stratum, part, input_part):
                return False
            held[0] = -1
            bucket = part * number + input_part
            mine = pairs[buckets[bucket] : buckets[bucket + 1]]
            state = mix(batch.bucket_seed + np.uint64(bucket) * STEP)
            loss = train_bucket(mine, part, model, parts, batch, state) if mine.shape[0] else 0.0
            _finish(counters, stratum, bucket, mine.shape[0], loss)
        return True

    return train
