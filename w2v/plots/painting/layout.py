"""What all figures have round the picture itself: a title, a key of the groups, and sentences below."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from w2v.plots.labels import Box
from w2v.plots.painting.canvas import Canvas
from w2v.plots.scene import Scale
from w2v.plots.themes import SHAPES
from w2v.report.characters import ONE_LINE

__all__ = ["LABEL", "NUMBERS", "Painted", "clipped", "colour_of", "number_text", "surround", "ticks"]
__all__ += ["write_scale"]

EDGE = 10.0  # from the edge of the paper
TITLE, LABEL, NUMBERS, NOTE = 12.0, 9.0, 7.5, 7.5  # sizes of letters
LEADING = 1.35  # from line to line, in sizes of letters
LONGEST = 40  # characters of a label


class Painted(NamedTuple):
    """What became of a scene: the words that got no label."""

    unlabelled: tuple[str, ...] = ()


def clipped(text: str) -> str:
    """Return a word as a label: on one line, and not too long."""
    shown = text.translate(ONE_LINE)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def colour_of(canvas: Canvas, group: int | None) -> str:
    """Return the colour of a group, or that of words without one."""
    groups = canvas.theme.groups
    return canvas.plain if group is None else groups[group % len(groups)]


def surround(canvas: Canvas, title: str, groups: Sequence[str], notes: Sequence[str]) -> Box:
    """Write the title, the key and the sentences; return the box that is left for the picture."""
    canvas.plain = canvas.theme.quiet if groups else canvas.theme.accent
    top = canvas.height - EDGE
    if title:
        for line in _lines(canvas, title.translate(ONE_LINE), TITLE, bold=True):
            top -= TITLE
            canvas.text(EDGE, top, line, TITLE, bold=True)
            top -= (LEADING - 1) * TITLE
        top -= 4
    if groups:
        top = _key(canvas, groups, top) - 6
    below = [line for note in notes for line in _lines(canvas, note, NOTE)]
    bottom = EDGE + LEADING * NOTE * len(below)
    for number, line in enumerate(below):
        canvas.text(EDGE, bottom - NOTE - LEADING * NOTE * number, line, NOTE, canvas.theme.quiet)
    return EDGE, bottom + (6 if below else 0), canvas.width - EDGE, top


def _key(canvas: Canvas, groups: Sequence[str], top: float) -> float:
    """Write the names of the groups beside their shapes, in lines; return where the next thing can begin."""
    x, y = EDGE + 4, top - LABEL
    for number, name in enumerate(groups):
        shown = clipped(name)
        width = canvas.measure(shown, LABEL)[0] + 12
        if x + width > canvas.width - EDGE and x > EDGE + 4:
            x, y = EDGE + 4, y - LEADING * LABEL
        canvas.mark(x, y + 0.33 * LABEL, 3, colour_of(canvas, number), shape=number % len(SHAPES))
        canvas.text(x + 7, y, shown, LABEL)
        x += width + 12
    return y - 0.25 * LABEL


def _lines(canvas: Canvas, text: str, size: float, *, bold: bool = False) -> list[str]:
    """A text in lines that fit the paper; sums of words and percentages stay on one line."""
    for sign in ("−", "+", "%"):
        text = text.replace(f" {sign} ", f"\u00a0{sign}\u00a0" if sign != "%" else f"\u00a0{sign} ")
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and canvas.measure(longer, size, bold=bold)[0] > canvas.width - 2 * EDGE:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def ticks(low: float, high: float, most: int) -> list[float]:
    """Return round numbers from low to high, about so many, and at least two."""
    if not high > low:
        return [low]
    rough = (high - low) / max(most, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    steps = [factor * power for factor in (0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10)]
    largest = next(number for number, step in enumerate(steps) if step >= rough * (1 - 1e-9))
    for step in reversed(steps[: largest + 1]):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last > first:
            break
    return [number * step for number in range(first, last + 1)]


def number_text(value: float) -> str:
    """Return a number of an axis as text."""
    return f"{round(value, 6) + 0.0:g}".replace("-", "−")


def write_scale(canvas: Canvas, scale: Scale, x: float, y: float, length: float, *, upright: bool = False) -> None:
    """Write the ends and the label of an axis along it; (x, y) is where the base line of the text begins."""
    pieces = (
        (f"← {clipped(scale.low)}" if scale.low else "", 0.0, "left"),
        (scale.label, length / 2, "center"),
        (f"{clipped(scale.high)} →" if scale.high else "", length, "right"),
    )
    widths = [canvas.measure(text, LABEL)[0] for text, _, _ in pieces]
    crowded = widths[1] / 2 + max(widths[0], widths[2]) + 8 > length / 2
    for text, along, across in pieces:
        if not text or (crowded and across == "center" and (scale.low or scale.high)):
            continue
        place = (x, y + along) if upright else (x + along, y)
        colour = canvas.theme.quiet if across == "center" else canvas.theme.ink
        canvas.text(*place, text, LABEL, colour, across=across, turned=90 if upright else 0)  # type: ignore[arg-type]
