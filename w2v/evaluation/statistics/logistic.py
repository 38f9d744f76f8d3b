"""Logistic regression with an L2 penalty, by Newton's method; its strength may be chosen by cross-validation.

The loss is small and convex, so the result depends on no starting point; the seed only decides which rows share a fold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from w2v.arrays import F64, I64, Flags

__all__ = ["Classifier", "bend", "cross_validated", "curvature", "fit", "probability"]

STRENGTHS = (0.1, 1.0, 10.0, 100.0)  # of the data against the penalty: C of liblinear and scikit-learn
FOLDS = 5
STEPS = 100
CLOSE = 1e-8  # a Newton step below this has arrived: the next would be its square
HALVINGS = 30


@dataclass(frozen=True, eq=False)
class Classifier:
    """P(true) = 1 / (1 + exp(−(x · weights + intercept))).

    accuracy: the share of rows classified rightly by the models of the other folds; strength: the C that was chosen.
    """

    weights: F64
    intercept: float
    strength: float
    accuracy: float

    def probability(self, features: F64) -> F64:
        """Return P(true) of each row of features [n, D], [n]."""
        return probability(features @ self.weights + self.intercept)


def fit(features: F64, labels: Flags, strength: float = 1.0) -> F64:
    """Return weights and intercept [D + 1] that minimise ½‖w‖² + C Σ log(1 + exp(−y (x · w + b))), y = ±1.

    features [n, D], labels [n]; strength is C. Where the plain Newton step would raise the loss, it is halved.
    """
    rows = np.column_stack([features, np.ones(len(features))])
    penalty = np.append(np.ones(features.shape[1]), 0.0)
    signs = np.where(labels, 1.0, -1.0)

    def loss(solution: F64) -> float:
        return float(0.5 * penalty @ solution**2 + strength * np.logaddexp(0.0, -signs * (rows @ solution)).sum())

    solution = np.zeros(rows.shape[1])
    before = loss(solution)
    for _ in range(STEPS):
        slope = penalty * solution + strength * ((probability(rows @ solution) - labels) @ rows)
        step = np.linalg.solve(curvature(rows, solution, strength), slope)
        for _ in range(HALVINGS):
            after = loss(solution - step)
            if after <= before + 1e-12 * abs(before):
                break
            step = step / 2
        solution = solution - step
        before = after
        if np.abs(step).max() < CLOSE:
            break
    return solution


def cross_validated(features: F64, labels: Flags, seed: int = 0) -> Classifier | None:
    """Return the model of all rows, with the penalty of least log-loss over five folds; None below two of a class."""
    fewest = min(int(labels.sum()), int((~labels).sum()))
    if fewest < 2:
        return None
    left, scale, basis = np.linalg.svd(features, full_matrices=False)
    reduced = left * scale  # the weights lie in the span of the rows: rarely more than fifty dimensions
    fold = _folds(labels, min(FOLDS, fewest), np.random.default_rng(seed))
    results = [(*_held_out(reduced, labels, fold, strength), strength) for strength in STRENGTHS]
    _, accuracy, strength = min(results, key=lambda result: result[0])
    *weights, intercept = fit(reduced, labels, strength)
    return Classifier(np.array(weights) @ basis, float(intercept), strength, accuracy)


def _folds(labels: Flags, number: int, rng: np.random.Generator) -> I64:
    """Return the fold of each row, [n]; each class is spread evenly over the folds."""
    fold = np.empty(len(labels), dtype=np.int64)
    for value in (True, False):
        members = np.flatnonzero(labels == value)
        fold[rng.permutation(members)] = np.arange(len(members)) % number
    return fold


def _held_out(features: F64, labels: Flags, fold: I64, strength: float) -> tuple[float, float]:
    """Return mean log-loss and accuracy on rows that the model has not seen."""
    margin = np.empty(len(labels))
    for here in range(int(fold.max()) + 1):
        *weights, intercept = fit(features[fold != here], labels[fold != here], strength)
        margin[fold == here] = features[fold == here] @ np.array(weights) + intercept
    signed = np.where(labels, margin, -margin)
    return float(np.logaddexp(0.0, -signed).mean()), float((signed > 0).mean())


def probability(margins: F64) -> F64:
    """Return 1 / (1 + exp(−margin)), without overflow."""
    found: F64 = 0.5 * (1 + np.tanh(0.5 * margins))
    return found


def bend(margins: F64) -> F64:
    """Return P (1 − P) of each margin, the second derivative of its loss, kept from 0."""
    likely = probability(margins)
    return np.maximum(likely * (1 - likely), 1e-12)


def curvature(rows: F64, solution: F64, strength: float = 1.0) -> F64:
    """Return the second derivatives [D + 1, D + 1] at a solution; that of the intercept alone is kept from 0.

    rows: features with a last column of ones, [n, D + 1].
    """
    found: F64 = (rows.T * (strength * bend(rows @ solution))) @ rows
    found[np.diag_indices_from(found)] += np.append(np.ones(rows.shape[1] - 1), 1e-9)
    return found
