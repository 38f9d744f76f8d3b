"""From a counted matrix to the blocks that training reads, with ln x and f(x) computed once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from w2v.arrays import F64, I64, Array
from w2v.cooccurrences.file import block_starts
from w2v.cooccurrences.matrix import Chunk, Cooccurrences
from w2v.cooccurrences.overflow import mapped, write_at
from w2v.files.whole import check_writable, scratch
from w2v.progress import Progress
from w2v.training.glove.model import GloveConfig
from w2v.workers import run_workers

if TYPE_CHECKING:
    from w2v.kernels.glove import Blocks

__all__ = ["make_blocks"]


FIELDS = {"weights": np.int64, "rows": np.uint16, "lengths": np.uint16, "columns": np.uint16}
PER_RUN = ("rows", "lengths")
Put = Callable[[str, int, Array], None]  # the name of an array of FIELDS, a place in it, and what to write there


def make_blocks(matrix: Cooccurrences, config: GloveConfig, *, memory: int, folder: Path, progress: Progress) -> Blocks:
    """Lay the matrix down block by block, with ln x and f(x) for x; the chunks of the matrix are freed on the way.

    memory: bytes that the blocks may take; larger ones are written to a file without a name in `folder`, and mapped.
    """
    from w2v.kernels.glove import Blocks

    runs, records = block_starts(matrix)
    sizes = {name: matrix.runs if name in PER_RUN else matrix.records for name in FIELDS}
    total = sum(size * np.dtype(FIELDS[name]).itemsize for name, size in sizes.items())
    progress.phase("weighing co-occurrences", matrix.records, "records")
    if total <= memory:
        arrays = {name: np.empty(size, dtype=FIELDS[name]) for name, size in sizes.items()}
        _fill(matrix, config, runs, records, _IntoMemory(arrays).put, progress)
    else:
        check_writable(folder / "blocks", total)
        progress.message(f"blocks for training: {total / 1e6:,.0f} MB on the disk, in {folder}")
        with scratch(folder) as file:
            target = _IntoFile(file, sizes)
            _fill(matrix, config, runs, records, target.put, progress)
            arrays = target.arrays()
    for array in arrays.values():
        array.flags.writeable = (
            False  # one type for arrays in memory and on the disk, so that the kernel is compiled once
        )
    return Blocks(arrays["rows"], arrays["lengths"], arrays["columns"], arrays["weights"], runs, records)


@dataclass(frozen=True)
class _IntoMemory:
    arrays: dict[str, Array]

    def put(self, name: str, start: int, array: Array) -> None:
        self.arrays[name][start : start + len(array)] = array


class _IntoFile:
    """The arrays one after another in a file."""

    def __init__(self, file: BinaryIO, sizes: dict[str, int]) -> None:
        self.file, self.sizes = file, sizes
        self.offsets: dict[str, int] = {}
        end = 0
        for name, size in sizes.items():
            self.offsets[name] = end
            end += size * np.dtype(FIELDS[name]).itemsize

    def put(self, name: str, start: int, array: Array) -> None:
        write_at(self.file, array, self.offsets[name] + start * array.itemsize)

    def arrays(self) -> dict[str, Array]:
        content = mapped(self.file)
        return {
            name: np.frombuffer(content, FIELDS[name], size, self.offsets[name]) for name, size in self.sizes.items()
        }


def _fill(matrix: Cooccurrences, config: GloveConfig, runs: I64, records: I64, put: Put, progress: Progress) -> None:
    """Put the chunks of each stripe in their places, with all threads."""
    parts = matrix.parts.number
    queue: SimpleQueue[int] = SimpleQueue()
    for stripe in range(parts):
        queue.put(stripe)

    def work(done: I64, _: F64, shared: I64) -> None:
        while not shared[0]:
            try:
                stripe = queue.get_nowait()
            except Empty:
                return
            blocks = slice(stripe * parts, (stripe + 1) * parts)
            done[0] += _place_stripe(matrix.stripes[stripe], runs[blocks], records[blocks], config, put)
            matrix.stripes[stripe] = []

    run_workers(work, min(config.worker_threads, parts), lambda done: progress.update(done.words))


def _place_stripe(chunks: list[Chunk], runs: I64, records: I64, config: GloveConfig, put: Put) -> int:
    """Put the parts of each block that a stripe's chunks hold one after another; return the number of records."""
    at_run, at_record = runs.copy(), records.copy()
    for chunk in chunks:
        for part in range(len(runs)):
            a, b = chunk.runs[part : part + 2]
            put("rows", at_run[part], chunk.rows[a:b])
            put("lengths", at_run[part], chunk.lengths[a:b])
            c, d = chunk.records[part : part + 2]
            put("columns", at_record[part], chunk.columns[c:d])
            put("weights", at_record[part], _weights(chunk.values[c:d], config))
        at_run += np.diff(chunk.runs)
        at_record += np.diff(chunk.records)
    return int((at_record - records).sum())


def _weights(values: Array, config: GloveConfig) -> I64:
    """Return (ln x, f(x)) as two float32 in one int64, for each x."""
    from w2v.kernels import glove

    assert config.x_max is not None
    weights = np.empty(len(values), dtype=np.int64)
    glove.weigh(values, config.x_max, config.alpha, weights.view(np.float32).reshape(-1, 2))
    return weights
