"""Looking at text 8 and 64 bytes at a time. Not here: what the bytes mean to a tokenizer.

Numba has no unaligned 8-byte load, no vectors of bytes and no count of trailing zeros; each function below is one such
micro-operation, for use inside kernels. They read `text` [uint8] past `at` without a check: the caller pads it. LLVM
lowers the vectors to whatever the machine has. Their naive twins are in tests/reference/tokenise.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np import arrayobj

__all__ = ["LEAN", "Integer", "load64", "ones", "prefetch_row", "trailing_zeros", "white_masks"]

# Kernels here allocate nothing, so they need no reference counts: without `_nrt` each call of a helper would change
# several with locked instructions, which makes counting words four times slower.
LEAN: dict[str, Any] = {"_nrt": False}

Integer = int | np.int64  # an int64 inside a kernel, an int outside

_I8, _I32, _I64 = ir.IntType(8), ir.IntType(32), ir.IntType(64)
_LANES = 64


def _address(context: Any, builder: Any, array_type: Any, array: Any, at: Any) -> Any:
    data = arrayobj.make_array(array_type)(context, builder, array).data
    return builder.gep(builder.bitcast(data, _I8.as_pointer()), [at])


@intrinsic
def load64(_: Any, text: Any, at: Any) -> Any:
    """The 8 bytes text[at : at + 8] as a little-endian uint64, at any alignment."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address = _address(context, builder, signature.args[0], *arguments)
        word = builder.load(builder.bitcast(address, _I64.as_pointer()))
        word.align = 1
        return word

    return types.uint64(text, types.uint64), code


@intrinsic
def trailing_zeros(_: Any, mask: Any) -> Any:
    """The place of the lowest set bit of a uint64; 64 where none is set."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), code


@intrinsic
def ones(_: Any, mask: Any) -> Any:
    """How many bits of a uint64 are set."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), code


@intrinsic
def prefetch_row(_: Any, matrix: Any, row: Any) -> Any:
    """Ask for the cache line where row `row` of a C-contiguous matrix begins: it will soon be written."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = arrayobj.make_array(signature.args[0])(context, builder, arguments[0])
        stride = cgutils.unpack_tuple(builder, view.strides)[0]
        start = builder.bitcast(view.data, _I8.as_pointer())
        address = builder.gep(start, [builder.mul(arguments[1], stride)])
        prototype = ir.FunctionType(ir.VoidType(), [_I8.as_pointer(), _I32, _I32, _I32])
        function = cgutils.get_or_insert_function(builder.module, prototype, "llvm.prefetch.p0i8")
        builder.call(function, [address, _I32(1), _I32(3), _I32(1)])
        return context.get_dummy_value()

    return types.void(matrix, types.uint64), code


@intrinsic
def white_masks(_: Any, text: Any, at: Any) -> Any:
    """Three uint64 masks of the 64 bytes text[at : at + 64]; bit i stands for byte at + i.

    Which bytes are ASCII white space (9-13 and 28-32, those of str.split); which end a line (10, 13); which could begin
    white space of two or three bytes in UTF-8 (C2, E1, E2, E3).
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
