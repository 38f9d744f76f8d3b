"""Draw cells: a matrix as colours, with the names of its rows and columns and the scale of the colours."""

from __future__ import annotations

import math

from w2v.plots.labels import Box
from w2v.plots.painting.canvas import Canvas
from w2v.plots.painting.layout import LABEL, NUMBERS, Painted, clipped, colour_of, number_text, ticks
from w2v.plots.scene import Cells

__all__ = ["paint", "size_for"]

STEP = 15.0  # from row to row
LETTER = 5.4  # the usual width of a letter
SMALLEST = 5.0  # of letters
WRITTEN = 14  # columns up to which a number stands in each cell
ROOM = 1.25  # from line to line, in sizes of letters
COLOURS = 10.0  # the height of the scale of colours


def size_for(cells: Cells) -> tuple[float, float]:
    """Return a size in inches at which the letters of rows and columns have their usual size."""
    down = len(cells.rows) * STEP
    longest = LETTER * max(len(clipped(name)) for name in cells.rows)
    if not cells.columns:
        return 7.2, round(max(2.6, (down + 105) / 72), 1)
    step = max(STEP, min(30.0, 300 / len(cells.rows)))
    side = step * len(cells.rows)
    head = LETTER * max(len(clipped(name)) for name in cells.columns)
    return round(max(4.6, (side + longest + 34) / 72), 1), round((side + head + 92) / 72, 1)


def paint(canvas: Canvas, cells: Cells, box: Box) -> Painted:
    """Draw cells into a box of the canvas; where it is small, with smaller letters."""
    count, width = cells.values.shape
    names, heads = [clipped(name) for name in cells.rows], [clipped(name) for name in cells.columns]
    left, lower, right, upper = box
    longest = max(canvas.measure(name, LABEL)[0] for name in names)
    longest_head = max((canvas.measure(name, LABEL)[0] for name in heads), default=1.5 * NUMBERS)
    legend = COLOURS + 3.4 * NUMBERS
    letters = LABEL
    for _ in range(3):  # smaller letters leave more room, which lets letters be larger
        head = longest_head * (letters / LABEL if heads else 1)
        step_across = (right - left - longest * letters / LABEL - 6) / width
        step_down = (upper - lower - head - 8 - legend) / count
        if heads:
            step_down = step_across = min(step_down, step_across)
        letters = min(LABEL, max(SMALLEST, step_down / ROOM))
    left += longest * letters / LABEL + 6
    upper -= longest_head * (letters / LABEL if heads else 1) + 6
    across, down = step_across * width, step_down * count
    left += max(0.0, right - left - across) / 2
    canvas.cells((left, upper - down, across, down), cells.values, cells.low, cells.high)
    unlabelled = _names(canvas, cells, names, (left, upper, step_down, letters))
    if heads:
        for number, name in enumerate(heads):
            if number % _every(step_across, letters) == 0:
                x = left + (number + 0.5) * step_across + 0.35 * letters
                canvas.text(x, upper + 4, name, letters, _colour(canvas, cells, number), turned=90)
    else:
        for value in ticks(1, width, int(across // 45)):
            if value >= 1:
                x = left + (value - 0.5) * step_across
                canvas.text(x, upper + 4, number_text(value), NUMBERS, canvas.theme.quiet, across="center")
    _numbers(canvas, cells, (left, upper, step_across, step_down))
    _legend(canvas, cells, left, upper - down - 12 - COLOURS, across)
    return Painted(tuple(unlabelled))


def _names(canvas: Canvas, cells: Cells, names: list[str], place: tuple[float, float, float, float]) -> list[str]:
    left, upper, step, letters = place
    every = _every(step, letters)
    for number, name in enumerate(names):
        if number % every == 0:
            y = upper - (number + 0.5) * step - 0.35 * letters
            canvas.text(left - 4, y, name, letters, _colour(canvas, cells, number), across="right")
    return [word for number, word in enumerate(cells.rows) if number % every]


def _colour(canvas: Canvas, cells: Cells, number: int) -> str:
    group = cells.group_of[number] if cells.group_of else None
    return canvas.theme.ink if group is None else colour_of(canvas, group)


def _every(step: float, letters: float) -> int:
    """Which rows get a name where there is no room for all."""
    return max(1, math.ceil(ROOM * letters / step - 1e-9))


def _numbers(canvas: Canvas, cells: Cells, place: tuple[float, float, float, float]) -> None:
    """Write each value into its cell, if there are few."""
    left, upper, across, down = place
    size = min(NUMBERS, across / 2.9, down / 1.3)
    if cells.values.shape[1] > WRITTEN or size < SMALLEST:
        return
    for row, values in enumerate(cells.values.tolist()):
        for column, value in enumerate(values):
            x, y = left + (column + 0.5) * across, upper - (row + 0.5) * down - 0.35 * size
            text = f"{value:.2f}".replace("-", "−").replace("0.", ".")
            canvas.text(x, y, text, size, canvas.on_cell(value, cells.low, cells.high), across="center")


def _legend(canvas: Canvas, cells: Cells, left: float, lower: float, across: float) -> None:
    """The scale of colours, with numbers below and the names of its marks above."""
    import numpy as np

    width = min(across - canvas.measure(cells.across, NUMBERS)[0] - 8, 240.0)  # the text beside it needs room as well
    canvas.cells((left, lower, width, COLOURS), np.linspace(cells.low, cells.high, 256)[None], cells.low, cells.high)

    def at(value: float) -> float:
        return left + width * (value - cells.low) / (cells.high - cells.low)

    for value in ticks(cells.low, cells.high, max(3, int(width // 40))):
        canvas.text(at(value), lower - 1.3 * NUMBERS, number_text(value), NUMBERS, canvas.theme.quiet, across="center")
    for value, _ in cells.marks:
        if cells.low <= value <= cells.high:
            canvas.line([(at(value), lower - 2), (at(value), lower + COLOURS + 2)], canvas.theme.ink, 0.8)
    canvas.text(left + width + 8, lower + 0.5 * COLOURS - 0.35 * NUMBERS, cells.across, NUMBERS, canvas.theme.quiet)
