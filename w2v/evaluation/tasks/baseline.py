"""Vectors beside a baseline without vectors, on the same items: how large is the difference, and how sure?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from w2v.arrays import F64
from w2v.evaluation.statistics import difference_of, holm, paired_means
from w2v.evaluation.verdicts import Compared, of_suite

__all__ = ["AgainstBaseline", "against_baseline", "sentence_of"]


@dataclass(frozen=True)
class AgainstBaseline:
    """A mean minus that of the baseline, with a 95 % interval and p; None where there is too little to tell.

    name, baseline: what is compared. adjusted: p by Holm's method, over all that is compared with this baseline.
    detectable: the smallest true difference that these items find in 80 % of cases.
    """

    name: str
    baseline: str
    items: int
    difference: float
    low: float | None
    high: float | None
    p: float | None
    adjusted: float | None
    detectable: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as JSON has it."""
        return {
            "name": self.name,
            "baseline": self.baseline,
            "difference": self.difference,
            "low": self.low,
            "high": self.high,
            "p": self.p,
            "p_holm": self.adjusted,
            "detectable": self.detectable,
        }


def against_baseline(score: str, baseline: tuple[str, F64], others: Mapping[str, F64]) -> tuple[AgainstBaseline, ...]:
    """Compare values of items [N] with those of a baseline [N], which has a name; items are drawn. () without items."""
    found = []
    for name, values in others.items():
        pair = paired_means(score, [baseline[1], values], np.arange(len(values)))
        if pair is not None:
            found.append((name, pair.items, difference_of(pair, 0, 1)))
    known = [difference.p for _, _, difference in found if difference.p is not None]
    adjusted = iter(holm(known))
    return tuple(
        AgainstBaseline(
            name=name,
            baseline=baseline[0],
            items=items,
            difference=difference.size,
            low=difference.low,
            high=difference.high,
            p=difference.p,
            adjusted=None if difference.p is None else next(adjusted),
            detectable=difference.detectable,
        )
        for name, items, difference in found
    )


def sentence_of(suite: str, found: tuple[AgainstBaseline, ...], noun: str, least: int) -> str:
    """Return what the differences on a suite say. noun: what items are called; least: items of a quotable score."""
    return of_suite(
        [
            Compared(
                suite=suite,
                noun=noun,
                items=each.items,
                total=each.items,
                least=least,
                first=each.baseline,
                second=each.name,
                difference=each.difference,
                low=each.low,
                high=each.high,
                p=each.p,
                adjusted=each.adjusted,
                detectable=each.detectable,
            )
            for each in found
        ]
    )
