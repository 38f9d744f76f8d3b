"""The naive twin of w2v.kernels.subwords: one word, one pair, one row at a time, in float64.

The twin draws the same random numbers in the same order as the kernel, so the results can differ by rounding only.
"""

from __future__ import annotations

import numpy as np

from reference.rng import below
from reference.sgns import NoisePool, sentences, step, tile_size, window
from w2v.kernels.llvm.simd import LANES


def subwords(
    tokens, matrix, outputs, rows, keep, threshold, alias, schedule, negative: int, frozen=((), ())
) -> tuple[int, float]:
    """Train on composed words. Return (number of pairs, total loss).

    matrix, outputs: float64 [R, D] and [V, D], changed in place. rows: of each word (numbers of rows, their weights,
    factor). A word is composed when it enters the window, and gives back what it learned when it leaves the window.
    As many contexts are trained at once as the kernel has in a tile; the next ones see the targets as they are then.
    frozen: words that are put back after each centre, and outputs that are.
    """
    pairs, loss, pool = 0, 0.0, NoisePool(threshold, alias, negative, fifths=3)
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
                kept = outputs[list(frozen[1])].copy()
                targets, size = [word, *pool.draw(random)], tile_size(negative)
                at_once = max(m for m in (1, 2, 4) if m * size <= LANES)
                for start in range(0, len(contexts), at_once):
                    loss += step(now, outputs, contexts[start : start + at_once], targets, rate, size)
                outputs[list(frozen[1])] = kept
                for place in contexts:
                    if sentence[place] in frozen[0]:
                        now[place] = before[place].copy()
                pairs += len(contexts)
            gone = centre - schedule.window
            if gone >= 0:
                give_back(matrix, rows[sentence[gone]], now[gone] - before[gone])
        for gone in range(max(len(sentence) - schedule.window, 0), len(sentence)):
            give_back(matrix, rows[sentence[gone]], now[gone] - before[gone])
    return pairs, loss


def compose(matrix, rows) -> np.ndarray:
    """Return the vector of a word [D]: the sum of its rows times its factor."""
    numbers, _, factor = rows
    return sum(matrix[number] for number in numbers) * factor


def give_back(matrix, rows, learned) -> None:
    """Add what a word has learned to each of its rows, as often as rows were merged into it."""
    numbers, weights, _ = rows
    for number, weight in zip(numbers, weights, strict=True):
        matrix[number] += weight * learned
