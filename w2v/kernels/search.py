"""A first look at many rows: their inner products with a query, from a byte for each number of a row.

Naive twin: tests/reference/search.py. What the products are worth, and how exact ranks follow: w2v/search/scoring.py.
"""

from __future__ import annotations

import numpy as np

from w2v.arrays import F32, I8
from w2v.kernels.llvm.bits import LEAN
from w2v.kernels.llvm.compilation import FASTMATH, kernel

__all__ = ["coded_products"]


@kernel(fastmath=FASTMATH, **LEAN)
def coded_products(coded: I8, scales: F32, query: F32, first: int, last: int, out: F32) -> None:
    """Write scales[row] · Σ coded[row, column] · query[column] to out[row], for the rows first .. last − 1.

    coded: int8 [N, D]. scales, out: float32 [N]. query: float32 [D].
    """
    size = coded.shape[1]
    for row in range(first, last):
        total = np.float32(0)
        for column in range(size):
            total += np.float32(coded[row, column]) * query[column]
        out[row] = total * scales[row]
