"""Atomic operations on an int64 in memory. With them threads share numbers without a lock.

An example: one thread writes rows of a matrix and then calls `store_release` with a number. Another thread that gets
this number from `load_acquire` also sees the new rows. An address is an int64, as `address_of` in simd.py returns it.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import intrinsic

from w2v.kernels.llvm.emit import INT64, pointer

__all__ = ["fetch_add", "load_acquire", "store_release"]


@intrinsic
def fetch_add(typingctx: Any, address: Any, amount: Any) -> Any:
    """Add `amount` to the int64 at an address in one indivisible step; return the value before."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.atomic_rmw("add", pointer(builder, arguments[0]), arguments[1], "monotonic")

    return types.int64(types.int64, types.int64), codegen


@intrinsic
def load_acquire(typingctx: Any, address: Any) -> Any:
    """Return the int64 at an address. Later reads see all that its writer had written before `store_release`."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load_atomic(pointer(builder, arguments[0]), "acquire", 8, typ=INT64)

    return types.int64(types.int64), codegen


@intrinsic
def store_release(typingctx: Any, address: Any, value: Any) -> Any:
    """Store an int64 at an address. A thread that gets it from `load_acquire` sees all that was written before."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.atomic_rmw("xchg", pointer(builder, arguments[0]), arguments[1], "release")
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), codegen
