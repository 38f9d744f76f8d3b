"""What the training kernels of models with negative sampling share: sentences, noise words, counters, the loss.

A worker takes chunks of the tokens until none is left. Random numbers and learning rate depend on the chunk only, so
the workers change nothing but the order of the updates. Noise words come from a pool, of which each centre renews a
few. The kernels: sgns.py, cbow.py, subwords.py, cbow_subwords.py. Naive twins: tests/reference/sgns.py.

All helpers that a kernel calls in its loops are LEAN (llvm/bits.py): otherwise a call for each centre word would make
CBOW with few dimensions a third slower.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from w2v.arrays import F32, F64, I32, I64, U32, Flags
from w2v.kernels.frequent import Frequent, Rows, row_of
from w2v.kernels.llvm.bits import LEAN
from w2v.kernels.llvm.compilation import kernel
from w2v.kernels.llvm.simd import LANES
from w2v.kernels.rng import STEP, below, draw, mix
from w2v.kernels.work_items import take

__all__ = [
    "AHEAD",
    "CHUNK",
    "SENTENCE",
    "Counters",
    "FrozenModel",
    "Model",
    "Noise",
    "Pool",
    "Schedule",
    "choose_targets",
    "draw_all",
    "draw_window",
    "drop_centre",
    "empty_pool",
    "lay_weights",
    "next_sentence",
    "padded",
    "renew",
    "report",
    "report_totals",
]


CHUNK = 16_384  # tokens that a worker takes at a time: a few milliseconds, so that all threads end an epoch together
SENTENCE = 4_096  # most tokens of a sentence, after subsampling; a longer sentence is cut into pieces
POOL = 256  # noise words that a worker keeps ready, a power of 2; so few that their rows stay in the L2 cache
FRESH = 64  # noise words that are drawn at once, because the slow reads from the alias table then overlap
AHEAD = 3  # centres between the prefetch of a row and its use

_16 = np.uint64(16)
_32 = np.uint64(32)
_PLACE = np.uint64(POOL - 1)
_INSIDE = CHUNK - 1  # CHUNK is a power of 2
_AS_THEY_STAND = np.empty(0, dtype=np.int32)
_ALL_ALIKE = np.empty(0, dtype=np.float32)
_NONE = Frequent()


class Model(NamedTuple):
    """Both matrices: float32 [V + 1, padded dim], rows aligned to 64 bytes. The last row of each is 0 and stays 0."""

    input: F32
    output: F32


class FrozenModel(NamedTuple):
    """A model some rows of which do not change. frozen_input, frozen_output: bool [V + 1], whether a row does not."""

    input: F32
    output: F32
    frozen_input: Flags
    frozen_output: Flags


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
    The learning rate at token i is max(rate − slope·i, floor), where i counts the tokens in the order of training.
    order: int32 [chunks], the chunks in the order in which they are trained on; empty: in the order of the corpus.
    weights: float32 [window], the factor for contexts at each distance from the centre, for kernels that take it.
    frequent: the words of whose rows each thread keeps copies, for kernels that do.
    """

    seed: np.uint64
    window: int
    rate: float
    slope: float
    floor: float
    least: int = 1
    order: I32 = _AS_THEY_STAND
    weights: F32 = _ALL_ALIKE
    frequent: Frequent = _NONE


class Counters(NamedTuple):
    """Numbers that a worker reports while it runs (done, loss), and numbers that all workers share.

    done: int64 [8]: words, pairs, the current work item (the chunk, or its place in Schedule.order), 1 + the work item
    in which a score was not finite (0: none).
    loss: float64 [8]: [0] is the sum over all pairs of −log σ(±score), for the centre and its noise words.
    shared: int64 [8]: [0] = 1 asks all workers to stop; then the chunks that no worker has taken (work_items.py).
    """

    done: I64
    loss: F64
    shared: I64


def padded(dim: int) -> int:
    """Return the number of floats that a row of `dim` takes in memory: whole vectors, and cache lines of 64 bytes."""
    return -(-dim // 16) * 16


class Pool(NamedTuple):
    """The noise words of a worker. words: int32 [POOL], those that are in use. fresh: int32 [FRESH], drawn ahead.

    at: int64 [2], which of `words` is the oldest, and how many of `fresh` have not joined them yet.
    """

    words: I32
    fresh: I32
    at: I64


@kernel
def empty_pool() -> Pool:
    """Return a pool whose noise words have not been drawn."""
    return Pool(np.empty(POOL, dtype=np.int32), np.empty(FRESH, dtype=np.int32), np.zeros(2, dtype=np.int64))


@kernel(forceinline=True, **LEAN)
def renew(pool: Pool, noise: Noise, state: np.uint64) -> tuple[np.int32, np.uint64]:
    """Put a fresh noise word in the place of the oldest; return (the fresh word, the new random state)."""
    oldest, left = pool.at
    if left == 0:
        state = draw_all(pool.fresh, noise, state)
        left = FRESH
    word = pool.fresh[left - 1]
    pool.words[oldest] = word
    pool.at[0], pool.at[1] = (oldest + 1) & (POOL - 1), left - 1
    return word, state


@kernel(**LEAN)
def next_sentence(
    tokens: I32,
    noise: Noise,
    schedule: Schedule,
    counters: Counters,
    cursor: I64,
    state: np.uint64,
    sentence: I32,
    pool: Pool,
) -> tuple[int, np.float32, np.uint64]:
    """Fill `sentence`, int32 [SENTENCE], with the tokens that subsampling keeps; in a new chunk, also draw a new pool.

    So a chunk takes over only the matrices from the one before, and training can stop in between. The sentence ends at
    −1 in `tokens`, at the end of the chunk, or when it is full. cursor: int64 [2], the position in the corpus and the
    end of the chunk. Returns (the number of tokens, or −1 if no chunk is left; the learning rate; the random state).
    """
    position, stop = cursor
    begins = position == stop
    while position == stop:
        chunk = take(counters.shared)
        if chunk < 0 or counters.shared[0]:
            return -1, np.float32(0), state
        counters.done[2] = chunk
        if schedule.order.size:
            chunk = np.int64(schedule.order[chunk])
        position, stop = chunk * CHUNK, min((chunk + 1) * CHUNK, tokens.size)
        state = mix(schedule.seed + np.uint64(chunk) * STEP)
    before = counters.done[2] * CHUNK + (position & _INSIDE)  # tokens; the position itself in the order of the corpus
    rate = np.float32(max(schedule.rate - schedule.slope * before, schedule.floor))
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
    if begins:
        state = draw_all(pool.words, noise, state)
        pool.at[:] = 0
    return length, rate, state


@kernel(forceinline=True, **LEAN)
def draw_window(centre: int, length: int, least: int, most: int, state: np.uint64) -> tuple[int, int, np.uint64]:
    """Draw the width of a centre's window; return (its first word in a sentence, its last word, the random state)."""
    width = least + below(mix(state), most - least + 1)
    return max(centre - width, 0), min(centre + width, length - 1), state + STEP


@kernel(**LEAN)
def report(counters: Counters, pairs: int, loss: float, finite: bool) -> None:
    """Add the pairs and the loss of a sentence to the counters. A score that is not finite stops all workers."""
    counters.done[1] += pairs
    counters.loss[0] += loss
    if not finite:
        counters.done[3] = counters.done[2] + 1
        counters.shared[0] = 1


@kernel(**LEAN)
def report_totals(counters: Counters, pairs: int, totals: F32) -> None:
    """Report the pairs of a sentence. totals: float32 [3, LANES], as `_log_loss` takes them; [2] is only checked."""
    report(counters, pairs, _log_loss(totals), math.isfinite(totals[2].sum()))


@kernel(**LEAN)
def lay_weights(weights: F32, targets: int, size: int, m: int, rate: np.float32) -> None:
    """Write the signed learning rate of each lane: + for the centre, − for noise words, 0 in unused lanes.

    weights: float32 [m, tiles, LANES]; weights[i] is for a tile in which i of the m contexts are missing. A tile is the
    scores of m contexts with `size` targets (see `simd.dot_tile`).
    """
    weights[:] = 0.0
    for missing in range(m):
        for target in range(targets):
            for i in range(m - missing):
                weights[missing, target // size, i * size + target % size] = rate if target == 0 else -rate


@kernel(**LEAN)
def draw_all(words: I32, noise: Noise, state: np.uint64) -> np.uint64:
    """Fill `words`, int32 [n], with random noise words; return the new random state."""
    for i in range(words.size):
        words[i] = draw(mix(state), noise.threshold, noise.alias)
        state += STEP
    return state


@kernel(**LEAN)
def choose_targets(
    centre: np.int32,
    pool: I32,
    targets: I64,
    outputs: Rows,
    stride: int,
    negative: int,
    state: np.uint64,
) -> tuple[bool, np.uint64]:
    """Write the addresses of the centre's row and of `negative` rows of noise words from the pool to targets, int64.

    Copies that the thread keeps stand for their rows. stride: bytes of a row. Returns (whether one of the noise words
    is the centre, the new random state).
    """
    targets[0] = row_of(outputs, centre, stride)
    met = False
    bits = np.uint64(0)
    for j in range(1, negative + 1):
        if j & 3 == 1:  # 64 random bits are enough for four positions in the pool
            bits = mix(state)
            state += STEP
        word = pool[bits & _PLACE]
        bits >>= _16
        targets[j] = row_of(outputs, word, stride)
        met |= word == centre
    return met, state


@kernel(**LEAN)
def drop_centre(weights: F32, targets: I64, negative: int, size: int, m: int) -> None:
    """Set the weights of noise words that are the centre itself to 0: word2vec.c skips such noise words, too."""
    for j in range(1, negative + 1):
        if targets[j] == targets[0]:
            for i in range(m):
                weights[:, j // size, i * size + j % size] = 0.0


@kernel(**LEAN)
def _log_loss(totals: F32) -> float:
    """Return −log of a product of probabilities. totals: float32 [3, LANES]; [0] has mantissas, [1] their exponents."""
    loss = 0.0
    for lane in range(LANES):
        loss -= math.log(np.float64(totals[0, lane])) + math.log(2.0) * np.float64(totals[1, lane])
    return loss
