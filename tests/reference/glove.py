"""The naive twins of w2v.kernels.cooccur and w2v.kernels.glove: one pair, one record, one number at a time.

Weights are fractions, so sums are exact. Training is in float64. The order of the records comes from the same random
numbers as in the kernel, so the results can differ by rounding only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from reference.rng import MASK, STEP, Random, below, mix


def cooccurrences(
    tokens: Sequence[int], window: int, *, symmetric: bool = True, flat: bool = False
) -> dict[tuple[int, int], Fraction]:
    """Return the weight of each pair (row, column), as Stanford's cooccur.c counts it.

    tokens: word ids [n], −1 between sentences. From each word, the code goes back over at most `window` words of the
    same sentence; each of them adds 1/distance, or 1 if `flat`.
    """
    cells: dict[tuple[int, int], Fraction] = {}
    for place, word in enumerate(tokens):
        if word < 0:
            continue
        for distance in range(1, window + 1):
            if place - distance < 0 or tokens[place - distance] < 0:
                break
            before = tokens[place - distance]
            weight = Fraction(1) if flat else Fraction(1, distance)
            cells[before, word] = cells.get((before, word), Fraction(0)) + weight
            if symmetric:
                cells[word, before] = cells.get((word, before), Fraction(0)) + weight
    return cells


def parts_of(words: int, parts: int) -> list[list[int]]:
    """Return the words of each part, where the words go to the parts 0, 1, …, P − 1, P − 1, …, 1, 0, 0, 1, …"""
    found: list[list[int]] = [[] for _ in range(parts)]
    for word in range(words):
        turn, position = divmod(word, parts)
        found[position if turn % 2 == 0 else parts - 1 - position].append(word)
    return found


def shuffled(items: Sequence, random: Random) -> list:
    """Return the items in random order (Fisher and Yates's shuffle, in the form that is called inside-out)."""
    order: list = []
    for i, item in enumerate(items):
        j = below(random.next(), i + 1)
        order.append(item)
        order[i] = order[j]
        order[j] = item
    return order


def epoch_order(
    cells: dict[tuple[int, int], float], words: int, parts: int, seed: int, strata: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """Yield the cells (row, column) in the order of one epoch: stratum after stratum, block after block; in a block the
    rows are in random order, and in a row the columns.
    """
    members = parts_of(words, parts)
    for shift in strata:
        for p in range(parts):
            q = (p + shift) % parts
            random = Random(mix((seed + (p * parts + q) * STEP) & MASK))
            rows = [(row, [column for column in members[q] if (row, column) in cells]) for row in members[p]]
            rows = [(row, columns) for row, columns in rows if columns]
            order = shuffled(range(len(rows)), random)
            mixed = [shuffled(columns, random) for _, columns in rows]
            for i in order:
                for column in mixed[i]:
                    yield rows[i][0], column


class Model:
    """The model: words w and contexts c [V, D], biases b_w and b_c [V], and AdaGrad's accumulator of each; float64."""

    def __init__(self, w, c, b_w, b_c, learning_rate: float) -> None:
        self.w, self.c, self.b_w, self.b_c = (np.array(one, dtype=np.float64) for one in (w, c, b_w, b_c))
        self.acc_w = np.full_like(self.w, learning_rate**-2)
        self.acc_c = np.full_like(self.c, learning_rate**-2)
        self.acc_b_w, self.acc_b_c = np.ones_like(self.b_w), np.ones_like(self.b_c)

    def step(self, i: int, j: int, x: float, x_max: float, alpha: float, clip: float = 100.0) -> float:
        """Make the step of glove.c for one record: word i, context j, weight x. Return ½·f(x)·diff² before the step."""
        diff = self.w[i] @ self.c[j] + self.b_w[i] + self.b_c[j] - np.log(x)
        pull = min(1.0, (x / x_max) ** alpha) * diff
        g_w = np.clip(pull * self.c[j], -clip, clip)
        g_c = np.clip(pull * self.w[i], -clip, clip)
        self.w[i] -= g_w / np.sqrt(self.acc_w[i])
        self.c[j] -= g_c / np.sqrt(self.acc_c[j])
        self.acc_w[i] += g_w**2
        self.acc_c[j] += g_c**2
        self.b_w[i] -= pull / np.sqrt(self.acc_b_w[i])
        self.b_c[j] -= pull / np.sqrt(self.acc_b_c[j])
        self.acc_b_w[i] += pull**2
        self.acc_b_c[j] += pull**2
        return 0.5 * pull * diff


def objective(cells, w, c, b_w, b_c, x_max: float, alpha: float) -> float:
    """Return the sum in equation 8 of Pennington, Socher & Manning 2014, halved as glove.c does."""
    total = 0.0
    for (i, j), x in cells.items():
        diff = w[i] @ c[j] + b_w[i] + b_c[j] - np.log(x)
        total += 0.5 * min(1.0, (x / x_max) ** alpha) * diff**2
    return total
