"""Words on the plane of their first two principal components: the flat picture that keeps most of their variance."""

from __future__ import annotations

from typing import Any

from w2v.plots.request import Request
from w2v.plots.scene import Chart, Drawing, Point
from w2v.plots.truth import neighbours_kept, share
from w2v.transforms.moments import principal_plane

__all__ = ["draw"]


def draw(request: Request, value: Any = True) -> Drawing:
    """Draw words by the first two principal components of their vectors, each at length 1."""
    near = request.nearest()
    shown = (*request.found, *near)
    if len(shown) < 3:
        request.at_least(3, "a picture of words")
    units = request.units(shown)
    plane = principal_plane(units)
    places, shares = plane.places, plane.shares
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
