"""Plots of curves for the page: the lines are inline SVG, the labels are text beside it, which no width can squeeze."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

from w2v.report.blocks import Curve, Plot
from w2v.report.characters import HARMLESS

__all__ = ["plot"]

COLOURS = 6
LINES = 5  # across the plot, at most
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def plot(block: Plot) -> str:
    """A plot as a figure of HTML, with the values of all points for whoever cannot see it."""
    points = [point for curve in block.curves for point in curve.points]
    lines = _lines(min(y for _, y in points), max(y for _, y in points))
    across = _whole(min(x for x, _ in points), max(x for x, _ in points))
    low, high = lines[0], lines[-1]
    left, right = across[0], max(across[-1], max(x for x, _ in points))

    def at(x: float, y: float) -> str:
        return f"{100 * (x - left) / ((right - left) or 1):.2f},{100 - 100 * (y - low) / ((high - low) or 1):.2f}"

    drawn = "".join(_curve(each, " ".join(at(x, y) for x, y in each.points)) for each in block.curves)
    grid = "".join(
        f'<line x1="0" x2="100" y1="{at(left, y).split(",")[1]}" y2="{at(left, y).split(",")[1]}"/>' for y in lines
    )
    up = "".join(f"<span>{y:g}</span>" for y in reversed(lines))
    ticks = "".join(f'<span style="left:{at(x, low).split(",")[0]}%">{x:g}</span>' for x in across)
    names = "".join(map(_name, block.curves))
    told = "; ".join(f"{each.name}: {_told(each)}" for each in block.curves)
    return (
        f'<figure class="plot"><figcaption>{_plain(block.title)}</figcaption>'
        f'<div class="frame"><div class="up" aria-hidden="true">{up}</div>'
        f'<svg role="img" aria-label="{_plain(told)}" viewBox="0 0 100 100" preserveAspectRatio="none">'
        f"{grid}{drawn}</svg>"
        f'<div class="across" aria-hidden="true">{ticks}</div><div class="unit">{_plain(block.across)}</div></div>'
        f"<ul>{names}</ul></figure>"
    )


def _plain(words: str) -> str:
    return html.escape(words.translate(HARMLESS))


def _told(curve: Curve) -> str:
    return ", ".join(f"{y:.4g}" for _, y in curve.points)


def _class(curve: Curve, *more: str) -> str:
    return " ".join([*more, f"s{curve.series % COLOURS}", *(["dashed"] if curve.dashed else [])])


def _curve(curve: Curve, points: str) -> str:
    title = f"<title>{_plain(curve.name)}: {_told(curve)}</title>"
    return f'<polyline class="{_class(curve)}" points="{points}">{title}</polyline>'


def _name(curve: Curve) -> str:
    return f'<li><span class="{_class(curve, "stroke")}" aria-hidden="true"></span>{_plain(curve.name)}</li>'


def _lines(low: float, high: float) -> Sequence[float]:
    """Round numbers that enclose all values, at most LINES spaces apart."""
    reach = (high - low) or abs(high) or 1.0
    size = 10.0 ** math.floor(math.log10(reach / LINES))
    for step in (size * each for each in STEPS):
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        if last - first <= LINES:
            return [round(step * number, 12) for number in range(first, max(last, first + 1) + 1)]
    return [low, high]


def _whole(low: float, high: float) -> Sequence[float]:
    """Whole numbers from the first to the last point, as epochs are, at most LINES + 1 of them."""
    step = max(1, math.ceil((high - low) / LINES))
    return [float(each) for each in range(math.floor(low), math.floor(high) + 1, step)]
