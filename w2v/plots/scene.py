"""What a figure shows, as plain values: points, lines, bands, rows, cells. How they are drawn is in w2v/plots/painting.

Three kinds of scene are enough for all figures: a `Chart` of labelled points, `Rows` of one value for each word, and
`Cells` of a matrix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple

from w2v.arrays import F64

__all__ = ["Band", "Cells", "Chart", "Drawing", "Line", "Point", "Row", "Rows", "Scale", "Scene"]

Manner = Literal["word", "context", "chance", "target", "projected"]
"""How a point looks: a word that was asked for; one that is there to compare with; one that lies as random words do; a
place without a word; the place in the plane of a word that lies beside the plane."""


class Point(NamedTuple):
    """A word at a place.

    group: the number of its group, None for none. rank: the place of the word by frequency; frequent words get their
    labels first. across, up: ranges that are drawn as bars. beside: how far the word lies from the plane, in the units
    of the axes.
    """

    label: str
    x: float
    y: float
    group: int | None = None
    manner: Manner = "word"
    rank: int = 0
    across: tuple[float, float] | None = None
    up: tuple[float, float] | None = None
    beside: float | None = None


class Line(NamedTuple):
    """A line from one place to another. dashed: it only guides the eye; an arrow says from what to what."""

    start: tuple[float, float]
    end: tuple[float, float]
    arrow: bool = False
    dashed: bool = False
    group: int | None = None


class Band(NamedTuple):
    """What chance gives, as a shade from `low` to `high`. upright: along the axis that goes across."""

    low: float
    high: float
    upright: bool


class Scale(NamedTuple):
    """An axis: what it shows, what lies at its ends, and whether it has numbers."""

    label: str = ""
    low: str = ""
    high: str = ""
    numbers: bool = False


NO_SCALE = Scale()


@dataclass(frozen=True)
class Chart:
    """Points with labels. equal: a unit is as long across as it is up, so that distances can be compared."""

    points: tuple[Point, ...]
    across: Scale = NO_SCALE
    up: Scale = NO_SCALE
    lines: tuple[Line, ...] = ()
    bands: tuple[Band, ...] = ()
    groups: tuple[str, ...] = ()
    equal: bool = True

    painter: ClassVar[str] = "w2v.plots.painting.chart:paint"

    def items(self) -> list[dict[str, Any]]:
        """Return the points as plain values."""
        return [
            {
                "word": point.label,
                "x": point.x,
                "y": point.y,
                "group": None if point.group is None else self.groups[point.group],
                "kind": point.manner,
            }
            for point in self.points
        ]


class Row(NamedTuple):
    """A word with one value. low, high: a range round it. band: what chance gives. faint: it lies within the band."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None
    band: tuple[float, float] | None = None
    faint: bool = False
    group: int | None = None


@dataclass(frozen=True)
class Rows:
    """A value for each word, one below the other."""

    rows: tuple[Row, ...]
    across: Scale
    groups: tuple[str, ...] = ()

    painter: ClassVar[str] = "w2v.plots.painting.rows:paint"

    def items(self) -> list[dict[str, Any]]:
        """Return the rows as plain values."""
        return [
            {
                "word": row.label,
                "x": row.value,
                "low": row.low,
                "high": row.high,
                "band_low": None if row.band is None else row.band[0],
                "band_high": None if row.band is None else row.band[1],
                "group": None if row.group is None else self.groups[row.group],
            }
            for row in self.rows
        ]


@dataclass(frozen=True, eq=False)
class Cells:
    """A matrix [n, m] as colours.

    columns: names of the columns, or nothing, where they are numbers from 1 on. marks: values with a name on the scale
    of colours. middle: the value of the neutral colour.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: F64
    across: str
    low: float
    high: float
    marks: tuple[tuple[float, str], ...] = ()
    groups: tuple[str, ...] = ()
    group_of: tuple[int | None, ...] = ()

    painter: ClassVar[str] = "w2v.plots.painting.cells:paint"

    def items(self) -> list[dict[str, Any]]:
        """Return a row for each word, with a column for each cell."""
        names: Sequence[str] = self.columns or [str(number + 1) for number in range(self.values.shape[1])]
        return [
            {"word": word, **dict(zip(names, values, strict=True))}
            for word, values in zip(self.rows, self.values.tolist(), strict=True)
        ]


Scene = Chart | Rows | Cells


class Drawing(NamedTuple):
    """What a kind of figure computes: the scene, sentences on what it shows of the truth, and the numbers of these."""

    scene: Scene
    notes: tuple[str, ...]
    facts: Mapping[str, Any]
