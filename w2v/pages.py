"""Large matrices whose pages of memory the system hands out in order, in all threads, before they are needed.

A page is handed out when a program first writes to it. If training did that, it would do so row by row at random, and
every row would have to wait for the system. On Linux a matrix lies in huge pages of 2 MB, where the system has them:
then the processor finds the rows of a large matrix faster. But if memory is in small pieces, the system must first move
other pages to make a huge page, which can take longer than training gains; this is measured while the pages are handed
out, and the rest of the matrix then takes small pages.
"""

from __future__ import annotations

import mmap
import resource
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count

import numpy as np

from w2v.arrays import F32
from w2v.machine import in_threads

__all__ = ["ROWS", "Paged", "hand_out", "zeros"]

LARGE = 1 << 22  # bytes of a matrix that is worth pages of its own
ROWS = 4_096  # that are written at once
TRIED = 1 << 26  # bytes that a thread writes before it judges the huge pages
SLOW = 2.5e-9  # seconds in the system for a byte: usual are 0.5 to 1.2e-9
_HUGE, _SMALL = getattr(mmap, "MADV_HUGEPAGE", None), getattr(mmap, "MADV_NOHUGEPAGE", None)


@dataclass(frozen=True)
class Paged:
    """A matrix, float32 [rows, width], and the pages in which it lies; None where they are not its own."""

    matrix: F32
    pages: mmap.mmap | None

    def with_small_pages(self, row: int) -> None:
        """Let the system hand out small pages from a row on."""
        start = row * self.matrix.strides[0] // mmap.PAGESIZE * mmap.PAGESIZE
        if self.pages is not None and _SMALL is not None and start < len(self.pages):
            with suppress(OSError):
                self.pages.madvise(_SMALL, start)


def zeros(rows: int, width: int) -> Paged:
    """Return a matrix of zeros, float32 [rows, width], of which the first row lies on a 64-byte boundary.

    No page is handed out yet if the matrix is large.
    """
    size = rows * width * 4
    if size < LARGE or _HUGE is None:
        flat = np.zeros(rows * width + 16, dtype=np.float32)
        skip = -flat.ctypes.data % 64 // 4
        return Paged(flat[skip : skip + rows * width].reshape(rows, width), None)
    pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with suppress(OSError):  # a system without huge pages
        pages.madvise(_HUGE)
    return Paged(np.frombuffer(pages, dtype=np.float32).reshape(rows, width), pages)


def hand_out(paged: Sequence[Paged], fill: Callable[[int, int], None], threads: int) -> None:
    """Call fill(start, end) for all rows, block after block, in several threads, until every row is written.

    paged: matrices with the same number of rows. `fill` must write the rows start..end-1 of each matrix: a zero that is
    written makes the system hand out its page.
    """
    rows = len(paged[0].matrix)
    width = sum(each.matrix.strides[0] for each in paged)
    blocks = count(0, ROWS)  # `next` is one indivisible step

    def work() -> None:
        before, written, judged = _seconds_in_system(), 0, False
        while (start := next(blocks)) < rows:
            end = min(start + ROWS, rows)
            fill(start, end)
            written += (end - start) * width
            if written >= TRIED and not judged:
                judged = True
                if _seconds_in_system() - before > SLOW * written:
                    for each in paged:
                        each.with_small_pages(end)

    in_threads([work] * max(1, min(threads, -(-rows // ROWS))))


def _seconds_in_system() -> float:
    """Return the seconds that the system has worked for the calling thread; 0 where it does not say."""
    who = getattr(resource, "RUSAGE_THREAD", None)
    return 0.0 if who is None else resource.getrusage(who).ru_stime
