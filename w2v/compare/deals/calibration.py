"""The test of change: is a word's score higher than where the documents are dealt at random?

Nothing differs between the halves of a deal but which documents are in them, and so their scores show what chance does
(exchange of texts: Dubossarsky, Weinshall & Grossman 2017). With s the log of a word's score,

    z = (s of the texts − mean of s over R deals) / (spread · √(1 + 1/R))

The spread is the standard deviation of s around each word's mean, pooled over words of like frequency: R deals tell a
single word's spread badly. The p-value is that of the normal distribution, one-sided, and q is that of Benjamini &
Hochberg (1995) over all words. Logs are taken because scores are spread in proportion to their size: without logs,
words that change much in any case would be called changed.

`combined` adds up the logs of several scores, each divided by its spread, before they are tested: where their errors
differ, the sum has less of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from w2v.arrays import F64, I64
from w2v.errors import SettingsError

__all__ = ["BAND", "FEWEST", "Calibrated", "adjusted", "bands_of", "calibrated", "combined"]

FEWEST = 3
"""Deals; with fewer no spread can be told."""
BAND = 500
"""Words of like frequency, at least, over which the spread is pooled,"""
MOST_BANDS = 20  # and the number of such bands, at most
TINY = 1e-12  # a score of 0 has no log


@dataclass(frozen=True, eq=False)
class Calibrated:
    """What the test says of S words, float64 [S] each; NaN for words that were not tested.

    z, p, q: as the head of this file has them. usual, high: the median of what chance gives, and what it exceeds once
    in 20 times, in the unit of what was tested.
    """

    z: F64
    p: F64
    q: F64
    usual: F64
    high: F64


def calibrated(observed: F64, deals: F64) -> Calibrated:
    """Return what the test says of each word.

    observed: logs of scores of the texts, [S], the most frequent word first. deals: the same of R deals, [R, S]. A word
    with NaN in any of them is not tested. Raises SettingsError for fewer deals than FEWEST.
    """
    from scipy.special import ndtr  # here, because it takes a while

    number = len(deals)
    if number < FEWEST:
        raise SettingsError(f"{number} deals tell no spread", hint=f"give at least {FEWEST}: --deals 10")
    tested = np.flatnonzero(np.isfinite(observed) & np.isfinite(deals).all(axis=0))
    means = deals[:, tested].mean(axis=0)
    spread = _spread(deals[:, tested] - means) * sqrt(1 + 1 / number)
    z = np.divide(observed[tested] - means, spread, out=np.zeros(len(tested)), where=spread > 0)
    p = ndtr(-z)

    def whole(values: F64) -> F64:
        everywhere = np.full(len(observed), np.nan)
        everywhere[tested] = values
        return everywhere

    return Calibrated(whole(z), whole(p), whole(adjusted(p)), whole(means), whole(means + 1.6448536 * spread))


def combined(scores: Sequence[F64]) -> F64:
    """Return the mean of the logs of several scores, each divided by its spread between deals, [1 + R, S].

    scores: [1 + R, S] each; in the first row those of the texts, then those of the deals. The spread is one number for
    all words, the same for the texts as for the deals.
    """
    parts = []
    for score in scores:
        logs = np.log(np.maximum(score, TINY))
        residuals = logs[1:] - logs[1:].mean(axis=0)
        spread = sqrt(np.nanmean(residuals**2) * len(residuals) / max(1, len(residuals) - 1))
        parts.append(logs / spread if spread > 0 else logs)
    total: F64 = np.mean(parts, axis=0)
    return total


def adjusted(p: F64) -> F64:
    """Return the q-values of Benjamini & Hochberg (1995) for p-values [n]: the least rate of false finds at which each
    would still be found.
    """
    order = np.argsort(p, kind="stable")
    ranks = np.arange(1, len(p) + 1)
    raw = p[order] * len(p) / ranks
    q = np.empty(len(p))
    q[order] = np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1.0)
    return q


def bands_of(words: int) -> I64:
    """Return the band of frequency of each word, the most frequent first, int64 [words]; all bands are as large."""
    number = max(1, min(MOST_BANDS, words // BAND))
    return np.arange(words) * number // max(1, words)


def _spread(residuals: F64) -> F64:
    """The standard deviation of residuals [R, S] around the words' means, pooled over the words of a band, [S]."""
    bands = bands_of(residuals.shape[1])
    free = (len(residuals) - 1) * np.bincount(bands)
    squares = np.bincount(bands, weights=(residuals**2).sum(axis=0))
    pooled: F64 = np.sqrt(squares / np.maximum(1, free))[bands]
    return pooled
