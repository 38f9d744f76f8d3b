"""The layout by t-SNE (van der Maaten & Hinton 2008), computed by the library openTSNE (Poličar et al. 2024).

Words that are near each other in the full space attract each other in the plane, all others push each other away. The
attraction between words is made of the exact nearest words of w2v's own search. The first 250 steps exaggerate the
attraction, so that large groups come together (Kobak & Berens 2019); it begins with the principal components, so the
layout does not depend on chance.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np

from w2v.arrays import F64
from w2v.maps.layout import Layout
from w2v.maps.space import Space
from w2v.progress import Progress
from w2v.transforms.moments import principal_plane

__all__ = ["Tsne"]

PERPLEXITY = 30
EARLY, LATE = 250, 500  # steps with and without exaggeration
EVERY = 10  # steps between two reports
START = 1e-4  # the spread that it begins with, as Kobak & Berens advise
THREADS = 1  # of openTSNE: more gain little, wait for each other actively, and are far slower on a busy machine
GRID = 2.0  # side of a cell of the grid that repulsion is interpolated on: with 1, three times the work for 0.1 point
INTERPOLATED = 1_000  # of so many words, repulsion is interpolated on the grid (openTSNE's own limit is 10,000)


class Tsne(Layout):
    """Words by t-SNE."""

    name = "tsne"
    title = "t-SNE"
    neighbours = 3 * PERPLEXITY

    def check(self) -> None:
        """Raise `SettingsError` where openTSNE is not installed."""
        if find_spec("openTSNE") is None:
            raise self.missing("openTSNE")

    def place(self, space: Space, positions: F64, *, seed: int, progress: Progress) -> None:
        """Fill `positions` by 750 steps of t-SNE; every tenth step writes them."""
        progress.phase("placing words by t-SNE", EARLY + LATE, "steps")
        embedding = _beginning(space, seed)
        done = 0

        def look(step: int, error: float, places: F64) -> None:
            positions[:] = places
            self.reached = f"step {done + step} of {EARLY + LATE}"
            progress.update(done + step, divergence=error)

        for steps, exaggeration in ((EARLY, 12.0), (LATE, None)):
            embedding.optimize(
                n_iter=steps,
                exaggeration=exaggeration,
                momentum=0.8,
                inplace=True,
                propagate_exception=True,
                callbacks=[look],
                callbacks_every_iters=EVERY,
            )
            done += steps
        positions[:] = embedding


def _beginning(space: Space, seed: int) -> Any:
    """Return openTSNE's embedding before the first step."""
    from openTSNE import TSNE
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    k = min(Tsne.neighbours, space.nearest.shape[1])
    near = PrecomputedNeighbors(space.nearest[:, :k], np.maximum(1.0 - space.similarities[:, :k], 0.0))
    affinities = PerplexityBasedNN(perplexity=k / 3, knn_index=near, n_jobs=THREADS)
    start = principal_plane(space.rows).places
    spread = start[:, 0].std()
    if spread > 0:
        start *= START / spread
    repulsion = "fft" if len(space) >= INTERPOLATED else "bh"
    settings = TSNE(n_jobs=THREADS, negative_gradient_method=repulsion, ints_in_interval=GRID, random_state=seed)
    return settings.prepare_initial(affinities=affinities, initialization=start)
