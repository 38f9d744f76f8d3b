"""One thread for the linear algebra. Not here: our own threads.

OpenBLAS wakes all its threads for each product, and lets them wait actively for the next. Beside other work, ours
included, they take turns with it: a minute of such waiting was seen for two seconds of products.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from threadpoolctl import threadpool_limits

__all__ = ["one_thread"]


def one_thread() -> AbstractContextManager[object]:
    """While it is open, libraries loaded by now compute each product in the thread that asks for it."""
    limits: AbstractContextManager[object] = threadpool_limits(limits=1, user_api="blas")
    return limits
