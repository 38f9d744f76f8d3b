"""Skip-gram with subwords and negative sampling: the training kernel. The threads and the epochs are in w2v/training.

Bojanowski et al. 2017, "Enriching Word Vectors with Subword Information", section 3. A word is composed of rows, its
own and those of its n-grams (ngrams.py): v_w = Σ_r rows[r] / |R_w|. Skip-gram is trained on v_w. As in fastText, each
row gets the whole error, so that v_w moves as far as the row of a word without n-grams would.

A word is composed when it enters the window, and trained there as if it were a row. When it leaves the window, what it
has learned is added to all of its rows. So it is composed once for each token, and not for each pair. A word that is in
the window twice, or that shares n-grams with another one there, learns from rows that are a few tokens old.

Scores and updates are those of sgns.shared_kernel, but the targets are updated after each tile of contexts (two of
them with five noise words), and not after all contexts of a centre. At the high learning rate of subwords, the errors
of all contexts from the same old rows would together move a target too far. And each centre renews three fifths as many
noise words of the pool as it takes, because words that come again and again are soon told from contexts, which costs
questions about forms. docs/subwords.md has measurements.
Sentences, noise words and counters: negative_sampling.py. Naive twin: tests/reference/subwords.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from w2v.arrays import I32
from w2v.kernels.frequent import copies_of, row_of
from w2v.kernels.llvm.compilation import FASTMATH, kernel
from w2v.kernels.llvm.gathering import gather, prefetch_rows, scatter
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

__all__ = ["subword_kernel"]

LEAD = 2  # centres between the prefetch of a word's rows and the composing of the word
SPREAD = 12  # rows of that word, or some more, that are prefetched during the update; the others all at once
PARTS = 3  # of these rows: the update of each tile prefetches a part; a centre has three tiles on average


@cache
def subword_kernel(dim: int, negative: int, frozen: bool = False) -> Callable[..., None]:
    """Return the kernel for rows of `dim` (padded) floats and `negative` noise words, shared by a centre's contexts.

    frozen: whether the kernel takes a `FrozenModel`, with words and outputs that do not change. Of such an output, a
    copy is updated, which is made anew for each centre; such a word is put back after each centre. Its rows, and others
    that do not change, have the weight 0 in `rows_of`.

    Both numbers are constants in the compiled code. So each pair of them is compiled once, and kept on disk.
    """
    VECTORS = dim // LANES
    STRIDE = dim * 4
    TILES = -(-(1 + negative) // 8)  # the registers can hold at most 8 targets
    SIZE = -(-(1 + negative) // TILES)
    M = max(m for m in (1, 2, 4) if m * SIZE <= LANES)  # contexts of a tile, whose scores fit into one vector
    BYTES = 4 * LANES
    RENEWED = max(1, 3 * negative // 5)
    EACH = -(-(1 + RENEWED + SPREAD) // PARTS)  # rows that are prefetched during the update of a tile
    OTHERS = 1 + RENEWED  # the first of all these rows, which are rows of outputs
    COMPOSING = PARTS * EACH - OTHERS
    FROZEN = frozen

    begin, meet, draw_noise, finish = copies_of(dim, inputs=False)

    @kernel(fastmath=FASTMATH)
    def copy_row(source: np.int64, target: np.int64) -> None:
        for part in range(VECTORS):
            store(target + BYTES * part, load(source + BYTES * part))

    @kernel(fastmath=FASTMATH)
    def train(tokens: I32, model: Any, rows_of: WordRows, noise: Noise, schedule: Schedule, counters: Counters) -> None:
        """Take chunks and train on them until no chunk is left or a stop is requested. tokens: int32 [n].

        The input matrix of the model has the rows that `rows_of` names, and one row of zeros behind them.
        """
        inputs, outputs = address_of(model.input), address_of(model.output)
        own = begin(model, schedule.frequent)
        window = schedule.window
        places = 1  # of the ring: a power of 2, so many that a window of whole width fits in
        while places < 2 * window + 1:
            places *= 2
        ring = np.zeros((places + 1, VECTORS * LANES), dtype=np.float32)  # the words in the window; the last row is 0
        before = np.zeros((places, VECTORS * LANES), dtype=np.float32)  # the same, as they were composed
        sentence = np.empty(SENTENCE, dtype=np.int32)
        ring_at, before_at = address_of(ring), address_of(before)
        rows = np.full(SENTENCE + M, ring_at + places * STRIDE, dtype=np.int64)
        pool = empty_pool()
        targets = np.full(TILES * SIZE, own.nothing, dtype=np.int64)
        gradient = np.zeros((TILES, LANES), dtype=np.float32)
        kept = np.zeros((M, LANES), dtype=np.float32)
        weights = np.zeros((M, TILES, LANES), dtype=np.float32)
        coming = np.full(PARTS * EACH, own.nothing, dtype=np.int64)
        totals = np.zeros((3, LANES), dtype=np.float32)
        numbers_at, members_at = address_of(rows_of.numbers), address_of(rows_of.weights)
        rows_at, targets_at, kept_at = address_of(rows), address_of(targets), address_of(kept)
        gradient_at, weights_at, totals_at = address_of(gradient), address_of(weights), address_of(totals)
        coming_at = address_of(coming)
        copies = np.zeros((1 + negative) * dim + LANES if FROZEN else 1, dtype=np.float32)  # of frozen outputs
        copies_at = (address_of(copies) + BYTES - 1) // BYTES * BYTES
        cursor = np.zeros(2, dtype=np.int64)
        state = schedule.seed
        while True:
            length, rate, state = next_sentence(tokens, noise, schedule, counters, cursor, state, sentence, pool)
            if length < 0:
                finish(own)
                # Keep the arrays alive until here: the loop holds raw addresses, and Numba frees an array after its
                # last use.
                gradient[:], kept[:], ring[:], before[:], copies[:] = 0.0, 0.0, 0.0, 0.0, 0.0
                own.memory[:] = 0.0
                return
            for i in range(length):
                rows[i] = ring_at + (i & (places - 1)) * STRIDE
            rows[length : length + M] = ring_at + places * STRIDE
            lay_weights(weights, 1 + negative, SIZE, M, rate)
            running, exponent, check = broadcast(np.float32(1)), broadcast(np.float32(0)), broadcast(np.float32(0))
            pairs = entered = 0
            for centre in range(length):
                while entered < min(centre + window + 1, length):
                    word, place = sentence[entered], (entered & (places - 1)) * STRIDE
                    first_row = rows_of.starts[word]
                    many = rows_of.starts[word + 1] - first_row
                    factor = rows_of.factors[word]
                    numbers = numbers_at + 4 * first_row
                    gather(ring_at + place, before_at + place, numbers, many, inputs, factor, VECTORS)
                    entered += 1
                ahead = min(centre + AHEAD, length - 1)
                coming[0] = row_of(own.outputs, sentence[ahead], STRIDE)
                soon = sentence[min(centre + window + LEAD, length - 1)]
                first_row = rows_of.starts[soon]
                many = rows_of.starts[soon + 1] - first_row
                for i in range(COMPOSING):
                    coming[OTHERS + i] = inputs + np.int64(rows_of.numbers[first_row + min(i, many - 1)]) * STRIDE
                prefetch_rows(numbers_at + 4 * (first_row + COMPOSING), many - COMPOSING, inputs, VECTORS)
                first, last, state = draw_window(centre, length, schedule.least, schedule.window, state)
                count = last - first
                if count > 0:
                    pairs += count
                    for i in range(RENEWED):
                        word, state = renew(pool, noise, state)
                        draw_noise(own, word)
                        coming[1 + i] = row_of(own.outputs, word, STRIDE)
                    meet(own, sentence[centre])
                    met, state = choose_targets(
                        sentence[centre], pool.words, targets, own.outputs, STRIDE, negative, state
                    )
                    if met:
                        drop_centre(weights, targets, negative, SIZE, M)
                    if FROZEN:
                        copy = copies_at
                        for j in range(1 + negative):
                            if model.frozen_output[(targets[j] - outputs) // STRIDE]:
                                copy_row(targets[j], copy)
                                targets[j] = copy
                                copy += STRIDE
                    # As in sgns.shared_kernel, where these lines are explained; the contexts lie in the ring.
                    rows[centre], rows[first] = rows[first], rows[centre]
                    contexts = rows_at + 8 * (first + 1)
                    for i in range(0, count, M):
                        for tile in range(TILES):
                            weight = load(weights_at + BYTES * (tile + TILES * max(i + M - count, 0)))
                            score = dot_tile(contexts + 8 * i, targets_at + 8 * SIZE * tile, VECTORS, M, SIZE)
                            right = probability(score, weight)
                            running, power = log2_product(running, right, weight)
                            exponent, check = add(exponent, power), poison(check, score)
                            store(gradient_at + BYTES * tile, error(weight, right))
                        some, part = contexts + 8 * i, coming_at + 8 * EACH * min(i // M, PARTS - 1)
                        contexts_left = min(M, count - i)
                        update_tiles(
                            some, contexts_left, targets_at, gradient_at, kept_at, part, VECTORS, M, SIZE, TILES, EACH
                        )
                    asked = max(min(-(-count // M), PARTS) * EACH - OTHERS, 0)
                    prefetch_rows(numbers_at + 4 * (first_row + asked), min(many, COMPOSING) - asked, inputs, VECTORS)
                    rows[centre], rows[first] = rows[first], rows[centre]
                    if FROZEN:
                        for i in range(first, last + 1):
                            if model.frozen_input[sentence[i]]:
                                copy_row(before_at + (i & (places - 1)) * STRIDE, ring_at + (i & (places - 1)) * STRIDE)
                    if met:
                        lay_weights(weights, 1 + negative, SIZE, M, rate)
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
            report_totals(counters, pairs, totals)

    return train
