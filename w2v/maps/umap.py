"""The layout by UMAP (McInnes, Healy & Melville 2018), computed by the library umap-learn, which w2v does not install.

The same seed gives other places on another machine, so keep the places and not the seed.
"""

from __future__ import annotations

import warnings
from importlib.util import find_spec

import numpy as np

from w2v.arrays import F64
from w2v.errors import SettingsError
from w2v.maps.layout import Layout
from w2v.maps.space import Space
from w2v.progress import Progress

__all__ = ["Umap"]

NEIGHBOURS = 15
DISTANCE = 0.1


class Umap(Layout):
    """Words by UMAP."""

    name = "umap"
    title = "UMAP"
    neighbours = NEIGHBOURS
    advice = "t-SNE keeps more"

    def check(self) -> None:
        """Raise `SettingsError` where umap-learn is not installed."""
        if find_spec("umap") is None:
            raise SettingsError("--layout umap needs the library umap-learn", hint="pip install umap-learn")

    def place(self, space: Space, positions: F64, *, seed: int, progress: Progress) -> None:
        """Fill `positions` once UMAP has ended; it does not say how far it is."""
        progress.phase("placing words by UMAP")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a seed means one thread
            from umap import UMAP

            k = min(NEIGHBOURS, len(space) - 1)
            found = UMAP(n_neighbors=k, min_dist=DISTANCE, metric="cosine", random_state=seed).fit_transform(space.rows)
        positions[:] = np.asarray(found, dtype=np.float64)
