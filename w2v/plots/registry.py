"""The registry of figures: a line for each kind. A kind is a file beside this one; its option is made from the line.

Nothing is imported here, so the help of `w2v plot` stays light.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["DEFAULT", "FIGURES", "FigureKind"]


class FigureKind(NamedTuple):
    """What the command line must know of a kind of figure.

    address: of the function that makes a `Drawing` of a `Request` and of the value of the option. value: what the
    option takes: nothing, one axis (it may be given again), or two files of vectors. help: of the option. distinct:
    each word has a part of its own, so none may be named twice; other figures show such a word once.
    """

    address: str
    value: Literal["flag", "axes", "files"]
    help: str
    distinct: bool = False


DEFAULT = "words"
FIGURES = {
    DEFAULT: FigureKind("w2v.plots.words:draw", "flag", ""),
    "analogy": FigureKind(
        "w2v.plots.analogy:draw", "flag", "The parallelogram of A B C [D]: A − B + C, in the plane of the three.", True
    ),
    "axis": FigureKind(
        "w2v.plots.axis:draw", "axes", "Place words on an axis, as he,she or he,she+man,woman; given twice, on a plane."
    ),
    "heatmap": FigureKind("w2v.plots.heatmap:draw", "flag", "The cosines of all pairs of words, as colours."),
    "dimensions": FigureKind("w2v.plots.dimensions:draw", "flag", "The numbers of the words' vectors, as colours."),
    "drift": FigureKind(
        "w2v.plots.drift:draw",
        "files",
        "The path of words from old vectors to new ones, with the nearest words of both.",
    ),
}
