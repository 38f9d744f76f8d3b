"""Draw rows: a value for each word, one below the other, with its range and what chance gives."""

from __future__ import annotations

import math

from w2v.plots.labels import Box
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
from w2v.plots.scene import Rows

__all__ = ["paint", "size_for"]

STEP = 15.0  # from row to row
SMALLEST = 5.0  # of letters


def size_for(rows: Rows) -> tuple[float, float]:
    """Return a size in inches at which the letters of the rows have their usual size."""
    return 6.8, round(max(2.6, (len(rows.rows) * STEP + 110) / 72), 2)


def paint(canvas: Canvas, rows: Rows, box: Box) -> Painted:
    """Draw rows into a box of the canvas; where it is low, with smaller letters."""
    left, lower, right, upper = box
    lower += 1.6 * LABEL + 1.5 * NUMBERS
    step = (upper - lower) / len(rows.rows)
    letters = min(LABEL, max(SMALLEST, step / 1.3))
    texts = [clipped(row.label) for row in rows.rows]
    left += max(canvas.measure(text, letters)[0] for text in texts) + 8
    ends = [end for row in rows.rows for end in (0.0, row.value, row.low, row.high, *(row.band or ()))]
    low, high = min(end for end in ends if end is not None), max(end for end in ends if end is not None)
    room = 0.04 * (high - low or 1.0)
    low, high = low - room, high + room
    scale = (right - left) / (high - low)

    def at(value: float) -> float:
        return float(left + (value - low) * scale)

    theme = canvas.theme
    canvas.rectangle(left, lower, right - left, upper - lower, edge=theme.rule)
    for value in ticks(low, high, max(3, int((right - left) // 50))):
        canvas.line([(at(value), lower), (at(value), upper)], theme.rule, 0.9 if abs(value) < 1e-9 else 0.35)
        canvas.text(at(value), lower - 1.3 * NUMBERS, number_text(value), NUMBERS, theme.quiet, across="center")
    write_scale(canvas, rows.across, left, lower - 1.5 * NUMBERS - 1.2 * LABEL, right - left)
    every = max(1, math.ceil(canvas.measure("lp", letters)[1] / step - 1e-9))  # rows to a label
    unlabelled = []
    for number, (row, text) in enumerate(zip(rows.rows, texts, strict=True)):
        y = upper - (number + 0.5) * step
        colour = colour_of(canvas, row.group)
        if row.band is not None:
            thick = min(0.62 * step, 9.0)
            canvas.rectangle(
                at(row.band[0]), y - thick / 2, (row.band[1] - row.band[0]) * scale, thick, theme.shade_twice
            )
        if row.low is not None and row.high is not None:
            canvas.line([(at(min(row.low, row.value)), y), (at(max(row.high, row.value)), y)], colour, 1.0)
        canvas.mark(at(row.value), y, min(2.8, 0.4 * step), colour, shape=row.group or 0, hollow=row.faint)
        if number % every == 0:
            shade = theme.quiet if row.faint else theme.ink if row.group is None else colour
            canvas.text(left - 6, y - 0.35 * letters, text, letters, shade, across="right")
        else:
            unlabelled.append(row.label)
    return Painted(tuple(unlabelled))
