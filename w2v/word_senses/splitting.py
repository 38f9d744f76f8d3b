"""Split the contexts of a word into senses.

Two splits are made, and one of them is taken. The first is spherical k-means into k groups, which finds senses of like
size. It cannot find a sense of a few contexts beside one of many: the mean cosine gains more where a large group is cut
through its middle. So the second split makes `FINE` small groups, and joins the two whose sums have the highest cosine
until k are left; a rare sense, which is unlike all others, stays alone. The second split is taken, unless the first one
sets the senses clearly further apart, by the cosine of their centres (`CLEARLY`).

At most `FITTED` contexts are looked at for it, chosen at random; a further context belongs to the sense of the small
group that is nearest. The cosine of the two centres that are nearest to each other says how far the senses are apart.
It is no measure by itself: see trust.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from w2v.arrays import F32, F64, I64
from w2v.clusters.kmeans import Clustering, cluster, sums_of
from w2v.progress import NullProgress
from w2v.transforms.moments import unit_rows

__all__ = ["FEWEST", "FITTED", "Split", "split"]

FEWEST = 20
"""Occurrences of a word without which nothing is said of its senses."""
FITTED = 2000
STARTS = 4
FINE = 8  # small groups, if there are PER_GROUP contexts for each
PER_GROUP = 8
FINE_STARTS = 2
CLEARLY = 0.03  # cosine; measured on pseudo-words (benchmarks/senses.py)


@dataclass(frozen=True, eq=False)
class Split:
    """Senses as directions.

    prototypes: float64 [m, D], the centres of small groups; sense_of: int64 [m], the sense of each. centres: float64
    [k, D], of the senses, the largest sense first. cosine: of the two centres that are nearest to each other.
    """

    prototypes: F64
    sense_of: I64
    centres: F64
    cosine: float

    def __len__(self) -> int:
        return len(self.centres)

    def likeness(self, contexts: F32) -> F64:
        """Return the highest cosine of each context [n, D] with a prototype of each sense, [n, k]."""
        products = contexts.astype(np.float64) @ self.prototypes.T
        found = np.empty((len(contexts), len(self)))
        for sense in range(len(self)):
            found[:, sense] = products[:, self.sense_of == sense].max(axis=1)
        return found


def split(contexts: F32, k: int, seed: int) -> Split | None:
    """Return how contexts [n, D] of length 1 part into k senses; None where they have fewer directions."""
    if len(contexts) > FITTED:
        chosen = np.random.default_rng([seed, len(contexts)]).choice(len(contexts), FITTED, replace=False)
        contexts = contexts[np.sort(chosen)]
    coarse = cluster(contexts, k, seed=seed, starts=STARTS, progress=NullProgress())
    if len(coarse.centres) < k:
        return None
    found = _by_size(contexts, coarse, np.arange(k))
    number = min(FINE, len(contexts) // PER_GROUP)
    if number <= k:
        return found
    fine = cluster(contexts, number, seed=seed, starts=FINE_STARTS, progress=NullProgress())
    other = _by_size(contexts, fine, joined(sums_of(contexts, fine.labels, len(fine.centres)), k))
    return found if found.cosine < other.cosine - CLEARLY else other


def joined(sums: F64, k: int) -> I64:
    """Return which of k senses each small group belongs to, [m]; sums: of the contexts of each group, [m, D].

    The two groups whose sums have the highest cosine become one, again and again; of equal pairs the first.
    """
    sums = sums.copy()
    members = [[number] for number in range(len(sums))]
    while len(members) > k:
        directions = unit_rows(sums)
        cosines = np.where(np.tri(len(sums), k=-1, dtype=bool), directions @ directions.T, -np.inf)
        second, first = np.unravel_index(int(cosines.argmax()), cosines.shape)
        sums[first] += sums[second]
        members[first] += members.pop(int(second))
        sums = np.delete(sums, second, axis=0)
    sense_of = np.empty(sum(map(len, members)), dtype=np.int64)
    for sense, numbers in enumerate(members):
        sense_of[numbers] = sense
    return sense_of


def _by_size(contexts: F32, found: Clustering, sense_of: I64) -> Split:
    """Return a split whose largest sense is the first."""
    k = int(sense_of.max()) + 1
    labels = sense_of[found.labels]
    order = np.argsort(-np.bincount(labels, minlength=k), kind="stable")
    place = np.empty(k, dtype=np.int64)
    place[order] = np.arange(k)
    centres = unit_rows(sums_of(contexts, place[labels], k))
    cosines = (centres @ centres.T)[np.triu_indices(k, 1)]
    return Split(found.centres, place[sense_of], centres, float(cosines.max()) if k > 1 else 1.0)
