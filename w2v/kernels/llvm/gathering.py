"""Sums of rows, and changes that are added to rows: what the kernels need whose input is composed of several rows.

    gather           work row = factor · the sum of rows
    gather_weighted  work row = factor · the sum of rows, each times its own weight
    scatter          rows += weight of the row · (the work row now − the work row before)
    prefetch_rows    ask for rows that are needed soon

A row of a matrix is named by its number, int32, and found by the address of the matrix; a work row by its own address.
Naive twins: tests/reference/gathering.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from w2v.kernels.llvm.emit import (
    BYTES,
    FLOAT,
    INT32,
    INT64,
    LANES,
    LINE,
    accumulating_loop,
    fma,
    load_vector,
    pointer,
    prefetch_line,
    splat,
    store_vector,
)

__all__ = ["gather", "gather_weighted", "prefetch_rows", "scatter"]

AT_ONCE = LANES  # vectors of a row that stay in registers: half of those of a machine with AVX-512, or all with AVX2


def _store_twice(builder: Any, part: Any, sums: list[Any], factors: Any, work: Any, copy: Any) -> None:
    """Write some vectors of the sums, times the factor, to the work row and to its copy."""
    for k, total in zip(part, sums, strict=True):
        value = builder.fmul(total, factors)
        store_vector(builder, value, work, k * BYTES)
        store_vector(builder, value, copy, k * BYTES)


@intrinsic(prefer_literal=True)
def gather(
    typingctx: Any, work: Any, copy: Any, numbers: Any, count: Any, matrix: Any, factor: Any, vectors: Any
) -> Any:
    """Write factor · Σ_i matrix[numbers[i]] to the work row, and to its copy.

    work, copy: addresses of rows of `vectors` vectors. numbers: the address of `count` (≥ 1) numbers of rows, int32; a
    number that occurs twice counts twice. matrix: the address of its first row. factor: float32.
    """
    n_vectors = vectors.literal_value

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        work, copy, numbers, count, matrix, factor = arguments[:6]
        factors = splat(builder, factor)
        for part in _parts(n_vectors):
            index, so_far, close = accumulating_loop(builder, count, len(part), "gather")
            row = _row(builder, numbers, matrix, index, n_vectors)
            sums = [
                builder.fadd(one, load_vector(builder, row, k * BYTES)) for k, one in zip(part, so_far, strict=True)
            ]
            close(sums)
            _store_twice(builder, part, sums, factors, work, copy)
        return context.get_dummy_value()

    address = types.int64
    return types.void(*[address] * 5, types.float32, vectors), codegen


@intrinsic(prefer_literal=True)
def gather_weighted(
    typingctx: Any,
    work: Any,
    copy: Any,
    numbers: Any,
    weights: Any,
    count: Any,
    matrix: Any,
    factor: Any,
    vectors: Any,
) -> Any:
    """Write factor · Σ_i weight_i · matrix[numbers[i]] to the work row, and to its copy.

    weights: the address of `count` weights, float32, one after another. The others: as in `gather`.
    """
    n_vectors = vectors.literal_value

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        work, copy, numbers, weights, count, matrix, factor = arguments[:7]
        factors = splat(builder, factor)
        for part in _parts(n_vectors):
            index, so_far, close = accumulating_loop(builder, count, len(part), "gather_weighted")
            row = _row(builder, numbers, matrix, index, n_vectors)
            place = builder.add(weights, builder.mul(index, INT64(4)))
            weight = splat(builder, builder.load(pointer(builder, place), align=4, typ=FLOAT))
            sums = [
                fma(builder, weight, load_vector(builder, row, k * BYTES), one)
                for k, one in zip(part, so_far, strict=True)
            ]
            close(sums)
            _store_twice(builder, part, sums, factors, work, copy)
        return context.get_dummy_value()

    address = types.int64
    return types.void(*[address] * 6, types.float32, vectors), codegen


@intrinsic(prefer_literal=True)
def scatter(
    typingctx: Any,
    work: Any,
    copy: Any,
    numbers: Any,
    weights: Any,
    stride: Any,
    count: Any,
    matrix: Any,
    vectors: Any,
) -> Any:
    """Add weight_i · (work − copy) to matrix[numbers[i]], for each i < count, one after another.

    weights: the address of the first weight, float32; each next one lies `stride` bytes further, 0 for one weight that
    holds for all. The others: as in `gather`; count may be 0.
    """
    n_vectors = vectors.literal_value

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        work, copy, numbers, weights, stride, count, matrix = arguments[:7]
        for part in _parts(n_vectors):
            change = [
                builder.fsub(load_vector(builder, work, k * BYTES), load_vector(builder, copy, k * BYTES)) for k in part
            ]
            index, close = _loop(builder, count, "scatter")
            row = _row(builder, numbers, matrix, index, n_vectors)
            place = builder.add(weights, builder.mul(index, stride))
            weight = splat(builder, builder.load(pointer(builder, place), align=4, typ=FLOAT))
            for k, one in zip(part, change, strict=True):
                store_vector(builder, fma(builder, weight, one, load_vector(builder, row, k * BYTES)), row, k * BYTES)
            close()
        return context.get_dummy_value()

    address = types.int64
    return types.void(*[address] * 7, vectors), codegen


@intrinsic(prefer_literal=True)
def prefetch_rows(typingctx: Any, numbers: Any, count: Any, matrix: Any, vectors: Any) -> Any:
    """Prefetch matrix[numbers[i]] for each i < count, in order to change these rows soon."""
    n_vectors = vectors.literal_value

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        numbers, count, matrix = arguments[:3]
        index, close = _loop(builder, count, "ahead")
        row = _row(builder, numbers, matrix, index, n_vectors)
        for offset in range(0, n_vectors * BYTES, LINE):
            prefetch_line(builder, row, offset, to_write=True)
        close()
        return context.get_dummy_value()

    address = types.int64
    return types.void(address, address, address, vectors), codegen


def _parts(vectors: int) -> Iterator[range]:
    """Cut a row into parts that fit into the registers."""
    for first in range(0, vectors, AT_ONCE):
        yield range(first, min(first + AT_ONCE, vectors))


def _row(builder: ir.IRBuilder, numbers: ir.Value, matrix: ir.Value, index: ir.Value, vectors: int) -> ir.Value:
    """The address of matrix[numbers[index]]."""
    place = builder.add(numbers, builder.mul(index, INT64(4)))
    number = builder.zext(builder.load(pointer(builder, place), align=4, typ=INT32), INT64)
    return builder.add(matrix, builder.mul(number, INT64(vectors * BYTES)))


def _loop(builder: ir.IRBuilder, count: ir.Value, name: str) -> tuple[ir.Value, Callable[[], None]]:
    """Begin a loop `for index in range(count)`, count ≥ 0; return (index, what ends the loop)."""
    before = builder.block
    body = builder.function.append_basic_block(f"{name}.body")
    after = builder.function.append_basic_block(f"{name}.after")
    builder.cbranch(builder.icmp_signed(">", count, INT64(0)), body, after)
    builder.position_at_end(body)
    index = builder.phi(INT64, name)
    index.add_incoming(INT64(0), before)

    def close() -> None:
        successor = builder.add(index, INT64(1))
        index.add_incoming(successor, builder.block)
        builder.cbranch(builder.icmp_signed("<", successor, count), body, after)
        builder.position_at_end(after)

    return index, close
