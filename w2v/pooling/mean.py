"""The mean of the rows of a text's words, as they stand in the file: the best choice for classifiers."""

from __future__ import annotations

import numpy as np

from w2v.arrays import F64
from w2v.pooling.kind import Pooling

__all__ = ["MEAN"]


class _Mean(Pooling):
    name = "mean"
    needs_counts = False
    unit_rows = False

    def weights(self, frequencies: F64) -> F64:
        return np.ones(len(frequencies))


MEAN = _Mean()
