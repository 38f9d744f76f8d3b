"""What is left when a direction is taken out ("Lipstick on a Pig", Gonen & Goldberg 2019).

The words that lie farthest to each side of a direction are found; the direction is removed from all vectors; then two
tests ask whether one can still tell a word's side: do two clusters separate the sides, and do a word's neighbours come
from its own side? If they do, the direction only showed the association, and did not hold it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from w2v.arrays import F32, F64, I64, Flags
from w2v.evaluation.statistics import pearson
from w2v.files.rows import FileRows
from w2v.neighbours import nearest

__all__ = ["Lipstick", "lipstick"]


SEARCHED = 50_000  # the most frequent words, as in the paper
A_SIDE = 500
NEIGHBOURS = 100
RESTARTS = 10
ITERATIONS = 100


@dataclass(frozen=True)
class Lipstick:
    """Shares of 0.5..1 for clusters and correlations of −1..1 for neighbours, before and after removal of a direction.

    words: how many words a side. neighbours: how many of these are looked at. clusters: the share of words in the
    cluster of their side; 0.5 is chance. neighbourhood: Pearson's r over the listed words between their projection
    before the removal and the share of the first side among their nearest words of both sides; None where no listed
    word is in the vocabulary.
    """

    words: int
    neighbours: int
    clusters_before: float
    clusters_after: float
    neighbourhood_before: float | None
    neighbourhood_after: float | None


def lipstick(
    unit: F32 | FileRows, candidates: I64, listed: I64, axis: F64, seed: int = 0, a_side: int = A_SIDE
) -> Lipstick | None:
    """Run both tests; None with fewer than 20 candidates, five a side.

    unit [V, D]. candidates: rows by falling frequency without the words that name a group by definition. listed: rows
    of the words whose neighbours are looked at. axis [D], of length 1.
    """
    candidates = candidates[:SEARCHED]
    a_side = min(a_side, len(candidates) // 4)
    if a_side < 5:
        return None
    side = candidates[np.argsort(unit[candidates] @ axis.astype(np.float32), kind="stable")]
    rows = np.concatenate([side[-a_side:], side[:a_side]])
    near = min(NEIGHBOURS, a_side)
    sides = unit[rows].astype(np.float64)
    words = unit[listed].astype(np.float64)
    projections = words @ axis
    sides_without, words_without = (_normalised(each - np.outer(each @ axis, axis)) for each in (sides, words))
    return Lipstick(
        words=a_side,
        neighbours=near,
        clusters_before=_clusters(sides, a_side, seed),
        clusters_after=_clusters(sides_without, a_side, seed),
        neighbourhood_before=_neighbourhood(sides, words, projections, rows, listed, near),
        neighbourhood_after=_neighbourhood(sides_without, words_without, projections, rows, listed, near),
    )


def _normalised(matrix: F64) -> F64:
    length = np.linalg.norm(matrix, axis=1, keepdims=True)
    found: F64 = np.divide(matrix, length, out=np.zeros_like(matrix), where=length > 1e-6)
    return found


def _clusters(words: F64, a_side: int, seed: int) -> float:
    """Return the share of words in the right one of two clusters, the tightest of ten attempts."""
    attempts = [_two_means(words, np.random.default_rng([seed, start])) for start in range(RESTARTS)]
    _, second = min(attempts, key=lambda attempt: attempt[0])
    right = float((~second[:a_side]).sum() + second[a_side:].sum()) / len(words)
    return max(right, 1.0 - right)


def _two_means(words: F64, rng: np.random.Generator) -> tuple[float, Flags]:
    """Cluster by Lloyd's algorithm from k-means++.

    Return the sum of squared distances, and which words the second cluster has, [n].
    """
    start = words[rng.integers(len(words))]
    away = ((words - start) ** 2).sum(axis=1)
    if not away.any():
        return 0.0, np.zeros(len(words), dtype=bool)
    centres = np.stack([start, words[rng.choice(len(words), p=away / away.sum())]])
    second = np.zeros(len(words), dtype=bool)
    for _ in range(ITERATIONS):
        distances = ((words[:, None, :] - centres) ** 2).sum(axis=2)
        before, second = second, distances[:, 1] < distances[:, 0]
        if (second == before).all() or second.all() or not second.any():
            break
        centres = np.stack([words[~second].mean(axis=0), words[second].mean(axis=0)])
    return float(distances.min(axis=1).sum()), second


def _neighbourhood(sides: F64, words: F64, projections: F64, rows: I64, listed: I64, near: int) -> float | None:
    """Return Pearson's r between projections and the share of the first side among the nearest words.

    A word is not its own neighbour.
    """
    itself = np.where(np.isin(listed, rows), np.argmax(rows[None, :] == listed[:, None], axis=1), -1)
    found = nearest(sides, words, near, without=itself[:, None])
    share = (found.rows < len(rows) // 2).mean(axis=1)
    return pearson(projections, share)
