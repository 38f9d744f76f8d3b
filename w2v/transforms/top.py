"""All but the top: take the mean and the first principal components off each vector.

Mu & Viswanath (2018), "All-but-the-Top: Simple and Effective Postprocessing for Word Representations", Algorithm 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from w2v.errors import SettingsError
from w2v.transforms.base import Affine, Transform
from w2v.transforms.moments import Moments

__all__ = ["AllButTheTop", "usual_components"]

COMPONENTS_PER_HUNDRED = 1  # of dimensions, as the paper advises


def usual_components(dim: int) -> int:
    """Return how many components the paper advises to remove: D / 100, at least one."""
    return max(1, round(dim * COMPONENTS_PER_HUNDRED / 100))


@dataclass(frozen=True)
class AllButTheTop(Transform):
    """The mean and so many principal components are taken off each vector."""

    components: int
    name: ClassVar[str] = "all-but-the-top"

    def fit(self, found: Moments) -> Affine:
        """Return the map (x − mean)(I − T Tᵀ), where T has the first components as its columns."""
        top = found.components()[:, : self.components]
        basis = np.eye(found.dim) - top @ top.T
        return Affine(found.mean @ basis, basis, found.dim)

    def check(self, dim: int) -> None:
        """Raise `SettingsError` where nothing would be left."""
        if not 1 <= self.components < dim:
            raise SettingsError(
                f"--all-but-the-top {self.components}: the vectors have {dim:,} dimensions",
                hint=f"remove 1 to {dim - 1:,} components; {usual_components(dim)} is usual"
                if dim > 1
                else "vectors of one dimension have no component to spare",
            )

    def describe(self) -> str:
        """Return what it does."""
        some = "component" if self.components == 1 else f"{self.components:,} components"
        return f"mean and first principal {some} removed"
