"""The most arithmetic that a core can do in a second: a loop of fused multiply-adds that touches registers only.

`w2v bench` (w2v/bench) times this loop, and shows which share of the peak a training kernel reaches. Naive twin:
tests/reference/peak.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from w2v.arrays import F32
from w2v.kernels.llvm.compilation import kernel
from w2v.kernels.llvm.emit import VECTOR
from w2v.kernels.llvm.simd import LANES, address_of, broadcast, vector

__all__ = ["CHAINS", "FLOP", "LANES", "fma_loop"]

CHAINS = 12  # independent sums: enough to keep every unit busy, few enough for 16 registers with both operands
FLOP = 2 * CHAINS * LANES  # arithmetic operations of one round: a multiplication and an addition in every lane

_INT64 = ir.IntType(64)


@intrinsic
def _fma_chains(typingctx: Any, rounds: Any, factor: Any, addend: Any, values: Any) -> Any:
    """Compute x ← factor·x + addend, `rounds` (≥ 1) times, for the CHAINS vectors that lie at address `values`."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        rounds, factor, addend, values = arguments
        offsets = [_INT64(4 * LANES * chain) for chain in range(CHAINS)]
        places = [builder.inttoptr(builder.add(values, offset), ir.PointerType()) for offset in offsets]
        first = [builder.load(place, align=4, typ=VECTOR) for place in places]
        fma = ir.Function(builder.module, ir.FunctionType(VECTOR, [VECTOR] * 3), f"llvm.fma.v{LANES}f32")
        before, body, after = builder.block, builder.append_basic_block("round"), builder.append_basic_block("done")
        builder.branch(body)
        builder.position_at_end(body)
        index, chains = builder.phi(_INT64), [builder.phi(VECTOR) for _ in places]
        following = [builder.call(fma, [factor, chain, addend]) for chain in chains]
        successor = builder.add(index, _INT64(1))
        for phi, start, successive in zip([index, *chains], [_INT64(0), *first], [successor, *following], strict=True):
            phi.add_incoming(start, before)
            phi.add_incoming(successive, body)
        builder.cbranch(builder.icmp_signed("<", successor, rounds), body, after)
        builder.position_at_end(after)
        for place, value in zip(places, following, strict=True):
            builder.store(value, place, align=4)
        return context.get_dummy_value()

    return types.void(types.int64, vector, vector, types.int64), codegen


@kernel
def fma_loop(rounds: int, factor: np.float32, addend: np.float32, values: F32) -> None:
    """Compute values ← factor·values + addend, `rounds` (≥ 1) times; values: float32 [CHAINS, LANES], a row a chain.

    Give every chain a different start: if two chains are equal, the compiler may compute only one of them.
    """
    _fma_chains(rounds, broadcast(factor), broadcast(addend), address_of(values))
