"""Maps that bring two spaces into one: rotations, and two kinds of maps that are fitted to whitened rows.

Rows are made ready first: at length 1, centred, at length 1 again. Without centring, two languages that have little in
common show nothing but their means (MUSE's issues 30 and 92). Vectors with rows of n-grams are only centred and then
brought to length 1: unknown words are composed as means of such rows, and so the map must be affine.

`SpaceMap` does all of that to any rows of a space, and keeps their lengths; fastText's align writes all rows at length
1. How maps are fitted again and again, to more pairs: rounds.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from w2v.arrays import F32, F64, I64, Array, Flags
from w2v.compare.procrustes import procrustes
from w2v.transforms.moments import unit_rows
from w2v.vectors import Vectors

__all__ = ["METHODS", "Fit", "Prepared", "SpaceMap", "fit_canonical", "fit_rotation", "fit_whitened", "prepared"]

FREQUENT = 20_000  # rows whose mean is subtracted; those of rarer words are less certain
RIDGE = 0.1  # of the mean variance, added to all: directions that few pairs show are not blown up
REWEIGHT = 0.5  # the power of the correlations (Artetxe, Labaka & Agirre 2018a, section 2)
BLOCK = 1 << 14  # rows in double precision at once

Fit = Callable[[F32, F32], tuple[F64, F64]]
"""Returns the matrices [D1, E] and [D2, E] for rows [P, D1] and [P, D2] that should come to lie together."""


@dataclass(frozen=True, eq=False)
class SpaceMap:
    """How the rows of one space become rows of the joint space.

    mean: float64 [D], subtracted. matrix: float64 [D, E]. by_direction: whether rows are brought to length 1 before and
    after the mean is subtracted, and get their own length back at the end; else the map is affine, and `scale` is a
    factor that keeps their mean length.
    """

    mean: F64 = field(repr=False)
    matrix: F64 = field(repr=False)
    by_direction: bool
    scale: float = 1.0

    def apply(self, rows: Array) -> F32:
        """Return rows [n, D] in the joint space, float32 [n, E]. A row of zeros stays one."""
        made = np.empty((len(rows), self.matrix.shape[1]), dtype=np.float32)
        for start in range(0, len(rows), BLOCK):
            some = np.asarray(rows[start : start + BLOCK], dtype=np.float64)
            lengths = np.linalg.norm(some, axis=1, keepdims=True)
            if self.by_direction:
                moved = unit_rows(unit_rows(unit_rows(some) - self.mean) @ self.matrix) * lengths
            else:
                moved = self.affine(some)
            made[start : start + BLOCK] = np.where(lengths > 0, moved, 0.0)
        return made

    def affine(self, rows: F64) -> F64:
        """Return rows [n, D] of n-grams in the joint space, float64 [n, E]; only for maps that are affine."""
        moved: F64 = (rows - self.mean) @ self.matrix * self.scale
        return moved

    def directions(self, rows: F32) -> F32:
        """Return prepared rows [n, D] in the joint space at length 1, float32 [n, E]."""
        made = np.empty((len(rows), self.matrix.shape[1]), dtype=np.float32)
        for start in range(0, len(rows), BLOCK):
            some = slice(start, start + BLOCK)
            made[some] = unit_rows(rows[some].astype(np.float64) @ self.matrix)
        return made

    def scaled_to(self, rows: Array) -> SpaceMap:
        """Return the map with the scale that keeps the mean length of rows [n, D]."""
        if self.by_direction or not len(rows):
            return self
        before = float(np.linalg.norm(np.asarray(rows, dtype=np.float64), axis=1).mean())
        after = float(np.linalg.norm(replace(self, scale=1.0).apply(rows), axis=1).mean())
        return replace(self, scale=before / after if after > 0 else 1.0)


@dataclass(frozen=True, eq=False)
class Prepared:
    """The rows of a space, made ready. mean: float64 [D]. by_direction: as in `SpaceMap`. rows: those of `vectors`."""

    vectors: Vectors
    mean: F64 = field(repr=False)
    by_direction: bool

    def rows(self, chosen: I64 | slice) -> F32:
        """Return some rows at length 1, centred, float32 [n, D]; rows without a direction are zeros."""
        stored = self.vectors.stored
        some = stored[chosen.start or 0 : chosen.stop] if isinstance(chosen, slice) else stored[chosen]
        wide = np.asarray(some, dtype=np.float64)
        has_direction: Flags = np.isfinite(wide).all(axis=1) & (wide != 0).any(axis=1)
        wide = np.where(has_direction[:, None], wide, 0.0)
        moved = unit_rows((unit_rows(wide) if self.by_direction else wide) - self.mean)
        moved[~has_direction] = 0.0
        return moved.astype(np.float32)

    def map_by(self, matrix: F64) -> SpaceMap:
        """Return the map of rows of this space by a matrix [D, E]."""
        found = SpaceMap(self.mean, matrix, self.by_direction)
        return found.scaled_to(_first(self.vectors, FREQUENT))


def prepared(vectors: Vectors) -> Prepared:
    """Return a space whose mean, of its most frequent words, has been found."""
    by_direction = vectors.subwords is None
    wide = np.asarray(_first(vectors, FREQUENT), dtype=np.float64)
    wide = wide[np.isfinite(wide).all(axis=1) & wide.any(axis=1)]
    rows = unit_rows(wide) if by_direction else wide
    return Prepared(vectors, rows.mean(axis=0) if len(rows) else np.zeros(vectors.dim), by_direction)


def fit_rotation(x: F32, y: F32) -> tuple[F64, F64]:
    """Turn the first space onto the second, which stays as it is: orthogonal Procrustes.

    x: [P, D1], y: [P, D2]. Returns float64 [D1, E] and [D2, E]; E is the larger dimension, and the space with the
    smaller one gets zeros.
    """
    turn = procrustes(x, y)
    dim = len(turn)
    return turn[: x.shape[1]], np.eye(y.shape[1], dim)


def fit_whitened(x: F32, y: F32) -> tuple[F64, F64]:
    """Map both spaces as Artetxe, Labaka & Agirre (2018a) do: whiten, map, reweight, de-whiten.

    x: [P, D1], y: [P, D2]. Returns float64 [D1, E] and [D2, E]; E is the smaller dimension. Whitening makes all
    directions of the pairs equally long, so that the rotation fits them all, and not the longest ones alone. Then each
    direction counts as much as both spaces agree on it (the root of their correlation), and whitening is undone, so
    that words of one file lie to each other nearly as before. A ridge on the variances, which the paper has not, makes
    the fit possible with few pairs.
    """
    (white_x, colour_x), (white_y, colour_y) = _whitening(x), _whitening(y)
    left, correlations, right = _correlated(x, y, white_x, white_y)
    weights = correlations**REWEIGHT
    map_x = white_x @ left * weights @ (left.T @ colour_x @ left)
    map_y = white_y @ right * weights @ (right.T @ colour_y @ right)
    return map_x, map_y


def fit_canonical(x: F32, y: F32) -> tuple[F64, F64]:
    """Map both spaces to their canonical directions, each as long as its correlation, and leave them whitened.

    x: [P, D1], y: [P, D2]. Returns float64 [D1, E] and [D2, E]; E is the smaller dimension. This is canonical
    correlation analysis (Faruqui & Dyer 2014) with a ridge. Directions on which the two texts do not agree, which are
    noise of small texts above all, nearly vanish, also among the words of one file.
    """
    (white_x, _), (white_y, _) = _whitening(x), _whitening(y)
    left, correlations, right = _correlated(x, y, white_x, white_y)
    return white_x @ left * correlations, white_y @ right * correlations


def _correlated(x: F32, y: F32, white_x: F64, white_y: F64) -> tuple[F64, F64, F64]:
    """The directions of whitened rows that agree best, [D1, E] and [D2, E], and their correlations, [E]."""
    products = x.astype(np.float64).T @ y.astype(np.float64) / len(x)
    left, correlations, right = np.linalg.svd(white_x.T @ products @ white_y, full_matrices=False)
    return left, np.clip(correlations, 0.0, 1.0), right.T


def _whitening(rows: F32) -> tuple[F64, F64]:
    """The symmetric matrices [D, D] that make the second moments of rows [P, D] equal, and that undo this."""
    wide = rows.astype(np.float64)
    values, basis = np.linalg.eigh(wide.T @ wide / len(wide))
    spread = np.sqrt(values.clip(0.0) + RIDGE * max(float(values.mean()), 1e-12))
    return (basis / spread) @ basis.T, (basis * spread) @ basis.T


METHODS: Mapping[str, Fit] = {"rotation": fit_rotation, "whitened": fit_whitened, "canonical": fit_canonical}
"""How maps are fitted, by name."""


def _first(vectors: Vectors, most: int) -> F32:
    rows: F32 = vectors.stored[:most]
    return rows
