"""The layout by principal components: the plane of the largest variance. It needs no library and takes no time.

Two of hundreds of dimensions show little: of the words next to a word in the plane, hardly any are its neighbours.
"""

from __future__ import annotations

from w2v.arrays import F64
from w2v.maps.layout import Layout
from w2v.maps.space import Space
from w2v.progress import Progress
from w2v.transforms.moments import principal_plane

__all__ = ["Pca"]


class Pca(Layout):
    """Words on the plane of the two principal components."""

    name = "pca"
    title = "PCA"
    advice = "PCA shows 2 of many dimensions; pip install 'w2v[map]' and --layout tsne keep many times more"

    def place(self, space: Space, positions: F64, *, seed: int, progress: Progress) -> None:
        """Fill `positions` with the coordinates on the two components of the largest variance; no seed is used."""
        progress.phase("placing words")
        positions[:] = principal_plane(space.rows).places
