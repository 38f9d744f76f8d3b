"""CBOW with subwords and negative sampling: the training kernel. The threads and the epochs are in w2v/training.

CBOW as in cbow.py, with words that are composed of rows as in subwords.py. As in fastText, the input of a centre is the
mean over one list with all rows of all words around the centre, so that a word with many n-grams weighs more. With R_c
for the rows of the word c, and N for the number of all rows in the list,

    h = Σ_c Σ_{r in R_c} rows[r] / N        e = Σ_t g_t·u_t        each row of the list += e·s

and s = 1 ("whole", as in fastText) or s = 1/N, which is the gradient of the mean ("mean").

A word is composed when it enters the window, to v_c = Σ_r rows[r] / |R_c|, and h = Σ_c |R_c|·v_c / N. Where each row of
a word gets e·s, v_c moves by e·s as well: so the word is trained in the window as if it were a row. When it leaves the
window, what it has learned is added to all of its rows. A word that is in the window twice, or that shares n-grams with
another one there, learns from rows that are a few tokens old. Naive twin: tests/reference/cbow_subwords.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from w2v.arrays import I32
from w2v.kernels.frequent import copies_of, row_of
from w2v.kernels.llvm.compilation import FASTMATH, kernel
from w2v.kernels.llvm.gathering import gather, gather_weighted, prefetch_rows, scatter
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
from w2v.kernels.ngrams import WordRows

__all__ = ["cbow_subword_kernel"]

LEAD = 2  # centres between the prefetch of a word's rows and the composing of the word


@cache
def cbow_subword_kernel(dim: int, negative: int, whole: bool) -> Callable[..., None]:
    """Return the kernel for rows of `dim` (padded) floats, `negative` noise words, and s = 1 (`whole`) or s = 1/N.

    All three are constants in the compiled code. So each set of them is compiled once, and kept on disk.
    """
    VECTORS = dim // LANES
    STRIDE = dim * 4
    TILES = -(-(1 + negative) // 8)  # the registers can hold at most 8 targets
    SIZE = -(-(1 + negative) // TILES)
    BYTES = 4 * LANES
    RENEWED = max(1, negative // 5)
    COMING = 1 + RENEWED
    WHOLE = whole

    begin, meet, draw_noise, finish = copies_of(dim, inputs=False)

    @kernel(fastmath=FASTMATH)
    def train(
        tokens: I32, model: Model, rows_of: WordRows, noise: Noise, schedule: Schedule, counters: Counters
    ) -> None:
        """Take chunks and train on them until no chunk is left or a stop is requested. tokens: int32 [n].

        The input matrix of the model has the rows that `rows_of` names, and one row of zeros behind them.
        """
        inputs = address_of(model.input)
        own = begin(model, schedule.frequent)
        window = schedule.window
        places = 1  # of the ring: a power of 2, so many that a window of whole width fits in
        while places < 2 * window + 1:
            places *= 2
        ring = np.zeros((places, VECTORS * LANES), dtype=np.float32)  # the words in the window
        before = np.zeros((places, VECTORS * LANES), dtype=np.float32)  # the same, as they were composed
        work = np.zeros((2, VECTORS * LANES), dtype=np.float32)  # h, and h as it was before the update
        row = np.full(1, address_of(work), dtype=np.int64)
        sentence = np.empty(SENTENCE, dtype=np.int32)
        spots = np.empty(SENTENCE, dtype=np.int32)  # of the tokens in the ring
        sizes = np.zeros(SENTENCE, dtype=np.float32)  # |R_c| of each token
        pool = empty_pool()
        targets = np.full(TILES * SIZE, own.nothing, dtype=np.int64)
        gradient = np.zeros((TILES, LANES), dtype=np.float32)
        kept = np.zeros(LANES, dtype=np.float32)
        weights = np.zeros((1, TILES, LANES), dtype=np.float32)
        coming = np.full(COMING, own.nothing, dtype=np.int64)
        totals = np.zeros((3, LANES), dtype=np.float32)
        step = np.ones(1, dtype=np.float32)
        ring_at, before_at, work_at = address_of(ring), address_of(before), address_of(work)
        row_at, spots_at, sizes_at, step_at = (
            address_of(row),
            address_of(spots),
            address_of(sizes),
            address_of(step),
        )
        numbers_at, members_at = address_of(rows_of.numbers), address_of(rows_of.weights)
        targets_at, kept_at, coming_at = address_of(targets), address_of(kept), address_of(coming)
        gradient_at, weights_at, totals_at = address_of(gradient), address_of(weights), address_of(totals)
        cursor = np.zeros(2, dtype=np.int64)
        state = schedule.seed
        while True:
            length, rate, state = next_sentence(tokens, noise, schedule, counters, cursor, state, sentence, pool)
            if length < 0:
                finish(own)
                # Keep the arrays alive until here: the loop holds raw addresses, and Numba frees an array after its
                # last use.
                gradient[:], kept[:], ring[:], before[:], work[:] = 0.0, 0.0, 0.0, 0.0, 0.0
                row[:], spots[:], sizes[:], step[:] = 0, 0, 0.0, 0.0
                own.memory[:] = 0.0
                return
            for i in range(length):
                spots[i] = i & (places - 1)
            lay_weights(weights, 1 + negative, SIZE, 1, rate)
            running, exponent, check = broadcast(np.float32(1)), broadcast(np.float32(0)), broadcast(np.float32(0))
            centres = entered = 0
            for centre in range(length):
                while entered < min(centre + window + 1, length):
                    word, place = sentence[entered], (entered & (places - 1)) * STRIDE
                    first_row = rows_of.starts[word]
                    many = rows_of.starts[word + 1] - first_row
                    factor = rows_of.factors[word]
                    numbers = numbers_at + 4 * first_row
                    gather(ring_at + place, before_at + place, numbers, many, inputs, factor, VECTORS)
                    sizes[entered] = np.float32(1) / factor
                    entered += 1
                soon = sentence[min(centre + window + LEAD, length - 1)]
                first_row = rows_of.starts[soon]
                prefetch_rows(numbers_at + 4 * first_row, rows_of.starts[soon + 1] - first_row, inputs, VECTORS)
                coming[0] = row_of(own.outputs, sentence[min(centre + AHEAD, length - 1)], STRIDE)
                first, last, state = draw_window(centre, length, schedule.least, schedule.window, state)
                count = last - first
                if count > 0:
                    centres += 1
                    for i in range(RENEWED):
                        word, state = renew(pool, noise, state)
                        draw_noise(own, word)
                        coming[1 + i] = row_of(own.outputs, word, STRIDE)
                    meet(own, sentence[centre])
                    met, state = choose_targets(
                        sentence[centre], pool.words, targets, own.outputs, STRIDE, negative, state
                    )
                    if met:
                        drop_centre(weights, targets, negative, SIZE, 1)
                    # As in cbow_kernel, where these lines are explained; the contexts lie in the ring.
                    share = np.float32(1) / (sizes[first : last + 1].sum() - sizes[centre])
                    spots[centre], spots[first] = spots[first], spots[centre]
                    sizes[centre], sizes[first] = sizes[first], sizes[centre]
                    contexts, weigh = spots_at + 4 * (first + 1), sizes_at + 4 * (first + 1)
                    gather_weighted(work_at, work_at + STRIDE, contexts, weigh, count, ring_at, share, VECTORS)
                    for tile in range(TILES):
                        weight = load(weights_at + BYTES * tile)
                        score = dot_tile(row_at, targets_at + 8 * SIZE * tile, VECTORS, 1, SIZE)
                        right = probability(score, weight)
                        running, power = log2_product(running, right, weight)
                        exponent, check = add(exponent, power), poison(check, score)
                        store(gradient_at + BYTES * tile, error(weight, right))
                    update_tiles(
                        row_at, 1, targets_at, gradient_at, kept_at, coming_at, VECTORS, 1, SIZE, TILES, COMING
                    )
                    if not WHOLE:
                        step[0] = share
                    scatter(work_at, work_at + STRIDE, contexts, step_at, 0, count, ring_at, VECTORS)
                    spots[centre], spots[first] = spots[first], spots[centre]
                    sizes[centre], sizes[first] = sizes[first], sizes[centre]
                    if met:
                        lay_weights(weights, 1 + negative, SIZE, 1, rate)
                leaving, end = centre - window, centre - window + 1
                if centre == length - 1:  # the sentence is over, and all words leave that are still in the window
                    end = length
                for gone in range(max(leaving, 0), end):
                    word, place = sentence[gone], (gone & (places - 1)) * STRIDE
                    first_row = rows_of.starts[word]
                    many = rows_of.starts[word + 1] - first_row
                    numbers, members = numbers_at + 4 * first_row, members_at + 4 * first_row
                    scatter(ring_at + place, before_at + place, numbers, members, 4, many, inputs, VECTORS)
            store(totals_at, running)
            store(totals_at + BYTES, exponent)
            store(totals_at + 2 * BYTES, check)
            report_totals(counters, centres, totals)

    return train
