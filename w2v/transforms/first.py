"""Keep the first columns only, as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from w2v.errors import SettingsError
from w2v.transforms.base import Affine, Transform
from w2v.transforms.moments import Moments

__all__ = ["FirstDims"]


@dataclass(frozen=True)
class FirstDims(Transform):
    """The first so many columns are kept."""

    dim: int
    name: ClassVar[str] = "dim"
    uses_directions: ClassVar[bool] = False

    def fit(self, found: Moments) -> Affine:
        """Return the map that keeps the first columns."""
        return Affine(np.zeros(self.dim), None, found.dim)

    def check(self, dim: int) -> None:
        """Raise `SettingsError` where there are not so many columns."""
        if not 1 <= self.dim <= dim:
            raise SettingsError(
                f"--dim {self.dim}: the vectors have {dim:,} dimensions", hint=f"give a number from 1 to {dim:,}"
            )

    def describe(self) -> str:
        """Return what it does."""
        return f"first {self.dim:,} columns kept"
