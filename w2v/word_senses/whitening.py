"""Whitening: contexts without what all contexts of a text have in common.

The mean of random contexts is subtracted, and their covariance is undone, so that a direction in which all contexts
differ much, as topics of the whole text, does not decide which contexts of one word are alike. A ridge keeps directions
in which hardly any context differs from being blown up: with the eigenvalues λ of the covariance, a direction is
divided by √(λ + ridge · mean of λ).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from w2v.arrays import F32, F64

__all__ = ["RIDGE", "SAMPLE", "Whitening", "whitening_of"]

RIDGE = 0.1
SAMPLE = 20_000  # random contexts that the covariance is estimated from


@dataclass(frozen=True, eq=False)
class Whitening:
    """The mean of contexts, float64 [D], and the matrix that undoes their covariance, float64 [D, D]."""

    mean: F64
    matrix: F64

    def directions(self, contexts: F32) -> F32:
        """Return contexts [n, D] whitened and at length 1, float32; zeros for a context without any direction."""
        made = (contexts - self.mean) @ self.matrix
        lengths = np.linalg.norm(made, axis=1, keepdims=True)
        whole: F32 = np.divide(made, lengths, out=np.zeros_like(made), where=lengths > 0).astype(np.float32)
        return whole


def whitening_of(contexts: F32, ridge: float = RIDGE) -> Whitening:
    """Return the whitening that fits to contexts [n, D]."""
    rows = contexts.astype(np.float64)
    mean = rows.mean(axis=0)
    centred = rows - mean
    values, directions = np.linalg.eigh(centred.T @ centred / max(1, len(rows) - 1))
    values = np.maximum(values, 0.0)
    added = ridge * values.mean() or 1.0  # a text whose contexts are all the same
    return Whitening(mean, (directions / np.sqrt(values + added)) @ directions.T)
