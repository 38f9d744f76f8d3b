"""Words on directions that are made of pairs of words, such as he and she, beside what chance gives.

written      an axis as a person types it: he,she+man,woman
direction    the direction of an axis, and how it is spread over the dimensions
likeness     words of like frequency: random words, and axes of random pairs
projecting   the question
projections  its answer
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from w2v.lazy import hand_on

if TYPE_CHECKING:
    from w2v.axes.projecting import axis
    from w2v.axes.projections import Axis, Pair, Projection, Projections

_HOMES = {
    "Axis": "w2v.axes.projections",
    "Pair": "w2v.axes.projections",
    "Projection": "w2v.axes.projections",
    "Projections": "w2v.axes.projections",
    "axis": "w2v.axes.projecting",
}

__all__ = ["Axis", "Pair", "Projection", "Projections", "axis"]

__getattr__, __dir__ = hand_on(__name__, _HOMES)
