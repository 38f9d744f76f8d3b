"""Several trainings of one model, which differ in their seeds: how much do scores and neighbours vary by chance alone?

Not here: the comparison of different models (`comparison`). A difference between two models that is smaller than the
spread of one model's seeds is no difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np

from w2v.arrays import F32, I64
from w2v.evaluation.report import Report
from w2v.progress import NullProgress, Progress
from w2v.vectors import Vectors

__all__ = ["Band", "Replicates", "Spread", "summarise"]

BANDS = (1_000, 10_000, 100_000, 1_000_000)
WORDS = 200  # words of a band whose neighbours are compared
TOPN = 10
SEED = 1


@dataclass(frozen=True)
class Spread:
    """A score over several files: mean, sample standard deviation (n − 1), least and greatest; n files have it."""

    score: str
    mean: float
    sd: float | None
    least: float
    greatest: float
    files: int


@dataclass(frozen=True)
class Band:
    """Neighbours of words of like frequency: the share of a word's ten nearest that two files have in common.

    first, last: the ranks of the band, by frequency in the first file, from 1; words: how many of it were looked at.
    overlap: the mean over those words and all pairs of files.
    """

    first: int
    last: int
    words: int
    overlap: float


@dataclass(frozen=True)
class Replicates:
    files: tuple[str, ...]
    scores: tuple[Spread, ...]
    bands: tuple[Band, ...]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def summarise(
    reports: Mapping[str, Report], vectors: Sequence[Vectors], progress: Progress | None = None
) -> Replicates:
    """Mean and spread of every suite's first score; neighbours by bands of frequency, among words common to all."""
    return Replicates(tuple(reports), _spreads(list(reports.values())), _bands(vectors, progress or NullProgress()))


def _spreads(reports: Sequence[Report]) -> tuple[Spread, ...]:
    spreads: list[Spread] = []
    for suite in reports[0].suites:
        name = next(iter(reports[0][suite].metrics()), suite)
        values = [score for report in reports if (score := report[suite].metrics().get(name)) is not None]
        if values:
            sd = float(np.std(values, ddof=1)) if len(values) > 1 else None
            spreads.append(Spread(name, float(np.mean(values)), sd, min(values), max(values), len(values)))
    return tuple(spreads)


def _bands(vectors: Sequence[Vectors], progress: Progress) -> tuple[Band, ...]:
    common = [word for word in vectors[0].words if all(word in each for each in vectors[1:])]
    rank = np.array([vectors[0].index[word] + 1 for word in common])
    units = [each.unit[[each.index[word] for word in common]] for each in vectors]
    rng = np.random.default_rng(SEED)
    bands: list[Band] = []
    progress.phase("comparing neighbours", len(BANDS), "bands")
    for number, (low, high) in enumerate(zip((0, *BANDS), BANDS, strict=False)):
        inside = np.flatnonzero((rank > low) & (rank <= high))
        chosen = np.sort(rng.choice(inside, size=min(WORDS, len(inside)), replace=False))
        if len(chosen) and len(common) > TOPN:
            nearest = [_nearest(unit, chosen) for unit in units]
            shares = [
                len(set(mine) & set(theirs)) / TOPN
                for first, second in combinations(nearest, 2)
                for mine, theirs in zip(first.tolist(), second.tolist(), strict=True)
            ]
            last = int(min(high, rank[-1]))
            bands.append(Band(low + 1, last, len(chosen), float(np.mean(shares))))
        progress.update(number + 1)
    return tuple(bands)


def _nearest(unit: F32, rows: I64) -> I64:
    """The rows nearest to each of `rows`, themselves left out, [R, TOPN]; 25 queries at a time bound the memory."""
    found = np.empty((len(rows), TOPN), dtype=np.int64)
    for start in range(0, len(rows), 25):
        some = rows[start : start + 25]
        scores = unit[some] @ unit.T
        scores[np.arange(len(some)), some] = -np.inf
        found[start : start + 25] = np.argpartition(-scores, TOPN - 1, axis=1)[:, :TOPN]
    return found
