"""Operations on vectors of float32 numbers for the training kernels, as LLVM vector instructions.

A `vector` is LANES float32 numbers in one register. The rows of a matrix are padded to whole vectors, and a kernel
names a row by its address (int64): it calls `load(row)` instead of `matrix[i, k]`. The operations on several rows are
cut into tiles that fit into the machine's registers. The sizes of the tiles are literal integers, so that LLVM can
unroll the loops:

    dot_tile        the scores of m context rows with s target rows, as one vector
    probability     the probability of the right answer, by the logistic function of the scores
    log2_product    a product as mantissa and exponent, so that many probabilities need one logarithm only
    update_tiles    contexts += G·targets and targets += Gᵀ·contexts, in one pass over the rows

The building blocks are in emit.py. Each operation has a naive twin in tests/reference/simd.py.
"""

from __future__ import annotations

import math
from itertools import chain, product
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic, models, register_model

from w2v.kernels.llvm.emit import (
    BYTES,
    FLOAT,
    INT64,
    LANES,
    LINE,
    VECTOR,
    VECTOR_INT,
    accumulating_loop,
    constant,
    constant_int,
    fma,
    function_named,
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

__all__ = [
    "LANES",
    "add",
    "address_of",
    "broadcast",
    "dot_tile",
    "error",
    "load",
    "log2_product",
    "poison",
    "prefetch",
    "probability",
    "store",
    "update_tiles",
]


MOST_TILES = 8  # tiles of noise words whose code is emitted without a loop: 63 noise words


class VectorType(types.Type):
    """Numba's type for LANES float32 numbers in one register."""

    def __init__(self) -> None:
        super().__init__(name=f"vector{LANES}xfloat32")


vector = VectorType()


@register_model(VectorType)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager: Any, fe_type: Any) -> None:
        super().__init__(manager, fe_type, VECTOR)


# --- simple operations


@intrinsic
def address_of(typingctx: Any, array: Any) -> Any:
    """Return the address of an array's first element, int64.

    Use the array itself once more after the last use of its address: Numba frees an array after its last use.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        return builder.ptrtoint(view.data, INT64)

    return types.int64(array), codegen


@intrinsic
def load(typingctx: Any, address: Any) -> Any:
    """Return the vector at an address."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return load_vector(builder, arguments[0])

    return vector(types.int64), codegen


@intrinsic
def store(typingctx: Any, address: Any, value: Any) -> Any:
    """Store a vector at an address."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        store_vector(builder, arguments[1], arguments[0])
        return context.get_dummy_value()

    return types.void(types.int64, vector), codegen


@intrinsic
def broadcast(typingctx: Any, scalar: Any) -> Any:
    """Return a vector with the float32 number `scalar` in every lane."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return splat(builder, arguments[0])

    return vector(types.float32), codegen


@intrinsic(prefer_literal=True)
def prefetch(typingctx: Any, address: Any, lines: Any) -> Any:
    """Prefetch `lines` (literal) cache lines from an address on, in order to read them soon."""
    count = lines.literal_value

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        for line in range(count):
            prefetch_line(builder, arguments[0], LINE * line, to_write=False)
        return context.get_dummy_value()

    return types.void(types.int64, lines), codegen


# --- sigmoid and logarithm

# The coefficients of a polynomial for 2^f, f in [-0.5, 0.5]: minimax, relative error 2.4e-7.
_EXP2 = (1.0, 0.6931471824645996, 0.24022650718688965, 0.05550324544310570, 0.009618354961276054, 0.001339810900390148)


def _exp2(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """Return 2^x for x in [-126, 126]: a polynomial for the fraction of x, exponent bits for the whole part of x."""
    # Round by an instruction. The usual trick, to add and subtract 1.5·2^23, fails where sums may be reordered.
    whole = builder.call(function_named(builder, f"llvm.rint.v{LANES}f32", ir.FunctionType(VECTOR, [VECTOR])), [x])
    fraction = builder.fsub(x, whole)
    power = constant(_EXP2[-1])
    for coefficient in reversed(_EXP2[:-1]):
        power = fma(builder, power, fraction, constant(coefficient))
    exponent = builder.shl(builder.fptosi(whole, VECTOR_INT), constant_int(23))
    return builder.bitcast(builder.add(builder.bitcast(power, VECTOR_INT), exponent), VECTOR)


def _clamp(builder: ir.IRBuilder, x: ir.Value, low: float, high: float) -> ir.Value:
    """Return x limited to [low, high]. NaN stays NaN, so that a diverging model is noticed."""
    above = builder.select(builder.fcmp_ordered("<", x, constant(low)), constant(low), x)
    return builder.select(builder.fcmp_ordered(">", above, constant(high)), constant(high), above)


@intrinsic
def probability(typingctx: Any, score: Any, weight: Any) -> Any:
    """Return the probability of the right answer: σ(score) in lanes with a positive weight (a pair of the text), and
    σ(−score) = 1 − σ(score) in lanes with a negative weight (a noise word). Scores are limited to ±80.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        score, weight = arguments
        sign = builder.and_(builder.bitcast(weight, VECTOR_INT), constant_int(-(2**31)))
        signed = builder.bitcast(builder.xor(builder.bitcast(score, VECTOR_INT), sign), VECTOR)
        exponent = builder.fmul(signed, constant(-1.0 / math.log(2.0)))
        bound = 80.0 / math.log(2.0)
        power = _exp2(builder, _clamp(builder, exponent, -bound, bound))
        return builder.fdiv(constant(1.0), builder.fadd(constant(1.0), power))

    return vector(vector, vector), codegen


@intrinsic
def error(typingctx: Any, weight: Any, right: Any) -> Any:
    """Return weight · (1 − right), lane by lane: the gradient of log(right) by the score, times the learning rate."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        weight, right = arguments
        return builder.fmul(weight, builder.fsub(constant(1.0), right))

    return vector(vector, vector), codegen


@intrinsic
def log2_product(typingctx: Any, running: Any, right: Any, weight: Any) -> Any:
    """Multiply `running` by `right`, in lanes whose weight is not 0, and split the product into mantissa and exponent.

    Returns (mantissa in [1, 2), exponent). The caller goes on with the mantissa as `running` and adds up the exponents:
    log2 of the whole product = log2(mantissa) + the sum of all exponents.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        running, right, weight = arguments
        counted = builder.select(builder.fcmp_unordered("!=", weight, constant(0.0)), right, constant(1.0))
        bits = builder.bitcast(builder.fmul(running, counted), VECTOR_INT)
        exponent = builder.sub(builder.lshr(bits, constant_int(23)), constant_int(127))
        mantissa = builder.or_(builder.and_(bits, constant_int(2**23 - 1)), constant_int(127 << 23))
        parts = [builder.bitcast(mantissa, VECTOR), builder.sitofp(exponent, VECTOR)]
        return context.make_tuple(builder, signature.return_type, parts)

    return types.UniTuple(vector, 2)(vector, vector, vector), codegen


@intrinsic
def add(typingctx: Any, a: Any, b: Any) -> Any:
    """Return a + b, lane by lane."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fadd(*arguments)

    return vector(vector, vector), codegen


@intrinsic
def multiply(typingctx: Any, a: Any, b: Any) -> Any:
    """Return a · b, lane by lane."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fmul(*arguments)

    return vector(vector, vector), codegen


@intrinsic
def poison(typingctx: Any, a: Any, b: Any) -> Any:
    """Return a + 0·b, lane by lane: a, or NaN in lanes where b is NaN or infinite. Once NaN, a lane stays NaN."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return fma(builder, arguments[1], constant(0.0), arguments[0])

    return vector(vector, vector), codegen


# --- operations on blocks


@intrinsic(prefer_literal=True)
def dot_tile(typingctx: Any, contexts: Any, targets: Any, vectors: Any, m: Any, s: Any) -> Any:
    """Return the scores of m context rows with s target rows; m·s must be at most LANES.

    Lane i·s + j holds contexts[i] · targets[j]. contexts, targets: addresses of arrays of int64; each element is the
    address of a row of `vectors` whole vectors.
    """
    n_vectors, n_contexts, n_targets = vectors.literal_value, m.literal_value, s.literal_value

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        rows = [load_address(builder, arguments[0], i) for i in range(n_contexts)]
        columns = [load_address(builder, arguments[1], j) for j in range(n_targets)]
        if not unrolls(n_vectors):
            index, so_far, close = accumulating_loop(builder, INT64(n_vectors), n_contexts * n_targets, "vectors")
            offset = builder.mul(index, INT64(BYTES))
            loaded = [load_vector(builder, column, offset) for column in columns]
            values = [load_vector(builder, row, offset) for row in rows]
            pairs = product(values, loaded)
            following = [fma(builder, value, target, so) for (value, target), so in zip(pairs, so_far, strict=True)]
            close(following)
            return sum_lanes(builder, following)
        sums: list[ir.Value | None] = [None] * (n_contexts * n_targets)
        for k in range(n_vectors):
            loaded = [load_vector(builder, column, k * BYTES) for column in columns]
            for i, row in enumerate(rows):
                value = load_vector(builder, row, k * BYTES)
                for j, target in enumerate(loaded):
                    place = i * n_targets + j
                    so_far_here = sums[place]
                    if so_far_here is None:
                        sums[place] = builder.fmul(value, target)
                    else:
                        sums[place] = fma(builder, value, target, so_far_here)
        return sum_lanes(builder, [one for one in sums if one is not None])

    return vector(types.int64, types.int64, vectors, m, s), codegen


@intrinsic(prefer_literal=True)
def update_tiles(
    typingctx: Any,
    contexts: Any,
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
    """Compute contexts[i] += Σ_j g_ij · targets[j] and targets[j] += Σ_i g_ij · contexts[i].

    Both right sides use the rows as they were before. Only if a row occurs twice among the contexts, the second
    occurrence reads what the first one wrote.

    contexts, targets: as in `dot_tile`, but with `count` (≥ 1) contexts and tiles·s targets. gradient: the address of
    float32 vectors, `tiles` for each m contexts; g_ij is in lane (i mod m)·s + (j mod s) of vector j div s. kept: the
    address of `count` vectors, which this operation overwrites. coming: the address of the addresses of n rows that are
    needed next. These rows are prefetched during the update, one cache line of each row at a time, because a core can
    wait for few cache lines at once.
    """
    n_vectors, n_contexts, n_targets, n_tiles, n_coming = (one.literal_value for one in (vectors, m, s, tiles, n))

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        contexts, count, targets, gradient, kept, coming = arguments[:6]
        soon = [load_address(builder, coming, i) for i in range(n_coming)]
        few = n_tiles <= MOST_TILES
        columns = [load_address(builder, targets, j) for j in range(n_targets * n_tiles if few else n_targets)]
        for k in steps(builder, n_vectors, BYTES, unrolled=unrolls(n_vectors, n_tiles)):
            if not isinstance(k, int) or k % LINE == 0:
                for row in soon:
                    prefetch_line(builder, row, k, to_write=True)
            later = steps(builder, n_tiles, 1, unrolled=few, first=1)
            for tile in chain([0], later):
                if isinstance(tile, int):
                    mine = columns[tile * n_targets : (tile + 1) * n_targets]
                    here = builder.add(gradient, INT64(BYTES * tile))
                else:
                    table = builder.add(targets, builder.mul(tile, INT64(8 * n_targets)))
                    mine = [load_address(builder, table, j) for j in range(n_targets)]
                    here = builder.add(gradient, builder.mul(tile, INT64(BYTES)))
                loaded = [load_vector(builder, column, k) for column in mine]
                index, deltas, close = accumulating_loop(builder, count, n_targets, "contexts")
                row = builder.load(
                    pointer(builder, builder.add(contexts, builder.mul(index, INT64(8)))), align=8, typ=INT64
                )
                group, member = builder.udiv(index, INT64(n_contexts)), builder.urem(index, INT64(n_contexts))
                lane = builder.add(
                    builder.mul(group, INT64(BYTES * n_tiles)), builder.mul(member, INT64(4 * n_targets))
                )
                errors = builder.add(here, lane)
                new = old = load_vector(builder, row, k)
                if n_tiles > 1:  # later tiles need the context as it was before the first tile changed it
                    copy = builder.add(kept, builder.mul(index, INT64(BYTES)))
                    if isinstance(tile, int) and tile == 0:
                        store_vector(builder, old, copy)
                    else:
                        old = load_vector(builder, copy)
                following = []
                for j, target in enumerate(loaded):
                    g = splat(builder, builder.load(pointer(builder, errors, 4 * j), align=4, typ=FLOAT))
                    new = fma(builder, g, target, new)
                    following.append(fma(builder, g, old, deltas[j]))
                store_vector(builder, new, row, k)
                close(following)
                # Read the row again before adding: if a word was drawn twice, both of its deltas must count.
                for column, delta in zip(mine, following, strict=True):
                    store_vector(builder, builder.fadd(load_vector(builder, column, k), delta), column, k)
        return context.get_dummy_value()

    address = types.int64
    return types.void(*[address] * 6, vectors, m, s, tiles, n), codegen
