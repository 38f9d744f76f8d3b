"""3CosAvg and LRCos: analogies that learn a relation from all its pairs but one (Drozd, Gladkova & Matsuoka 2016).

A set that is made of pairs (BATS) is asked pair by pair: a is to which word, given the other pairs of the relation?

    3cosavg     cos(d, a + the mean of b' − a' over the other pairs)
    lrcos       P(d is such a b') · cos(d, a); P by logistic regression, the b' of the other pairs against their a' and
                against three times as many random words, with an L2 penalty of ½‖w‖² (C = 1) on vectors of length
                √D, whose components are about 1
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from w2v.arrays import F32, F64, I64, Flags
from w2v.evaluation.lookup import RowFinder
from w2v.evaluation.statistics.logistic import bend, curvature, fit, probability
from w2v.evaluation.tasks.analogies.sets import AnalogySuite
from w2v.files.rows import FileRows, first_rows
from w2v.progress import Progress
from w2v.vectors import Vectors

__all__ = ["LEARNED", "Learned", "answer_pairs"]

LEARNED = ("3cosavg", "lrcos")


LEAST_PAIRS = 3
CANDIDATES = 4_000
RANDOM_PER_PAIR = 3
STEPS = 8  # of Newton's method from the solution of all pairs, which leaving one out moves little
SEED = 2016


@dataclass(frozen=True, eq=False)
class Learned:
    """What became of each pair [P].

    scored: whether its words are in the vocabulary. By method, rank: among all words but a, inf for none; allowing:
    whether it is right where a may answer too.
    """

    scored: Flags
    rank: dict[str, F32]
    allowing: dict[str, Flags]


def answer_pairs(vectors: Vectors, suite: AnalogySuite, lookup: RowFinder, progress: Progress) -> Learned:
    """Ask every pair of a set by both methods, among the rows of `lookup`.

    A pair is scored if a and one of its accepted answers are in the vocabulary; where relations are learned, the first
    of these stands for the pair. Relations of fewer than 3 such pairs are left out.
    """
    limit = lookup.size
    units = vectors.units
    rows = lookup.rows(suite.words)
    pairs = rows[suite.paired]
    others = suite.paired_also[rows[suite.paired_also[:, 1]] >= 0]
    for number, word in others[::-1].tolist():
        if rows[suite.paired[number, 1]] < 0:
            pairs[number, 1] = rows[word]
    moving = vectors.norms > 0
    known: Flags = np.asarray((pairs >= 0).all(axis=1))
    known[known] = moving[pairs[known]].all(axis=1)
    sizes = np.bincount(suite.pair_section[known], minlength=len(suite.sections))
    known &= sizes[suite.pair_section] >= LEAST_PAIRS
    progress.phase("learning relations", len(suite.sections), "relations")
    learned: list[_Relations] = []
    for section in range(len(suite.sections)):
        here = np.flatnonzero(known & (suite.pair_section == section))
        if len(here):
            learned.append(_learn(first_rows(units, limit), pairs[here], np.random.default_rng((SEED, section))))
        progress.update(section + 1)
    numbers = np.flatnonzero(known)[np.argsort(suite.pair_section[known], kind="stable")]
    place = np.full(len(pairs), -1)
    place[numbers] = np.arange(len(numbers))
    accepted = np.concatenate(
        [np.column_stack([numbers, pairs[numbers, 1]]), np.column_stack([others[:, 0], rows[others[:, 1]]])]
    )
    accepted = np.column_stack([place[accepted[:, 0]], accepted[:, 1]])
    found = Learned(
        known,
        {method: np.full(len(pairs), np.inf, dtype=np.float32) for method in LEARNED},
        {method: np.zeros(len(pairs), dtype=bool) for method in LEARNED},
    )
    if learned:
        relations = _Relations(*(np.concatenate(parts) for parts in zip(*learned, strict=True)))
        ranks, allowing = _ask(vectors, limit, relations, pairs[numbers, 0], accepted[accepted[:, 0] >= 0], progress)
        for method, rank, allowed in zip(LEARNED, ranks, allowing, strict=True):
            found.rank[method][numbers], found.allowing[method][numbers] = rank, allowed
    return found


class _Relations(NamedTuple):
    """What was learned for each of P pairs: the query of 3CosAvg, a, the classifier's weights [P, D] and intercept."""

    query: F32
    a: F32
    weights: F32
    intercept: F32

    def scores(self, unit: F32, pairs: slice | I64) -> tuple[F32, F32]:
        """Return scores by both methods, [P, n] for unit vectors [n, D]; or of pairs [K] with one vector each, [K]."""
        query, a, weights, intercept = (each[pairs] for each in self)
        if isinstance(pairs, slice):
            average, near, margin = query @ unit.T, a @ unit.T, weights @ unit.T + intercept[:, None]
        else:
            average, near = np.vecdot(query, unit), np.vecdot(a, unit)
            margin = np.vecdot(weights, unit) + intercept
        with np.errstate(over="ignore"):
            return average, near / (1 + np.exp(-margin))


def _learn(unit: F32 | FileRows, pairs: I64, rng: np.random.Generator) -> _Relations:
    """Learn from the pairs [n, 2] of one relation, for each of them from all others."""
    count = len(pairs)
    a, b = (unit[pairs[:, side]].astype(np.float64) for side in (0, 1))
    offsets = ((b - a).sum(axis=0) - (b - a)) / (count - 1)
    random = unit[rng.integers(0, len(unit), RANDOM_PER_PAIR * count)].astype(np.float64)
    scale = np.sqrt(unit.shape[1])
    weights, intercepts = _left_out(scale * a, scale * b, scale * random)
    return _Relations((a + offsets).astype(np.float32), a.astype(np.float32), weights * np.float32(scale), intercepts)


def _ask(
    vectors: Vectors, limit: int, relations: _Relations, own: I64, accepted: I64, progress: Progress
) -> tuple[F32, Flags]:
    """Return the rank [2, P] of the best accepted answer among all rows but the pair's `own`, by both methods.

    And whether the best accepted answer stands first if `own` may answer too, [2, P]. accepted: int64 [K, 2], a pair
    and a row.
    """
    count, units = len(own), vectors.units
    able = accepted[accepted[:, 1] != own[accepted[:, 0]]]
    best = np.full((2, count), -np.inf, dtype=np.float32)
    for line, scores in zip(best, relations.scores(units[able[:, 1]], able[:, 0]), strict=True):
        np.maximum.at(line, able[:, 0], scores)
    input_score = np.stack(relations.scores(units[own], np.arange(count)))
    marks = np.concatenate([accepted, np.column_stack([np.arange(count), own])])
    above = np.zeros((2, count), dtype=np.int64)
    silent = vectors.norms[:limit] == 0
    progress.phase("answering pairs", limit, "words")
    for start in range(0, limit, CANDIDATES):
        stop = min(start + CANDIDATES, limit)
        block = relations.scores(units[start:stop], slice(None))
        here = marks[(marks[:, 1] >= start) & (marks[:, 1] < stop)]
        for scores, line, counted in zip(block, best, above, strict=True):
            scores[here[:, 0], here[:, 1] - start] = -np.inf
            scores[:, silent[start:stop]] = -np.inf
            counted += (scores > line[:, None]).sum(axis=1)
        progress.update(stop)
    known = np.isin(np.arange(count), able[:, 0])
    ranks = np.where(known, above + 1, np.inf).astype(np.float32)
    return ranks, known & (above == 0) & (best >= input_score)


def _left_out(a: F64, b: F64, random: F64) -> tuple[F32, F32]:
    """Return weights [n, D] and intercepts [n] of the classifiers that have not seen pair i.

    All n are computed at once from the solution of all pairs: Newton's method with the curvature of that solution less
    the two rows left out, whose inverse differs from one common inverse by a matrix of rank two (Woodbury's identity).
    """
    count = len(b)
    features = np.vstack([b, a, random])
    rows = np.column_stack([features, np.ones(len(features))])
    labels = np.arange(len(rows)) < count
    whole = fit(features, labels)
    inverse = np.linalg.inv(curvature(rows, whole))
    bends = bend(rows[: 2 * count] @ whole)
    first, second = rows[:count] @ inverse, rows[count : 2 * count] @ inverse
    outs = np.stack([rows[:count], rows[count : 2 * count]], axis=1)
    sides = np.stack([first, second], axis=1)
    core = np.eye(2) / np.stack([bends[:count], bends[count:]], axis=1)[:, :, None] - sides @ outs.transpose(0, 2, 1)
    seen = np.ones((count, len(rows)))
    seen[np.arange(count), np.arange(count)] = seen[np.arange(count), count + np.arange(count)] = 0
    penalty = np.append(np.ones(features.shape[1]), 0.0)
    solutions = np.tile(whole, (count, 1))
    for _ in range(STEPS):
        slope = penalty * solutions + (seen * (probability(solutions @ rows.T) - labels)) @ rows
        correction = np.linalg.solve(core, sides @ slope[:, :, None])
        solutions -= slope @ inverse + (correction * sides).sum(axis=1)
    return solutions[:, :-1].astype(np.float32), solutions[:, -1].astype(np.float32)
