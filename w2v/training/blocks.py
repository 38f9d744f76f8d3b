"""From a counted matrix to the blocks that training reads: ln x and f(x), once. Not here: counting and training."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import numpy.typing as npt

from w2v.atomic import check_writable, scratch
from w2v.config import GloveConfig
from w2v.cooccurrences import Chunk, Cooccurrences
from w2v.io.cooccurrences import block_starts
from w2v.progress import Progress
from w2v.training.spool import mapped, write_at
from w2v.training.workers import run_workers

if TYPE_CHECKING:
    from w2v.kernels.glove import Blocks

__all__ = ["make_blocks"]

Array = npt.NDArray[Any]
Int64s = npt.NDArray[np.int64]

FIELDS = {"weights": np.int64, "rows": np.uint16, "lengths": np.uint16, "columns": np.uint16}
PER_RUN = ("rows", "lengths")


def make_blocks(matrix: Cooccurrences, config: GloveConfig, *, memory: int, folder: Path, progress: Progress) -> Blocks:
    """Lay the matrix down block by block, with ln x and f(x) for x; its chunks are let go on the way.

    memory: bytes that the blocks may take; larger ones are written to a file without a name in `folder`, and mapped.
    """
    from w2v.kernels.glove import Blocks

    runs, records = block_starts(matrix)
    sizes = {name: matrix.runs if name in PER_RUN else matrix.records for name in FIELDS}
    total = sum(size * np.dtype(FIELDS[name]).itemsize for name, size in sizes.items())
    progress.phase("weighing co-occurrences", matrix.records, "records")
    if total <= memory:
        arrays = {name: np.empty(size, dtype=FIELDS[name]) for name, size in sizes.items()}
        _fill(matrix, config, runs, records, _IntoMemory(arrays), progress)
    else:
        check_writable(folder / "blocks", total)
        progress.message(f"blocks for training: {total / 1e6:,.0f} MB on the disk, in {folder}")
        with scratch(folder) as file:
            target = _IntoFile(file, sizes)
            _fill(matrix, config, runs, records, target, progress)
            arrays = target.arrays()
    for array in arrays.values():
        array.flags.writeable = False  # one type for both, so that the kernel is compiled once
    return Blocks(arrays["rows"], arrays["lengths"], arrays["columns"], arrays["weights"], runs, records)


@dataclass(frozen=True)
class _IntoMemory:
    arrays_by_name: dict[str, Array]

    def put(self, name: str, start: int, array: Array) -> None:
        self.arrays_by_name[name][start : start + len(array)] = array

    def weights(self, start: int, size: int) -> Array:
        """Where to write the weights of records from `start` on, for `put_weights` to take them over."""
        return self.arrays_by_name["weights"][start : start + size]

    def put_weights(self, start: int, weights: Array) -> None:
        pass  # they are there already


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

    def weights(self, start: int, size: int) -> Array:
        return np.empty(size, dtype=np.int64)

    def put_weights(self, start: int, weights: Array) -> None:
        self.put("weights", start, weights)

    def arrays(self) -> dict[str, Array]:
        content = mapped(self.file)
        return {
            name: np.frombuffer(content, FIELDS[name], size, self.offsets[name]) for name, size in self.sizes.items()
        }


def _fill(
    matrix: Cooccurrences,
    config: GloveConfig,
    runs: Int64s,
    records: Int64s,
    target: _IntoMemory | _IntoFile,
    progress: Progress,
) -> None:
    """Each stripe's chunks to their places, by all threads."""
    parts = matrix.parts.number
    queue: SimpleQueue[int] = SimpleQueue()
    for stripe in range(parts):
        queue.put(stripe)

    def work(done: Int64s, _: npt.NDArray[np.float64], shared: Int64s) -> None:
        while not shared[0]:
            try:
                stripe = queue.get_nowait()
            except Empty:
                return
            blocks = slice(stripe * parts, (stripe + 1) * parts)
            done[0] += _place_stripe(matrix.stripes[stripe], runs[blocks], records[blocks], config, target)
            matrix.stripes[stripe] = []

    run_workers(work, min(config.worker_threads, parts), lambda done: progress.update(done.words))


def _place_stripe(
    chunks: list[Chunk], runs: Int64s, records: Int64s, config: GloveConfig, target: _IntoMemory | _IntoFile
) -> int:
    """Copy what a stripe's chunks have of each block behind each other; returns the records."""
    at_run, at_record = runs.copy(), records.copy()
    total = 0
    for chunk in chunks:
        total += int(chunk.records[-1])
        # A stripe of one chunk is in order as it is: its blocks are copied together.
        stretches = [(0, len(runs))] if len(chunks) == 1 else [(part, part + 1) for part in range(len(runs))]
        for first, last in stretches:
            a, b = chunk.runs[first], chunk.runs[last]
            target.put("rows", at_run[first], chunk.rows[a:b])
            target.put("lengths", at_run[first], chunk.lengths[a:b])
            c, d = chunk.records[first], chunk.records[last]
            target.put("columns", at_record[first], chunk.columns[c:d])
            _weigh(chunk.values[c:d], int(at_record[first]), config, target)
            at_run[first] += b - a
            at_record[first] += d - c
    return total


def _weigh(values: Array, start: int, config: GloveConfig, target: _IntoMemory | _IntoFile) -> None:
    from w2v.kernels import glove

    assert config.x_max is not None
    weights = target.weights(start, len(values))
    pairs = weights.view(np.float32).reshape(-1, 2)
    glove.weigh(values, config.x_max, config.alpha, pairs)
    target.put_weights(start, weights)
