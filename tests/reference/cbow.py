"""The naive twin of w2v.kernels.cbow: one centre, one target, one row at a time, in float64.

The twin draws the same random numbers in the same order as the kernel, so the results can differ by rounding only.
"""

from __future__ import annotations

import numpy as np

from reference.rng import below
from reference.sgns import NoisePool, logistic, sentences, tile_size, window


def cbow(tokens, inputs, outputs, keep, threshold, alias, schedule, negative: int, *, whole: bool) -> tuple[int, float]:
    """Train on the centres that have a context. Return (number of these centres, total loss).

    inputs, outputs: float64 [V, D], changed in place. whole: each context gets the whole error; otherwise its nth part.
    If the schedule has weights, the mean is weighted by the distance of each context.
    """
    centres, loss = 0, 0.0
    pool = NoisePool(threshold, alias, negative)
    for fresh, sentence, rate, random in sentences(tokens, keep, schedule):
        if fresh:
            pool.begin(random)
        for centre, word in enumerate(sentence):
            width = schedule.least + below(random.next(), schedule.window - schedule.least + 1)
            around = window(sentence, centre, width)
            contexts = [sentence[position] for position in around]
            factors = [
                float(schedule.weights[abs(position - centre) - 1]) for position in around if len(schedule.weights)
            ]
            if not contexts or (factors and not sum(factors)):
                continue
            centres += 1
            targets = [word, *pool.draw(random)]
            size = tile_size(negative)
            loss += step(inputs, outputs, contexts, targets, rate, size, whole=whole, factors=factors)
    return centres, loss


def step(inputs, outputs, contexts, targets, rate: float, size: int, *, whole: bool, factors=()) -> float:
    """Train on one centre and return its loss. contexts, targets: ids of words, the centre first among the targets.

    size: the targets that are updated at once; a word that is drawn again behind them is read as it is by then.
    factors: the weights of the contexts in their mean; empty: 1 for all.
    """
    loss = 0.0
    shares = [factor / sum(factors) for factor in factors] or [1 / len(contexts)] * len(contexts)
    hidden = sum(share * inputs[context] for share, context in zip(shares, contexts, strict=True))
    error = np.zeros(len(targets))
    for j, target in enumerate(targets):
        if j == 0 or target != targets[0]:
            score = hidden @ outputs[target]
            loss -= np.log(logistic(score if j == 0 else -score))
            error[j] = rate * ((j == 0) - logistic(score))
    moved = np.zeros_like(hidden)
    for start in range(0, len(targets), size):
        tile = range(start, min(start + size, len(targets)))
        moved += sum(error[j] * outputs[targets[j]] for j in tile)
        for j in tile:
            outputs[targets[j]] += error[j] * hidden
    for share, context in zip(shares, contexts, strict=True):
        inputs[context] += share * moved * (len(contexts) if whole else 1)
    return loss
