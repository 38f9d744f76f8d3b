"""Places for the labels of points, so that no label overlaps another label, a point, a line or the frame.

Frequent words come first. A label takes the first of eight places round its point that is free; where none is, it
stands farther away with a thin line to its point; where that is not possible either, it is left out. All lengths are
in points of 1/72 inch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from w2v.arrays import F64, Flags

__all__ = ["Box", "Placed", "overlap", "place"]

GAP = 2.6  # from the edge of a point to its label
MARGIN = 0.75  # between two labels
AROUND = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))  # right, left, above, below, corners
FAR = (7.0, 12.0, 18.0, 26.0, 36.0, 48.0)  # from a point to a label with a line
DIRECTIONS = 24

Box = tuple[float, float, float, float]
"""Left, lower, right and upper edge."""


class Placed(NamedTuple):
    """A label: the lower left corner of its box, and where it is far from its point the ends of the line to it."""

    x: float
    y: float
    leader: Box | None = None


def place(
    points: F64,
    radii: F64,
    sizes: F64,
    order: Sequence[int],
    frame: Box,
    *,
    lines: F64 | None = None,
    blocked: Sequence[Box] = (),
) -> list[Placed | None]:
    """Return a place for each label, or None where there is no room.

    points: [n, 2]. radii: of the points, [n]. sizes: width and height of each label, [n, 2]; a label of no width needs
    no place. order: the numbers of the labels, those that choose first in front. lines: [m, 4], from (x, y) to (x, y).
    blocked: boxes where no label may stand.
    """
    ground = _Ground(points, radii, frame, np.empty((0, 4)) if lines is None else lines, blocked)
    found: list[Placed | None] = [None] * len(points)
    for number in order:
        if sizes[number, 0] > 0:
            found[number] = ground.near(number, sizes[number])
    for number in order:
        if sizes[number, 0] > 0 and found[number] is None:
            found[number] = ground.far(number, sizes[number])
    return found


class _Ground:
    """What is taken: points, lines, and the labels that have a place."""

    def __init__(self, points: F64, radii: F64, frame: Box, lines: F64, blocked: Sequence[Box]) -> None:
        self.points, self.radii, self.frame, self.lines = points, radii, frame, lines
        self.discs = np.concatenate([points - radii[:, None], points + radii[:, None]], axis=1)
        self.boxes = np.array(blocked, dtype=np.float64).reshape(-1, 4)
        self.leaders = np.empty((0, 4))

    def near(self, number: int, size: F64) -> Placed | None:
        """Take the first free place of the eight round a point."""
        side = np.array(AROUND, dtype=np.float64)
        reach = self.radii[number] + GAP
        reach = np.where(np.abs(side).sum(axis=1) > 1, reach * np.sqrt(0.5), reach)
        corners = self.points[number] + side * reach[:, None] - size * (1 - side) / 2
        boxes = np.concatenate([corners, corners + size], axis=1)
        free = self._free(boxes, number)
        free &= ~_meet(boxes, self.leaders).any(axis=1)
        return self._take(boxes, free)

    def far(self, number: int, size: F64) -> Placed | None:
        """Take the nearest free place with a line to the point, which crosses no label and no other point."""
        angles = 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
        side = np.stack([np.cos(angles), np.sin(angles)], axis=1)
        for distance in FAR:
            reach = self.radii[number] + distance
            centres = self.points[number] + side * reach + np.sign(np.round(side, 9)) * size / 2
            boxes = np.concatenate([centres - size / 2, centres + size / 2], axis=1)
            leaders = self._leaders(number, boxes)
            free = self._free(boxes, number) & ~_meet(boxes, self.leaders).any(axis=1)
            others = np.delete(self.discs, number, axis=0)
            free &= ~_meet(self.boxes, leaders).any(axis=0) & ~_meet(others, leaders).any(axis=0)
            free &= ~_cross(leaders, self.leaders).any(axis=1)
            taken = self._take(boxes, free)
            if taken is not None:
                leader = leaders[int(np.argmax(free))]
                self.leaders = np.concatenate([self.leaders, leader[None]])
                return taken._replace(leader=tuple(leader.tolist()))
        return None

    def _leaders(self, number: int, boxes: F64) -> F64:
        """Lines from the edge of a point to the nearest place of each box, [k, 4]."""
        point = self.points[number]
        ends = np.clip(point, boxes[:, :2], boxes[:, 2:])
        way = ends - point
        length = np.linalg.norm(way, axis=1, keepdims=True)
        starts = point + way * np.divide(self.radii[number], length, out=np.zeros_like(length), where=length > 0)
        return np.concatenate([starts, ends], axis=1)

    def _free(self, boxes: F64, number: int) -> Flags:
        inside = (boxes[:, 0] >= self.frame[0]) & (boxes[:, 1] >= self.frame[1])
        inside &= (boxes[:, 2] <= self.frame[2]) & (boxes[:, 3] <= self.frame[3])
        free: Flags = inside & ~overlap(boxes, self.boxes, MARGIN).any(axis=1)
        free &= ~overlap(boxes, np.delete(self.discs, number, axis=0), MARGIN).any(axis=1)
        free &= ~_meet(boxes, self.lines).any(axis=1)
        return free

    def _take(self, boxes: F64, free: Flags) -> Placed | None:
        if not free.any():
            return None
        box = boxes[int(np.argmax(free))]
        self.boxes = np.concatenate([self.boxes, box[None]])
        return Placed(float(box[0]), float(box[1]))


def overlap(boxes: F64, others: F64, margin: float = 0.0) -> Flags:
    """Return which boxes [k, 4] and other boxes [m, 4] overlap, or are nearer than the margin, [k, m]."""
    a, b = boxes[:, None], others[None]
    apart = (a[..., 2] + margin <= b[..., 0]) | (b[..., 2] + margin <= a[..., 0])
    apart |= (a[..., 3] + margin <= b[..., 1]) | (b[..., 3] + margin <= a[..., 1])
    met: Flags = ~apart
    return met


def _meet(boxes: F64, lines: F64) -> Flags:
    """Return which boxes [k, 4] and lines [m, 4] meet, [k, m]: the part of a line between the edges is not empty."""
    first, last = np.zeros((len(boxes), len(lines))), np.ones((len(boxes), len(lines)))
    for axis in (0, 1):
        start, way = lines[None, :, axis], lines[None, :, 2 + axis] - lines[None, :, axis]
        low, high = boxes[:, None, axis] - start, boxes[:, None, 2 + axis] - start
        with np.errstate(divide="ignore", invalid="ignore"):
            near, far = np.minimum(low / way, high / way), np.maximum(low / way, high / way)
        still = way == 0
        within = (low <= 0) & (high >= 0)
        first = np.maximum(first, np.where(still, np.where(within, 0.0, np.inf), near))
        last = np.minimum(last, np.where(still, np.where(within, 1.0, -np.inf), far))
    met: Flags = first < last
    return met


def _cross(lines: F64, others: F64) -> Flags:
    """Return which lines [k, 4] and other lines [m, 4] cross, [k, m]."""

    def turn(a: F64, b: F64, c: F64) -> F64:
        found: F64 = np.sign(
            (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (c[..., 0] - a[..., 0])
        )
        return found

    a, b = lines[:, None, :2], lines[:, None, 2:]
    c, d = others[None, :, :2], others[None, :, 2:]
    crossed: Flags = (turn(a, b, c) != turn(a, b, d)) & (turn(c, d, a) != turn(c, d, b))
    return crossed
