"""Classifiers of several classes: multinomial logistic regression with an L2 penalty, by L-BFGS (scipy).

Not here: the model of two classes that tests of associations use, by Newton's method (logistic.py), which has the whole
matrix of second derivatives and so serves few columns. Here there may be thousands, as of a bag of words, and sparse.

The loss is convex, so the result depends on no starting point and no seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from w2v.arrays import F64, I64, Flags

__all__ = ["Features", "Softmax", "choose_strength", "fit_softmax", "folds_of", "log_loss"]

Features = Any
"""A row for each item, [n, D]: a float64 array, or a sparse one of scipy (`csr_array`)."""

STEPS = 500
CLOSE = 1e-6  # of the largest slope, for each item: below this the shares of classes move in their sixth digit


class Softmax(NamedTuple):
    """A classifier: the class of a row x is the largest of x · weights + intercepts.

    weights: float64 [D, K]. intercepts: float64 [K].
    """

    weights: F64
    intercepts: F64

    def margins(self, features: Features) -> F64:
        """Return the score of each class for each row of features [n, D], [n, K]."""
        found: F64 = features @ self.weights + self.intercepts
        return found

    def classes(self, features: Features) -> I64:
        """Return the class of each row of features [n, D], [n]; of equal ones the first."""
        found: I64 = self.margins(features).argmax(axis=1)
        return found


def fit_softmax(
    features: Features, classes: I64, number: int, strength: float, start: Softmax | None = None
) -> Softmax:
    """Return the classifier that minimises ½ Σ weights² − C Σ log P(class of a row).

    features: [n, D], dense or sparse. classes: [n], from 0 to number − 1. strength: C, that of the data against the
    penalty; intercepts are not penalised. start: a solution for another strength, from which it is not far.
    """
    from scipy.optimize import minimize

    rows, columns = features.shape
    wanted = np.zeros((rows, number))
    wanted[np.arange(rows), classes] = 1.0
    turned = features.T.tocsr() if hasattr(features, "tocsr") else features.T

    def loss(solution: F64) -> tuple[float, F64]:
        weights, intercepts = solution[: columns * number].reshape(columns, number), solution[columns * number :]
        logs = _log_shares(features @ weights + intercepts)
        away = np.exp(logs) - wanted
        slope = np.concatenate([(weights / strength + turned @ away).ravel(), away.sum(axis=0)])
        value = float((weights * weights).sum() / (2 * strength) - logs[np.arange(rows), classes].sum())
        return value / rows, slope / rows

    first = np.zeros((columns + 1) * number) if start is None else np.concatenate([start[0].ravel(), start[1]])
    found = minimize(loss, first, jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "gtol": CLOSE, "ftol": 1e-10})
    return Softmax(found.x[: columns * number].reshape(columns, number), found.x[columns * number :])


def log_loss(model: Softmax, features: Features, classes: I64) -> float:
    """Return the mean of −log P(class) over rows [n, D] with their classes [n]."""
    return -float(_log_shares(model.margins(features))[np.arange(len(classes)), classes].mean())


def choose_strength(
    features: Features, classes: I64, number: int, held_out: Flags, strengths: Sequence[float]
) -> tuple[float, Softmax]:
    """Return the strength of least log-loss on the rows held out, and the model of the other rows with that strength.

    features: [n, D]. classes, held_out: [n]. strengths: rising, so that each model begins at the one before.
    """
    kept, out = np.flatnonzero(~held_out), np.flatnonzero(held_out)
    model: Softmax | None = None
    found: list[tuple[float, float, Softmax]] = []
    for strength in strengths:
        model = fit_softmax(features[kept], classes[kept], number, strength, model)
        found.append((log_loss(model, features[out], classes[out]), strength, model))
    _, strength, best = min(found, key=lambda each: each[0])
    return strength, best


def folds_of(classes: I64, number: int) -> I64:
    """Return the fold of each item, [n], from 0 to number − 1: items of a class go to the folds in turn, in order."""
    fold = np.empty(len(classes), dtype=np.int64)
    for value in np.unique(classes):
        members = np.flatnonzero(classes == value)
        fold[members] = np.arange(len(members)) % number
    return fold


def _log_shares(margins: F64) -> F64:
    """Return log P of each class, [n, K], of margins [n, K]."""
    shifted = margins - margins.max(axis=1, keepdims=True)
    shares: F64 = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return shares
