"""Marks as inline SVG: bars and dots with error bars, one strip for each row of a table. The axis is in its head.

Coordinates along the axis are percentages, so that a strip is as wide as its column. The figures stand in the row's
cells too, so a strip is hidden from screen readers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from w2v.report.blocks import Mark, Scale

__all__ = ["SERIES", "is_beyond", "strip"]

SERIES = 6  # colours
LANE = 14  # height of one file's mark in pixels
BAR = 9
CAP = 3  # half the height of an error bar's ends
DOT = 4
SLACK = 1e-9  # of the axis: a value at its very end is not beyond it


def strip(marks: Sequence[Mark | None], scale: Scale, series: int = 0, colours: Sequence[int] = ()) -> str:
    """The marks of a row, one lane each, in these colours, else those from `series` on; "" where there are none."""
    if not any(marks):
        return ""
    lanes = [
        f'<g class="s{_colour(number, series, colours)}{" faint" * mark.faint}">'
        f"{''.join(_lane(mark, scale, number))}</g>"
        for number, mark in enumerate(marks)
        if mark is not None
    ]
    return f'<svg aria-hidden="true" width="100%" height="{LANE * len(marks)}">{_zero(scale)}{"".join(lanes)}</svg>'


def _colour(number: int, series: int, colours: Sequence[int]) -> int:
    return (colours[number] if number < len(colours) else series + number) % SERIES


def is_beyond(mark: Mark, scale: Scale) -> bool:
    """Whether a mark reaches beyond the axis, so that it is drawn with an arrow."""
    return bool(_sides(mark, scale))


def _sides(mark: Mark, scale: Scale) -> set[str]:
    """The ends of the axis that a mark reaches beyond."""
    reach = [end for end in (mark.value, mark.low, mark.high) if end is not None]
    slack = SLACK * (scale.high - scale.low)
    beyond = {"left": min(reach) < scale.low - slack, "right": max(reach) > scale.high + slack}
    return {side for side, so in beyond.items() if so}


def _place(value: float, scale: Scale) -> float:
    """Where a value lies, in percent of the strip; what lies outside is drawn at the edge."""
    return 100 * min(max((value - scale.low) / (scale.high - scale.low), 0.0), 1.0)


def _at(value: float, scale: Scale) -> str:
    return f"{_place(value, scale):.2f}%"


def _inside(value: float, scale: Scale) -> bool:
    slack = SLACK * (scale.high - scale.low)
    return scale.low - slack <= value <= scale.high + slack


def _zero(scale: Scale) -> str:
    if not scale.low < 0 < scale.high:
        return ""
    x = _at(0.0, scale)
    return f'<line class="zero" x1="{x}" x2="{x}" y1="0" y2="100%"/>'


def _lane(mark: Mark, scale: Scale, number: int) -> Iterator[str]:
    middle = LANE * number + LANE / 2
    if mark.band is not None:
        yield _rectangle("band", *mark.band, scale, middle, LANE - 2)
    if mark.reference is not None:
        yield _upright("reference", mark.reference, scale, middle, LANE / 2 - 1)
    if scale.bars:
        yield _rectangle("bar", min(0.0, mark.value), max(0.0, mark.value), scale, middle, BAR)
    if mark.low is not None and mark.high is not None:
        across = f'x1="{_at(mark.low, scale)}" x2="{_at(mark.high, scale)}"'
        yield f'<line class="error" {across} y1="{middle:g}" y2="{middle:g}"/>'
        yield from (_upright("error", end, scale, middle, CAP) for end in (mark.low, mark.high) if _inside(end, scale))
    yield from (_arrow(side, middle) for side in sorted(_sides(mark, scale)))
    if not scale.bars and _inside(mark.value, scale):
        yield f'<circle class="dot" cx="{_at(mark.value, scale)}" cy="{middle:g}" r="{DOT}"/>'


def _arrow(side: str, middle: float) -> str:
    """The mark goes on beyond the edge."""
    edge, back = ("0", 7) if side == "left" else ("100%", -7)
    path = f"M{back} {-DOT}L0 0L{back} {DOT}"
    return f'<svg x="{edge}" y="{middle:g}" overflow="visible"><path class="beyond" d="{path}"/></svg>'


def _rectangle(name: str, low: float, high: float, scale: Scale, middle: float, height: float) -> str:
    start, end = _place(low, scale), _place(high, scale)
    where = f'x="{start:.2f}%" width="{end - start:.2f}%" y="{middle - height / 2:g}" height="{height}"'
    return f'<rect class="{name}" {where}/>'


def _upright(name: str, value: float, scale: Scale, middle: float, reach: float) -> str:
    x = _at(value, scale)
    return f'<line class="{name}" x1="{x}" x2="{x}" y1="{middle - reach:g}" y2="{middle + reach:g}"/>'
