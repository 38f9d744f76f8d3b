"""The layout by principal components: the plane of the largest variance. It needs no library and takes no time.

Two of hundreds of dimensions show little: of the words next to a word in the plane, hardly any are its neighbours.
"""

from __future__ import annotations

import numpy as np

from w2v.arrays import F64
from w2v.maps.layout import Layout
from w2v.maps.space import Space
from w2v.progress import Progress
from w2v.transforms.moments import blocks, moments_of

__all__ = ["Pca", "principal_plane"]


class Pca(Layout):
    """Words on the plane of the two principal components."""

    name = "pca"
    title = "PCA"
    advice = "PCA shows 2 of many dimensions; pip install 'w2v[map]' and --layout tsne keep many times more"

    def place(self, space: Space, positions: F64, *, seed: int, progress: Progress) -> None:
        """Fill `positions` with the coordinates on the two components of the largest variance; no seed is used."""
        progress.phase("placing words")
        positions[:] = principal_plane(space)


def principal_plane(space: Space) -> F64:
    """Return the coordinates of rows on their first two principal components, [N, 2]; zeros where there is no second.

    The largest value of a component is positive, so the same rows always give the same signs.
    """
    every = np.arange(len(space))
    found = moments_of(space.rows, every)
    plane = found.components()[:, :2]
    placed = np.zeros((len(space), 2))
    for some in blocks(every):
        placed[some, : plane.shape[1]] = (space.rows[some].astype(np.float64) - found.mean) @ plane
    return placed
