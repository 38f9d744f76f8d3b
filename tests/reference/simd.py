"""The naive twins of w2v.kernels.llvm.simd, in numpy float64."""

from __future__ import annotations

import numpy as np


def dot_tile(contexts: np.ndarray, targets: np.ndarray, lanes: int) -> np.ndarray:
    """Return the scores of contexts [m, D] with targets [s, D], float64 [lanes], context after context."""
    scores = np.zeros(lanes)
    for i, context in enumerate(contexts):
        for j, target in enumerate(targets):
            scores[i * len(targets) + j] = context.astype(np.float64) @ target.astype(np.float64)
    return scores


def probability(score: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return σ(score) where the weight is positive, and σ(−score) where it is negative; all arrays [lanes]."""
    signed = np.where(np.signbit(weight), -score, score).astype(np.float64)
    return 1 / (1 + np.exp(-np.clip(signed, -80, 80)))


def update_tiles(contexts: np.ndarray, targets: np.ndarray, gradient: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the new contexts [n, D] and targets [t, D]. gradient: [n, t]. All rows must be different words."""
    return contexts + gradient @ targets, targets + gradient.T @ contexts
