"""Put the columns in the order of their importance, so that the first N of them are the best N: every prefix a model.

The mean is taken off, and the columns become the principal components, the one of the largest variance first. This is a
rotation: cosines of centred vectors, and so all answers, stay as they are until columns are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from w2v.transforms.base import Affine, Transform
from w2v.transforms.moments import Moments

__all__ = ["OrderDims"]


@dataclass(frozen=True)
class OrderDims(Transform):
    """The mean is taken off, and the columns are in PCA order."""

    name: ClassVar[str] = "order-dims"

    def fit(self, found: Moments) -> Affine:
        """Return the map (x − mean) P, where P has the principal components as its columns."""
        basis = found.components()
        return Affine(found.mean @ basis, basis, found.dim)

    def describe(self) -> str:
        """Return what it does."""
        return "mean removed, columns in PCA order"
