"""Marks as inline SVG: bars and dots with error bars, one strip a row of a table. Not here: axes, which the head has.

Coordinates along the scale are percentages, so that a strip is as wide as its column. The figures stand in the row's
cells too, so a strip is hidden from screen readers.
"""

from __future__ import annotations

from collections.abc import Sequence

from w2v.evaluation.document.blocks import Mark, Scale

__all__ = ["SERIES", "strip"]

SERIES = 6  # colours
LANE = 14  # height of one file's mark in pixels
BAR = 9
CAP = 3  # half the height of an error bar's ends
DOT = 4


def strip(marks: Sequence[Mark | None], scale: Scale, series: int = 0) -> str:
    """The marks of a row, one lane each, in the colours from `series` on; "" where there are none."""
    if not any(marks):
        return ""
    lanes = [
        f'<g class="s{(series + number) % SERIES}{" faint" * mark.faint}">{_lane(mark, scale, number)}</g>'
        for number, mark in enumerate(marks)
        if mark is not None
    ]
    return f'<svg aria-hidden="true" width="100%" height="{LANE * len(marks)}">{_zero(scale)}{"".join(lanes)}</svg>'


def place(value: float, scale: Scale) -> float:
    """Where a value lies, in percent of the strip; what lies outside is drawn at the edge."""
    return 100 * min(max((value - scale.low) / (scale.high - scale.low), 0.0), 1.0)


def _at(value: float, scale: Scale) -> str:
    return f"{place(value, scale):.2f}%"


def _zero(scale: Scale) -> str:
    if not scale.low < 0 < scale.high:
        return ""
    x = _at(0.0, scale)
    return f'<line class="zero" x1="{x}" x2="{x}" y1="0" y2="100%"/>'


def _lane(mark: Mark, scale: Scale, number: int) -> str:
    middle = LANE * number + LANE / 2
    parts = []
    if mark.band is not None:
        parts.append(_rectangle("band", *mark.band, scale, middle, LANE - 2))
    if mark.reference is not None:
        parts.append(_upright("reference", mark.reference, scale, middle, LANE / 2 - 1))
    if scale.bars:
        parts.append(_rectangle("bar", min(0.0, mark.value), max(0.0, mark.value), scale, middle, BAR))
    if mark.low is not None and mark.high is not None:
        ends = f'x1="{_at(mark.low, scale)}" x2="{_at(mark.high, scale)}"'
        parts.append(f'<line class="error" {ends} y1="{middle:g}" y2="{middle:g}"/>')
        parts += [_upright("error", end, scale, middle, CAP) for end in (mark.low, mark.high)]
    if not scale.bars:
        parts.append(f'<circle class="dot" cx="{_at(mark.value, scale)}" cy="{middle:g}" r="{DOT}"/>')
    return "".join(parts)


def _rectangle(name: str, low: float, high: float, scale: Scale, middle: float, height: float) -> str:
    start, end = place(low, scale), place(high, scale)
    where = f'x="{start:.2f}%" width="{end - start:.2f}%" y="{middle - height / 2:g}" height="{height}"'
    return f'<rect class="{name}" {where}/>'


def _upright(name: str, value: float, scale: Scale, middle: float, reach: float) -> str:
    x = _at(value, scale)
    return f'<line class="{name}" x1="{x}" x2="{x}" y1="{middle - reach:g}" y2="{middle + reach:g}"/>'
