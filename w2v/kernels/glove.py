"""GloVe: the training kernel. The co-occurrences are counted by cooccur.py; the threads are in w2v/training.

Pennington, Socher & Manning 2014, "GloVe: Global Vectors for Word Representation", equation 8: AdaGrad minimises the
sum over all records (row i, column j, x) of f(x)·(w_i·c_j + b_i + b_j − ln x)², one record at a time. The step for one
record is in llvm/adagrad.py.

The matrix of counts is cut into P × P blocks, by parts of the rows and parts of the columns. Workers take blocks
stratum after stratum (turns.py), so every row is trained with its records in one fixed order: no locks are needed, and
the result is the same bytes with any number of threads. Naive twin: tests/reference/glove.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from w2v.arrays import F32, F64, I64, U16
from w2v.kernels.llvm.adagrad import AHEAD, CLIP, FROZEN, RECORD, descend
from w2v.kernels.llvm.compilation import FASTMATH, kernel
from w2v.kernels.llvm.simd import LANES, address_of
from w2v.kernels.rng import STEP, below, mix
from w2v.kernels.turns import leave, may_begin
from w2v.kernels.work_items import take

__all__ = [
    "CLIP",
    "FROZEN",
    "Blocks",
    "Counters",
    "Model",
    "Plan",
    "Workspace",
    "glove_kernel",
    "new_workspace",
    "padded",
    "weigh",
]


class Model(NamedTuple):
    """Rows (words) and columns (contexts): float32 [P·S, 2·padded dim], aligned to 64 bytes; S words fit into a part.

    Word o of part p is row p·S + o of both matrices. llvm/adagrad.py describes what a row contains.
    """

    rows: F32
    columns: F32


class Blocks(NamedTuple):
    """The records of all blocks, block after block; in a block, row after row. A run is what one row has in a block.

    rows, lengths: uint16 [runs], the row's position in its part, and the number of its records. columns: uint16
    [records], positions in their part. weights: int64 [records], ln x and f(x) as two float32. runs, records: int64
    [P² + 1], where each block begins; block p·P + q has part p of the rows and part q of the columns.
    """

    rows: U16
    lengths: U16
    columns: U16
    weights: I64
    runs: I64
    records: I64


class Plan(NamedTuple):
    """The plan of one epoch: its random state; strata: int64 [P], the shift of each stratum, in order."""

    seed: np.uint64
    strata: I64


class Counters(NamedTuple):
    """Numbers that a worker reports (done, loss), and arrays that all workers share.

    done: int64 [8]: [0] and [1] records, [3] is 1 + the block whose cost was not finite. loss: float64 [8]: [0] is the
    cost. shared: int64 [8]: [0] = 1 asks all workers to stop; then the blocks that no worker has taken. turns: int64
    [2, P], the strata that have left each part of the rows and of the columns (turns.py). costs: float64 [P²], the cost
    of each block.
    """

    done: I64
    loss: F64
    shared: I64
    turns: I64
    costs: F64


class Workspace(NamedTuple):
    """The arrays of one worker.

    turn: int64 [1], a block that this worker has taken and cannot begin yet, −1 if there is none. order, starts: int64
    [most runs of a block]. records: int64 [most records of a block + AHEAD, 2].
    """

    turn: I64
    order: I64
    starts: I64
    records: I64


def new_workspace(blocks: Blocks) -> Workspace:
    """Return a workspace that is large enough for any of the blocks."""
    runs, records = (int(np.diff(starts).max()) for starts in (blocks.runs, blocks.records))
    return Workspace(
        np.full(1, -1, dtype=np.int64),
        np.empty(runs, dtype=np.int64),
        np.empty(runs, dtype=np.int64),
        np.empty((records + AHEAD, 2), dtype=np.int64),
    )


def padded(dim: int) -> int:
    """Return the number of values of a row in memory: dim, the bias, a 1, and zeros up to whole cache lines."""
    return -(-(dim + 2) // 16) * 16


@kernel
def weigh(values: F32, x_max: float, alpha: float, weights: F32) -> None:
    """Write (ln x, f(x)) to weights, float32 [n, 2], for each x of values, float32 [n].

    f(x) = min(1, (x / x_max)^alpha) (Pennington, Socher & Manning 2014, equation 9).
    """
    power, scale = np.float32(alpha), np.float32(math.log(x_max))
    for i in range(values.size):
        log_x = math.log(values[i])
        weights[i, 0] = log_x
        weights[i, 1] = math.exp(power * min(log_x - scale, np.float32(0)))


@kernel
def _order_runs(lengths: U16, first: int, runs: int, workspace: Workspace, state: np.uint64) -> np.uint64:
    """Write the runs of a block to workspace.order in random order, and where the records of each begin to `starts`."""
    for i in range(runs):
        j = below(mix(state), i + 1)
        state += STEP
        workspace.order[i] = workspace.order[j]
        workspace.order[j] = i
    place = np.int64(0)
    for i in range(runs):
        run = workspace.order[i]
        workspace.starts[run] = place
        place += np.int64(lengths[first + run])
    return state


@kernel
def _lay_block(
    blocks: Blocks, block: int, columns: np.int64, stride: int, seed: np.uint64, workspace: Workspace
) -> np.int64:
    """Write the records of a block to the workspace: runs in random order, and the records of a run in random order.

    A record is (address of the column, ln x and f(x)). columns: the address of the first column of the block's part.
    Returns the address of the first record.
    """
    first, place = blocks.runs[block], blocks.records[block]
    runs, count = blocks.runs[block + 1] - first, blocks.records[block + 1] - place
    state = _order_runs(blocks.lengths, first, runs, workspace, mix(seed + np.uint64(block) * STEP))
    for run in range(runs):
        start = workspace.starts[run]
        for i in range(np.int64(blocks.lengths[first + run])):
            j = start + below(mix(state), i + 1)
            state += STEP
            workspace.records[start + i, 0] = workspace.records[j, 0]
            workspace.records[start + i, 1] = workspace.records[j, 1]
            workspace.records[j, 0] = columns + np.int64(blocks.columns[place]) * stride
            workspace.records[j, 1] = blocks.weights[place]
            place += 1
    for i in range(AHEAD):
        workspace.records[count + i, 0] = columns  # only prefetched by `descend`, after the last record
    return address_of(workspace.records)


@kernel
def _finish(
    counters: Counters, plan: Plan, turn: int, column_part: int, block: int, cost: float, blocks: Blocks
) -> bool:
    """Count a block and leave its parts to other workers; return False if its cost is not finite: then all stop."""
    parts = plan.strata.size
    count = blocks.records[block + 1] - blocks.records[block]
    counters.costs[block] = cost
    counters.loss[0] += cost
    counters.done[0] += count
    counters.done[1] += count
    if not math.isfinite(cost):
        counters.done[3] = block + 1
        counters.shared[0] = 1
        return False
    leave(counters.turns, turn // parts, turn % parts, column_part)
    return True


@cache
def glove_kernel(dim: int) -> Callable[..., bool]:
    """Return the kernel for vectors of `dim` values; `dim` is a constant in the compiled code."""
    VECTORS = padded(dim) // LANES
    STRIDE = 2 * 4 * padded(dim)

    @kernel(fastmath=FASTMATH)
    def train(blocks: Blocks, model: Model, plan: Plan, counters: Counters, workspace: Workspace) -> bool:
        """Take blocks and train on them. Return True when no block is left or a stop is requested.

        Return False if the worker must wait for a part: the caller then pauses and calls again.
        """
        parts = plan.strata.size
        words = model.rows.shape[0] // parts
        while not counters.shared[0]:
            turn = workspace.turn[0]
            if turn < 0:
                turn = take(counters.shared)
            if turn < 0:
                return True
            stratum, row_part = turn // parts, turn % parts
            column_part = (row_part + plan.strata[stratum]) % parts
            if not may_begin(counters.turns, stratum, row_part, column_part):
                workspace.turn[0] = turn
                return False
            workspace.turn[0] = -1
            block = row_part * parts + column_part
            rows = address_of(model.rows) + np.int64(row_part) * words * STRIDE
            columns = address_of(model.columns) + np.int64(column_part) * words * STRIDE
            laid = _lay_block(blocks, block, columns, STRIDE, plan.seed, workspace)
            first = blocks.runs[block]
            cost = 0.0
            for i in range(blocks.runs[block + 1] - first):
                run = workspace.order[i]
                row = rows + np.int64(blocks.rows[first + run]) * STRIDE
                length = np.int64(blocks.lengths[first + run])
                cost += descend(row, laid + RECORD * workspace.starts[run], length, dim, VECTORS)
            if not _finish(counters, plan, turn, column_part, block, cost, blocks):
                return True
        return True

    return train
