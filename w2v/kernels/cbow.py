"""CBOW with negative sampling: the training kernel. The threads and the epochs are in w2v/training.

Mikolov et al. 2013, "Efficient Estimation of Word Representations in Vector Space", section 3.1, with the noise words
of "Distributed Representations of Words and Phrases", section 2.2. For a centre word with n contexts c, its targets t
that are the centre (y = 1) and noise words (y = 0), input vectors v, output vectors u and the learning rate α:

    h = Σ_c v_c / n        g_t = α·(y − σ(h · u_t))        e = Σ_t g_t·u_t        u_t += g_t·h        v_c += e·s

with s = 1 as in word2vec.c ("whole"), or s = 1/n, which is the gradient of the mean ("mean"). With a weight w_c for
the distance of each context, h = Σ_c w_c·v_c / W with W = Σ_c w_c, and s = n·w_c/W ("whole") or w_c/W ("mean"). Both
updates take the rows as they were before the centre. Sentences, noise words and counters: negative_sampling.py. Naive
twin: tests/reference/cbow.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from w2v.arrays import I32
from w2v.kernels.frequent import copies_of, row_of
from w2v.kernels.llvm.compilation import FASTMATH, kernel
from w2v.kernels.llvm.gathering import gather, gather_weighted, scatter
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
from w2v.kernels.negative_sampling import (
    AHEAD,
    SENTENCE,
    Counters,
    Model,
    Noise,
    Schedule,
    choose_targets,
    draw_window,
    drop_centre,
    empty_pool,
    lay_weights,
    next_sentence,
    renew,
    report_totals,
)

__all__ = ["cbow_kernel"]


@cache
def cbow_kernel(dim: int, negative: int, whole: bool, weighted: bool = False) -> Callable[..., None]:
    """Return the kernel for rows of `dim` (padded) floats, `negative` noise words, and s = 1 (`whole`) or s = 1/n.

    weighted: whether `Schedule.weights` holds. A centre whose contexts all have the weight 0 is then left out.

    All four are constants in the compiled code. So each set of them is compiled once, and kept on disk.
    """
    VECTORS = dim // LANES
    STRIDE = dim * 4
    TILES = -(-(1 + negative) // 8)  # the registers can hold at most 8 targets
    SIZE = -(-(1 + negative) // TILES)
    BYTES = 4 * LANES
    RENEWED = max(1, negative // 5)
    COMING = 2 + RENEWED
    WHOLE, WEIGHTED = whole, weighted

    begin, meet, draw_noise, finish = copies_of(dim, inputs=False)

    @kernel(fastmath=FASTMATH)
    def train(tokens: I32, model: Model, noise: Noise, schedule: Schedule, counters: Counters) -> None:
        """Take chunks and train on them until no chunk is left or a stop is requested. tokens: int32 [n]."""
        inputs = address_of(model.input)
        own = begin(model, schedule.frequent)
        work = np.zeros((2, VECTORS * LANES), dtype=np.float32)  # h, and h as it was before the update
        row = np.full(1, address_of(work), dtype=np.int64)
        sentence = np.empty(SENTENCE, dtype=np.int32)
        pool = empty_pool()
        targets = np.full(TILES * SIZE, own.nothing, dtype=np.int64)
        gradient = np.zeros((TILES, LANES), dtype=np.float32)
        kept = np.zeros(LANES, dtype=np.float32)
        weights = np.zeros((1, TILES, LANES), dtype=np.float32)
        coming = np.full(COMING, own.nothing, dtype=np.int64)
        totals = np.zeros((3, LANES), dtype=np.float32)
        step = np.ones(1, dtype=np.float32)
        work_at, row_at, sentence_at, step_at = (
            address_of(work),
            address_of(row),
            address_of(sentence),
            address_of(step),
        )
        targets_at, kept_at, coming_at = address_of(targets), address_of(kept), address_of(coming)
        gradient_at, weights_at, totals_at = address_of(gradient), address_of(weights), address_of(totals)
        before_at = work_at + STRIDE
        # The weights of the distances window..1 and 1..window; the contexts in the order of the text, and their s.
        window = schedule.window if WEIGHTED else 1
        factors = np.ones(2 * window, dtype=np.float32)
        around = np.zeros(2 * window, dtype=np.int32)
        shares = np.zeros(2 * window, dtype=np.float32)
        factors_at, around_at, shares_at = address_of(factors), address_of(around), address_of(shares)
        if WEIGHTED:
            for i in range(window):
                factors[window - 1 - i] = factors[window + i] = schedule.weights[i]
        cursor = np.zeros(2, dtype=np.int64)
        state = schedule.seed
        while True:
            length, rate, state = next_sentence(tokens, noise, schedule, counters, cursor, state, sentence, pool)
            if length < 0:
                finish(own)
                # Keep the arrays alive until here: the loop holds raw addresses, and Numba frees an array after its
                # last use.
                gradient[:], kept[:], work[:], row[:], step[:] = 0.0, 0.0, 0.0, 0, 0.0
                factors[:], around[:], shares[:] = 0.0, 0, 0.0
                own.memory[:] = 0.0
                return
            lay_weights(weights, 1 + negative, SIZE, 1, rate)
            running, exponent, check = broadcast(np.float32(1)), broadcast(np.float32(0)), broadcast(np.float32(0))
            centres = 0
            for centre in range(length):
                ahead = min(centre + AHEAD, length - 1)
                coming[0] = row_of(own.outputs, sentence[ahead], STRIDE)
                coming[1] = inputs + np.int64(sentence[min(ahead + schedule.window, length - 1)]) * STRIDE
                first, last, state = draw_window(centre, length, schedule.least, schedule.window, state)
                count = last - first
                if count == 0:
                    continue
                total = np.float32(count)
                if WEIGHTED:
                    total = factors[window - centre + first : window - centre + first + count].sum()
                    if total == 0:
                        continue
                centres += 1
                for i in range(RENEWED):
                    word, state = renew(pool, noise, state)
                    draw_noise(own, word)
                    coming[2 + i] = row_of(own.outputs, word, STRIDE)
                meet(own, sentence[centre])
                met, state = choose_targets(sentence[centre], pool.words, targets, own.outputs, STRIDE, negative, state)
                if met:
                    drop_centre(weights, targets, negative, SIZE, 1)
                # What follows equals these lines of numpy, for n contexts and 1 + negative targets:
                #   h, T = np.average(inputs[contexts], axis=0, weights=w), outputs[targets]     # w = 1 if not weighted
                #   y = np.arange(1 + negative) == 0                           # the centre is the true target
                #   g = rate * (y - 1 / (1 + np.exp(-T @ h)))                  # 0 where a noise word is the centre
                #   loss -= np.log(1 / (1 + np.exp(-np.where(y, 1, -1) * (T @ h)))).sum()
                #   np.add.at(outputs, targets, np.outer(g, h))
                #   np.add.at(inputs, contexts, (g @ T) * np.c_[w] / w.sum() * (n if whole else 1))  # T as it was
                share = np.float32(1) / total
                if WEIGHTED:
                    scale = np.float32(count) * share if WHOLE else share
                    for i in range(count):
                        around[i] = sentence[first + i if first + i < centre else first + i + 1]
                        shares[i] = factors[window - centre + first + i] * scale
                # The contexts are sentence[first..last] without the centre, whose place the first takes for now.
                sentence[centre], sentence[first] = sentence[first], sentence[centre]
                contexts = sentence_at + 4 * (first + 1)
                if WEIGHTED:
                    here_at = factors_at + 4 * (window - centre + first)
                    gather_weighted(work_at, before_at, around_at, here_at, count, inputs, share, VECTORS)
                else:
                    gather(work_at, before_at, contexts, count, inputs, share, VECTORS)
                for tile in range(TILES):
                    weight = load(weights_at + BYTES * tile)
                    score = dot_tile(row_at, targets_at + 8 * SIZE * tile, VECTORS, 1, SIZE)
                    right = probability(score, weight)
                    running, power = log2_product(running, right, weight)
                    exponent, check = add(exponent, power), poison(check, score)
                    store(gradient_at + BYTES * tile, error(weight, right))
                update_tiles(row_at, 1, targets_at, gradient_at, kept_at, coming_at, VECTORS, 1, SIZE, TILES, COMING)
                if not WHOLE:
                    step[0] = share
                if WEIGHTED:
                    scatter(work_at, before_at, around_at, shares_at, 4, count, inputs, VECTORS)
                else:
                    scatter(work_at, before_at, contexts, step_at, 0, count, inputs, VECTORS)
                sentence[centre], sentence[first] = sentence[first], sentence[centre]
                if met:
                    lay_weights(weights, 1 + negative, SIZE, 1, rate)
            store(totals_at, running)
            store(totals_at + BYTES, exponent)
            store(totals_at + 2 * BYTES, check)
            report_totals(counters, centres, totals)

    return train
