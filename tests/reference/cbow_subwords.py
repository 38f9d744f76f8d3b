"""The naive twin of w2v.kernels.cbow_subwords: one centre, one target, one row at a time, in float64.

The twin draws the same random numbers in the same order as the kernel, so the results can differ by rounding only.
"""

from __future__ import annotations

import numpy as np

from reference import cbow
from reference.rng import below
from reference.sgns import NoisePool, sentences, tile_size, window
from reference.subwords import compose, give_back


def cbow_subwords(
    tokens, matrix, outputs, rows, keep, threshold, alias, schedule, negative: int, *, whole: bool
) -> tuple[int, float]:
    """Train on the centres that have a context. Return (number of these centres, total loss).

    matrix, outputs: float64 [R, D] and [V, D], changed in place. rows: of each word (numbers of rows, their weights,
    factor). A word is composed when it enters the window, and gives back what it learned when it leaves the window.
    """
    centres, loss, pool = 0, 0.0, NoisePool(threshold, alias, negative)
    for fresh, sentence, rate, random in sentences(tokens, keep, schedule):
        if fresh:
            pool.begin(random)
        now: dict[int, np.ndarray] = {}  # by position in the sentence
        before: dict[int, np.ndarray] = {}
        for centre, word in enumerate(sentence):
            for place in range(len(now), min(centre + schedule.window + 1, len(sentence))):
                now[place] = compose(matrix, rows[sentence[place]])
                before[place] = now[place].copy()
            width = schedule.least + below(random.next(), schedule.window - schedule.least + 1)
            contexts = window(sentence, centre, width)
            if contexts:
                lengths = {place: 1 / rows[sentence[place]][2] for place in contexts}
                targets = [word, *pool.draw(random)]
                loss += step(now, outputs, lengths, targets, rate, tile_size(negative), whole=whole)
                centres += 1
            gone = centre - schedule.window
            if gone >= 0:
                give_back(matrix, rows[sentence[gone]], now[gone] - before[gone])
        for gone in range(max(len(sentence) - schedule.window, 0), len(sentence)):
            give_back(matrix, rows[sentence[gone]], now[gone] - before[gone])
    return centres, loss


def step(now, outputs, lengths, targets, rate: float, size: int, *, whole: bool) -> float:
    """Train on one centre and return its loss. now: the composed vectors. lengths: of each context, how many rows."""
    rows = sum(lengths.values())
    list_of_rows = {0: sum(length * now[place] for place, length in lengths.items()) / rows}
    before = list_of_rows[0].copy()
    loss = cbow.step(list_of_rows, outputs, [0], targets, rate, size, whole=True)
    error = list_of_rows[0] - before
    for place in lengths:
        now[place] += error if whole else error / rows
    return loss
