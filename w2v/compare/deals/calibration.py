"""The test of change: is a word's score higher than where the documents are dealt at random?

Nothing differs between the halves of a deal but which documents are in them, and so their scores show what chance does
(exchange of texts: Dubossarsky, Weinshall & Grossman 2017). With s the log of a word's score,

    t = (s of the texts − mean of s over R deals) / (spread · √(1 + 1/R))

The spread of a word is the standard deviation of s around the word's mean. R deals alone tell it badly, and words that
stand in few documents are spread more. So it is drawn towards the spread of all words that stand in about as many
documents, by as much as the deals say that such words are alike: Smyth's moderated t (2004, section 3), with
d₀ + R − 1 degrees of freedom, of which d₀ are those of the words alike, but at most 25. p is one-sided, and q is that
of Benjamini & Hochberg (1995) over all words. z is p as a number of standard deviations.

Logs are taken because scores are spread in proportion to their size: without logs, words that change much in any case
would be called changed.

`combined` takes the mean of the logs of several scores, each divided by its spread, before they are tested: where their
errors differ, the mean has less of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from w2v.arrays import F64, I64
from w2v.errors import SettingsError

__all__ = ["BAND", "FEWEST", "Calibrated", "adjusted", "bands_of", "calibrated", "combined", "moderated"]

FEWEST = 3
"""Deals; with fewer no spread can be told."""
BAND = 500
"""Words that stand in about as many documents, at least, over which the spread is pooled,"""
MOST_BANDS = 20  # and the number of such bands, at most
MANY = 1_000_000  # degrees of freedom, with which t is normal
MOST_FREE = 25.0
"""Degrees of freedom, at most: far out, the scores of deals are more than a normal distribution has."""
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


def calibrated(observed: F64, deals: F64, documents: I64) -> Calibrated:
    """Return what the test says of each word.

    observed: logs of scores of the texts, [S]. deals: the same of R deals, [R, S]. documents: in how many documents of
    both texts each word stands, int64 [S]. A word with NaN in any of the scores is not tested. Raises SettingsError for
    fewer deals than FEWEST.
    """
    from scipy.special import ndtri, stdtr, stdtrit  # here, because it takes a while

    number = len(deals)
    if number < FEWEST:
        raise SettingsError(f"{number} deals tell no spread", hint=f"give at least {FEWEST}: --deals 10")
    tested = np.flatnonzero(np.isfinite(observed) & np.isfinite(deals).all(axis=0))
    means = deals[:, tested].mean(axis=0)
    variances, d = moderated(deals[:, tested].var(axis=0, ddof=1), number - 1, bands_of(documents[tested]))
    free = min(d, MOST_FREE)
    spread = np.sqrt(variances * (1 + 1 / number))
    t = np.divide(observed[tested] - means, spread, out=np.zeros(len(tested)), where=spread > 0)
    p = stdtr(free, -t)

    def whole(values: F64) -> F64:
        everywhere = np.full(len(observed), np.nan)
        everywhere[tested] = values
        return everywhere

    high = means + stdtrit(free, 0.95) * spread
    return Calibrated(whole(-ndtri(p)), whole(p), whole(adjusted(p)), whole(means), whole(high))


def moderated(variances: F64, free: int, bands: I64) -> tuple[F64, float]:
    """Return variances [n] drawn towards those of words alike, and the degrees of freedom that they then have.

    free: degrees of freedom of each variance. bands: int64 [n], words with the same number are alike. Smyth 2004,
    section 6.2: how far the logs of the variances are spread around those of their band, beyond what chance gives,
    tells d₀. Where that is no more than chance, all words of a band have one variance, and d₀ is very large.
    """
    from scipy.special import digamma, polygamma

    usual = (np.bincount(bands, weights=variances) / np.maximum(1, np.bincount(bands)))[bands]
    some = (variances > 0) & (usual > 0)
    if np.count_nonzero(some) < 2:
        return usual, float(MANY)
    logs = np.log(variances[some] / usual[some]) - digamma(free / 2) + np.log(free / 2)
    beyond = float(logs.var(ddof=1) - polygamma(1, free / 2))
    prior = min(float(MANY), 2 * _inverse_trigamma(beyond)) if beyond > 0 else float(MANY)
    centre = usual * np.exp(logs.mean() + digamma(prior / 2) - np.log(prior / 2))
    return (prior * centre + free * variances) / (prior + free), prior + free


def _inverse_trigamma(value: float) -> float:
    """The x at which the second derivative of log Γ has a value above 0: Newton's steps, as in Smyth's appendix."""
    from scipy.special import polygamma

    x = 0.5 + 1 / value
    for _ in range(50):
        step = float(polygamma(1, x) * (1 - polygamma(1, x) / value) / polygamma(2, x))
        x += step
        if -step / x < 1e-10:
            break
    return x


def combined(views: Sequence[Sequence[F64]]) -> F64:
    """Return the mean of the logs of several scores, each divided by its spread between deals, [1 + R, S].

    views: of each view its scores, which weigh as much together as those of any other view; [1 + R, S] each, in the
    first row those of the texts, then those of the deals. The spread is one number for all words.
    """
    total: F64 = np.mean([np.mean([_in_spreads(score) for score in scores], axis=0) for scores in views], axis=0)
    return total


def _in_spreads(score: F64) -> F64:
    """The logs of a score, [1 + R, S], divided by the standard deviation of all words around their means in deals."""
    logs: F64 = np.log(np.maximum(score, TINY))
    residuals = logs[1:] - logs[1:].mean(axis=0)
    spread = sqrt(np.nanmean(residuals**2) * len(residuals) / max(1, len(residuals) - 1))
    return logs / spread if spread > 0 else logs


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


def bands_of(documents: I64) -> I64:
    """Return the band of each word, int64 [n]: words that stand in about as many documents; all bands are as large.

    documents: int64 [n]. Of words that stand in as many, the first ones are in the lower band.
    """
    number = max(1, min(MOST_BANDS, len(documents) // BAND))
    bands = np.empty(len(documents), dtype=np.int64)
    bands[np.argsort(documents, kind="stable")] = np.arange(len(documents)) * number // max(1, len(documents))
    return bands
