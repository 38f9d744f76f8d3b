"""Draw a chart: points with labels that never overlap, on a plane with or without numbers."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from w2v.arrays import F64
from w2v.plots.labels import Box, place
from w2v.plots.painting.canvas import Canvas
from w2v.plots.painting.layout import (
    LABEL,
    NUMBERS,
    Painted,
    clipped,
    colour_of,
    number_text,
    ticks,
    write_scale,
)
from w2v.plots.scene import Chart, Point, Scale

__all__ = ["paint", "size_for"]

RADIUS = {"word": 2.8, "context": 1.8, "chance": 2.6, "target": 4.0, "projected": 2.8}
CORNERS = 90  # of a circle
MANY = 60  # words from which points and letters are smaller
SHAPES = (0.8, 1.7)  # width to height, of a chart that chooses its own size
ROOM = 0.07  # of the plane, beyond the outermost points


class Plane(NamedTuple):
    """From the units of the axes to points on the paper."""

    box: Box
    scale: tuple[float, float]
    origin: tuple[float, float]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the place of a pair of values."""
        return self.box[0] + (x - self.origin[0]) * self.scale[0], self.box[1] + (y - self.origin[1]) * self.scale[1]


def size_for(chart: Chart) -> tuple[float, float]:
    """Return a size in inches at which the labels of a chart find room, and in which its points fill the plane."""
    factor = min(max(1.0, (len(chart.points) / 40) ** 0.5), 2.0)
    wide, high = 6.8 * factor, 5.1 * factor
    if chart.equal:
        _, reach = _extent(chart)
        shape = float(np.clip(1.1 * reach[0] / reach[1], *SHAPES))  # labels stand beside points more than above
        wide, high = (wide * high * shape) ** 0.5, (wide * high / shape) ** 0.5
    return round(wide, 1), round(high + 0.4, 1)


def paint(canvas: Canvas, chart: Chart, box: Box) -> Painted:
    """Draw a chart into a box of the canvas."""
    plane = _plane(chart, _inner(canvas, chart, box))
    left, lower, right, upper = plane.box
    _bands(canvas, chart, plane)
    _axes(canvas, chart, plane)
    canvas.rectangle(left, lower, right - left, upper - lower, edge=canvas.theme.rule)
    for line in chart.lines:
        colour = canvas.theme.quiet if line.group is None else colour_of(canvas, line.group)
        start, end = plane.at(*line.start), plane.at(*line.end)
        if line.arrow:
            canvas.arrow(start, _short_of(start, end, 4.0), colour)
        else:
            canvas.line([start, end], colour, 0.7, dashes=(3, 3) if line.dashed else None)
    return _points(canvas, chart, plane)


def _bands(canvas: Canvas, chart: Chart, plane: Plane) -> None:
    """Shade what chance gives; where it gives both, darker."""
    left, lower, right, upper = plane.box
    both = [left, lower, right, upper]
    for band in chart.bands:
        at = 0 if band.upright else 1
        low, high = (plane.at(end, end)[at] for end in (band.low, band.high))
        both[at], both[2 + at] = max(low, plane.box[at]), min(high, plane.box[2 + at])
        box = [*plane.box]
        box[at], box[2 + at] = both[at], both[2 + at]
        canvas.rectangle(box[0], box[1], box[2] - box[0], box[3] - box[1], canvas.theme.shade)
    if len(chart.bands) > 1:
        canvas.rectangle(both[0], both[1], both[2] - both[0], both[3] - both[1], canvas.theme.shade_twice)


def _short_of(start: tuple[float, float], end: tuple[float, float], gap: float) -> tuple[float, float]:
    """A place on the way, so far before its end."""
    length = float(np.hypot(end[0] - start[0], end[1] - start[1]))
    share = max(0.0, 1 - gap / length) if length else 0.0
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _inner(canvas: Canvas, chart: Chart, box: Box) -> Box:
    """The box of the plane, without the room for numbers and labels of the axes."""
    left, lower, right, upper = box
    if _is_written(chart.across):
        lower += 1.6 * LABEL
    if _is_written(chart.up):
        left += 1.6 * LABEL
    lower += 1.5 * NUMBERS if chart.across.numbers else 0
    left += 3.2 * NUMBERS if chart.up.numbers else 0
    return left, lower, right, upper


def _is_written(scale: Scale) -> bool:
    return bool(scale.label or scale.low or scale.high)


def _extent(chart: Chart) -> tuple[F64, F64]:
    """The lowest values across and up, [2], and how far the highest are from them, [2]: never 0."""
    xs, ys = [], []
    for point in chart.points:
        beside = point.beside or 0.0
        xs += [point.x - beside, point.x + beside, *(point.across or ())]
        ys += [point.y - beside, point.y + beside, *(point.up or ())]
    for band in chart.bands:
        (xs if band.upright else ys).extend((band.low, band.high))
    low, high = np.array([min(xs), min(ys)]), np.array([max(xs), max(ys)])
    reach = np.where(high - low > 1e-9, high - low, max(float((high - low).max()), 1e-6))
    return (low + high - reach) / 2, reach


def _plane(chart: Chart, box: Box) -> Plane:
    """The plane with all points, circles and ranges inside."""
    low, reach = _extent(chart)
    middle = low + reach / 2
    reach = reach * (1 + 2 * ROOM)
    size = np.array([box[2] - box[0], box[3] - box[1]])
    scale = size / reach
    if chart.equal:
        scale = np.full(2, scale.min())
    origin = middle - size / scale / 2
    return Plane(box, (float(scale[0]), float(scale[1])), (float(origin[0]), float(origin[1])))


def _axes(canvas: Canvas, chart: Chart, plane: Plane) -> None:
    """Numbers, the lines through 0, and what the axes show."""
    left, lower, right, upper = plane.box
    theme = canvas.theme
    for upright, scale in ((False, chart.across), (True, chart.up)):
        along = 1 if upright else 0
        start, length = (lower, upper - lower) if upright else (left, right - left)
        first = plane.origin[along]
        last = first + length / plane.scale[along]
        for value in ticks(first, last, max(3, int(length // 60))) if scale.numbers else []:
            at = start + (value - first) * plane.scale[along]
            if abs(value) < 1e-9:
                ends = [(left, at), (right, at)] if upright else [(at, lower), (at, upper)]
                canvas.line(ends, theme.rule, 0.8)
            text = number_text(value)
            if upright:
                canvas.text(left - 4, at - 0.35 * NUMBERS, text, NUMBERS, theme.quiet, across="right")
            else:
                canvas.text(at, lower - 1.3 * NUMBERS, text, NUMBERS, theme.quiet, across="center")
        room = (3.2 if upright else 1.5) * NUMBERS if scale.numbers else 0.0
        place = (left - room - 0.6 * LABEL, lower) if upright else (left, lower - room - 1.2 * LABEL)
        write_scale(canvas, scale, *place, length, upright=upright)


def _points(canvas: Canvas, chart: Chart, plane: Plane) -> Painted:
    """Draw the points, then their labels, those of frequent words first."""
    places = np.array([plane.at(point.x, point.y) for point in chart.points])
    shrink = 0.8 if len(chart.points) > MANY else 1.0
    radii = np.array([RADIUS[point.manner] * shrink for point in chart.points])
    for point, (x, y), radius in zip(chart.points, places.tolist(), radii.tolist(), strict=True):
        _mark(canvas, plane, point, x, y, radius)
    letters = [LABEL * (0.85 if point.manner == "context" else 1.0) for point in chart.points]
    if len(chart.points) > MANY:
        letters = [size - 1 for size in letters]
    texts = [clipped(point.label) for point in chart.points]
    measured = [canvas.measure(text, size) for text, size in zip(texts, letters, strict=True)]
    sizes = np.array(
        [(width if text else 0.0, height) for (width, height, _), text in zip(measured, texts, strict=True)]
    )
    order = sorted(
        range(len(chart.points)), key=lambda at: (chart.points[at].manner == "context", chart.points[at].rank, at)
    )
    frame = plane.box[0] + 2, plane.box[1] + 2, plane.box[2] - 2, plane.box[3] - 2
    lines = _obstacles(chart, plane)
    found = place(places, radii, sizes, order, frame, lines=lines)
    unlabelled = []
    for point, text, size, (_, _, below), placed in zip(chart.points, texts, letters, measured, found, strict=True):
        if placed is None:
            unlabelled += [point.label] if text else []
            continue
        if placed.leader is not None:
            x, y, end, top = placed.leader
            canvas.line([(x, y), (end, top)], canvas.theme.quiet, 0.5, alpha=0.8)
        canvas.text(placed.x, placed.y + below, text, size, _label_colour(canvas, point), over=True)
    return Painted(tuple(unlabelled))


def _obstacles(chart: Chart, plane: Plane) -> F64:
    """The lines, ranges and circles that no label may cross, on the paper, [m, 4]."""
    lines = [(*plane.at(*line.start), *plane.at(*line.end)) for line in chart.lines]
    for point in chart.points:
        if point.beside:
            turns = np.linspace(0, 2 * np.pi, CORNERS)
            rim = [plane.at(point.x + point.beside * np.cos(at), point.y + point.beside * np.sin(at)) for at in turns]
            lines += [(*one, *other) for one, other in pairwise(rim)]
        if point.across is not None:
            low, high = _with(point.across, point.x)
            lines.append((*plane.at(low, point.y), *plane.at(high, point.y)))
        if point.up is not None:
            low, high = _with(point.up, point.y)
            lines.append((*plane.at(point.x, low), *plane.at(point.x, high)))
    return np.array(lines, dtype=np.float64).reshape(-1, 4)


def _with(ends: tuple[float, float], value: float) -> tuple[float, float]:
    """A range, as far as the point that it belongs to."""
    return min(ends[0], value), max(ends[1], value)


def _mark(canvas: Canvas, plane: Plane, point: Point, x: float, y: float, radius: float) -> None:
    colour = colour_of(canvas, point.group)
    if point.manner == "context":
        colour = canvas.theme.quiet if point.group is None else colour
    for upright, ends in ((False, point.across), (True, point.up)):
        if ends is not None:
            ends = _with(ends, point.y if upright else point.x)
            low, high = (plane.at(end, end)[1 if upright else 0] for end in ends)
            canvas.line([(x, low), (x, high)] if upright else [(low, y), (high, y)], colour, 0.7, alpha=0.55)
    if point.beside:
        canvas.circle(x, y, point.beside * plane.scale[0], canvas.theme.faint)
    hollow = point.manner in ("chance", "target", "projected")
    canvas.mark(x, y, radius, colour, shape=point.group or 0, hollow=hollow)


def _label_colour(canvas: Canvas, point: Point) -> str:
    if point.manner in ("chance", "target") or (point.manner == "context" and point.group is None):
        return canvas.theme.quiet
    return canvas.theme.ink if point.group is None else colour_of(canvas, point.group)
