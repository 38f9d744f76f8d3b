"""What a transform says of itself: `Transform`. All transforms here are affine, so several of them become one map.

A new transform is a file beside this one, and a line in registry.py. centre.py is the shortest example. How a map is
found for vectors, and applied to them, is in applying.py.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np

from w2v.arrays import F64
from w2v.transforms.moments import Moments

__all__ = ["Affine", "Transform"]


@dataclass(frozen=True, eq=False)
class Affine:
    """The map x ↦ x B − o from D to E dimensions.

    offset: o, [E]. basis: B, [D, E]; None for the first E of the D columns as they are. source: D.
    """

    offset: F64
    basis: F64 | None
    source: int

    @property
    def dim(self) -> int:
        """The number of dimensions E that the map leads to."""
        return len(self.offset)

    def apply(self, rows: F64) -> F64:
        """Return the rows [n, E] that the map makes of rows [n, D]."""
        mapped: F64 = rows[:, : self.dim] if self.basis is None else rows @ self.basis
        return mapped - self.offset

    def then(self, other: Affine) -> Affine:
        """Return the map that does this one, and then another one."""
        basis = self.basis
        if other.basis is not None:
            own = np.eye(self.source, self.dim) if basis is None else basis
            basis = own @ other.basis
        elif basis is not None:
            basis = basis[:, : other.dim]
        moved = self.offset[: other.dim] if other.basis is None else self.offset @ other.basis
        return Affine(moved + other.offset, basis, self.source)

    def moments(self, found: Moments) -> Moments:
        """Return the moments of the mapped rows, from those of the rows."""
        mean = self.apply(found.mean[None])[0]
        if self.basis is None:
            return Moments(mean, found.covariance[: self.dim, : self.dim])
        return Moments(mean, self.basis.T @ found.covariance @ self.basis)


@dataclass(frozen=True)
class Transform(ABC):
    """A kind of change of all vectors. A setting of the transform is a field of its class.

    name: its name in `registry.TRANSFORMS` and in run records. uses_directions: whether it looks at where the rows
    point, so that rows are brought to length 1 before.
    """

    name: ClassVar[str]
    uses_directions: ClassVar[bool] = True

    @abstractmethod
    def fit(self, found: Moments) -> Affine:
        """Return the map for vectors with these moments."""

    @abstractmethod
    def describe(self) -> str:
        """Return what it does, as a few words for people."""

    def check(self, dim: int) -> None:
        """Raise `SettingsError` where vectors of `dim` dimensions cannot be transformed so."""
        return

    def to_dict(self) -> dict[str, Any]:
        """Return name and settings, as the run record has them."""
        return {"transform": self.name, **asdict(self), "in_words": self.describe()}
