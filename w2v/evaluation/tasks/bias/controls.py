"""What an association should be compared with: chance, single words, frequency.

The null band answers what a reader of an effect size wants to know first: how large it gets for random targets of the
same frequency (with 8 + 8 words |d| averages 0.40 although nothing is there). Leaving out each word in turn shows
whether one word carries the result; the check of frequencies shows whether rare words are compared with frequent ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from w2v.arrays import F64, I64, Flags
from w2v.evaluation.tasks.bias.lookup import Finder, Found
from w2v.evaluation.tasks.bias.weat import associations, effect_size, effect_sizes

__all__ = [
    "Commonness",
    "Frequencies",
    "LeaveOneOut",
    "NullBand",
    "frequencies",
    "leave_one_out",
    "matched_rows",
    "null_band",
]


NULL_DRAWS = 2_000
WINDOW = 200  # words nearest in frequency, of which one is drawn
FEWEST = 4  # words to draw from, for each that is drawn: with fewer the draws are nearly all the same
WIDE_RATIO = 3.0


@dataclass(frozen=True)
class NullBand:
    """Effect sizes of random words of the same frequency as the targets: 95 % lie between low and high.

    mean_absolute: their mean |d|. beyond: the share whose |d| is at least the observed one.
    """

    low: float
    high: float
    mean_absolute: float
    beyond: float
    draws: int


@dataclass(frozen=True)
class LeaveOneOut:
    """The lowest and the highest effect size with one word left out, and which word that is."""

    low: float
    low_without: str
    high: float
    high_without: str


@dataclass(frozen=True)
class Frequencies:
    """How many times as frequent the typical word of the first list is as that of the second (medians).

    counted: from counts; else from ranks, assuming that rows are ordered by frequency, and Zipf's law.
    """

    targets: float
    attributes: float
    counted: bool

    @property
    def mismatched(self) -> bool:
        """Whether the lists of either kind differ by a factor of three or more: d may then measure frequency."""
        return any(max(ratio, 1 / ratio) >= WIDE_RATIO for ratio in (self.targets, self.attributes))


class Commonness:
    """The words that have a direction, by falling frequency; `value` [V] is each row's count, or 1 / rank (Zipf)."""

    def __init__(self, finder: Finder) -> None:
        counts = finder.vectors.counts
        self.counted = counts is not None and bool((counts > 0).all())
        self.value: F64 = (
            counts.astype(np.float64)
            if self.counted and counts is not None
            else 1.0 / np.arange(1, len(finder.vectors) + 1)
        )
        order = np.argsort(-self.value, kind="stable")
        self.order: I64 = order[finder.directed[order]]

    def pool(self, without: I64) -> I64:
        """Return the rows that may be drawn, by falling frequency."""
        kept: I64 = self.order[~np.isin(self.order, without)]
        return kept


def matched_rows(common: Commonness, rows: I64, without: I64, draws: int, rng: np.random.Generator) -> I64 | None:
    """Return random rows in place of `rows` [n], [draws, n]; no row comes twice in a draw.

    Each is among the 200 rows nearest in frequency. None where the vectors have fewer than four others for each row.
    """
    pool = common.pool(without)
    if len(pool) < FEWEST * len(rows):
        return None
    width = min(max(WINDOW, FEWEST * len(rows)), len(pool))
    place = np.searchsorted(-common.value[pool], -common.value[rows])
    start = np.clip(place - width // 2, 0, len(pool) - width)
    picked = start + rng.integers(0, width, size=(draws, len(rows)))
    again = _repeated(picked)
    while again.any():
        fresh = start + rng.integers(0, width, size=picked.shape)
        picked[again] = fresh[again]
        again = _repeated(picked)
    drawn: I64 = pool[picked]
    return drawn


def _repeated(picked: I64) -> Flags:
    """Return where a draw has a number that stands before in the same draw, [draws, n]."""
    order = np.argsort(picked, axis=1, kind="stable")
    ranked = np.take_along_axis(picked, order, axis=1)
    same = np.zeros(picked.shape, dtype=bool)
    same[:, 1:] = ranked[:, 1:] == ranked[:, :-1]
    found = np.empty_like(same)
    np.put_along_axis(found, order, same, axis=1)
    return found


def null_band(
    finder: Finder,
    common: Commonness,
    targets: Sequence[Found],
    attributes: Sequence[Found],
    observed: float,
    seed: int = 0,
    draws: int = NULL_DRAWS,
) -> NullBand | None:
    """Return effect sizes of random targets against the same attributes; None where there are too few words to draw."""
    rows = np.concatenate([found.rows for found in targets])
    named = np.concatenate([rows, *(found.rows for found in attributes)])
    drawn = matched_rows(common, rows, named, draws, np.random.default_rng(seed))
    if drawn is None:
        return None
    distinct, place = np.unique(drawn, return_inverse=True)
    scores = associations(finder.unit(distinct), *(finder.unit(found.rows) for found in attributes))
    sizes = effect_sizes(scores[place.reshape(drawn.shape)], len(targets[0]))
    low, high = np.quantile(sizes, [0.025, 0.975])
    return NullBand(
        low=float(low),
        high=float(high),
        mean_absolute=float(np.abs(sizes).mean()),
        beyond=float((np.abs(sizes) >= abs(observed)).mean()),
        draws=draws,
    )


def leave_one_out(finder: Finder, targets: Sequence[Found], attributes: Sequence[Found]) -> LeaveOneOut | None:
    """Return effect sizes with each word left out in turn, targets and attributes; None where no word can be spared."""
    first, second = (finder.unit(found.rows) for found in targets)
    sides = [finder.unit(found.rows) for found in attributes]
    sizes: dict[str, float | None] = {}
    scores = [associations(words, *sides) for words in (first, second)]
    for side, found in enumerate(targets):
        for number, word in enumerate(found.words):
            kept = [np.delete(values, number) if side == here else values for here, values in enumerate(scores)]
            sizes[word] = effect_size(*kept)
    for side, found in enumerate(attributes):
        if len(found) < 2:
            continue
        for number, word in enumerate(found.words):
            kept = [np.delete(rows, number, axis=0) if side == here else rows for here, rows in enumerate(sides)]
            sizes[word] = effect_size(associations(first, *kept), associations(second, *kept))
    known = {word: size for word, size in sizes.items() if size is not None}
    if not known:
        return None
    low, high = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
    return LeaveOneOut(known[low], low, known[high], high)


def frequencies(common: Commonness, targets: Sequence[Found], attributes: Sequence[Found]) -> Frequencies:
    """Return the ratio of the median frequencies of two lists, for targets and for attributes."""
    of_targets, of_attributes = (
        float(np.median(common.value[first.rows]) / np.median(common.value[second.rows]))
        for first, second in (targets, attributes)
    )
    return Frequencies(of_targets, of_attributes, common.counted)
