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
    chunks = -(-len(tokens) // CHUNK)
    for item, chunk in enumerate(schedule.order if len(schedule.order) else range(chunks)):
        start = int(chunk) * CHUNK
        random = Random(mix((int(schedule.seed) + int(chunk) * STEP) & MASK))
        stop = min(start + CHUNK, len(tokens))
        position, fresh = start, True
        while position < stop:
            rate = max(schedule.rate - schedule.slope * (item * CHUNK + position - start), schedule.floor)
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


class NoisePool:
    """The noise words that a worker keeps ready, of which each centre renews a few."""

    def __init__(self, threshold: Sequence[int], alias: Sequence[int], negative: int, fifths: int = 1) -> None:
        """fifths: how many of five noise words each centre renews."""
        self.threshold, self.alias, self.negative = threshold, alias, negative
        self.renewed = max(1, fifths * negative // 5)

    def begin(self, random: Random) -> None:
        """Fill the pool anew, at the beginning of a chunk."""
        self.oldest, self.pool = 0, [self._word(random) for _ in range(POOL)]
        self.drawn: list[int] = []

    def draw(self, random: Random) -> list[int]:
        """Renew a part of the pool, and return the noise words of a centre."""
        for _ in range(self.renewed):
            if not self.drawn:
                self.drawn = [self._word(random) for _ in range(FRESH)]
            self.pool[self.oldest] = self.drawn.pop()
            self.oldest = (self.oldest + 1) % POOL
        chosen = []
        for j in range(self.negative):
            if j % 4 == 0:
                bits = random.next()
            chosen.append(self.pool[bits % POOL])
            bits >>= 16
        return chosen

    def _word(self, random: Random) -> int:
        return draw(random.next(), self.threshold, self.alias)


def tile_size(negative: int) -> int:
    """Return how many targets are updated at once."""
    return -(-(1 + negative) // -(-(1 + negative) // 8))


def shared(
    tokens, inputs, outputs, keep, threshold, alias, schedule, negative: int, frozen=(frozenset(), frozenset())
) -> tuple[int, float]:
    """Train with noise words that all contexts of a centre share. Return (number of pairs, total loss).

    The scores and both updates use the rows as they were before the centre. inputs, outputs: float64 [V, D], changed in
    place. frozen: the words whose input rows, and those whose output rows, do not change. If the schedule has weights,
    each pair's gradient is multiplied by the weight of the distance between its words.
    """
    size = tile_size(negative)
    pairs, loss, pool = 0, 0.0, NoisePool(threshold, alias, negative)
    for fresh, sentence, rate, random in sentences(tokens, keep, schedule):
        if fresh:
            pool.begin(random)
        for centre, word in enumerate(sentence):
            width = schedule.least + below(random.next(), schedule.window - schedule.least + 1)
            around = window(sentence, centre, width)
            if not around:
                continue
            contexts = [sentence[position] for position in around]
            factors = [
                float(schedule.weights[abs(position - centre) - 1]) for position in around if len(schedule.weights)
            ]
            targets = [word, *pool.draw(random)]
            loss += step(inputs, outputs, contexts, targets, rate, size, frozen, factors)
            pairs += len(contexts)
    return pairs, loss


def step(
    inputs, outputs, contexts, targets, rate: float, size: int, frozen=(frozenset(), frozenset()), factors=()
) -> float:
    """Train the contexts of one centre on the same targets, and return the loss. The centre is the first target.

    inputs, outputs: rows by context and by target, changed in place. size: the targets that are updated at once.
    factors: by which the gradient of each context is multiplied; empty: 1 for all.
    """
    loss = 0.0
    error = np.zeros((len(contexts), len(targets)))
    for i, context in enumerate(contexts):
        for j, target in enumerate(targets):
            if j == 0 or target != targets[0]:
                score = inputs[context] @ outputs[target]
                loss -= np.log(logistic(score if j == 0 else -score))
                error[i, j] = rate * ((j == 0) - logistic(score)) * (factors[i] if factors else 1)
    before: dict[int, np.ndarray] = {}
    for start in range(0, len(targets), size):
        tile = range(start, min(start + size, len(targets)))
        old = {target: outputs[target].copy() for target in (targets[j] for j in tile)}
        delta = {j: np.zeros_like(outputs[0]) for j in tile}
        for i, context in enumerate(contexts):
            if start == 0:
                before[i] = inputs[context].copy()
            for j in tile:
                if context not in frozen[0]:
                    inputs[context] += error[i, j] * old[targets[j]]
                delta[j] += error[i, j] * before[i]
        for j in tile:
            if targets[j] not in frozen[1]:
                outputs[targets[j]] += delta[j]
    return loss


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
