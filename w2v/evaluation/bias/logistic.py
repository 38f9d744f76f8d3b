"""Logistic regression with an L2 penalty, chosen by cross-validation. Not here: what is classified, and why.

Small and convex, so that the result depends on no starting point; the seed only deals the words to the folds. scipy is
imported when something is fitted: a question about single words does not wait for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from w2v.arrays import F64, I64, Flags

__all__ = ["Classifier", "cross_validated", "fit"]


STRENGTHS = (0.1, 1.0, 10.0, 100.0)  # of the data against the penalty: C of liblinear and scikit-learn
FOLDS = 5


@dataclass(frozen=True, eq=False)
class Classifier:
    """P(true) = 1 / (1 + exp(−(x · weights + intercept))).

    accuracy: the share of words classified rightly by the models of the other folds; strength: the C that was chosen.
    """

    weights: F64
    intercept: float
    strength: float
    accuracy: float

    def probability(self, features: F64) -> F64:
        """P(true) of each row, [n]."""
        from scipy.special import expit

        found: F64 = expit(features @ self.weights + self.intercept)
        return found


def fit(features: F64, labels: Flags, strength: float) -> tuple[F64, float]:
    """Weights [D] and intercept that minimise ½‖w‖² + C Σ log(1 + exp(−y (x · w + b))), y = ±1.

    The weights lie in the span of the rows, so that they are looked for there: rarely more than fifty dimensions.
    """
    from scipy.optimize import minimize
    from scipy.special import expit

    left, scale, basis = np.linalg.svd(features, full_matrices=False)
    rows = np.column_stack([left * scale, np.ones(len(features))])
    signs = np.where(labels, 1.0, -1.0)
    penalty = np.append(np.ones(len(scale)), 0.0)

    def loss(solution: F64) -> float:
        return float(0.5 * penalty @ solution**2 + strength * np.logaddexp(0.0, -signs * (rows @ solution)).sum())

    def gradient(solution: F64) -> F64:
        slope: F64 = penalty * solution - strength * ((signs * expit(-signs * (rows @ solution))) @ rows)
        return slope

    def curvature(solution: F64) -> F64:
        likely = expit(rows @ solution)
        bend: F64 = np.diag(penalty) + strength * (rows.T * (likely * (1.0 - likely))) @ rows
        return bend

    found = minimize(loss, np.zeros(rows.shape[1]), jac=gradient, hess=curvature, method="trust-exact")
    return found.x[:-1] @ basis, float(found.x[-1])


def cross_validated(features: F64, labels: Flags, seed: int = 0) -> Classifier | None:
    """The model of all rows, with the penalty of least log-loss over five folds; None below two of a class."""
    fewest = min(int(labels.sum()), int((~labels).sum()))
    if fewest < 2:
        return None
    left, scale, basis = np.linalg.svd(features, full_matrices=False)
    reduced = left * scale  # the same rows in as many dimensions as there can be of use
    fold = _folds(labels, min(FOLDS, fewest), np.random.default_rng(seed))
    results = [(*_held_out(reduced, labels, fold, strength), strength) for strength in STRENGTHS]
    _, accuracy, strength = min(results, key=lambda result: result[0])
    weights, intercept = fit(reduced, labels, strength)
    return Classifier(weights @ basis, intercept, strength, accuracy)


def _folds(labels: Flags, number: int, rng: np.random.Generator) -> I64:
    """The fold of each row, [n]; each class is dealt out evenly."""
    fold = np.empty(len(labels), dtype=np.int64)
    for value in (True, False):
        members = np.flatnonzero(labels == value)
        fold[rng.permutation(members)] = np.arange(len(members)) % number
    return fold


def _held_out(features: F64, labels: Flags, fold: I64, strength: float) -> tuple[float, float]:
    """Mean log-loss and accuracy on rows that the model has not seen."""
    margin = np.empty(len(labels))
    for here in range(int(fold.max()) + 1):
        weights, intercept = fit(features[fold != here], labels[fold != here], strength)
        margin[fold == here] = features[fold == here] @ weights + intercept
    signed = np.where(labels, margin, -margin)
    return float(np.logaddexp(0.0, -signed).mean()), float((signed > 0).mean())
