"""Skip-gram with negative sampling: the training kernels. The threads and the epochs are in w2v/training.

Mikolov et al. 2013, "Distributed Representations of Words and Phrases", section 2.2. For a context word c, and targets
t that are the centre word (y = 1) and its noise words (y = 0), with input vectors v, output vectors u and the learning
rate α:

    g = α·(y − σ(v_c · u_t))        v_c += Σ_t g·u_t        u_t += g·v_c

`shared_kernel` draws the noise words once for all contexts of a centre, so that the scores of a centre are one small
matrix product. `exact_kernel` draws noise words for each pair, and updates in the order of word2vec.c. A worker takes
chunks of the tokens until none is left. Random numbers and learning rate depend on the chunk only, so the workers
change nothing but the order of the updates. Naive twins: tests/reference/sgns.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from w2v.arrays import F32, F64, I32, I64, U32
from w2v.kernels.llvm.compilation import FASTMATH, kernel
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
    probability,
    store,
    update_tiles,
)
from w2v.kernels.rng import STEP, below, draw, mix
from w2v.kernels.work_items import take

__all__ = ["CHUNK", "Counters", "Model", "Noise", "Schedule", "exact_kernel", "padded", "shared_kernel"]


CHUNK = 16_384  # tokens that a worker takes at a time: a few milliseconds, so that all threads end an epoch together
SENTENCE = 4_096  # most tokens of a sentence, after subsampling; a longer sentence is cut into pieces
POOL = 256  # noise words that a worker keeps ready, a power of 2; so few that their rows stay in the L2 cache
FRESH = 64  # noise words that are drawn at once, because the slow reads from the alias table then overlap
AHEAD = 3  # centres between the prefetch of a row and its use

_16 = np.uint64(16)
_32 = np.uint64(32)
_PLACE = np.uint64(POOL - 1)


class Model(NamedTuple):
    """Both matrices: float32 [V + 1, padded dim], rows aligned to 64 bytes. The last row of each is 0 and stays 0."""

    input: F32
    output: F32


class Noise(NamedTuple):
    """The tables of subsampling and of noise words.

    keep: uint32 [V]; a token is kept if 32 random bits are at most keep[word]. threshold: uint32 [V] and alias: int32
    [V], the alias table of the noise words (`rng.alias_table`).
    """

    keep: U32
    threshold: U32
    alias: I32


class Schedule(NamedTuple):
    """The settings of one epoch: the first random state, the window, and the learning rate.

    The width of a centre's window is drawn from least..window; with least = window all windows are whole.
    The learning rate at token i is max(rate − slope·i, floor).
    """

    seed: np.uint64
    window: int
    rate: float
    slope: float
    floor: float
    least: int = 1


class Counters(NamedTuple):
    """Numbers that a worker reports while it runs (done, loss), and numbers that all workers share.

    done: int64 [8]: words, pairs, the current chunk, 1 + the chunk in which a score was not finite (0: none).
    loss: float64 [8]: [0] is the sum over all pairs of −log σ(±score), for the centre and its noise words.
    shared: int64 [8]: [0] = 1 asks all workers to stop; then the chunks that no worker has taken (work_items.py).
    """

    done: I64
    loss: F64
    shared: I64


def padded(dim: int) -> int:
    """Return the number of floats that a row of `dim` takes in memory: whole vectors, and cache lines of 64 bytes."""
    return -(-dim // 16) * 16


@kernel
def _next_sentence(
    tokens: I32,
    noise: Noise,
    schedule: Schedule,
    counters: Counters,
    cursor: I64,
    state: np.uint64,
    sentence: I32,
) -> tuple[int, np.float32, np.uint64]:
    """Fill `sentence`, int32 [SENTENCE], with the tokens that subsampling keeps.

    The sentence ends at −1 in `tokens`, at the end of the chunk, or when it is full. cursor: int64 [2], the position
    in the corpus and the end of the chunk. Returns (the number of tokens, or −1 if no chunk is left; the learning
    rate; the random state).
    """
    position, stop = cursor
    while position == stop:
        chunk = take(counters.shared)
        if chunk < 0 or counters.shared[0]:
            return -1, np.float32(0), state
        position, stop = chunk * CHUNK, min((chunk + 1) * CHUNK, tokens.size)
        state = mix(schedule.seed + np.uint64(chunk) * STEP)
        counters.done[2] = chunk
    rate = np.float32(max(schedule.rate - schedule.slope * position, schedule.floor))
    length = words = 0
    while position < stop and length < SENTENCE:
        word = tokens[position]
        position += 1
        if word < 0:
            if length:
                break
            continue
        words += 1
        sentence[length] = word
        length += (mix(state) >> _32) <= np.uint64(noise.keep[word])
        state += STEP
    cursor[0], cursor[1] = position, stop
    counters.done[0] += words
    return length, rate, state


@kernel
def _report(counters: Counters, pairs: int, loss: float, finite: bool) -> None:
    """Add the pairs and the loss of a sentence to the counters. A score that is not finite stops all workers."""
    counters.done[1] += pairs
    counters.loss[0] += loss
    if not finite:
        counters.done[3] = counters.done[2] + 1
        counters.shared[0] = 1


@kernel
def _lay_weights(weights: F32, targets: int, size: int, m: int, rate: np.float32) -> None:
    """Write the signed learning rate of each lane: + for the centre, − for noise words, 0 in unused lanes.

    weights: float32 [m, tiles, LANES]; weights[i] is for a tile in which i of the m contexts are missing. A tile is the
    scores of m contexts with `size` targets (see `simd.dot_tile`).
    """
    weights[:] = 0.0
    for missing in range(m):
        for target in range(targets):
            for i in range(m - missing):
                weights[missing, target // size, i * size + target % size] = rate if target == 0 else -rate


@kernel
def _draw_all(words: I32, noise: Noise, state: np.uint64) -> np.uint64:
    """Fill `words`, int32 [n], with random noise words; return the new random state."""
    for i in range(words.size):
        words[i] = draw(mix(state), noise.threshold, noise.alias)
        state += STEP
    return state


@kernel
def _choose_targets(
    centre: np.int32,
    pool: I32,
    targets: I64,
    outputs: np.int64,
    stride: np.int64,
    negative: int,
    state: np.uint64,
) -> tuple[bool, np.uint64]:
    """Write the addresses of the centre's row and of `negative` rows of noise words from the pool to targets, int64.

    Returns (whether one of the noise words is the centre, the new random state).
    """
    targets[0] = outputs + np.int64(centre) * stride
    met = False
    bits = np.uint64(0)
    for j in range(1, negative + 1):
        if j & 3 == 1:  # 64 random bits are enough for four positions in the pool
            bits = mix(state)
            state += STEP
        word = pool[bits & _PLACE]
        bits >>= _16
        targets[j] = outputs + np.int64(word) * stride
        met |= word == centre
    return met, state


@kernel
def _drop_centre(weights: F32, targets: I64, negative: int, size: int, m: int) -> None:
    """Set the weights of noise words that are the centre itself to 0: word2vec.c skips such noise words, too."""
    for j in range(1, negative + 1):
        if targets[j] == targets[0]:
            for i in range(m):
                weights[:, j // size, i * size + j % size] = 0.0


@kernel
def _log_loss(totals: F32) -> float:
    """Return −log of a product of probabilities. totals: float32 [3, LANES]; [0] has mantissas, [1] their exponents."""
    loss = 0.0
    for lane in range(LANES):
        loss -= math.log(np.float64(totals[0, lane])) + math.log(2.0) * np.float64(totals[1, lane])
    return loss


def shared_kernel(dim: int, negative: int) -> Callable[..., None]:
    """Return the kernel for rows of `dim` (padded) floats and `negative` noise words, shared by a centre's contexts.

    Both numbers are constants in the compiled code. So each pair of them is compiled once, and kept on disk.
    """
    VECTORS = dim // LANES
    STRIDE = dim * 4
    TILES = -(-(1 + negative) // 8)  # the registers can hold at most 8 targets
    SIZE = -(-(1 + negative) // TILES)
    M = max(m for m in (1, 2, 4) if m * SIZE <= LANES)  # contexts of a tile, whose scores fit into one vector
    BYTES = 4 * LANES
    RENEWED = max(1, negative // 5)
    COMING = 2 + RENEWED

    @kernel(fastmath=FASTMATH)
    def train(tokens: I32, model: Model, noise: Noise, schedule: Schedule, counters: Counters) -> None:
        """Take chunks and train on them until no chunk is left or a stop is requested. tokens: int32 [n]."""
        inputs, outputs = address_of(model.input), address_of(model.output)
        nothing = (model.input.shape[0] - 1) * STRIDE
        sentence = np.empty(SENTENCE, dtype=np.int32)
        rows = np.full(SENTENCE + M, inputs + nothing, dtype=np.int64)
        pool = np.empty(POOL, dtype=np.int32)
        fresh = np.empty(FRESH, dtype=np.int32)
        targets = np.full(TILES * SIZE, outputs + nothing, dtype=np.int64)
        gradient = np.zeros((-(-2 * schedule.window // M), TILES, LANES), dtype=np.float32)
        kept = np.zeros((2 * schedule.window, LANES), dtype=np.float32)
        weights = np.zeros((M, TILES, LANES), dtype=np.float32)
        coming = np.full(COMING, outputs + nothing, dtype=np.int64)
        totals = np.zeros((3, LANES), dtype=np.float32)
        rows_at, targets_at, kept_at = address_of(rows), address_of(targets), address_of(kept)
        gradient_at, weights_at, totals_at = address_of(gradient), address_of(weights), address_of(totals)
        coming_at = address_of(coming)
        cursor = np.zeros(2, dtype=np.int64)
        state = schedule.seed
        oldest, spare, chunk = 0, 0, -1
        while True:
            length, rate, state = _next_sentence(tokens, noise, schedule, counters, cursor, state, sentence)
            if length < 0:
                # Keep both arrays alive until here: the loop holds raw addresses, and Numba frees an array after its
                # last use.
                gradient[:], kept[:] = 0.0, 0.0
                return
            if chunk != counters.done[2]:
                chunk = counters.done[2]
                oldest = 0  # a chunk takes over only the matrices from the one before, so training can stop in between
                state = _draw_all(pool, noise, state)
                spare = 0
            for i in range(length):
                rows[i] = inputs + np.int64(sentence[i]) * STRIDE
            rows[length : length + M] = inputs + nothing
            _lay_weights(weights, 1 + negative, SIZE, M, rate)
            running, exponent, check = broadcast(np.float32(1)), broadcast(np.float32(0)), broadcast(np.float32(0))
            pairs = 0
            for centre in range(length):
                ahead = min(centre + AHEAD, length - 1)
                coming[0] = outputs + np.int64(sentence[ahead]) * STRIDE
                coming[1] = rows[min(ahead + schedule.window, length - 1)]
                width = schedule.least + below(mix(state), schedule.window - schedule.least + 1)
                state += STEP
                first, last = max(centre - width, 0), min(centre + width, length - 1)
                count = last - first
                if count == 0:
                    continue
                pairs += count
                for i in range(RENEWED):
                    if spare == 0:
                        state = _draw_all(fresh, noise, state)
                        spare = FRESH
                    spare -= 1
                    pool[oldest] = fresh[spare]
                    coming[2 + i] = outputs + np.int64(pool[oldest]) * STRIDE
                    oldest = (oldest + 1) & (POOL - 1)
                met, state = _choose_targets(sentence[centre], pool, targets, outputs, STRIDE, negative, state)
                if met:
                    _drop_centre(weights, targets, negative, SIZE, M)
                # The tiles below equal these lines of numpy, for `count` contexts and 1 + negative targets:
                #   C, T = inputs[contexts], outputs[targets]                  # [count, dim], [1 + negative, dim]
                #   y = np.arange(1 + negative) == 0                           # the centre is the true target
                #   g = rate * (y - 1 / (1 + np.exp(-C @ T.T)))                # 0 where a noise word is the centre
                #   loss -= np.log(1 / (1 + np.exp(-np.where(y, 1, -1) * (C @ T.T)))).sum()
                #   np.add.at(inputs, contexts, g @ T)                         # both updates take the old rows
                #   np.add.at(outputs, targets, g.T @ C)
                # The contexts are rows[first..last] without the centre, whose place the first of them takes for now.
                rows[centre], rows[first] = rows[first], rows[centre]
                contexts = rows_at + 8 * (first + 1)
                for i in range(0, count, M):
                    for tile in range(TILES):
                        weight = load(weights_at + BYTES * (tile + TILES * max(i + M - count, 0)))
                        score = dot_tile(contexts + 8 * i, targets_at + 8 * SIZE * tile, VECTORS, M, SIZE)
                        right = probability(score, weight)
                        running, power = log2_product(running, right, weight)
                        exponent, check = add(exponent, power), poison(check, score)
                        store(gradient_at + BYTES * (i // M * TILES + tile), error(weight, right))
                update_tiles(
                    contexts, count, targets_at, gradient_at, kept_at, coming_at, VECTORS, M, SIZE, TILES, COMING
                )
                rows[centre], rows[first] = rows[first], rows[centre]
                if met:
                    _lay_weights(weights, 1 + negative, SIZE, M, rate)
            store(totals_at, running)
            store(totals_at + BYTES, exponent)
            store(totals_at + 2 * BYTES, check)
            _report(counters, pairs, _log_loss(totals), math.isfinite(totals[2].sum()))

    return train


@kernel(fastmath=FASTMATH)
def _exact_pair(
    context: F32, model: Model, centre: int, negative: int, noise: Noise, rate: np.float32, state: np.uint64
) -> tuple[float, np.uint64]:
    """Train on one pair in the order of word2vec.c: target after target, and then the context, float32 [dim].

    Returns (the loss of the pair, the new random state).
    """
    moved = np.zeros(context.size, dtype=np.float32)
    loss = 0.0
    for j in range(1 + negative):
        word = centre
        if j:
            word = draw(mix(state), noise.threshold, noise.alias)
            state += STEP
            if word == centre:
                continue
        target = model.output[word]
        score = np.float32(0)
        for k in range(context.size):
            score += context[k] * target[k]
        sign = np.float32(-1.0 if j else 1.0)
        right = np.float32(1.0) / (np.float32(1.0) + np.float32(math.exp(-sign * score)))
        loss -= math.log(max(np.float64(right), 1e-38))
        g = sign * rate * (np.float32(1.0) - right)
        for k in range(context.size):
            moved[k] += g * target[k]
        for k in range(context.size):
            target[k] += g * context[k]
    for k in range(context.size):
        context[k] += moved[k]
    return loss, state


@kernel
def _exact(tokens: I32, model: Model, noise: Noise, schedule: Schedule, counters: Counters, negative: int) -> None:
    sentence = np.empty(SENTENCE + 1, dtype=np.int32)
    cursor = np.zeros(2, dtype=np.int64)
    state = schedule.seed
    while True:
        length, rate, state = _next_sentence(tokens, noise, schedule, counters, cursor, state, sentence)
        if length < 0:
            return
        pairs, total = 0, 0.0
        for centre in range(length):
            width = schedule.least + below(mix(state), schedule.window - schedule.least + 1)
            state += STEP
            for place in range(max(centre - width, 0), min(centre + width, length - 1) + 1):
                if place != centre:
                    context = model.input[sentence[place]]
                    loss, state = _exact_pair(context, model, sentence[centre], negative, noise, rate, state)
                    total += loss
                    pairs += 1
        _report(counters, pairs, total, math.isfinite(total))


def exact_kernel(dim: int, negative: int) -> Callable[..., None]:
    """Return the kernel with separate noise words for each pair, in the order of word2vec.c; for any `dim`."""

    def train(tokens: I32, model: Model, noise: Noise, schedule: Schedule, counters: Counters) -> None:
        _exact(tokens, model, noise, schedule, counters, negative)

    return train
