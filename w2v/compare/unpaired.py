"""Pairs of words without any dictionary: words that are as far from all others in both spaces.

Each word of a space has a list of its cosines with all frequent words, sorted. Two words that mean the same have
similar lists if the languages order meanings alike, and so a first guess is made of the nearest lists (Artetxe,
Labaka & Agirre 2018b, section 3.2). It is a poor guess, mended by self-learning: maps find pairs, and pairs new maps,
many times. Pairs are dropped at random in the beginning, so that the learning does not stay where it began (section
3.3).

It works where both texts speak of the same things and are large; else it ends anywhere, and says nothing of that.
"""

from __future__ import annotations

import numpy as np

from w2v.arrays import F32, F64, I64
from w2v.compare.csls import NEIGHBOURS, mean_of_nearest, mutual_nearest
from w2v.compare.maps import Prepared, fit_rotation
from w2v.progress import Progress

__all__ = ["WORDS", "guess_pairs"]

WORDS = 4_000  # the most frequent words of each space
KEPT = 0.1  # of all possible pairs, in the beginning
GROWTH = 2.0  # of that share, where learning no longer gets better
PATIENCE = 10  # rounds without getting better
BETTER = 1e-3  # of the mean score, is worth going on
MOST = 200  # rounds
BLOCK = 512


def guess_pairs(
    source: Prepared,
    target: Prepared,
    *,
    words: int = WORDS,
    seed: int = 1,
    progress: Progress,
    threads: int | None = None,
) -> I64:
    """Return pairs of rows, int64 [P, 2], that the two spaces suggest by themselves.

    words: how many of the most frequent words of each are looked at.
    """
    x, y = source.rows(slice(0, words)), target.rows(slice(0, words))
    size = min(len(x), len(y))
    progress.phase("guessing pairs without a dictionary", MOST, "rounds")
    profiles = _profiles(x[:size]), _profiles(y[:size])
    pairs, _ = mutual_nearest(*profiles, threads=threads)
    rng = np.random.default_rng(seed)
    kept, best, waited = KEPT, -np.inf, 0
    for number in range(MOST):
        if not len(pairs):
            break
        left, right = fit_rotation(x[pairs[:, 0]], y[pairs[:, 1]])
        here, there = _turned(x, left), _turned(y, right)
        pairs, score = _learn(here, there, kept, rng, threads)
        progress.update(number + 1, cosine=round(score, 3), kept=round(min(kept, 1.0), 2))
        waited = 0 if score > best + BETTER else waited + 1
        best = max(best, score)
        if waited >= PATIENCE:
            if kept >= 1.0:
                break
            kept, waited = min(1.0, GROWTH * kept), 0
    return pairs


def _turned(rows: F32, by: F64) -> F32:
    turned: F32 = (rows.astype(np.float64) @ by).astype(np.float32)
    return turned


def _profiles(rows: F32) -> F32:
    """Each word's sorted similarities to all words, at length 1, centred, at length 1: rows [n, D] become [n, n].

    Similarities are those of the root of XXᵀ, as in the paper: the lists of XXᵀ itself are ruled by few directions.
    """
    left, lengths, _ = np.linalg.svd(rows.astype(np.float64), full_matrices=False)
    made = np.sort((left * lengths) @ left.T, axis=1)
    for centre in (False, True):
        if centre:
            made -= made.mean(axis=0)
        norms = np.linalg.norm(made, axis=1, keepdims=True)
        np.divide(made, norms, out=made, where=norms > 0)
    return made.astype(np.float32)


def _learn(x: F32, y: F32, kept: float, rng: np.random.Generator, threads: int | None) -> tuple[I64, float]:
    """Return the best partner of each word of both sides by CSLS, int64 [P, 2], and the mean cosine of all of them.

    kept: each possible pair is looked at with this probability.
    """
    r_of_x = mean_of_nearest(x, y, NEIGHBOURS, threads=threads).astype(np.float32)
    r_of_y = mean_of_nearest(y, x, NEIGHBOURS, threads=threads).astype(np.float32)
    forth = np.empty(len(x), dtype=np.int64)
    back, highest = np.zeros(len(y), dtype=np.int64), np.full(len(y), -np.inf, dtype=np.float32)
    total = 0.0
    for start in range(0, len(x), BLOCK):
        cosines = x[start : start + BLOCK] @ y.T
        total += float(cosines.max(axis=1).sum())
        scores = 2 * cosines - r_of_x[start : start + BLOCK, None] - r_of_y
        if kept < 1.0:
            scores[rng.random(scores.shape, dtype=np.float32) >= kept] -= 10.0
        forth[start : start + BLOCK] = scores.argmax(axis=1)
        rows = scores.argmax(axis=0)
        found = scores[rows, np.arange(len(y))]
        better = found > highest
        back[better], highest[better] = rows[better] + start, found[better]
    pairs = np.concatenate(
        [
            np.stack([np.arange(len(x)), forth], axis=1),
            np.stack([back, np.arange(len(y))], axis=1),
        ]
    )
    return pairs, total / len(x)
