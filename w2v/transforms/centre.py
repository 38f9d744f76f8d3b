"""Take the mean of all vectors off each of them.

Skip-gram vectors lean towards a common direction, which says more of how frequent a word is than of what it means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from w2v.transforms.base import Affine, Transform
from w2v.transforms.moments import Moments

__all__ = ["Centre"]


@dataclass(frozen=True)
class Centre(Transform):
    """The mean is taken off each vector."""

    name: ClassVar[str] = "center"

    def fit(self, found: Moments) -> Affine:
        """Return the map that takes off the mean."""
        return Affine(found.mean, None, found.dim)

    def describe(self) -> str:
        """Return what it does."""
        return "mean removed"
