"""Operations on pairs of a centre and a context that share noise words, as LLVM vector instructions.

They are used by w2v/kernels/rotation.py. The operations resemble `dot_tile` and `update_tiles` of simd.py, but the
first target of each context is the row of its own centre; the other targets, the noise words, are shared:

    dot_pairs       the scores of m contexts with their own centres and with s − 1 shared rows, as one vector
    update_pairs    one step for contexts, centres and shared rows, in one pass over the rows

Naive twins: tests/reference/rotation.py.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from w2v.kernels.llvm.emit import (
    BYTES,
    FLOAT,
    INT32,
    INT64,
    LINE,
    accumulating_loop,
    fma,
    load_address,
    load_vector,
    pointer,
    prefetch_line,
    splat,
    steps,
    store_vector,
    sum_lanes,
    unrolls,
)
from w2v.kernels.llvm.simd import MOST_TILES, vector

__all__ = ["dot_pairs", "holds", "update_pairs"]


@intrinsic(prefer_literal=True)
def holds(typingctx: Any, table: Any, n: Any, value: Any) -> Any:
    """Return whether one of n (literal) int64 numbers at the address `table` is `value`, in one comparison of vectors.

    A loop over an array would be compiled to n comparisons.
    """
    count = n.literal_value

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        table, _, value = arguments
        kind = ir.VectorType(INT64, count)
        numbers = builder.load(pointer(builder, table), align=8, typ=kind)
        one = builder.insert_element(ir.Constant(kind, ir.Undefined), value, INT32(0))
        alike = builder.shuffle_vector(one, one, ir.Constant(ir.VectorType(INT32, count), [0] * count))
        equal = builder.bitcast(builder.icmp_signed("==", numbers, alike), ir.IntType(count))
        return builder.icmp_unsigned("!=", equal, ir.Constant(ir.IntType(count), 0))

    return types.boolean(types.int64, n, types.int64), codegen


@intrinsic(prefer_literal=True)
def dot_pairs(typingctx: Any, contexts: Any, centres: Any, targets: Any, vectors: Any, m: Any, s: Any) -> Any:
    """Return one vector of scores; m·s must be at most LANES.

    Lane i·s holds contexts[i] · centres[i], and lane i·s + j holds contexts[i] · targets[j], for 1 ≤ j < s. contexts,
    centres, targets: addresses of arrays of int64; each element is the address of a row of `vectors` whole vectors.
    """
    n_vectors, n_contexts, n_targets = vectors.literal_value, m.literal_value, s.literal_value

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        rows = [load_address(builder, arguments[0], i) for i in range(n_contexts)]
        own = [load_address(builder, arguments[1], i) for i in range(n_contexts)]
        columns = [load_address(builder, arguments[2], j) for j in range(1, n_targets)]
        if not unrolls(n_vectors):
            index, so_far, close = accumulating_loop(builder, INT64(n_vectors), n_contexts * n_targets, "vectors")
            offset = builder.mul(index, INT64(BYTES))
            loaded = [load_vector(builder, column, offset) for column in columns]
            following = []
            for i, row in enumerate(rows):
                value = load_vector(builder, row, offset)
                for j, target in enumerate([load_vector(builder, own[i], offset), *loaded]):
                    following.append(fma(builder, value, target, so_far[i * n_targets + j]))
            close(following)
            return sum_lanes(builder, following)
        sums: list[Any] = [None] * (n_contexts * n_targets)
        for k in range(n_vectors):
            loaded = [load_vector(builder, column, k * BYTES) for column in columns]
            for i, row in enumerate(rows):
                value = load_vector(builder, row, k * BYTES)
                for j, target in enumerate([load_vector(builder, own[i], k * BYTES), *loaded]):
                    place = i * n_targets + j
                    so_far = sums[place]
                    sums[place] = builder.fmul(value, target) if so_far is None else fma(builder, value, target, so_far)
        return sum_lanes(builder, sums)

    return vector(types.int64, types.int64, types.int64, vectors, m, s), codegen


@intrinsic(prefer_literal=True)
def update_pairs(
    typingctx: Any,
    contexts: Any,
    centres: Any,
    count: Any,
    targets: Any,
    gradient: Any,
    kept: Any,
    coming: Any,
    vectors: Any,
    m: Any,
    s: Any,
    tiles: Any,
    n: Any,
) -> Any:
    """Make one step for `count` pairs and their shared targets; the right sides use the rows as they were before.

    Pair i: context_i += g_i0·centre_i + Σ_j g_ij·target_j, and centre_i += g_i0·context_i. After all pairs:
    target_j += Σ_i g_ij·context_i. If two pairs have a row in common, the second pair reads what the first one wrote.
    The arguments are those of `update_tiles`, but targets[0] is not used.
    """
    n_vectors, n_contexts, n_targets, n_tiles, n_coming = (one.literal_value for one in (vectors, m, s, tiles, n))

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        contexts, centres, count, targets, gradient, kept, coming = arguments[:7]
        soon = [load_address(builder, coming, i) for i in range(n_coming)]
        few = n_tiles <= MOST_TILES
        columns = [load_address(builder, targets, j) for j in range(n_targets * n_tiles if few else n_targets)]
        for k in steps(builder, n_vectors, BYTES, unrolled=unrolls(n_vectors, n_tiles)):
            if not isinstance(k, int) or k % LINE == 0:
                for row in soon:
                    prefetch_line(builder, row, k, to_write=True)
            for tile in chain([0], steps(builder, n_tiles, 1, unrolled=few, first=1)):
                own = isinstance(tile, int) and tile == 0
                if isinstance(tile, int):
                    mine = columns[tile * n_targets + own : (tile + 1) * n_targets]
                    here = builder.add(gradient, INT64(BYTES * tile))
                else:
                    table = builder.add(targets, builder.mul(tile, INT64(8 * n_targets)))
                    mine = [load_address(builder, table, j) for j in range(n_targets)]
                    here = builder.add(gradient, builder.mul(tile, INT64(BYTES)))
                loaded = [load_vector(builder, column, k) for column in mine]
                index, deltas, close = accumulating_loop(builder, count, len(mine), "pairs")
                place = builder.mul(index, INT64(8))
                row = builder.load(pointer(builder, builder.add(contexts, place)), align=8, typ=INT64)
                group, member = builder.udiv(index, INT64(n_contexts)), builder.urem(index, INT64(n_contexts))
                lane = builder.add(
                    builder.mul(group, INT64(BYTES * n_tiles)), builder.mul(member, INT64(4 * n_targets))
                )
                errors = builder.add(here, lane)
                new = old = load_vector(builder, row, k)
                if n_tiles > 1:
                    copy = builder.add(kept, builder.mul(index, INT64(BYTES)))
                    if own:
                        store_vector(builder, old, copy)
                    else:
                        old = load_vector(builder, copy)
                if own:
                    centre = builder.load(pointer(builder, builder.add(centres, place)), align=8, typ=INT64)
                    g = splat(builder, builder.load(pointer(builder, errors), align=4, typ=FLOAT))
                    value = load_vector(builder, centre, k)
                    new = fma(builder, g, value, new)
                    store_vector(builder, fma(builder, g, old, value), centre, k)
                following = []
                for j, target in enumerate(loaded, int(own)):
                    g = splat(builder, builder.load(pointer(builder, errors, 4 * j), align=4, typ=FLOAT))
                    new = fma(builder, g, target, new)
                    following.append(fma(builder, g, old, deltas[j - own]))
                store_vector(builder, new, row, k)
                close(following)
                for column, delta in zip(mine, following, strict=True):
                    store_vector(builder, builder.fadd(load_vector(builder, column, k), delta), column, k)
        return context.get_dummy_value()

    address = types.int64
    return types.void(*[address] * 7, vectors, m, s, tiles, n), codegen
