"""Tickets: the numbers of chunks or blocks that workers take one after another, and how nobody gets one any more.

Workers take tickets from shared[1] with `fetch_add`. Not here: what a ticket stands for.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from w2v.kernels.atomics import fetch_add
from w2v.kernels.jit import kernel
from w2v.kernels.simd import address_of

__all__ = ["CLOSED", "close"]

CLOSED = 1 << 40  # beyond the last ticket of any work


@kernel
def close(shared: npt.NDArray[np.int64]) -> None:
    """Let nobody take one of the tickets that are left, and note the first of them in shared[2]; shared: int64 [8].

    In one step: every ticket below shared[2] has been taken, and none from there on. A second call changes nothing.
    """
    ticket = fetch_add(address_of(shared) + 8, CLOSED)
    if ticket < CLOSED:
        shared[2] = ticket
