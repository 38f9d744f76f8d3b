"""Words on the plane of their first two principal components: the flat picture that keeps most of their variance."""

from __future__ import annotations

from typing import Any

import numpy as np

from w2v.arrays import F64
from w2v.plots.request import Request
from w2v.plots.scene import Chart, Drawing, Point
from w2v.plots.truth import neighbours_kept, share

__all__ = ["draw", "principal_plane"]


def draw(request: Request, value: Any = True) -> Drawing:
    """Draw words by the first two principal components of their vectors, each at length 1."""
    near = request.nearest()
    shown = (*request.found, *near)
    if len(shown) < 3:
        request.at_least(3, "a picture of words")
    units = request.units(shown)
    places, shares = principal_plane(units)
    points = tuple(
        Point(
            each.word,
            float(x),
            float(y),
            request.group(each.word),
            "word" if number < len(request.found) else "context",
            request.rank(each),
        )
        for number, (each, (x, y)) in enumerate(zip(shown, places, strict=True))
    )
    kept = neighbours_kept(units, places)
    total = float(shares.sum())
    notes = [
        f"{len(shown):,} words on the plane of their first two principal components, which shows {share(total)} of "
        f"their variance ({share(float(shares[0]))} across, {share(float(shares[1]))} up) in {units.shape[1]:,} "
        f"dimension{'s' * (units.shape[1] != 1)}."
    ]
    notes += [kept.sentence] if kept is not None else []
    facts = {
        "variance": total,
        "variance_across": float(shares[0]),
        "variance_up": float(shares[1]),
        "neighbours_kept": None if kept is None else kept.share,
        "neighbours_compared": None if kept is None else kept.nearest,
        "neighbours_by_chance": None if kept is None else kept.chance,
    }
    return Drawing(Chart(points, groups=request.groups), tuple(notes), facts)


def principal_plane(units: F64) -> tuple[F64, F64]:
    """Return the places of vectors [n, D] on the plane of their first two principal components, [n, 2], and its shares.

    The signs are those for which the largest place of each component, whatever its sign, is positive, so that equal
    vectors give the same picture. shares: of the variance that each component has, [2].
    """
    centred = units - units.mean(axis=0)
    left, values, _ = np.linalg.svd(centred, full_matrices=False)
    places = np.zeros((len(units), 2))
    found = min(2, len(values))
    places[:, :found] = left[:, :found] * values[:found]
    for component in range(2):
        largest = places[np.argmax(np.abs(places[:, component]).round(9)), component]
        places[:, component] *= -1 if largest < 0 else 1
    variance = values**2
    shares = np.zeros(2)
    if variance.sum() > 0:
        shares[:found] = variance[:found] / variance.sum()
    return places, shares
