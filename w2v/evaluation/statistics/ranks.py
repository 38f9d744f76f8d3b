"""Correlation: average ranks, Spearman's rho, Pearson's r, and both in every replicate of a bootstrap."""

from __future__ import annotations

import numpy as np

from w2v.arrays import F64

__all__ = ["average_ranks", "pearson", "pearson_replicates", "spearman", "spearman_replicates"]


def spearman(x: F64, y: F64) -> float | None:
    """Return Spearman's rho (1904): Pearson's r of the ranks, where ties share the mean of their ranks."""
    return pearson(average_ranks(x), average_ranks(y))


def average_ranks(values: F64) -> F64:
    """Return ranks from 1, [N]; equal values share the mean of their ranks."""
    _, group, size = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(size)
    ranks: F64 = (last - (size - 1) / 2)[group]
    return ranks


def pearson(x: F64, y: F64) -> float | None:
    """Return Pearson's r; None for fewer than two values, and where all values of one side are equal."""
    if len(x) < 2 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    x = x - x.mean()
    y = y - y.mean()
    return float(np.clip(x @ y / np.sqrt((x @ x) * (y @ y)), -1.0, 1.0))


def pearson_replicates(x: F64, y: F64, weights: F64) -> F64:
    """Return Pearson's r of each replicate [B]: of the sample in which item i stands weights[b, i] times."""
    x, y = x - x.mean(), y - y.mean()  # so that the differences below lose no digits
    total = weights.sum(axis=1)
    mean_x, mean_y = (weights @ x) / total, (weights @ y) / total
    together = (weights @ (x * y)) / total - mean_x * mean_y
    with np.errstate(invalid="ignore", divide="ignore"):
        r: F64 = together / np.sqrt(
            ((weights @ (x * x)) / total - mean_x**2) * ((weights @ (y * y)) / total - mean_y**2)
        )
    return r


def spearman_replicates(x: F64, y: F64, weights: F64) -> F64:
    """Return Spearman's rho of each replicate [B]: of the sample in which item i stands weights[b, i] times."""
    first, second = _weighted_ranks(x, weights), _weighted_ranks(y, weights)
    first -= _weighted_mean(first, weights)
    second -= _weighted_mean(second, weights)
    products = [
        np.einsum("bn,bn,bn->b", weights, *both) for both in ((first, second), (first, first), (second, second))
    ]
    with np.errstate(invalid="ignore", divide="ignore"):
        rho: F64 = products[0] / np.sqrt(products[1] * products[2])
    return rho


def _weighted_mean(values: F64, weights: F64) -> F64:
    mean: F64 = np.einsum("bn,bn->b", values, weights)[:, None] / weights.sum(axis=1, keepdims=True)
    return mean


def _weighted_ranks(values: F64, weights: F64) -> F64:
    """Return the average rank of each item in each replicate, [B, N]."""
    distinct, group = np.unique(values, return_inverse=True)
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(len(distinct)))
    drawn = np.add.reduceat(weights[:, order], starts, axis=1)
    ranks = np.cumsum(drawn, axis=1) - (drawn - 1) / 2
    by_item: F64 = ranks[:, group]
    return by_item
