"""Figures of words: what `w2v plot` and `w2v.plot` draw.

registry   the kinds of figures, a line for each
request    what a figure is made of: words, groups, their vectors
words, analogy, axis, heatmap, dimensions, drift: a kind of figure each
truth      how much of the full space a picture shows
scene      what a figure shows, as plain values
labels     places for labels that do not overlap
fonts      fonts that have the characters of the words
themes     colours
figure     a figure: saved as PNG, SVG or PDF, shown in a notebook
painting/  the drawing itself, by matplotlib
making     the question and its answer
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from w2v.lazy import hand_on

if TYPE_CHECKING:
    from w2v.plots.figure import Figure
    from w2v.plots.making import plot

_HOMES = {"Figure": "w2v.plots.figure", "plot": "w2v.plots.making"}

__all__ = ["Figure", "plot"]

__getattr__, __dir__ = hand_on(__name__, _HOMES)
