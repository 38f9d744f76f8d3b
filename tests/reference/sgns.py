"""The naive twins of w2v.kernels.sgns: one pair, one target, one row at a time, in float64.

The twins draw the same random numbers in the same order as the kernels, so the results can differ by rounding only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from reference.rng import MASK, STEP, Random, below, draw, mix

CHUNK, SENTENCE, POOL, FRESH = 16_384, 4_096, 256, 64


def sentences(tokens: Sequence[int], keep: Sequence[int], schedule) -> Iterator[tuple[bool, list[int], float, Random]]:
    """Yield for each sentence: whether a chunk begins here, the kept tokens, the learning rate, the random numbers.

    tokens: word ids [n], −1 between sentences. keep: uint32 [V], as in w2v.kernels.sgns.Noise.
    """
    for chunk, start in enumerate(range(0, len(tokens), CHUNK)):
        random = Random(mix((int(schedule.seed) + chunk * STEP) & MASK))
        stop = min(start + CHUNK, len(tokens))
        position, fresh = start, True
        while position < stop:
            rate = max(schedule.rate - schedule.slope * position, schedule.floor)
            kept: list[int] = []
            while position < stop and len(kept) < SENTENCE:
                word = int(tokens[position])
                position += 1
                if word < 0:
                    if kept:
                        break
                    continue
                if random.next() >> 32 <= int(keep[word]):
                    kept.append(word)
            yield fresh, kept, rate, random
            fresh = False


def window(sentence: list[int], centre: int, width: int) -> list[int]:
    """Return the positions of the contexts in the kernel's order: there, the first position takes the centre's turn."""
    first, last = max(centre - width, 0), min(centre + width, len(sentence) - 1)
    positions = list(range(first, last + 1))
    positions[centre - first] = first
    return positions[1:]


def logistic(x: float) -> float:
    return 1 / (1 + np.exp(-x))


def shared(tokens, inputs, outputs, keep, threshold, alias, schedule, negative: int) -> tuple[int, float]:
    """Train with noise words that all contexts of a centre share. Return (number of pairs, total loss).

    The scores and both updates use the rows as they were before the centre. inputs, outputs: float64 [V, D], changed in
    place.
    """
    size = -(-(1 + negative) // -(-(1 + negative) // 8))
    pairs, loss, oldest, pool = 0, 0.0, 0, [0] * POOL
    for fresh, sentence, rate, random in sentences(tokens, keep, schedule):
        if fresh:
            oldest, pool = 0, [draw(random.next(), threshold, alias) for _ in range(POOL)]
            drawn: list[int] = []
        for centre, word in enumerate(sentence):
            width = schedule.least + below(random.next(), schedule.window - schedule.least + 1)
            contexts = [sentence[position] for position in window(sentence, centre, width)]
            if not contexts:
                continue
            for _ in range(max(1, negative // 5)):
                if not drawn:
                    drawn = [draw(random.next(), threshold, alias) for _ in range(FRESH)]
                pool[oldest] = drawn.pop()
                oldest = (oldest + 1) % POOL
            targets = [word]
            for j in range(negative):
                if j % 4 == 0:
                    bits = random.next()
                targets.append(pool[bits % POOL])
                bits >>= 16
            labels = [1.0] + [0.0] * negative
            error = np.zeros((len(contexts), len(targets)))
            for i, context in enumerate(contexts):
                for j, target in enumerate(targets):
                    if j and target == word:
                        continue
                    right = logistic(inputs[context] @ outputs[target] * (1 if labels[j] else -1))
                    loss -= np.log(right)
                    error[i, j] = rate * (labels[j] - logistic(inputs[context] @ outputs[target]))
            pairs += len(contexts)
            before: dict[int, np.ndarray] = {}
            for start in range(0, len(targets), size):
                tile = range(start, min(start + size, len(targets)))
                old = {target: outputs[target].copy() for target in (targets[j] for j in tile)}
                delta = {j: np.zeros_like(outputs[0]) for j in tile}
                for i, context in enumerate(contexts):
                    if start == 0:
                        before[i] = inputs[context].copy()
                    for j in tile:
                        inputs[context] += error[i, j] * old[targets[j]]
                        delta[j] += error[i, j] * before[i]
                for j in tile:
                    outputs[targets[j]] += delta[j]
    return pairs, loss


def exact(tokens, inputs, outputs, keep, threshold, alias, schedule, negative: int) -> tuple[int, float]:
    """Train as word2vec.c does. Return (number of pairs, total loss).

    Each pair has its own noise words; each target is updated before the next target is scored, and the context last.
    """
    pairs, loss = 0, 0.0
    for _, sentence, rate, random in sentences(tokens, keep, schedule):
        for centre, word in enumerate(sentence):
            width = schedule.least + below(random.next(), schedule.window - schedule.least + 1)
            for place in range(max(centre - width, 0), min(centre + width, len(sentence) - 1) + 1):
                if place == centre:
                    continue
                context = inputs[sentence[place]]
                moved = np.zeros_like(context)
                for j in range(1 + negative):
                    target = word if j == 0 else draw(random.next(), threshold, alias)
                    if j and target == word:
                        continue
                    score = context @ outputs[target]
                    loss -= np.log(logistic(score if j == 0 else -score))
                    g = rate * ((j == 0) - logistic(score))
                    moved += g * outputs[target]
                    outputs[target] += g * context
                context += moved
                pairs += 1
    return pairs, loss
