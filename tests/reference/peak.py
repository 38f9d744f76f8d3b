"""The naive twin of w2v.kernels.peak. A fused multiply-add rounds once: the twin computes in float64, then rounds."""

from __future__ import annotations

import numpy as np


def fma_loop(rounds: int, factor: np.float32, addend: np.float32, values: np.ndarray) -> None:
    for _ in range(rounds):
        values[:] = (np.float64(factor) * values.astype(np.float64) + np.float64(addend)).astype(np.float32)
