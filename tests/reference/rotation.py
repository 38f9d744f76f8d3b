"""The naive twins of w2v.kernels.pairing, rotation and llvm.pair_tiles: one pair at a time, in float64.

The twins draw the same random numbers in the same order as the kernels, so the results can differ by rounding only.
"""

from __future__ import annotations

import numpy as np

from reference.rng import MASK, STEP, Random, below, draw, mix
from reference.sgns import CHUNK, SENTENCE, logistic

SHARING, AT_ONCE, RENEWED, FEWEST = 8, 512, 4, 32


def dot_pairs(contexts: np.ndarray, centres: np.ndarray, targets: np.ndarray, lanes: int) -> np.ndarray:
    """Return the scores of each context with its own centre and with the shared targets, float64 [lanes].

    contexts, centres: [m, D]. targets: [s − 1, D].
    """
    scores = np.zeros(lanes)
    for i, (context, centre) in enumerate(zip(contexts, centres, strict=True)):
        for j, target in enumerate([centre, *targets]):
            scores[i * (1 + len(targets)) + j] = context.astype(np.float64) @ target.astype(np.float64)
    return scores


def windows(tokens, keep, batch) -> list[tuple[int, int]]:
    """Return all pairs (centre, context) of a batch, in the order of the corpus."""
    pairs: list[tuple[int, int]] = []
    for item in range(batch.first, batch.first + batch.chunks):
        chunk = int(batch.order[item]) if len(batch.order) else item
        random = Random(mix((int(batch.chunk_seed) + chunk * STEP) & MASK))
        position, stop = chunk * CHUNK, min((chunk + 1) * CHUNK, len(tokens))
        while position < stop:
            kept: list[int] = []
            while position < stop and len(kept) < SENTENCE:
                word = int(tokens[position])
                position += 1
                if word < 0 and kept:
                    break
                if word >= 0 and random.next() >> 32 <= int(keep[word]):
                    kept.append(word)
            for place, centre in enumerate(kept):
                width = batch.least + below(random.next(), batch.window - batch.least + 1)
                around = kept[max(place - width, 0) : place] + kept[place + 1 : place + 1 + width]
                pairs.extend((centre, context) for context in around)
    return pairs


def buckets(pairs: list[tuple[int, int]], of, parts: int) -> list[list[tuple[int, int]]]:
    """Return the pairs of each bucket: bucket k·P + j has those with the centre in part k and the context in part j.

    of: the part of each word, [V].
    """
    found: list[list[tuple[int, int]]] = [[] for _ in range(parts * parts)]
    for centre, context in pairs:
        found[of[centre] * parts + of[context]].append((centre, context))
    return found


def train(sorted_pairs, inputs, outputs, parts, batch, negative: int) -> tuple[int, float]:
    """Train round after round, bucket after bucket. Return (number of pairs, total loss).

    sorted_pairs: the pairs of each bucket. inputs, outputs: float64 [V, D], changed in place.
    """
    number = len(parts.first) - 1
    loss = 0.0
    for turn in range(number * number):
        part = turn % number
        bucket = part * number + (part + turn // number) % number
        loss += train_bucket(sorted_pairs[bucket], bucket, inputs, outputs, parts, batch, negative)
    return sum(map(len, sorted_pairs)), loss


def train_bucket(pairs, bucket: int, inputs, outputs, parts, batch, negative: int) -> float:
    """Train on the pairs of a bucket; return their loss."""
    number = len(parts.first) - 1
    part, loss = bucket // number, 0.0
    random = Random(mix((int(batch.bucket_seed) + bucket * STEP) & MASK))
    mine = slice(parts.first[part], parts.first[part + 1])
    words, threshold, alias = parts.words[mine], parts.threshold[mine], parts.alias[mine]
    for start in range(0, len(pairs), AT_ONCE):
        rate = max(batch.rate - batch.slope * batch.chunks * start / len(pairs), batch.floor)
        taken = pairs[start : start + AT_ONCE]
        blocks = -(-len(taken) // SHARING)
        drawn = max(negative // 5, 1) * max(-(-len(taken) // RENEWED), FEWEST)
        pool = [int(words[draw(random.next(), threshold, alias)]) for _ in range(drawn)]
        for first in range(blocks):
            noise = chosen(pool, negative, random)
            loss += block(taken[first::blocks], noise, inputs, outputs, rate, rate * parts.weight[part])
    return loss


def chosen(pool: list[int], negative: int, random: Random) -> list[int]:
    """Choose noise words of a pool, each with 16 random bits."""
    words = []
    for j in range(negative):
        if j % 4 == 0:
            bits = random.next()
        words.append(pool[(bits & 0xFFFF) * len(pool) >> 16])
        bits >>= 16
    return words


def block(pairs, noise: list[int], inputs, outputs, rate: float, noise_rate: float) -> float:
    """Train on at most SHARING pairs that share noise words; return their loss.

    All scores come from the old rows. Then the rows change, tile after tile: pair after pair, and the noise words last.
    """
    targets = 1 + len(noise)
    size = -(-targets // -(-targets // 8))
    loss = 0.0
    errors = np.zeros((len(pairs), targets))
    for i, (centre, context) in enumerate(pairs):
        for j, target in enumerate([centre, *noise]):
            if j and target == centre:
                continue
            sign = -1 if j else 1
            right = logistic(sign * (inputs[context] @ outputs[target]))
            loss -= np.log(right)
            errors[i, j] = (-noise_rate if j else rate) * (1 - right)
    before = {}
    for start in range(0, targets, size):
        tile = range(max(start, 1), min(start + size, targets))
        old = {j: outputs[noise[j - 1]].copy() for j in tile}
        deltas = {j: np.zeros_like(row) for j, row in old.items()}
        for i, (centre, context) in enumerate(pairs):
            if start == 0:
                before[i] = inputs[context].copy()
                inputs[context] += errors[i, 0] * outputs[centre]
                outputs[centre] += errors[i, 0] * before[i]
            for j in tile:
                inputs[context] += errors[i, j] * old[j]
                deltas[j] += errors[i, j] * before[i]
        for j in tile:
            outputs[noise[j - 1]] += deltas[j]
    return loss
