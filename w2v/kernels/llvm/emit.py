"""Emit LLVM instructions on vectors of LANES float32 numbers; simd.py, adagrad.py and pair_tiles.py are made of them.

A function here runs when a kernel is compiled, and adds instructions to `builder`, which is llvmlite's. An address is
an int64. With AVX-512 a vector has 16 lanes. Without it 8 lanes are right, so that the tiles of simd.py fit into the
registers; LLVM maps such a vector to the registers that the machine has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import llvmlite.binding as llvm
import numba
from llvmlite import ir

__all__ = [
    "BYTES",
    "FLAGS",
    "FLOAT",
    "INT32",
    "INT64",
    "LANES",
    "LINE",
    "POINTER",
    "VECTOR",
    "VECTOR_INT",
    "accumulating_loop",
    "constant",
    "constant_int",
    "fma",
    "function_named",
    "load_address",
    "load_vector",
    "pointer",
    "prefetch_line",
    "splat",
    "steps",
    "store_vector",
    "sum_lanes",
    "unrolls",
]


def _has_avx512() -> bool:
    """Return whether compiled code may use AVX-512; NUMBA_CPU_NAME can ask for code for another machine than this."""
    if numba.config.CPU_NAME:
        return "+avx512f" in (numba.config.CPU_FEATURES or "")
    return bool(llvm.get_host_cpu_features().get("avx512f", False))


LANES = 16 if _has_avx512() else 8
BYTES = 4 * LANES
LINE = 64  # bytes in a cache line

FLOAT = ir.FloatType()
INT32 = ir.IntType(32)
INT64 = ir.IntType(64)
VECTOR = ir.VectorType(FLOAT, LANES)
VECTOR_INT = ir.VectorType(INT32, LANES)
POINTER = ir.PointerType()

MOST_UNROLLED = 96  # vectors times tiles: 512 dimensions with 15 noise words, 1,536 with 5
# LLVM may change the order of sums and fuse multiply-add. NaN and infinity keep their meaning.
FLAGS = ("reassoc", "contract", "arcp", "nsz", "afn")


def pointer(builder: ir.IRBuilder, address: ir.Value, offset: int | ir.Value = 0) -> ir.Value:
    if isinstance(offset, ir.Value):
        address = builder.add(address, offset)
    elif offset:
        address = builder.add(address, INT64(offset))
    return builder.inttoptr(address, POINTER)


def load_vector(builder: ir.IRBuilder, address: ir.Value, offset: int | ir.Value = 0) -> ir.Value:
    return builder.load(pointer(builder, address, offset), align=4, typ=VECTOR)


def store_vector(builder: ir.IRBuilder, value: ir.Value, address: ir.Value, offset: int | ir.Value = 0) -> None:
    builder.store(value, pointer(builder, address, offset), align=4)


def prefetch_line(builder: ir.IRBuilder, address: ir.Value, offset: int | ir.Value, to_write: bool) -> None:
    """Prefetch a cache line. With `to_write`, this core also gets the right to write to the line, from other cores."""
    kind = ir.FunctionType(ir.VoidType(), [POINTER, INT32, INT32, INT32])
    function = function_named(builder, "llvm.prefetch.p0", kind)
    builder.call(function, [pointer(builder, address, offset), INT32(int(to_write)), INT32(3), INT32(1)])


def splat(builder: ir.IRBuilder, scalar: ir.Value) -> ir.Value:
    """Return a vector with `scalar` in every lane."""
    one = builder.insert_element(ir.Constant(VECTOR, ir.Undefined), scalar, INT32(0))
    return builder.shuffle_vector(one, one, ir.Constant(ir.VectorType(INT32, LANES), [0] * LANES))


def constant(value: float) -> ir.Constant:
    return ir.Constant(VECTOR, [value] * LANES)


def constant_int(value: int) -> ir.Constant:
    return ir.Constant(VECTOR_INT, [value] * LANES)


def function_named(builder: ir.IRBuilder, name: str, kind: ir.FunctionType) -> ir.Function:
    return builder.module.globals.get(name) or ir.Function(builder.module, kind, name)


def fma(builder: ir.IRBuilder, a: ir.Value, b: ir.Value, c: ir.Value) -> ir.Value:
    function = function_named(builder, f"llvm.fma.v{LANES}f32", ir.FunctionType(VECTOR, [VECTOR] * 3))
    return builder.call(function, [a, b, c])


def load_address(builder: ir.IRBuilder, table: ir.Value, position: int) -> ir.Value:
    """Return the int64 at `position` of an array of int64 that starts at address `table`."""
    return builder.load(pointer(builder, table, 8 * position), align=8, typ=INT64)


def sum_lanes(builder: ir.IRBuilder, sums: Sequence[ir.Value]) -> ir.Value:
    """Return a vector whose lane i is the sum of all lanes of sums[i], for at most LANES sums.

    There are log2(LANES) steps. In each step two vectors become one: the lanes in whose number one bit (`half`) is 0
    hold partial sums of the first vector, the lanes in whose number this bit is 1 hold those of the second.
    """
    level: list[ir.Value | None] = [*sums, *([None] * (LANES - len(sums)))]
    half = LANES // 2
    while half:
        merged: list[ir.Value | None] = []
        for first, second in zip(level[:half], level[half : 2 * half], strict=True):
            if first is None:
                merged.append(None)
                continue
            other = first if second is None else second
            lanes = range(LANES)
            crossed = [lane ^ half if not lane & half else LANES + (lane ^ half) for lane in lanes]
            straight = [lane if not lane & half else LANES + lane for lane in lanes]
            mask = ir.VectorType(INT32, LANES)
            cross = builder.shuffle_vector(first, other, ir.Constant(mask, crossed))
            keep = first if second is None else builder.shuffle_vector(first, other, ir.Constant(mask, straight))
            merged.append(builder.fadd(keep, cross, flags=FLAGS))
        level = merged
        half //= 2
    total = level[0]
    assert total is not None
    return total


def accumulating_loop(
    builder: ir.IRBuilder, count: ir.Value, sums: int, name: str
) -> tuple[ir.Value, list[ir.Value], Callable[[list[ir.Value]], None]]:
    """Begin a loop `for index in range(count)` (count ≥ 1) with `sums` vectors that start at 0.

    Returns (index, the vectors at the start of a round, close). The caller emits the body of the loop and then calls
    close(vectors at the end of the round), which ends the loop.
    """
    before = builder.block
    body = builder.function.append_basic_block(f"{name}.body")
    after = builder.function.append_basic_block(f"{name}.after")
    builder.branch(body)
    builder.position_at_end(body)
    index = builder.phi(INT64, name)
    index.add_incoming(INT64(0), before)
    carried = [builder.phi(VECTOR) for _ in range(sums)]
    for phi in carried:
        phi.add_incoming(constant(0.0), before)

    def close(following: list[ir.Value]) -> None:
        successor = builder.add(index, INT64(1))
        index.add_incoming(successor, builder.block)
        for phi, value in zip(carried, following, strict=True):
            phi.add_incoming(value, builder.block)
        builder.cbranch(builder.icmp_signed("<", successor, count), body, after)
        builder.position_at_end(after)

    return index, list(carried), close


def steps(builder: ir.IRBuilder, count: int, size: int, *, unrolled: bool, first: int = 0) -> Iterator[int | ir.Value]:
    """Yield first·size, (first + 1)·size … (count − 1)·size, and let the caller emit the body for each of them.

    If `unrolled`, these are Python's numbers, and each step has its own code. If not, one LLVM value is yielded, and
    the body becomes a loop: with long rows or many noise words, unrolled code would take minutes to compile.
    """
    if unrolled or count - first < 2:
        yield from range(first * size, count * size, size)
        return
    index, _, close = accumulating_loop(builder, INT64(count - first), 0, "steps")
    yield builder.add(builder.mul(index, INT64(size)), INT64(first * size))
    close([])


def unrolls(vectors: int, tiles: int = 1) -> bool:
    """Return whether code for so many vectors and tiles is emitted without a loop."""
    return vectors * tiles <= MOST_UNROLLED
