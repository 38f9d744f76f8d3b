"""Sort the pairs of a batch into buckets, for training by rotation; what memory does not hold goes to the disk.

The result is the same in memory and on the disk, and with any number of threads. The kernel: w2v/kernels/pairing.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from w2v.arrays import F64, I32, I64, U32
from w2v.cooccurrences.overflow import mapped, write_at
from w2v.files.whole import check_writable, scratch
from w2v.progress import Progress
from w2v.workers import Segment, run_workers

if TYPE_CHECKING:
    from w2v.kernels.pairing import Batch, Pairs, Parts

__all__ = ["Sorter"]

PIECE = 32  # pairs of a bucket in a segment, about: few pieces are read faster, small segments are sorted faster
SEGMENTS = 4_096  # of a batch at most, about


@dataclass
class Sorter:
    """It sorts the pairs of batches.

    tokens: int32 [N], −1 ends a sentence. keep: uint32 [V], as in `sgns.Noise`. room: bytes of pairs that may be in
    memory at once.
    """

    tokens: I32
    keep: U32
    threads: int
    room: int
    progress: Progress
    _buffer: U32 = field(default_factory=lambda: np.empty(0, dtype=np.uint32))  # used again: new pages cost time

    def sort(self, parts: Parts, batch: Batch, folder: Path) -> tuple[Pairs, int]:
        """Return the pairs of a batch, sorted, and the number of its words before subsampling.

        Pairs of an earlier batch must not be used any more. folder: for a file without a name, if memory is too small.
        Raises OutputError where the disk is full.
        """
        from w2v.kernels.negative_sampling import CHUNK
        from w2v.kernels.pairing import Pairs

        buckets = (len(parts.first) - 1) ** 2
        step = max(1, buckets * PIECE // (CHUNK * (batch.least + batch.window)), batch.chunks // SEGMENTS)
        ends = np.append(np.arange(step, batch.chunks, step), batch.chunks).astype(np.int64)
        counts = np.zeros((buckets + 1, len(ends)), dtype=np.int64)
        words = self._run(parts, batch, ends, counts, np.empty(0, dtype=np.uint32))
        size = 4 * int(counts.sum())
        if size <= self.room:
            starts = _starts(counts)
            codes = self._memory(size // 4)
            self._run(parts, batch, ends, starts, codes)
        else:
            ends, counts = _merged(ends, counts, self.room // (4 * self.threads))
            starts = _starts(counts)
            codes = self._on_disk(parts, batch, ends, starts, folder)
        codes = codes.view()
        codes.flags.writeable = False  # as on the disk, so that the kernel is compiled once
        return Pairs(codes, starts), words

    def _memory(self, pairs: int) -> U32:
        if len(self._buffer) < pairs:
            self._buffer = np.empty(0, dtype=np.uint32)  # frees the old one before
            self._buffer = np.empty(pairs + pairs // 16, dtype=np.uint32)
        return self._buffer[:pairs]

    def _run(self, parts: Parts, batch: Batch, ends: I64, starts: I64, codes: U32) -> int:
        """Count pairs, or write them, in all threads; return the number of words."""
        from w2v.kernels.pairing import sort_pairs

        def work(done: I64, _: F64, shared: I64) -> None:
            sort_pairs(self.tokens, self.keep, parts, batch, ends, starts, codes, done, shared)

        return run_workers(work, self.threads, lambda _: None, Segment(self.threads, len(ends))).words

    def _on_disk(self, parts: Parts, batch: Batch, ends: I64, starts: I64, folder: Path) -> U32:
        """Sort each segment in the memory of a thread, and write it to its place in a file; return the file, mapped."""
        from w2v.kernels.pairing import sort_pairs
        from w2v.kernels.work_items import take, work_items

        size = 4 * int(starts[-1, -1])
        check_writable(folder / "pairs", size)
        self.progress.message(f"pairs of a batch: {size / 1e6:,.0f} MB on the disk, in {folder}", "detail")
        firsts = np.concatenate(([0], ends[:-1]))
        with scratch(folder) as file:

            def work(done: I64, _: F64, shared: I64) -> None:
                while not shared[0] and (segment := take(shared)) >= 0:
                    mine = starts[:, segment : segment + 1]
                    codes = np.empty(int(mine[-1, 0] - mine[0, 0]), dtype=np.uint32)
                    if not len(codes):
                        continue
                    chunks = int(ends[segment] - firsts[segment])
                    part = batch._replace(first=batch.first + int(firsts[segment]), chunks=chunks)
                    one, local = np.array([chunks], dtype=np.int64), np.ascontiguousarray(mine - mine[0])
                    sort_pairs(self.tokens, self.keep, parts, part, one, local, codes, done, work_items(0, 1))
                    write_at(file, codes, 4 * int(mine[0, 0]))

            run_workers(work, self.threads, lambda _: None, Segment(self.threads, len(ends)))
            return np.frombuffer(mapped(file), dtype=np.uint32)


def _starts(counts: I64) -> I64:
    """Return where each bucket begins in each segment, int64 [P² + 1, segments], of their sizes; the last row is 0."""
    sizes = counts.sum(axis=0)
    starts = np.zeros_like(counts)
    starts[1:] = np.cumsum(counts[:-1], axis=0)
    starts += np.cumsum(sizes) - sizes
    return starts


def _merged(ends: I64, counts: I64, pairs: int) -> tuple[I64, I64]:
    """Merge segments that follow each other into larger ones of at most so many pairs, where that is possible."""
    sizes = counts.sum(axis=0)
    last, held = [], 0
    for segment, size in enumerate(sizes.tolist()):
        if held and held + size > pairs:
            last.append(segment - 1)
            held = 0
        held += size
    last.append(len(sizes) - 1)
    firsts = np.concatenate(([0], np.array(last[:-1], dtype=np.int64) + 1))
    return ends[last], np.add.reduceat(counts, firsts, axis=1)
