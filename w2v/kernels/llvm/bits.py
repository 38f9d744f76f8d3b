"""Operations on 8 and on 64 bytes of text at a time, for the tokenizers and the table of words.

Numba has no unaligned load of 8 bytes, no vectors of bytes and no count of trailing zeros. Each function below is one
such operation, for use inside kernels. The functions do not check where `text` (uint8) ends, so the caller must pad the
text. LLVM turns a vector of 64 bytes into the vector registers that the machine has. The kernels that use these
operations have naive twins in tests/reference/tokenise.py.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np import arrayobj

__all__ = [
    "LEAN",
    "Integer",
    "copy16",
    "load64",
    "ones",
    "prefetch_row",
    "prefetch_row_to_read",
    "trailing_zeros",
    "white_masks",
]

# Options for kernels that allocate no memory. Without "_nrt": False, each call of a helper would change several
# reference counts by locked instructions, and counting words would be four times slower.
LEAN: dict[str, Any] = {"_nrt": False}

Integer = int | np.int64  # an int64 inside a kernel, an int outside

_I8, _I32, _I64 = ir.IntType(8), ir.IntType(32), ir.IntType(64)
_LANES = 64


def _address(context: Any, builder: Any, array_type: Any, array: Any, at: Any) -> Any:
    data = arrayobj.make_array(array_type)(context, builder, array).data
    return builder.gep(builder.bitcast(data, _I8.as_pointer()), [at])


@intrinsic
def load64(_: Any, text: Any, at: Any) -> Any:
    """Return the 8 bytes text[at : at + 8] as a little-endian uint64; `at` can be any number."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address = _address(context, builder, signature.args[0], *arguments)
        word = builder.load(builder.bitcast(address, _I64.as_pointer()))
        word.align = 1
        return word

    return types.uint64(text, types.uint64), code


@intrinsic
def copy16(_: Any, target: Any, at: Any, records: Any, row: Any) -> Any:
    """Copy 16 bytes, row `row` of `records` (uint8 [n, 16]), to target[at : at + 16]; `at` can be any number."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        to, at, matrix, row = arguments
        vector = ir.VectorType(_I8, 16).as_pointer()
        begin = builder.mul(row, ir.Constant(_I64, 16))
        record = builder.load(builder.bitcast(_address(context, builder, signature.args[2], matrix, begin), vector))
        record.align = 1
        store = builder.store(record, builder.bitcast(_address(context, builder, signature.args[0], to, at), vector))
        store.align = 1
        return context.get_dummy_value()

    return types.void(target, types.uint64, records, types.uint64), code


@intrinsic
def trailing_zeros(_: Any, mask: Any) -> Any:
    """Return the position of the lowest set bit of a uint64, or 64 if no bit is set."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), code


@intrinsic
def ones(_: Any, mask: Any) -> Any:
    """Return how many bits of a uint64 are set."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), code


def _prefetch(to_write: bool, context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    view = arrayobj.make_array(signature.args[0])(context, builder, arguments[0])
    stride = cgutils.unpack_tuple(builder, view.strides)[0]
    start = builder.bitcast(view.data, _I8.as_pointer())
    address = builder.gep(start, [builder.mul(arguments[1], stride)])
    prototype = ir.FunctionType(ir.VoidType(), [_I8.as_pointer(), _I32, _I32, _I32])
    function = cgutils.get_or_insert_function(builder.module, prototype, "llvm.prefetch.p0i8")
    builder.call(function, [address, _I32(int(to_write)), _I32(3), _I32(1)])
    return context.get_dummy_value()


@intrinsic
def prefetch_row(_: Any, matrix: Any, row: Any) -> Any:
    """Prefetch the cache line where row `row` of a C-contiguous matrix begins, in order to write to this line soon."""
    return types.void(matrix, types.uint64), partial(_prefetch, True)


@intrinsic
def prefetch_row_to_read(_: Any, matrix: Any, row: Any) -> Any:
    """Prefetch the same line in order to read it soon; other cores keep it, too."""
    return types.void(matrix, types.uint64), partial(_prefetch, False)


@intrinsic
def white_masks(_: Any, text: Any, at: Any) -> Any:
    """Return three uint64 masks of the 64 bytes text[at : at + 64]; bit i is set if the byte at + i is

    in the first mask, ASCII white space (9-13 and 28-32, as for str.split); in the second, the end of a line (10, 13);
    in the third, the first byte of what could be white space of two or three bytes in UTF-8 (C2, E1, E2, E3).
    """
    vector = ir.VectorType(_I8, _LANES)

    def all_lanes(value: int) -> Any:
        return ir.Constant(vector, [value] * _LANES)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address = _address(context, builder, signature.args[0], *arguments)
        block = builder.load(builder.bitcast(address, vector.as_pointer()))
        block.align = 1

        def between(low: int, high: int) -> Any:
            return builder.icmp_unsigned("<=", builder.sub(block, all_lanes(low)), all_lanes(high - low))

        def mask(lanes: Any) -> Any:
            return builder.bitcast(lanes, _I64)

        white = mask(builder.or_(between(9, 13), between(28, 32)))
        line_ends = mask(builder.or_(between(10, 10), between(13, 13)))
        leads = mask(builder.or_(between(0xC2, 0xC2), between(0xE1, 0xE3)))
        return context.make_tuple(builder, signature.return_type, [white, line_ends, leads])

    return types.UniTuple(types.uint64, 3)(text, types.uint64), code
