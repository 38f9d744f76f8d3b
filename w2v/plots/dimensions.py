"""The numbers of words' vectors as colours, a column for each dimension: what an embedding looks like from near."""

from __future__ import annotations

from typing import Any

import numpy as np

from w2v.plots.heatmap import order_by_likeness
from w2v.plots.request import Request
from w2v.plots.scene import Cells, Drawing
from w2v.plots.truth import share

__all__ = ["draw"]


def draw(request: Request, value: Any = True) -> Drawing:
    """Draw the vectors of words, each at length 1, so near words beside each other that their rows look alike."""
    request.at_least(1, "a picture of dimensions", "name a word")
    units = request.units()
    order = order_by_likeness(request, np.clip(units @ units.T, -1.0, 1.0))
    shown = units[order]
    reach = float(np.percentile(np.abs(shown), 99.5)) or 1.0
    words = tuple(request.words[number] for number in order)
    cells = Cells(
        words,
        (),
        shown,
        "value, at length 1",
        -reach,
        reach,
        groups=request.groups,
        group_of=tuple(request.group(word) for word in words),
    )
    largest = float((units**2).max(axis=1).mean())
    notes = (
        f"{'The vector' if len(words) == 1 else f'The vectors of {len(words):,} words'} at length 1, dimensions 1 to "
        f"{units.shape[1]:,} in the order of the file. "
        "A dimension has no meaning of its own: any turned copy of the space has the same cosines.",
        f"The largest value of a word has {share(largest)} of its squared length on average.",
    )
    return Drawing(cells, notes, {"largest_share": largest})
