"""The cosines of all pairs of words as colours: near words stand together, and nothing of the cosines is lost."""

from __future__ import annotations

from typing import Any

import numpy as np

from w2v.arrays import F64
from w2v.plots.request import Request
from w2v.plots.scene import Cells, Drawing

__all__ = ["draw", "order_by_likeness"]


def draw(request: Request, value: Any = True) -> Drawing:
    """Draw the cosines of words; in groups, else so that near words stand beside each other."""
    request.at_least(2, "a picture of cosines", "name more words")
    units = request.units()
    cosines = np.clip(units @ units.T, -1.0, 1.0)
    order = order_by_likeness(request, cosines)
    words = tuple(request.words[number] for number in order)
    shown = cosines[np.ix_(order, order)]
    pairs = shown[np.triu_indices(len(words), 1)]
    reach = max(0.1, float(np.abs(pairs).max()))
    reach = min(1.0, np.ceil(reach * 10) / 10)
    cells = Cells(
        words,
        words,
        shown,
        "cosine",
        -reach,
        reach,
        groups=request.groups,
        group_of=tuple(request.group(word) for word in words),
    )
    mean = float(pairs.mean())
    facts = {"mean": mean, "lowest": float(pairs.min()), "highest": float(pairs.max())}
    notes = [_account(len(words), units.shape[1], facts)]
    if not request.groups and len(words) > 2:
        notes.append("Words that are near each other stand beside each other (average linkage).")
    return Drawing(cells, tuple(notes), facts)


def _account(words: int, dim: int, facts: dict[str, float]) -> str:
    low, high, mean = (f"{facts[name]:.2f}".replace("-", "−") for name in ("lowest", "highest", "mean"))
    if words == 2:
        return f"The cosine of two words, {mean}, as it is in {dim:,} dimensions: nothing is lost."
    return (
        f"All {words * (words - 1) // 2:,} cosines of {words:,} words, as they are in {dim:,} dimensions: nothing is "
        f"lost. They go from {low} to {high}, {mean} on average."
    )


def order_by_likeness(request: Request, cosines: F64) -> list[int]:
    """Return an order of words [n] in which near ones stand beside each other; groups stay together, as they are given.

    cosines: of all pairs, [n, n].
    """
    count = len(cosines)
    if request.groups:
        return sorted(range(count), key=lambda at: (_last(request.group(request.words[at]), request.groups), at))
    if count < 3:
        return list(range(count))
    from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
    from scipy.spatial.distance import squareform

    distances = squareform(np.maximum(0.0, 1.0 - (cosines + cosines.T) / 2) * (1 - np.eye(count)), checks=False)
    tree = linkage(distances, method="average")
    order = leaves_list(optimal_leaf_ordering(tree, distances) if count <= 500 else tree)
    return [int(at) for at in order]


def _last(group: int | None, groups: tuple[str, ...]) -> int:
    return len(groups) if group is None else group
