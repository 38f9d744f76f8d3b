"""Skip-gram with negative sampling by rotation of blocks: the same bytes with any number of threads.

Both matrices are cut into P parts, and the pairs of a batch are sorted into P × P buckets (pairing.py). In round s of a
batch, bucket k has the output rows (centres and noise words) of part k and the input rows (contexts) of part
(k + s) mod P. Workers take buckets round after round (turns.py), so every row is trained with its pairs in one fixed
order, however many workers there are. No locks are needed, and no two threads change the same row at once.

AT_ONCE pairs of a bucket are taken at a time, and noise words are drawn for them. SHARING pairs are a block: they share
their noise words, and their scores come from the same rows. Block b of B has the pairs b, b + B, b + 2·B, … of those
that were taken. So the pairs of one centre, which follow each other in the text, are in blocks that follow each other,
while its row is in the cache; they are seldom in one block, where the steps of pairs that are alike would add up and
become too long. The equations are those of sgns.py, the tiles those of llvm/pair_tiles.py. Naive twin:
tests/reference/rotation.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from w2v.arrays import F32, F64, I32, I64, U32, Flags
from w2v.kernels.llvm.compilation import FASTMATH, kernel
from w2v.kernels.llvm.pair_tiles import dot_pairs, holds, update_pairs
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
from w2v.kernels.pairing import Batch, Pairs, Parts
from w2v.kernels.rng import STEP, draw, mix
from w2v.kernels.turns import leave, may_begin
from w2v.kernels.work_items import take

__all__ = ["AT_ONCE", "SHARING", "Counters", "rotation_kernel"]


SHARING = 8  # pairs that share noise words
AT_ONCE = 512  # pairs of a bucket for which noise words are drawn
RENEWED = 4  # pairs for which a noise word is drawn; two words from 10 noise words a pair on, and so on
FEWEST = 32  # noise words at least that are drawn for AT_ONCE pairs or fewer
AHEAD = 2  # blocks between the prefetch of the rows of a block and their use

_16, _65535 = np.uint64(16), np.uint64(0xFFFF)
_HIGH, _LOW = np.uint32(16), np.uint32(0xFFFF)


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
def _lay_weights(weights: F32, targets: int, size: int, rate: np.float32, noise_rate: np.float32) -> None:
    """Write the signed learning rate of each lane: + for the centre, − for noise words, 0 in unused lanes.

    weights: float32 [SHARING // m, tiles, LANES]. A tile is the scores of m contexts with `size` targets.
    """
    weights[:] = 0.0
    m = SHARING // weights.shape[0]
    for i in range(m):
        for target in range(targets):
            tile = target // size
            weights[:, tile, (i - tile) * size + target] = rate if target == 0 else -noise_rate


@kernel
def _drop(weights: F32, centres: I64, count: int, targets: I64, negative: int, size: int) -> None:
    """Set the weights of noise words that are the centre itself to 0 (word2vec.c skips such noise words), and of pairs
    that are missing after the last one. centres: int64 [SHARING], addresses; `count` of them are of pairs.
    """
    m = SHARING // weights.shape[0]
    for i in range(SHARING):
        if i >= count:
            weights[i // m, :, i % m * size : (i % m + 1) * size] = 0.0
        for j in range(1, negative + 1):
            if targets[j] == centres[i]:
                weights[i // m, j // size, i % m * size + j % size] = 0.0


@kernel
def _next_pairs(pairs: Pairs, bucket: int, cursor: I64, found: U32) -> int:
    """Copy the next pairs of a bucket to found, uint32 [AT_ONCE], and return their number, 0 after the last one.

    cursor: int64 [2], the segment, and how many of its pairs in this bucket have been taken.
    """
    count = 0
    segment, taken = cursor
    while count < found.size and segment < pairs.starts.shape[1]:
        start, end = pairs.starts[bucket, segment] + taken, pairs.starts[bucket + 1, segment]
        more = min(end - start, found.size - count)
        for i in range(more):
            found[count + i] = pairs.codes[start + i]
        count += more
        taken += more
        if start + more == end:
            segment += 1
            taken = 0
    cursor[0], cursor[1] = segment, taken
    return count


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


@cache
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
    GROUPS = SHARING // M
    BYTES = 4 * LANES
    DRAWN = max(negative // 5, 1)
    ROWS = 2 * SHARING  # of a block: its contexts, then its centres
    TARGETS = TILES * SIZE

    @kernel
    def draw_pool(pool: I64, size: int, outputs: np.int64, part: int, parts: Parts, state: np.uint64) -> np.uint64:
        """Draw `size` noise words of a part; write the addresses of their rows to pool, int64; prefetch these rows."""
        first, end = parts.first[part], parts.first[part + 1]
        threshold, alias, words = parts.threshold[first:end], parts.alias[first:end], parts.words[first:end]
        for i in range(size):
            place = draw(mix(state), threshold, alias)
            state += STEP
            pool[i] = outputs + np.int64(words[place]) * STRIDE
            prefetch(pool[i], LINES)
        return state

    @kernel
    def choose(rows: I64, blocks: int, pool: I64, size: int, targets: I64, met: Flags, state: np.uint64) -> np.uint64:
        """Write the addresses of the noise words of each block to targets, int64 [blocks, TARGETS], from the second
        place on, and to met whether one of them is one of the centres; return the new random state.

        rows: int64 [blocks, ROWS] (`lay_rows`). pool: int64, from which noise words are chosen: the first `size`.
        """
        centres_at = address_of(rows) + 8 * SHARING
        for block in range(blocks):
            bits = np.uint64(0)
            for j in range(1, negative + 1):
                if j & 3 == 1:  # 64 random bits are enough for four places in the pool
                    bits = mix(state)
                    state += STEP
                targets[block, j] = pool[((bits & _65535) * np.uint64(size)) >> _16]
                bits >>= _16
            found = False
            for j in range(1, negative + 1):
                found |= holds(centres_at + 8 * ROWS * block, SHARING, targets[block, j])
            met[block] = found
        return state

    @kernel
    def lay_rows(
        found: U32, count: int, outputs: np.int64, inputs: np.int64, centre_words: I32, context_words: I32, rows: I64
    ) -> None:
        """Write the addresses of the rows of pairs to rows, int64 [blocks, ROWS]: of each block contexts, then centres.

        found: uint32, the codes of `count` pairs. centre_words, context_words: int32, of both parts.
        """
        blocks = -(-count // SHARING)
        for place in range(SHARING):
            for i in range(place * blocks, min((place + 1) * blocks, count)):
                block = i - place * blocks
                rows[block, place] = inputs + np.int64(context_words[found[i] & _LOW]) * STRIDE
                rows[block, SHARING + place] = outputs + np.int64(centre_words[found[i] >> _HIGH]) * STRIDE

    @kernel(fastmath=FASTMATH)
    def train_bucket(
        pairs: Pairs, bucket: int, model: Model, parts: Parts, batch: Batch, state: np.uint64
    ) -> tuple[int, float]:
        """Train on the pairs of a bucket; return (their number, the loss, which is NaN if a score was not finite)."""
        number = parts.first.size - 1
        total = 0
        for segment in range(pairs.starts.shape[1]):
            total += pairs.starts[bucket + 1, segment] - pairs.starts[bucket, segment]
        if total == 0:
            return 0, 0.0
        part, input_part = bucket // number, bucket % number
        centre_words = parts.words[parts.first[part] : parts.first[part + 1]]
        context_words = parts.words[parts.first[input_part] : parts.first[input_part + 1]]
        inputs, outputs = address_of(model.input), address_of(model.output)
        nothing = outputs + (model.input.shape[0] - 1) * STRIDE
        cursor = np.zeros(2, dtype=np.int64)
        found = np.empty(AT_ONCE, dtype=np.uint32)
        rows = np.full((AT_ONCE // SHARING + AHEAD, ROWS), nothing, dtype=np.int64)
        targets = np.full((AT_ONCE // SHARING, TARGETS), nothing, dtype=np.int64)
        met = np.empty(AT_ONCE // SHARING, dtype=np.bool_)
        pool = np.empty(DRAWN * max(AT_ONCE // RENEWED, FEWEST), dtype=np.int64)
        usual, special = np.zeros((2, GROUPS, TILES, LANES), dtype=np.float32)
        gradient = np.zeros((GROUPS, TILES, LANES), dtype=np.float32)
        kept = np.zeros((SHARING, LANES), dtype=np.float32)
        totals = np.empty((3, LANES), dtype=np.float32)
        rows_at, all_targets_at = address_of(rows), address_of(targets)
        gradient_at, kept_at = address_of(gradient), address_of(kept)
        running, exponent, check = broadcast(np.float32(1)), broadcast(np.float32(0)), broadcast(np.float32(0))
        done = 0
        while done < total:
            rate = np.float32(max(batch.rate - batch.slope * (batch.chunks * (done / total)), batch.floor))
            _lay_weights(usual, 1 + negative, SIZE, rate, rate * np.float32(parts.weight[part]))
            count = _next_pairs(pairs, bucket, cursor, found)
            done += count
            blocks = -(-count // SHARING)
            size = DRAWN * max(-(-count // RENEWED), FEWEST)
            state = draw_pool(pool, size, outputs, part, parts, state)
            lay_rows(found, count, outputs, inputs, centre_words, context_words, rows)
            state = choose(rows, blocks, pool, size, targets, met, state)
            for block in range(blocks):
                sharing = (count - block + blocks - 1) // blocks
                weights_at = address_of(usual)
                if met[block] or sharing < SHARING:
                    special[:] = usual
                    _drop(special, rows[block, SHARING:], sharing, targets[block], negative, SIZE)
                    weights_at = address_of(special)
                here, targets_at = rows_at + 8 * ROWS * block, all_targets_at + 8 * TARGETS * block
                own, ahead = here + 8 * SHARING, here + 8 * ROWS * AHEAD
                # First the scores of all tiles, then their errors: so the machine computes several errors at once.
                for i in range(0, SHARING, M):
                    for tile in range(TILES):
                        place = BYTES * (i // M * TILES + tile)
                        if tile == 0:
                            score = dot_pairs(here + 8 * i, own + 8 * i, targets_at, VECTORS, M, SIZE)
                        else:
                            score = dot_tile(here + 8 * i, targets_at + 8 * SIZE * tile, VECTORS, M, SIZE)
                        store(gradient_at + place, score)
                for place in range(0, BYTES * GROUPS * TILES, BYTES):
                    score, weight = load(gradient_at + place), load(weights_at + place)
                    right = probability(score, weight)
                    running, power = log2_product(running, right, weight)
                    exponent, check = add(exponent, power), poison(check, score)
                    store(gradient_at + place, error(weight, right))
                update_pairs(here, own, sharing, targets_at, gradient_at, kept_at, ahead, VECTORS, M, SIZE, TILES, ROWS)
        store(address_of(totals), running)
        store(address_of(totals) + BYTES, exponent)
        store(address_of(totals) + 2 * BYTES, check)
        # Keep these arrays alive until here: the loop holds raw addresses, and Numba frees an array after its last use.
        usual[:], special[:], gradient[:], kept[:], rows[:], targets[:] = 0.0, 0.0, 0.0, 0.0, 0, 0
        return total, _log_loss(totals)

    @kernel(fastmath=FASTMATH)
    def train(pairs: Pairs, model: Model, parts: Parts, batch: Batch, counters: Counters, held: I64) -> bool:
        """Take buckets and train on them. Return True when no bucket is left or a stop is requested.

        Return False if the worker must wait for a part: the caller then pauses and calls again. held: int64 [1], a
        bucket that this worker has taken and cannot begin yet, −1 if there is none.
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
            state = mix(batch.bucket_seed + np.uint64(bucket) * STEP)
            count, loss = train_bucket(pairs, bucket, model, parts, batch, state)
            _finish(counters, stratum, bucket, count, loss)
        return True

    return train
