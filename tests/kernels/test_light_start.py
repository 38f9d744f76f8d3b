"""Kernels start without what they do not need."""

import subprocess
import sys

SCRIPT = """
import sys
import w2v.kernels.rng
import numba, numpy as np
from w2v.kernels.llvm.compilation import kernel

@kernel
def total(values):
    return values.sum()

assert total(np.ones(3)) == 3
assert "scipy.linalg" not in sys.modules

@numba.njit
def product(a, b):
    return np.dot(a, b), np.convolve(a[0], b[0])

product(np.eye(2), np.eye(2))
assert "scipy.linalg" in sys.modules
"""


def test_scipy_linalg_is_imported_only_by_kernels_that_need_it() -> None:
    """Those of other programs in the same process still work."""
    subprocess.run([sys.executable, "-c", SCRIPT], check=True)
