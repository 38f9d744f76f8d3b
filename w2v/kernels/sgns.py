"""Skip-gram with negative sampling: the training kernels. The threads and the epochs are in w2v/training.

Mikolov et al. 2013, "Distributed Representations of Words and Phrases", section 2.2. For a context word c, and targets
t that are the centre word (y = 1) and its noise words (y = 0), with input vectors v, output vectors u and the learning
rate α:

    g = α·(y − σ(v_c · u_t))        v_c += Σ_t g·u_t        u_t += g·v_c

With a weight w_d for each distance d, g of a pair at that distance is w_d·α·(y − σ(v_c · u_t)).

`shared_kernel` draws the noise words once for all contexts of a centre, so that the scores of a centre are one small
matrix product. `exact_kernel` draws noise words for each pair, and updates in the order of word2vec.c. Sentences, noise
words and counters: negative_sampling.py. Naive twins: tests/reference/sgns.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from w2v.arrays import F32, I32
from w2v.kernels.frequent import copies_of, row_of
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
    multiply,
    poison,
    probability,
    store,
    update_tiles,
)
from w2v.kernels.negative_sampling import (
    AHEAD,
    SENTENCE,
    Counters,
    Model,
    Noise,
    Pool,
    Schedule,
    choose_targets,
    draw_window,
    drop_centre,
    empty_pool,
    lay_weights,
    next_sentence,
    renew,
    report,
    report_totals,
)
from w2v.kernels.rng import STEP, draw, mix

__all__ = ["exact_kernel", "shared_kernel"]


@cache
def shared_kernel(dim: int, negative: int, frozen: bool = False, weighted: bool = False) -> Callable[..., None]:
    """Return the kernel for rows of `dim` (padded) floats and `negative` noise words, shared by a centre's contexts.

    frozen: whether the kernel takes a `FrozenModel`, with rows that do not change. In the place of such a row, the
    kernel updates a copy, which it makes anew for each centre.
    weighted: whether `Schedule.weights` holds. The gradient of a pair is then multiplied by the weight of its distance;
    the loss that is counted is not.

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
    FROZEN, WEIGHTED = frozen, weighted
    begin, meet, draw_noise, finish = copies_of(dim)

    @kernel(fastmath=FASTMATH)
    def copy_row(source: np.int64, target: np.int64) -> None:
        for part in range(VECTORS):
            store(target + BYTES * part, load(source + BYTES * part))

    @kernel(fastmath=FASTMATH)
    def train(tokens: I32, model: Any, noise: Noise, schedule: Schedule, counters: Counters) -> None:
        """Take chunks and train on them until no chunk is left or a stop is requested.

        tokens: int32 [n]. model: a Model, or a FrozenModel where rows are frozen.
        """
        inputs, outputs = address_of(model.input), address_of(model.output)
        nothing = (model.input.shape[0] - 1) * STRIDE
        sentence = np.empty(SENTENCE, dtype=np.int32)
        rows = np.full(SENTENCE + M, inputs + nothing, dtype=np.int64)
        pool = empty_pool()
        own = begin(model, schedule.frequent)
        targets = np.full(TILES * SIZE, own.nothing, dtype=np.int64)
        gradient = np.zeros((-(-2 * schedule.window // M), TILES, LANES), dtype=np.float32)
        kept = np.zeros((2 * schedule.window, LANES), dtype=np.float32)
        weights = np.zeros((M, TILES, LANES), dtype=np.float32)
        coming = np.full(COMING, outputs + nothing, dtype=np.int64)
        totals = np.zeros((3, LANES), dtype=np.float32)
        rows_at, targets_at, kept_at = address_of(rows), address_of(targets), address_of(kept)
        gradient_at, weights_at, totals_at = address_of(gradient), address_of(weights), address_of(totals)
        coming_at = address_of(coming)
        cursor = np.zeros(2, dtype=np.int64)
        # Copies of frozen rows, and the addresses of a centre's contexts.
        copies = np.zeros(((1 + negative + 2 * schedule.window) * dim + LANES if FROZEN else 1,), dtype=np.float32)
        copies_at = (address_of(copies) + BYTES - 1) // BYTES * BYTES
        held = np.full(2 * schedule.window + M if FROZEN or WEIGHTED else 1, inputs + nothing, dtype=np.int64)
        # The weights of the distances window..1 and 1..window, as from the first context to the last; each one SIZE
        # times, so that the lanes of a tile lie side by side.
        factors = np.zeros(2 * schedule.window * SIZE + LANES if WEIGHTED else 1, dtype=np.float32)
        factors_at = address_of(factors)
        if WEIGHTED:
            for i in range(schedule.window * SIZE):
                factors[i] = schedule.weights[schedule.window - 1 - i // SIZE]
                factors[schedule.window * SIZE + i] = schedule.weights[i // SIZE]
        state = schedule.seed
        while True:
            length, rate, state = next_sentence(tokens, noise, schedule, counters, cursor, state, sentence, pool)
            if length < 0:
                finish(own)
                # Keep these arrays alive until here: the loop holds raw addresses, and Numba frees an array after its
                # last use.
                gradient[:], kept[:], copies[:], held[:], factors[:] = 0.0, 0.0, 0.0, 0, 0.0
                own.memory[:] = 0.0
                return
            for i in range(length):
                meet(own, sentence[i])
                rows[i] = row_of(own.inputs, sentence[i], STRIDE)
            rows[length : length + M] = inputs + nothing
            lay_weights(weights, 1 + negative, SIZE, M, rate)
            running, exponent, check = broadcast(np.float32(1)), broadcast(np.float32(0)), broadcast(np.float32(0))
            pairs = 0
            for centre in range(length):
                ahead = min(centre + AHEAD, length - 1)
                coming[0] = row_of(own.outputs, sentence[ahead], STRIDE)
                coming[1] = rows[min(ahead + schedule.window, length - 1)]
                first, last, state = draw_window(centre, length, schedule.least, schedule.window, state)
                count = last - first
                if count == 0:
                    continue
                pairs += count
                for i in range(RENEWED):
                    word, state = renew(pool, noise, state)
                    draw_noise(own, word)
                    coming[2 + i] = row_of(own.outputs, word, STRIDE)
                met, state = choose_targets(sentence[centre], pool.words, targets, own.outputs, STRIDE, negative, state)
                if met:
                    drop_centre(weights, targets, negative, SIZE, M)
                # The tiles below equal these lines of numpy, for `count` contexts and 1 + negative targets:
                #   C, T = inputs[contexts], outputs[targets]                  # [count, dim], [1 + negative, dim]
                #   y = np.arange(1 + negative) == 0                           # the centre is the true target
                #   g = rate * (y - 1 / (1 + np.exp(-C @ T.T)))                # 0 where a noise word is the centre
                #   g *= weights[distances - 1][:, None]                       # if there is a weight for each distance
                #   loss -= np.log(1 / (1 + np.exp(-np.where(y, 1, -1) * (C @ T.T)))).sum()
                #   np.add.at(inputs, contexts, g @ T)                         # both updates take the old rows
                #   np.add.at(outputs, targets, g.T @ C)
                # The scores of all tiles come first, then their errors: so the machine computes several errors at once.
                # The contexts are rows[first..last] without the centre, whose place the first of them takes for now.
                rows[centre], rows[first] = rows[first], rows[centre]
                contexts = rows_at + 8 * (first + 1)
                if WEIGHTED:  # the contexts in the order of the text
                    for i in range(count):
                        word = sentence[first + i if first + i < centre else first + i + 1]
                        held[i] = row_of(own.inputs, word, STRIDE)
                    held[count : count + M] = inputs + nothing
                    contexts = address_of(held)
                if FROZEN:
                    copy = copies_at
                    for j in range(1 + negative):
                        if model.frozen_output[(targets[j] - outputs) // STRIDE]:
                            copy_row(targets[j], copy)
                            targets[j] = copy
                            copy += STRIDE
                    for i in range(count):
                        if not WEIGHTED:
                            held[i] = rows[first + 1 + i]
                        if model.frozen_input[(held[i] - inputs) // STRIDE]:
                            copy_row(held[i], copy)
                            held[i] = copy
                            copy += STRIDE
                    held[count : count + M] = inputs + nothing
                    contexts = address_of(held)
                for i in range(0, count, M):
                    for tile in range(TILES):
                        score = dot_tile(contexts + 8 * i, targets_at + 8 * SIZE * tile, VECTORS, M, SIZE)
                        store(gradient_at + BYTES * (i // M * TILES + tile), score)
                for i in range(0, count, M):
                    for tile in range(TILES):
                        place = gradient_at + BYTES * (i // M * TILES + tile)
                        score, weight = load(place), load(weights_at + BYTES * (tile + TILES * max(i + M - count, 0)))
                        right = probability(score, weight)
                        running, power = log2_product(running, right, weight)
                        exponent, check = add(exponent, power), poison(check, score)
                        step = error(weight, right)
                        if WEIGHTED:
                            factor = load(factors_at + 4 * SIZE * (schedule.window - centre + first + i))
                            step = multiply(step, factor)
                        store(place, step)
                update_tiles(
                    contexts, count, targets_at, gradient_at, kept_at, coming_at, VECTORS, M, SIZE, TILES, COMING
                )
                rows[centre], rows[first] = rows[first], rows[centre]
                if met:
                    lay_weights(weights, 1 + negative, SIZE, M, rate)
            store(totals_at, running)
            store(totals_at + BYTES, exponent)
            store(totals_at + 2 * BYTES, check)
            report_totals(counters, pairs, totals)

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
    nothing = np.empty(0, dtype=np.int32)
    no_pool = Pool(nothing, nothing, cursor.copy())
    state = schedule.seed
    while True:
        length, rate, state = next_sentence(tokens, noise, schedule, counters, cursor, state, sentence, no_pool)
        if length < 0:
            return
        pairs, total = 0, 0.0
        for centre in range(length):
            first, last, state = draw_window(centre, length, schedule.least, schedule.window, state)
            for place in range(first, last + 1):
                if place != centre:
                    context = model.input[sentence[place]]
                    loss, state = _exact_pair(context, model, sentence[centre], negative, noise, rate, state)
                    total += loss
                    pairs += 1
        report(counters, pairs, total, math.isfinite(total))


@cache
def exact_kernel(dim: int, negative: int) -> Callable[..., None]:
    """Return the kernel with separate noise words for each pair, in the order of word2vec.c; for any `dim`."""

    def train(tokens: I32, model: Model, noise: Noise, schedule: Schedule, counters: Counters) -> None:
        _exact(tokens, model, noise, schedule, counters, negative)

    return train
