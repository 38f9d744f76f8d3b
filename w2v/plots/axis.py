"""Words on one axis or on two, which are made of pairs of words; beside them what chance gives (w2v/axes)."""

from __future__ import annotations

from typing import Any

import numpy as np

from w2v.axes.projecting import project
from w2v.axes.projections import Axis, Projection
from w2v.axes.written import axes_given
from w2v.errors import SettingsError
from w2v.plots.request import Request
from w2v.plots.scene import Band, Chart, Drawing, Point, Row, Rows, Scale
from w2v.plots.truth import share

__all__ = ["draw"]


def draw(request: Request, value: Any) -> Drawing:
    """Draw words by their projections on one axis, one below the other, or on two axes."""
    request.at_least(1, "a picture of axes", "name a word")
    written = axes_given(value)
    if len(written) > 2:
        raise SettingsError(f"a picture has two axes, and {len(written)} are named", hint="draw two pictures")
    found = project(request.vectors, written, request.words, request.rules)
    first, *others = (found.on(axis.name) for axis in found.axes)
    units = request.units()
    centred = units - units.mean(axis=0)
    directions = np.linalg.qr(np.stack([axis.direction for axis in found.axes]).T)[0]
    total = float((centred**2).sum())
    variance = float(((centred @ directions) ** 2).sum()) / total if total else None
    beyond = sum(each.toward is not None and not each.is_pole for of in (first, *others) for each in of)
    facts = {
        "variance": variance,
        "axes": [axis.name for axis in found.axes],
        "beyond_random_words": beyond,
        "projections": sum(not each.is_pole for of in (first, *others) for each in of),
        "cosine_of_axes": found.angles[0].cosine if found.angles else None,
    }
    notes = _notes(facts, bool(others), any(axis.agreement is not None for axis in found.axes))
    if not others:
        return Drawing(_rows(request, first, found.axes[0]), notes, facts)
    return Drawing(_chart(request, first, others[0], found.axes), notes, facts)


def _rows(request: Request, projections: tuple[Projection, ...], axis: Axis) -> Rows:
    rows = (
        Row(
            each.word,
            each.value,
            each.low,
            each.high,
            each.random_words,
            each.toward is None and not each.is_pole,
            request.group(each.word),
        )
        for each in sorted(projections, key=lambda each: -each.value)
    )
    return Rows(tuple(rows), _scale(axis), request.groups)


def _chart(
    request: Request, across: tuple[Projection, ...], up: tuple[Projection, ...], axes: tuple[Axis, ...]
) -> Chart:
    points = tuple(
        Point(
            found.word,
            one.value,
            other.value,
            request.group(found.word),
            "word" if one.toward or other.toward or one.is_pole or other.is_pole else "chance",
            request.rank(found),
            None if one.low is None or one.high is None else (one.low, one.high),
            None if other.low is None or other.high is None else (other.low, other.high),
        )
        for found, one, other in zip(request.found, across, up, strict=True)
    )
    bands = []
    for projections, upright in ((across, True), (up, False)):
        known = [each.random_words for each in projections if each.random_words is not None]
        if known:
            low, high = np.mean(known, axis=0).tolist()
            bands.append(Band(low, high, upright))
    return Chart(points, _scale(axes[0]), _scale(axes[1]), bands=tuple(bands), groups=request.groups, equal=False)


def _scale(axis: Axis) -> Scale:
    name = "" if "→" in axis.name else axis.name
    return Scale(name, axis.first, axis.second, numbers=True)


def _notes(facts: dict[str, Any], plane: bool, ranges: bool) -> tuple[str, ...]:
    what = "two directions" if plane else "one direction"
    many = facts["projections"]
    notes = []
    if facts["variance"] is not None:
        notes.append(
            f"Cosines with {what} of the full space, which {'have' if plane else 'has'} {share(facts['variance'])} of "
            "the variance of these words."
        )
    lie = "projection lies" if many == 1 else "projections lie"
    notes.append(
        "Shaded: the middle 95 % of random words of like frequency"
        + (", on average" if plane else "")
        + ("; hollow: within on both axes. " if plane else "; hollow: within. ")
        + f"{facts['beyond_random_words']:,} of {many:,} {lie} outside; of random words, 1 in 20 would."
    )
    if ranges:
        notes.append("Lines: the range when one pair of the axis is left out.")
    if plane:
        notes.append(f"The cosine between the two axes is {facts['cosine_of_axes']:.2f}.".replace("-", "−"))
    return tuple(notes)
