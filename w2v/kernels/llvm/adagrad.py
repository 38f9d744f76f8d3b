"""GloVe's AdaGrad step for one pair of rows, as LLVM vector instructions. Its caller is w2v/kernels/glove.py.

A row is float32 [2·width]: `width` values, then one AdaGrad accumulator for each value. The values are the word vector
[dim], then the bias and a 1 (for a column: a 1 and then the bias), then zeros. So one product of two rows gives
w·c + b_w + b_c, and a bias is learned like any other value. The 1 stays 1 because its accumulator is FROZEN.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from w2v.kernels.llvm.emit import (
    BYTES,
    FLAGS,
    FLOAT,
    INT64,
    LANES,
    LINE,
    VECTOR,
    constant,
    fma,
    function_named,
    load_address,
    load_vector,
    pointer,
    prefetch_line,
    splat,
    store_vector,
)

__all__ = ["AHEAD", "CLIP", "FROZEN", "RECORD", "descend"]

CLIP = 100.0  # gradients are cut to ±CLIP, value by value (Stanford's -grad-clip); those of biases are not
FROZEN = 1e30  # an accumulator so large that steps vanish: a gradient below 10^7 moves 1 by less than its rounding
RECORD = 16  # bytes of a record: the address of a column's row (int64), ln x (float32), f(x) (float32)
AHEAD = 2  # records between the prefetch of a row and its use

_DOUBLE = ir.DoubleType()


@intrinsic(prefer_literal=True)
def descend(typingctx: Any, row: Any, records: Any, count: Any, dim: Any, vectors: Any) -> Any:
    """Make an AdaGrad step for each of `count` (≥ 1) records of a row, in order; return their total cost, float64.

    The cost of a record is ½·f(x)·diff² before its step, with diff = w·c + b_w + b_c − ln x. With the gradients
    g_w = clip(f(x)·diff·c) and g_c = clip(f(x)·diff·w) of the old values, the step is w −= g_w / √acc_w and
    acc_w += g_w², and the same for c (Duchi, Hazan & Singer 2011, "Adaptive Subgradient Methods", in the form of
    Stanford's glove.c).

    row: the address of the row, which has `dim` values in `vectors` whole vectors (both literal). records: the address
    of the records, RECORD bytes each; AHEAD more records must follow, because their columns are prefetched.
    """
    n_dim, n_vectors = dim.literal_value, vectors.literal_value

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        row, records, count = arguments[:3]
        before = builder.block
        body = builder.function.append_basic_block("records")
        after = builder.function.append_basic_block("records.end")
        builder.branch(body)
        builder.position_at_end(body)
        index, cost = builder.phi(INT64), builder.phi(_DOUBLE)
        index.add_incoming(INT64(0), before)
        cost.add_incoming(_DOUBLE(0.0), before)
        record = builder.add(records, builder.mul(index, INT64(RECORD)))
        ahead = load_address(builder, record, AHEAD * RECORD // 8)
        for line in range(0, 2 * n_vectors * BYTES, LINE):
            prefetch_line(builder, ahead, line, to_write=True)
        column = load_address(builder, record, 0)
        log_x = builder.load(pointer(builder, record, 8), align=4, typ=FLOAT)
        weight = builder.load(pointer(builder, record, 12), align=4, typ=FLOAT)
        diff = builder.fsub(_dot(builder, row, column, n_vectors), log_x, flags=FLAGS)
        pull = builder.fmul(weight, diff, flags=FLAGS)
        half = builder.fmul(builder.fpext(pull, _DOUBLE), _DOUBLE(0.5))
        total = builder.fadd(cost, builder.fmul(half, builder.fpext(diff, _DOUBLE)))
        pulls = splat(builder, pull)
        # Values are loaded a second time here: registers cannot hold all of them from the product until now.
        for k in range(n_vectors):
            bound = _bound(k, n_dim)
            w, c = (load_vector(builder, side, k * BYTES) for side in (row, column))
            _descend_side(builder, row, k, n_vectors, w, builder.fmul(pulls, c), bound)
            _descend_side(builder, column, k, n_vectors, c, builder.fmul(pulls, w), bound)
        successor = builder.add(index, INT64(1))
        index.add_incoming(successor, body)
        cost.add_incoming(total, body)
        builder.cbranch(builder.icmp_signed("<", successor, count), body, after)
        builder.position_at_end(after)
        return total

    return types.float64(types.int64, types.int64, types.int64, dim, vectors), codegen


def _bound(k: int, dim: int) -> list[float]:
    """Return the largest gradient for each lane of vector k: CLIP, and no limit for the bias and the 1 beside it."""
    return [float("inf") if k * LANES + lane in (dim, dim + 1) else CLIP for lane in range(LANES)]


def _dot(builder: ir.IRBuilder, row: ir.Value, column: ir.Value, vectors: int) -> ir.Value:
    """Return the dot product of the values of two rows, as two independent sums that are then added up."""
    chains: list[ir.Value] = []
    for k in range(vectors):
        w, c = (load_vector(builder, side, k * BYTES) for side in (row, column))
        if k < 2:
            chains.append(builder.fmul(w, c))
        else:
            chains[k % 2] = fma(builder, w, c, chains[k % 2])
    total = chains[0] if len(chains) == 1 else builder.fadd(*chains)
    kind = ir.FunctionType(FLOAT, [FLOAT, VECTOR])
    reduce = function_named(builder, f"llvm.vector.reduce.fadd.v{LANES}f32", kind)
    return builder.call(reduce, [FLOAT(-0.0), total], fastmath=FLAGS)


def _descend_side(
    builder: ir.IRBuilder,
    side: ir.Value,
    k: int,
    vectors: int,
    value: ir.Value,
    gradient: ir.Value,
    bound: Sequence[float],
) -> None:
    """Store value − g/√acc and acc + g² as vector k of a row, where g is the gradient clipped to ±bound."""
    place = k * BYTES
    accumulator = load_vector(builder, side, vectors * BYTES + place)
    high, low = ir.Constant(VECTOR, list(bound)), ir.Constant(VECTOR, [-one for one in bound])
    below = builder.select(builder.fcmp_ordered("<", gradient, high), gradient, high)
    g = builder.select(builder.fcmp_ordered(">", below, low), below, low)
    square_root = function_named(builder, f"llvm.sqrt.v{LANES}f32", ir.FunctionType(VECTOR, [VECTOR]))
    root = builder.call(square_root, [accumulator], fastmath=FLAGS)
    # The flags let LLVM estimate 1/√acc and refine the estimate once, where the machine can: faster than a root and a
    # division.
    rate = builder.fdiv(constant(1.0), root, flags=FLAGS)
    store_vector(builder, fma(builder, builder.fneg(g), rate, value), side, place)
    store_vector(builder, fma(builder, g, g, accumulator), side, vectors * BYTES + place)
