"""GloVe's step on one pair of rows, as LLVM vector instructions. Not here: which pairs, and in which order.

A row is 2·width float32 numbers: `width` values, then as many AdaGrad accumulators. Its values are those of the word,
then the bias and a 1 (on the column's side a 1, then the bias), then zeros: so one product of two rows is
w·c + b_w + b_c, and a bias learns as any other value does. The 1 stays 1 because its accumulator is FROZEN.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from w2v.kernels.simd import (
    _BYTES,
    _FLAGS,
    FLOAT,
    INT32,
    INT64,
    LANES,
    VECTOR,
    _constant,
    _fma,
    _intrinsic,
    _load,
    _pointer,
    _splat,
    _store,
)

__all__ = ["AHEAD", "CLIP", "FROZEN", "RECORD", "descend", "read_turn", "write_turn"]

CLIP = 100.0  # no component of a gradient counts for more (Stanford's -grad-clip); biases are not clipped
FROZEN = 1e30  # an accumulator so large that no step is: a gradient below 10^7 moves 1 by less than its rounding
RECORD = 16  # bytes: the address of a column's row (int64), ln x (float32), f(x) (float32)
AHEAD = 2  # records between the prefetch of a row and its use

_DOUBLE = ir.DoubleType()


@intrinsic(prefer_literal=True)
def descend(typingctx: Any, row: Any, records: Any, count: Any, dim: Any, vectors: Any) -> Any:
    """Steps on `count` (≥ 1) records of one row, in order; returns the sum of ½·f(x)·diff² before each, float64.

    With diff = w·c + b_w + b_c − ln x, g_w = clip(f(x)·diff·c) and g_c = clip(f(x)·diff·w) of the old values:
    w −= g_w / √acc_w, acc_w += g_w², and the same for c (Duchi et al. 2011 as Stanford's glove.c has it).

    row: address of the row, `dim` values in `vectors` whole vectors (both literal). records: address of RECORD bytes
    each; the addresses of AHEAD more records are read, and prefetched.
    """
    n_dim, n_vectors = dim.literal_value, vectors.literal_value
    lines = -(-2 * n_vectors * _BYTES // 64)

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
        _prefetch(builder, builder.load(_pointer(builder, record, AHEAD * RECORD), align=8, typ=INT64), lines)
        column = builder.load(_pointer(builder, record), align=8, typ=INT64)
        log_x = builder.load(_pointer(builder, record, 8), align=4, typ=FLOAT)
        weight = builder.load(_pointer(builder, record, 12), align=4, typ=FLOAT)
        diff = builder.fsub(_dot(builder, row, column, n_vectors), log_x, flags=_FLAGS)
        pull = builder.fmul(weight, diff, flags=_FLAGS)
        half = builder.fmul(builder.fpext(pull, _DOUBLE), _DOUBLE(0.5))
        total = builder.fadd(cost, builder.fmul(half, builder.fpext(diff, _DOUBLE)))
        pulls = _splat(builder, pull)
        # Values are loaded again, where they are used: all of them at once would be more than registers hold.
        for k in range(n_vectors):
            bound = _bound(k, n_dim)
            w, c = (_load(builder, side, k * _BYTES) for side in (row, column))
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
    """How far vector k's gradients are clipped: the lanes of the bias and of the 1 beside it are not."""
    return [float("inf") if k * LANES + lane in (dim, dim + 1) else CLIP for lane in range(LANES)]


def _dot(builder: ir.IRBuilder, row: ir.Value, column: ir.Value, vectors: int) -> ir.Value:
    """The product of the values of two rows, in two chains and then by halves."""
    chains: list[ir.Value] = []
    for k in range(vectors):
        w, c = (_load(builder, side, k * _BYTES) for side in (row, column))
        if k < 2:
            chains.append(builder.fmul(w, c))
        else:
            chains[k % 2] = _fma(builder, w, c, chains[k % 2])
    total = chains[0] if len(chains) == 1 else builder.fadd(*chains)
    kind = ir.FunctionType(FLOAT, [FLOAT, VECTOR])
    reduce = _intrinsic(builder, f"llvm.vector.reduce.fadd.v{LANES}f32", kind)
    return builder.call(reduce, [FLOAT(-0.0), total], fastmath=_FLAGS)


def _descend_side(
    builder: ir.IRBuilder,
    side: ir.Value,
    k: int,
    vectors: int,
    value: ir.Value,
    gradient: ir.Value,
    bound: Sequence[float],
) -> None:
    """Store value − g/√acc and acc + g² as vector k of a row, g the gradient clipped to ±bound."""
    place = k * _BYTES
    accumulator = _load(builder, side, vectors * _BYTES + place)
    high, low = ir.Constant(VECTOR, list(bound)), ir.Constant(VECTOR, [-one for one in bound])
    below = builder.select(builder.fcmp_ordered("<", gradient, high), gradient, high)
    g = builder.select(builder.fcmp_ordered(">", below, low), below, low)
    square_root = _intrinsic(builder, f"llvm.sqrt.v{LANES}f32", ir.FunctionType(VECTOR, [VECTOR]))
    root = builder.call(square_root, [accumulator], fastmath=_FLAGS)
    # The flags let LLVM estimate 1/√acc and refine it once, where the machine can, instead of a root and a division.
    rate = builder.fdiv(_constant(1.0), root, flags=_FLAGS)
    _store(builder, _fma(builder, builder.fneg(g), rate, value), side, place)
    _store(builder, _fma(builder, g, g, accumulator), side, vectors * _BYTES + place)


def _prefetch(builder: ir.IRBuilder, address: ir.Value, lines: int) -> None:
    kind = ir.FunctionType(ir.VoidType(), [ir.PointerType(), INT32, INT32, INT32])
    function = _intrinsic(builder, "llvm.prefetch.p0", kind)
    for line in range(lines):
        builder.call(function, [_pointer(builder, address, 64 * line), INT32(1), INT32(3), INT32(1)])


@intrinsic
def read_turn(typingctx: Any, address: Any) -> Any:
    """The int64 at an address; what its writer wrote elsewhere before it is seen by all that is read after."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load_atomic(_pointer(builder, arguments[0]), "acquire", 8, typ=INT64)

    return types.int64(types.int64), codegen


@intrinsic
def write_turn(typingctx: Any, address: Any, turn: Any) -> Any:
    """Write the int64 at an address, after everything written before."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.atomic_rmw("xchg", _pointer(builder, arguments[0]), arguments[1], "release")
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), codegen
